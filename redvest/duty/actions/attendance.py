"""Checking in and out, stepping back, no-shows and corrections. Minutes are kept exactly; nothing is rounded."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from redvest.core import access, audit, live, outbox
from redvest.core.errors import Refused
from redvest.core.messages import Urgency
from redvest.duty.actions import notices
from redvest.duty.actions.signup import TOPIC, step_down
from redvest.duty.models import Assignment, Attendance, AttendanceCorrection
from redvest.duty.rules import attendance as rules
from redvest.duty.rules.attendance import CheckIn, Presence
from redvest.people.models import Account

State = Attendance.State
Way = Attendance.Way


@transaction.atomic
def check_in(
    actor: Account,
    assignment_id: int,
    *,
    code: str = "",
    is_fit: bool | None = None,
    tapped_at: str = "",
    key: str | None = None,
) -> dict[str, Any]:
    """Say that somebody is at his post: he himself (with the post's code, or without), or the post lead for him.

    ``tapped_at`` is when a phone without network was tapped (ISO); it counts as the time of coming. Whoever says that
    he is not fit calls ``step_back`` instead: nothing about his health is kept.
    """

    def run() -> dict[str, Any]:
        assignment = _fetch(actor, assignment_id)
        at = _moment(tapped_at)
        presence = _presence(assignment)
        answer = rules.may_check_in(presence, at)
        if answer is CheckIn.PRESENT:
            return _answer(assignment.attendance)
        if answer is not CheckIn.READY:
            raise Refused(rules.sentence(answer, presence, assignment.shift.post.incident.time_zone), code=answer)
        way = _way(actor, assignment, code)
        attendance, _made = Attendance.objects.update_or_create(
            assignment=assignment,
            defaults={
                "state": State.PRESENT,
                "came_at": at,
                "came_by": way,
                "is_fit": is_fit if way != Way.LEAD else None,
                "noted_by": actor if way == Way.LEAD else None,
            },
        )
        return _recorded(actor, attendance, "duty.checked_in", way=str(way), later=bool(tapped_at))

    return outbox.once(actor, key, "duty.check_in", run)


@transaction.atomic
def step_back(actor: Account, assignment_id: int, *, key: str | None = None) -> dict[str, Any]:
    """Not fit today: he leaves the shift, nobody is told why, and the post looks for somebody else at once."""

    def run() -> dict[str, Any]:
        rows = Assignment.objects.select_for_update(of=("self",)).select_related(*_WITH)
        assignment = access.fetch(actor, "duty.sign_up", rows, pk=assignment_id)
        presence = _presence(assignment)
        if assignment.state != Assignment.State.CONFIRMED or presence.state in ("present", "done"):
            raise Refused(_("You are not due on this shift. Look under my shifts."))
        step_down(assignment, "", timezone.now())
        path = assignment.shift.post.area.path
        audit.record(actor, "duty.withdrew", assignment, area_path=path)
        live.announce(TOPIC, path)
        return {"assignment": assignment.pk, "state": str(assignment.state)}

    return outbox.once(actor, key, "duty.step_back", run)


@transaction.atomic
def check_out(
    actor: Account, assignment_id: int, *, reason: str = "", tapped_at: str = "", key: str | None = None
) -> dict[str, Any]:
    """Say that somebody leaves his post. Leaving well before the end needs a reason."""

    def run() -> dict[str, Any]:
        assignment = _fetch(actor, assignment_id)
        at = _moment(tapped_at)
        presence = _presence(assignment)
        answer = rules.may_check_out(presence, at)
        if answer is CheckIn.DONE:
            return _answer(assignment.attendance)
        if answer is not CheckIn.READY:
            raise Refused(rules.sentence(answer, presence, assignment.shift.post.incident.time_zone), code=answer)
        is_early = rules.leaves_early(presence, at)
        if is_early and not reason.strip():
            raise Refused(_("The shift is not over yet. Say in a few words why you leave early."), code="early")
        attendance = assignment.attendance
        way = _way(actor, assignment, "")
        attendance.state, attendance.left_by = State.DONE, way
        attendance.left_at = max(at, attendance.came_at or at)
        attendance.left_early_reason = reason.strip()[:200] if is_early else ""
        if way == Way.LEAD:
            attendance.noted_by = actor
        attendance.save()
        return _recorded(actor, attendance, "duty.checked_out", way=str(way), later=bool(tapped_at))

    return outbox.once(actor, key, "duty.check_out", run)


@transaction.atomic
def mark_no_show(actor: Account, assignment_id: int) -> Attendance:
    """The post's side (or the clock, when the shift is over) says that he did not come. It can be corrected."""
    assignment = _fetch(actor, assignment_id, action="duty.correct_attendance")
    now = timezone.now()
    if _presence(assignment).state:
        raise Refused(_("There is an attendance already. Correct its times instead."))
    if now < assignment.shift.starts + rules.LATE_AFTER:
        raise Refused(_("The shift has only just begun. Wait ten minutes, and call him."))
    attendance = Attendance.objects.create(
        assignment=assignment, state=State.NO_SHOW, noted_by=None if actor.is_system else actor
    )
    _recorded(actor, attendance, "duty.no_show")
    return attendance


@transaction.atomic
def correct_attendance(
    actor: Account, assignment_id: int, *, came_at: datetime | None, left_at: datetime | None, reason: str
) -> Attendance:
    """Correct when somebody was there (both times empty: he was not). The old times stay on record; he is told.

    Nobody corrects his own attendance: a second person has to.
    """
    assignment = _fetch(actor, assignment_id, action="duty.correct_attendance")
    if assignment.person.account_id == actor.pk:
        raise Refused(_("Somebody else has to correct your times. Ask the post lead or a coordinator."))
    if not reason.strip():
        raise Refused(_("Say in a few words why the times are corrected."))
    _refuse_impossible(assignment, came_at, left_at)
    attendance, _made = Attendance.objects.get_or_create(assignment=assignment, defaults={"state": State.NO_SHOW})
    before = _times(attendance)
    attendance.state = State.NO_SHOW if came_at is None else State.PRESENT if left_at is None else State.DONE
    attendance.came_at, attendance.left_at = came_at, left_at
    attendance.came_by = Way.CORRECTED if came_at else ""
    attendance.left_by = Way.CORRECTED if left_at else ""
    if before == _times(attendance):
        raise Refused(_("These are the times as they are. Nothing to correct."))
    attendance.noted_by = actor
    attendance.save()
    AttendanceCorrection.objects.create(
        attendance=attendance, before=before, after=_times(attendance), reason=reason.strip()[:200], made_by=actor
    )
    more = {"by": actor.name, "reason": reason.strip()}
    notices.to_person(assignment, notices.CORRECTED, Urgency.NORMAL, more=more)
    _recorded(actor, attendance, "duty.attendance_corrected", before=before, after=_times(attendance))
    return attendance


def _refuse_impossible(assignment: Assignment, came_at: datetime | None, left_at: datetime | None) -> None:
    now = timezone.now()
    if came_at is None and left_at is not None:
        raise Refused(_("Enter when he came as well."))
    if any(moment is not None and moment > now for moment in (came_at, left_at)):
        raise Refused(_("These times lie in the future."))
    if came_at is not None and left_at is not None and left_at < came_at:
        raise Refused(_("He cannot leave before he came. Check the day: a night shift ends on the next one."))
    first, last = assignment.shift.starts - rules.LATEST_CHECK_OUT, assignment.shift.ends + rules.LATEST_CHECK_OUT
    if any(moment is not None and not first <= moment <= last for moment in (came_at, left_at)):
        raise Refused(_("These times are far from the shift. Check the day."))


def _fetch(actor: Account, assignment_id: int, *, action: str = "duty.check_in") -> Assignment:
    rows = Assignment.objects.select_for_update(of=("self",)).select_related(*_WITH)
    assignment = access.fetch(actor, action, rows, pk=assignment_id)
    # Read after the lock: two taps at once are judged one after the other.
    found = Attendance.objects.filter(assignment=assignment).first()
    if found is not None:
        assignment.attendance = found
    return assignment


_WITH = ("person__account", "shift__post__area", "shift__post__incident", "shift__lead")


def _presence(assignment: Assignment) -> Presence:
    found = getattr(assignment, "attendance", None)
    return Presence(
        assignment.shift.starts,
        assignment.shift.ends,
        str(found.state) if found is not None else "",
        assignment.state == Assignment.State.CONFIRMED,
    )


def _way(actor: Account, assignment: Assignment, code: str) -> Attendance.Way:
    """The strongest evidence there is: the code at the post, the post lead, his own word."""
    if assignment.person.account_id != actor.pk:
        return Way.LEAD
    return Way.CODE if code and code == assignment.shift.post.check_in_code else Way.SELF


def _moment(tapped_at: str) -> datetime:
    """Now, or when the phone was tapped without a network: not in the future, not more than a day ago."""
    now = timezone.now()
    try:
        tapped = parse_datetime(tapped_at) if tapped_at else None
    except ValueError:
        tapped = None
    if tapped is None or timezone.is_naive(tapped) or not now - rules.LATEST_OFFLINE <= tapped <= now:
        return now
    return tapped


def _times(attendance: Attendance) -> dict[str, str | None]:
    return {
        "state": str(attendance.state),
        "came_at": attendance.came_at.isoformat() if attendance.came_at else None,
        "left_at": attendance.left_at.isoformat() if attendance.left_at else None,
    }


def _recorded(actor: Account, attendance: Attendance, verb: str, **detail: Any) -> dict[str, Any]:
    path = attendance.assignment.shift.post.area.path
    audit.record(actor, verb, attendance, area_path=path, detail=detail)
    live.announce(TOPIC, path)
    return _answer(attendance)


def _answer(attendance: Attendance) -> dict[str, Any]:
    return {"attendance": attendance.pk, "state": str(attendance.state)}
