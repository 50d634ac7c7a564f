"""Understanding one cell: text, phone, number, date, code, yes or no, choice, list.

Every reader takes what a spreadsheet gave and answers ``Found(value, note)``, or raises ``Wrong`` with a Trouble. What
was repaired on the way (letters for digits, a lost zero) is said in the note, so that a person can look at it.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers

from redvest.core.sheets.reading import MAX_CELL, Cell
from redvest.core.sheets.troubles import Trouble

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u0000-\u0008\u000e-\u001f\u007f]")
_WIDE = {code: code - 0xFEE0 for code in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]}
_WIDE |= {0x3000: " ", 0x00A0: " ", 0xFF0B: "+", 0xFF0D: "-", 0xFF0E: ".", 0xFF0F: "/", 0xFF1A: ":"}
# Most cells need nothing: what is printable (no space but the plain one, nothing invisible) and shows none of these.
_ODD = re.compile("[" + "".join(map(chr, _WIDE)) + "]|  ")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_SPACE = re.compile(r"\s+")
_CJK_GAP = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_FORMULA_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!"}
_LETTER_DIGITS = str.maketrans({"o": "0", "O": "0", "〇": "0", "○": "0", "l": "1", "I": "1", "i": "1", "|": "1"})
_SCIENTIFIC = re.compile(r"([0-9])(?:\.([0-9]+))?[eE]\+?([0-9]{1,2})")
_LIST = re.compile(r"[、，,;；/|\n\r]+")


@dataclass(frozen=True, slots=True)
class Found:
    """A value that was understood; ``note`` says what was repaired, with the fields of its sentence."""

    value: Any
    note: Trouble | None = None
    fields: Mapping[str, Any] | None = None


class Wrong(Exception):
    """The cell cannot be understood; the row is refused with this trouble."""

    def __init__(self, trouble: Trouble, **fields: Any) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.fields = fields


Reader = Callable[[Cell], Found]


def tidy(cell: Cell) -> str:
    """The cell as one line of text without invisible characters, full-width digits and letters made plain."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        cell = cell.date()
    if isinstance(cell, float):
        return repr(cell) if not cell.is_integer() else str(int(cell))
    if isinstance(cell, str) and cell.isprintable() and not _ODD.search(cell):
        return cell.strip()
    raw = _INVISIBLE.sub("", str(cell)).translate(_WIDE)
    return _SPACE.sub(" ", raw).strip()


def shown(cell: Cell) -> str:
    """The cell as a person sees it, short enough for a list of refusals."""
    if cell is None:
        return ""
    plain = str(cell)
    if not plain.isprintable():
        plain = _SPACE.sub(" ", plain)
    plain = plain.strip()
    return plain if len(plain) <= 60 else plain[:59] + "…"


def text(limit: int) -> Reader:
    """Free text up to ``limit`` characters."""

    def reader(cell: Cell) -> Found:
        if isinstance(cell, str) and len(cell) > MAX_CELL:
            raise Wrong(Trouble.TOO_LONG, limit=limit)
        value = tidy(cell)
        if value in _FORMULA_ERRORS:
            raise Wrong(Trouble.FORMULA_ERROR)
        if len(value) > limit:
            raise Wrong(Trouble.TOO_LONG, limit=limit)
        return Found(value)

    return reader


def name(limit: int) -> Reader:
    """A person's or a place's name: text in which spaces between Chinese characters are padding."""
    plain = text(limit)

    def reader(cell: Cell) -> Found:
        return Found(_CJK_GAP.sub("", plain(cell).value))

    return reader


def phone(cell: Cell) -> Found:
    """A phone number in the form +8613800138000; numbers without a country are mainland Chinese."""
    value = tidy(cell).lstrip("'").removesuffix(".0")
    if _MOBILE.fullmatch(value):
        return Found("+86" + value)
    parts = [part for part in re.split(r"[、，,;；/\n]| or | 或 ", value) if part.strip()]
    if len(parts) > 1 and all(len(re.sub(r"\D", "", part)) >= 7 for part in parts):
        first = phone(parts[0])
        return Found(first.value, Trouble.FIRST_OF_SEVERAL, {"read": parts[0].strip()})
    scientific = _SCIENTIFIC.fullmatch(value.replace(" ", ""))
    if scientific:
        digits = _whole_digits(scientific)
        if digits is None:
            raise Wrong(Trouble.PHONE_LOST_DIGITS)
        return Found(_parsed_phone(digits), Trouble.DIGITS_RESTORED, {"read": digits})
    plain = re.sub(r"(?:转|ext\.?|分机).*$", "", value, flags=re.IGNORECASE)
    plain = re.sub(r"[\s\-\u2010-\u2015()（）.·]", "", plain)
    note: Trouble | None = None
    if not re.fullmatch(r"\+?[0-9]+", plain):
        repaired = plain.translate(_LETTER_DIGITS)
        if sum(character.isdigit() for character in plain) < 4 or not re.fullmatch(r"\+?[0-9]+", repaired):
            raise Wrong(Trouble.PHONE_WRONG)
        plain, note = repaired, Trouble.LETTERS_READ
    if not plain.startswith(("0", "+", "1", "86")) and _valid_phone("0" + plain):
        plain, note = "0" + plain, Trouble.ZERO_RESTORED
    return Found(_parsed_phone(plain), note, {"read": plain} if note else None)


def _whole_digits(scientific: re.Match[str]) -> str | None:
    """All the digits of 1.3800138E+10, or None when the mantissa is shorter than the number was."""
    first, rest, exponent = scientific.group(1), scientific.group(2) or "", int(scientific.group(3))
    if len(rest) == exponent:
        return first + rest
    return None


def _parse_phone(digits: str) -> phonenumbers.PhoneNumber | None:
    # 86138... without the plus sign is how exports of other systems write it.
    digits = re.sub(r"^(?:00|\+)?86(?=1[0-9]{10}$)", "", digits)
    digits = re.sub(r"^00", "+", digits)
    try:
        return phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return None


def _valid_phone(digits: str) -> bool:
    number = _parse_phone(digits)
    if number is None:
        return False
    if number.country_code == 86:
        national = phonenumbers.national_significant_number(number)
        # Service numbers (12345, 400...) reach an office, not a person; an old number plan misses new mobile prefixes.
        return bool(re.fullmatch(r"1[3-9][0-9]{9}", national)) or (
            not national.startswith("1") and phonenumbers.is_valid_number(number)
        )
    return phonenumbers.is_valid_number(number)


def _parsed_phone(digits: str) -> str:
    number = _parse_phone(digits)
    if number is None or not _valid_phone(digits):
        raise Wrong(Trouble.PHONE_WRONG)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def whole(low: int, high: int) -> Reader:
    """A whole number between two bounds; units after it (3人, 12层) and thousands separators are allowed."""

    def reader(cell: Cell) -> Found:
        if isinstance(cell, bool | datetime.date | datetime.time):
            raise Wrong(Trouble.NUMBER_WRONG)
        value = tidy(cell).lstrip("'").replace(",", "").replace("，", "").replace(" ", "")
        value = re.sub(r"(?:人|口|户|层|楼|岁|个|栋|座|名|分钟|公里)$", "", value)
        note: Trouble | None = None
        if not re.fullmatch(r"[+-]?[0-9]+(?:\.0+)?", value):
            chinese = _chinese_number(value)
            repaired = value.translate(_LETTER_DIGITS)
            if chinese is not None:
                value = str(chinese)
            elif re.search(r"[0-9]", value) and re.fullmatch(r"[0-9]+", repaired):
                value, note = repaired, Trouble.LETTERS_READ
            else:
                raise Wrong(Trouble.NUMBER_WRONG)
        number = int(float(value))
        if not low <= number <= high:
            raise Wrong(Trouble.NUMBER_RANGE, low=low, high=high)
        return Found(number, note, {"read": number} if note else None)

    return reader


_CHINESE_DIGITS = {"零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_CHINESE_DIGITS |= {"六": 6, "七": 7, "八": 8, "九": 9}


def _chinese_number(value: str) -> int | None:
    """三 is 3, 十二 is 12, 二十 is 20, 二〇二六 is 2026."""
    # 两三 means "two or three"; only one digit, or a year, is a number.
    if len(value) in (1, 4) and all(character in _CHINESE_DIGITS for character in value):
        return int("".join(str(_CHINESE_DIGITS[character]) for character in value))
    ten = re.fullmatch(r"([一二两三四五六七八九])?十([一二三四五六七八九])?", value)
    if ten:
        return _CHINESE_DIGITS.get(ten.group(1), 1) * 10 + _CHINESE_DIGITS.get(ten.group(2), 0)
    return None


def decimal(low: float, high: float) -> Reader:
    """A number with a fraction, such as a coordinate."""

    def reader(cell: Cell) -> Found:
        value = tidy(cell).lstrip("'").rstrip("°NESW东北西南经纬 ")
        try:
            number = float(value)
        except ValueError:
            raise Wrong(Trouble.NUMBER_WRONG) from None
        if not low <= number <= high:
            raise Wrong(Trouble.NUMBER_RANGE, low=low, high=high)
        return Found(number)

    return reader


def code(*widths: int) -> Reader:
    """An official code of digits, with one of the given numbers of digits."""

    def reader(cell: Cell) -> Found:
        value = tidy(cell).lstrip("'").replace(" ", "").removesuffix(".0")
        scientific = _SCIENTIFIC.fullmatch(value)
        note: Trouble | None = None
        if scientific:
            value = _whole_digits(scientific) or ""
            note = Trouble.DIGITS_RESTORED
        elif not value.isascii() or not value.isdigit():
            value = value.translate(_LETTER_DIGITS)
            note = Trouble.LETTERS_READ
        if not (value.isascii() and value.isdigit() and len(value) in widths):
            raise Wrong(Trouble.CODE_WRONG, width=" / ".join(str(width) for width in widths))
        return Found(value, note, {"read": value} if note else None)

    return reader


def room(cell: Cell) -> Found:
    """A door number: 1203, 1203.0 and 1203室 are one door; 3-1 and 附1号 stay what they are."""
    if isinstance(cell, datetime.date):
        # Excel takes the door 3-1 for the first of March; which door it was can no longer be known.
        raise Wrong(Trouble.CONTRADICTION, other="3-1")
    value = tidy(cell).lstrip("'").replace(" ", "").removesuffix("室").removesuffix("号").removesuffix(".0")
    value = unicodedata.normalize("NFKC", value).upper()
    if len(value) > 20:
        raise Wrong(Trouble.TOO_LONG, limit=20)
    return Found(value)


_YES = {"是", "有", "√", "✓", "✔", "y", "yes", "true", "1", "需要", "已", "对", "v", "t"}
_NO = {"否", "无", "没有", "×", "✗", "x", "n", "no", "false", "0", "不", "不需要", "未", "-", "—", "f"}


def yes_no(cell: Cell) -> Found:
    """Yes or no, in the many ways in which forms are ticked."""
    value = tidy(cell).lower()
    if value in _YES:
        return Found(True)
    if value in _NO:
        return Found(False)
    raise Wrong(Trouble.YES_NO_WRONG)


def choice(spellings: Mapping[str, str]) -> Reader:
    """One of a few values; ``spellings`` maps every way of writing (lower case) to the stored value."""

    def reader(cell: Cell) -> Found:
        value = tidy(cell).lower().replace(" ", "")
        if value not in spellings:
            raise Wrong(Trouble.CHOICE_WRONG, choices="、".join(_first_spellings(spellings)))
        return Found(spellings[value])

    return reader


def choices(spellings: Mapping[str, str]) -> Reader:
    """Several of a few values; what is not in the list is left out and said in the note."""

    def reader(cell: Cell) -> Found:
        found: list[str] = []
        unknown: list[str] = []
        for part in split(cell):
            value = spellings.get(part.lower().replace(" ", ""))
            if value is None:
                unknown.append(part)
            elif value not in found:
                found.append(value)
        if unknown:
            return Found(found, Trouble.UNKNOWN_LEFT_OUT, {"unknown": "、".join(unknown)[:60]})
        return Found(found)

    return reader


def _first_spellings(spellings: Mapping[str, str]) -> list[str]:
    first: dict[str, str] = {}
    for spelling, value in spellings.items():
        first.setdefault(value, spelling)
    return list(first.values())


def split(cell: Cell) -> list[str]:
    """The parts of a cell that holds a list (急救、驾驶；粤语), each once, "none" left out."""
    raw = "\n".join(tidy(line) for line in str(cell).splitlines()) if isinstance(cell, str) else tidy(cell)
    parts = [part.strip() for part in _LIST.split(raw)]
    return list(dict.fromkeys(part for part in parts if part and part not in {"无", "没有", "-", "—", "none"}))


def parts(limit: int, most: int) -> Reader:
    """A list of short free texts."""

    def reader(cell: Cell) -> Found:
        if isinstance(cell, str) and len(cell) > MAX_CELL:
            raise Wrong(Trouble.TOO_LONG, limit=limit)
        found = split(cell)
        if any(len(part) > limit for part in found) or len(found) > most:
            raise Wrong(Trouble.TOO_LONG, limit=limit)
        return Found(found)

    return reader
