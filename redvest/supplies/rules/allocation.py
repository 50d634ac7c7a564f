"""Who gets how much by a published rule: pure, the same answer for the same doors and goods, every no with its reason.

The vulnerable come first, then building by building, top floor first. A door is served whole or not at all for each
item; when the goods do not suffice for it, the next door that they do suffice for is served.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from redvest.places.rules import LEAST_PATIENT

_RANK = {str(need): number for number, need in enumerate(LEAST_PATIENT)}


class No(StrEnum):
    """Why a door gets nothing of an item."""

    NOT_MEANT = "not_meant"
    EMPTY = "empty"
    RAN_OUT = "ran_out"


@dataclass(frozen=True, slots=True)
class Door:
    """A household as the rule sees it; ``place`` orders buildings and units."""

    pk: int
    people: int
    needs: tuple[str, ...] = ()
    place: tuple[int, ...] = ()
    floor: int = 0
    room: str = ""


@dataclass(frozen=True, slots=True)
class Portion:
    """One line of the rule. ``for_people``: one lot for every so many people begun; None: one lot for a household."""

    item: int
    quantity: int
    for_people: int | None = None
    needs: tuple[str, ...] = ()

    def need_of(self, door: Door) -> str:
        """The need for which this door is meant, the least patient one; nothing when the rule asks for none."""
        return min((need for need in door.needs if need in self.needs), key=_rank, default="")

    def units(self, door: Door) -> int:
        """How many units this door is due. Begun lots are rounded up: four people at one for every three get two."""
        lots = 1 if self.for_people is None else math.ceil(door.people / self.for_people)
        return lots * self.quantity


@dataclass(frozen=True, slots=True)
class Lot:
    """Free units of a batch, in the order in which they are to be handed out."""

    batch: int
    item: int
    free: int


@dataclass(frozen=True, slots=True)
class Given:
    """So many units of a batch for a door, and why."""

    door: int
    portion: Portion
    batch: int
    quantity: int
    people: int
    need: str


@dataclass(slots=True)
class Account:
    """What became of one portion: units due to all who are meant, given, left; doors served and not served."""

    portion: Portion
    free: int = 0
    wanted: int = 0
    given: int = 0
    doors: int = 0
    batches: set[int] = field(default_factory=set)
    without: dict[No, list[int]] = field(default_factory=lambda: {reason: [] for reason in No})

    @property
    def left(self) -> int:
        return self.free - self.given

    @property
    def short(self) -> int:
        return max(0, self.wanted - self.free)


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gets what, and what became of each portion."""

    given: list[Given]
    accounts: list[Account]

    @property
    def doors(self) -> int:
        return len({each.door for each in self.given})


def _rank(need: str) -> int:
    return _RANK.get(need, len(_RANK))


def in_order(doors: Iterable[Door]) -> list[Door]:
    """Whose need can wait least first; among equals building by building, from the top floor down."""
    return sorted(
        doors,
        key=lambda door: (
            min((_rank(need) for need in door.needs), default=len(_RANK)),
            door.place,
            -door.floor,
            door.room,
            door.pk,
        ),
    )


def allocate(doors: Iterable[Door], portions: Sequence[Portion], lots: Iterable[Lot]) -> Plan:
    """Give the goods out by the rule."""
    ordered, shelf = in_order(doors), list(lots)
    given: list[Given] = []
    accounts = []
    for portion in portions:
        account, mine = _portion(portion, ordered, [lot for lot in shelf if lot.item == portion.item])
        accounts.append(account)
        given += mine
    return Plan(given, accounts)


def _portion(portion: Portion, doors: list[Door], lots: list[Lot]) -> tuple[Account, list[Given]]:
    account = Account(portion, free=sum(lot.free for lot in lots))
    left = [[lot.batch, lot.free] for lot in lots]
    given: list[Given] = []
    for door in doors:
        need = portion.need_of(door)
        if portion.needs and not need:
            account.without[No.NOT_MEANT].append(door.pk)
            continue
        if not door.people:
            account.without[No.EMPTY].append(door.pk)
            continue
        units = portion.units(door)
        account.wanted += units
        if units > sum(free for _batch, free in left):
            account.without[No.RAN_OUT].append(door.pk)
            continue
        account.given += units
        account.doors += 1
        for batch, part in _take(left, units):
            account.batches.add(batch)
            given.append(Given(door.pk, portion, batch, part, door.people if portion.for_people else 0, need))
    return account, given


def _take(left: list[list[int]], units: int) -> list[tuple[int, int]]:
    """From the first batches on. ``left`` is [batch, free] and shrinks."""
    taken = []
    while units:
        batch, free = left[0]
        part = min(units, free)
        if part:
            taken.append((batch, part))
        left[0][1] -= part
        units -= part
        if not left[0][1]:
            left.pop(0)
    return taken
