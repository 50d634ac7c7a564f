"""Call-ups: sending them, further waves, nudging, standing people down, closing. Answers are in answers.py."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live
from redvest.core.errors import Refused
from redvest.core.messages import Urgency
from redvest.core.models import Message
from redvest.incidents import rules
from redvest.incidents.actions._rows import locked_incident
from redvest.incidents.actions._team import release
from redvest.incidents.actions._telling import answer_path, moment, note_of, tell
from redvest.incidents.models import CallUp, CallUpReply, Incident, TeamMember
from redvest.incidents.playbooks import loader
from redvest.incidents.queries.call_ups import CALLED, Criteria, times_of, to_ask
from redvest.people.models import Organisation, Person
from redvest.places.models import Area

if TYPE_CHECKING:
    from redvest.people.models import Account

LIMIT = 5000  # more people than this in one go is a mistake; narrow it or call in waves


@transaction.atomic
def send_call_up(
    actor: "Account",
    incident: int,
    *,
    criteria: Criteria,
    wanted: int,
    title: str = "",
    text: str = "",
    meet_at: datetime | None = None,
    meet_place: str = "",
    answer_minutes: int | None = None,
    resting: Collection[int] = (),
) -> CallUp:
    """Ask everybody whom the criteria mean and nothing excludes, on all their channels.

    `resting` are people whom duty knows to be on post or resting. The incident is locked: two coordinators who call at
    the same moment ask nobody twice.
    """
    row = locked_incident(actor, incident, CALLED)
    if wanted < 1:
        raise Refused(_("A call-up wants at least one person. Type how many."))
    people = _askable(actor, row, criteria, resting)
    times = loader.installed(row.playbook.slug, row.playbook.text).call_up
    call_up = CallUp.objects.create(
        incident=row,
        title=title.strip() or row.title,
        wanted=wanted,
        organisation=_organisation(actor, criteria),
        area=Area.objects.filter(pk=criteria.area).first() if criteria.area else None,
        filter=criteria.as_json(),
        text=text.strip(),
        meet_at=meet_at,
        meet_place=meet_place.strip(),
        answer_minutes=answer_minutes or times.answer_minutes,
        made_by=actor,
    )
    now = timezone.now()
    call_up.state, call_up.sent_at = CallUp.State.OPEN, now
    call_up.save(update_fields=["state", "sent_at"])
    replies = CallUpReply.objects.bulk_create(
        [CallUpReply(call_up=call_up, person=person, asked_at=now) for person in people], batch_size=1000
    )
    _ask(call_up, replies, "call_up")
    detail = {"asked": len(replies), "wanted": wanted, "criteria": criteria.as_json()}
    audit.record(actor, "incidents.called_up", call_up, area_path=row.area.path, detail=detail)
    live.announce("call_ups", row.area.path)
    return call_up


@transaction.atomic
def send_wave(
    actor: "Account",
    pk: int,
    *,
    ask_new: bool = True,
    ask_again: bool = True,
    at_most: int | None = None,
    resting: Collection[int] = (),
) -> int:
    """The second (or later) wave: those not asked yet, and those who did not answer. Returns how many were asked."""
    call_up = _open_call_up(actor, pk)
    now = timezone.now()
    times = times_of(call_up)
    wave = 1 + max(call_up.replies.values_list("wave", flat=True), default=0)
    again = []
    if ask_again:
        silent = call_up.replies.select_for_update(of=("self",)).filter(answer=CallUpReply.Answer.NONE)
        again = [
            reply
            for reply in silent.select_related("person__account")
            if rules.standing(reply, now, times.unreachable_minutes) is rules.Standing.UNREACHABLE
        ]
    new: list[CallUpReply] = []
    if ask_new:
        criteria = Criteria.from_json(call_up.filter | {"at_most": at_most})
        people = to_ask(actor, call_up.incident, criteria, resting, now)
        new = [CallUpReply(call_up=call_up, person=person, asked_at=now, wave=wave) for person in people[:LIMIT]]
    if not again and not new:
        raise Refused(_("There is nobody left to ask. Widen the call with a new call-up, or wait for answers."))
    for reply in again:
        reply.asked_at, reply.wave = now, wave
    CallUpReply.objects.bulk_update(again, ["asked_at", "wave"], batch_size=1000)
    new = CallUpReply.objects.bulk_create(new, batch_size=1000)
    _ask(call_up, [*again, *new], "second_wave")
    detail = {"wave": wave, "new": len(new), "again": len(again)}
    audit.record(actor, "incidents.wave_sent", call_up, area_path=call_up.incident.area.path, detail=detail)
    live.announce("call_ups", call_up.incident.area.path)
    return len(again) + len(new)


@transaction.atomic
def nudge(actor: "Account", pk: int, reply: int | None = None) -> int:
    """Remind one person, or everybody who has not answered yes or no; nobody twice in ten minutes."""
    call_up = _open_call_up(actor, pk)
    now = timezone.now()
    rows = call_up.replies.select_for_update(of=("self",)).select_related("person__account")
    chosen = [row for row in (rows.filter(pk=reply) if reply else rows) if rules.may_nudge(row, now)]
    if not chosen:
        raise Refused(_("Everybody has answered or was reminded less than ten minutes ago. Wait a little."))
    for row in chosen:
        row.nudged_at = now
    CallUpReply.objects.bulk_update(chosen, ["nudged_at"], batch_size=1000)
    _tell_asked(call_up, chosen, "nudge")
    audit.record(
        actor, "incidents.nudged", call_up, area_path=call_up.incident.area.path, detail={"people": len(chosen)}
    )
    live.announce("call_ups", call_up.incident.area.path)
    return len(chosen)


@transaction.atomic
def stand_down(actor: "Account", pk: int, replies: Collection[int]) -> int:
    """Tell these people that enough have come, with thanks. Who had said yes and is not deployed leaves the team."""
    call_up = _open_call_up(actor, pk)
    rows = call_up.replies.select_for_update(of=("self",)).select_related("person__account")
    chosen = list(rows.filter(pk__in=replies, stood_down_at=None).exclude(answer=CallUpReply.Answer.NO).order_by("pk"))
    if not chosen:
        raise Refused(_("Choose at least one person who has not been stood down yet."))
    members = {
        member.person_id: member
        for member in TeamMember.objects.select_for_update(of=("self",))
        .filter(incident=call_up.incident, person__in=[row.person_id for row in chosen])
        .exclude(state=TeamMember.State.RELEASED)
    }
    deployed = [str(row.person) for row in chosen if _is_deployed(members.get(row.person_id))]
    if deployed:
        sentence = _("%(names)s are deployed already. Recall them on the deployment board first.")
        raise Refused(sentence % {"names": ", ".join(deployed[:5])})
    now = timezone.now()
    for row in chosen:
        row.stood_down_at = now
        if row.person_id in members:
            release(members[row.person_id], now)
    CallUpReply.objects.bulk_update(chosen, ["stood_down_at"], batch_size=1000)
    _tell_asked(call_up, chosen, "stand_down", with_link=False)
    audit.record(
        actor, "incidents.stood_down", call_up, area_path=call_up.incident.area.path, detail={"people": len(chosen)}
    )
    live.announce("call_ups", call_up.incident.area.path)
    return len(chosen)


@transaction.atomic
def close_call_up(actor: "Account", pk: int, *, tell_waiting: bool = True) -> CallUp:
    """No more answers. Those who did not answer, or would have said later, are told that they need not any more."""
    call_up = _open_call_up(actor, pk)
    now = timezone.now()
    open_answers = (CallUpReply.Answer.NONE, CallUpReply.Answer.LATER)
    waiting = list(
        call_up.replies.select_related("person__account").filter(answer__in=open_answers, stood_down_at=None)
    )
    if tell_waiting and waiting:
        for row in waiting:
            row.stood_down_at = now
        CallUpReply.objects.bulk_update(waiting, ["stood_down_at"], batch_size=1000)
        _tell_asked(call_up, waiting, "stand_down", with_link=False, urgency=Urgency.NORMAL)
    call_up.state, call_up.closed_at = CallUp.State.CLOSED, now
    call_up.save(update_fields=["state", "closed_at"])
    detail = {"told": len(waiting) if tell_waiting else 0}
    audit.record(actor, "incidents.call_up_closed", call_up, area_path=call_up.incident.area.path, detail=detail)
    live.announce("call_ups", call_up.incident.area.path)
    return call_up


def _askable(actor: "Account", row: Incident, criteria: Criteria, resting: Collection[int]) -> list[Person]:
    people = list(to_ask(actor, row, criteria, resting, timezone.now())[: LIMIT + 1])
    if not people:
        raise Refused(_("Nobody can be asked by this choice. Look at who is left out and why, or choose more widely."))
    if len(people) > LIMIT:
        sentence = _("More than %(limit)s people would be asked at once. Narrow the choice, or ask at most so many.")
        raise Refused(sentence % {"limit": LIMIT})
    return people


def _organisation(actor: "Account", criteria: Criteria) -> Organisation | None:
    if not criteria.organisation:
        return None
    return access.fetch(actor, CALLED, Organisation.objects.all(), pk=criteria.organisation)


def _open_call_up(actor: "Account", pk: int) -> CallUp:
    rows = CallUp.objects.select_for_update(of=("self",)).select_related(
        "incident__area", "incident__playbook", "made_by"
    )
    call_up = access.fetch(actor, CALLED, rows, pk=pk)
    if call_up.state != CallUp.State.OPEN:
        raise Refused(_("This call-up is closed. Send a new one if people are needed."))
    return call_up


def _is_deployed(member: TeamMember | None) -> bool:
    return member is not None and member.state == TeamMember.State.DEPLOYED


def _ask(call_up: CallUp, replies: Sequence[CallUpReply], key: str) -> None:
    """Send the question and remember which message carried it, so that the board can say whether it arrived."""
    sent = {message.account_id: message for message in _tell_asked(call_up, replies, key)}
    told = [reply for reply in replies if reply.person.account_id in sent]
    for reply in told:
        reply.message = sent[reply.person.account_id]  # type: ignore[index]
    CallUpReply.objects.bulk_update(told, ["message"], batch_size=1000)


def _tell_asked(
    call_up: CallUp,
    replies: Sequence[CallUpReply],
    key: str,
    *,
    with_link: bool = True,
    urgency: Urgency = Urgency.URGENT,
) -> list[Message]:
    incident = call_up.incident
    by_account = {reply.person.account_id: reply for reply in replies if reply.person.account_id is not None}
    accounts = [reply.person.account for reply in by_account.values() if reply.person.account is not None]
    coming = call_up.replies.filter(answer__in=rules.COMING).count()
    answer_by = timezone.now() + timedelta(minutes=call_up.answer_minutes)
    return tell(
        accounts,
        incident,
        key,
        lambda account: {
            "note": note_of(call_up),
            "meeting": moment(call_up.meet_at, incident),
            "answer_by": moment(answer_by, incident),
            "sender": call_up.made_by.name,
            "missing": max(0, call_up.wanted - coming),
        },
        (lambda account: answer_path(by_account[account.pk])) if with_link else "",
        urgency,
    )
