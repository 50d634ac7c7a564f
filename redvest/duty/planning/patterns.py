"""Which shifts a pattern makes on which days, and whose turn it is. Pure: no database, no clock, no engine."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from redvest.incidents.playbooks.schema import Pattern

DUTY_DAY_START = 6 * 60  # minutes after midnight; domain.md section 6


@dataclass(frozen=True, slots=True)
class Turn:
    """One shift that a pattern makes: it belongs to a duty day, lasts from ``starts`` to ``ends`` (UTC)."""

    duty_day: date
    starts: datetime
    ends: datetime
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """A stretch of a day by the wall clock, in minutes after midnight; ``end`` beyond 1440 crosses midnight."""

    start: int
    end: int
    label: str = ""


def duty_day(moment: datetime, zone: ZoneInfo) -> date:
    """The duty day in which a moment lies: it starts at 06:00 local time."""
    return (moment.astimezone(zone).replace(tzinfo=None) - timedelta(minutes=DUTY_DAY_START)).date()


def day_bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when until when the duty days ``first`` to ``last`` last."""
    return at(first, DUTY_DAY_START, zone), at(last + timedelta(days=1), DUTY_DAY_START, zone)


def at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """A wall-clock time of a local day as UTC; minutes may go beyond midnight."""
    local = datetime.combine(day, time(), zone) + timedelta(minutes=minutes)
    return local.astimezone(UTC)


def turns(
    pattern: Pattern, first: date, last: date, zone: ZoneInfo, *, anchor: date, overlap: int | None = None
) -> list[Turn]:
    """The shifts of the duty days ``first`` to ``last``, in time order.

    A shift that starts before 06:00 belongs to the duty day before. The people going off stay for ``overlap``
    minutes (by default the pattern's) to hand over. Groups change every ``swap_after_days`` days from ``anchor``.
    """
    stay = pattern.overlap_minutes if overlap is None else overlap
    made = [
        Turn(
            duty_day=day,
            starts=at(_calendar_day(day, shift.start), shift.start, zone),
            ends=at(_calendar_day(day, shift.start), shift.end + stay, zone),
            label=shift.slug,
            group=group_of(pattern, shift.slug, day, anchor),
        )
        for day in days(first, last)
        for shift in pattern.shifts
    ]
    return sorted(made, key=lambda turn: turn.starts)


def free_turns(times: Iterable[Times], first: date, last: date, zone: ZoneInfo) -> list[Turn]:
    """The shifts of freely given times on each of the duty days."""
    made = [
        Turn(
            duty_day=day,
            starts=at(_calendar_day(day, stretch.start), stretch.start, zone),
            ends=at(_calendar_day(day, stretch.start), stretch.end, zone),
            label=stretch.label,
        )
        for day in days(first, last)
        for stretch in times
    ]
    return sorted(made, key=lambda turn: turn.starts)


def days(first: date, last: date) -> Iterator[date]:
    """Each day from ``first`` to ``last``, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def group_of(pattern: Pattern, shift: str, day: date, anchor: date) -> str:
    """Whose turn a shift is on a day; "" when the pattern has no groups for it.

    After every ``swap_after_days`` days each group moves on to what the next group did; where a group has no shifts and
    is no reserve, it rests (four groups for three shifts). The reserve never has a turn.
    """
    taking = [group for group in pattern.groups if not group.reserve]
    rounds = (day - anchor).days // pattern.swap_after_days if pattern.swap_after_days else 0
    for place, group in enumerate(taking):
        if shift in taking[(place + rounds) % len(taking)].shifts:
            return group.slug
    return ""


def split_evenly(people: Sequence[int], pattern: Pattern) -> dict[int, str]:
    """Who is in which group when nobody has said so: in turn, every fifth person in the reserve if there is one."""
    taking = [group.slug for group in pattern.groups if not group.reserve]
    reserve = next((group.slug for group in pattern.groups if group.reserve), None)
    if not taking:
        return {}
    order = [*taking, *taking, reserve] if reserve else taking
    return {person: order[place % len(order)] for place, person in enumerate(people)}


def _calendar_day(day: date, start: int) -> date:
    """The calendar day on which a shift of a duty day starts."""
    return day if start >= DUTY_DAY_START else day + timedelta(days=1)
