"""Shifts come from patterns: across midnight, by duty days, with groups and handover; an unused batch can be undone."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.http import Http404
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from redvest.core.errors import Refused
from redvest.core.models import Message
from redvest.duty.actions.posts import open_post
from redvest.duty.actions.shifts import (
    add_shift,
    cancel_shift,
    edit_shift,
    generate_shifts,
    open_shifts_for_sign_up,
    undo_batch,
)
from redvest.duty.models import Assignment, Post, Shift
from redvest.duty.planning import patterns
from redvest.incidents.playbooks import loader
from tests.world import NOW, World

ZONE = ZoneInfo("Asia/Shanghai")
BOOK = loader.load("-", loader.shipped()["epidemic_control.toml"])
DAY = date(2026, 3, 3)


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def clocks(turns: list[patterns.Turn]) -> list[str]:
    return [f"{t.starts.astimezone(ZONE):%d %H:%M}-{t.ends.astimezone(ZONE):%d %H:%M}" for t in turns]


def of(slug: str, first: date = DAY, last: date = DAY) -> list[patterns.Turn]:
    return patterns.turns(BOOK.patterns[slug], first, last, ZONE, anchor=DAY)


# --- pure: what a pattern makes ---------------------------------------------------------------------------------------


def test_a_gate_has_four_turns_that_overlap_by_a_quarter_of_an_hour() -> None:
    assert clocks(of("gate")) == ["03 06:30-03 11:45", "03 11:30-03 17:45", "03 17:30-04 01:15", "04 01:00-04 06:45"]


def test_what_starts_before_six_belongs_to_the_duty_day_before() -> None:
    dawn = of("gate")[-1]
    assert dawn.label == "dawn"
    assert dawn.duty_day == DAY
    assert dawn.starts == datetime(2026, 3, 3, 17, 0, tzinfo=UTC)


def test_two_groups_change_day_and_night_after_three_days() -> None:
    week = of("two_group", DAY, DAY + timedelta(days=6))
    assert [turn.group for turn in week if turn.label == "day"] == ["a", "a", "a", "b", "b", "b", "a"]
    assert [turn.group for turn in week if turn.label == "night"] == ["b", "b", "b", "a", "a", "a", "b"]


def test_three_groups_go_round_and_the_reserve_never_has_a_turn() -> None:
    days = of("three_group", DAY, DAY + timedelta(days=11))
    assert {turn.group for turn in days} == {"a", "b", "c"}
    for day in patterns.days(DAY, DAY + timedelta(days=11)):
        assert len({turn.group for turn in days if turn.duty_day == day}) == 3


def test_free_times_may_cross_midnight() -> None:
    night = patterns.free_turns([patterns.Times(22 * 60, 30 * 60)], DAY, DAY, ZONE)
    assert clocks(night) == ["03 22:00-04 06:00"]


def test_people_are_split_evenly_with_every_fifth_in_the_reserve() -> None:
    groups = patterns.split_evenly(range(10), BOOK.patterns["two_group"])
    assert sorted(groups.values()) == ["a"] * 4 + ["b"] * 4 + ["reserve"] * 2


ROUND_THE_CLOCK = ["gate", "two_group", "three_group", "standby"]


@given(st.integers(0, 400), st.integers(1, 20), st.sampled_from(ROUND_THE_CLOCK))
def test_around_the_clock_leaves_no_minute_unmanned(offset: int, length: int, slug: str) -> None:
    first = date(2026, 1, 1) + timedelta(days=offset)
    made = patterns.turns(BOOK.patterns[slug], first, first + timedelta(days=length - 1), ZONE, anchor=DAY)
    for before, after in pairwise(made):
        assert before.ends - after.starts == timedelta(minutes=BOOK.patterns[slug].overlap_minutes)
    assert len(made) == length * len(BOOK.patterns[slug].shifts)


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))
def test_a_duty_day_is_the_local_day_until_six_in_the_morning(moment: datetime) -> None:
    day = patterns.duty_day(moment, ZONE)
    starts, ends = patterns.day_bounds(day, day, ZONE)
    assert starts <= moment < ends


# --- in the database --------------------------------------------------------------------------------------------------


@pytest.fixture
def gate(world: World) -> Post:
    return open_post(world.office, world.incident().pk, world.community.pk, "gate")


def test_shifts_take_the_heads_of_their_post(world: World, gate: Post) -> None:
    batch = generate_shifts(world.office, [gate.pk], DAY, DAY)
    assert batch.made == 4
    shift = Shift.objects.earliest("starts")
    assert (shift.minimum, shift.wanted, shift.maximum, shift.overlap_minutes) == (2, 2, 3, 15)
    assert shift.state == "planned"


def test_making_the_same_days_again_leaves_what_is_there(world: World, gate: Post) -> None:
    generate_shifts(world.office, [gate.pk], DAY, DAY + timedelta(days=1))
    again = generate_shifts(world.office, [gate.pk], DAY, DAY + timedelta(days=3))
    assert (again.made, again.kept) == (8, 8)


def test_a_batch_is_undone_while_nobody_was_ever_on_it(world: World, gate: Post) -> None:
    batch = generate_shifts(world.office, [gate.pk], DAY, DAY)
    assert undo_batch(world.office, batch.mark) == 4
    assert not Shift.objects.exists()


def test_a_batch_with_people_stays(world: World, gate: Post) -> None:
    batch = generate_shifts(world.office, [gate.pk], DAY, DAY)
    shift = Shift.objects.earliest("starts")
    Assignment.objects.create(shift=shift, person=world.veteran.person, source="by_hand", state="withdrawn")
    with pytest.raises(Refused, match="is or was on 1 shift"):
        undo_batch(world.office, batch.mark)
    assert Shift.objects.count() == 4


def test_a_stranger_neither_makes_nor_undoes_shifts(world: World, gate: Post) -> None:
    with pytest.raises(Refused, match="cannot be found"):
        generate_shifts(world.stranger, [gate.pk], DAY, DAY)
    batch = generate_shifts(world.office, [gate.pk], DAY, DAY)
    with pytest.raises(Refused, match="nothing left"):
        undo_batch(world.stranger, batch.mark)
    with pytest.raises(Http404):
        cancel_shift(world.stranger, Shift.objects.earliest("starts").pk)


def test_a_post_without_pattern_asks_for_times(world: World, gate: Post) -> None:
    Post.objects.filter(pk=gate.pk).update(pattern="")
    with pytest.raises(Refused, match="no shift pattern"):
        generate_shifts(world.office, [gate.pk], DAY, DAY)
    batch = generate_shifts(world.office, [gate.pk], DAY, DAY, times=[patterns.Times(420, 720)])
    assert batch.made == 1


@pytest.mark.parametrize(
    "last, said", [(DAY - timedelta(days=1), "before the first"), (DAY + timedelta(99), "at most")]
)
def test_a_senseless_period_is_refused(world: World, gate: Post, last: date, said: str) -> None:
    with pytest.raises(Refused, match=said):
        generate_shifts(world.office, [gate.pk], DAY, last)


def test_a_shift_added_by_hand_twice_is_refused_the_second_time(world: World, gate: Post) -> None:
    starts = NOW + timedelta(days=1)
    shift = add_shift(world.office, gate.pk, starts, starts + timedelta(hours=3))
    assert shift.duty_day == date(2026, 3, 3)
    with pytest.raises(Refused, match="exactly these times"):
        add_shift(world.office, gate.pk, starts, starts + timedelta(hours=3))


def test_a_shift_with_people_keeps_its_time_but_its_demand_may_change(world: World, gate: Post) -> None:
    starts = NOW + timedelta(days=1)
    shift = add_shift(world.office, gate.pk, starts, starts + timedelta(hours=3))
    Assignment.objects.create(shift=shift, person=world.veteran.person, source="by_hand")
    with pytest.raises(Refused, match="said yes to the old time"):
        edit_shift(world.office, shift.pk, starts=starts, ends=starts + timedelta(hours=4))
    assert edit_shift(world.office, shift.pk, heads=(1, 1, 1)).maximum == 1
    with pytest.raises(Refused, match="Heads must rise"):
        edit_shift(world.office, shift.pk, heads=(2, 1, 1))


def test_cancelling_a_shift_takes_everybody_off_and_tells_them(world: World, gate: Post) -> None:
    starts = NOW + timedelta(days=1)
    shift = add_shift(world.office, gate.pk, starts, starts + timedelta(hours=3))
    for account in (world.veteran, world.newcomer):
        Assignment.objects.create(shift=shift, person=account.person, source="sign_up")
    cancel_shift(world.office, shift.pk, "小区解除管控")
    shift.refresh_from_db()
    assert (shift.state, shift.taken) == ("cancelled", 0)
    assert set(Assignment.objects.values_list("state", "reason")) == {("removed", "小区解除管控")}
    told = Message.objects.filter(template="duty.taken_off")
    assert {message.account for message in told} == {world.veteran, world.newcomer}
    with pytest.raises(Refused, match="cancelled already"):
        cancel_shift(world.office, shift.pk)


def test_shifts_are_opened_and_closed_for_sign_up(world: World, gate: Post) -> None:
    generate_shifts(world.office, [gate.pk], DAY, DAY)
    keys = list(Shift.objects.values_list("pk", flat=True))
    assert open_shifts_for_sign_up(world.office, keys) == 4
    assert open_shifts_for_sign_up(world.office, keys) == 0
    assert open_shifts_for_sign_up(world.stranger, keys, opened=False) == 0
    assert open_shifts_for_sign_up(world.office, keys, opened=False) == 4
