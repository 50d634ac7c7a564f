"""Entries that correct themselves, and stocks that are only mentioned: numbers that nobody asks for any more."""

import re

from redvest.needs.importing import numerals, units

_AMOUNT = rf"{numerals.NUMBER}\s?(?:{units.GOODS_UNIT}|人|位|户)?"
_CHANGE = r"(?:更正[为成:]?|改[为成到要]?|换成|变[为成]?|调整[为成到]?|加[到成]|减[到成]|修改[为成]?|-{1,2}>|[→⇒])"
# 1份改成2份: the first number is gone. 原来2桶，现在只要1桶: so is the one before.
_CHANGED = re.compile(rf"(?<![0-9A-Za-z.]){_AMOUNT}\s?[,(]?\s?(?:现在?)?{_CHANGE}[:\s]?(?=\s?{numerals.NUMBER})")
_FORMER = re.compile(
    rf"(?:原来?|之前|本来|前面|刚才|昨天|上次)(?:是|报|订|定|写|接|要)?(?:的是|了|的)?\s?{_AMOUNT}\s?[,;]?\s?"
    rf"(?:现在?|今天?|改)?(?:只?要|改|订|是|为|成|报)*(?=\s?{numerals.NUMBER})"
)
# 奶粉只剩半罐了: what is left at home is not what is asked for.
_STOCK = re.compile(
    rf"(?:只剩下?|还剩下?|仅剩|剩下|就剩下?|只有|还有|仅有|只够)(?:最后|不到|大概)?\s?(?:{_AMOUNT}|一点|几\S)"
    r"(?=\s?(?:了|可|的量|能|，|,|。|$|不够))|"
    rf"(?<![多减])少了?\s?{_AMOUNT}[\u4e00-\u9fff]{{0,6}}|"
    rf"(?:只剩下?|还剩下?|仅剩|剩下|就剩下?)[\u4e00-\u9fff]{{1,6}}?{_AMOUNT}"
)


def dropped(text: str) -> list[tuple[int, int]]:
    """Where the numbers stand that a later word takes back."""
    found = [hit.span() for pattern in (_CHANGED, _FORMER) for hit in pattern.finditer(text)]
    return sorted(found)


def stocks(text: str) -> list[tuple[int, int]]:
    """Where it is said how much is left."""
    return [hit.span() for hit in _STOCK.finditer(text)]


def blanked(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with blanks over the spans, so that what stands around keeps its place and its neighbours."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = " " * (end - start)
    return "".join(letters)
