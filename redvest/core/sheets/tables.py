"""A spreadsheet as records: for each row the understood fields, what was repaired, and what is wrong with it.

Records come as a stream. A record says nothing about the database; importers add what only they can know.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from redvest.core.sheets import headers
from redvest.core.sheets.cells import Wrong, shown, tidy
from redvest.core.sheets.headers import Column, Header
from redvest.core.sheets.reading import Cell, Ignored, Row, Sheet, read
from redvest.core.sheets.troubles import Problem, Trouble, Unreadable

_TOTALS = re.compile(
    r"(?:本页|本表|全部|以上)?(?:合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|總\s*計|合\s*計|小\s*計|total|subtotal|grand\s*total)"
    r"\s*[:：]?\s*[0-9]*\s*[人户条栋个名]?",
    re.IGNORECASE,
)
_REMARK = re.compile(r"(?:填\s*表|制\s*表|审\s*核|填\s*报|备\s*注|注|说\s*明|单位盖章|负责人签)[^0-9]{0,4}[:：].*")


@dataclass(slots=True)
class Record:
    """One row. ``values`` holds what was understood (empty cells are absent), ``raw`` what the file shows."""

    sheet: str
    number: int
    values: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    skipped: Trouble | None = None
    spelled: Mapping[str, str] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Something in this row keeps it out."""
        return any(problem.refuses for problem in self.problems)

    def refuse(self, trouble: Trouble, key: str = "", **fields: Any) -> None:
        """Add a problem at the column ``key`` (or, without one, to the row)."""
        self.problems.append(Problem(trouble, self.spelled.get(key, key), self.raw.get(key, ""), fields))


@dataclass(frozen=True, slots=True)
class Start:
    """A sheet whose header was found; ``rows`` is how many rows it has, 0 when unknown."""

    sheet: str
    rows: int
    header: Header


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sheet that holds no table of ours."""

    sheet: str
    trouble: Trouble
    fields: dict[str, str] = field(default_factory=dict)


def records(source: Path | bytes, columns: Sequence[Column]) -> Iterator[Start | LeftOut | Record]:
    """Every sheet with its records. Raises ``Unreadable`` when the file is no table or no sheet has our columns."""
    found = False
    left_out: LeftOut | None = None
    for sheet, rows in _sheets(source):
        if isinstance(sheet, LeftOut):
            yield sheet
            continue
        for event in _of_sheet(sheet, rows, columns):
            found = found or isinstance(event, Start)
            if isinstance(event, LeftOut):
                left_out = event
            yield event
    if not found:
        if left_out is not None and left_out.trouble == Trouble.MISSING_COLUMN:
            raise Unreadable(left_out.trouble, **left_out.fields)
        raise Unreadable(Trouble.NO_HEADER if left_out else Trouble.FILE_EMPTY)


def _sheets(source: Path | bytes) -> Iterator[tuple[Sheet | LeftOut, Iterator[Row]]]:
    """The stream cut at the sheets. A caller must use up the rows of one before it asks for the next."""
    stream = read(source)
    waiting: list[Sheet | Ignored] = []

    def rows() -> Iterator[Row]:
        for event in stream:
            if not isinstance(event, Row):
                waiting.append(event)
                return
            yield event

    for event in stream:
        assert not isinstance(event, Row)  # a stream begins with a sheet
        waiting.append(event)
        break
    while waiting:
        event = waiting.pop()
        if isinstance(event, Ignored):
            of_sheet = rows()
            yield LeftOut(event.name, event.trouble), of_sheet
        else:
            of_sheet = rows()
            yield event, of_sheet
        for _row in of_sheet:  # whatever the caller did not want
            pass


def _of_sheet(sheet: Sheet, rows: Iterator[Row], columns: Sequence[Column]) -> Iterator[Start | LeftOut | Record]:
    first = list(islice(rows, headers.SEARCHED_ROWS))
    if not first:
        return
    header = headers.find(first, columns)
    if header is None:
        yield LeftOut(sheet.name, Trouble.NO_HEADER)
        return
    if header.missing:
        yield LeftOut(sheet.name, Trouble.MISSING_COLUMN, {"wanted": header.missing[0].names[0]})
        return
    yield Start(sheet.name, sheet.rows, header)
    used = [(column, header.at[column.key]) for column in columns if column.key in header.at]
    for row in first:
        if row.number > header.number:
            yield _record(sheet.name, row, header, used)
    for row in rows:
        yield _record(sheet.name, row, header, used)


def _record(sheet: str, row: Row, header: Header, used: Sequence[tuple[Column, int]]) -> Record:
    record = Record(sheet, row.number, spelled=header.spelled)
    texts = [tidy(cell) for cell in row.cells]
    record.skipped = _no_data(texts, header, used)
    if record.skipped:
        return record
    for column, position in used:
        cell = row.cells[position] if position < len(row.cells) else None
        if cell is None or texts[position] == "":
            if column.required:
                record.refuse(Trouble.MISSING, column.key)
            continue
        record.raw[column.key] = shown(cell)
        _understand(record, column, cell)
    return record


def _understand(record: Record, column: Column, cell: Cell) -> None:
    try:
        found = column.read(cell)
    except Wrong as wrong:
        record.refuse(wrong.trouble, column.key, **wrong.fields)
        return
    if found.value != "":
        record.values[column.key] = found.value
    if found.note is not None:
        record.refuse(found.note, column.key, **(found.fields or {}))


def _no_data(texts: Sequence[str], header: Header, used: Sequence[tuple[Column, int]]) -> Trouble | None:
    """Why this row is no record: totals, remarks below the table, headings printed again on every page."""
    first = next(filter(None, texts), "")
    if _TOTALS.fullmatch(first):
        return Trouble.TOTALS_ROW
    lead = [texts[position] for column, position in used if column.required and position < len(texts)]
    if any(_TOTALS.fullmatch(text) for text in lead if text):
        return Trouble.TOTALS_ROW
    if _REMARK.match(first) and sum(1 for text in lead if text) <= 1:
        return Trouble.NOTE_ROW
    again = sum(
        1 for key, position in header.at.items() if position < len(texts) and texts[position] == header.spelled[key]
    )
    if again == len(header.at):
        return Trouble.HEADER_AGAIN
    return None
