"""One piece of text becomes one row, or several where it holds several doors or needs of several lanes."""

from array import array
from collections.abc import Callable, Mapping
from dataclasses import replace

from redvest.needs.importing import heads, inline, normal, orders, requests
from redvest.needs.importing.doubts import Reason
from redvest.needs.importing.draft import Draft, Text
from redvest.needs.importing.entry import Entry
from redvest.needs.importing.layout import Piece
from redvest.needs.importing.listing import Purpose
from redvest.needs.importing.menu import Menu
from redvest.needs.importing.normal import Plain
from redvest.needs.importing.vocabulary import Kind, ListKind

_READERS: Mapping[ListKind, Callable[[Entry, Draft, str], list[Draft]]] = {
    ListKind.HEAD_COUNT: heads.rows,
    ListKind.ORDER: orders.rows,
    ListKind.FREE: requests.rows,
}


def drafts(piece: Piece, purpose: Purpose, menu: Menu) -> list[Draft]:
    """The rows of a piece."""
    whole = _joined(piece)
    begin, end = piece.lines[0].start, piece.lines[-1].end
    if len(whole.text) > normal.LONGEST:
        draft = Draft(piece.number, begin, end, Kind.UNREAD)
        draft.doubt(Reason.TOO_LONG, begin, end)
        return [draft]
    starts = inline.doors(whole.text)
    made: list[Draft] = []
    for place, start in enumerate(starts):
        stop = starts[place + 1] if place + 1 < len(starts) else len(whole.text)
        part = inline.part_of(whole, start, stop)
        from_, to = (begin if place == 0 else part.at[0]), (end if stop == len(whole.text) else part.at[-1])
        made += _rows(Entry(piece, purpose, menu, Text(part, part.text), from_, to))
    return made


def _joined(piece: Piece) -> Plain:
    letters: list[str] = []
    at = array("Q")
    for line in piece.lines:
        if letters:
            letters.append("\n")
            at.append(line.start)
        letters.append(line.plain.text[line.body :])
        at.extend(line.plain.at[line.body : len(line.plain.text)])
    at.append(piece.lines[-1].end)
    return Plain("".join(letters), at)


def _rows(entry: Entry) -> list[Draft]:
    """Read what surely is something else first, then the numbers and names that are left."""
    draft, remark = entry.begin()
    rows = _READERS[entry.purpose.kind](entry, draft, entry.text.left)
    for row in rows:
        row.note = "；".join(part for part in (row.note, remark) if part)
        entry.judge(row)
    return [*rows, *(replace(row, room=room, doubts=list(row.doubts)) for room in entry.shared for row in rows)]
