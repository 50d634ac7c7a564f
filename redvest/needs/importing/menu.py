"""The menu of a group buy: what A, 2 or ③ stands for in the orders below it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from redvest.needs.importing import goods, noise, normal, quantities, wording

_LETTER = re.compile(r"^\s*([A-Za-z])\s?(?:[.、:)\]]|(?=套餐|款|套|餐|组合|包(?![\u4e00-\u9fff]))|\s(?=\S))\s*")
_NUMBERED = re.compile(r"^\s*([0-9]{1,2}|[一二三四五六七八九])\s?(?:号|款|#)\s?[.、:：\s]\s*(?=[\u4e00-\u9fff])")
_SET = re.compile(
    r"^\s*([A-Za-z0-9一二三四五六七八九]|套餐)?\s?号?(套餐|款|组合|套装)\s?([A-Za-z0-9一二三四五六七八九])?"
)
_INSIDE = (
    re.compile(r"([甲乙丙丁戊己])(?=包|套|款|餐)"),
    re.compile(r"([①-⑳])\s*"),
    re.compile(r"(?<![0-9A-Za-z.])([0-9]{1,2})\s?[.、:)](?![0-9])\s*"),
    re.compile(r"(?:^|(?<=[\s,，;、:]))([0-9]{1,2})\s?(?=[\u4e00-\u9fff])"),
    re.compile(r"(?<![A-Za-z0-9])([A-Z])\s?(?:[.、:)]|(?:套餐|款|组合)[:]?|(?=[\u4e00-\u9fff]))\s*"),
)
_SIZED_PRICE = re.compile(r"[0-9]\s?(?:斤|kg|KG|L|升|ml|g|克|枚|个|盒|袋|包)[装]?\s?[0-9]{2,3}\s*$")
_PRICE_LINE = re.compile(
    r"^[\W_]*(?P<name>[\u4e00-\u9fffA-Za-z][^,;。!?:]{1,20}?)\s*[:：]?\s*[¥￥]?[0-9]{1,3}(?:\.[0-9]{1,2})?\s?(?:元|块|/\S{1,4})?\s*$"
)
_FIRST_STEMS = list("甲乙丙丁戊己")
_FIRST_NUMBERS = [str(number) for number in range(1, 21)]
_FIRST_LETTERS = [chr(ord("A") + place) for place in range(26)]
_PRICED = re.compile(r"[0-9]{1,8}(?:\.[0-9]{1,8})?\s?(?:元|块|/)|[¥￥$]")
_HAN = dict(zip("一二三四五六七八九", "123456789", strict=True))


@dataclass(frozen=True, slots=True)
class Dish:
    """One line of the menu."""

    label: str
    name: str


@dataclass(frozen=True, slots=True)
class Menu:
    """The lines of the menu in order; empty when the text has none."""

    dishes: tuple[Dish, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.dishes)

    def labelled(self, label: str) -> Dish | None:
        """The dish that a label stands for: A, a, 1, ①, 1号, A套餐, 套餐一."""
        wanted = plain_label(label)
        return next((dish for dish in self.dishes if dish.label == wanted), None) if wanted else None

    def named(self, name: str) -> Dish | None:
        """The dish that an order names, also when it says more or less than the menu does."""
        exact = next((dish for dish in self.dishes if dish.name == name), None)
        if exact is not None:
            return exact
        if len(name) < 2:  # 纯2 below 纯牛奶; but 油 stays what it is
            near = [dish for dish in self.dishes if name and not goods.is_goods(name) and dish.name.startswith(name)]
            return near[0] if len(near) == 1 else None
        near = [dish for dish in self.dishes if name in dish.name or (len(dish.name) > 1 and dish.name in name)]
        return near[0] if len(near) == 1 else None


def plain_label(label: str) -> str:
    """① and 1号 are 1, a套餐 and 套餐A are A, 第二种 is 2."""
    text = label.strip().upper()
    number = normal.circled(text) if len(text) == 1 else None
    if number is not None:
        return str(number)
    bare = re.fullmatch(
        r"第?([A-Z0-9一二三四五六七八九甲乙丙丁戊己]{1,2})(?:号|款|种|样|项)?(?:套餐|组合|套装|套|餐|款|包)?|"
        r"套餐([A-Z0-9一二三四五六七八九]{1,2})号?",
        text,
    )
    if bare is None:
        return ""
    found = bare.group(1) or bare.group(2)
    return _HAN.get(found, found)


def looks_like_dish(words: str) -> bool:
    """Whether a line without a door could be a line of a menu."""
    return bool(_PRICED.search(words)) or goods.is_goods(words) or bool(_SET.match(words))


def is_priced(words: str) -> bool:
    """Whether a price stands in the line."""
    return bool(_PRICED.search(words))


def letter(words: str) -> str:
    """The letter that labels a line (A. 蔬菜包 35元), or nothing."""
    named = _SET.match(words)
    if named and (named.group(1) or named.group(3)) and re.match(r"\s*[:：,，(\s]", words[named.end() :] or " "):
        return plain_label(named.group().strip())
    numbered = _NUMBERED.match(words)
    if numbered:
        return plain_label(numbered.group(1))
    hit = _LETTER.match(words)
    return hit.group(1).upper() if hit else ""


def dish(label: str, words: str) -> Dish:
    """A line of the menu with its label; the name ends where sizes and prices begin."""
    set_name = _SET.match(words)
    if set_name and (set_name.group(1) or set_name.group(3)):
        own = plain_label(set_name.group().strip()) or label
        return Dish(own, set_name.group().strip())
    text = _NUMBERED.sub("", _LETTER.sub("", words, count=1), count=1) if letter(words) == label else words
    kind = re.match(r"^(?:套餐|款|套|组合|包(?![\u4e00-\u9fff]))", text)
    if kind:
        return Dish(label, label + (kind.group() if label in _FIRST_STEMS else text[:2]))
    cut = [start for start, _end in noise.spans(text)] + [quantity.start for quantity in quantities.find(text)]
    cut += [hit.start() for hit in re.finditer(r"[(:,;，。]|\s[0-9]|[0-9]{1,8}[个枚斤只盒瓶袋包kgml克升]+装?", text)]
    end = min((position for position in cut if position > 0), default=len(text))
    name = wording.strip_name(text[:end]) or wording.strip_name(text)
    return Dish(label, re.sub(r"(?<=[\u4e00-\u9fff]{2})(?:[箱盒袋桶瓶散]装|[0-9.]+$)", "", name))


def inside(words: str) -> list[tuple[str, str]]:
    """The dishes of a menu within one line of a title: 团购 1.白菜 2.米, ①鸡蛋25元 ②牛奶60元, A白菜 B萝卜."""
    for pattern in _INSIDE:
        hits = list(pattern.finditer(words))
        labels = [plain_label(hit.group(1)) for hit in hits]
        wanted = {"A": _FIRST_LETTERS, "甲": _FIRST_STEMS}.get(labels[0] if labels else "", _FIRST_NUMBERS)
        if len(hits) < 2 or labels != wanted[: len(labels)]:
            continue
        ends = [*(hit.start() for hit in hits[1:]), len(words)]
        dishes = [(label, words[hit.end() : end]) for label, hit, end in zip(labels, hits, ends, strict=True)]
        if all(text.strip() for _label, text in dishes) and any(looks_like_dish(text) for _label, text in dishes):
            return dishes
    return []


def price_lines(every: list[str]) -> list[tuple[str, str]]:
    """The dishes of lines that only name a thing and its price: 北海道吐司 18. None when they name no goods."""
    hits = [(words, _PRICE_LINE.match(words)) for words in every]
    named = [words for words, hit in hits if hit and (goods.is_goods(words) or is_priced(words))]
    if len(named) < 2:
        return []
    return [(str(place), hit["name"]) for place, hit in enumerate((hit for _words, hit in hits if hit), start=1)]


def _parts(words: str) -> list[str]:
    """The parts of a title between commas, and between blanks where one part has several prices."""
    found: list[str] = []
    for part in re.split(r"[;,，；。、\n]", words):
        several = len(_PRICED.findall(part)) > 1
        found += re.sub(r"^[^:]*:", "", part).split() if several else [part]
    return found


def priced(words: str) -> list[tuple[str, str]]:
    """The dishes of a title that gives each its price: 大米10kg 58元/袋；菜籽油5L 72元/桶."""
    parts = [
        re.sub(r"^\S*(?:团购?|菜单|价格)[\s:]+", "", part)
        for part in _parts(words)
        if (is_priced(part) or _SIZED_PRICE.search(part)) and re.search(r"[\u4e00-\u9fff]{2}", part)
    ]
    if not any(goods.is_goods(part) for part in parts):
        return []
    return (
        [(str(place), re.sub(r"^[^:]*:", "", part)) for place, part in enumerate(parts, start=1)]
        if len(parts) > 1
        else []
    )


def of(lines: Iterable[tuple[str, str]]) -> Menu:
    """The menu that consists of these labelled lines."""
    dishes = [dish(label, words) for label, words in lines]
    return Menu(tuple(each for each in dishes if each.name))
