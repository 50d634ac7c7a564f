"""The times offered to somebody who says "yes, from a time on": a few taps instead of typing."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class ComingTime:
    """A time to choose, as the form sends it."""

    at: datetime

    @property
    def value(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%M}"


def coming_times(now: datetime) -> list[ComingTime]:
    """In 1, 2 and 4 hours (to the next quarter), this evening at 18:00, tomorrow at 07:00 and 14:00; local times."""
    soon = [_quarter(now + timedelta(hours=hours)) for hours in (1, 2, 4)]
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    fixed = [midnight + timedelta(hours=hours) for hours in (18, 24 + 7, 24 + 14)]
    later = [at for at in fixed if at > soon[-1]]
    return [ComingTime(at) for at in sorted({*soon, *later})]


def _quarter(at: datetime) -> datetime:
    """The next full quarter of an hour."""
    whole = at.replace(second=0, microsecond=0)
    return whole + timedelta(minutes=-whole.minute % 15)
