"""What the actions on requests share: finding one under lock, and the line that each step leaves."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live
from redvest.core.errors import Refused
from redvest.duty.models import Assignment
from redvest.incidents.models import Incident
from redvest.needs import rules
from redvest.needs.models import Request, RequestNote
from redvest.needs.rules import Step
from redvest.people.models import Account

TOPIC = "needs"
Kind = RequestNote.Kind
State = Request.State
WITH = ("area__parent__parent", "desk", "post", "household", "incident__playbook", "person__account", "taken_by")


def locked(actor: Account, action: str, pk: int) -> Request:
    """The request under lock, if the actor may do ``action`` on it; anybody else's does not exist."""
    rows = Request.objects.select_for_update(of=("self",)).select_related(*WITH)
    request = access.fetch(actor, action, rows, pk=pk)
    if request.incident.state != Incident.State.ACTIVE:
        raise Refused(_("This incident is closed; nothing in it can be changed any more."))
    return request


def at_my_post(actor: Account, pk: int) -> Request | None:
    """A request, under lock, that waits at a post where the actor is on duty right now."""
    now = timezone.now()
    mine = access.scope(actor, "duty.see_own", Assignment.objects.filter(person__account=actor)).filter(
        state=Assignment.State.CONFIRMED, shift__starts__lte=now, shift__ends__gt=now
    )
    rows = Request.objects.select_for_update(of=("self",)).select_related(*WITH)
    return rows.filter(pk=pk, post__in=mine.values("shift__post"), incident__state=Incident.State.ACTIVE).first()


def check(step: Step, request: Request) -> None:
    """Refuse a step that the request's state does not allow, with the sentence that says what to do instead."""
    if not rules.may(step, request):
        raise Refused(rules.why_not(request), code=str(request.state))


def said(text: str, sentence: str) -> str:
    """The text that a step cannot do without, or a refusal with ``sentence``."""
    text = text.strip()
    if not text:
        raise Refused(sentence)
    return text[:300]


def left(
    actor: Account, request: Request, verb: str, kind: Kind, words: str = "", *, now: datetime, **detail: Any
) -> Request:
    """Save the request, and leave its line, the entry in the trail and the announcement."""
    request.save()
    return noted(actor, request, verb, kind, words, now=now, **detail)


def noted(
    actor: Account, request: Request, verb: str, kind: Kind, words: str = "", *, now: datetime, **detail: Any
) -> Request:
    """The same without saving: a line about a request that stays as it is."""
    RequestNote.objects.create(
        request=request, kind=kind, state=request.state, words=words[:500], made_by=actor, made_at=now
    )
    audit.record(actor, f"needs.{verb}", request, area_path=request.area.path, detail=detail)
    live.announce(TOPIC, request.area.path)
    return request
