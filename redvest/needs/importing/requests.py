"""An entry in free words: a request in its lanes, an offer, news, or something taken back."""

import re

from redvest.needs.importing import goods, kinds, people, signs, wording
from redvest.needs.importing.doubts import Reason
from redvest.needs.importing.draft import Draft
from redvest.needs.importing.entry import Entry
from redvest.needs.importing.items import MASK, Found, Reader
from redvest.needs.importing.rows import Item
from redvest.needs.importing.vocabulary import Kind, Need

_OWN = re.compile(r"急|求|断(?:药|奶|粮)|我|咱|家里|老人|孩子|宝宝")
_GONE = re.compile(r"没有?(?P<thing>米|菜|面|油|盐|肉|蛋|鸡蛋|大米|蔬菜|牛奶|面粉)了?")
_HEADWORDS = frozenset(["药", "药品", "药物", "菜", "蔬菜", "水果", "物资", "日用品", "生活用品", "东西"])


def rows(entry: Entry, draft: Draft, words: str) -> list[Draft]:
    whole = entry.text.plain.text
    if not draft.room and _calls(whole):
        draft.kind, draft.note = Kind.INFORMATION, entry.note(whole)
        if kinds.lane(words) is not None:
            draft.doubt(Reason.KIND_UNSURE, entry.start, entry.end)
        return [draft]
    found = Reader(entry.menu, entry.purpose.only, strict=True).read(words)
    found = [] if kinds.thanks(words) and not _amounts(found) else found
    taken, kept = entry.by_status(words, _without_headwords(found))
    speech, certain = kinds.speech(whole)
    status, danger = kinds.status(words), kinds.danger(words, whole)
    asked = (
        danger
        or _amounts(kept)
        or (bool(kept) and not certain)
        or (
            kinds.lane(words) is not None
            and status in (None, Kind.AWAY)
            and not kinds.advises(whole)
            and not kinds.thanks(whole)
        )
    )
    if taken or (status is not None and status is not Kind.AWAY and not kept):
        rows = _settled(entry, draft, taken, status)
        if kept:
            rows = [*_lanes(entry, draft, words, kept, Kind.REQUEST), *rows]
    elif speech is Kind.OFFER or (speech is Kind.INFORMATION and not asked):
        draft.kind = speech
        entry.put(draft, kept)
        if status is Kind.AWAY and draft.room:
            draft.kind = Kind.AWAY
        elif (speech is Kind.OFFER and not certain) or kinds.advises(whole):
            draft.doubt(Reason.KIND_UNSURE, entry.start, entry.end)
        elif not certain:
            _unsure(entry, draft, words)
        rows = [draft]
    elif speech is Kind.INFORMATION and not danger and (not draft.room or kinds.status(words)):
        draft.kind = speech
        draft.items = []
        if not certain or (asked and draft.room):
            draft.doubt(Reason.KIND_UNSURE, entry.start, entry.end)
        rows = [draft]
    else:
        rows = _lanes(entry, draft, words, kept, Kind.REQUEST)
        if (speech is not Kind.REQUEST or not certain) and not (draft.room and _amounts(kept)):
            rows[0].doubt(Reason.KIND_UNSURE, entry.start, entry.end)
    return _noted(rows, entry.note(whole), danger=danger)


def _noted(rows: list[Draft], note: str, *, danger: bool) -> list[Draft]:
    for row in rows:
        row.note = note
    if danger and rows[0].need is Need.OTHER:
        rows[0].need = Need.LIFE_DANGER  # 120怎么还没到
    return rows


def _calls(whole: str) -> bool:
    """Whether somebody asks the others what they need, and nothing in it is a need of his own."""
    own = kinds.speech(whole)[0] is Kind.OFFER or kinds.lane(whole) is Need.LIFE_DANGER or _OWN.search(whole)
    return not own and bool(signs.CALL.search(whole))


def _settled(entry: Entry, draft: Draft, taken: list[tuple[Kind, list[Found]]], status: Kind | None) -> list[Draft]:
    """What has been received or taken back, a row for each; the door alone where nothing is named."""
    rows = []
    for each, group in taken:
        row = entry.like(draft, each)
        entry.put(row, group)
        rows.append(row)
    if not rows and status is not None:
        draft.kind = status
        rows.append(draft)
    return rows


def _unsure(entry: Entry, draft: Draft, words: str) -> None:
    """Words without any sign: a door and a bare number are people; anything else is left to a person."""
    count = people.worded(words) if draft.room else None
    if count is None and draft.room:
        door = words.rfind(MASK) + 1
        tail = people.bare(words[door:])
        rest = wording.strip_name(words[door:][tail.end :]) if tail else "x"
        if tail is not None and not rest:
            count = tail
            draft.doubt(Reason.PEOPLE_ASSUMED, entry.start, entry.end)
    loose = [each for each in Reader().read(words) if each.item.unit and not each.item.name] if draft.room else []
    if count is not None:
        draft.kind, draft.people = Kind.HEAD_COUNT, count.people
    elif loose:
        draft.kind = Kind.ORDER
        entry.put(draft, loose)
    else:
        draft.kind = Kind.UNREAD
        draft.doubt(Reason.NOTHING_READ, entry.start, entry.end)


def _lanes(entry: Entry, draft: Draft, words: str, found: list[Found], kind: Kind) -> list[Draft]:
    """A request of several lanes becomes a row for each: medicine never waits in the queue of vegetables."""
    groups: dict[Need, list[Found]] = {}
    spoken = kinds.lanes(words)
    for each in found:
        need = goods.need_of(each.item.name) or _context(spoken)
        groups.setdefault(need, []).append(each)
    if Need.OTHER in groups and Need.DAILY_GOODS in groups:
        groups[Need.DAILY_GOODS] += groups.pop(Need.OTHER)
    for need in spoken:
        if (
            need in (Need.LIFE_DANGER, Need.HOSPITAL, Need.REPAIR, Need.WASTE)
            or (need is Need.CARE and not groups)
            or not groups
            or (need is Need.DAILY_GOODS and not {Need.DAILY_GOODS, Need.OTHER} & groups.keys())
            or (need is Need.MEDICINE and not {Need.MEDICINE, Need.INFANT} & groups.keys())
        ):
            groups.setdefault(need, [])
    order = list(Need)
    rows = []
    for need in sorted(groups, key=order.index) or [Need.OTHER]:
        row = entry.like(draft, kind)
        row.need = need
        entry.put(row, groups.get(need, []))
        if need is Need.DAILY_GOODS and not row.items and (gone := _GONE.search(words)):
            row.items = [Item(gone["thing"], None)]
            row.doubt(Reason.QUANTITY_MISSING, entry.start, entry.end, text=gone["thing"])
        row.need = need
        rows.append(row)
    return rows


def _without_headwords(found: list[Found]) -> list[Found]:
    """需要的药：…, then the medicines by name: the word for all of them is no thing beside them."""
    named = [each for each in found if each.item.quantity is not None or each.item.name not in _HEADWORDS]
    return named or found


def _amounts(found: list[Found]) -> bool:
    """Whether the things that were found have quantities: then a door wants them, whatever the words around them."""
    return any(each.item.quantity is not None for each in found)


def _context(spoken: list[Need]) -> Need:
    return Need.MEDICINE if Need.MEDICINE in spoken else Need.OTHER
