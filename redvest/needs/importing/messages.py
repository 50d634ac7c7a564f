"""The lines by message, and one message by lists: senders, quotes and rules of the chat are kept aside."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from redvest.needs.importing import address, chat, inline, kinds, lines, signs
from redvest.needs.importing.layout import Layout
from redvest.needs.importing.lines import Line, Mark
from redvest.needs.importing.vocabulary import Kind, Role


@dataclass(slots=True)
class Message:
    """What one person wrote at one time."""

    sender: str = ""
    sender_at: tuple[int, int] = (0, 0)
    lines: list[Line] = field(default_factory=list)


def split(every: list[Line], found: Layout) -> list[Message]:
    """The lines by message; what the chat program wrote around them is kept aside."""
    messages = [Message()]
    quoting = False
    alone, said = _senders_alone(every), _says_often(every)
    for place, line in enumerate(every):
        text = line.plain.text
        if quoting or chat.opens_quote(text):
            end = chat.closes_quote(text)
            quoting = end is None
            rest = text[end:] if end is not None else ""
            if end is not None and rest.strip(" -—") and _SPLIT_REST.search(rest):
                before, after = _cut(line, end)
                found.kept.append((Role.QUOTE, before))
                messages[-1].lines.append(after)
            else:
                found.kept.append((Role.QUOTE, line))
            continue
        if chat.is_quote_line(text):
            found.kept.append((Role.QUOTE, line))
        elif line.mark is not Mark.NUMBER and (chat.is_rule(text) or chat.is_system(text)):
            found.kept.append((Role.RULE, line))
            if chat.is_date(text) or any(before.mark is Mark.NUMBER for before in messages[-1].lines):
                messages.append(Message(messages[-1].sender, messages[-1].sender_at))
        else:
            _take(line, place in alone, said, messages, found)
    return messages


_SPLIT_REST = re.compile(r"[\w\u4e00-\u9fff]")


def _take(line: Line, alone: bool, said: bool, messages: list[Message], found: Layout) -> None:
    text = line.plain.text
    who = chat.sender(text) if line.mark is not Mark.NUMBER else None
    if who is None and alone:
        who = chat.sender_alone(text)
    if who is not None:
        found.kept.append((Role.SENDER, line))
        messages.append(Message(who, (line.start, line.end)))
        return
    before = chat.sender_before(text) if line.mark is not Mark.NUMBER else None
    if before is None and said and line.mark is Mark.NONE:
        before = _said(text)
    if before is not None:
        head, rest = _cut(line, before[1])
        found.kept.append((Role.SENDER, head))
        messages.append(Message(before[0], (head.start, head.end), [rest]))
        return
    messages[-1].lines.append(line)


def are_paragraphs(block_lines: list[Line]) -> bool:
    """Whether blank lines stand between sentences that ask for something: messages one below the other, no list."""
    asking = sum(kinds.speech(line.words)[0] in (Kind.REQUEST, Kind.OFFER) for line in block_lines)
    return (
        len(block_lines) > 1
        and all(line.blank_before for line in block_lines[1:])
        and all(len(line.words) >= 8 for line in block_lines)
        and asking * 2 >= len(block_lines)
    )


def by_headings(every: Iterable[Line]) -> Iterator[Line]:
    """The lines, those that name a building before their doors in two."""
    for line in every:
        position = signs.led_by(line) if line.mark is not Mark.NUMBER else 0
        yield from _cut(line, position) if position else (line,)


def _cut(line: Line, position: int) -> tuple[Line, Line]:
    left, right = inline.part_of(line.plain, 0, position), inline.part_of(line.plain, position, len(line.plain.text))
    head = Line(left.at[0], left.at[-1], left)
    rest = Line(right.at[0], right.at[-1], right)
    lines.number_alone(rest)
    return head, rest


def _says_often(every: list[Line]) -> bool:
    """Whether most lines of a text begin with who says them; in a form or a list it is something else."""
    named = any(chat.says(line.plain.text) is not None for line in every)
    said = sum(
        line.mark is Mark.NONE and not signs.KEY.match(line.plain.text) and _said(line.plain.text) is not None
        for line in every
    )
    return named and said >= 2 and said * 2 > len(every)


def _said(text: str) -> tuple[str, int] | None:
    """Who says what on one line; beside people and offices also a door: 701小罗: 我要一份."""
    found = chat.says(text)
    if found is not None:
        return found
    who, colon, _rest = text.partition(":")
    door = address.find(who) if colon and len(who) < 16 else None
    return (who.strip(), len(who) + 1) if door is not None and door.start == 0 else None


def _senders_alone(every: list[Line]) -> set[int]:
    """Lines like 王芳: are senders where at least two of them stand in a text, and none is a key of a form."""
    places = {
        place
        for place, line in enumerate(every)
        if line.mark is Mark.NONE
        and (who := chat.sender_alone(line.plain.text)) is not None
        and not signs.KEY.match(line.plain.text)
        and not signs.TITLE.search(who)
        and (address.place(who) is None or address.find(who) is not None)
        and place + 1 < len(every)
    }
    return places if len(places) >= 2 else set()


def restarts(stretch: list[Line]) -> list[list[Line]]:
    """One message may hold a menu and then orders, or several lists: each begins where the numbers begin again."""
    blocks: list[list[Line]] = [[]]
    last: int | None = None
    for line in stretch:
        if signs.HASH.match(line.plain.text) and blocks[-1]:
            blocks.append([])
            last = None
        elif line.mark is Mark.NUMBER and line.number is not None:
            if line.number == 1 and last is not None:
                moved = _titles_before(blocks[-1])
                blocks.append(moved)
            last = line.number
        blocks[-1].append(line)
    return [block for block in blocks if block]


def _titles_before(block: list[Line]) -> list[Line]:
    """The lines at the end of a list that are rather the title of the next one."""
    moved: list[Line] = []
    while (
        block
        and block[-1].mark is not Mark.NUMBER
        and (signs.is_title(block[-1]) or (moved and block[-1].blank_before))
    ):
        moved.insert(0, block.pop())
    return moved
