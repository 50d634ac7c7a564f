"""An instance as arrays, or a part of it: some people on some of its days, with everything else as it stands."""

from collections import defaultdict
from dataclasses import dataclass
from math import gcd
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from redvest.engine.roster.columns.rows import Flags, Floats, Ints, Row, Rows
from redvest.engine.roster.shift_scheduling.instance import DAYS_A_WEEK, SATURDAY, Instance

OFF = -1
Shifts = NDArray[np.int16]
"""people x days: the number of a shift, or OFF."""


class Grid(NamedTuple):
    """What the compiled pricing reads. Days are numbered within the part; `begins[d]` marks where a stretch of days
    starts that does not go on from the day before (always at 0 and at the end): runs touching such a border may be
    short.
    """

    base: Floats  # people x days x shifts: own cost; infinite where the shift may not be worked
    off_ok: Flags  # people x days
    begins: Flags  # days + 1
    touched: Ints  # days x length - 1: how many weekends a run from that day touches
    family: Ints  # shift -> its family: shifts of equal length that follow and are followed alike
    follows: Flags  # family x family: the second may come on the day after the first
    extra: Ints  # family -> units of time above those of the shortest shift
    shortest: int  # units of time of the shortest shift
    low: Ints  # per person: least and most units of time
    high: Ints
    min_run: Ints
    max_run: Ints
    min_off: Ints
    weekends: Ints
    most: Ints  # people x shifts
    row: Ints  # days x shifts: its row, or -1 where nothing is to be decided


@dataclass(frozen=True, slots=True)
class Part:
    """A grid with its rows, and where its people and days lie in the instance."""

    grid: Grid
    rows: Rows
    people: Ints
    days: Ints

    @property
    def free_days(self) -> Flags:
        return np.asarray((self.grid.row >= 0).any(axis=1))


def whole(instance: Instance) -> Part:
    """The whole instance as one part."""
    people, days, shifts = len(instance.people), instance.days, len(instance.shifts)
    number = {shift.id: index for index, shift in enumerate(instance.shifts)}
    unit, units = _units(instance)
    family, follows, extra, shortest = _families(instance, units)
    persons = instance.people
    longest = max(1, min(days, max((person.max_run for person in persons), default=1)))
    begins = np.zeros(days + 1, dtype=np.bool_)
    begins[[0, days]] = True
    grid = Grid(
        base=_base(instance, number),
        off_ok=np.ones((people, days), dtype=np.bool_),
        begins=begins,
        touched=touched_weekends(np.arange(days, dtype=np.int32), longest),
        family=family,
        follows=follows,
        extra=extra,
        shortest=shortest,
        low=_ints(max(0, -(-person.min_minutes // unit)) for person in persons),
        high=_ints(min(person.max_minutes // unit, int(units.max(initial=0)) * days) for person in persons),
        min_run=_ints(person.min_run for person in persons),
        max_run=_ints(min(person.max_run, days) for person in persons),
        min_off=_ints(max(1, person.min_off) for person in persons),
        weekends=_ints(person.max_weekends for person in persons),
        most=np.array(
            [[min(days, person.most.get(shift.id, days)) for shift in instance.shifts] for person in persons],
            dtype=np.int32,
        ).reshape(people, shifts),
        row=np.arange(days * shifts, dtype=np.int32).reshape(days, shifts),
    )
    return Part(grid, _rows(instance, number), np.arange(people, dtype=np.int32), np.arange(days, dtype=np.int32))


def touched_weekends(days: Ints, longest: int) -> Ints:
    """For each day and length of run, how many weekends the run touches; days with a gap between them end every run."""
    weekend = np.where(days % DAYS_A_WEEK >= SATURDAY, days // DAYS_A_WEEK, -1)
    touched = np.zeros((len(days), longest), dtype=np.int32)
    for length in range(1, longest + 1):
        for day in range(len(days) - length + 1):
            window = weekend[day : day + length]
            touched[day, length - 1] = len(set(window[window >= 0].tolist()))
    return touched


def _ints(values: "object") -> Ints:
    return np.array(list(values), dtype=np.int32)  # type: ignore[call-overload]


def _units(instance: Instance) -> tuple[int, Ints]:
    """The largest unit of time in which all shifts are whole, and each shift in it."""
    minutes = [shift.minutes for shift in instance.shifts]
    unit = gcd(*minutes) if minutes else 1
    return unit, _ints(length // unit for length in minutes)


def _families(instance: Instance, units: Ints) -> tuple[Ints, Flags, Ints, int]:
    """Shifts that no rule but a person's own limits tells apart are one family: only the cheapest of a day matters."""
    before: dict[str, set[str]] = defaultdict(set)
    for shift in instance.shifts:
        for other in shift.not_before:
            before[other].add(shift.id)
    names: dict[object, int] = {}
    members = []
    for shift, length in zip(instance.shifts, units.tolist(), strict=True):
        key = (length, shift.not_before, frozenset(before[shift.id]))
        members.append(names.setdefault(key, len(names)))
    family = _ints(members)
    first = [members.index(index) for index in range(len(names))]
    follows = np.array(
        [[instance.shifts[b].id not in instance.shifts[a].not_before for b in first] for a in first], dtype=np.bool_
    ).reshape(len(names), len(names))
    shortest = int(units.min(initial=10**6)) if len(units) else 1
    return family, follows, _ints(int(units[index]) - shortest for index in first), shortest


def _base(instance: Instance, number: dict[str, int]) -> Floats:
    """What working each shift costs a person, less what not working it costs; infinite if he may not."""
    base = np.zeros((len(instance.people), instance.days, len(instance.shifts)))
    who = {person.id: index for index, person in enumerate(instance.people)}
    for request in instance.requests:
        at = who[request.person], request.day, number[request.shift]
        base[at] += -request.weight if request.wanted else request.weight
    for person in instance.people:
        base[who[person.id], sorted(person.days_off)] = np.inf
        for shift, most in person.most.items():
            if most <= 0:
                base[who[person.id], :, number[shift]] = np.inf
    return base


def constant(instance: Instance) -> int:
    """The cost of requests when nobody works at all; `base` counts from there."""
    return sum(request.weight for request in instance.requests if request.wanted)


def _rows(instance: Instance, number: dict[str, int]) -> Rows:
    """One row for each day and shift; several covers of one shift add up."""
    covers: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    for cover in instance.covers:
        covers[cover.day, number[cover.shift]].append((cover.wanted, cover.under, cover.over))
    rows = []
    for day in range(instance.days):
        for shift in range(len(instance.shifts)):
            rows.append(_row(sorted(covers.get((day, shift), [(0, 0, 0)]))))
    return Rows.of(rows)


def _row(covers: list[tuple[int, int, int]]) -> Row:
    points = tuple(float(wanted) for wanted, _, _ in covers)
    slopes = [-float(sum(under for _, under, _ in covers))]
    for _, under, over in covers:
        slopes.append(slopes[-1] + under + over)
    at_first = sum(under * (wanted - points[0]) for wanted, under, _ in covers)
    return Row(points, tuple(slopes), at_first=at_first)
