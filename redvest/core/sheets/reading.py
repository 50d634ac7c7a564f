"""A spreadsheet as a stream of rows: sheet by sheet, with the row numbers that a person sees, merged cells filled down.

The file is opened by ``child`` in a process of its own; this side holds a few thousand rows at a time.
"""

import datetime
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from redvest.core.sheets import child
from redvest.core.sheets.troubles import Trouble, Unreadable

Cell = str | int | float | bool | datetime.date | datetime.datetime | datetime.time | None
MAX_CELL = child.MAX_CELL


@dataclass(frozen=True, slots=True)
class Sheet:
    """The start of a sheet. ``rows`` is how many it will have, 0 when the file does not say."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """A sheet that was not read, and why."""

    name: str
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Row:
    """A row that holds anything. ``number`` counts from 1 as in the spreadsheet program."""

    number: int
    cells: list[Cell]


def read(source: Path | bytes) -> Iterator[Sheet | Ignored | Row]:
    """The sheets of a file, each followed by its rows. Raises ``Unreadable`` with a sentence when the file is no table.

    Rows that came before a fault have been handed out by then: a caller writes nothing before the end.
    """
    with _file(source) as path, _process(path) as stdout:
        merges = _Merges([])
        while True:
            message = _receive(stdout)
            if message[0] == "rows":
                for number, cells in message[1]:
                    yield Row(number, merges.fill(number, cells))
            elif message[0] == "sheet":
                merges = _Merges(message[3])
                yield Sheet(message[1], message[2])
            elif message[0] == "ignored":
                yield Ignored(message[1], Trouble(message[2]))
            elif message[0] == "broken":
                raise Unreadable(Trouble(message[1]), detail=message[2])
            else:
                return


@contextmanager
def _file(source: Path | bytes) -> Iterator[Path]:
    if isinstance(source, Path):
        yield source
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(source)
        yield path


@contextmanager
def _process(path: Path) -> Iterator[IO[bytes]]:
    # By file name: "-m redvest..." would import the whole product into a process that needs none of it.
    process = subprocess.Popen(
        [sys.executable, "-I", child.__file__, str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        process.stdout.close()
        process.kill()
        process.wait()


def _receive(stdout: IO[bytes]) -> tuple[Any, ...]:
    try:
        message: tuple[Any, ...] = pickle.load(stdout)  # noqa: S301 - written by our own child
    except (EOFError, pickle.UnpicklingError) as error:
        # The child is gone without a word: the parser crashed or met its limits.
        raise Unreadable(Trouble.FILE_DAMAGED) from error
    return message


@dataclass(slots=True)
class _Merge:
    """A merged range over several rows; its value stands in its first cell."""

    first: int
    last: int
    left: int
    right: int
    value: Cell = None


class _Merges:
    """The merged cells of one sheet: each row below the first gets the value too."""

    def __init__(self, found: list[tuple[int, int, int, int]]) -> None:
        self.coming = sorted((_Merge(*merge) for merge in found if merge[1] > merge[0]), key=lambda m: -m.first)
        self.open: list[_Merge] = []

    def fill(self, number: int, cells: list[Cell]) -> list[Cell]:
        """The row with the values of the merges that reach it. Rows come in ascending order."""
        while self.coming and self.coming[-1].first <= number:
            self.open.append(self.coming.pop())
        if self.open:
            self.open = [merge for merge in self.open if merge.last >= number]
        for merge in self.open:
            if merge.left >= len(cells):
                continue
            if cells[merge.left] not in (None, ""):
                merge.value = cells[merge.left]
            else:
                cells[merge.left] = merge.value
        return cells
