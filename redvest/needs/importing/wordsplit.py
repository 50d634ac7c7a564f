"""Where clauses end, and which words of a clause are one name."""

import re

from redvest.needs.importing import goods, numerals, quantities, units
from redvest.needs.importing.menu import Menu
from redvest.needs.importing.tying import Name

MASK = "\ue000"  # stands for every character that has been read as something else
_CLAUSE_END = re.compile(r"[,;。!?！？\n\ue000]")
_ALONE = re.compile(rf"\s*[x×X*]?\s?{numerals.NUMBER}\s?(?:{units.GOODS_UNIT})?\s*(?=\n|$)")


def clauses(text: str) -> list[tuple[int, int]]:
    """Spans between commas, full stops and masks; a comma inside brackets does not end a clause."""
    spans: list[tuple[int, int]] = []
    start = 0
    for hit in _CLAUSE_END.finditer(text):
        if hit.group() == "\n" and _ALONE.match(text, hit.end()):
            continue  # the quantity of a name stands in the next line
        if hit.group() in ",;" and _inside_brackets(text, start, hit.start()):
            continue
        spans.append((start, hit.start()))
        start = hit.end()
    spans.append((start, len(text)))
    return [span for span in spans if span[0] < span[1]]


def _inside_brackets(text: str, start: int, end: int) -> bool:
    piece = text[max(start, end - 40) : end]
    return piece.count("(") > piece.count(")") and ")" in text[end : end + 40]


def named(clause: str, left: int, right: int) -> list[Name]:
    text = clause[left:right]
    inner = text.strip(" \t:=-~x×*X.")
    if not inner:
        return []
    at = left + text.find(inner)
    return [Name(at, at + len(inner), inner)]


def joined(clause: str, names: list[Name]) -> list[Name]:
    """Latin words with blanks between them are one name; so are a name and the bracket behind it."""
    joined: list[Name] = []
    for name in names:
        before = joined[-1] if joined else None
        between = clause[before.end : name.start] if before else ""
        glue = (
            before is not None
            and not name.label
            and not before.label
            and between.strip() == ""
            and (
                (name.text[0].isascii() and before.text[-1].isascii() and name.text[0].isalpha())
                or name.text.startswith("(")
                or quantities.is_size(name.text)
            )
        )
        if glue and before is not None:
            blank = "" if quantities.is_size(name.text) else between
            before.end, before.text = name.end, before.text + blank + name.text
        else:
            joined.append(name)
    return joined


def apart(names: list[Name], menu: Menu) -> list[Name]:
    """可乐雪碧各2瓶: goods that are written together before 各 are so many of each."""
    made: list[Name] = []
    for name in names:
        at = name.start
        for part in [] if name.label or menu.named(name.thing) else goods.parts(name.thing):
            made.append(Name(at, at + len(part), part, thing=part))
            at += len(part)
        if at == name.start:
            made.append(name)
    return made
