"""When a person can serve: what he said he can and cannot, cut to the days of a roster. Pure arithmetic of spans."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo


class Span(NamedTuple):
    """From ``starts`` up to, and without, ``ends``."""

    starts: datetime
    ends: datetime


class Said(Protocol):
    """What somebody said about his time: the fields of ``people.Availability`` that matter here."""

    kind: str
    starts: datetime
    ends: datetime | None
    daily_from: time | None
    daily_until: time | None


def windows(said: Sequence[Said], whole: Span, zone: ZoneInfo) -> list[Span]:
    """The times inside ``whole`` in which he can serve. Having said when he can, he cannot at other times."""
    can: list[Span] = []
    cannot: list[Span] = []
    for each in said:
        (cannot if each.kind == "cannot" else can).extend(_spans(each, whole, zone))
    free = merged(can) if any(each.kind == "can" for each in said) else [whole]
    return subtract(free, merged(cannot))


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as spans that neither overlap nor touch, in order."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.starts <= joined[-1].ends:
            joined[-1] = Span(joined[-1].starts, max(joined[-1].ends, span.ends))
        else:
            joined.append(span)
    return joined


def subtract(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """What is left of ``spans`` without ``taken``; both merged."""
    left = list(spans)
    for gone in taken:
        left = [
            part
            for span in left
            for part in (Span(span.starts, min(span.ends, gone.starts)), Span(max(span.starts, gone.ends), span.ends))
            if part.starts < part.ends
        ]
    return merged(left)


def cut(spans: Iterable[Span], starts: datetime, ends: datetime) -> list[Span]:
    """The parts of ``spans`` between two moments."""
    parts = (Span(max(span.starts, starts), min(span.ends, ends)) for span in spans)
    return [part for part in parts if part.starts < part.ends]


def _spans(said: Said, whole: Span, zone: ZoneInfo) -> list[Span]:
    inside = cut([Span(said.starts, said.ends or whole.ends)], whole.starts, whole.ends)
    if not inside or said.daily_from is None or said.daily_until is None:
        return inside
    daily = []
    day = (inside[0].starts.astimezone(zone) - timedelta(days=1)).date()
    while datetime.combine(day, time(), zone) < inside[0].ends:
        later = day if said.daily_until > said.daily_from else day + timedelta(days=1)
        daily.append(
            Span(datetime.combine(day, said.daily_from, zone), datetime.combine(later, said.daily_until, zone))
        )
        day += timedelta(days=1)
    return [part for span in merged(daily) for part in cut([span], inside[0].starts, inside[0].ends)]
