"""Checks a roster against an instance, rule by rule as its authors state them, and counts its cost.

It shares nothing with the solver but the instance. Days before the first and after the last count as days off where a
run of work may not be too long, and as more of the same where a run may not be too short.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from redvest.engine.roster.shift_scheduling.instance import DAYS_A_WEEK, SATURDAY, Instance, Person, Plan

Shifts = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A hard rule that a roster breaks."""

    person: str
    rule: str

    def __str__(self) -> str:
        return f"{self.person}: {self.rule}"


@dataclass(frozen=True, slots=True)
class Report:
    """What the checker found: broken rules, and the cost of requests and of cover apart."""

    broken: tuple[Broken, ...]
    requests: int
    under: int
    over: int

    @property
    def cost(self) -> int:
        return self.requests + self.under + self.over


def check(instance: Instance, plan: Plan) -> Report:
    """Every broken rule, and the cost."""
    broken = [
        Broken(person.id, rule) for person in instance.people for rule in _rules(instance, person, plan.get(person.id))
    ]
    people = {person.id for person in instance.people}
    broken += [
        Broken(stranger, "is not among the people of the instance") for stranger in plan if stranger not in people
    ]
    under, over = _cover(instance, plan)
    return Report(tuple(broken), _requests(instance, plan), under, over)


def _rules(instance: Instance, person: Person, shifts: Shifts | None) -> Iterator[str]:
    if shifts is None or len(shifts) != instance.days:
        yield f"needs a shift or none on each of {instance.days} days"
        return
    known = {shift.id: shift for shift in instance.shifts}
    unknown = {shift for shift in shifts if shift is not None and shift not in known}
    if unknown:
        yield f"works {', '.join(sorted(map(str, unknown)))}, which the instance does not know"
        return
    yield from _amounts(instance, person, shifts)
    yield from _runs(person, shifts)
    for day, (one, next_one) in enumerate(pairwise(shifts)):
        if one is not None and next_one is not None and next_one in known[one].not_before:
            yield f"{next_one} on day {day + 1} may not follow {one}"
    for day in sorted(person.days_off):
        if shifts[day] is not None:
            yield f"works on day {day}, a day off"


def _amounts(instance: Instance, person: Person, shifts: Shifts) -> Iterator[str]:
    counts = Counter(shift for shift in shifts if shift is not None)
    minutes = sum(shift.minutes * counts[shift.id] for shift in instance.shifts)
    if not person.min_minutes <= minutes <= person.max_minutes:
        yield f"works {minutes} minutes, allowed are {person.min_minutes} to {person.max_minutes}"
    for shift, most in person.most.items():
        if counts[shift] > most:
            yield f"works {shift} {counts[shift]} times, at most {most} are allowed"
    weekends = {
        day // DAYS_A_WEEK for day, shift in enumerate(shifts) if shift is not None and day % DAYS_A_WEEK >= SATURDAY
    }
    if len(weekends) > person.max_weekends:
        yield f"works {len(weekends)} weekends, at most {person.max_weekends} are allowed"


def _runs(person: Person, shifts: Shifts) -> Iterator[str]:
    day = 0
    for works, group in groupby(shifts, key=lambda shift: shift is not None):
        length = len(list(group))
        at_border = day == 0 or day + length == len(shifts)
        if works and length > person.max_run:
            yield f"works {length} days in a row from day {day}, at most {person.max_run} are allowed"
        if works and length < person.min_run and not at_border:
            yield f"works {length} days in a row from day {day}, at least {person.min_run} are needed"
        if not works and length < person.min_off and not at_border:
            yield f"is off for {length} days from day {day}, at least {person.min_off} are needed"
        day += length


def _requests(instance: Instance, plan: Plan) -> int:
    return sum(
        request.weight
        for request in instance.requests
        if (_at(plan, request.person, request.day) == request.shift) is not request.wanted
    )


def _cover(instance: Instance, plan: Plan) -> tuple[int, int]:
    present = Counter((day, shift) for shifts in plan.values() for day, shift in enumerate(shifts) if shift is not None)
    under = over = 0
    for cover in instance.covers:
        there = present[cover.day, cover.shift]
        under += cover.under * max(0, cover.wanted - there)
        over += cover.over * max(0, there - cover.wanted)
    return under, over


def _at(plan: Plan, person: str, day: int) -> str | None:
    shifts = plan.get(person, ())
    return shifts[day] if day < len(shifts) else None
