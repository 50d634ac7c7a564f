"""The whole way from a pasted text to rows."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from redvest.needs.importing import listing, normal, pieces, reading
from redvest.needs.importing.doubts import Reason, confidence
from redvest.needs.importing.draft import Draft
from redvest.needs.importing.layout import Block
from redvest.needs.importing.listing import Purpose
from redvest.needs.importing.menu import Menu
from redvest.needs.importing.rows import Intake, Kept, Row
from redvest.needs.importing.vocabulary import Kind, ListKind, Role

_SAME = re.compile(r"^(?:同上|同楼上|同前|跟楼上一样|和楼上一样|跟上面一样|和上面一样)$")
_GUESSES = (Reason.ITEM_FROM_TITLE, Reason.QUANTITY_ASSUMED, Reason.PEOPLE_MISSING, Reason.KIND_UNSURE)
_COUNTED = (Kind.HEAD_COUNT, Kind.AWAY)


def read(source: str) -> Intake:
    """Understand a pasted list or message. Never fails; what is not understood is a row of the kind ``unread``."""
    found = pieces.laid_out(source)
    rows: list[Draft] = []
    repeated: list[Draft] = []
    purposes = [listing.purpose(block) for block in found.blocks]
    seen: dict[str, set[tuple[int | None, str]]] = {}
    for block, purpose in zip(found.blocks, purposes, strict=True):
        title = block.title_text
        before = seen.get(title, set()) if title and block.listed else set()
        own: set[tuple[int | None, str]] = set()
        for piece in block.pieces:
            key = (piece.number, _spelling("\n".join(line.words for line in piece.lines)))
            own.add(key)
            made = reading.drafts(piece, purpose, block.menu)
            if _SAME.search(made[0].note) and rows and len(made) == 1:
                _copy(rows[-1], made[0])
            (repeated if piece.number is not None and key in before else rows).extend(made)
        seen.setdefault(title, set()).update(own)
    rows.sort(key=lambda row: row.start)
    _compare(rows)
    kept = [Kept(role, line.start, line.end, source[line.start : line.end].strip()) for role, line in found.kept]
    kept += [Kept(Role.REPEATED, row.start, row.end, source[row.start : row.end].strip()) for row in repeated]
    menus = [block.menu for block in found.blocks if block.menu]
    return Intake(
        _main_kind(found.blocks, purposes),
        tuple(_finished(rows, source)),
        tuple(sorted(kept, key=lambda each: (each.start, each.end))),
        menus[0] if menus else Menu(),
    )


def _copy(above: Draft, draft: Draft) -> None:
    """同上: what the entry above orders is ordered here too."""
    draft.items, draft.people, draft.need, draft.kind = list(above.items), above.people, above.need, above.kind
    draft.doubts = [doubt for doubt in draft.doubts if doubt.reason not in _GUESSES]
    draft.doubt(Reason.COPIED, draft.start, draft.end)


def _main_kind(blocks: list[Block], purposes: list[Purpose]) -> ListKind:
    weights: Counter[ListKind] = Counter()
    for block, purpose in zip(blocks, purposes, strict=True):
        weights[purpose.kind] += len(block.pieces)
    return weights.most_common(1)[0][0] if weights else ListKind.FREE


def _compare(rows: list[Draft]) -> None:
    """Doubts that only the whole text can raise: one room counted twice, an order taken back."""
    by_door: dict[tuple[str, str, str, str], list[Draft]] = {}
    for row in rows:
        if row.room:
            by_door.setdefault(row.door, []).append(row)
    for same in by_door.values():
        counted = [row for row in same if row.kind in _COUNTED]
        ordered = [row for row in same if row.kind is Kind.ORDER and row.items]
        for row in counted if len(counted) > 1 else ():
            row.doubt(Reason.SAME_ROOM, row.start, row.end)
        twice = Counter(tuple(row.items) for row in ordered)
        for row in ordered:
            if twice[tuple(row.items)] > 1:
                row.doubt(Reason.SAME_ROOM, row.start, row.end)
        for row in same:
            if row.kind is Kind.CANCELLED and any(
                other.kind is not Kind.CANCELLED and other.start < row.start for other in same
            ):
                row.doubt(Reason.TAKES_BACK, row.start, row.end)


def _finished(rows: Iterable[Draft], source: str) -> Iterable[Row]:
    spellings: Counter[str] = Counter()
    for draft in rows:
        raw = source[draft.start : draft.end].strip()
        spelling = _spelling(raw)
        spellings[spelling] += 1
        yield Row(
            _identity(spelling, spellings[spelling]), draft.entry, draft.estate, draft.building, draft.unit, draft.room,
            draft.people, tuple(draft.items), draft.kind, draft.need, draft.name, draft.phone, draft.note,
            confidence(draft.doubts), tuple(sorted(draft.doubts, key=lambda doubt: (doubt.start, doubt.end))),
            raw, draft.start, draft.end,
        )  # fmt: skip


def _spelling(raw: str) -> str:
    return " ".join(normal.plain(raw, 0, len(raw)).text.split())


def _identity(spelling: str, number: int) -> str:
    """The same entry has the same id when the text is pasted again, also with other entries around it."""
    digest = hashlib.blake2s(spelling.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return digest if number == 1 else f"{digest}-{number}"
