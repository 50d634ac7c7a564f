"""Checking in and out, stepping back, late alarms, no-shows, corrections: minutes are exact, nothing is lost."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from redvest.core.errors import Refused
from redvest.core.models import Message
from redvest.duty import clock as duty_clock
from redvest.duty.actions import attendance
from redvest.duty.models import Assignment, Attendance, AttendanceCorrection
from redvest.duty.queries import own
from tests.duty.stage import a_post, a_shift, local, on
from tests.world import World

Clock = time_machine.Traveller


def test_the_code_at_the_post_is_the_best_evidence(world: World, clock: Clock) -> None:
    post = a_post(world)
    assignment = on(a_shift(post, 2, 22), world.veteran)
    clock.move_to(local(2, 21, 45))
    attendance.check_in(world.veteran, assignment.pk, code=post.check_in_code, is_fit=True)
    there = Attendance.objects.get()
    assert (there.came_by, there.came_at, there.is_fit) == ("code", timezone.now(), True)


def test_a_wrong_code_is_only_his_own_word(world: World, clock: Clock) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.veteran)
    clock.move_to(local(2, 22))
    attendance.check_in(world.veteran, assignment.pk, code="of another post")
    assert Attendance.objects.get().came_by == "self"


def test_nobody_checks_in_more_than_half_an_hour_before(world: World, clock: Clock) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.veteran)
    clock.move_to(local(2, 21, 29))
    with pytest.raises(Refused, match="21:30"):
        attendance.check_in(world.veteran, assignment.pk)
    clock.move_to(local(2, 21, 30))
    attendance.check_in(world.veteran, assignment.pk)


def test_minutes_are_kept_exactly_over_midnight(world: World, clock: Clock) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.veteran)
    clock.move_to(local(2, 21, 52) + timedelta(seconds=40))
    attendance.check_in(world.veteran, assignment.pk)
    clock.move_to(local(3, 6, 7) + timedelta(seconds=10))
    attendance.check_out(world.veteran, assignment.pk)
    minutes = own.my_minutes(world.veteran)
    assert (minutes.service_week, minutes.standby_week, minutes.shifts_all) == (494, 0, 1)


def test_standby_is_counted_apart(world: World, clock: Clock) -> None:
    """Scene S5: a standby shift is checked in like any other, and its minutes are no service."""
    assignment = on(a_shift(a_post(world, is_standby=True, kind="standby_desk"), 2, 18, 12), world.veteran)
    clock.move_to(local(2, 18))
    attendance.check_in(world.veteran, assignment.pk)
    clock.move_to(local(3, 6))
    attendance.check_out(world.veteran, assignment.pk)
    minutes = own.my_minutes(world.veteran)
    assert (minutes.service_all, minutes.standby_all) == (0, 720)


def test_leaving_early_needs_a_reason(world: World, clock: Clock) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.veteran)
    clock.move_to(local(2, 22))
    attendance.check_in(world.veteran, assignment.pk)
    clock.move_to(local(3, 3))
    with pytest.raises(Refused):
        attendance.check_out(world.veteran, assignment.pk)
    attendance.check_out(world.veteran, assignment.pk, reason="家里老人摔倒")
    assert Attendance.objects.get().left_early_reason == "家里老人摔倒"


def test_a_check_in_sent_twice_by_the_phone_happens_once(world: World, clock: Clock) -> None:
    assignment, key = on(a_shift(a_post(world), 2, 22), world.veteran), str(uuid.uuid4())
    clock.move_to(local(2, 22))
    first = attendance.check_in(world.veteran, assignment.pk, key=key)
    clock.move_to(local(2, 22, 30))
    assert attendance.check_in(world.veteran, assignment.pk, key=key) == first
    assert Attendance.objects.get().came_at == local(2, 22)


def test_a_tap_without_network_counts_when_it_was_made(world: World, clock: Clock) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.veteran)
    clock.move_to(local(3, 2))
    attendance.check_in(world.veteran, assignment.pk, tapped_at=local(2, 21, 55).isoformat())
    assert Attendance.objects.get().came_at == local(2, 21, 55)


@pytest.mark.parametrize("tapped", ["tomorrow", "2026-03-09T00:00:00Z", "2026-03-01T00:00:00", "2026-02-01T00:00:00Z"])
def test_a_time_that_cannot_be_true_is_taken_for_now(world: World, clock: Clock, tapped: str) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.veteran)
    clock.move_to(local(2, 22, 3))
    attendance.check_in(world.veteran, assignment.pk, tapped_at=tapped)
    assert Attendance.objects.get().came_at == local(2, 22, 3)


def test_the_post_lead_checks_in_somebody_without_a_phone(world: World, clock: Clock) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.newcomer)
    clock.move_to(local(2, 22))
    attendance.check_in(world.lead, assignment.pk)
    there = Attendance.objects.get()
    assert (there.came_by, there.noted_by, there.is_fit) == ("lead", world.lead, None)


@pytest.mark.parametrize("who", ["stranger", "neighbour", "observer"])
def test_nobody_else_checks_him_in(world: World, clock: Clock, who: str) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.newcomer)
    clock.move_to(local(2, 22))
    with pytest.raises(Http404):
        attendance.check_in(getattr(world, who), assignment.pk)


def test_who_is_not_fit_steps_back_without_a_word(
    world: World, clock: Clock, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    shift = a_shift(a_post(world, wanted=1, maximum=1), 2, 22)
    assignment = on(shift, world.veteran)
    waiting = on(shift, world.newcomer, state="waiting")
    clock.move_to(local(2, 21, 40))
    with django_capture_on_commit_callbacks(execute=True):
        attendance.step_back(world.veteran, assignment.pk)
    assignment.refresh_from_db()
    waiting.refresh_from_db()
    assert (assignment.state, assignment.reason, waiting.state) == ("withdrawn", "", "offered")
    assert not Attendance.objects.exists()
    told = Message.objects.get(account=world.lead)
    assert "fit" not in told.body
    assert told.urgency == "urgent"


def test_ten_minutes_late_tells_him_and_the_lead_and_twenty_the_coordinators(world: World, clock: Clock) -> None:
    on(a_shift(a_post(world), 2, 22), world.newcomer)
    clock.move_to(local(2, 22, 9))
    duty_clock.tick()
    assert not Message.objects.filter(template__in=["duty.late", "duty.not_here"]).exists()
    clock.move_to(local(2, 22, 10))
    duty_clock.tick()
    duty_clock.tick()
    told = set(Message.objects.filter(urgency="urgent").values_list("account__username", flat=True))
    assert {"newcomer", "lead"} <= told
    assert "office" not in told
    clock.move_to(local(2, 22, 20))
    duty_clock.tick()
    assert Message.objects.filter(account=world.office, template="duty.not_here").count() == 1
    assert Message.objects.filter(account=world.newcomer, template="duty.late").count() == 1
    assert not Message.objects.filter(account=world.stranger).exists()


def test_who_checked_in_raises_no_alarm(world: World, clock: Clock) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.newcomer)
    clock.move_to(local(2, 22))
    attendance.check_in(world.newcomer, assignment.pk)
    clock.move_to(local(2, 22, 30))
    duty_clock.tick()
    assert not Message.objects.filter(template__in=["duty.late", "duty.not_here"]).exists()


def test_who_never_came_is_marked_after_the_end_and_can_be_put_right(world: World, clock: Clock) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.newcomer)
    clock.move_to(local(3, 6, 31))
    assert duty_clock.tick()["no_show"] == 1
    assert Attendance.objects.get().state == "no_show"
    attendance.correct_attendance(
        world.lead, assignment.pk, came_at=local(2, 22), left_at=local(3, 6), reason="手机没电，本人在岗"
    )
    assert own.my_minutes(world.newcomer).service_all == 480
    kept = AttendanceCorrection.objects.get()
    assert (kept.before["state"], kept.after["state"], kept.made_by) == ("no_show", "done", world.lead)
    assert Message.objects.filter(account=world.newcomer, template="duty.attendance_corrected").exists()


def test_nobody_corrects_his_own_times(world: World, clock: Clock) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.lead)
    clock.move_to(local(3, 7))
    with pytest.raises(Refused, match=r"[Ss]omebody else|别人"):
        attendance.correct_attendance(
            world.lead, assignment.pk, came_at=local(2, 22), left_at=local(3, 6), reason="忘了签到"
        )


@pytest.mark.parametrize(
    ("came", "left", "reason"),
    [
        (local(2, 22), local(3, 6), "  "),
        (None, local(3, 6), "原因"),
        (local(3, 5), local(3, 4), "原因"),
        (local(3, 22), local(3, 23), "原因"),
        (local(1, 1), local(1, 2), "原因"),
    ],
)
def test_impossible_corrections_are_refused(
    world: World, clock: Clock, came: object, left: object, reason: str
) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.newcomer)
    clock.move_to(local(3, 7))
    with pytest.raises(Refused):
        attendance.correct_attendance(
            world.lead,
            assignment.pk,
            came_at=came,  # type: ignore[arg-type]
            left_at=left,  # type: ignore[arg-type]
            reason=reason,
        )


def test_a_correction_can_never_be_rewritten(world: World, clock: Clock) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.newcomer)
    clock.move_to(local(3, 7))
    Attendance.objects.create(assignment=assignment, state="present", came_at=local(2, 22), came_by="self")
    attendance.correct_attendance(world.lead, assignment.pk, came_at=None, left_at=None, reason="没有来")
    for statement in ("UPDATE duty_attendancecorrection SET reason = 'x'", "DELETE FROM duty_attendancecorrection"):
        with pytest.raises(Exception, match=r"[Cc]annot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_raw_sql_cannot_make_times_that_contradict_the_state(world: World, clock: Clock) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.newcomer)
    clock.move_to(local(2, 22))
    attendance.check_in(world.newcomer, assignment.pk)
    for change in ("state = 'done'", "left_at = came_at - interval '1 hour', state = 'done'", "came_at = NULL"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE duty_attendance SET {change}")


def test_reminders_go_out_once_half_a_day_before(world: World, clock: Clock) -> None:
    on(a_shift(a_post(world), 3, 8), world.newcomer)
    clock.move_to(local(2, 19))
    duty_clock.tick()
    assert not Message.objects.exists()
    clock.move_to(local(2, 20, 30))
    assert duty_clock.tick()["reminded"] == 1
    assert duty_clock.tick()["reminded"] == 0
    assert Message.objects.get().account == world.newcomer


def test_who_forgot_to_check_out_is_reminded_once(world: World, clock: Clock) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.newcomer)
    clock.move_to(local(2, 22))
    attendance.check_in(world.newcomer, assignment.pk)
    clock.move_to(local(3, 6, 16))
    duty_clock.tick()
    duty_clock.tick()
    assert Message.objects.filter(template="duty.forgot_check_out").count() == 1


def test_the_clock_moves_the_waiting_list_on(
    world: World, clock: Clock, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    shift = a_shift(a_post(world, wanted=1, maximum=1), 4, 8)
    first, second = on(shift, world.veteran, state="waiting"), on(shift, world.newcomer, state="waiting")
    Assignment.objects.filter(pk=second.pk).update(made_at=local(2, 10))
    assert duty_clock.tick()["offered"] == 1
    clock.move_to(local(2, 12))
    with django_capture_on_commit_callbacks(execute=True):
        assert duty_clock.tick()["expired"] == 1
    states = dict(Assignment.objects.values_list("pk", "state"))
    assert states == {first.pk: "expired", second.pk: "offered"}
