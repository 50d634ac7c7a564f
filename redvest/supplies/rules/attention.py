"""What needs attention: an item that will not last, a batch that expires, goods that nobody has allocated."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from redvest.incidents.playbooks.schema import SupplyTimes
from redvest.supplies.models import Item

# What is brought for households and must reach them; kit and tools lie ready on purpose.
FOR_HOUSEHOLDS = frozenset({Item.Kind.FOOD, Item.Kind.DAILY, Item.Kind.MEDICINE})


class Cover(StrEnum):
    """How long an item lasts at the pace of the last days, or for the coming shifts."""

    NONE_LEFT = "none_left"
    LOW = "low"
    ENOUGH = "enough"
    UNUSED = "unused"


class Expiry(StrEnum):
    """How a batch stands to its date."""

    EXPIRED = "expired"
    SOON = "soon"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Pace:
    """Units a day: what left the stores on the last days, and what the coming shifts wear."""

    used: float = 0.0
    kit: float = 0.0

    @property
    def a_day(self) -> float:
        """The larger of both: the kit of the coming shifts is part of what will be used, not beside it."""
        return max(self.used, self.kit)


def days_of_cover(free: int, pace: Pace) -> float | None:
    """How many days the free stock lasts; None where nothing is used."""
    return round(free / pace.a_day, 1) if pace.a_day else None


def cover(free: int, pace: Pace, times: SupplyTimes) -> Cover:
    days = days_of_cover(free, pace)
    if days is None:
        return Cover.UNUSED
    if free <= 0:
        return Cover.NONE_LEFT
    return Cover.LOW if days < times.cover_days else Cover.ENOUGH


def expiry(expires_on: date | None, today: date, times: SupplyTimes) -> Expiry:
    """A batch may be handed out on the day it is good until, not after it."""
    if expires_on is None:
        return Expiry.FINE
    if expires_on < today:
        return Expiry.EXPIRED
    return Expiry.SOON if expires_on <= today + timedelta(days=times.expiry_days) else Expiry.FINE


def waits_too_long(kind: str, free: int, since: datetime, now: datetime, times: SupplyTimes) -> bool:
    """Goods for households that lie free in a store for longer than they may."""
    return kind in FOR_HOUSEHOLDS and free > 0 and now - since >= timedelta(hours=times.unallocated_hours)


def strictest(found: list[SupplyTimes]) -> SupplyTimes:
    """Where several incidents run, whoever warns first is listened to."""
    if not found:
        return SupplyTimes()
    return SupplyTimes(
        unallocated_hours=min(each.unallocated_hours for each in found),
        expiry_days=max(each.expiry_days for each in found),
        cover_days=max(each.cover_days for each in found),
        use_days=min(each.use_days for each in found),
    )
