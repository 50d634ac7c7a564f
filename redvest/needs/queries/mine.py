"""A volunteer's requests: those in his hand, those that wait at the post where he is on duty now."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access
from redvest.duty.models import Assignment
from redvest.incidents.models import Incident
from redvest.needs import rules
from redvest.needs.models import IN_HAND, WAITING, Request
from redvest.needs.queries.board import WITH, Line, line, lines_of
from redvest.needs.queries.words import kind_of
from redvest.needs.rules import Step
from redvest.people.models import Account

OWN_STEPS = (Step.TAKE, Step.ACCEPT, Step.GIVE_BACK, Step.SET_OUT, Step.DONE, Step.NOT_DONE, Step.REFER)


@dataclass(frozen=True, slots=True)
class MyRequests:
    """What a volunteer on duty sees."""

    in_hand: list[Line]
    waiting: list[Line]
    posts: list[str]


@dataclass(frozen=True, slots=True)
class MyRequest:
    """One request on the volunteer's phone. Name and phone are shown, on record, only while it is his."""

    request: Request
    line: Line
    advice: str
    steps: frozenset[str]
    is_mine: bool


def my_requests(actor: Account) -> MyRequests:
    """In hand first, then the queue of the posts where he is on duty right now."""
    now = timezone.now()
    mine = access.scope(actor, "needs.work", Request.objects.filter(person__account=actor))
    in_hand = mine.filter(state__in=IN_HAND, incident__state=Incident.State.ACTIVE)
    on = list(_on_duty(actor, now).values_list("shift__post", "shift__post__name").distinct())
    waiting = Request.objects.filter(post__in=[post for post, _name in on], state__in=WAITING)
    return MyRequests(
        in_hand=lines_of(in_hand, now),
        waiting=lines_of(waiting.filter(incident__state=Incident.State.ACTIVE), now) if on else [],
        posts=[name for _post, name in on],
    )


def my_request(actor: Account, pk: int) -> MyRequest:
    """One that is his, or that waits where he is on duty; anything else does not exist for him."""
    now = timezone.now()
    rows = Request.objects.select_related(*WITH, "household")
    posts = _on_duty(actor, now).values("shift__post")
    found = rows.filter(pk=pk, person__account=actor).first()
    found = found or rows.filter(pk=pk, post__in=posts, state__in=WAITING).first()
    if found is None:
        raise Http404(_("There is nothing here that you may see."))
    is_mine = found.person is not None and found.person.account_id == actor.pk
    steps = [step for step in OWN_STEPS if rules.may(step, found) and (is_mine or step is Step.TAKE)]
    if is_mine:
        steps = [step for step in steps if step is not Step.TAKE]
    kind = kind_of(found)
    return MyRequest(
        request=found,
        line=line(found, now),
        advice=str(kind.advice) if kind else "",
        steps=frozenset(str(step) for step in steps),
        is_mine=is_mine and found.state in IN_HAND,
    )


def _on_duty(actor: Account, now: datetime) -> QuerySet[Assignment]:
    rows = access.scope(actor, "duty.see_own", Assignment.objects.filter(person__account=actor))
    return rows.filter(state=Assignment.State.CONFIRMED, shift__starts__lte=now, shift__ends__gt=now)
