"""May he take this shift? The rules one by one, on plain values, without a database."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import translation

from redvest.duty.rules.limits import breaches
from redvest.duty.rules.signup import Answer, Opening, SignUp, Taker, may_sign_up
from redvest.duty.rules.stretches import DEFAULTS, Limits, Stretch, metres_between, nights_worked
from tests.duty.stage import local

ZONE = "Asia/Shanghai"
NOW = local(1, 9)
LIMITS = Limits(DEFAULTS)
ANYBODY = Taker(is_in_team=True, is_verified=True, has_consented=True)


def a_duty(day: int, hour: int, hours: float = 8, *, standby: bool = False, suit: bool = False) -> Stretch:
    starts = local(day, hour)
    ends = starts + timedelta(hours=hours)
    duty_day = (starts - timedelta(hours=6)).date()
    nights = nights_worked(starts, ends, duty_day, ZONE)
    return Stretch(0, "卡口", starts, ends, duty_day, nights, standby, suit)


def ask(
    duty: Stretch,
    *duties: Stretch,
    taker: Taker = ANYBODY,
    now: datetime = NOW,
    limits: Limits = LIMITS,
    **opening: object,
) -> Answer:
    values = {"stretch": duty, "is_open": True, "taken": 0, "maximum": 2} | opening
    return may_sign_up(replace(taker, duties=duties), Opening(**values), limits, now)  # type: ignore[arg-type]


MORNING = a_duty(10, 8)


@pytest.mark.parametrize(
    ("what", "duties", "expected"),
    [
        ("nothing else to do", [], SignUp.OPEN),
        ("the same hours elsewhere", [a_duty(10, 8)], SignUp.CLASHES),
        ("an hour of it elsewhere", [a_duty(10, 15)], SignUp.CLASHES),
        ("off duty seven hours before", [a_duty(9, 17)], SignUp.RESTING),
        ("a short duty that ended exactly eight hours before", [a_duty(9, 20, 4)], SignUp.OPEN),
        ("on duty six hours after", [a_duty(10, 22)], SignUp.TOO_CLOSE),
        ("standby that ends as it begins", [a_duty(10, 0, standby=True)], SignUp.RESTING),
        ("five hours of service earlier that day, rested", [a_duty(9, 19, 5)], SignUp.OVER_DAY),
        ("52 hours of service in the week", [a_duty(day, 8, 10.5) for day in range(5, 10)], SignUp.OVER_WEEK),
        ("six days in a row of short duties", [a_duty(day, 10, 2) for day in range(4, 10)], SignUp.TOO_MANY_DAYS),
        ("a day off in between", [a_duty(day, 10, 2) for day in (4, 5, 6, 8, 9)], SignUp.OPEN),
    ],
)
def test_what_stands_in_the_way_of_a_morning_shift(what: str, duties: list[Stretch], expected: SignUp) -> None:
    assert ask(MORNING, *duties).code is expected, what


def test_a_fourth_night_in_a_row_is_one_too_many() -> None:
    nights = [a_duty(day, 22) for day in (7, 8, 9)]
    assert ask(a_duty(10, 22), *nights).code is SignUp.TOO_MANY_NIGHTS
    third = ask(a_duty(9, 22), *nights[:2])
    assert third.code is SignUp.OPEN
    assert SignUp.TOO_MANY_NIGHTS in [warning.code for warning in third.warnings]


def test_after_two_nights_comes_a_day_of_rest() -> None:
    nights = [a_duty(7, 22), a_duty(8, 22)]
    assert ask(a_duty(9, 15, 2), *nights).code is SignUp.AFTER_NIGHTS
    assert ask(a_duty(10, 6, 2), *nights).code is SignUp.OPEN


def test_a_night_between_two_runs_of_nights_counts_them_together() -> None:
    assert ask(a_duty(9, 22), a_duty(7, 22), a_duty(8, 22), a_duty(10, 22)).code is SignUp.TOO_MANY_NIGHTS


def test_standby_is_no_rest_but_no_service_either() -> None:
    standby = [a_duty(day, 6, 24, standby=True) for day in (5, 7)]
    assert ask(a_duty(9, 8, 10), *standby).code is SignUp.OPEN
    assert ask(a_duty(6, 8), standby[0]).code is SignUp.RESTING


def test_little_rest_is_allowed_with_a_warning_and_too_little_is_not() -> None:
    answer = ask(a_duty(10, 8, 4), a_duty(9, 18, 4))
    assert answer.code is SignUp.OPEN
    assert [warning.code for warning in answer.warnings] == [SignUp.SHORT_REST]


def test_suits_have_a_limit_of_their_own() -> None:
    assert ask(a_duty(10, 8, 4, suit=True), a_duty(9, 20, 3, suit=True)).code is SignUp.OVER_SUIT
    assert ask(a_duty(10, 8, 4, suit=True), a_duty(9, 20, 3)).code is SignUp.OPEN


@pytest.mark.parametrize(
    ("taker", "opening", "expected"),
    [
        ({}, {"mine": "confirmed"}, SignUp.ALREADY_YOURS),
        ({}, {"mine": "waiting"}, SignUp.WAITING),
        ({}, {"mine": "offered"}, SignUp.OFFERED),
        ({}, {"is_open": False}, SignUp.CLOSED),
        ({"is_in_team": False}, {}, SignUp.NOT_IN_TEAM),
        ({"is_verified": False}, {}, SignUp.NOT_VERIFIED),
        ({"has_consented": False}, {}, SignUp.NOT_CONSENTED),
        ({"most_km": 2}, {"metres": 2001}, SignUp.TOO_FAR),
        ({"most_km": 2}, {"metres": 2000}, SignUp.OPEN),
        ({"most_km": 2}, {"metres": None}, SignUp.OPEN),
        ({}, {"taken": 1, "missing_skills": {"first_aid": 1}}, SignUp.LACKS_SKILL),
        ({"skills": frozenset({"first_aid"})}, {"taken": 1, "missing_skills": {"first_aid": 1}}, SignUp.OPEN),
        ({}, {"taken": 0, "missing_skills": {"first_aid": 1}}, SignUp.OPEN),
        ({}, {"taken": 1, "missing_experienced": 1}, SignUp.NEEDS_EXPERIENCED),
        ({"is_experienced": True}, {"taken": 1, "missing_experienced": 1}, SignUp.OPEN),
        ({}, {"taken": 2}, SignUp.FULL),
        ({"has_consented": False}, {"taken": 2}, SignUp.NOT_CONSENTED),
    ],
)
def test_what_else_may_stand_in_the_way(taker: dict[str, object], opening: dict[str, object], expected: SignUp) -> None:
    assert ask(MORNING, taker=replace(ANYBODY, **taker), **opening).code is expected  # type: ignore[arg-type]


def test_nobody_signs_up_after_the_start() -> None:
    assert ask(MORNING, now=local(10, 8)).code is SignUp.STARTED
    assert ask(MORNING, now=local(10, 7, 59)).code is SignUp.OPEN


def test_the_playbook_decides_how_strict_a_limit_is() -> None:
    class Rule:
        slug, value, severity = "rest_floor", 480, "off"

    evening = a_duty(9, 22, 3)
    assert ask(MORNING, evening).code is SignUp.RESTING
    assert ask(MORNING, evening, limits=Limits.of([Rule])).code is SignUp.OPEN
    Rule.severity = "warn"
    warned = ask(MORNING, evening, limits=Limits.of([Rule]))
    assert (warned.code, bool(warned.warnings)) == (SignUp.OPEN, True)


def test_a_limit_that_a_coordinator_may_lift_says_so() -> None:
    answer = ask(MORNING, *[a_duty(day, 8, 10.5) for day in range(5, 10)])
    with translation.override("en"):
        assert "A coordinator may allow it by name." in answer.sentence(ZONE)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("code", list(SignUp))
def test_every_answer_has_a_sentence_in_both_languages(code: SignUp, language: str) -> None:
    details = {
        "post": "卡口",
        "starts": NOW,
        "ends": NOW,
        "until": NOW,
        "next": NOW,
        "minutes": 750,
        "most": 720,
        "nights": 4,
        "days": 6,
        "metres": 2500,
        "skill": "急救",
        "waiting": 1,
    }
    with translation.override(language):
        text = Answer(code, details).sentence(ZONE)
    assert text
    assert "%" not in text
    is_chinese = any("一" <= letter <= "鿿" for letter in text.replace("卡口", "").replace("急救", ""))
    assert is_chinese == (language == "zh-hans")


def test_a_night_is_worked_from_three_hours_of_it_on() -> None:
    assert a_duty(10, 17, 7).nights == ()
    assert a_duty(10, 17, 8).nights == (local(10, 9).date(),)
    assert a_duty(11, 1, 5).nights == (local(10, 9).date(),)
    assert len(a_duty(10, 20, 34).nights) == 2


def test_duties_more_than_a_week_away_matter_to_nobody() -> None:
    assert breaches(MORNING, [a_duty(20, 8)], LIMITS) == []


def test_a_shift_longer_than_a_day_may_be_is_over_the_limit_by_itself() -> None:
    assert ask(a_duty(10, 6, 13)).code is SignUp.OVER_DAY


def test_distance_is_good_enough_for_a_city() -> None:
    metres = metres_between(29.38, 106.54, 29.39, 106.54)
    assert metres is not None
    assert 1100 < metres < 1120
    assert metres_between(None, 106.54, 29.39, 106.54) is None
