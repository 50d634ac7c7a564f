"""Signing up for a shift, the waiting list and its offers, withdrawing. Locks go person, assignment, shift."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live, outbox
from redvest.core.errors import Refused
from redvest.core.messages import Urgency
from redvest.duty.actions import notices
from redvest.duty.models import Assignment, Shift
from redvest.duty.queries import candidates
from redvest.duty.queries import signup as looking
from redvest.duty.rules.attendance import LATE_WITHDRAWAL
from redvest.duty.rules.signup import SignUp
from redvest.people.models import Account, Person

TOPIC = "duty"
State = Assignment.State


@transaction.atomic
def sign_up(actor: Account, shift_id: int, *, key: str | None = None) -> dict[str, Any]:
    """Take a place on an open shift by one's own tap. Answers ``{"assignment", "state"}``; a no is ``Refused``.

    The rules decide kindly; the database decides finally: however many tap at once, no shift is overfull and nobody is
    in two places.
    """
    return outbox.once(actor, key, "duty.sign_up", lambda: _take(actor, shift_id, waiting=False))


@transaction.atomic
def join_waiting_list(actor: Account, shift_id: int, *, key: str | None = None) -> dict[str, Any]:
    """Wait for a place on a full shift; only somebody who could take it may wait."""
    return outbox.once(actor, key, "duty.wait", lambda: _take(actor, shift_id, waiting=True))


def _take(actor: Account, shift_id: int, *, waiting: bool) -> dict[str, Any]:
    # Own rows only: the person is the actor's, and a shift that does not concern him is a 404 (looking.one).
    row, person, places = looking.one(actor, shift_id, lock=True)
    if looking.lacks_something(person, row):
        # Whether the last places are kept depends on who is on the shift: judge one after the other.
        Shift.objects.select_for_update(no_key=True).get(pk=shift_id)
        row = looking.shift_row(shift_id, person.person_id) or row
    where = places[row.incident_id]
    found = next(iter(looking.answers(person, places, [row], timezone.now())))
    answer = found.answer
    if answer.code is SignUp.OPEN and waiting:
        raise Refused(_("A place is free: take the shift instead of waiting for it."), code=SignUp.OPEN)
    if answer.code is not (SignUp.FULL if waiting else SignUp.OPEN):
        raise Refused(answer.sentence(where.zone), code=answer.code, details={"shift": shift_id})
    state = State.WAITING if waiting else State.CONFIRMED
    try:
        assignment = Assignment.objects.create(
            shift_id=shift_id, person_id=person.person_id, state=state, source=Assignment.Source.SIGN_UP
        )
    except IntegrityError as error:
        raise refusal_of(error) from error
    path = row.area_path
    audit.record(actor, f"duty.{'waiting' if waiting else 'signed_up'}", assignment, area_path=path)
    live.announce(TOPIC, path)
    return {"assignment": assignment.pk, "state": state.value}


def refusal_of(error: IntegrityError) -> Refused:
    """What the database refused, as a sentence: the other one was a moment faster."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", "") or ""
    if name == "shift_never_overfull":
        return Refused(_("Somebody was faster: all places are taken. You can join the waiting list."), code=SignUp.FULL)
    if name == "one_place_at_a_time":
        return Refused(_("You are on another shift at that time. Look under my shifts."), code=SignUp.CLASHES)
    if name == "one_assignment_per_shift":
        return Refused(_("You are on this shift already. Look under my shifts."), code=SignUp.ALREADY_YOURS)
    raise error


@transaction.atomic
def confirm_place(actor: Account, assignment_id: int, *, key: str | None = None) -> dict[str, Any]:
    """Take the place that was kept for him, before its deadline."""

    def run() -> dict[str, Any]:
        assignment = _own(actor, assignment_id)
        if assignment.state == State.CONFIRMED:
            return _answer(assignment)
        if assignment.state != State.OFFERED:
            raise Refused(_("This place is no longer kept for you. Look for another open shift."))
        now = timezone.now()
        if assignment.confirm_by is not None and assignment.confirm_by < now:
            raise Refused(_("The time to confirm is over and the place goes on. Look for another open shift."))
        assignment.state = State.CONFIRMED
        assignment.save(update_fields=["state"])
        return _changed(actor, assignment, "duty.place_confirmed")

    return outbox.once(actor, key, "duty.confirm", run)


@transaction.atomic
def pass_place(actor: Account, assignment_id: int, *, key: str | None = None) -> dict[str, Any]:
    """Give up a kept place or the place in the waiting list. It costs nothing."""

    def run() -> dict[str, Any]:
        assignment = _own(actor, assignment_id)
        if assignment.state not in (State.OFFERED, State.WAITING):
            raise Refused(_("There is no kept place to pass on. Look under my shifts."))
        was_offered = assignment.state == State.OFFERED
        _end(assignment, State.WITHDRAWN)
        if was_offered:
            offer_soon(assignment.shift_id)
        return _changed(actor, assignment, "duty.place_passed")

    return outbox.once(actor, key, "duty.pass", run)


@transaction.atomic
def withdraw(actor: Account, assignment_id: int, *, reason: str = "", key: str | None = None) -> dict[str, Any]:
    """Step down from a confirmed shift, up to its start. The post's side is told; shortly before it is an alarm."""

    def run() -> dict[str, Any]:
        assignment = _own(actor, assignment_id)
        if assignment.state != State.CONFIRMED:
            raise Refused(_("You are not on this shift any more. Look under my shifts."))
        now = timezone.now()
        if assignment.shift.starts <= now:
            raise Refused(_("The shift has begun. Tell the post lead that you have to leave, and check out."))
        step_down(assignment, reason, now)
        return _changed(actor, assignment, "duty.withdrew")

    return outbox.once(actor, key, "duty.withdraw", run)


def step_down(assignment: Assignment, reason: str, now: datetime) -> None:
    """End a confirmed assignment and look for the next. Part of an action that locked the row and records itself."""
    _end(assignment, State.WITHDRAWN, reason)
    shift = assignment.shift
    shift.refresh_from_db(fields=["taken"])
    is_late = shift.starts - now < LATE_WITHDRAWAL
    notices.to_leads(
        shift,
        notices.WITHDREW,
        Urgency.URGENT if is_late else Urgency.NORMAL,
        person=assignment.person.name,
        have=shift.taken,
        wanted=shift.wanted,
    )
    offer_soon(shift.pk)


def offer_soon(shift_id: int) -> None:
    """Offer what became free once this transaction is committed; in one of its own, so that locks never turn around."""
    transaction.on_commit(lambda: offer_places(Account.objects.system(), shift_id), robust=True)


@transaction.atomic
def offer_places(actor: Account, shift_id: int) -> list[Assignment]:
    """Keep free places for the first in the waiting list who may still take them, until a deadline. For clocks.

    Somebody who cannot take it now (another shift, rest) keeps his place in the list and is passed over.
    """
    access.require(actor, "duty.assign")
    now = timezone.now()
    shift = Shift.objects.select_related("post__area", "post__incident").get(pk=shift_id)
    if shift.starts <= now or shift.state == Shift.State.CANCELLED:
        return []
    offered: list[Assignment] = []
    waiting = Assignment.objects.filter(shift=shift, state=State.WAITING).order_by("made_at", "pk")
    for key, person_id in list(waiting.values_list("pk", "person_id")):
        shift.refresh_from_db(fields=["taken", "maximum", "state"])
        if shift.taken >= shift.maximum or shift.state != Shift.State.OPEN:
            break
        assignment = _offer(key, person_id, shift, now)
        if assignment is not None:
            offered.append(assignment)
            audit.record(actor, "duty.place_offered", assignment, area_path=shift.post.area.path)
    if offered:
        live.announce(TOPIC, shift.post.area.path)
    return offered


def _offer(key: int, person_id: int, shift: Shift, now: datetime) -> Assignment | None:
    """Offer to one person, unless he is signing up elsewhere now (locked), may not take it, or the place is gone."""
    if not Person.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=person_id).exists():
        return None
    person = candidates.candidate(person_id, shift.starts)
    found = looking.shift_row(shift.pk)
    places = candidates.incidents_of(person)
    if found is None or found.incident_id not in places:
        return None
    # His own place in the list is left out of the question.
    seen = next(iter(looking.answers(person, places, [found], now, ignore_own=True)))
    if not seen.answer.is_open:
        return None
    row = Assignment.objects.select_for_update(of=("self",)).select_related("person__account").get(pk=key)
    if row.state != State.WAITING:
        return None
    row.shift = shift
    row.state, row.confirm_by = State.OFFERED, now + time_to_confirm(shift.starts - now)
    try:
        with transaction.atomic():
            row.save(update_fields=["state", "confirm_by"])
    except IntegrityError:
        return None  # somebody took the place in this very moment
    until = row.confirm_by

    def more(_account: Account) -> dict[str, Any]:
        return {"until": notices.local_clock(shift, until)}

    urgency = Urgency.URGENT if shift.starts - now < timedelta(hours=12) else Urgency.NORMAL
    notices.to_person(row, notices.OFFERED, urgency, more=more)
    return row


def time_to_confirm(before_start: timedelta) -> timedelta:
    """How long a place is kept: two hours while there is time, half an hour on the day, ten minutes just before."""
    if before_start > timedelta(hours=24):
        return timedelta(hours=2)
    if before_start > timedelta(hours=3):
        return timedelta(minutes=30)
    return min(timedelta(minutes=10), max(before_start, timedelta(minutes=1)))


@transaction.atomic
def expire_offer(actor: Account, assignment_id: int) -> bool:
    """Let an offer end whose deadline has passed; the place goes to the next. For clocks and jobs."""
    access.require(actor, "duty.assign")
    now = timezone.now()
    rows = Assignment.objects.select_for_update(of=("self",), skip_locked=True).select_related(
        "person__account", "shift__post__area", "shift__post__incident"
    )
    assignment = rows.filter(pk=assignment_id, state=State.OFFERED, confirm_by__lt=now).first()
    if assignment is None:
        return False
    _end(assignment, State.EXPIRED)
    notices.to_person(assignment, notices.OFFER_EXPIRED, Urgency.QUIET)
    _changed(actor, assignment, "duty.offer_expired")
    offer_soon(assignment.shift_id)
    return True


def _own(actor: Account, assignment_id: int) -> Assignment:
    rows = Assignment.objects.select_for_update(of=("self",)).select_related(
        "person__account", "shift__post__area", "shift__post__incident", "shift__lead"
    )
    return access.fetch(actor, "duty.sign_up", rows, pk=assignment_id)


def _end(assignment: Assignment, state: Assignment.State, reason: str = "") -> None:
    assignment.state, assignment.ended_at, assignment.reason = state, timezone.now(), reason.strip()[:200]
    assignment.save(update_fields=["state", "ended_at", "reason"])


def _changed(actor: Account, assignment: Assignment, verb: str) -> dict[str, Any]:
    path = assignment.shift.post.area.path
    audit.record(actor, verb, assignment, area_path=path)
    live.announce(TOPIC, path)
    return _answer(assignment)


def _answer(assignment: Assignment) -> dict[str, Any]:
    return {"assignment": assignment.pk, "state": str(assignment.state)}
