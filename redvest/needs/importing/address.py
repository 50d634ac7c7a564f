"""Doors as people write them: 3栋2单元1203室, 3-2-1203, 76栋202, 56号楼901房, B座12A, 2707, 9o2, 三栋二单元一二〇三."""

import re
from dataclasses import dataclass, field

from redvest.needs.importing import numerals
from redvest.needs.importing.doubts import Reason

_HAN1 = r"[一二三四五六七八九十]{1,3}"
_BLD = rf"(?:(?:[东西南北中]区?)?[A-Za-z]?[0-9]{{1,3}}[A-Za-z]?|[东西南北中]?[A-Za-z]|{_HAN1})"
_SMALL = rf"(?:[0-9]{{1,2}}|{_HAN1}|[A-Za-z甲乙丙丁])"
# A room: three or four digits, perhaps with a letter; letters that look like digits; Chinese digits.
_DIGIT = r"[0-9oOlI〇○]"
_HAN_ROOM = r"[零〇○一二三四五六七八九]{3,4}"
_ANY_ROOM = (
    rf"(?:[0-9]{{3,4}}[A-FHa-fh]?(?![0-9A-Za-z])|{_DIGIT}{{3,4}}(?![0-9A-Za-z])|{_HAN_ROOM}|"
    rf"[0-9]{{1,2}}[A-FHa-fh](?![0-9A-Za-z]))"
)
_DOOR = r"(?:室|房间|号房|房(?!东|贷|租)|户(?!外|主|口)|号(?!线|楼|栋))"
_SEP = r"\s?(?:-{1,4}|[_/#.~·\\])\s?"
_JOIN = r"\s?[-_,./|]?\s?"
_B_WORD = (
    r"(?:号楼|号院|号栋|栋楼|栋|幢|座|#楼|#|楼(?=\s?-?\s?(?:[0-9]|[一二三四五六七八九十]+单元))|"
    r"号(?=\s?-?\s?(?:[0-9]{3,4}(?![0-9])|[0-9一二三四五六七八九十]{1,2}(?:单元|门))))"
)
_U_WORD = r"(?:单元|单位|门(?!口|面|诊|禁|外)|梯)"
_LEFT = r"(?<![0-9A-Za-z.])"

_WORDED = re.compile(
    rf"{_LEFT}(?:(?P<b>{_BLD})\s?{_B_WORD}{_JOIN})"
    rf"(?:(?:(?P<u>{_SMALL})\s?{_U_WORD}{_JOIN})|(?:(?P<u2>[0-9]{{1,2}})\s?[-#/]\s?(?=[0-9]{{3,4}})))?"
    rf"(?:(?P<f>[0-9]{{1,2}}|{_HAN1})\s?(?:楼|层|F){_JOIN})?"
    rf"(?:(?P<r>{_ANY_ROOM})\s?{_DOOR}?|(?P<r2>附?[0-9]{{1,2}}|{_HAN1}|[A-H](?=室|房))\s?(?:室|房|号(?!楼|栋|套餐|[0-9]?份)))"
)
_UNIT = re.compile(
    rf"{_LEFT}(?P<u>{_SMALL})\s?{_U_WORD}{_JOIN}(?:(?P<f>[0-9]{{1,2}}|{_HAN1})\s?(?:楼|层|F){_JOIN})?"
    rf"(?:(?P<r>{_ANY_ROOM})\s?{_DOOR}?|(?P<r2>附?[0-9]{{1,2}}|{_HAN1})\s?(?:室|房|号(?!楼|栋|套餐|[0-9]?份)))"
)
_DASHED = re.compile(
    rf"{_LEFT}(?<![0-9]-)(?P<b>{_BLD}){_SEP}(?:(?P<u>[0-9]{{1,2}}|"
    rf"[A-Za-z]){_SEP})?(?:(?P<f>[0-9]{{1,2}}){_SEP}(?P<d>[0-9]{{1,2}})(?![0-9-])|"
    rf"(?P<r>{_ANY_ROOM}))\s?{_DOOR}?"
)
_LETTER = re.compile(rf"{_LEFT}(?P<b>[A-HＡ-Ｈa-h])(?P<r>[0-9]{{3,4}})(?![0-9A-Za-z])\s?{_DOOR}?")
_SPACED = re.compile(r"^\s*(?P<b>[0-9]{1,2})\s+(?:(?P<u>[0-9]{1,2})\s+)?(?P<r>[0-9]{3,4})(?![0-9A-Za-z])")
_FLOOR = re.compile(
    rf"{_LEFT}(?P<f>[0-9]{{1,2}}|{_HAN1})\s?(?:楼|层){_JOIN}(?:(?P<r>{_ANY_ROOM})\s?{_DOOR}?|"
    rf"(?P<r2>[0-9]{{1,2}})\s?(?:室|房|号(?!楼|栋)))"
)
_GROUP = re.compile(
    rf"{_LEFT}(?P<b>[0-9]{{1,2}}|{_HAN1})(?P<w>组|社|队)\s?(?P<r>附?[0-9]{{1,3}}(?:-[0-9]{{1,2}})?)\s?号"
)
# A house of a village or a street: 瞿家院子12号, unless a building and a room follow.
_HOUSE = re.compile(
    r"(?P<e>[\u4e00-\u9fff]{1,5}(?:院子|大院|坝|塆|湾|巷|胡同|路|街|村|屯|庄))\s?(?P<r2>附?[0-9]{1,4})\s?号"
    r"(?!楼|栋|院|线)(?![^,;\n]{0,10}(?:栋|幢|单元|室|号楼))(?!\s?-?\s?[0-9]{3})"
)
_NOT_ROOM = (
    r"(?!(?:斤|公斤|千克|克|kg|KG|Kg|g(?![A-Za-z])|ml|ML|mL|mg|毫升|毫克|升|元|块钱|片|粒|年|米|人|口(?!罩)|"
    r"颗|张|只|枚|支|盒|瓶|袋|包|箱|件|份|套|个|天|度|%|℃|\+?\s?公里|毫|号线|吨|多|万|v|V|w|W|型|路|位|名|"
    r"户(?!\s?[0-9一二两三四五])|单元|栋|幢|号楼|座|[A-Za-z]{2}|感冒|消毒|×|x[0-9])|[0-9]|[.][0-9](?!\s?[人个份位口]))"
)
_BARE = re.compile(
    rf"(?<![0-9A-Za-z.¥￥$])(?<![0-9]:)(?<![0-9][-/])(?:(?P<r>[0-9]{{3,4}}[A-FHa-fh]?(?![A-Za-z]))|"
    rf"(?P<l>(?=[^\s]{{0,3}}[0-9])(?=[^\s]{{0,3}}[oOlI|"
    rf"〇○]){_DIGIT}{{3,4}}(?![0-9A-Za-z]))){_NOT_ROOM}\s?{_DOOR}?"
)
_HAN_BARE = re.compile(
    rf"(?P<r>{_HAN_ROOM})\s?(?:室|房|号(?!楼|栋))|^\s*(?P<h>[零〇○一二三四五六七八九幺]{{3,4}})(?=[\s\-,:、]|$)"
)
# A number inside a sentence, a blank, and a unit: 白糖 500 克.
_MEASURED = re.compile(
    r"\s+(?:斤|公斤|千克|克|毫升|升|元|片|粒|颗|枚|支|盒|瓶|袋|包|箱|件|份|套|个|人|天|度|米|张)(?![\u4e00-\u9fff0-9])"
)
_PLACE = re.compile(
    rf"(?:^|[\s,，;、:\[(「的在到]|(?<=[\u4e00-\u9fff]))(?P<b>{_BLD})\s?(?:号楼|号院|栋|幢|座|#楼|"
    rf"#)\s?-?\s?(?:(?P<u>{_SMALL})\s?{_U_WORD})?(?!\s?[0-9])"
)
_ONLY_UNIT = re.compile(rf"^\s*(?P<u>{_SMALL})\s?(?:单元|门|梯)\s*[:：]?\s*$")
_ONLY_GROUP = re.compile(rf"^\s*第?(?P<b>[0-9]{{1,2}}|{_HAN1})\s?(?P<w>组|社|队)\s*[:：]?\s*$")
_IN_GROUP = re.compile(r"\s*(?P<r>附?[0-9]{1,3}(?:-[0-9]{1,2})?)\s?号")
_LANE = re.compile(r"([0-9]{1,4}弄)\s?$")
_ESTATE = re.compile(
    r"(?P<e>[\u4e00-\u9fff]{1,8}?(?:小区|花园|家园|公寓|大厦|广场|新村|新城|名都|半岛|国际|雅苑|家属院|"
    r"宿舍|[苑园城府湾庭居郡轩阁邸墅岛里]))(?:[一二三四五六1-9]期|[东西南北]区)?\s?-?\s?$"
)


# Every way of writing a door, each with characters without which looking for it is in vain.
_PATTERNS = tuple(
    (pattern, re.compile(needed))
    for pattern, needed in (
        (_WORDED, "[栋幢座号楼#]"),
        (_UNIT, "[单门梯]"),
        (_DASHED, r"[-_/#.~·\\]"),
        (_GROUP, "[组社队]"),
        (_LETTER, "[A-Ha-h]"),
        (_FLOOR, "[楼层]"),
        (_HOUSE, "号"),
        (_HAN_BARE, r"[室房号]|^\s*[零〇○一二三四五六七八九幺]{3}"),
        (_BARE, "[0-9]"),
    )
)


@dataclass(slots=True)
class Address:
    """A door that was found, and where. Empty strings are parts that were not written."""

    start: int
    end: int
    building: str = ""
    unit: str = ""
    room: str = ""
    estate: str = ""
    doubts: list[Reason] = field(default_factory=list)
    spaced: bool = False  # written as numbers with spaces: a guess
    bare: bool = False  # a room alone

    @property
    def parts(self) -> tuple[str, str, str]:
        """What makes two addresses the same."""
        return self.building, self.unit, self.room


def _number(text: str | None) -> str:
    """A building, unit or floor without leading zeros; Chinese numerals as digits; letters upper case."""
    if not text:
        return ""
    value = numerals.value(text)
    if isinstance(value, int):
        return str(value)
    han = re.fullmatch(rf"([东西南北中]区?)({_HAN1})", text)
    if han:
        return han.group(1) + _number(han.group(2))
    return text.upper()


def _room(text: str, doubts: list[Reason]) -> str:
    if re.fullmatch(r"[0-9]+[A-Za-z]?", text):
        return text.upper()
    digits = numerals.han_digits(text)
    if digits is not None and not re.search(r"[0-9]", text):
        doubts.append(Reason.HAN_ROOM)
        return digits
    read = text.translate(numerals.LOOKALIKES)
    if read != text:
        doubts.append(Reason.LETTERS_READ)
    return read.upper()


def _lookalike(text: str) -> bool:
    return not re.fullmatch(r"[0-9]+[A-Za-z]?", text)


def _made(hit: re.Match[str]) -> Address | None:
    found = hit.groupdict()
    made = Address(hit.start(), hit.end(), estate=found.get("e") or "")
    made.building = _number(found.get("b"))
    made.unit = _number(found.get("u") or found.get("u2"))
    floor = _number(found.get("f"))
    room, door = found.get("r") or found.get("h"), found.get("r2") or found.get("d")
    if room:
        if _lookalike(room) and numerals.han_digits(room) is None and not re.search(r"[0-9]", room):
            return None  # 3-lol is no door
        made.room = _room(room, made.doubts)
    elif door:
        number = _number(door)
        if floor and number.isdigit():
            made.room = f"{floor}{int(number):02}"
            made.doubts.append(Reason.ROOM_COMPOSED)
        else:
            made.room = f"{floor}{door}" if door.isascii() and door.isalpha() else door if door.isdigit() else number
    return made


def find(text: str, start: int = 0, *, inside: str = "") -> Address | None:
    """The first door from ``start`` on. ``inside``: the building that is known, in which 2-1203 is unit and room."""
    if start == 0:
        spaced = _SPACED.match(text)
        if spaced:
            made = _made(spaced)
            assert made is not None
            made.start = spaced.start("b")
            made.spaced = True
            return made
    best: Address | None = None
    for pattern, needed in _PATTERNS:
        made = _first(pattern, text, start) if needed.search(text, start) else None
        if made is not None and (best is None or made.start < best.start):
            best = made
    if best is not None:
        _complete(best, text, inside)
    return best


def in_group(text: str) -> Address | None:
    """A house number alone, in a list below the heading of a village group."""
    hit = _IN_GROUP.match(text)
    return Address(hit.start(), hit.end(), room=hit.group("r")) if hit else None


def _first(pattern: re.Pattern[str], text: str, start: int) -> Address | None:
    for hit in pattern.finditer(text, start):
        if pattern is _BARE:
            if text[: hit.start()].strip() and _MEASURED.match(text, hit.end("r") if hit.group("r") else hit.end("l")):
                continue
            doubts: list[Reason] = []
            room = _room(hit.group("r") or hit.group("l"), doubts)
            if hit.group("l") and re.fullmatch(r"[0-9]{1,3}l", hit.group("l")):
                continue  # 10l is ten litres
            return Address(hit.start(), hit.end(), room=room, doubts=doubts, bare=True)
        made = _made(hit)
        if made is None or (pattern is _DASHED and _is_no_door(hit)):
            continue
        if pattern is _GROUP:
            made.building += hit.group("w")
        return made
    return None


def _is_no_door(hit: re.Match[str]) -> bool:
    """1203-2 is a room and a count, 11/12 a date, 2.500 a number; all are left to others."""
    building, door = hit.group("b"), hit.group("d")
    if door is not None and hit.group("u") is None:
        # 2-12-3 could be building, unit, room, but as well three counts; only four parts are a door for certain.
        return True
    if re.fullmatch(r"[0-9]+", building) and hit.group("r"):
        between = hit.group()[len(building) :]
        if between.lstrip().startswith("."):
            return bool(re.match(r"\s?(?:元|块|斤|公斤|kg|升|L|度)", hit.string[hit.end() : hit.end() + 3]))
        if len(building) == 3 and len(hit.group("r")) == 3 and hit.group("u") is None:
            return abs(int(building) - int(re.sub(r"\D", "", hit.group("r")) or 0)) <= 9  # 301-302: two doors
    return False


def _complete(made: Address, text: str, inside: str) -> None:
    if (
        inside
        and made.building
        and not made.unit
        and re.fullmatch(r"[0-9]{1,2}", made.building)
        and _is_dashed(made, text)
    ):
        if made.building == inside:
            made.doubts.append(Reason.BUILDING_OR_UNIT)  # 3-102 below 3号楼: rather the building once more
        else:
            made.building, made.unit = "", made.building
    lane = _LANE.search(text[max(0, made.start - 8) : made.start])
    if lane is not None and made.building:
        made.estate, made.start = lane.group(1), made.start - len(lane.group())
        return
    before = _ESTATE.search(text[max(0, made.start - 12) : made.start])
    if before is not None and (made.building or made.unit):
        made.estate = before.group("e")
        made.start -= len(before.group())


def _is_dashed(made: Address, text: str) -> bool:
    return not re.search("栋|幢|座|楼|号", text[made.start : made.end])


def place(text: str) -> tuple[str, str] | None:
    """The building and unit that a heading names without a door: 3号楼, 5栋2单元, 2单元."""
    unit = _ONLY_UNIT.match(text)
    if unit:
        return "", _number(unit.group("u"))
    group = _ONLY_GROUP.match(text)
    if group:
        return _number(group.group("b")) + group.group("w"), ""
    hits = list(_PLACE.finditer(text))
    if len({(_number(hit.group("b")), _number(hit.group("u"))) for hit in hits}) == 1:
        return _number(hits[0].group("b")), _number(hits[0].group("u"))
    return None
