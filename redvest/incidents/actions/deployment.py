"""Deployment: a proposal is a draft that people move about; publishing makes orders and tells whom they concern."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live, masking
from redvest.core.errors import Refused
from redvest.incidents import planning
from redvest.incidents.actions._rows import locked_incident
from redvest.incidents.actions._team import end_deployments, settle
from redvest.incidents.actions._telling import kit_text, moment, tell
from redvest.incidents.models import Deployment, Incident, TeamMember
from redvest.incidents.queries.incidents import HOST_LEVELS
from redvest.places.models import Area

if TYPE_CHECKING:
    from redvest.people.models import Account

DEPLOY = "incidents.deploy"
BY_HAND = [{"kind": "by_hand"}]


@transaction.atomic
def propose_deployment(actor: "Account", incident: int, *, seed: int = 0) -> int:
    """Let the engine say who goes where; returns how many. What was moved by hand and what is published stay."""
    row = locked_incident(actor, incident, DEPLOY)
    kept = Deployment.objects.filter(member__incident=row, state=Deployment.State.PROPOSED)
    kept.filter(by_hand=False).update(state=Deployment.State.ENDED)
    placed = {Deployment.State.PROPOSED, Deployment.State.PUBLISHED}
    free = _members(row).exclude(deployments__state__in=placed).select_related("person__home")
    plan = planning.deployment(row, list(free.prefetch_related("person__skills__skill")), seed=seed)
    now = timezone.now()
    Deployment.objects.bulk_create(
        Deployment(
            member=choice.member,
            area=choice.area,
            starts=max(now, choice.member.available_from),
            reasons=choice.reasons,
        )
        for choice in plan
    )
    audit.record(actor, "incidents.deployment_proposed", row, area_path=row.area.path, detail={"people": len(plan)})
    live.announce("deployment", row.area.path)
    return len(plan)


@transaction.atomic
def move_member(actor: "Account", member: int, area: int | None) -> Deployment | None:
    """Send a member to another community, or (None) back among those without a place; a draft until it is published.

    Moving somebody to where his order already sends him drops the draft.
    """
    row = _member(actor, member)
    now = timezone.now()
    proposal = row.deployments.select_for_update(of=("self",)).filter(state=Deployment.State.PROPOSED).first()
    order = row.deployments.filter(state=Deployment.State.PUBLISHED).first()
    if proposal is not None:
        proposal.state = Deployment.State.ENDED
        proposal.save(update_fields=["state"])
    if area is None and order is not None:
        sentence = _("%(name)s has an order already. Recall it instead, so that %(name)s is told.")
        raise Refused(sentence % {"name": row.person.name})
    made = None
    if area is not None and (order is None or order.area_id != area):
        place = _host(row.incident, area)
        starts = max(now, row.available_from)
        made = Deployment.objects.create(member=row, area=place, starts=starts, by_hand=True, reasons=BY_HAND)
    path = row.incident.area.path
    audit.record(actor, "incidents.member_moved", row, area_path=path, detail={"area": area})
    live.announce("deployment", path)
    return made


@transaction.atomic
def publish_deployment(
    actor: "Account",
    incident: int,
    *,
    meet_at: datetime | None = None,
    places: Mapping[int, str] | None = None,
    kit: Mapping[int, Sequence[Mapping[str, Any]]] | None = None,
) -> int:
    """Make every draft an order, and tell those whose order is new or changed; nobody else hears of it.

    `places` are meeting places by area (else the area's address or name), `kit` what duty will hand out there.
    """
    row = locked_incident(actor, incident, DEPLOY)
    drafts = list(
        Deployment.objects.select_for_update(of=("self",))
        .filter(member__incident=row, state=Deployment.State.PROPOSED)
        .select_related("area", "member__person__account", "member__incident__area")
        .order_by("pk")
    )
    if not drafts:
        raise Refused(_("There is nothing to publish. Propose a deployment, or move somebody first."))
    now = timezone.now()
    for draft in drafts:
        _end_order(draft.member, now)
        draft.state, draft.published_at = Deployment.State.PUBLISHED, now
        draft.starts = max(meet_at or now, draft.member.available_from)
        draft.meet_place = ((places or {}).get(draft.area_id) or draft.area.address or draft.area.name)[:120]
        draft.contact_name = draft.area.contact_name or actor.name
        draft.contact_phone = draft.area.contact_phone or actor.phone or ""
        draft.kit = list((kit or {}).get(draft.area_id, ()))
        draft.save()
        settle(draft)
    _tell_orders(row, drafts)
    audit.record(actor, "incidents.deployment_published", row, area_path=row.area.path, detail={"people": len(drafts)})
    live.announce("deployment", row.area.path)
    return len(drafts)


@transaction.atomic
def recall_member(actor: "Account", member: int) -> TeamMember:
    """End somebody's order; he stands by again and is told."""
    row = _member(actor, member)
    order = row.deployments.filter(state=Deployment.State.PUBLISHED).first()
    if order is None:
        raise Refused(_("%(name)s has no order to recall.") % {"name": row.person.name})
    end_deployments(row, timezone.now())
    row.state = TeamMember.State.STANDING_BY
    row.save(update_fields=["state"])
    if row.person.account is not None:
        tell([row.person.account], row.incident, "stand_down", lambda account: {"sender": actor.name})
    audit.record(actor, "incidents.member_recalled", row, area_path=row.incident.area.path)
    live.announce("deployment", row.incident.area.path)
    return row


@transaction.atomic
def read_order(actor: "Account", deployment: int) -> Deployment:
    """The person says that he has read his order; the coordinator sees it."""
    rows = Deployment.objects.select_for_update(of=("self",)).select_related("area", "member")
    row = access.fetch(actor, "incidents.see_order", rows, pk=deployment)
    if row.member.person.account_id != actor.pk:
        raise Refused(_("Only the person whose order it is can say that it was read."))
    if row.seen_at is None:
        row.seen_at = timezone.now()
        row.save(update_fields=["seen_at"])
        audit.record(actor, "incidents.order_read", row, area_path=row.area.path)
        live.announce("deployment", row.area.path)
    return row


@transaction.atomic
def pair_members(actor: "Account", member: int, other: int | None) -> TeamMember:
    """Two who are sent to the same place, like the pair of a night checkpoint; None takes a pair apart."""
    row = _member(actor, member)
    partner = None if other is None else _member(actor, other)
    if partner is not None and (partner.pk == row.pk or partner.incident_id != row.incident_id):
        raise Refused(_("A pair is two different people of one team. Choose another person."))
    together = [row.pk] if partner is None else [row.pk, partner.pk]
    TeamMember.objects.filter(pair_with__in=together).update(pair_with=None)
    row.pair_with = partner
    row.save(update_fields=["pair_with"])
    if partner is not None:
        partner.pair_with = row
        partner.save(update_fields=["pair_with"])
    audit.record(actor, "incidents.paired", row, area_path=row.incident.area.path, detail={"with": other})
    live.announce("deployment", row.incident.area.path)
    return row


def _members(row: Incident) -> QuerySet[TeamMember]:
    rows = TeamMember.objects.select_for_update(of=("self",))
    return rows.filter(incident=row).exclude(state=TeamMember.State.RELEASED).order_by("pk")


def _member(actor: "Account", pk: int) -> TeamMember:
    rows = TeamMember.objects.select_for_update(of=("self",))
    rows = rows.select_related("incident__area", "incident__playbook", "person__account")
    row = access.fetch(actor, DEPLOY, rows, pk=pk)
    if row.incident.state != Incident.State.ACTIVE or row.state == TeamMember.State.RELEASED:
        raise Refused(_("%(name)s is no longer in the team. Reload the page.") % {"name": row.person.name})
    return row


def _host(incident: Incident, area: int) -> Area:
    place = Area.objects.filter(pk=area, path__startswith=incident.area.path).first()
    if place is None or (place.level not in HOST_LEVELS and place.pk != incident.area_id):
        raise Refused(_("Choose a community inside the incident's area."))
    return place


def _end_order(member: TeamMember, now: datetime) -> None:
    for order in Deployment.objects.filter(member=member, state=Deployment.State.PUBLISHED):
        order.state, order.ends = Deployment.State.ENDED, max(now, order.starts)
        order.save(update_fields=["state", "ends"])


def _tell_orders(row: Incident, orders: Sequence[Deployment]) -> None:
    by_account = {order.member.person.account_id: order for order in orders}
    accounts = [order.member.person.account for order in orders if order.member.person.account is not None]

    def values(account: "Account") -> dict[str, object]:
        order = by_account[account.pk]
        contact = " ".join(part for part in (order.contact_name, masking.spoken(order.contact_phone)) if part)
        return {
            "community": order.area.name,
            "place": order.meet_place,
            "meeting": moment(order.starts, row),
            "contact": contact or "-",
            "kit": kit_text(order.kit) or _("given at the post"),
        }

    tell(accounts, row, "orders", values, lambda account: reverse("volunteer:order", args=[by_account[account.pk].pk]))
