"""What each person on each shift costs by itself, and whether he may take it: `fit.broken_by` for all cells at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from redvest.engine.roster.problem import Person, Problem, Shift, metres
from redvest.engine.roster.rules import Rule

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows are people, columns shifts, both in the problem's order.

    `cost` is what an assignment costs whatever else the person does; `constant` what a person costs without any
    (published assignments dropped). `open` says where no hard rule about one person and one shift stands against it.
    """

    open: Flags
    pinned: Flags
    cost: Whole
    constant: Whole


def cells_of(problem: Problem) -> Cells:
    """The same answers as `broken_by` and the checker give for each cell, by whole rows."""
    shape = (len(problem.people), len(problem.shifts))
    number_of = {shift.id: number for number, shift in enumerate(problem.shifts)}
    row_of = {person.id: row for row, person in enumerate(problem.people)}
    is_open, cost = np.ones(shape, bool), np.zeros(shape, np.int64)
    facts = _ShiftFacts(problem)
    for row, person in enumerate(problem.people):
        way = facts.metres_from(person)
        for rule, broken in facts.broken_by(person, way):
            if rule.forbids:
                is_open[row] &= ~broken
            elif rule.priced:
                cost[row] += rule.price * broken
        cost[row] += problem.prices.distance * way // 1000
        for name, points in person.preferences.items():
            if name in number_of:
                cost[row, number_of[name]] += problem.prices.preference * points
    constant = np.zeros(shape[0], np.int64)
    for number, shift in enumerate(problem.shifts):
        if shift.id in problem.published_shifts:
            cost[:, number] += problem.prices.change
    for told in problem.published:
        constant[row_of[told.person]] += problem.prices.change
        cost[row_of[told.person], number_of[told.shift]] -= 2 * problem.prices.change
    pinned = np.zeros(shape, bool)
    for cell in problem.pinned:
        pinned[row_of[cell.person], number_of[cell.shift]] = True
    return Cells(is_open | pinned, pinned, cost, constant)


class _ShiftFacts:
    """What the rules ask of the shifts, as arrays over them."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        shifts = problem.shifts
        self.start = np.array([shift.start for shift in shifts], np.int64)
        self.end = np.array([shift.end for shift in shifts], np.int64)
        self.day = np.array([problem.day_of(shift) for shift in shifts], np.int64)
        self.groups = [shift.group for shift in shifts]
        self.perimeters = [shift.perimeter for shift in shifts]
        self.places = [shift.location for shift in shifts]
        self.always = [(rule, broken) for rule, broken in self._by_shift_alone(shifts) if broken.any()]
        self.in_group: dict[str | None, Flags] = {}

    def _by_shift_alone(self, shifts: tuple[Shift, ...]) -> list[tuple[Rule, Flags]]:
        rules = self.problem.rules
        length = self.end - self.start
        suit = np.array([shift.suit for shift in shifts], bool)
        standby = np.array([shift.standby for shift in shifts], bool)
        band = np.array([shift.band for shift in shifts], np.int64)
        night = np.array([bool(self.problem.nights_of(shift)) for shift in shifts], bool)
        return [
            (rules.shift_length, length > rules.shift_length.value),
            (rules.night_length, ~standby & night & (length > rules.night_length.value)),
            (rules.suit_length, suit & (length > rules.suit_length.value)),
            (rules.heat_stop, band >= rules.heat_stop.value),
        ]

    def metres_from(self, person: Person) -> Whole:
        known = {place: metres(person.home, place) for place in set(self.places)}
        return np.array([known[place] for place in self.places], np.int64)

    def broken_by(self, person: Person, way: Whole) -> list[tuple[Rule, Flags]]:
        """Each rule about one person and one shift, and where he breaks it."""
        rules = self.problem.rules
        found = list(self.always)
        if person.available is not None:
            found.append((rules.availability, ~self._covered(person.available)))
        if person.days_off:
            found.append((rules.day_off, np.isin(self.day, list(person.days_off))))
        found.append((rules.perimeter, self._wrong_side(person)))
        if person.max_distance is not None:
            found.append((rules.reach, way > person.max_distance))
        if person.group not in self.in_group:
            self.in_group[person.group] = np.array([group in (None, person.group) for group in self.groups], bool)
        found.append((rules.group, ~self.in_group[person.group]))
        return found

    def _covered(self, windows: tuple[tuple[int, int], ...]) -> Flags:
        """Where windows, joined where they touch, hold the whole shift."""
        joined: list[list[int]] = []
        for start, end in sorted(windows):
            if joined and start <= joined[-1][1]:
                joined[-1][1] = max(joined[-1][1], end)
            else:
                joined.append([start, end])
        covered = np.zeros(len(self.start), bool)
        for start, end in joined:
            covered |= (start <= self.start) & (self.end <= end)
        return covered

    def _wrong_side(self, person: Person) -> Flags:
        """He must be inside a shift's perimeter all the time, or outside every one."""
        wrong = np.array([perimeter is not None for perimeter in self.perimeters], bool)
        if not person.stays:
            return wrong
        for number, perimeter in enumerate(self.perimeters):
            start, end = self.start[number], self.end[number]
            if perimeter is None:
                wrong[number] = any(stay.start < end and start < stay.end for stay in person.stays)
                continue
            inside = start
            for stay in sorted(person.stays, key=lambda stay: stay.start):
                if stay.perimeter == perimeter and stay.start <= inside:
                    inside = max(inside, stay.end)
            wrong[number] = inside < end
        return wrong
