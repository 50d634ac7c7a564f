"""An entry of an order: items by name or by the menu, taken back, received, or something else altogether."""

import re

from redvest.needs.importing import kinds, people, quantities, requests, wording
from redvest.needs.importing.doubts import Reason
from redvest.needs.importing.draft import Draft
from redvest.needs.importing.entry import Entry
from redvest.needs.importing.items import MASK, Reader
from redvest.needs.importing.rows import Item
from redvest.needs.importing.vocabulary import Kind, Need

_SERVICES = (Need.LIFE_DANGER, Need.HOSPITAL, Need.CARE, Need.REPAIR, Need.WASTE)


def rows(entry: Entry, draft: Draft, words: str) -> list[Draft]:
    draft.kind = Kind.ORDER
    count = people.worded(words) if draft.room else None
    if count is not None:
        apart = words[: count.start] + MASK * (count.end - count.start) + words[count.end :]
        words = apart if any(not amount.is_bare for amount in quantities.find(apart)) else words  # 3人6支
    found = Reader(entry.menu, entry.purpose.only).read(words)
    speech, certain = kinds.speech(entry.text.plain.text)
    if (
        speech is Kind.OFFER
        or kinds.thanks(words)
        or (not draft.room and (speech, certain) == (Kind.INFORMATION, True))
    ):
        return requests.rows(entry, draft, words)
    if (
        not any(each.item.quantity is not None and Reason.QUANTITY_ASSUMED not in each.doubts for each in found)
        and kinds.lane(words) in _SERVICES
    ):
        return requests.rows(entry, draft, words)
    taken, kept = entry.by_status(words, found)
    back = {each.item for said, group in taken if said is Kind.CANCELLED for each in group}
    kept = [each for each in kept if not any(_same(each.item, item) for item in back)]
    rows: list[Draft] = []
    for said, group in taken:
        row = entry.like(draft, said)
        entry.put(row, group)
        rows.append(row)
    status = kinds.status(words)
    if kept or not rows:
        entry.put(draft, kept)
        if kept and not taken and (ending := _ending(words)) is not None:
            draft.kind = ending
        if not kept and status is not None:
            draft.kind = status
        elif not kept:
            _nothing_ordered(entry, draft, words)
        rows.insert(0, draft)
    spans = [(each.start, each.end) for each in found]
    entry.leave(rows[0], words, spans)
    return rows


def _ending(words: str) -> Kind | None:
    """2支，已领: what the last clause says of everything before it."""
    clauses = [clause for clause in re.split(r"[,;。!\n]", words) if clause.strip(f" {MASK}")]
    last = kinds.status(clauses[-1]) if len(clauses) > 1 else None
    alone = last in (Kind.DONE, Kind.CANCELLED) and len(clauses[-1].strip()) <= 6
    return last if alone and not Reader().read(clauses[-1]) else None


def _same(one: Item, other: Item) -> bool:
    """鲜奶-1，退一桶 says the same twice."""
    return (one.name, one.quantity) == (other.name, other.quantity)


def _nothing_ordered(entry: Entry, draft: Draft, words: str) -> None:
    count = people.worded(words)
    name = entry.menu.dishes[0].name if len(entry.menu.dishes) == 1 else entry.purpose.only
    rest = wording.strip_name(words.replace(MASK, " "))
    if count is not None and draft.room:
        draft.people = count.people
        draft.kind = Kind.HEAD_COUNT
    elif draft.room and name and (not rest or wording.is_empty(rest)):
        draft.items = [Item(name, 1)]
        draft.doubt(Reason.ITEM_FROM_TITLE, entry.start, entry.end)
        draft.doubt(Reason.QUANTITY_ASSUMED, entry.start, entry.end)
    elif draft.room and not rest:
        draft.doubt(Reason.ROOM_ALONE, entry.start, entry.end)
    else:
        kind, certain = kinds.speech(words)
        draft.kind = kind if rest else Kind.UNREAD
        draft.need = kinds.lane(words) if kind is Kind.REQUEST else None
        if not certain:
            draft.doubt(Reason.KIND_UNSURE, entry.start, entry.end)
