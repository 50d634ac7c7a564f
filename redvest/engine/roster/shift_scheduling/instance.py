"""An instance of the benchmark: shifts on days, people with rules of their own, requests, and cover to be met."""

from collections.abc import Mapping
from dataclasses import dataclass

DAYS_A_WEEK = 7
SATURDAY = 5
"""Day 0 is a Monday."""


@dataclass(frozen=True, slots=True)
class Shift:
    id: str
    minutes: int
    not_before: frozenset[str] = frozenset()
    """Shifts that may not follow it on the next day."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person's rules. A run touching the first or last day may be shorter than its minimum."""

    id: str
    most: Mapping[str, int]
    """How often each shift may be worked; one that is not named has no limit."""
    max_minutes: int
    min_minutes: int
    max_run: int
    min_run: int
    min_off: int
    max_weekends: int
    days_off: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Request:
    """Costs its weight if not met: working that shift on that day, or (wanted=False) not working it."""

    person: str
    day: int
    shift: str
    weight: int
    wanted: bool


@dataclass(frozen=True, slots=True)
class Cover:
    """So many people on a shift of a day; each missing or surplus one costs."""

    day: int
    shift: str
    wanted: int
    under: int
    over: int


Plan = Mapping[str, tuple[str | None, ...]]
"""For each person, a shift or None on each day."""


@dataclass(frozen=True, slots=True)
class Instance:
    """All of it. Raises `ValueError` with a sentence when it makes no sense."""

    days: int
    shifts: tuple[Shift, ...]
    people: tuple[Person, ...]
    requests: tuple[Request, ...]
    covers: tuple[Cover, ...]

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("the horizon must be at least one day")
        _different("shift", [shift.id for shift in self.shifts])
        _different("person", [person.id for person in self.people])
        self._check_shifts()
        self._check_people()
        self._check_days()

    def _check_shifts(self) -> None:
        known = {shift.id for shift in self.shifts}
        for shift in self.shifts:
            if shift.minutes <= 0:
                raise ValueError(f"shift {shift.id} must last longer than 0 minutes, not {shift.minutes}")
            if shift.not_before - known:
                raise ValueError(f"shift {shift.id} is followed by {min(shift.not_before - known)}, which is no shift")

    def _check_people(self) -> None:
        known = {shift.id for shift in self.shifts}
        for person in self.people:
            if set(person.most) - known:
                raise ValueError(f"person {person.id} may work {min(set(person.most) - known)}, which is no shift")
            if person.max_run < 1 or person.min_run < 0 or person.min_off < 0 or person.max_weekends < 0:
                raise ValueError(f"person {person.id} has a negative number, or no working days in a row at all")
            if not all(0 <= day < self.days for day in person.days_off):
                raise ValueError(f"person {person.id} has a day off outside the horizon")

    def _check_days(self) -> None:
        shifts, people = {shift.id for shift in self.shifts}, {person.id for person in self.people}
        entries: list[Request | Cover] = [*self.requests, *self.covers]
        for entry in entries:
            if entry.shift not in shifts:
                raise ValueError(f"{entry.shift} is no shift, but has a request or a cover")
            if not 0 <= entry.day < self.days:
                raise ValueError(f"a request or a cover lies on day {entry.day}; days are 0 to {self.days - 1}")
        for request in self.requests:
            if request.person not in people:
                raise ValueError(f"{request.person} is nobody, but has a request")
        for cover in self.covers:
            if cover.wanted < 0 or cover.under < 0 or cover.over < 0:
                raise ValueError(f"the cover of {cover.shift} on day {cover.day} has a negative number")


def _different(what: str, names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what} {name} is there twice")
        seen.add(name)
