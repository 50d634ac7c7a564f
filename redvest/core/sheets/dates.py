"""Dates, hours and years as people write them in spreadsheets; nothing here asks what day it is."""

import datetime
import re

from redvest.core.sheets.cells import Found, Wrong, tidy
from redvest.core.sheets.reading import Cell
from redvest.core.sheets.troubles import Trouble

# Excel counts days from here; the odd day makes good for its belief in a 29 February 1900.
_EPOCH = datetime.date(1899, 12, 30)
_SERIALS = range(18_000, 75_000)  # 1949 to 2105
_YEARS = range(1900, 2101)
_CHINESE = str.maketrans("零〇○一二三四五六七八九", "000123456789")


def date(cell: Cell) -> Found:
    """A calendar day. An Excel day number is understood and noted; 3/4/2026 is refused, since it can be two days."""
    if isinstance(cell, datetime.datetime):
        return Found(cell.date())
    if isinstance(cell, datetime.date):
        return Found(cell)
    if isinstance(cell, bool | datetime.time):
        raise Wrong(Trouble.DATE_WRONG)
    value = _without_clock(_arabic(tidy(cell).lstrip("'")))
    if re.fullmatch(r"[0-9]{5}(?:\.[0-9]+)?", value) and int(float(value)) in _SERIALS:
        day = _EPOCH + datetime.timedelta(days=int(float(value)))
        return Found(day, Trouble.SERIAL_DATE, {"read": day.isoformat()})
    if re.fullmatch(r"[0-9]{8}", value):
        return Found(_day(int(value[:4]), int(value[4:6]), int(value[6:])))
    numbers = [int(part) for part in re.findall(r"[0-9]+", value)]
    if not re.fullmatch(r"[0-9]+(?:\s*[-/.\\年月日号,]\s*[0-9]+){1,2}\s*[日号]?", value):
        raise Wrong(Trouble.DATE_WRONG)
    if len(numbers) == 2:
        raise Wrong(Trouble.DATE_NO_YEAR if numbers[0] <= 12 else Trouble.DATE_WRONG)
    return Found(_three(*numbers))


def _three(first: int, second: int, third: int) -> datetime.date:
    if first > 999:
        return _day(first, second, third)
    if third > 999 and first > 12:
        return _day(third, second, first)
    if third > 999 and second > 12:
        return _day(third, first, second)
    raise Wrong(Trouble.DATE_AMBIGUOUS)


def _day(year: int, month: int, day: int) -> datetime.date:
    if year not in _YEARS:
        raise Wrong(Trouble.DATE_WRONG)
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise Wrong(Trouble.DATE_WRONG) from None


def _without_clock(value: str) -> str:
    value = re.sub(r"[T\s]*(?:星期|周|\(|（).*$", "", value)
    return re.sub(r"[T\s]+(?:上午|下午)?[0-9]{1,2}[:时点].*$", "", value).strip()


def _arabic(value: str) -> str:
    """二〇二六年十一月二十四日 with plain digits."""
    if not re.search(r"[〇○一二三四五六七八九十]", value):
        return value
    value = re.sub(r"(?<![一二三四五六七八九])十(?![一二三四五六七八九])", "10", value)
    value = re.sub(r"(?<![一二三四五六七八九])十", "1", value)
    value = re.sub(r"十(?![一二三四五六七八九])", "0", value)
    return value.replace("十", "").translate(_CHINESE)


def year(cell: Cell) -> Found:
    """A year of birth: 1985, 1985年, or a whole date of which only the year is kept (the least that is needed)."""
    if isinstance(cell, datetime.date):
        return Found(cell.year)
    value = _arabic(tidy(cell).lstrip("'")).removesuffix("年").removesuffix("生").removesuffix("年").strip()
    if re.fullmatch(r"[0-9]{4}", value) and int(value) in _YEARS:
        return Found(int(value))
    month = re.fullmatch(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})月?|([0-9]{2}))", value)
    if month and int(month.group(1)) in _YEARS and 1 <= int(month.group(2) or month.group(3)) <= 12:
        return Found(int(month.group(1)))
    found = date(cell)
    return Found(found.value.year, found.note, found.fields)


def hour(cell: Cell) -> Found:
    """A time of day: 18:30, 18点30分, 下午6时, or the fraction of a day that Excel keeps."""
    if isinstance(cell, datetime.datetime):
        return Found(cell.time())
    if isinstance(cell, datetime.time):
        return Found(cell)
    if isinstance(cell, float) and 0 <= cell < 1:
        minutes = round(cell * 1440)
        return Found(datetime.time(minutes // 60 % 24, minutes % 60))
    value = tidy(cell).replace("：", ":").replace(" ", "")
    spelled = re.fullmatch(r"(上午|下午|晚上|早上|凌晨)?([0-9]{1,2})(?:[:时点]([0-9]{1,2})?分?)?(?::[0-9]{2})?", value)
    if not spelled:
        raise Wrong(Trouble.DATE_WRONG)
    hours, minutes = int(spelled.group(2)), int(spelled.group(3) or 0)
    if spelled.group(1) in {"下午", "晚上"} and hours < 12:
        hours += 12
    if hours > 23 or minutes > 59:
        raise Wrong(Trouble.DATE_WRONG)
    return Found(datetime.time(hours, minutes))
