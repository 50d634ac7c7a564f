"""Which quantity belongs to which name of a clause: the one it touches, else the one that the order of words says."""

import re
from dataclasses import dataclass

from redvest.needs.importing import units
from redvest.needs.importing.quantities import Quantity

_LINKED = re.compile(r"[、+&/|]|和|以及|还有|及|跟")


@dataclass(slots=True)
class Name:
    start: int
    end: int
    text: str
    label: str = ""
    thing: str = ""  # the name without the words around it; empty where the words name nothing
    quantity: Quantity | None = None


def tie(clause: str, names: list[Name], amounts: list[Quantity]) -> list[Quantity]:
    """Give each name its quantity; the quantities that found no name are returned."""
    things: list[Name | Quantity] = sorted([*names, *amounts], key=lambda each: each.start)
    things = [each for each in things if isinstance(each, Quantity) or each.thing]
    things = _sized(things, clause)
    leading = bool(things) and isinstance(things[0], Quantity) and _leads(things)
    loose: list[Quantity] = []
    for place, amount in enumerate(things):
        if not isinstance(amount, Quantity):
            continue
        if amount.each and _spread(amount, things[:place]):
            continue
        before = things[place - 1] if place else None
        after = things[place + 1] if place + 1 < len(things) else None
        order = (after, before) if leading or _only_before(amount, before, after, clause) else (before, after)
        waiting = leading and isinstance(after, Name) and after.quantity is None
        owner = None if waiting else _packed(things, place, amount, clause)
        if owner is None:
            owner = next((each for each in order if isinstance(each, Name) and each.quantity is None), None)
        if owner is None:
            loose.append(amount)
        else:
            owner.quantity = amount
    return loose


def _sized(things: list[Name | Quantity], clause: str) -> list[Name | Quantity]:
    """一袋10kg猫粮, 猫粮一袋(2.5kg): a measure beside a count of packs is their size, and belongs to the name."""
    kept: list[Name | Quantity] = []
    for place, thing in enumerate(things):
        before = things[place - 1] if place else None
        after = things[place + 1] if place + 1 < len(things) else None
        if isinstance(thing, Quantity) and isinstance(before, Quantity) and _restates(before, thing, clause):
            continue
        packs = isinstance(before, Quantity) and before.unit in units.PORTIONS
        if isinstance(thing, Quantity) and packs and thing.unit in units.MEASURES:
            if isinstance(after, Name) and not clause[thing.end : after.start].strip():
                after.thing = clause[thing.start : thing.end].strip() + after.thing
            if isinstance(after, Name) or place > 1:
                continue
        kept.append(thing)
    return kept


def _restates(before: Quantity, after: Quantity, clause: str) -> bool:
    """蓝莓×2(8盒): a bracket behind a quantity says the same in another way."""
    between = clause[before.end : after.start].strip() + clause[after.start]
    return between.startswith("(") and after.unit not in units.MEASURES and len(between.strip("(")) <= 1


def _packed(things: list[Name | Quantity], place: int, amount: Quantity, clause: str) -> Name | None:
    """The name whose quantity so far was only the size of its pack."""
    before = things[place - 1] if place else None
    if isinstance(before, Quantity):
        before = things[place - 2] if place > 1 else None
    if not isinstance(before, Name) or before.quantity is None:
        return None
    return _resized(before, amount, clause)


def _leads(things: list[Name | Quantity]) -> bool:
    """Whether the clause says 2盒鸡蛋 1箱牛奶 rather than 鸡蛋2盒 牛奶1箱."""
    second = things[1] if len(things) > 1 else None
    return isinstance(second, Name)


def _only_before(
    amount: Quantity, before: "Name | Quantity | None", after: "Name | Quantity | None", clause: str
) -> bool:
    """A quantity that is glued to the name behind it, while the name before it is set apart or has its own."""
    if not isinstance(after, Name) or after.text.startswith("("):
        return False  # a bracket tells more about what stands before it
    glued = clause[amount.end : after.start].strip("的") == "" and " " not in clause[amount.end : after.start]
    if isinstance(before, Name) and before.quantity is None:
        between = clause[before.end : amount.start]
        apart = bool(_LINKED.search(between)) or (between != "" and between.isspace())
        return glued and apart and not amount.is_bare
    return glued


def _resized(owner: Name, amount: Quantity, clause: str) -> Name | None:
    """大米5斤2袋: the first quantity was the size of the pack, so it moves into the name."""
    size = owner.quantity
    times = clause[amount.start] in "x×X*" or clause[: amount.start].endswith("+")  # 牛奶950ml x3
    counted = not amount.is_bare or (times and size is not None and size.unit in units.MEASURES)
    if size is None or size.is_bare or not counted or size.end > amount.start or size.unit == amount.unit:
        return None
    if size.end <= owner.start and not clause[owner.end : amount.start].strip(" *×x/:的"):
        owner.thing = clause[size.start : size.end].strip() + owner.thing
        owner.start = size.start
        return owner
    if size.start >= owner.end and not clause[size.end : amount.start].strip(" *×x/:+的"):
        owner.thing += clause[size.start : size.end].strip()
        return owner
    return None


def _spread(amount: Quantity, before: list["Name | Quantity"]) -> bool:
    """各两份 is said of every name before it that has no quantity yet."""
    given = False
    for each in reversed(before):
        if isinstance(each, Quantity) or each.quantity is not None:
            break
        each.quantity = amount
        given = True
    return given
