"""Stepping forward (主动请缨): a person offers himself for a place that lacks hands; the place answers."""

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live
from redvest.core.errors import Refused
from redvest.core.messages import Urgency
from redvest.incidents import rules
from redvest.incidents.actions._team import join, order_now
from redvest.incidents.actions._telling import tell
from redvest.incidents.models import Incident, Offer
from redvest.incidents.queries.deployment import open_place
from redvest.people.models import Person

if TYPE_CHECKING:
    from redvest.people.models import Account


@transaction.atomic
def offer_help(actor: "Account", incident: int, area: int, note: str = "") -> Offer:
    """The actor offers to serve there; the reason for a refusal is the one his screen shows. Twice is once."""
    person = access.fetch(actor, "incidents.offer", Person.objects.select_for_update(of=("self",)), account=actor)
    place = open_place(actor, incident, area)
    if place.may is rules.MayOffer.OFFERED:
        return Offer.objects.get(person=person, incident=incident, area=area, state=Offer.State.OPEN)
    if place.may is not rules.MayOffer.OPEN:
        raise Refused(place.may.sentence, code=place.may.value)
    try:
        with transaction.atomic():
            row = Offer.objects.create(incident=place.incident, area=place.area, person=person, note=note.strip()[:300])
    except IntegrityError as error:
        raise Refused(rules.MayOffer.OFFERED.sentence, code="offered") from error
    audit.record(actor, "incidents.offered", row, area_path=place.area.path)
    live.announce("offers", place.area.path)
    return row


@transaction.atomic
def withdraw_offer(actor: "Account", pk: int) -> Offer:
    """Taking an offer back is free as long as nobody has answered it."""
    rows = Offer.objects.select_for_update(of=("self",)).select_related("area")
    row = access.fetch(actor, "incidents.offer", rows, pk=pk)
    _refuse_decided(row)
    row.state, row.decided_at = Offer.State.WITHDRAWN, timezone.now()
    row.save(update_fields=["state", "decided_at"])
    audit.record(actor, "incidents.offer_withdrawn", row, area_path=row.area.path)
    live.announce("offers", row.area.path)
    return row


@transaction.atomic
def accept_offer(actor: "Account", pk: int) -> Offer:
    """The person joins the team and is ordered to this place at once; an order elsewhere ends."""
    row = _open_offer(actor, pk)
    now = timezone.now()
    row.state, row.decided_at, row.decided_by = Offer.State.ACCEPTED, now, actor
    row.save(update_fields=["state", "decided_at", "decided_by"])
    member = join(row.incident, row.person, now, now, offer=row)
    order = order_now(actor, member, row.area, now)
    _tell_decision(actor, row, "offer_accepted", reverse("volunteer:order", args=[order.pk]))
    audit.record(actor, "incidents.offer_accepted", row, area_path=row.area.path)
    live.announce("offers", row.area.path)
    live.announce("deployment", row.area.path)
    return row


@transaction.atomic
def decline_offer(actor: "Account", pk: int, answer: str = "") -> Offer:
    """Not needed now: the person is thanked, and nothing of it counts against him."""
    row = _open_offer(actor, pk)
    row.state, row.decided_at, row.decided_by = Offer.State.DECLINED, timezone.now(), actor
    row.answer = answer.strip()[:200]
    row.save(update_fields=["state", "decided_at", "decided_by", "answer"])
    _tell_decision(actor, row, "offer_declined", reverse("volunteer:offers"))
    audit.record(actor, "incidents.offer_declined", row, area_path=row.area.path)
    live.announce("offers", row.area.path)
    return row


def _open_offer(actor: "Account", pk: int) -> Offer:
    rows = Offer.objects.select_for_update(of=("self",))
    rows = rows.select_related("area", "incident__area", "incident__playbook", "person__account")
    row = access.fetch(actor, "incidents.accept_offer", rows, pk=pk)
    _refuse_decided(row)
    if row.incident.state != Incident.State.ACTIVE:
        raise Refused(_("This incident is closed; nothing in it can be changed any more."))
    return row


def _refuse_decided(row: Offer) -> None:
    if row.state != Offer.State.OPEN:
        sentence = _("This offer is decided already: %(state)s. Reload the page.")
        raise Refused(sentence % {"state": row.get_state_display()}, code=row.state)


def _tell_decision(actor: "Account", row: Offer, key: str, link: str) -> None:
    if row.person.account is not None:
        values = {"community": row.area.name, "sender": actor.name}
        tell([row.person.account], row.incident, key, lambda account: values, link, Urgency.NORMAL)
