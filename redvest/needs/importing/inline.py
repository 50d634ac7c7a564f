"""Several entries on one line: by their list numbers (1. … 2. …), or by the doors that follow each other."""

import re
from array import array
from collections.abc import Iterator
from functools import lru_cache

from redvest.needs.importing import address, contacts, noise, normal
from redvest.needs.importing.items import MASK
from redvest.needs.importing.lines import Line, Mark
from redvest.needs.importing.normal import Plain

_DOTTED = re.compile(r"(?:(?<=[\s,;。、)])|(?<=[\u4e00-\u9fff]))\(?([0-9]{1,5})\s?[.、)](?![0-9]{1,2}(?![0-9]))\s*")
_CIRCLED = re.compile(r"([①-⑳㉑-㉟㊱-㊿])\s*")
_CUT = re.compile(r"[,;；，、。/|\n\t]\s*|\s+")
_COUNT_AFTER = re.compile(
    r"^[\s\-:=~×x*,+]*(?:[0-9]{1,2}|[一二两三四五六七八九十])\s?(?:个人|人|个|份|位|口|户)?\s*$|^[\s\-:=~]*(?:无人|无|空|空房|空户|不在|不在家|没人|外出|0)\s*$"
)
_SOMETHING = re.compile(r"[0-9一二两三四五六七八九十\u4e00-\u9fffA-Za-z]")


def masked(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with every character of the spans replaced, so that positions stay."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = MASK * (end - start)
    return "".join(letters)


@lru_cache(maxsize=1024)  # the same line is looked at for its place, its purpose and its words
def hidden(text: str) -> str:
    """The text without phones, times and prices: what is left may be doors and quantities."""
    text = masked(text, [(start, end) for start, end, _number in contacts.phones(text)])
    return masked(text, noise.spans(text))


def by_numbers(lines: list[Line]) -> Iterator[Line]:
    """Each line, cut where the next list numbers stand in its middle."""
    for line in lines:
        yield from _cut(line)


def _cut(line: Line) -> Iterator[Line]:
    if line.mark is not Mark.NUMBER or line.number is None:
        yield line
        return
    text = line.plain.text
    pattern = _CIRCLED if normal.circled(text.strip()[:1]) is not None else _DOTTED
    cuts: list[tuple[int, int, int]] = []
    expected = line.number + 1
    for hit in pattern.finditer(text, line.body):
        number = normal.circled(hit.group(1)) if pattern is _CIRCLED else int(hit.group(1))
        if number == expected:
            cuts.append((hit.start(), hit.end(), number))
            expected += 1
    if not cuts:
        yield line
        return
    starts = [0, *[start for start, _body, _number in cuts], len(text)]
    bodies = [line.body, *[body for _start, body, _number in cuts]]
    numbers = [line.number, *[number for _start, _body, number in cuts]]
    for place, number in enumerate(numbers):
        part = part_of(line.plain, starts[place], starts[place + 1])
        yield Line(
            part.at[0],
            part.at[-1],
            part,
            bodies[place] - starts[place],
            Mark.NUMBER,
            number,
            line.blank_before and not place,
        )


def part_of(plain: Plain, start: int, end: int) -> Plain:
    """A part of a plain text with its own positions."""
    return Plain(plain.text[start:end], array("Q", plain.at[start : end + 1]))


def doors(text: str) -> list[int]:
    """Where entries begin in a text that holds several doors, each with something of its own; [0] for one entry."""
    if len(text) > normal.LONGEST:
        return [0]
    plain = hidden(text)
    first = address.find(plain)
    if first is None:
        return [0]
    starts, tails, last_end = [0], [first.end], first.end
    seen = {first.parts}
    for cut in _CUT.finditer(plain, first.end):
        if cut.start() < last_end or cut.end() >= len(plain):
            continue
        found = _door_at(plain, cut.end())
        if found is None or found.parts in seen:
            continue
        before = plain[last_end : cut.start()]
        blank = cut.group().isspace() and "\n" not in cut.group()
        if not _stands_alone(before, found, plain, blank=blank, first=first):
            continue
        seen.add(found.parts)
        starts.append(cut.end())
        last_end = found.end
        tails.append(found.end)
    return starts


def _door_at(text: str, position: int) -> address.Address | None:
    window = text[position : position + 40]
    found = address.find(window)
    if found is None or found.start > 0 or found.spaced:
        return None
    found.start, found.end = found.start + position, found.end + position
    return found


def _stands_alone(before: str, found: address.Address, text: str, *, blank: bool, first: address.Address) -> bool:
    """Whether a door after a comma or a blank begins an entry of its own, and is no number inside the one before."""
    own = bool(_SOMETHING.search(before))
    if not found.bare:
        return own
    after = re.split(r"[,;，；。\n]|\s(?=[0-9]{3})", text[found.end : found.end + 30], maxsplit=1)[0]
    same_form = first.bare and abs(len(first.room) - len(found.room)) <= 1
    if not same_form or not own:
        return False
    if blank:
        return bool(_COUNT_AFTER.match(before)) and (
            bool(_COUNT_AFTER.match(after)) or not after.strip() or "\ue000" in after
        )
    return True
