"""Lines copied out of a spreadsheet: a line of column names, then rows. Each row is rewritten as a form in one line."""

import itertools
import re
from array import array
from dataclasses import replace

from redvest.needs.importing import goods, normal
from redvest.needs.importing.lines import Line, Mark
from redvest.needs.importing.normal import Plain

# What a column may be called, and the key that the reader of entries knows; the list number has none.
_NUMBER = re.compile(r"^(?:序号|编号|跟团号|接龙号|No\.?|号)$")
_KEYS = (
    (re.compile(r"^(?:楼栋号?|楼号|栋号?|幢)$"), "楼栋:"),
    (re.compile(r"^单元号?$"), "单元:"),
    (re.compile(r"^(?:房间?号?|室号?|门牌号?|户号)$"), "房号:"),
    (re.compile(r"^(?:地址|住址|收货地址|详细地址|楼栋房号|楼房号)$"), ""),
    (re.compile(r"^(?:人数|应检人数|实检人数|在家人数|户内人数)$"), "人数:"),
    (re.compile(r"^(?:姓名|户主|联系人|业主|收货人)$"), "姓名:"),
    (re.compile(r"^(?:电话|手机号?|联系电话|联系方式)$"), "电话:"),
    (re.compile(r"^(?:备注|说明|情况)$"), "备注:"),
    (re.compile(r"^(?:数量|份数|需求|物品|品名|药名|商品|商品名称?|商品信息|团购商品|规格)$"), ""),
    (
        re.compile(
            r"^(?:(?:订单|商品|实付|应付|支付|总)?(?:金额|价格?|单价|总价)|(?:下单|接龙|支付|登记)?(?:时间|日期)|昵称|微信名?|状态|(?:订单|支付)状态|小区)$"
        ),
        "-",
    ),
)
_DOOR_KEYS = ("楼栋:", "房号:", "")
_CELL = re.compile(r"[^\t|]+")
_WORD = re.compile(r"\S+")


def rewritten(lines: list[Line]) -> list[Line]:
    """The lines, those of a table as forms: 7, 1, 101 below 楼栋, 单元, 房号 becomes 楼栋:7 单元:1 房号:101."""
    made: list[Line] = []
    columns: list[str | None] | None = None
    for line in lines:
        head = _columns(line.plain.text)
        if head is not None:
            columns = head
            made.append(line)
            continue
        row = _row(line, columns) if columns is not None else None
        made.append(row or line)
        if row is None and not line.blank_before:
            columns = columns if _cells(line.plain.text, 2) else None
    return made


def _columns(text: str) -> list[str | None] | None:
    """The keys of the columns, or None when the line is no head of a table. A list number is None."""
    cells = [text[start:end].strip() for start, end in _cells(text, 3)]
    if len(cells) < 3:
        return None
    keys: list[str | None] = []
    known = doors = 0
    for cell in cells:
        key = next((key for pattern, key in _KEYS if pattern.match(cell)), None)
        if key is not None:
            known += 1
            doors += key in _DOOR_KEYS[:2] or bool(re.search("地址|住址|楼", cell))
            keys.append(key)
        elif _NUMBER.match(cell):
            known += 1
            keys.append(None)
        elif goods.is_goods(cell) and len(cell) <= 8:
            keys.append(f"{cell}:")
        else:
            return None
    return keys if known >= 2 and doors else None


def _cells(text: str, least: int) -> list[tuple[int, int]]:
    """Where the cells of a line stand: between tabs or bars, else between blanks."""
    if len(text) > normal.LONGEST:
        return []
    pattern = _CELL if re.search(r"[\t|]", text) else _WORD
    found = [hit.span() for hit in pattern.finditer(text)]
    return found if len(found) >= least else []


def _row(line: Line, columns: list[str | None]) -> Line | None:
    text = line.plain.text
    tabs = re.search(r"[\t|]", text) is not None
    cells = _tabbed(text) if tabs else _cells(text, 2)
    if not cells or len(cells) > len(columns) or (not tabs and len(cells) < len(columns) - 1):
        return None
    letters: list[str] = []
    at = array("Q")
    number: int | None = None
    for key, (start, end) in zip(columns, cells, strict=False):
        cell = text[start:end].strip()
        if key is None and cell.isdecimal() and len(cell) < 6:
            number = int(cell)
        if key in (None, "-") or not cell or (cell == "0" and goods.is_goods(key)):
            continue
        for mark in f"{key}":
            letters.append(mark)
            at.append(line.plain.at[start])
        letters += [*text[start:end], "\n" if key == "备注:" else " "]
        at.extend(line.plain.at[start : end + 1])
    at.append(line.end)
    plain = Plain("".join(letters), at)
    return replace(line, plain=plain, body=0, mark=Mark.NONE if number is None else Mark.NUMBER, number=number)


def _tabbed(text: str) -> list[tuple[int, int]]:
    """Cells between tabs or bars, empty ones too."""
    text = text.strip("\n")
    edges = [-1, *(place for place, mark in enumerate(text) if mark in "\t|"), len(text)]
    spans = [(left + 1, right) for left, right in itertools.pairwise(edges)]
    return spans[1:] if spans and spans[0][0] == spans[0][1] and text[:1] == "|" else spans
