"""``python -m benchmarks [name …] [--quick]``: run the benchmarks and write docs/benchmarks.md.

A benchmark is a module of this package with a ``TITLE`` and ``measure(quick) -> str``, which answers a section in
Markdown. Sections of benchmarks that were not run stay as they are in the document.
"""

import argparse
import importlib
import os
import platform
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
NAMES = ("screens", "open_shifts", "signups", "imports", "roster", "answers", "shift_scheduling", "rounds")
HEAD = """# Benchmarks

Measured by `make bench`; nothing here is a timed test. The machine is shared and noisy: counts are exact, CPU times
good to about a tenth, wall times less. Each section says when it was measured and how.
"""


def main() -> int:
    """Run the named benchmarks, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of: {', '.join(NAMES)}; none means all")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that they run; nothing is written")
    chosen = parser.parse_args()
    unknown = set(chosen.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no benchmark named {', '.join(sorted(unknown))}")
    sections = _sections()
    for name in chosen.names or NAMES:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"== {module.TITLE}", file=sys.stderr, flush=True)
        started = time.monotonic()
        text = module.measure(quick=chosen.quick).strip()
        took = f"Measured {datetime.now(UTC).date().isoformat()} in {time.monotonic() - started:.0f} s, {_machine()}."
        print(text, flush=True)
        sections[module.TITLE] = f"{text}\n\n{took}"
        if not chosen.quick:
            body = "\n\n".join(f"## {title}\n\n{section}" for title, section in sections.items())
            DOCUMENT.write_text(f"{HEAD}\n{body}\n")
    return 0


def _sections() -> dict[str, str]:
    if not DOCUMENT.exists():
        return {}
    parts = re.split(r"^## (.+)$", DOCUMENT.read_text(), flags=re.MULTILINE)[1:]
    return {title: text.strip() for title, text in zip(parts[::2], parts[1::2], strict=True)}


def _machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}"


if __name__ == "__main__":
    sys.exit(main())
