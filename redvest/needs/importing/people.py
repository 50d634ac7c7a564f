"""How many people a line counts: 3人, 两个人, 2大1小, 1+2, or a bare number behind the room."""

import re
from dataclasses import dataclass

from redvest.needs.importing import numerals
from redvest.needs.importing.doubts import Reason

_N = rf"(?:[0-9]{{1,2}}|{numerals.HAN})"
_FAMILY = re.compile(
    rf"(?P<a>{_N})\s?(?:个)?(?:大人?|成人|老人?)\s?[,+和、]?\s?(?P<b>{_N})\s?(?:个)?(?:小孩?|儿童|孩子|娃|"
    rf"幼)(?:\s?[,+和、]?\s?(?P<c>{_N})\s?(?:个)?老人?)?"
)
_BY_AGE = re.compile(
    rf"(?:大人|成人|老人|小孩|儿童|孩子|小朋友|婴儿)[:： ]?(?P<n>{_N})(?:\s?(?:个|人|位|名))?(?![0-9岁])|"
    rf"(?P<m>{_N})\s?(?:个|位|名)?(?:大人|成人|老人|小孩|儿童|孩子|小朋友|婴儿)"
)
_TOTAL = re.compile(
    rf"(?:共计|一共|总共|合计|共|全家|总|人数|应检|实检|实到)[:： 是有]{{0,2}}(?P<n>{_N})\s?(?:个人|个|人|位|口|名)?"
)
_AT_HOME = re.compile(
    rf"(?<![不没])(?:在家|现住|实住|实有|实际)(?:的|人数)?[:： 是有]{{0,2}}(?P<n>{_N})\s?(?:个人|个|人|位|口|名)"
)
_WORDED = re.compile(rf"(?<![0-9.第])(?P<n>{_N})\s?(?:个人|口人|人(?!份)|位(?!数)|口(?!罩)|名(?!次))")
_ALONE = re.compile(
    rf"(?:就|只有|只|仅|仅有)\s?(?:我|本人|老人|他|她)?\s?(?:自己|本人)?\s?(?:(?P<n>{_N})\s?个?(?:人|位)?(?![\u4e00-\u9fff])|"
    r"(?:(?<=自己)|(?<=就我))(?![\u4e00-\u9fff]))"
)
_SUM = re.compile(r"^[^0-9]{0,3}(?P<s>[0-9]{1,2}(?:\s?\+\s?[0-9]{1,2})+)(?![0-9])")
_BARE = re.compile(
    rf"^[\W_xX]*(?P<n>[0-9]{{1,2}}|{numerals.HAN})(?![0-9.:]|"
    rf"\s?[-~]\s?[0-9])\s?(?:个|份|户)?(?=$|[\s,;，。、!()\ue000\n]|[\u4e00-\u9fff(])"
)
_LAST = re.compile(r"(?:^|[\s,、\-:=×x*\ue000])(?P<n>[0-9]{1,2})\s?(?:个|份)?\s*$")
_CORRECTED = re.compile(
    rf"(?:更正|改为|改成|应该是|应为|改|不是.{{1,4}}是)[:： 为成]{{0,2}}(?P<n>{_N})\s?(?:个人|人|个|位|口)?"
)
_CIRCLES = {ord(mark): str(number) for number, mark in enumerate("⓪①②③④⑤⑥⑦⑧⑨")}
_KIN = re.compile(r"(?:夫妻|夫妇|父子|父女|母子|母女|婆媳|爷孙|祖孙|姐妹|兄弟)(?P<n>俩|仨)?")
_PLUS = re.compile(rf"\s?[+加]\s?(?P<n>{_N})\s?(?:个|位|名)?(?:婴儿|宝宝|小孩|孩子|儿童|娃|老人|大人|小朋友)")
_BEHIND_DOOR = re.compile(r"^[\s\-:=]*(?P<n>[0-9]{1,2})(?=[\s,，(])")
MANY = 12


@dataclass(frozen=True, slots=True)
class Count:
    """People, and the characters that say so."""

    people: int
    start: int
    end: int
    doubts: tuple[Reason, ...] = ()


def corrected(text: str) -> Count | None:
    """The later number where a line corrects itself: 2人（更正：3人）."""
    hit = _CORRECTED.search(text)
    number = numerals.value(hit.group("n")) if hit else None
    if hit is None or not isinstance(number, int):
        return None
    return Count(number, hit.start("n"), hit.end(), (Reason.PEOPLE_CORRECTED,))


def worded(text: str) -> Count | None:
    """A count that says that it counts people."""
    text = text.translate(_CIRCLES)
    family = _FAMILY.search(text)
    first = _WORDED.search(text)
    if family and first and first.end() <= family.start() <= first.end() + 2:
        number = numerals.value(first.group("n"))
        return Count(number, first.start(), family.end()) if isinstance(number, int) else None
    if family:
        parts = [numerals.value(family.group(name)) for name in "abc" if family.group(name)]
        if all(isinstance(part, int) for part in parts):
            return Count(sum(int(part or 0) for part in parts), family.start(), family.end(), (Reason.PEOPLE_ADDED,))
    ages = list(_BY_AGE.finditer(text))
    if len(ages) > 1 and not _TOTAL.search(text) and not _WORDED.search(text[: ages[0].start()]):
        numbers = [numerals.value(hit.group("n") or hit.group("m")) for hit in ages]
        total = sum(number for number in numbers if isinstance(number, int))
        return Count(total, ages[0].start(), ages[-1].end(), (Reason.PEOPLE_ADDED,))
    for pattern in (_AT_HOME, _TOTAL, _WORDED, _ALONE):
        hit = pattern.search(text)
        number = numerals.value(hit.group("n") or "1") if hit else None
        more = _PLUS.match(text, hit.end()) if hit else None
        if hit and isinstance(number, int):
            added = numerals.value(more.group("n")) if more else 0
            if more and isinstance(added, int):  # 4人+1个婴儿
                return Count(number + added, hit.start(), more.end(), (Reason.PEOPLE_ADDED,))
            return Count(number, hit.start(), hit.end())
    kin = _KIN.search(text)
    if kin is not None and not re.search("[0-9]", text):
        return Count(3 if kin["n"] == "仨" else 2, kin.start(), kin.end(), (Reason.PEOPLE_ADDED,))
    return None


def first(text: str) -> Count | None:
    """A bare number right behind the door, set apart from what follows: 3 其中1人隔离 are three."""
    hit = _BEHIND_DOOR.match(text)
    if hit is None or _TOTAL.search(text) or _FAMILY.search(text):
        return None
    return Count(int(hit.group("n")), hit.start("n"), hit.end("n"))


def bare(text: str) -> Count | None:
    """A number without a word, right behind the door or at the end of the line."""
    text = text.translate(_CIRCLES)
    added = _SUM.match(text)
    if added:
        parts = [int(part) for part in added.group("s").split("+")]
        return Count(sum(parts), added.start("s"), added.end("s"), (Reason.PEOPLE_ADDED,))
    hit = _BARE.match(text) or _LAST.search(text)
    number = numerals.value(hit.group("n")) if hit else None
    if hit is None or not isinstance(number, int):
        return None
    return Count(number, hit.start("n"), hit.end("n"))
