"""Quantities in a text: how much, of what unit, and where; and sizes of packs, which belong to the name."""

import re
from dataclasses import dataclass

from redvest.needs.importing import goods, numerals, units
from redvest.needs.importing.numerals import Number

# A unit that begins another word is no unit: 2包子 are two dumplings, 3个月 a time.
_OTHER_WORD = (
    r"(?!餐包|餐盒|餐巾|包子|包菜|包装|板栗|头孢|卷心|卷纸|双黄|罐头|打印|提前|提子|套餐|本人|对乙|米饭|米粉|米线|米糊|"
    r"升级|克林|块钱|条件|根本|把手|台灯|床单|个人|两面|听说|片区|"
    r"管子|副作用|组长|组团|件套|张嘴|贴心|头痛|头晕|两口子|对夫妻|个老|个小孩|个孩|个大人|个娃|个月|"
    r"个小时|个星期|个礼拜|个单元|个住|个学生|个成|个儿童|个婴|家|顶楼|床上|口罩)"
)
_TIMES = r"[x×X*✖]"
_UNIT = (
    rf"{_OTHER_WORD}(?P<unit>{units.GOODS_UNIT})(?:(?<=[\u4e00-\u9fff])|(?![A-Za-z]))(?!装|/(?:板|箱|盒|份|"
    rf"袋|包|提|瓶|件|筐|桶|个|"
    rf"组)|人[^参份]|人$)"
)
_EACH = r"(?P<each>各要|各来|各|均|每样|每种|都要|都来|都)?\s?"
_WITH_UNIT = re.compile(
    rf"{_EACH}(?:{_TIMES}\s?|"
    rf"\()?(?<![0-9.])(?:(?<![0-9A-Za-z][A-Za-z])|(?<=[0-9][LgG])|(?<=[0-9](?:kg|KG|ml|ML|mL)))(?P<n>{numerals.NUMBER}|(?<=[A-Za-z]){numerals.HAN})(?:\s?(?P<to>[-~到至、或])\s?"
    rf"(?P<n2>{numerals.NUMBER}))?\s?(?:大|小|整)?{_UNIT}(?P<half>半)?(?:[)])?"
)
_TIMES_NUMBER = re.compile(
    rf"{_EACH}{_TIMES}\s?(?P<n>[0-9]{{1,3}}|{numerals.HAN})(?![0-9A-Za-z.]|\s?(?:{units.GOODS_UNIT}))"
)
_NUMBER_TIMES = re.compile(rf"(?<![0-9A-Za-z.])(?P<n>[0-9]{{1,3}})\s?{_TIMES}(?=\s?[A-Za-z\u4e00-\u9fff①-⑳㉑-㉟㊱-㊿])")
_BARE = re.compile(
    rf"{_EACH}(?<![0-9.])(?<!套餐)(?<![0-9A-Za-z][.])(?P<n>[0-9]{{1,3}})(?![0-9A-Za-z.%"
    rf"号#\u4e00-\u9fff①-⑳㉑-㉟㊱-㊿-]|\.[0-9])"
)
_EACH_HAN = re.compile(
    rf"(?P<each>各要|各来|各|每样|每种)\s?(?P<n>[0-9]{{1,3}}|{numerals.HAN})(?![0-9]|{units.GOODS_UNIT})"
)
_VAGUE = re.compile(
    rf"(?P<vague>几|若干|好几|数)(?P<unit>{units.GOODS_UNIT})(?!月|人|天|小时)|"
    rf"(?P<some>(?<=[来要买带拿配弄])(?:点(?!心|滴|卡)|些)(?=[\u4e00-\u9fff])|少许|若干|适量|"
    rf"一些|一点(?!半|钟)(?=[\u4e00-\u9fff]))"
)
_SIZE = re.compile(
    r"(?<![A-Za-z])[0-9]{1,8}(?:\.[0-9]{1,8})?\s?(?:mg|ug|μg|MG|Mg|IU|iu|万?单位|毫克|"
    r"微克)(?:\s?[*×x/]\s?[0-9]{1,8}(?![0-9]|\s?[盒瓶罐箱])\s?(?:片|粒|支|袋|丸|枚|s|S|ml)?)?|"
    rf"(?:[0-9]{{1,8}}(?:\.[0-9]{{1,8}})?|{numerals.HAN})\s?(?:g|ml|ML|L|kg|克|毫升|升|斤|"
    rf"公斤)\s?[*×x]\s?[0-9]{{1,8}}\s?(?:(?:片|粒|支|袋|瓶|盒|包|听|枚|个)|罐(?=\s*[0-9一二两三四五六七八九十半])|"
    r"(?=\s*[0-9一二两三四五六七八九十半]))|"
    r"[0-9]{1,8}(?:\.[0-9]{1,8})?\s?(?:ml|ML|毫升)\s?[:：]\s?[0-9]{1,8}(?:\.[0-9]{1,8})?\s?(?:mg|g|万?单位|IU)|"
    rf"(?:[0-9]{{1,8}}(?:\.[0-9]{{1,8}})?|{numerals.HAN})\s?(?:公斤|kg|斤|克|g|ml|毫升|升|L|枚|片|粒|支|袋|瓶|盒|包|听|"
    rf"罐|个|抽|卷|只|寸|人|连包|联|提|张|条)装|"
    rf"[0-9]{{1,8}}\s?(?:公斤|kg|斤|克|g|ml|毫升|升|L|枚|片|粒|支|袋|瓶|盒|包|听|罐|个|抽|卷|只)\s?/\s?(?:板|箱|"
    rf"盒|份|袋|包|提|瓶|件|筐|桶|个|组)|"
    r"[0-9]{1,8}(?:层|抽|连包|寸|目)(?![0-9])|[一二三四1-4]段"
)
_HAN_ALONE = re.compile(rf"^\W*(?P<n>{numerals.HAN})\W*$")
# 荤2素1: short names and counts without anything between them.
_RUN = re.compile(r"^\W*(?:[\u4e00-\u9fff]{1,6}[0-9]{1,2}){2,8}\W*$")
_RUN_NUMBER = re.compile(r"(?P<n>[0-9]{1,2})")
_HALF = re.compile(r"半")
_DOSED = re.compile(rf"(?:{_SIZE.pattern})+")
LARGE = 200  # more of one thing for one door is worth a look


@dataclass(frozen=True, slots=True)
class Quantity:
    """So much of something, in the plain text. ``each``: of every thing named before; ``rough``: 两三, 几."""

    start: int
    end: int
    number: Number | None
    unit: str
    each: bool = False
    rough: bool = False

    @property
    def is_bare(self) -> bool:
        """A number without a unit."""
        return not self.unit


def find(text: str) -> list[Quantity]:
    """Every quantity of a text, in order and apart from each other; pack sizes are no quantities."""
    taken = [hit.span() for hit in _SIZE.finditer(text)] + [hit.span() for hit in goods.NUMBERED.finditer(text)]
    for start, end in taken:
        text = text[:start] + "\ue001" * (end - start) + text[end:]  # 5mg两盒: no letter stands before the number
    found: list[Quantity] = []
    for pattern in (_WITH_UNIT, _TIMES_NUMBER, _NUMBER_TIMES, _EACH_HAN, _VAGUE, _BARE, _HAN_ALONE):
        free = _Free(taken)
        for hit in pattern.finditer(text):
            quantity = _read(hit)
            if quantity is None or not free.take(hit.start(), hit.end()):
                continue
            found.append(quantity)
        taken = free.spans
    if _RUN.match(text):
        free = _Free(taken)
        hits = [hit for hit in _RUN_NUMBER.finditer(text) if free.take(hit.start(), hit.end())]
        found += [Quantity(hit.start(), hit.end(), int(hit.group()), "") for hit in hits]
    return sorted(found, key=lambda quantity: quantity.start)


def is_size(text: str) -> bool:
    """Whether the words are nothing but the size of a pack or a dose: 10mg, 0.5g*30片."""
    return bool(_DOSED.match(text))


class _Free:
    """Spans that are still free, asked in ascending order."""

    def __init__(self, taken: list[tuple[int, int]]) -> None:
        self.before = sorted(taken)
        self.spans = list(self.before)
        self.position = 0

    def take(self, start: int, end: int) -> bool:
        while self.position < len(self.before) and self.before[self.position][1] <= start:
            self.position += 1
        if self.position < len(self.before) and self.before[self.position][0] < end:
            return False
        self.spans.append((start, end))
        return True


def _read(hit: re.Match[str]) -> Quantity | None:
    found = hit.groupdict()
    unit = found.get("unit") or ""
    start = hit.start() + (len(hit.group()) - len(hit.group().lstrip()))
    if found.get("vague") or found.get("some"):
        return Quantity(start, hit.end(), None, unit, rough=True)
    number = numerals.value(found["n"])
    rough = False
    if found.get("n2"):
        number, rough = numerals.value(found["n2"] or ""), True
    elif number is None:
        number, rough = numerals.value(found["n"][-1]), True
    if number is None:
        return None
    if found.get("half"):
        number += 0.5
    each = found.get("each")
    return Quantity(start, hit.end(), number, unit, bool(each), rough)
