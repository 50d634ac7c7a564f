"""`redvest intake`: what a pasted chat list or message says, from a file. No database unless --area is given."""

import argparse
import json
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redvest.command.words import _, told

if TYPE_CHECKING:
    from redvest.needs.importing import Intake, Kept, Row
    from redvest.needs.importing.doubts import Doubt

LARGEST = 20_000_000  # bytes; a year of a busy chat is less
SURE = 0.9  # rows below this are marked for a look


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    about = _("read a pasted chat list or message: rooms, people, items, requests; it saves nothing")
    parser = commands.add_parser(
        "intake",
        help=about,
        description=about,
        epilog=_(
            "Exit codes: 0 the text was read, doubts stand with the rows; 1 the file holds no words; "
            "2 the file is no text; 3 the file, the area or the database is missing. The output: docs/intake.md."
        ),
    )
    parser.add_argument("file", help=_("a text file in UTF-8, UTF-16 or GBK; - reads standard input"))
    parser.add_argument("--json", action="store_true", help=_("print a list of objects instead of a table"))
    parser.add_argument(
        "--area",
        metavar=_("CODE"),
        help=_("official code or internal number of the area: rooms are checked against its registry"),
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, check if an area is named, print."""
    from redvest.needs.importing import read

    text = _text(options.file)
    if not text.strip():
        print(_("The file holds no words. Paste the list into it, save it and try again."), file=sys.stderr)
        if options.json:
            print("[]")
        return 1
    intake = read(text)
    if options.area:
        intake = _checked(intake, options.area)
    if options.json:
        print(json.dumps(objects(intake, text), ensure_ascii=False, indent=1))
    else:
        _print_table(intake)
    return 0


def _text(name: str) -> str:
    from redvest.command.trouble import NOT_UNDERSTOOD, Trouble
    from redvest.needs.importing.decode import NotText, decode

    try:
        data = sys.stdin.buffer.read(LARGEST + 1) if name == "-" else _bytes(Path(name))
    except OSError as error:
        raise Trouble(_("{file} cannot be read: {reason}").format(file=name, reason=error.strerror)) from error
    if len(data) > LARGEST:
        raise Trouble(_("{file} is too large for a pasted text. Split it.").format(file=name), NOT_UNDERSTOOD)
    try:
        return decode(data)
    except NotText as error:
        sentence = _(
            "{file} is no text. Copy the list out of the chat into a text file; spreadsheets: `redvest import`."
        )
        raise Trouble(sentence.format(file=name), NOT_UNDERSTOOD) from error


def _bytes(path: Path) -> bytes:
    from redvest.command.trouble import Trouble

    if not path.is_file():
        raise Trouble(_("There is no file {file}.").format(file=path))
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _checked(intake: "Intake", code: str) -> "Intake":
    from redvest.command.start import start_django
    from redvest.command.trouble import Trouble

    start_django()
    from redvest.needs.importing import doors
    from redvest.needs.queries import registry
    from redvest.people.models import Account
    from redvest.places.models import Area

    area = Area.objects.filter(code=code).first()
    if area is None and code.isdecimal() and len(code) < 10:
        area = Area.objects.filter(pk=int(code)).first()
    if area is None:
        raise Trouble(_("No area has the code or number {code}. Import the official areas first.").format(code=code))
    return doors.check(intake, registry.door_book(Account.objects.system(), area))


# --- what is printed ------------------------------------------------------------------------------


def objects(intake: "Intake", text: str) -> list[dict[str, Any]]:
    """The rows as docs/intake.md describes them; lines that are no entries are the `context` of the next row."""
    from bisect import bisect_right

    starts = [0, *(place + 1 for place, mark in enumerate(text) if mark == "\n")]
    waiting = list(reversed(intake.kept))
    made = []
    for row in intake.rows:
        before = []
        while waiting and waiting[-1].start < row.start:
            before.append(waiting.pop())
        made.append(_object(row, before, starts, bisect_right(starts, row.start)))
    if waiting and made:
        made[-1]["context"] += [_kept(kept, bisect_right(starts, kept.start)) for kept in reversed(waiting)]
    elif waiting:
        made.append(_nothing_but(list(intake.kept), text, starts))
    return made


def _object(row: "Row", before: "list[Kept]", starts: list[int], line: int) -> dict[str, Any]:
    from bisect import bisect_right

    return {
        "id": row.id,
        "entry": row.entry,
        "estate": row.estate,
        "building": row.building,
        "unit": row.unit,
        "room": row.room,
        "household": row.household,
        "people": row.people,
        "items": [{"name": item.name, "quantity": item.quantity, "unit": item.unit} for item in row.items],
        "kind": row.kind.value,
        "need": row.need.value if row.need else None,
        "name": row.name,
        "phone": row.phone,
        "note": row.note,
        "confidence": row.confidence,
        "doubts": [sentence(doubt) for doubt in row.doubts],
        "marks": [{"reason": doubt.reason.value, "start": doubt.start, "end": doubt.end} for doubt in row.doubts],
        "raw": row.raw,
        "line": line,
        "start": row.start,
        "end": row.end,
        "context": [_kept(kept, bisect_right(starts, kept.start)) for kept in before],
    }


def _kept(kept: "Kept", line: int) -> dict[str, Any]:
    return {"role": kept.role.value, "line": line, "text": kept.text}


def _nothing_but(kept: "list[Kept]", text: str, starts: list[int]) -> dict[str, Any]:
    """A text of titles and rules alone: one object that holds it whole, so that nothing is dropped."""
    from redvest.needs.importing import Kind, Row
    from redvest.needs.importing.doubts import Doubt, Reason, confidence

    doubts = (Doubt(Reason.NOTHING_READ, 0, len(text)),)
    row = Row(
        "whole", None, "", "", "", "", None, (), Kind.UNREAD, None, "", "", "", confidence(doubts), doubts,
        text.strip(), 0, len(text),
    )  # fmt: skip
    return _object(row, kept, starts, 1)


def sentence(doubt: "Doubt") -> str:
    """A doubt in the language of the terminal."""
    return told(doubt.message, "needs") % doubt.fields


def _print_table(intake: "Intake") -> None:
    from redvest.needs.importing.vocabulary import KINDS, ROLES

    head = ["", _("Door"), _("What"), _("Kind"), _("Trust")]
    lines = [
        [_number(row), _door(row), _what(row), told(KINDS[row.kind], "needs"), f"{row.confidence:.2f}"]
        for row in intake.rows
    ]
    widths = [min(40, max((_width(line[column]) for line in [head, *lines]), default=0)) for column in range(5)]
    print(_padded(head, widths))
    for row, line in zip(intake.rows, lines, strict=True):
        print(_padded(line, widths))
        for doubt in row.doubts if row.confidence < SURE else ():
            print(f"      ? {sentence(doubt)}")
        if row.note and not row.items:
            print(f"      {row.note[:100]}")
    if intake.kept:
        print(_("Kept beside the rows:"))
    for kept in intake.kept:
        print(f"  [{told(ROLES[kept.role], 'needs')}] {' '.join(kept.text.split())[:100]}")
    doubtful = sum(row.confidence < SURE for row in intake.rows)
    print(_("{rows} rows, {doubtful} to look at.").format(rows=len(intake.rows), doubtful=doubtful))


def _number(row: "Row") -> str:
    return "" if row.entry is None else str(row.entry)


def _door(row: "Row") -> str:
    return row.estate + "-".join(part for part in (row.building, row.unit, row.room) if part)


def _what(row: "Row") -> str:
    parts = [f"{item.name} {'?' if item.quantity is None else f'{item.quantity:g}'}{item.unit}" for item in row.items]
    if row.people is not None:
        parts.insert(0, _("people {people}").format(people=row.people))
    return ", ".join(parts)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)


def _padded(cells: list[str], widths: list[int]) -> str:
    return "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)).rstrip()
