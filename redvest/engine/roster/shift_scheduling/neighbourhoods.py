"""Which people and days to solve anew: sizes as ways for a bandit, places where cost lies.

Shaw (1998), "Using constraint programming and local search methods to solve vehicle routing problems".
"""

from dataclasses import dataclass
from random import Random

import numpy as np

from redvest.engine.roster.columns.rows import Flags, Floats, Ints
from redvest.engine.roster.shift_scheduling.cut import activity
from redvest.engine.roster.shift_scheduling.part import Part, Shifts

DAYS = (7, 14, 28, 56)
PEOPLE = (4, 8, 16, 32)
FEWEST, MOST = 80, 3000
"""Cells (people x days) of a neighbourhood."""


@dataclass(frozen=True, slots=True)
class Size:
    """So many people over so many days in a row, in one stretch or in two."""

    people: int
    days: int
    stretches: int = 1

    @property
    def cells(self) -> int:
        return self.people * self.days * self.stretches


def sizes(whole: Part) -> list[Size]:
    """The sizes that suit an instance."""
    people, days = whole.grid.base.shape[:2]
    heads = sorted({min(people, count) for count in PEOPLE} | {people, max(1, people // 2)})
    spans = sorted({min(days, count) for count in DAYS} | ({days} if days <= 2 * DAYS[-1] else set()))
    all_sizes = [Size(count, span) for count in heads for span in spans]
    if days > 2 * DAYS[-1]:  # what people may work at all has to be moved between distant weeks
        all_sizes += [Size(count, span, 2) for count in heads for span in DAYS[:3]]
    fitting = [size for size in all_sizes if FEWEST <= size.cells <= MOST]
    return fitting or [min(all_sizes, key=lambda size: abs(size.cells - FEWEST))]


def choose(whole: Part, plan: Shifts, size: Size, dice: Random, idle: Ints) -> tuple[Ints, Flags]:
    """Some people, of those whom no other worker has, and days of that size: (people, in order; which days are
    free)."""
    _, days, shifts = whole.grid.base.shape
    costs = whole.rows.costs(activity(plan, shifts).astype(np.float64)).reshape(days, shifts)
    free = np.zeros(days, dtype=np.bool_)
    centre = -1
    for _ in range(size.stretches):
        centre = _costly_day(costs, dice)
        first = centre - dice.randrange(size.days)
        first = min(max(0, first), days - size.days)
        free[first : first + size.days] = True
    return _people(whole, costs, centre, size.people, dice, idle), free


def _costly_day(costs: Floats, dice: Random) -> int:
    """A day drawn by what its rows cost; sometimes any."""
    each = costs.sum(axis=1)
    if dice.random() < 0.3 or each.sum() <= 0:
        return dice.randrange(len(each))
    return dice.choices(range(len(each)), np.sqrt(np.maximum(each, 0)).tolist())[0]


def _people(whole: Part, costs: Floats, day: int, count: int, dice: Random, idle: Ints) -> Ints:
    """Half of them such as could work the costliest shift of that day, or do; the others any."""
    if count >= len(idle):
        return idle
    shift = int(np.argmax(costs[day]))
    able = idle[np.isfinite(whole.grid.base[idle, day, shift])].tolist()
    chosen = set(dice.sample(able, min(len(able), count // 2)))
    rest = [person for person in idle.tolist() if person not in chosen]
    chosen |= set(dice.sample(rest, count - len(chosen)))
    return np.array(sorted(chosen), dtype=np.int32)
