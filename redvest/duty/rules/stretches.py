"""A duty as the rules see it, and the limits that a playbook sets; words mean what they mean in the roster engine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from math import cos, hypot, radians
from typing import Any
from zoneinfo import ZoneInfo

# The night of a duty day is 22:00 to 06:00 local time; a duty works it from three hours of it on.
NIGHT_STARTS = time(22)
NIGHT_HOURS = timedelta(hours=8)
NIGHT_WORKED = timedelta(hours=3)
NIGHTS_BEFORE_REST = 2
DAY = timedelta(days=1)
WEEK_DAYS = 7
# No limit looks farther than this from a shift.
HORIZON = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: minutes, nights or days, and how strict it is: forbid, override (a named person may), warn, off."""

    name: str
    value: int
    severity: str

    @property
    def stops(self) -> bool:
        """Nobody passes it by signing up himself."""
        return self.severity in ("forbid", "override")


# Where a playbook says nothing (domain.md section 6; each is a default that a playbook may change).
DEFAULTS: Mapping[str, Limit] = {
    name: Limit(name, value, severity)
    for name, value, severity in (
        ("rest_floor", 480, "forbid"),
        ("rest", 660, "warn"),
        ("day_hours", 720, "override"),
        ("suit_hours", 360, "forbid"),
        ("week_hours", 3600, "override"),
        ("week_hours_wanted", 2880, "warn"),
        ("nights_in_row", 3, "forbid"),
        ("nights_in_row_wanted", 2, "warn"),
        ("rest_after_nights", 1440, "forbid"),
        ("days_in_row", 6, "override"),
        ("reach", 0, "forbid"),
        ("skills", 0, "forbid"),
        ("experience", 0, "override"),
    )
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits in force for an incident."""

    by_name: Mapping[str, Limit]

    @classmethod
    def of(cls, rules: Iterable[Any]) -> "Limits":
        """From a playbook's rule values (slug, value, severity); what it leaves out keeps its default."""
        named = {rule.slug: Limit(rule.slug, int(rule.value), str(rule.severity)) for rule in rules}
        return cls({**DEFAULTS, **{name: limit for name, limit in named.items() if name in DEFAULTS}})

    def __getitem__(self, name: str) -> Limit:
        return self.by_name[name]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A shift of a person: when, which duty day, which nights, standby or service, in a suit or not."""

    shift_id: int
    post: str
    starts: datetime
    ends: datetime
    day: date
    nights: tuple[date, ...] = ()
    is_standby: bool = False
    needs_suit: bool = False

    @property
    def minutes(self) -> int:
        return int((self.ends - self.starts).total_seconds()) // 60


@lru_cache(maxsize=2048)
def night_of(day: date, zone: str) -> tuple[datetime, datetime]:
    """The night of a duty day: 22:00 that day to 06:00 the next, in UTC."""
    starts = datetime.combine(day, NIGHT_STARTS, ZoneInfo(zone)).astimezone(UTC)
    return starts, starts + NIGHT_HOURS


def nights_worked(starts: datetime, ends: datetime, day: date, zone: str) -> tuple[date, ...]:
    """The nights of which the stretch covers three hours at least, named by their duty day."""
    found = []
    for night in (day - DAY, day, day + DAY):
        begins, over = night_of(night, zone)
        if min(ends, over) - max(starts, begins) >= NIGHT_WORKED:
            found.append(night)
    return tuple(found)


def minutes_within(duties: Iterable[Stretch], starts: datetime, ends: datetime) -> int:
    """Minutes of the duties between two times."""
    spans = (min(duty.ends, ends) - max(duty.starts, starts) for duty in duties)
    return sum(int(span.total_seconds()) // 60 for span in spans if span > timedelta(0))


def run_of(days: set[date], day: date) -> int:
    """How many days in a row the set holds around this one."""
    first = last = day
    while first - DAY in days:
        first -= DAY
    while last + DAY in days:
        last += DAY
    return (last - first).days + 1


def metres_between(
    latitude: float | None, longitude: float | None, other_latitude: float | None, other_longitude: float | None
) -> int | None:
    """Straight-line distance, good to a thousandth within a city; None when either place is unknown."""
    if latitude is None or longitude is None or other_latitude is None or other_longitude is None:
        return None
    degree = 111_195.0
    north = (latitude - other_latitude) * degree
    east = (longitude - other_longitude) * degree * cos(radians((latitude + other_latitude) / 2))
    return int(hypot(north, east))
