"""Things and how much of them: quantities are tied to the name that stands nearest, in the order of the sentence."""

import itertools
import re
from dataclasses import dataclass, field

from redvest.needs.importing import corrections, goods, normal, numerals, quantities, units, wording, wordsplit
from redvest.needs.importing.doubts import Reason
from redvest.needs.importing.menu import Menu, plain_label
from redvest.needs.importing.numerals import Number
from redvest.needs.importing.quantities import Quantity
from redvest.needs.importing.rows import Item
from redvest.needs.importing.tying import Name, tie
from redvest.needs.importing.wordsplit import MASK as MASK

_SOFT = re.compile(
    r"[、+&|]|/(?!(?:板|箱|盒|份|袋|包|提|瓶|件|筐|桶|个|组)(?![\u4e00-\u9fff]))|(?<=[\u4e00-\u9fff)])(?:(?<![诺协温柔共饱])和|以及|还有|及|跟)(?=[\u4e00-\u9fff0-9A-Za-z])|\s+|"
    r"(?<=[\u4e00-\u9fff])(?=缺[\u4e00-\u9fff])"
)
_LABEL = re.compile(
    r"(?<![A-Za-z0-9])(?P<a>[A-Za-z])(?=\s?(?:[x×X*:：=]?\s?[0-9]|[x×X*:=]|套餐|套|款|组合|各|[\s,、+和;]|"
    r"$|[一二两三四五六七八九十]\s?[份套个]))|(?P<c>[①-⑳㉑-㉟㊱-㊿])|(?P<h>[甲乙丙丁戊己])(?=包|套|\s?[0-9一二两三x×*各]|[\s,、+和]|$)|第?(?P<n>[0-9]{1,2}|"
    r"[一二三四五六七八九])\s?(?:号(?!楼|栋|线)(?:套餐|菜|品|款)?|套餐|款|种)|"
    r"(?<![A-Za-z0-9一二三四五六七八九])套餐\s?(?P<s>[A-Za-z0-9一二三四五六七八九])(?!\s?[份个套盒])"
)
_SIZED = re.compile(r"[\u4e00-\u9fff](?<![要来订买团加和选各])$")
_SIZE_ALONE = re.compile(r"(?:NB|S|M|L|X{1,4}L|[0-9]{1,3})(?:码|号)")
_LETTERS = re.compile(r"[A-Za-z\u4e00-\u9fff]")
_SUM = re.compile(r"(?<![0-9A-Za-z.])[0-9]{1,3}(?:\s?\+\s?[0-9]{1,3})+(?![0-9.])")
_ENDS_LABEL = re.compile(r"\s*(?:[各x×X*+、,;/]|[0-9一二两三四五六七八九十]|$)")
_MENU_EACH = re.compile(
    rf"^\W*(?P<l>[0-9]{{1,2}}(?:\s?[、和+及]\s?[0-9]{{1,2}})+)\s?号?\s?(?:各|都|每样)\s?(?:要|"
    rf"来)?\s?(?P<n>{numerals.NUMBER})\s?(?P<u>{units.GOODS_UNIT})?\W*$"
)
_LETTER_PAIR = re.compile(r"([A-Za-z])\s?[x×*:-]?\s?([0-9]{1,2})|([0-9]{1,2})\s?[x×*]?\s?([A-Za-z])")
_COMPACT = re.compile(
    r"^\W*(?:(?:[A-Za-z]\s?[x×*:-]?\s?[0-9]{1,2}[\s+、]*)+|(?:[0-9]{1,2}\s?[x×*]?\s?[A-Za-z][\s+、]*)+)\s*$"
)
_LETTERS_EACH = re.compile(
    rf"^\W*(?P<l>[A-Za-z甲乙丙丁戊己]{{2,10}})\s?(?:各|都|每样)\s?(?:要|"
    rf"来)?\s?(?P<n>{numerals.NUMBER})\s?(?P<u>{units.GOODS_UNIT})?\W*$"
)
_NOT_WANTED = re.compile(
    r"\([^()]{0,20}(?:不要|不吃|不含|别放|其中|帮|代|替|带给|分给|邻居|对门|楼上|楼下)[^()]{0,20}\)"
)
_IN_ORDER = re.compile(r"^[\s:=\-]*([0-9]{1,3}(?:[\s/|]+[0-9]{1,3})+)\s*$")
_ALL_EACH = re.compile(
    rf"^\W*(?:每样|每种|各|全部|全都|全要|所有|(?P<k>{numerals.NUMBER})[种样款个](?=各|都|全))(?:的|都|各|全){{0,2}}(?:要|来|买|订)?\s?"
    rf"(?P<n>{numerals.NUMBER})?\s?(?P<u>{units.GOODS_UNIT})?\W*$"
)
_MENU_TIMES = re.compile(r"(?<![0-9])([0-9]{1,2})\s?[x×X*]\s?([0-9]{1,3})(?![0-9])")
_EVERYTHING = re.compile(r"^\W*(?:每样|每种|各|全部|全都|全套|都要|都来|全要|所有)(?:都|各)?(?:要|来|买|订)?")
_REFUSED = re.compile(r"不要(?!了)|不吃|不含|别放|除了|不用(?!了)|不能吃|过敏")


@dataclass(frozen=True, slots=True)
class Found:
    """An item in the plain text."""

    item: Item
    start: int
    end: int
    doubts: tuple[Reason, ...] = ()


@dataclass(slots=True)
class Reader:
    """Reads the items of one entry. ``only`` is what a number without a name stands for; ``strict``: sentences of a
    message name things only where a quantity or an asking word says so.
    """

    menu: Menu = field(default_factory=Menu)
    only: str = ""
    strict: bool = False
    mentioned: str = ""

    def read(self, text: str) -> list[Found]:
        """The items in a text in which all other things have been masked."""
        found: list[Found] = []
        text = _NOT_WANTED.sub(lambda hit: MASK * len(hit.group()), text)
        text = corrections.blanked(text, corrections.dropped(text) + corrections.stocks(text))
        for start, end in wordsplit.clauses(text):
            found += self._clause(text, start, end)
            self.mentioned = goods.mentioned(text[start:end]) or self.mentioned
        said = {each.item.name for each in found if each.item.quantity is not None}
        return [each for each in found if each.item.quantity is not None or each.item.name not in said]

    # --- one clause --------------------------------------------------------------------------------------------

    def _clause(self, text: str, start: int, end: int) -> list[Found]:
        clause = text[start:end]
        if not clause.strip():
            return []
        summed = self._pairs(clause, start) or self._sum(clause, start)
        if summed is not None:
            return summed
        if _REFUSED.search(clause):
            return []
        amounts = quantities.find(clause)
        names = self._names(clause, amounts)
        loose = tie(clause, names, amounts)
        found = [each for name in names for each in self._item(name, start)]
        found += self._loose(loose, clause, start, bool(found))
        return sorted(found, key=lambda each: each.start)

    def _pairs(self, clause: str, start: int) -> list[Found] | None:
        """1x2 3x1: two of the first dish, one of the third; only where a menu has these numbers."""
        if len(self.menu.dishes) < 2:
            return None
        compact = self._compact(clause, start) or self._everything(clause, start)
        if compact:
            return compact
        letters = _LETTERS_EACH.match(clause)
        if letters is not None and all(self.menu.labelled(label) for label in letters.group("l")):
            number, at = numerals.value(letters.group("n")), start + letters.start("l")
            return [
                Found(Item(_name_of(self.menu, label), number, letters.group("u") or ""), at, start + letters.end())
                for label in letters.group("l")
            ]
        each = _MENU_EACH.match(clause)
        if each is not None:
            labels = re.findall("[0-9]+", each.group("l"))
            if all(self.menu.labelled(label) for label in labels):
                number, at = numerals.value(each.group("n")), start + each.start("l")
                return [
                    Found(Item(_name_of(self.menu, label), number, each.group("u") or ""), at, start + each.end())
                    for label in labels
                ]
        hits = [hit for hit in _MENU_TIMES.finditer(clause) if self.menu.labelled(hit.group(1))]
        if not hits or _LETTERS.search(_MENU_TIMES.sub("", clause).replace("x", "")):
            return None
        return [
            Found(Item(_name_of(self.menu, hit.group(1)), int(hit.group(2))), start + hit.start(), start + hit.end())
            for hit in hits
        ]

    def _everything(self, clause: str, start: int) -> list[Found] | None:
        """三种各一袋, 全部各1: so much of every dish of the menu."""
        hit = _ALL_EACH.match(clause)
        if hit is None or (hit.group("k") and numerals.value(hit.group("k")) != len(self.menu.dishes)):
            return None
        number = numerals.value(hit.group("n")) if hit.group("n") else 1
        doubts = () if hit.group("n") else (Reason.QUANTITY_ASSUMED,)
        at, to = start + hit.start(), start + hit.end()
        return [Found(Item(dish.name, number, hit.group("u") or ""), at, to, doubts) for dish in self.menu.dishes]

    def _compact(self, clause: str, start: int) -> list[Found] | None:
        """A1B2 and 2A1C: letters of the menu and how many of each, without blanks."""
        hit = _COMPACT.match(clause)
        if hit is None:
            return None
        pairs = [(pair[1], pair[2]) if pair[1] else (pair[4], pair[3]) for pair in _LETTER_PAIR.finditer(hit.group())]
        if not all(self.menu.labelled(label) for label, _number in pairs):
            return None
        at, to = start + hit.start(), start + hit.end()
        return [Found(Item(_name_of(self.menu, label), int(number)), at, to) for label, number in pairs]

    def _sum(self, clause: str, start: int) -> list[Found] | None:
        """1+2+10: so many of the first, the second and the third thing of the menu."""
        hit = _SUM.search(clause)
        if hit is None:
            return self._columns(clause, start)
        numbers = [int(part) for part in hit.group().split("+")]
        rest = wording.strip_name(clause[: hit.start()] + " " + clause[hit.end() :])
        if rest and not wording.is_empty(rest) and goods.is_goods(rest):
            return None
        dishes = self.menu.dishes
        ascending = all(early < late for early, late in itertools.pairwise(numbers))
        doubts: tuple[Reason, ...] = ()
        pairs: list[tuple[str, Number]]
        if dishes and len(numbers) == len(dishes):
            pairs = [(dish.name, number) for dish, number in zip(dishes, numbers, strict=True)]
        elif dishes and ascending and numbers[0] > 0 and all(self.menu.labelled(str(number)) for number in numbers):
            pairs = [(_name_of(self.menu, str(number)), 1) for number in numbers]
            doubts = (Reason.QUANTITY_ASSUMED,)
        else:
            doubts = (Reason.MENU_MISMATCH,) if dishes else (Reason.MENU_MISSING,)
            pairs = [
                (dishes[place].name if place < len(dishes) else str(place + 1), number)
                for place, number in enumerate(numbers)
            ]
        at, to = start + hit.start(), start + hit.end()
        return [Found(Item(name, number), at, to, doubts) for name, number in pairs if number]

    def _columns(self, clause: str, start: int) -> list[Found] | None:
        """2 1 0 in a table with a column for each dish."""
        hit = _IN_ORDER.match(clause)
        numbers = [int(number) for number in re.findall("[0-9]+", hit.group(1))] if hit else []
        if hit is None or len(numbers) != len(self.menu.dishes):
            return None
        at, to = start + hit.start(1), start + hit.end(1)
        pairs = zip(self.menu.dishes, numbers, strict=True)
        return [Found(Item(dish.name, number), at, to) for dish, number in pairs if number]

    def _names(self, clause: str, amounts: list[Quantity]) -> list[Name]:
        """The words between the quantities, cut at blanks and links."""
        names: list[Name] = []
        shared = {amount.start for amount in amounts if amount.each}
        edges = [0, *[edge for amount in amounts for edge in (amount.start, amount.end)], len(clause)]
        for left, right in zip(edges[::2], edges[1::2], strict=True):
            words = self._words(clause, left, right)
            names += wordsplit.apart(words, self.menu) if right in shared else words
        return names

    def _words(self, clause: str, left: int, right: int) -> list[Name]:
        names: list[Name] = []
        position = left
        for cut in [*_SOFT.finditer(clause, left, right), None]:
            stop = cut.start() if cut else right
            names += self._word(clause, position, stop)
            position = cut.end() if cut else right
        joined = wordsplit.joined(clause, names)
        for name in joined:
            if not name.label and self.menu.labelled(name.text) and len(name.text) == 1 and names[0].label:
                name.label = plain_label(name.text)  # 套餐一、二各1
            name.thing = name.text if name.label else self._thing(name.text)
        return joined

    def _word(self, clause: str, left: int, right: int) -> list[Name]:
        labels = list(_LABEL.finditer(clause, left, right))
        numbered = [hit.span() for hit in goods.NUMBERED.finditer(clause, left, right + 8)] if labels else []
        names: list[Name] = []
        position = left
        for hit in labels:
            label = next(group for group in hit.groups() if group)
            if (
                hit.group("c")
                and not self.menu
                and re.match(
                    r"\s?[\u4e00-\u9fffA-Za-z](?<!各)(?<![一二两三四五六七八九十])", clause[hit.end() : hit.end() + 2]
                )
            ):
                names += wordsplit.named(clause, position, hit.start())
                position = hit.end()
                continue  # a bullet, for no menu is there
            if any(low < hit.end() and hit.start() < high for low, high in numbered):
                continue
            if hit.group("n") and not (
                self.menu.labelled(label) or re.search("套餐|款", hit.group()) or _ENDS_LABEL.match(clause, hit.end())
            ):
                continue
            if hit.group("h") and not self.menu.labelled(label) and "包" not in clause[hit.end() : hit.end() + 1]:
                continue  # 花甲
            if hit.group("a") and not self.menu.labelled(label) and _SIZED.search(clause, 0, hit.start()):
                continue  # 安睡裤L 2包
            if (
                hit.group("a")
                and re.match(r"[\u4e00-\u9fff]", clause[hit.end() : hit.end() + 1])
                and not self.menu.labelled(label)
                and "套" not in clause[hit.end() : hit.end() + 2]
            ):
                continue
            names += wordsplit.named(clause, position, hit.start())
            stop = hit.end()
            tail = re.match(r"\s?(?:套餐|套装|组合|套|款|包(?![\u4e00-\u9fff]))(?!装)", clause[stop:right])
            stop += tail.end() if tail else 0
            names.append(Name(hit.start(), stop, clause[hit.start() : stop].strip(), plain_label(label)))
            position = stop
        return names + wordsplit.named(clause, position, right)

    # --- names and numbers become items ------------------------------------------------------------------------

    def _thing(self, words: str) -> str:
        """The thing that the words name, or nothing: 家里没米了能不能帮忙买 names none."""
        if wording.is_empty(words):
            return ""
        if self.strict or wording.is_sentence(words):
            words = wording.after_verb(words)
        name = wording.strip_name(words)
        if not name or wording.is_empty(name) or len(name) > wording.LONGEST_NAME or not _LETTERS.search(name):
            return ""
        known = goods.is_goods(name) or (bool(self.menu) and self.menu.named(name) is not None)
        return name if known or not wording.is_sentence(name) else ""

    def _item(self, name: Name, start: int) -> list[Found]:
        doubts: list[Reason] = []
        amount, words = name.quantity, name.thing
        if name.label:
            dish = self.menu.labelled(name.label)
            words = dish.name if dish else _unlisted(name)
            if dish is None:
                doubts.append(Reason.NOT_ON_MENU if self.menu else Reason.MENU_MISSING)
        else:
            if not self._is_wanted(name):
                return []
            of_it = name.text.endswith("的") or _SIZE_ALONE.fullmatch(words)
            if self.strict and self.mentioned and of_it and not goods.is_goods(words):
                words = self.mentioned + ("" if name.text.endswith("的") else words)  # 买2包夜用的, 求两包L码
                doubts.append(Reason.ITEM_FROM_BEFORE)
            dish = self.menu.named(words) if self.menu else None
            if dish is not None:
                words = dish.name
            elif self.menu and goods.is_goods(words):
                doubts.append(Reason.NOT_ON_MENU)
        number, unit = (amount.number, amount.unit) if amount else (None if self.strict else 1, "")
        if amount is None:
            doubts.append(Reason.QUANTITY_MISSING if self.strict else Reason.QUANTITY_ASSUMED)
        elif amount.rough:
            doubts.append(Reason.QUANTITY_RANGE)
        if number is not None and number > quantities.LARGE:
            doubts.append(Reason.QUANTITY_LARGE)
        at = min(name.start, amount.start) if amount else name.start
        to = max(name.end, amount.end) if amount else name.end
        return [Found(Item(words, number, unit), start + at, start + to, tuple(doubts))]

    def _is_wanted(self, name: Name) -> bool:
        """Whether a name is an item: with a quantity nearly anything is, without one only goods that are asked for."""
        if not name.thing:
            return False
        known = goods.is_goods(name.thing) or (bool(self.menu) and self.menu.named(name.thing) is not None)
        if name.quantity is None and name.text.startswith("("):
            return False  # 方便面一箱(红烧牛肉味): how it should be, no second thing
        if name.quantity is None:
            return known and not wording.is_sentence(name.thing) and (not self.strict or wording.asks(name.text))
        return known or not name.quantity.is_bare or not self.strict

    def _loose(self, loose: list[Quantity], clause: str, start: int, named: bool) -> list[Found]:
        """Numbers without a name: numbers of the menu, the only thing of the list, or a doubt."""
        found = []
        if loose and not named and len(self.menu.dishes) > 1 and (loose[0].each or _EVERYTHING.match(clause)):
            at, to = start + loose[0].start, start + loose[0].end
            return [Found(Item(dish.name, loose[0].number, loose[0].unit), at, to) for dish in self.menu.dishes]
        for amount in loose:
            if amount.is_bare and self.strict:
                continue
            if named and amount.is_bare:
                continue
            at, to = start + amount.start, start + amount.end
            number = amount.number
            if amount.is_bare and len(self.menu.dishes) > 1 and isinstance(number, int):
                dish = self.menu.labelled(str(number))
                if dish is not None:
                    found.append(Found(Item(dish.name, 1), at, to, (Reason.QUANTITY_ASSUMED,)))
                    continue
            name = self.menu.dishes[0].name if len(self.menu.dishes) == 1 else self.only
            reason = Reason.ITEM_FROM_TITLE if name else Reason.ITEM_UNNAMED
            if not name and self.strict and self.mentioned:
                name, reason = self.mentioned, Reason.ITEM_FROM_BEFORE
            if self.strict and not name:
                continue
            found.append(Found(Item(name, number, amount.unit), at, to, (reason,)))
        return found


def _name_of(menu: Menu, label: str) -> str:
    dish = menu.labelled(label)
    return dish.name if dish else label


def _unlisted(name: Name) -> str:
    """What a label is called without a menu: A套餐 stays, ② becomes 2."""
    number = normal.circled(name.text) if len(name.text) == 1 else None
    return str(number) if number is not None else name.text.upper().removesuffix("号") or name.label
