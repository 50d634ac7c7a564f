"""From lines to pieces: which lines are entries, and which are title, example, menu, heading or closing."""

import re
from dataclasses import dataclass, field

from redvest.needs.importing import address, goods, inline, lines, menu, messages, quantities, signs, table
from redvest.needs.importing.layout import Block, Layout, Piece
from redvest.needs.importing.lines import Line, Mark
from redvest.needs.importing.menu import Menu
from redvest.needs.importing.vocabulary import Role


def laid_out(source: str) -> Layout:
    """Give every line that is not blank its place."""
    found = Layout()
    every = messages.by_headings(inline.by_numbers(table.rewritten(lines.split(source))))
    for message in messages.split(list(every), found):
        for block_lines in messages.restarts(message.lines):
            block = _Builder(found, message.sender, message.sender_at).build(block_lines)
            found.blocks.append(block)
    _inherit(found)
    return found


# --- one block -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Builder:
    """Builds one block; lines that are no entries go to the layout at once."""

    layout: Layout
    sender: str
    sender_at: tuple[int, int]
    block: Block = field(default_factory=Block)
    building: str = ""
    unit: str = ""
    place_at: tuple[int, int] = (0, 0)
    current: Piece | None = None
    numbered: bool = False
    paragraphs: bool = False  # sentences with blank lines between them: a message each
    crowded: bool = False  # several doors on one line
    lettered: list[tuple[str, str]] = field(default_factory=list)

    def build(self, block_lines: list[Line]) -> Block:
        self.block.sender = self.sender
        self.crowded = any(len(inline.doors(line.words)) > 1 for line in block_lines if line.mark is not Mark.NUMBER)
        doors = [signs.door(line.words) if not signs.EXAMPLE.search(line.words) else None for line in block_lines]
        marked = [line.mark is not Mark.NONE for line in block_lines]
        numbered = self.numbered = any(line.mark is Mark.NUMBER for line in block_lines)
        bulleted = sum(line.mark is Mark.BULLET for line in block_lines) >= 2
        with_door = sum(door is not None for door in doors)
        self.block.listed = numbered or bulleted or self.crowded or with_door >= 2 or self._says_list(block_lines)
        if self.block.listed and not any(marked) and messages.are_paragraphs(block_lines):
            self.block.listed, self.paragraphs = False, True
        prices = menu.price_lines([line.words for line in block_lines]) if not (numbered or with_door) else []
        if prices:
            self.block.menu = menu.of(prices)
            for line in block_lines:
                self._no_entry(line)
        elif self._is_menu(block_lines, doors) and not self._is_wish_list(block_lines, doors):
            self._take_menu(block_lines)
        elif not self.block.listed or (
            with_door <= 1
            and not self.crowded
            and not self._says_list(block_lines)
            and self._one_request(doors, marked)
        ):
            self.block.listed = False
            self._one_message(block_lines)
        else:
            self._list(block_lines, doors, numbered=numbered)
            titles = [line.words for line in self.block.title]
            self.block.menu = menu.of(self.lettered or menu.price_lines(titles))
        return self.block

    @staticmethod
    def _says_list(block_lines: list[Line]) -> bool:
        return bool(signs.HASH.match(block_lines[0].plain.text))

    @staticmethod
    def _one_request(doors: list[address.Address | None], marked: list[bool]) -> bool:
        """A door in the heading, and numbered wishes without doors below it, are one entry."""
        return not any(door is not None and mark for door, mark in zip(doors, marked, strict=True)) and any(
            door is not None for door in doors
        )

    @staticmethod
    def _is_wish_list(block_lines: list[Line], doors: list[address.Address | None]) -> bool:
        """A door first, then numbered wishes without doors and prices: one entry, no menu."""
        marked = [line for line in block_lines if line.mark is Mark.NUMBER]
        return (
            doors[0] is not None
            and block_lines[0].mark is not Mark.NUMBER
            and not any(door is not None for door in doors[1:])
            and not any(menu.is_priced(line.words) for line in marked)
            and any(quantities.find(line.words) for line in marked)
        )

    @staticmethod
    def _is_menu(block_lines: list[Line], doors: list[address.Address | None]) -> bool:
        """Numbered or lettered lines without doors that name goods, most of them with prices or all of them goods."""
        own = [line for line in block_lines if line.mark is Mark.NUMBER or menu.letter(line.words)]
        if len(own) < 2 or any(
            door is not None and not menu.is_priced(line.words)
            for line, door in zip(block_lines, doors, strict=True)
            if line in own
        ):
            return False
        dishes = sum(menu.looks_like_dish(line.words) for line in own)
        return dishes * 2 > len(own)

    def _take_menu(self, block_lines: list[Line]) -> None:
        labelled: list[tuple[str, str]] = []
        seen = False
        for line in block_lines:
            label = str(line.number) if line.mark is Mark.NUMBER else menu.letter(line.words)
            if (label and menu.looks_like_dish(line.words)) or (label and line.mark is Mark.NUMBER):
                labelled.append((label, line.words))
                self.layout.kept.append((Role.MENU, line))
                seen = True
            elif (
                seen
                and signs.door(line.words) is not None
                and not signs.EXAMPLE.search(line.words)
                and not signs.is_title(line)
            ):
                self.block.listed = True
                self._entry(line, signs.door(line.words))
            elif seen and self.current is not None:
                self._more(line, signs.door(line.words), last=True)
            else:
                self._no_entry(line)
        self.block.menu = menu.of(labelled)

    def _one_message(self, block_lines: list[Line]) -> None:
        """A message is one entry, however many lines; a title, an example and more doors stand apart."""
        with_door = sum(signs.door(line.words) is not None for line in block_lines)
        for line in block_lines:
            words = line.words
            if signs.EXAMPLE.search(words) and len(block_lines) > 1:
                self.layout.kept.append((Role.EXAMPLE, line))
                continue
            ended = self.current is None and any(block.listed for block in self.layout.blocks)
            if ended and signs.CLOSING.search(words) and signs.door(words) is None:
                self.layout.kept.append((Role.CLOSING, line))
                continue
            new = (
                self.current is None
                or self.paragraphs
                or (line.blank_before and with_door > 1 and signs.door(words) is not None)
            )
            if (
                new
                and re.match(
                    r"\s*(?:\[[^\]]{2,12}\]|#[^\s#]{2,16}#?|\W*(?:紧急求助|求助信息|求助登记|求助))\W*$", words
                )
                and len(block_lines) > 1
                and self.current is None
            ):
                self.block.title.append(line)
                self.layout.kept.append((Role.TITLE, line))
            elif new:
                self._entry(line, signs.door(words))
            else:
                assert self.current is not None
                self.current.lines.append(line)

    def _list(self, block_lines: list[Line], doors: list[address.Address | None], *, numbered: bool) -> None:
        marks = [
            place
            for place, line in enumerate(block_lines)
            if line.mark is Mark.NUMBER or (not numbered and line.mark is Mark.BULLET)
        ]
        if not numbered and any(doors[place] is not None for place in marks):
            marks = [place for place in marks if place >= next(at for at in marks if doors[at] is not None)]
        form = next(
            (key.group(1) for line in block_lines if (key := signs.KEY.match(line.words)) and not numbered), None
        )
        starts = [
            place
            for place, line in enumerate(block_lines)
            if form and (key := signs.KEY.match(line.words)) and key.group(1) == form
        ]
        marks = sorted({*marks, *starts}) if len(starts) > 1 else marks
        first = (
            marks[0]
            if marks
            else next((place for place, door in enumerate(doors) if door is not None), len(block_lines))
        )
        last = max([*marks, *[place for place, door in enumerate(doors) if door is not None]], default=-1)
        for place, (line, door) in enumerate(zip(block_lines, doors, strict=True)):
            own = place in marks
            if signs.EXAMPLE.search(line.words) and (place <= first + 1 or door is None):
                self.layout.kept.append((Role.EXAMPLE, line))
            elif own and not line.words.strip():
                self.layout.kept.append((Role.RULE, line))
            elif own and not signs.is_heading(line.words):
                self._entry(line, door)
            elif signs.is_heading(line.words):
                self._heading(line)
            elif place < first:
                if door is not None and not signs.is_title(line) and not self._announces(line):
                    self._entry(line, door)
                else:
                    self._no_entry(line)
            else:
                self._more(line, door, last=place > last)

    @staticmethod
    def _announces(line: Line) -> bool:
        return bool(re.search(r"接龙|统计|团购|登记|通知", line.words)) or len(line.words) > 60

    def _no_entry(self, line: Line) -> None:
        label = menu.letter(line.words) if not menu.inside(line.words) else ""
        if label and self.block.listed and menu.looks_like_dish(line.words) and (label in ("A", "1") or self.lettered):
            self.lettered.append((label, line.words))
            self.layout.kept.append((Role.MENU, line))
            return
        if signs.EXAMPLE.search(line.words):
            self.layout.kept.append((Role.EXAMPLE, line))
            return
        if signs.is_heading(line.words):
            self._heading(line)
            return
        self.lettered += menu.inside(line.words) or menu.priced(line.words)
        self.block.title.append(line)
        self.layout.kept.append((Role.TITLE, line))
        found = address.place(line.words) if signs.door(line.words) is None else None
        if found is not None:
            self.building, self.unit = found
            self.place_at = (line.start, line.end)

    def _heading(self, line: Line) -> None:
        found = address.place(line.words)
        assert found is not None
        self.building, self.unit = (found[0] or self.building), found[1]
        self.place_at = (line.start, line.end)
        self.layout.kept.append((Role.HEADING, line))
        self.current = None

    def _entry(self, line: Line, door: address.Address | None) -> None:
        self.current = Piece([line], line.number, self.building, self.unit, self.sender, has_door=door is not None)
        self.current.place_at = self.place_at
        self.current.sender_at = self.sender_at
        self._label(line)
        self.block.pieces.append(self.current)

    def _label(self, line: Line) -> None:
        key = signs.KEY.match(line.words)
        if key and self.current is not None:
            self.current.labels.add(key.group(1))
            if key.group(1) in ("跟团号", "接龙号") and line.words[key.end() :].strip().isdecimal():
                self.current.number = int(line.words[key.end() :][:6])

    def _more(self, line: Line, door: address.Address | None, *, last: bool) -> None:
        """A line without a number below an entry: the rest of it, an entry of its own, or the end of the list."""
        current = self.current
        key = signs.KEY.match(line.words)
        if (
            current is not None
            and key
            and key.group(1) not in current.labels
            and not (door is not None and current.has_door)
        ):
            current.lines.append(line)
            current.has_door = current.has_door or door is not None
            self._label(line)
        elif current is not None and door is not None and not current.has_door and not line.blank_before:
            current.lines.append(line)
            current.has_door = True
        elif door is not None and not (last and signs.CLOSING.search(line.words)):
            self._entry(line, door)
        elif signs.CLOSING.search(line.words) or current is None:
            if current is None and not last:
                self._no_entry(line)
            else:
                self.layout.kept.append((Role.CLOSING, line))
        elif line.blank_before and (last or not self.numbered):
            self._entry(line, None)
        else:
            current.lines.append(line)


def _inherit(found: Layout) -> None:
    """Lists under one menu or one title: what the block before said holds until another one says more."""
    known, title, sender, ordered = Menu(), list[Line](), "", False
    call = ""
    for block in found.blocks:
        if not block.listed:
            block.call = call
            words = "\n".join(line.words for piece in block.pieces for line in piece.lines)
            call = words if signs.CALL.search(words) else call
        if block.sender != sender:
            title, sender = [], block.sender
        own = block.title_text
        if block.menu:
            known, ordered = block.menu, bool(block.pieces)
        elif ordered and (goods.is_goods(own) or signs.HASH.match(own)):
            known = Menu()  # another list begins, and it names its own goods
        if not block.menu and block.listed:
            block.menu = known
            ordered = ordered or bool(block.pieces)
        if block.title:
            title = block.title
        elif block.listed:
            block.title = title
