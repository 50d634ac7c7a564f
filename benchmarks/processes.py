"""How much CPU processes used, they and all that they started: read from /proc, so on Linux only."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


def is_known() -> bool:
    """Whether this system tells."""
    return (_PROC / "self" / "stat").exists()


def seconds(root: int) -> float:
    """CPU seconds of the process and its descendants, with those that have ended and were waited for."""
    return sum(_seconds(pid) for pid in _family(root)) if is_known() else 0.0


def parent(pid: int) -> int:
    return int(_fields(pid)[1]) if is_known() else 0


def _family(root: int) -> Iterator[int]:
    children: dict[int, list[int]] = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                children.setdefault(parent(int(folder.name)), []).append(int(folder.name))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, [])


def _seconds(pid: int) -> float:
    with suppress(OSError):
        return sum(map(int, _fields(pid)[11:15])) / _TICKS
    return 0.0


def _fields(pid: int) -> list[str]:
    """What stands in /proc/PID/stat after the name of the program, which may contain spaces."""
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
