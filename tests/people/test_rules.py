"""Who fits a task, and the reason why not: every rule once, without a database."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redvest.people.rules import SENTENCES, Facts, Span, Task, Unfit, is_available, reasons_against

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 0, 0, tzinfo=ZONE)


def against(person: Facts, task: Task) -> list[Unfit]:
    return [reason.unfit for reason in reasons_against(person, task, year=2026, zone=ZONE)]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def test_nobody_has_a_reason_against_an_open_task() -> None:
    assert against(Facts(), Task()) == []


@pytest.mark.parametrize(
    ("person", "task", "expected"),
    [
        (Facts(left=True), Task(), [Unfit.LEFT]),
        (Facts(verified=False), Task(), [Unfit.NOT_VERIFIED]),
        (Facts(consented=False), Task(), [Unfit.NO_CONSENT]),
        (Facts(consented=False, is_staff=True), Task(), []),
        (Facts(), Task(least_age=18), [Unfit.AGE_UNKNOWN]),
        (Facts(birth_year=2008), Task(least_age=18), [Unfit.TOO_YOUNG]),
        (Facts(birth_year=2007), Task(least_age=18), []),
        (Facts(birth_year=1965), Task(most_age=60), []),
        (Facts(birth_year=1964), Task(most_age=60), [Unfit.TOO_OLD]),
        (Facts(skills=frozenset({"driving"})), Task(skills=frozenset({"driving", "first_aid"})), [Unfit.UNSKILLED]),
        (Facts(languages=frozenset({"cmn"})), Task(languages=frozenset({"csl"})), [Unfit.LANGUAGE]),
        (Facts(home=(29.38, 106.54), max_distance_km=2), Task(place=(29.38, 106.58)), [Unfit.TOO_FAR]),
        (Facts(home=(29.38, 106.54), max_distance_km=5), Task(place=(29.38, 106.58)), []),
        (Facts(home=None, max_distance_km=1), Task(place=(29.38, 106.58)), []),
    ],
)
def test_each_rule_gives_its_reason(person: Facts, task: Task, expected: list[Unfit]) -> None:
    assert against(person, task) == expected


def test_every_reason_has_a_sentence_with_its_figures() -> None:
    assert set(SENTENCES) == set(Unfit)
    [reason] = reasons_against(
        Facts(home=(29.38, 106.54), max_distance_km=2), Task(place=(29.38, 106.58)), year=2026, zone=ZONE
    )
    assert "3.9" in str(reason)
    assert "2" in str(reason)


def test_who_said_nothing_is_asked_like_everybody() -> None:
    assert is_available([], at(0, 8), at(0, 16), ZONE)


def test_an_open_end_covers_everything_after_it() -> None:
    offered = [Span(True, at(0, 0))]
    assert is_available(offered, at(40, 8), at(40, 16), ZONE)
    assert not is_available(offered, at(-1, 8), at(-1, 16), ZONE)


def test_an_exception_beats_an_offer() -> None:
    said = [Span(True, at(0, 0)), Span(False, at(2, 0), at(3, 0))]
    assert not is_available(said, at(1, 22), at(2, 6), ZONE)
    assert is_available(said, at(3, 0), at(3, 8), ZONE)


def test_daily_hours_cross_midnight() -> None:
    nights = [Span(True, at(0, 0), None, (time(19), time(7)))]
    assert is_available(nights, at(1, 19), at(2, 7), ZONE)
    assert is_available(nights, at(2, 1), at(2, 6), ZONE)
    assert not is_available(nights, at(1, 18), at(1, 22), ZONE)
    assert not is_available(nights, at(1, 19), at(2, 8), ZONE)


def test_daily_exceptions_only_matter_in_their_hours() -> None:
    mornings_off = [Span(False, at(0, 0), None, (time(6), time(12)))]
    assert is_available(mornings_off, at(1, 12), at(1, 18), ZONE)
    assert not is_available(mornings_off, at(1, 11), at(1, 18), ZONE)


times = st.datetimes(datetime(2026, 3, 1), datetime(2026, 3, 9), timezones=st.just(UTC))


@given(st.lists(st.tuples(st.booleans(), times, times), max_size=5), times, st.integers(1, 2000))
def test_availability_agrees_with_its_definition_on_random_spans(
    said: list[tuple[bool, Any, Any]], starts: datetime, minutes: int
) -> None:
    """Spans without daily hours: the answer is what looking at the ends and at the exceptions gives."""
    spans = [Span(can, min(a, b), max(a, b)) for can, a, b in said if a != b]
    ends = starts + timedelta(minutes=minutes)
    blocked = any(not span.can and span.starts < ends and span.ends and span.ends > starts for span in spans)
    offers = [span for span in spans if span.can]
    covered = any(span.starts <= starts and span.ends and ends <= span.ends for span in offers)
    assert is_available(spans, starts, ends, ZONE) == (not blocked and (covered or not offers))
