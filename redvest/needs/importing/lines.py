"""The pasted text as lines, each with what stands at its beginning: a number, a bullet, or nothing."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from redvest.needs.importing import normal
from redvest.needs.importing.normal import Plain

_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

# Numbers at the beginning of a line, from the surest to the weakest.
_ORNAMENT = r"[^\w\s①-⑳㉑-㉟㊱-㊿#「\[(@+<>¥￥$%&\"'.,:;!?。、，；：！？*×/\\|=~^`-]"
_BULLET = re.compile(rf"\s*(?:{_ORNAMENT}{{1,4}}|[-*·•●▪◆■○◦►▶»+](?=\s*[^\s0-9*·•+-])|[•●▪◆■◦►▶»·])\s*")
_CIRCLED = re.compile(r"\s*([⓪①-⑳㉑-㉟㊱-㊿]{1,3})\s*[.、:)]?\s*")
_DOTTED = re.compile(
    r"\s*(?:\(\s?([0-9]{1,5})\s?\)|\[\s?([0-9]{1,5})\s?\]|(?:第|No\.?|NO\.?|#)?([0-9]{1,5})\s?(?:位|"
    r"户)?\s?[.、)):。,](?![0-9])|(?:No\.?|NO\.?|第)([0-9]{1,5})(?:位|户)?(?=\s))\s*"
)
_DOTTED_DIGIT = re.compile(r"\s*([0-9]{1,5})[.、,:)~](?=[0-9])")
_BARE = re.compile(
    r"\s*([0-9]{1,5})(?:\s+(?=\S)|(?=[\u4e00-\u9fff])(?!栋|幢|号|座|楼|单元|层|份|斤|盒|瓶|袋|包|箱|个|月|"
    r"日|点|年|人|元|块|岁|天|户|组|社|#|门|公|位|口|只|条|桶|室|房)|\s*$)"
)
_HAN = re.compile(r"\s*\(?([一二三四五六七八九十]{1,3})\)?\s?[、.)](?!\s*$)\s*")
_INLINE = re.compile(r"(?:(?<=[\s,;。、)])|(?<=[\u4e00-\u9fff]))\(?([0-9]{1,5})\s?[.、)](?![0-9]{1,2}(?![0-9]))")
_HAN_VALUES = {mark: number for number, mark in enumerate("一二三四五六七八九十", start=1)}


class Mark(Enum):
    """What stands before the words of a line."""

    NONE = auto()
    NUMBER = auto()
    BULLET = auto()


@dataclass(slots=True)
class Line:
    """One line that is not blank. ``body`` is where its words begin in ``plain.text``."""

    start: int
    end: int
    plain: Plain
    body: int = 0
    mark: Mark = Mark.NONE
    number: int | None = None
    blank_before: bool = False

    @property
    def words(self) -> str:
        """The line without its number or bullet; the start of it where it is longer than any entry."""
        return self.plain.text[self.body : self.body + normal.LONGEST + 1]


@dataclass(frozen=True, slots=True)
class _Guess:
    number: int
    body: int
    sure: bool  # a number with a mark after it that cannot be part of something else
    weak: bool  # a number that only its neighbours can make a list number


def split(source: str) -> list[Line]:
    """The lines that hold anything visible, their list numbers decided by the sequence they stand in."""
    lines: list[Line] = []
    blank, start = False, 0
    for end, after in [*((hit.start(), hit.end()) for hit in _ENDS.finditer(source)), (len(source), len(source))]:
        plain = normal.plain(source, start, end)
        if plain.text.strip():
            lines.append(Line(start, end, plain, blank_before=blank))
            blank = False
        else:
            blank = True
        start = after
    _number(lines)
    return lines


def number_alone(line: Line) -> None:
    """Look for a number or bullet at the beginning of a line that was cut out of another one."""
    _number([line])


def _number(lines: list[Line]) -> None:
    guesses = [_guesses(line.plain.text) for line in lines]
    last = 0  # the last accepted number of the running list
    for position, line in enumerate(lines):
        chosen = next((guess for guess in guesses[position] if _fits(guess, last, guesses, position, lines)), None)
        if chosen is not None:
            line.mark, line.number, line.body = Mark.NUMBER, chosen.number, chosen.body
            last = _last_inline(line, chosen)
            continue
        bullet = _BULLET.match(line.plain.text)
        if bullet and bullet.end() < len(line.plain.text) and bullet.group().strip():
            line.mark, line.body = Mark.BULLET, bullet.end()
        else:
            line.body = len(line.plain.text) - len(line.plain.text.lstrip())


def _last_inline(line: Line, chosen: _Guess) -> int:
    """The list number that the line ends with: 1. … 2. … 3. … on one line ends with 3."""
    last = chosen.number
    for hit in _INLINE.finditer(line.plain.text, chosen.body):
        if int(hit.group(1)) == last + 1:
            last += 1
    return last


def _guesses(text: str) -> list[_Guess]:
    bullet = _BULLET.match(text)
    begin = bullet.end() if bullet else 0
    found = []
    for pattern in (_CIRCLED, _DOTTED, _DOTTED_DIGIT, _HAN, _BARE):
        hit = pattern.match(text, begin)
        if hit is None:
            continue
        written = next(group for group in hit.groups() if group)
        number = _value(written, pattern)
        sure = pattern in (_CIRCLED, _DOTTED, _HAN)
        if number is not None and number > 0:
            found.append(_Guess(number, hit.end(), sure, pattern is _BARE))
    return found


def _value(written: str, pattern: re.Pattern[str]) -> int | None:
    if pattern is _CIRCLED:
        return int("".join(str(normal.circled(mark)) for mark in written))
    if pattern is _HAN:
        tens, _, ones = written.rpartition("十")
        if "十" in written:
            return (_HAN_VALUES.get(tens, 1) * 10 if len(tens) < 2 else 0) + _HAN_VALUES.get(ones, 0)
        return _HAN_VALUES.get(written)
    return int(written)


_AHEAD = 8  # lines that are looked at for the next number


def _fits(guess: _Guess, last: int, guesses: list[list[_Guess]], position: int, lines: list[Line]) -> bool:
    """Whether a number at the beginning of a line is its place in the list, judged by the numbers around it."""
    number = guess.number
    follows = number == last + 1 and last > 0
    if guess.sure:
        if follows or (last and abs(number - last) <= 12):
            return True
        if number == 1:
            return True
        return number < 1000 and (number < 100 or _goes_on(guess, guesses, position))
    if guess.weak:
        before = position > 0 and follows and lines[position - 1].mark is Mark.NUMBER
        return (before and (number > 2 or _goes_on(guess, guesses, position) or last == 1)) or (
            number == 1 and _goes_on(guess, guesses, position, twice=True)
        )
    if number > 1 and _repeats(number, guesses, position):
        return False  # 7.301 7.402 7.503: a building
    if number == 1 and _last_inline(lines[position], guess) > 1:
        return True
    if number < 200 and not last and number > 1:
        return _goes_on(guess, guesses, position)
    return follows or (number == 1 and (_goes_on(guess, guesses, position) or _headed(lines, position)))


def _goes_on(guess: _Guess, guesses: list[list[_Guess]], position: int, *, twice: bool = False) -> bool:
    """Whether the number after this one begins one of the next lines, in the same way of writing."""
    wanted = guess.number + 1
    for nearby in range(position + 1, min(position + _AHEAD, len(guesses))):
        if any(other.number == wanted and other.weak == guess.weak for other in guesses[nearby]):
            return not twice or wanted > 2 or nearby == position + 1
    return False


def _repeats(number: int, guesses: list[list[_Guess]], position: int) -> bool:
    """Whether the line before or behind begins with the same number in the same way."""
    near = [guesses[place] for place in (position - 1, position + 1) if 0 <= place < len(guesses)]
    return any(other.number == number and not other.sure and not other.weak for line in near for other in line)


def _headed(lines: list[Line], position: int) -> bool:
    return any("接龙" in line.plain.text for line in lines[max(0, position - 4) : position])
