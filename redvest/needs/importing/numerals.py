"""Numbers as people write them: 12, 1.5, 半, 两, 十二, 一百二十, 二〇三."""

import re

_DIGITS = {"零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "四": 4, "五": 5}
_DIGITS |= {"六": 6, "七": 7, "八": 8, "九": 9, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5}
_DIGITS |= {"陆": 6, "柒": 7, "捌": 8, "玖": 9, "仨": 3, "幺": 1}
_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000}

# A written number begins with a digit or a ten: 百合, 千张 and 万年青 are goods.
HAN = (
    r"(?:[一二三四五六七八九两俩仨壹贰叁肆伍陆柒捌玖](?:[十拾百佰千零一二三四五六七八九]{0,5})|"
    r"[十拾][一二三四五六七八九]?)"
)
ARABIC = r"[0-9]{1,4}(?:\.[0-9]{1,2})?"
NUMBER = rf"(?:{ARABIC}|半|{HAN})"

Number = int | float


def han_digits(text: str) -> str | None:
    """Digit by digit: 一二零三 is 1203; None when another character is among them."""
    if text and all(mark in _DIGITS for mark in text):
        return "".join(str(_DIGITS[mark]) for mark in text)
    return None


def value(text: str) -> Number | None:
    """The number that is written, or None."""
    if re.fullmatch(r"[0-9]+", text):
        return int(text)
    if re.fullmatch(r"[0-9]+\.[0-9]+", text):
        found = float(text)
        return int(found) if found.is_integer() else found
    if text == "半":
        return 0.5
    return _han(text)


def _han(text: str) -> int | None:
    total, digit, last_scale = 0, None, 1
    for mark in text:
        if mark in _SCALES:
            last_scale = _SCALES[mark]
            total += (1 if digit is None else digit) * last_scale
            digit = None
        elif mark in _DIGITS:
            if digit is not None and digit != 0:
                return None  # 两三 is "two or three", no number
            digit = _DIGITS[mark]
            if digit == 0:
                last_scale = 10  # 一百零二
        else:
            return None
    if digit is not None:
        # 一百二 is 120.
        total += digit * (last_scale // 10 if last_scale >= 100 else 1)
    return total if text else None


# Letters that are typed or recognised for digits, in a word that has digits.
LOOKALIKES = str.maketrans({"o": "0", "O": "0", "〇": "0", "○": "0", "l": "1", "I": "1"})
