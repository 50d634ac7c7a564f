"""The demo's emergency: activated three days ago, the bureau's 37 called up and answered, the team deployed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from redvest.core.models import Delivery, Message
from redvest.core.roles import Role
from redvest.demo.clock import as_of
from redvest.demo.population import BUREAU
from redvest.incidents import actions
from redvest.incidents.models import (
    CallUp,
    CallUpReply,
    Deployment,
    HandsWanted,
    Incident,
    Playbook,
    TeamMember,
)
from redvest.incidents.queries.call_ups import Criteria
from redvest.people.models import Account, Organisation, Person
from redvest.places.models import Area
from redvest.workflows import activate_incident as activation
from redvest.workflows import call_up as calling
from redvest.workflows import publish_deployment as deploying

AGO = timedelta(days=3, hours=4)
UNTIL_CALLED, UNTIL_DEPLOYED = timedelta(minutes=12), timedelta(hours=2)
LEVEL = 2
# 37 people: 31 come at once, 2 from a time on, 2 cannot, 1 will say later, 1 is not reached.
ANSWERS = ["yes"] * 31 + ["yes_from"] * 2 + ["no"] * 2 + ["later", "none"]
NOTES = {"yes_from": "孩子送到老人家后就来", "later": "正在外地返程，到了再报"}
OFFERS = ("2022年在集中隔离点服务两个月，懂穿脱防护。", "就住附近，晚上和凌晨都可以。", "")


@transaction.atomic
def build(seed: int, say: Callable[[str], None]) -> None:
    """Everything by the same actions as in real life; then its times are set back to when it began."""
    dice = Random(f"{seed} incident")
    start = (timezone.now() - AGO).replace(minute=0, second=0, microsecond=0)
    bureau = Account.objects.get(username="bureau")
    street = Area.objects.get(grants__account__username="street", grants__role=Role.COORDINATOR)
    incident = activation.activate_incident(
        bureau,
        playbook=Playbook.objects.get(slug="epidemic_control", is_current=True).pk,
        area=street.pk,
        level=LEVEL,
        title=f"{street.name}疫情处置",
        starts=start,
        expected_end=start + timedelta(days=17),
        focus=_focus(street),
    ).incident
    with as_of(start + UNTIL_CALLED):
        call_up = calling.send_call_up(
            bureau,
            incident.pk,
            criteria=Criteria(organisation=Organisation.objects.get(name=BUREAU).pk),
            wanted=37,
            title=f"{BUREAU}下沉突击队",
            text="请带身份证和换洗衣物，预计两周。",
            meet_at=start + timedelta(hours=3),
            meet_place=f"{street.name}办事处一楼大厅",
        )
    _answer(dice, bureau, call_up, start)
    with as_of(start + UNTIL_DEPLOYED):
        deploying.propose_deployment(bureau, incident.pk)
        deploying.publish_deployment(bureau, incident.pk, meet_at=start + timedelta(hours=4))
    _read(dice, incident)
    _set_back(dice, incident, call_up, start)
    _offer(dice, incident)
    for step in ("report_up", "insurance"):
        actions.tick_step(bureau, incident.pk, "activation", step)
    say(f"1 incident, {TeamMember.objects.filter(incident=incident).count()} in its team")


def _focus(street: Area) -> list[int]:
    """The communities with estates."""
    estates = Area.objects.filter(path__startswith=street.path, level=Area.Level.ESTATE)
    return sorted({key for key in estates.values_list("parent", flat=True) if key is not None})


def _answer(dice: Random, bureau: Account, call_up: CallUp, start: datetime) -> None:
    """The 37 answers, each by link, in the app or noted after a phone call."""
    answers = ANSWERS[:]
    dice.shuffle(answers)
    replies = call_up.replies.select_related("person__account").order_by("person__number")
    for reply, answer in zip(replies, answers, strict=True):
        account = reply.person.account
        given: dict[str, Any] = {
            "available_from": start + timedelta(hours=dice.randint(6, 12)) if answer == "yes_from" else None,
            "note": NOTES.get(answer, ""),
        }
        if answer == "none":
            continue
        if dice.random() < 0.1 or account is None:
            actions.note_answer(bureau, reply.pk, answer, **given)
        elif dice.random() < 0.7:
            actions.answer_by_link(None, reply.token, answer, **given)
        else:
            actions.answer_call_up(account, reply.pk, answer, **given)


def _read(dice: Random, incident: Incident) -> None:
    """Nearly everybody has read his order."""
    orders = Deployment.objects.filter(member__incident=incident, state=Deployment.State.PUBLISHED)
    for order in orders.select_related("member__person__account").order_by("pk"):
        account = order.member.person.account
        if account is not None and dice.random() < 0.9:
            actions.read_order(account, order.pk)


def _offer(dice: Random, incident: Incident) -> None:
    """Three local volunteers step forward for the community that lacks most."""
    place = HandsWanted.objects.filter(incident=incident, area__level=Area.Level.COMMUNITY).order_by("-wanted", "pk")[0]
    local = Person.objects.filter(
        kind=Person.Kind.VOLUNTEER, state=Person.State.VERIFIED, home__path__startswith=place.area.path
    )
    ready = local.filter(consents__kind="serve", consents__withdrawn_at=None, account__isnull=False)
    people = list(ready.select_related("account").order_by("number"))
    for person, note in zip(dice.sample(people, len(OFFERS)), OFFERS, strict=True):
        if person.account is not None:
            actions.offer_help(person.account, incident.pk, place.area_id, note)


def _set_back(dice: Random, incident: Incident, call_up: CallUp, start: datetime) -> None:
    """Rows were written now; the demo is to look as if it had begun then. The trail keeps the real times."""
    now = timezone.now()
    sent = start + UNTIL_CALLED
    Incident.objects.filter(pk=incident.pk).update(activated_at=start)
    CallUp.objects.filter(pk=call_up.pk).update(sent_at=sent, created_at=sent)
    for reply in call_up.replies.order_by("person__number"):
        # Most answer within minutes, some take half an hour.
        answered = sent + timedelta(seconds=40 + int(1700 * dice.random() ** 2)) if reply.answered_at else None
        CallUpReply.objects.filter(pk=reply.pk).update(asked_at=sent, answered_at=answered)
        TeamMember.objects.filter(reply=reply).update(joined_at=answered or sent)
        TeamMember.objects.filter(reply=reply, available_from__gte=now - timedelta(hours=1)).update(
            available_from=reply.available_from or answered or sent
        )
    published = start + UNTIL_DEPLOYED
    orders = Deployment.objects.filter(member__incident=incident)
    orders.update(published_at=published, starts=start + timedelta(hours=4))
    orders.exclude(seen_at=None).update(seen_at=published + timedelta(minutes=9))
    late = orders.filter(starts__lt=F("member__available_from")).select_related("member")
    for order in late:
        Deployment.objects.filter(pk=order.pk).update(starts=order.member.available_from)
    Message.objects.filter(template__startswith="incidents.").update(created_at=sent)
    Message.objects.filter(template="incidents.orders").update(created_at=published)
    Delivery.objects.filter(message__template__startswith="incidents.").update(
        state=Delivery.State.SENT, sent_at=sent, attempts=1, reference="demo"
    )
