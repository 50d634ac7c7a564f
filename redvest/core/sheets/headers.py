"""Finding the header row of a sheet among titles, and knowing a column under its many names.

Headings are compared without spaces, stars, brackets, case and traditional characters.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from redvest.core.sheets.cells import Reader, tidy
from redvest.core.sheets.reading import Cell, Row
from redvest.core.sheets.troubles import Words

SEARCHED_ROWS = 30

# Only the characters that occur in headings; a dictionary of the language is not needed for that.
_TRADITIONAL = str.maketrans(
    "電話號碼證單組織樓棟戶區鄉鎮級類別語備註聯繫開時間歲齡專業經驗寫數據員務層門領隊緊簡稱標識達區縣離遠積極黨團眾態關屬總計現詳細統編錄範圍擔聘續",
    "电话号码证单组织楼栋户区乡镇级类别语备注联系开时间岁龄专业经验写数据员务层门领队紧简称标识达区县离远积极党团众态关属总计现详细统编录范围担聘续",
)
_DECORATION = re.compile(r"[\s*＊★●:：、.。/／\\_\-—()（）\[\]【】「」“”\"'?？]+")
_REMARK = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that we understand. ``names`` are the headings met in real files; the first is the one we write."""

    key: str
    names: tuple[str, ...]
    read: Reader
    required: bool = False
    help: Words = ""
    choices: tuple[str, ...] = ()
    width: int = 14


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns are: key to position, with the headings as the file spells them."""

    number: int
    at: Mapping[str, int]
    spelled: Mapping[str, str]
    unknown: tuple[str, ...] = ()
    missing: tuple[Column, ...] = field(default=())


def heading(cell: Cell) -> str:
    """A heading as it is compared."""
    return _DECORATION.sub("", tidy(cell).translate(_TRADITIONAL)).lower()


def _candidates(cell: Cell) -> tuple[str, str]:
    """The heading with and without a remark in brackets: "电话（必填）", but also "经度(°)"."""
    return heading(cell), heading(_REMARK.sub("", tidy(cell)))


def match(row: Row, columns: Sequence[Column]) -> Header:
    """Which columns this row would name if it were the header. The leftmost of two equal headings counts."""
    known = {heading(name): column for column in columns for name in column.names}
    at: dict[str, int] = {}
    spelled: dict[str, str] = {}
    unknown: list[str] = []
    for position, cell in enumerate(row.cells):
        column = next((known[name] for name in _candidates(cell) if name in known), None)
        if column is None:
            if tidy(cell):
                unknown.append(tidy(cell)[:40])
        elif column.key not in at:
            at[column.key] = position
            spelled[column.key] = tidy(cell)
    missing = tuple(column for column in columns if column.required and column.key not in at)
    return Header(row.number, at, spelled, tuple(unknown), missing)


def find(rows: Sequence[Row], columns: Sequence[Column]) -> Header | None:
    """The header among the first rows: the one that names most columns, the first of equal ones.

    Of two equal rows that touch, the lower is taken: headings split over two rows say more in the second.
    One known word alone is no header, unless the table has one column only: a title may contain it.
    """
    best: Header | None = None
    for row in rows:
        found = match(row, columns)
        texts = sum(1 for cell in row.cells if tidy(cell))
        if not found.at or (len(found.at) == 1 and (texts > 1 or len(columns) > 1)):
            continue
        touches = best is not None and found.number == best.number + 1
        if best is None or len(found.at) > len(best.at) or (touches and len(found.at) == len(best.at)):
            best = found
    return best
