"""A request ends: the resident is called back, it is closed, reopened, merged into another or split off again."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import audit
from redvest.core.errors import Refused
from redvest.core.messages import Urgency
from redvest.needs import rules
from redvest.needs.actions import notices
from redvest.needs.actions.common import Kind, State, check, left, locked, noted, said
from redvest.needs.models import SETTLED, Request
from redvest.needs.queries.words import kind_of
from redvest.needs.rules import Says, Step
from redvest.people.models import Account


@transaction.atomic
def call_back(actor: Account, pk: int, *, satisfied: bool, words: str = "") -> Request:
    """The desk asks the resident whether it is right now. Yes closes the request, no opens it again."""
    request = locked(actor, "needs.close", pk)
    check(Step.CALL_BACK, request)
    request.called_back_at = timezone.now()
    if satisfied:
        return _end(actor, request, words.strip()[:300] or request.outcome or _("Done, and confirmed by the resident."))
    return _reopen(actor, request, said(words, _("Say what is still missing, so that the next one knows.")))


@transaction.atomic
def close_request(actor: Account, pk: int, reason: str) -> Request:
    """End a request without a call back: nobody can be reached, it was a mistake, it is needed no longer."""
    request = locked(actor, "needs.close", pk)
    check(Step.CLOSE, request)
    return _end(actor, request, said(reason, _("Say in a few words why this request ends.")))


@transaction.atomic
def reopen_request(actor: Account, pk: int, reason: str) -> Request:
    """Open it again under its old number; the clock begins anew."""
    request = locked(actor, "needs.close", pk)
    check(Step.REOPEN, request)
    return _reopen(actor, request, said(reason, _("Say what is still missing, so that the next one knows.")))


@transaction.atomic
def merge_request(actor: Account, pk: int, into: int) -> Request:
    """Two requests for the same: this one goes on under the other's number, and its own still leads there."""
    if pk == into:
        raise Refused(_("A request cannot be merged into itself. Choose the other one."))
    # Locked in the order of their keys: two who merge each into the other at once must not wait for one another.
    both = {key: locked(actor, "needs.merge", key) for key in sorted((pk, into))}
    request, other = both[pk], both[into]
    check(Step.MERGE, request)
    if not other.is_open:
        raise Refused(rules.why_not(other), code=str(other.state))
    if request.incident_id != other.incident_id:
        raise Refused(_("These requests belong to different incidents and stay apart."))
    now = timezone.now()
    if request.priority < other.priority:
        other.priority = request.priority
    other.due_at = min(other.due_at, request.due_at)
    other.contact_by = min(other.contact_by, other.due_at)
    for row in request.merged.select_for_update():
        row.merged_into = other
        row.save(update_fields=["merged_into"])
    request.state, request.merged_into = State.MERGED, other
    request.person = request.in_hand_since = None
    request.ended_at, request.ended_by = now, actor
    request.outcome = _("Merged into No. %(number)s") % {"number": other.pk}
    left(actor, request, "merged", Kind.STATE, request.outcome, now=now, into=other.pk)
    words = _("No. %(number)s was merged into this one: %(words)s") % {"number": request.pk, "words": request.words}
    return left(actor, other, "merged_here", Kind.NOTE, words, now=now, other=request.pk)


@transaction.atomic
def split_request(actor: Account, pk: int) -> Request:
    """They were two after all: a merged request goes on by itself again, under its own number."""
    request = locked(actor, "needs.merge", pk)
    if request.state != State.MERGED:
        raise Refused(_("This request is not merged into another."))
    other = request.merged_into
    request.merged_into = None
    _reopen(actor, request, _("Split off from No. %(number)s") % {"number": other.pk if other else "?"})
    if other is not None:
        words = _("No. %(number)s goes on by itself again.") % {"number": request.pk}
        noted(actor, other, "split_here", Kind.NOTE, words, now=timezone.now(), other=request.pk)
    return request


@transaction.atomic
def resident_says(token: str, says: str, words: str = "") -> Request:
    """What the resident says about his request through its link: still needed, no longer needed, or done."""
    system = Account.objects.system()
    found = Request.objects.filter(token=token).values_list("pk", flat=True).first()
    if found is None or says not in {str(each) for each in Says}:
        raise Refused(_("This link leads to no request. Call the community office."))
    with audit.via("link"):
        request = locked(system, "needs.work", found)
        if request.state == State.MERGED and request.merged_into_id is not None:
            request = locked(system, "needs.work", request.merged_into_id)
        return _said_by_resident(system, request, Says(says), words.strip()[:500])


def _said_by_resident(system: Account, request: Request, says: Says, words: str) -> Request:
    now = timezone.now()
    if says is Says.STILL:
        if request.state in SETTLED or request.state == State.CLOSED:
            return _reopen(system, request, words or _("The resident says that it is still needed."), Kind.RESIDENT)
        return noted(system, request, "still_needed", Kind.RESIDENT, words or _("Still needed."), now=now)
    if not request.is_open:
        return request
    sentence = _("The resident says that it is done.") if says is Says.DONE else _("The resident needs it no longer.")
    return _end(system, request, words or sentence, Kind.RESIDENT)


def _end(actor: Account, request: Request, why: str, kind: Kind = Kind.STATE) -> Request:
    now = timezone.now()
    had = request.person
    request.state, request.ended_at, request.ended_by = State.CLOSED, now, actor
    request.outcome = why[:300]
    left(actor, request, "closed", kind, request.outcome, now=now)
    if request.settled_at is None and had is not None and had.account is not None and had.account_id != actor.pk:
        notices.to([had.account], request, notices.ENDED, Urgency.NORMAL, outcome=request.outcome)
    return request


def _reopen(actor: Account, request: Request, why: str, kind: Kind = Kind.STATE) -> Request:
    now = timezone.now()
    found = kind_of(request)
    if found is not None:
        clock = rules.clock_of(found, now)
        request.contact_by, request.due_at = clock.contact_by, clock.due_at
    request.state, request.reopened = State.VERIFIED, request.reopened + 1
    request.person = request.in_hand_since = request.settled_at = request.ended_at = request.ended_by = None
    request.contacted_at = None if kind is Kind.RESIDENT else now
    request.outcome = ""
    return left(actor, request, "reopened", kind, why, now=now, **_times(request))


def _times(request: Request) -> dict[str, Any]:
    return {"due_at": request.due_at.isoformat(), "times": request.reopened}
