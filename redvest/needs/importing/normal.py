"""One spelling for everything that can be written in several ways: width, dashes, marks, circled digits, Han variants.

Every character of the plain text remembers where it came from, so that rows can show the user's own words.
"""

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import cache

from redvest.needs.importing.hanzi import SIMPLIFIED

CIRCLED = "⓪①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"
LONGEST = 2000  # characters of one entry; nothing longer is one, and nothing longer is searched
_MOST_TABS = 20  # empty cells in a row
_KEYCAP = "\u20e3"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff\U000e0020-\U000e007f]")
_SAME = {
    **dict.fromkeys("–—―−‐‑‒﹣－─━➖⁃ー﹘", "-"),
    **dict.fromkeys("～〜∼˜﹏", "~"),
    **dict.fromkeys("✕✖╳⨯❌⨉", "×"),
    **dict.fromkeys("＊∗✱✳﹡", "*"),
    **dict.fromkeys("➕﹢", "+"),
    **dict.fromkeys("“”„‟＂", '"'),
    **dict.fromkeys("‘’‛", "'"),
    **dict.fromkeys("【〔［", "["),
    **dict.fromkeys("】〕］", "]"),
    "\u00a0": " ",
    "\u3000": " ",
    "🔟": "⑩",
    "℃": "℃",
    "…": "…",
}
# The circled digits of other alphabets: (1) in one character, 1. in one character, black and sans-serif circles.
_OTHER_CIRCLES = ((0x2474, 20), (0x2488, 20), (0x2776, 10), (0x2780, 10), (0x278A, 10), (0x24F5, 10))


def _circles() -> dict[str, str]:
    found = {chr(first + step): CIRCLED[step + 1] for first, count in _OTHER_CIRCLES for step in range(count)}
    found |= {chr(0x24EB + step): CIRCLED[step + 11] for step in range(10)}
    return found | {mark: mark for mark in CIRCLED}


_SAME |= _circles()


@dataclass(frozen=True, slots=True)
class Plain:
    """Normalised text; ``at[i]`` is where its character ``i`` stands in the source, ``at[len(text)]`` where it ends."""

    text: str
    at: "array[int]"

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The span of the source behind a span of the plain text."""
        if start >= end:
            return self.at[start], self.at[start]
        return self.at[start], self.at[end]


@cache
def _plain_character(mark: str) -> str:
    same = _SAME.get(mark)
    if same is not None:
        return same
    if _INVISIBLE.match(mark):
        return ""
    simple = SIMPLIFIED.get(ord(mark))
    if simple is not None:
        return simple
    if mark.isspace() and mark != "\t":
        return " "
    wide = unicodedata.normalize("NFKC", mark)
    if wide == mark or len(wide) > 3:
        return mark if mark.isprintable() or mark == "\t" else ""
    return "".join(_SAME.get(part, part) for part in wide)


def plain(source: str, start: int, end: int) -> Plain:
    """Normalise ``source[start:end]``. A keycap (a digit, then U+20E3) becomes the circled digit."""
    letters: list[str] = []
    at = array("Q")
    for position in range(start, end):
        mark = source[position]
        if mark == _KEYCAP and letters and letters[-1] in "0123456789":
            letters[-1] = CIRCLED[int(letters[-1])]
            continue
        for letter in _plain_character(mark):
            if letter == " " and letters and letters[-1] == " ":
                continue  # blanks that line something up say no more than one
            if letter == "\t" and letters[-_MOST_TABS:] == ["\t"] * _MOST_TABS:
                continue
            letters.append(letter)
            at.append(position)
    at.append(end)
    return Plain("".join(letters), at)


def circled(mark: str) -> int | None:
    """The number in a circle, or None."""
    found = CIRCLED.find(mark)
    return found if found >= 0 and mark else None
