"""Writes that put one person on a published shift or take him off, at once and by hand, and tell him."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redvest.core import access, audit, live, messages
from redvest.core.errors import Refused
from redvest.core.messages import Urgency
from redvest.duty.actions import notices
from redvest.duty.actions.cells import Answered
from redvest.duty.models import Assignment, Override, Shift, Swap
from redvest.duty.planning.candidates import now_around
from redvest.duty.planning.findings import Effect, effect
from redvest.duty.planning.material import HOLDING
from redvest.duty.planning.naming import names_for
from redvest.duty.planning.problem import Plan
from redvest.duty.planning.sentences import sentence
from redvest.people.models import Account

TOPIC = "duty"
State = Assignment.State

ASSIGNED = messages.register(
    "duty.assigned",
    gettext_lazy("You are asked to serve: {post} {when}"),
    gettext_lazy("{name}, you are put on {post} ({when}) by {by}. If you cannot, say so here, that is fine: {link}"),
)
TAKEN_OFF = messages.register(
    "duty.taken_off",
    gettext_lazy("You need not come: {post} {when}"),
    gettext_lazy("{name}, you are no longer on {post} ({when}). {reason} See your shifts: {link}"),
)


@transaction.atomic
def assign_person(
    actor: Account,
    shift_pk: int,
    person_pk: int,
    *,
    instead_of: int | None = None,
    answered: Answered | None = None,
) -> Assignment:
    """Put a team member on a shift now; ``instead_of`` is the assignment that he replaces.

    The same rules hold as in a roster: what is forbidden is refused, what may be overridden needs ``answered``.
    """
    shift = _fetch(actor, shift_pk)
    _refuse_over(shift)
    plan = now_around(shift, timezone.now())
    if person_pk not in plan.material.members:
        raise Refused(_("This person is not in the team of this incident. Call the person up first."))
    replaced = _replaced(shift, instead_of)
    removes = [(replaced.person_id, shift.pk)] if replaced else []
    _check(actor, plan, effect(plan, [(person_pk, shift.pk)], removes), shift, person_pk, answered)
    if replaced is not None:
        _end([replaced], State.REMOVED, _("Somebody else took over."))
        _tell_off([replaced], _("Somebody else took over."))
    made = _confirm(shift, person_pk)
    detail = {"person": person_pk, "instead_of": replaced.person_id if replaced else None}
    audit.record(actor, "duty.assigned", made, area_path=shift.post.area.path, detail=detail)
    notices.to_person(made, ASSIGNED, Urgency.URGENT if _soon(shift) else Urgency.NORMAL, more={"by": actor.name})
    live.announce(TOPIC, shift.post.area.path)
    return made


@transaction.atomic
def take_off(actor: Account, assignment_pk: int, reason: str) -> Assignment:
    """Take somebody off a shift, with a reason that he is told."""
    rows = Assignment.objects.select_for_update(of=("self",)).select_related(
        "shift__post__area", "shift__post__incident", "person__account"
    )
    assignment = access.fetch(actor, "duty.assign", rows, pk=assignment_pk)
    _refuse_over(assignment.shift)
    if assignment.state not in (*HOLDING, State.WAITING):
        raise Refused(_("This person is not on the shift any more."))
    if not reason.strip():
        raise Refused(_("Give a reason. The person is told it."))
    _end([assignment], State.REMOVED, reason)
    _tell_off([assignment], reason)
    area = assignment.shift.post.area.path
    audit.record(actor, "duty.taken_off", assignment, area_path=area, detail={"reason": reason})
    live.announce(TOPIC, area)
    return assignment


def take_off_all(actor: Account, shift: Shift, reason: str) -> int:
    """Take everybody off a shift, inside the caller's transaction; answers how many were on it or waited for it."""
    rows = Assignment.objects.select_for_update(of=("self",)).filter(shift=shift, state__in=[*HOLDING, State.WAITING])
    gone = list(rows.select_related("shift__post__area", "shift__post__incident", "person__account").order_by("pk"))
    _end(gone, State.REMOVED, reason)
    _tell_off(gone, reason)
    for assignment in gone:
        audit.record(actor, "duty.taken_off", assignment, area_path=shift.post.area.path, detail={"reason": reason})
    live.announce(TOPIC, shift.post.area.path)
    return len(gone)


def end_swaps(assignments: Iterable[Assignment]) -> None:
    """A swap of a place that is gone cannot be decided any more."""
    gone = [assignment.pk for assignment in assignments]
    open_swaps = Swap.objects.filter(state__in=[Swap.State.ASKED, Swap.State.ACCEPTED])
    for field in ("given__in", "wanted__in"):
        open_swaps.filter(**{field: gone}).update(
            state=Swap.State.WITHDRAWN, decided_at=timezone.now(), answer=_("The roster changed.")
        )


def refusal_of(error: IntegrityError) -> Refused:
    """What the database said, as a sentence."""
    text = str(error)
    if "one_place_at_a_time" in text:
        return Refused(_("This person is on another shift at that time by now. Choose somebody else."))
    if "shift_never_overfull" in text:
        return Refused(_("The last place was taken a moment ago. Take somebody off first, or allow more places."))
    if "one_assignment_per_shift" in text:
        return Refused(_("This person is on that shift already."))
    raise error


def _fetch(actor: Account, pk: int) -> Shift:
    rows = Shift.objects.select_for_update(of=("self",), no_key=True).select_related(
        "post__area", "post__incident__playbook", "post__incident__area"
    )
    return access.fetch(actor, "duty.assign", rows, pk=pk)


def _refuse_over(shift: Shift) -> None:
    if shift.state == Shift.State.CANCELLED:
        raise Refused(_("This shift is cancelled."))
    if shift.ends <= timezone.now():
        raise Refused(_("This shift is over. What happened stays on record."))


def _replaced(shift: Shift, assignment_pk: int | None) -> Assignment | None:
    if assignment_pk is None:
        return None
    rows = Assignment.objects.select_for_update(of=("self",)).select_related(
        "shift__post__area", "shift__post__incident", "person__account"
    )
    found = rows.filter(pk=assignment_pk, shift=shift, state__in=HOLDING).first()
    if found is None:
        raise Refused(_("The person to be replaced is not on this shift any more. Look at it again."))
    return found


def _check(actor: Account, plan: Plan, change: Effect, shift: Shift, person_pk: int, answered: Answered | None) -> None:
    names = names_for(plan.material)
    if change.forbidden:
        raise Refused(" ".join(sentence(finding, names) for finding in change.forbidden), code="forbidden")
    if not change.to_override:
        return
    if answered is None or not answered.reason.strip():
        said = " ".join(sentence(finding, names) for finding in change.to_override)
        raise Refused(said + " " + _("Give a reason and an end to do it all the same."), code="needs_override")
    access.require(actor, "duty.override", shift.post.area)
    if answered.valid_until < shift.ends:
        raise Refused(_("The exception must hold at least until the shift ends. Choose a later end."))
    for finding in change.to_override:
        row = Override.objects.create(
            shift=shift,
            person_id=person_pk,
            rule=finding.rule,
            reason=answered.reason.strip()[:300],
            valid_until=answered.valid_until,
            made_by=actor,
        )
        detail = {"rule": row.rule, "person": person_pk, "reason": row.reason}
        audit.record(actor, "duty.rule_overridden", row, area_path=shift.post.area.path, detail=detail)


def _confirm(shift: Shift, person_pk: int) -> Assignment:
    """A confirmed place; somebody who waited for one gets it on the row he has."""
    fields: dict[str, Any] = {"state": State.CONFIRMED, "source": Assignment.Source.BY_HAND, "is_pinned": True}
    try:
        with transaction.atomic():
            waiting = Assignment.objects.filter(shift=shift, person_id=person_pk, state=State.WAITING).first()
            if waiting is None:
                made = Assignment.objects.create(shift=shift, person_id=person_pk, **fields)
            else:
                Assignment.objects.filter(pk=waiting.pk).update(**fields)
                made = waiting
    except IntegrityError as error:
        raise refusal_of(error) from error
    return Assignment.objects.select_related("shift__post__area", "shift__post__incident", "person__account").get(
        pk=made.pk
    )


def _end(assignments: list[Assignment], state: str, reason: str) -> None:
    Assignment.objects.filter(pk__in=[assignment.pk for assignment in assignments]).update(
        state=state, ended_at=timezone.now(), reason=reason[:200]
    )
    end_swaps(assignments)


def _tell_off(assignments: list[Assignment], reason: str) -> None:
    for assignment in assignments:
        if assignment.person.account is not None and assignment.shift.ends > timezone.now():
            messages.tell(
                [assignment.person.account],
                TAKEN_OFF,
                notices.context(assignment.shift, reason=reason),
                link=reverse("volunteer:shifts"),
                urgency=Urgency.URGENT if _soon(assignment.shift) else Urgency.NORMAL,
                area_path=assignment.shift.post.area.path,
            )


def _soon(shift: Shift) -> bool:
    return shift.starts - timezone.now() < timedelta(hours=12)
