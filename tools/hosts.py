"""Committed files name no package registry and no path of one machine: a clone must work anywhere.

`python -m tools.hosts` prints every line that breaks this.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PACKAGE_FILE = r"https?://[^\s\"']+\.(?:whl|tgz|tar\.gz)"
_REGISTRY = r"https?://(?:[\w.-]*\.)?(?:pypi|pythonhosted|npmjs|npmmirror|yarnpkg|jsdelivr|unpkg)\.\w+"
_SETTING = r"(?:index-url|extra-index-url|find-links|registry)\s*[= ]\s*\S*(?:://|/)"
# Written in pieces, so that this file passes its own check.
_MACHINE = r"(?<![\w.])/(?:" + "|".join(["wor" + "k", "roo" + "t", "home/" + r"\w+"]) + r")/"
_WRONG = re.compile("|".join([_PACKAGE_FILE, _REGISTRY, _SETTING, _MACHINE]), re.IGNORECASE)


def wrong_lines() -> Iterator[str]:
    """File, line number and line of everything that must not be committed."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        path = ROOT / name
        if not name or name == "tools/hosts.py" or not path.is_file():
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, start=1):
            if _WRONG.search(line):
                yield f"{name}:{number}: {line.strip()[:120]}"


if __name__ == "__main__":
    found = list(wrong_lines())
    print("\n".join(found))
    sys.exit(1 if found else 0)
