"""Running the real command and real processes for the tests of this folder, on data folders of their own."""

import os
import subprocess
import sys
from pathlib import Path

from redvest.config.environment import PROJECT


def surroundings(data: Path, **more: str) -> dict[str, str]:
    """The environment of a command that knows only this data folder."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR", "LC_ALL"}}
    return kept | {"REDVEST_DATA": str(data), "LANGUAGE": "en"} | more


def redvest(*words: str, data: Path, timeout: float = 120, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run `redvest` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "redvest.command", *words],
        cwd=PROJECT, env=surroundings(data, **more), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=timeout, check=False,
    )  # fmt: skip


def python(source: str, data: Path) -> "subprocess.Popen[str]":
    """Start a Python process that can be talked to line by line."""
    return subprocess.Popen(
        [sys.executable, "-c", source],
        cwd=PROJECT, env=surroundings(data), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
    )  # fmt: skip
