"""Where everybody stands: a roster as counts on the shared rows, so that each change is priced at once."""

from collections.abc import Iterable

import numpy as np

from redvest.engine.roster.columns.rows import Floats
from redvest.engine.roster.personal.everyone import Everyone
from redvest.engine.roster.problem import Assignment, Roster, Shift

TOO_MANY = 1e5
"""Price of a head above the maximum: more than anything it could gain."""


class Standing:
    """A roster under change: `held` are everybody's shifts, `own` what they cost him, `heads` and `weight` the counts.

    Costs are the checker's, apart from newcomers beside two or more experienced ones, where the row is only near.
    """

    def __init__(self, everyone: Everyone, roster: Roster) -> None:
        self.everyone = everyone
        places, problem = everyone.places, everyone.problem
        self.shifts = len(problem.shifts)
        self.table = np.array([self._costs(shift) for shift in problem.shifts]).reshape(self.shifts, -1)
        self.wanted = np.array([shift.wanted for shift in problem.shifts], np.int64)
        rows = places.rows
        self._point = rows.points[self.shifts :, 0]
        self._under, self._over = rows.slopes[self.shifts :, 0], rows.slopes[self.shifts :, -1]
        self._of_shift: list[list[int]] = [[] for _ in range(self.shifts)]
        for row, shift in enumerate(places.shift):
            self._of_shift[shift].append(row)
        self.heads, self.weight = np.zeros(self.shifts, np.int64), np.zeros(len(places.shift))
        self.held: list[tuple[int, ...]] = [()] * everyone.persons
        self.own = np.zeros(everyone.persons)
        self._each = np.arange(self.shifts)
        self.take_over(roster)

    def take_over(self, roster: Roster) -> None:
        """Everybody as this roster has him."""
        rows: list[list[int]] = [[] for _ in range(self.everyone.persons)]
        for cell in sorted(roster):
            rows[self.everyone.row_of_person[cell.person]].append(self.everyone.number_of_shift[cell.shift])
        for person, shifts in enumerate(rows):
            self.put(person, tuple(shifts), self.everyone.cost_of(person, shifts))

    def _costs(self, shift: Shift) -> list[float]:
        """What a shift costs with each number of heads, from none to more than anyone has places for."""
        problem = self.everyone.problem
        prices, rule = problem.prices, problem.rules.alone
        pinned = sum(cell.shift == shift.id for cell in problem.pinned) if problem.pinned else 0
        most = max(shift.maximum, pinned)
        costs = []
        for heads in range(max(other.maximum for other in problem.shifts) + len(problem.pinned) + 2):
            missing = max(0, shift.minimum - heads), max(0, shift.wanted - max(shift.minimum, heads))
            cost: float = shift.priority * (prices.under_minimum * missing[0] + prices.under_wanted * missing[1])
            cost += prices.over_wanted * max(0, heads - shift.wanted)
            if shift.never_alone and heads == 1 and rule.on:
                cost += rule.price if rule.priced else TOO_MANY
            costs.append(cost + TOO_MANY * max(0, heads - most))
        return costs

    @property
    def cost(self) -> float:
        shared = self.table[self._each, self.heads].sum() + self._weighed(self.weight).sum()
        return float(self.own.sum() + shared)

    def put(self, person: int, shifts: tuple[int, ...], cost: float) -> None:
        """Gives somebody another roster, with what it costs him."""
        self._count(person, -1)
        self.held[person], self.own[person] = shifts, cost
        self._count(person, 1)

    def _count(self, person: int, sign: int) -> None:
        factor = self.everyone.places.factor[self.everyone.places.kind[person]]
        for shift in self.held[person]:
            self.heads[shift] += sign
            for row in self._of_shift[shift]:
                self.weight[row] += sign * factor[row]

    def worth(self, person: int) -> Floats:
        """What this person's place on each shift is worth as things stand, if he is not on it yet."""
        places = self.everyone.places
        worth: Floats = self.table[self._each, self.heads] - self.table[self._each, self.heads + 1]
        factor = places.factor[places.kind[person]]
        np.add.at(worth, places.shift, self._weighed(self.weight) - self._weighed(self.weight + factor))
        return worth

    def _weighed(self, weight: Floats) -> Floats:
        return np.where(weight < self._point, self._under * (weight - self._point), self._over * (weight - self._point))

    def on_any_of(self, shifts: Iterable[int]) -> list[int]:
        """Who is on any of these shifts."""
        wanted = set(shifts)
        return [person for person, held in enumerate(self.held) if not wanted.isdisjoint(held)]

    @property
    def roster(self) -> Roster:
        problem = self.everyone.problem
        return frozenset(
            Assignment(problem.people[person].id, problem.shifts[shift].id)
            for person, held in enumerate(self.held)
            for shift in held
        )
