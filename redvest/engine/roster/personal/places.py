"""The rows that people share: heads of each shift, skilled ones, newcomers beside experienced ones, with their prices.

Where a rule forbids, its row has a price above all that breaking it could gain; the checker has the last word.
Where the true cost of a count is not convex (nobody is better than one alone), the row has its convex hull.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import inf

import numpy as np
from numpy.typing import NDArray

from redvest.engine.roster.columns.rows import Floats, Row, Rows
from redvest.engine.roster.problem import Person, Problem, Shift

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Places:
    """Rows 0 to shifts - 1 count the heads of each shift; further rows weigh them by the kind of person.

    `factor[kind, number]` is what a person of this kind adds to further row `number`, which belongs to `shift[number]`.
    """

    rows: Rows
    kind: Ints
    shift: Ints
    factor: Floats

    def worth(self, duals: Floats) -> Floats:
        """What a place on each shift is worth when taken by a person of each kind."""
        shifts = len(self.rows) - len(self.shift)
        worth = np.tile(-duals[:shifts], (len(self.factor), 1))
        for kind, factors in enumerate(self.factor):
            np.subtract.at(worth[kind], self.shift, factors * duals[shifts:])
        return worth


def places_of(problem: Problem) -> Places:
    """The rows of a problem and everyone's kind: people of the same kind count alike on every shift."""
    needed = {need.skill for shift in problem.shifts for need in shift.skills}
    kinds: dict[tuple[frozenset[str], bool], int] = {}
    kind = [kinds.setdefault((person.skills & needed, person.experienced), len(kinds)) for person in problem.people]
    pinned: dict[str, list[Person]] = {shift.id: [] for shift in problem.shifts}
    for cell in problem.pinned:
        pinned[cell.shift].append(problem.person_of[cell.person])
    heads = [_heads(problem, shift, pinned[shift.id]) for shift in problem.shifts]
    further: list[Row] = []
    owner: list[int] = []
    factors: list[list[float]] = []
    for number, shift in enumerate(problem.shifts):
        for row, weights in _further(problem, shift, pinned[shift.id], list(kinds)):
            further.append(row)
            owner.append(number)
            factors.append(weights)
    factor = np.array(factors, np.float64).reshape(len(further), len(kinds)).T
    return Places(Rows.of(heads + further), np.array(kind, np.int64), np.array(owner, np.int64), factor)


def _heads(problem: Problem, shift: Shift, pinned: list[Person]) -> Row:
    """`under_minimum`, `under_wanted`, `over_wanted`, `alone`, `over_maximum` as one convex row."""
    prices, rule = problem.prices, problem.rules.alone
    most = max(shift.maximum, len(pinned))
    cost = []
    for heads in range(most + 1):
        missing = max(0, shift.minimum - heads), max(0, shift.wanted - max(shift.minimum, heads))
        price = shift.priority * (prices.under_minimum * missing[0] + prices.under_wanted * missing[1])
        price += prices.over_wanted * max(0, heads - shift.wanted)
        if shift.never_alone and heads == 1 and rule.priced:
            price += rule.price
        cost.append(float(price))
    if shift.never_alone and rule.forbids and len(pinned) != 1:
        cost[1] = inf
    hull = [0]
    for heads in range(1, most + 1):
        if cost[heads] < inf:
            while len(hull) > 1 and _slope(cost, hull[-2], hull[-1]) >= _slope(cost, hull[-1], heads):
                hull.pop()
            hull.append(heads)
    if len(hull) == 1:
        return Row((0.0,), (-_much(problem, shift), _much(problem, shift)), cost[0])
    slopes = [_slope(cost, here, there) for here, there in pairwise(hull)]
    return Row(tuple(float(heads) for heads in hull[1:]), (*slopes, _much(problem, shift)), cost[hull[1]])


def _slope(cost: list[float], here: int, there: int) -> float:
    return (cost[there] - cost[here]) / (there - here)


def _much(problem: Problem, shift: Shift) -> float:
    """More than one more head on a shift can gain."""
    prices = problem.prices
    gain = prices.under_minimum + prices.under_wanted + prices.under_skill * len(shift.skills)
    return 2.0 * gain * shift.priority + 2 * prices.over_wanted + 500


def _further(
    problem: Problem, shift: Shift, pinned: list[Person], kinds: list[tuple[frozenset[str], bool]]
) -> list[tuple[Row, list[float]]]:
    """`under_skill`, `skills` and `experience`, each with what every kind of person adds to it."""
    found = []
    much, rules = _much(problem, shift), problem.rules
    for need in shift.skills:
        price = float(problem.prices.under_skill * shift.priority)
        skilled = [float(need.skill in skills) for skills, _ in kinds]
        found.append((Row((float(need.heads),), (-price, 0.0), is_cell=False), skilled))
        if rules.skills.on:
            without = sum(need.skill not in person.skills for person in pinned)
            open_places = shift.maximum - need.heads
            if rules.skills.forbids:
                open_places = max(open_places, without)
            slope = much if rules.skills.forbids else float(rules.skills.price)
            row = Row((float(open_places),), (0.0, slope), is_cell=False)
            found.append((row, [1.0 - each for each in skilled]))
    rule, needed = rules.experience, shift.experienced
    old_hands = sum(person.experienced for person in pinned)
    decided = rule.forbids and old_hands < min(needed, len(pinned))
    if rule.on and needed and not decided:
        most = max(shift.maximum, len(pinned))
        weights = [float(-(most - needed) if experienced else needed) for _, experienced in kinds]
        slope = much if rule.forbids else rule.price / most
        found.append((Row((0.0,), (0.0, slope), is_cell=False), weights))
    return found
