"""An entry of a head count: how many people of the door will come, who is away, who has been already."""

import re

from redvest.needs.importing import contacts, goods, kinds, people
from redvest.needs.importing.doubts import Reason
from redvest.needs.importing.draft import Draft
from redvest.needs.importing.entry import Entry
from redvest.needs.importing.items import MASK, Reader
from redvest.needs.importing.vocabulary import Kind

_PARTS = re.compile(r"[\s,;、。/|+\-:()\ue000]+")


def rows(entry: Entry, draft: Draft, words: str) -> list[Draft]:
    draft.kind = Kind.HEAD_COUNT
    status = kinds.status(words)
    count = _count(entry, draft, words, status)
    if status is not None and (count is None or not _apart(words, count)):
        draft.kind = status
        if status is Kind.AWAY:
            draft.people = 0
        elif count is not None:
            draft.people = count.people
    elif count is not None:
        draft.people = count.people
        draft.kind = Kind.AWAY if count.people == 0 else draft.kind
    elif draft.room and not status:
        _people_by_name(entry, draft)
    entry.leave(draft, words, [(count.start, count.end)] if count else [])
    extra = _extra(entry, draft, words, count)
    return [draft, *extra]


def _count(entry: Entry, draft: Draft, words: str, status: Kind | None) -> people.Count | None:
    behind = words.rfind(MASK) + 1 if draft.room else 0
    early = people.first(words[behind:]) if draft.room else None
    worded = people.worded(words)
    if early is not None and worded is not None and worded.start > early.end + behind:
        worded = people.Count(early.people, early.start + behind, early.end + behind)
    count = people.corrected(words) or worded
    if count is None:
        door = words.rfind(MASK) + 1 if draft.room else 0
        tail = people.bare(words[door:])
        if tail is not None:
            count = people.Count(tail.people, tail.start + door, tail.end + door, tail.doubts)
            if not entry.purpose.certain:
                draft.doubt(Reason.PEOPLE_ASSUMED, *entry.text.source(count.start, count.end))
        elif draft.room:
            before = people.bare(words[:door]) if status is None else None
            count = before
    if count is not None:
        span = entry.text.source(count.start, count.end)
        for reason in count.doubts:
            draft.doubt(reason, *span, text=entry.text.plain.text[count.start : count.end])
        if count.people > people.MANY:
            draft.doubt(Reason.PEOPLE_MANY, *span)
    return count


def _people_by_name(entry: Entry, draft: Draft) -> None:
    """Names alone are counted: 2707 张三 李四 are two."""
    more = [word for word in _PARTS.split(entry.text.left) if contacts.is_name(word)]
    if draft.name:
        draft.people = 1 + len(more)
        draft.doubt(Reason.PEOPLE_ADDED, entry.start, entry.end, text=" ".join([draft.name, *more]))
    else:
        draft.doubt(Reason.PEOPLE_MISSING, entry.start, entry.end)


def _extra(entry: Entry, draft: Draft, words: str, count: people.Count | None) -> list[Draft]:
    """A head count may ask for something besides: 2707 2人，顺便带一盒布洛芬."""
    if count is not None:
        words = words[: count.start] + MASK * (count.end - count.start) + words[count.end :]
    found = [each for each in Reader(strict=True).read(words) if each.item.unit and goods.is_goods(each.item.name)]
    if not found:
        return []
    extra = entry.like(draft, Kind.REQUEST)
    entry.put(extra, found)
    return [extra]


def _apart(words: str, count: people.Count) -> bool:
    """Whether a count stands in a clause without words like 不在家."""
    start = max(words.rfind(mark, 0, count.start) for mark in ",;。\n()") + 1
    ends = [found for mark in ",;。\n(" if (found := words.find(mark, count.end)) >= 0]
    return kinds.status(words[start : min(ends, default=len(words))]) is None
