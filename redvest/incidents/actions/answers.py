"""Answers to a call-up: by the person in the app or by his private link, or noted on his behalf after a phone call."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redvest.core import access, audit, live, messages
from redvest.core.errors import Refused
from redvest.core.messages import Urgency
from redvest.incidents import rules
from redvest.incidents.actions._team import join, release
from redvest.incidents.models import CallUp, CallUpReply, TeamMember
from redvest.incidents.queries.call_ups import CALLED, times_of
from redvest.people.models import Account

CANNOT_COME = messages.register(
    "incidents.cannot_come",
    gettext_lazy("{person} cannot come any more"),
    gettext_lazy("{person} was deployed to {place} and now cannot come. Look for a replacement."),
)

_FOUND = CallUpReply.objects.select_related("call_up__incident__area", "call_up__incident__playbook", "person__account")


@transaction.atomic
def answer_call_up(
    actor: Account, pk: int, answer: str, *, available_from: datetime | None = None, note: str = ""
) -> CallUpReply:
    """The actor answers for himself. The same answer twice happens once; it may change until the call-up is closed."""
    reply = access.fetch(actor, "incidents.answer", _FOUND.all(), pk=pk)
    return _answer(actor, reply, answer, available_from, note, via="app")


@transaction.atomic
def answer_by_link(
    actor: Account | None, token: str, answer: str, *, available_from: datetime | None = None, note: str = ""
) -> CallUpReply:
    """Whoever holds the private link answers; recorded in the name of the person it was sent to.

    `actor` is whoever is signed in, or None: somebody else's link is refused, so that a forwarded one does no harm.
    """
    reply = _FOUND.filter(token=token).first()
    if reply is None:
        raise Refused(_("This link is not complete. Open it again from the message you got."))
    owner = reply.person.account
    if actor is not None and actor.pk != reply.person.account_id:
        raise Refused(_("This link was sent to somebody else. Sign out, or open the link that was sent to you."))
    link = rules.link_state(reply, reply.call_up, timezone.now(), times_of(reply.call_up))
    if link is not rules.LinkState.OPEN:
        raise Refused(link.sentence, code=link.value)
    with audit.via("link"):
        return _answer(owner or Account.objects.system(), reply, answer, available_from, note, via="link")


@transaction.atomic
def note_answer(
    actor: Account, pk: int, answer: str, *, available_from: datetime | None = None, note: str = ""
) -> CallUpReply:
    """A coordinator notes what somebody said by phone; it is kept as noted, with the coordinator's name."""
    reply = access.fetch(actor, CALLED, _FOUND.all(), pk=pk)
    return _answer(actor, reply, answer, available_from, note, via="phone")


def _answer(
    actor: Account, found: CallUpReply, answer: str, available_from: datetime | None, note: str, *, via: str
) -> CallUpReply:
    """Check, write, follow through to the team, record, announce."""
    # The call-up is locked before its replies, as waves and closing do: no deadlock, no answer after closing.
    call_up = CallUp.objects.select_for_update(no_key=True).get(pk=found.call_up_id)
    reply = _FOUND.select_for_update(of=("self",)).get(pk=found.pk)
    if call_up.state != CallUp.State.OPEN:
        raise Refused(rules.LinkState.CLOSED.sentence, code="closed")
    available_from = _checked_time(answer, available_from)
    note = note.strip()[:200]
    before = (reply.answer, reply.available_from, reply.note)
    if before == (answer, available_from, note):
        return reply
    now = timezone.now()
    reply.answer, reply.available_from, reply.note = answer, available_from, note
    reply.answered_at, reply.answered_via = now, via
    reply.noted_by = actor if via == "phone" else None
    reply.stood_down_at = None
    reply.save(
        update_fields=["answer", "available_from", "note", "answered_at", "answered_via", "noted_by", "stood_down_at"]
    )
    _follow(actor, reply, now)
    path = reply.call_up.incident.area.path
    audit.record(actor, "incidents.answered", reply, area_path=path, detail={"answer": answer, "by": via})
    live.announce("call_ups", path)
    return reply


def _checked_time(answer: str, available_from: datetime | None) -> datetime | None:
    known = set(CallUpReply.Answer.values) - {CallUpReply.Answer.NONE.value}
    if answer not in known:
        raise Refused(_("Choose one of the four answers."))
    if answer != CallUpReply.Answer.YES_FROM:
        return None
    if available_from is None:
        raise Refused(_("Say from what time on you can come."))
    return available_from


def _follow(actor: Account, reply: CallUpReply, now: datetime) -> None:
    """A yes joins the team; anything else leaves it again. Whoever relied on a deployed person is told at once."""
    incident = reply.call_up.incident
    if reply.answer in rules.COMING:
        join(incident, reply.person, reply.available_from or now, now, reply=reply)
        return
    rows = TeamMember.objects.select_for_update(of=("self",)).filter(incident=incident, person=reply.person)
    member = rows.exclude(state=TeamMember.State.RELEASED).first()
    if member is None:
        return
    order = member.deployments.filter(state="published").select_related("area").first()
    release(member, now)
    live.announce("deployment", incident.area.path)
    if order is not None:
        told = access.holders("incidents.deploy", order.area)
        values = {"person": reply.person.name, "place": order.area.name}
        messages.tell(told, CANNOT_COME, values, urgency=Urgency.URGENT, area_path=order.area.path)
