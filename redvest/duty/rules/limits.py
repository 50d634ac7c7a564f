"""What one more duty would break for a person: each limit a function of its name, worst first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from redvest.duty.rules.stretches import (
    DAY,
    HORIZON,
    NIGHTS_BEFORE_REST,
    WEEK_DAYS,
    Limit,
    Limits,
    Stretch,
    minutes_within,
    run_of,
)


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that one more duty would break. ``details`` are the fields of the sentence."""

    limit: Limit
    details: Mapping[str, Any] = field(default_factory=dict)


Found = Iterator[Breach]
Duties = Sequence[Stretch]


def clash(new: Stretch, duties: Duties) -> Stretch | None:
    """The duty that overlaps the new one, if any."""
    return next((duty for duty in duties if duty.starts < new.ends and new.starts < duty.ends), None)


def breaches(new: Stretch, duties: Duties, limits: Limits) -> list[Breach]:
    """Everything that the new duty would break beside these; the stopping ones first."""
    near = [duty for duty in duties if abs(duty.starts - new.starts) <= HORIZON]
    if not near:
        alone = (day_hours, suit_hours)
        return [breach for rule in alone for breach in rule(new, near, limits)]
    found = [breach for rule in LIMITS for breach in rule(new, near, limits)]
    return sorted(found, key=lambda breach: not breach.limit.stops) if len(found) > 1 else found


def rest_floor(new: Stretch, duties: Duties, limits: Limits) -> Found:
    yield from _rest(new, duties, limits["rest_floor"])


def rest(new: Stretch, duties: Duties, limits: Limits) -> Found:
    yield from _rest(new, duties, limits["rest"])


def day_hours(new: Stretch, duties: Duties, limits: Limits) -> Found:
    """Service (not standby) in the 24 hours from the start of any duty that the new one touches."""
    if not new.is_standby:
        service = [duty for duty in (*duties, new) if not duty.is_standby]
        yield from _in_a_day(new, service, limits["day_hours"])


def suit_hours(new: Stretch, duties: Duties, limits: Limits) -> Found:
    if new.needs_suit:
        yield from _in_a_day(new, [duty for duty in (*duties, new) if duty.needs_suit], limits["suit_hours"])


def week_hours(new: Stretch, duties: Duties, limits: Limits) -> Found:
    yield from _in_a_week(new, duties, limits["week_hours"])


def week_hours_wanted(new: Stretch, duties: Duties, limits: Limits) -> Found:
    yield from _in_a_week(new, duties, limits["week_hours_wanted"])


def nights_in_row(new: Stretch, duties: Duties, limits: Limits) -> Found:
    yield from _nights(new, duties, limits["nights_in_row"])


def nights_in_row_wanted(new: Stretch, duties: Duties, limits: Limits) -> Found:
    yield from _nights(new, duties, limits["nights_in_row_wanted"])


def rest_after_nights(new: Stretch, duties: Duties, limits: Limits) -> Found:
    """After the last of some nights in a row nothing for a day, unless it is the next night of the same run."""
    limit = limits["rest_after_nights"]
    if limit.severity == "off":
        return
    free = timedelta(minutes=limit.value)
    everything = (*duties, new)
    nights = {night for duty in everything for night in duty.nights}
    for first in everything:
        for second in everything:
            if new not in (first, second) or not timedelta(0) <= second.starts - first.ends < free:
                continue
            for night in first.nights:
                run = all(night - back * DAY in nights for back in range(NIGHTS_BEFORE_REST))
                if run and not {night, night + DAY} & set(second.nights):
                    yield Breach(limit, {"until": first.ends + free, "nights": run_of(nights, night)})
                    return


def days_in_row(new: Stretch, duties: Duties, limits: Limits) -> Found:
    limit = limits["days_in_row"]
    days = {duty.day for duty in duties} | {new.day}
    if limit.severity != "off" and run_of(days, new.day) > limit.value:
        yield Breach(limit, {"days": limit.value})


LIMITS: tuple[Callable[[Stretch, Duties, Limits], Found], ...] = (
    rest_floor,
    day_hours,
    suit_hours,
    week_hours,
    nights_in_row,
    rest_after_nights,
    days_in_row,
    rest,
    week_hours_wanted,
    nights_in_row_wanted,
)


def _rest(new: Stretch, duties: Duties, limit: Limit) -> Found:
    """Too little time after the duty before, or before the duty after. Standby counts: it is no rest."""
    if limit.severity == "off":
        return
    least = timedelta(minutes=limit.value)
    for duty in duties:
        if timedelta(0) <= new.starts - duty.ends < least:
            yield Breach(limit, {"until": duty.ends + least, "minutes": limit.value})
            return
    for duty in duties:
        if timedelta(0) <= duty.starts - new.ends < least:
            yield Breach(limit, {"next": duty.starts, "post": duty.post, "minutes": limit.value})
            return


def _in_a_day(new: Stretch, counted: Duties, limit: Limit) -> Found:
    if limit.severity == "off":
        return
    # The fullest 24 hours begin where a duty begins; only those that touch the new duty can have become worse.
    for first in counted:
        if not first.starts < new.ends or not new.starts < first.starts + DAY:
            continue
        minutes = minutes_within(counted, first.starts, first.starts + DAY)
        if minutes > limit.value:
            yield Breach(limit, {"minutes": minutes, "most": limit.value})
            return


def _in_a_week(new: Stretch, duties: Duties, limit: Limit) -> Found:
    """Service of any seven duty days with the new one among them."""
    if limit.severity == "off" or new.is_standby:
        return
    minutes: dict[date, int] = {new.day: new.minutes}
    for duty in duties:
        if not duty.is_standby:
            minutes[duty.day] = minutes.get(duty.day, 0) + duty.minutes
    if sum(minutes.values()) <= limit.value:
        return
    worst = 0
    for ahead in range(WEEK_DAYS):
        last = new.day + ahead * DAY
        first = last - (WEEK_DAYS - 1) * DAY
        worst = max(worst, sum(length for day, length in minutes.items() if first <= day <= last))
    if worst > limit.value:
        yield Breach(limit, {"minutes": worst, "most": limit.value})


def _nights(new: Stretch, duties: Duties, limit: Limit) -> Found:
    if limit.severity == "off" or not new.nights:
        return
    nights = {night for duty in duties for night in duty.nights} | set(new.nights)
    longest = max(run_of(nights, night) for night in new.nights)
    if longest > limit.value:
        yield Breach(limit, {"nights": longest, "most": limit.value})
