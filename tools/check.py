"""`make check`: every question that can be asked of the code without running it, all asked, the answers at the end."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PYTHON = sys.executable
_BIN = Path(_PYTHON).parent


def main() -> int:
    """Ask all questions, say which were answered badly."""
    bad = []
    # English words: the tools' output is compared and searched.
    environ = os.environ | {"LANGUAGE": "en", "COLUMNS": "120"}
    for name, words in _questions().items():
        began = time.monotonic()
        done = subprocess.run(
            words, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        good = done.returncode == 0
        print(f"{'ok ' if good else 'BAD'}  {name}  ({time.monotonic() - began:.1f} s)", flush=True)
        if not good:
            bad.append(name)
            print((done.stdout + done.stderr).strip(), flush=True)
    print(f"Not good: {', '.join(bad)}." if bad else "All checks are good.")
    return 1 if bad else 0


def _questions() -> dict[str, list[str]]:
    module = [_PYTHON, "-m"]
    return {
        "format": [str(_BIN / "ruff"), "format", "--check", "."],
        "lint": [str(_BIN / "ruff"), "check", "."],
        "import contracts": [str(_BIN / "lint-imports")],
        "types": [str(_BIN / "mypy")],
        "templates": [str(_BIN / "djade"), "--check", "--target-version", "5.2", *_templates()],
        "template syntax": [*module, "tools.templates"],
        "settings": [*module, "redvest.command", "manage", "check", "--fail-level", "WARNING"],
        "migrations": [*module, "redvest.command", "manage", "makemigrations", "--check", "--dry-run"],
        "translations": [*module, "tools.i18n", "check"],
        "hosts and paths": [*module, "tools.hosts"],
    }


def _templates() -> list[str]:
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / "redvest").rglob("templates/**/*.html"))]


if __name__ == "__main__":
    sys.exit(main())
