"""The roster problem: who may serve, what has to be staffed, by which rules. Frozen data and plain facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from math import cos, hypot, radians
from typing import NamedTuple, TypeVar

from redvest.engine.roster.rules import Prices, Rules

DAY = 1440


class Assignment(NamedTuple):
    """One person on one shift. A roster is a frozen set of these."""

    person: str
    shift: str


Roster = frozenset[Assignment]


class Window(NamedTuple):
    """Minutes from the problem's origin: start included, end not."""

    start: int
    end: int


class Point(NamedTuple):
    """Degrees."""

    latitude: float
    longitude: float


class Stay(NamedTuple):
    """While it lasts, the person is inside `perimeter`. Outside all his stays a person is outside every perimeter."""

    perimeter: str
    start: int
    end: int


class SkillNeed(NamedTuple):
    """So many heads of a shift need this skill. One person may cover two needs."""

    skill: str
    heads: int


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty that is not ours to plan: served before the first day, or fixed by another roster.

    It counts in every rule about how duties follow each other; for fairness count it in `past_minutes`.
    """

    id: str
    start: int
    end: int
    standby: bool = False
    suit: bool = False
    band: int = 0

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"duty {self.id} ends before it starts")


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who may serve. `available` None means always; days off are duty days, counted from 0."""

    id: str
    skills: frozenset[str] = frozenset()
    experienced: bool = False
    group: str | None = None
    available: tuple[Window, ...] | None = None
    days_off: frozenset[int] = frozenset()
    stays: tuple[Stay, ...] = ()
    fixed: tuple[Duty, ...] = ()
    past_minutes: int = 0  # service before this problem, for fairness
    past_nights: int = 0
    fair_minutes: int | None = None  # fair share of service, past included; None: fairness is not looked at
    fair_nights: int | None = None
    max_minutes_7d: int | None = None  # his own limit in place of the rule `week_hours`
    home: Point | None = None
    max_distance: int | None = None  # metres
    knows: frozenset[str] = frozenset()  # posts he has served before
    preferences: Mapping[str, int] = field(default_factory=dict)  # shift -> price; a wish is negative

    def __post_init__(self) -> None:
        for start, end in self.available or ():
            if end <= start:
                raise ValueError(f"person {self.id} has a time of availability that ends before it starts")
        for stay in self.stays:
            if stay.end <= stay.start:
                raise ValueError(f"person {self.id} has a stay in {stay.perimeter} that ends before it starts")
        names = [duty.id for duty in self.fixed]
        if len(set(names)) < len(names):
            raise ValueError(f"person {self.id} has two fixed duties of the same name")
        for label, value in (("past minutes", self.past_minutes), ("past nights", self.past_nights)):
            if value < 0:
                raise ValueError(f"person {self.id} has negative {label}")


@dataclass(frozen=True, slots=True)
class Shift:
    """A post to be staffed from start to end: fewer heads than `minimum` is a gap, `wanted` is the aim."""

    id: str
    post: str
    start: int
    end: int
    minimum: int = 1
    wanted: int = 1
    maximum: int = 1
    skills: tuple[SkillNeed, ...] = ()
    experienced: int = 0  # newcomers serve only beside so many experienced people
    never_alone: bool = False
    group: str | None = None
    standby: bool = False
    outdoor: bool = False
    suit: bool = False
    heat: int = 0  # 0 none, 1 from 35 degrees, 2 from 37, 3 from 40
    perimeter: str | None = None
    location: Point | None = None
    priority: int = 1

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"shift {self.id} ends before it starts")
        if not 0 <= self.minimum <= self.wanted <= self.maximum:
            raise ValueError(f"shift {self.id} needs 0 <= minimum <= wanted <= maximum heads")
        if self.maximum < 1:
            raise ValueError(f"shift {self.id} has no place for anyone")
        if not 0 <= self.experienced <= self.maximum:
            raise ValueError(f"shift {self.id} needs more experienced people than it has places")
        for need in self.skills:
            if not 1 <= need.heads <= self.maximum:
                raise ValueError(f"shift {self.id} needs {need.heads} heads with {need.skill} on {self.maximum} places")
        if len({need.skill for need in self.skills}) < len(self.skills):
            raise ValueError(f"shift {self.id} names a skill twice")
        if self.priority < 1:
            raise ValueError(f"shift {self.id} has a priority below 1")

    @property
    def minutes(self) -> int:
        return self.end - self.start

    @property
    def band(self) -> int:
        """The heat band that counts: none indoors; a suit makes a hot day one band hotter."""
        if not self.outdoor or self.heat == 0:
            return 0
        return self.heat + self.suit


Named = TypeVar("Named", Person, Shift)


@dataclass(frozen=True, slots=True)
class Problem:
    """A whole roster problem. Times are whole minutes from 00:00 local time of the date `start`; they may be negative.

    `pinned` assignments stay whatever happens: what they break by themselves is reported as accepted, not as a fault.
    `published` assignments may change at a price.
    """

    start: str
    people: tuple[Person, ...]
    shifts: tuple[Shift, ...]
    rules: Rules = field(default_factory=Rules)
    prices: Prices = field(default_factory=Prices)
    pinned: Roster = frozenset()
    published: Roster = frozenset()
    span: tuple[int, int] | None = None  # first and last duty day that weekly rules look at; None: those of the shifts
    person_of: dict[str, Person] = field(init=False, repr=False, compare=False)
    shift_of: dict[str, Shift] = field(init=False, repr=False, compare=False)
    days: range = field(init=False, repr=False, compare=False)  # the duty days of the span
    published_shifts: frozenset[str] = field(init=False, repr=False, compare=False)
    told: dict[str, frozenset[str]] = field(init=False, repr=False, compare=False)  # person -> his published shifts
    nights: dict[tuple[int, int], tuple[int, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        try:
            date.fromisoformat(self.start)
        except ValueError:
            raise ValueError(f"start {self.start!r} is not a date like 2026-03-02") from None
        object.__setattr__(self, "person_of", _by_id("person", self.people))
        object.__setattr__(self, "shift_of", _by_id("shift", self.shifts))
        for name, roster in (("pinned", self.pinned), ("published", self.published)):
            for person, shift in roster:
                if person not in self.person_of or shift not in self.shift_of:
                    raise ValueError(f"{name} assignment of {person} to {shift} names someone or something unknown")
        for someone in self.people:
            self._check_decided(someone)
        days = [*(self.span or ()), *(self.day_of(shift) for shift in self.shifts)]
        object.__setattr__(self, "days", range(min(days), max(days) + 1) if days else range(0))
        told: dict[str, set[str]] = {}
        for person, shift in self.published:
            told.setdefault(person, set()).add(shift)
        object.__setattr__(self, "told", {person: frozenset(shifts) for person, shifts in told.items()})
        object.__setattr__(self, "published_shifts", frozenset(shift for _, shift in self.published))

    def _check_decided(self, person: Person) -> None:
        """What is decided already, fixed and pinned, must at least not be in two places at once."""
        for duty in person.fixed:
            if duty.id in self.shift_of:
                raise ValueError(f"fixed duty {duty.id} of person {person.id} has the name of a shift")
        pinned = [self.shift_of[shift] for who, shift in self.pinned if who == person.id]
        decided: list[Shift | Duty] = sorted([*pinned, *person.fixed], key=lambda duty: duty.start)
        for first, second in pairwise(decided):
            if second.start < first.end:
                raise ValueError(f"person {person.id} is fixed on {first.id} and {second.id} at the same time")

    @property
    def first_weekday(self) -> int:
        """The weekday of day 0: Monday is 0."""
        return date.fromisoformat(self.start).weekday()

    def day_of(self, duty: Shift | Duty) -> int:
        """The duty day in which a duty starts; day 0 begins at `duty_day_start` of the start date."""
        return (duty.start - self.rules.duty_day_start) // DAY

    def nights_of(self, duty: Shift | Duty) -> tuple[int, ...]:
        """The nights a duty works, named by their duty day: those of which it covers at least `night_minutes`."""
        known = self.nights.get((duty.start, duty.end))
        if known is None:
            known = self.nights[duty.start, duty.end] = self._nights_between(duty.start, duty.end)
        return known

    def _nights_between(self, start: int, end: int) -> tuple[int, ...]:
        rules = self.rules
        near = range((start - rules.night_end) // DAY, (end - rules.night_start) // DAY + 1)
        return tuple(
            day
            for day in near
            if min(end, day * DAY + rules.night_end) - max(start, day * DAY + rules.night_start) >= rules.night_minutes
        )

    def distance(self, person: Person, shift: Shift) -> int:
        """Metres as the crow flies from home to shift; 0 when either place is unknown."""
        return metres(person.home, shift.location)


def metres(here: Point | None, there: Point | None) -> int:
    """Straight-line distance, good to a thousandth within a city; 0 when either end is unknown."""
    if here is None or there is None:
        return 0
    degree = 111_195.0
    north = (here.latitude - there.latitude) * degree
    east = (here.longitude - there.longitude) * degree * cos(radians((here.latitude + there.latitude) / 2))
    return round(hypot(north, east))


def _by_id(kind: str, things: Iterable[Named]) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for thing in things:
        if thing.id in found:
            raise ValueError(f"there are two of {kind} {thing.id}")
        found[thing.id] = thing
    return found
