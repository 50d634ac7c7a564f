"""Joining and leaving an incident's team. Nobody joins without a yes of his own; called by other actions only."""

from datetime import datetime

from redvest.incidents.models import CallUpReply, Deployment, Incident, Offer, TeamMember
from redvest.people.models import Account, Person
from redvest.places.models import Area


def join(
    incident: Incident,
    person: Person,
    available_from: datetime,
    now: datetime,
    *,
    reply: CallUpReply | None = None,
    offer: Offer | None = None,
) -> TeamMember:
    """The person is in the team from `available_from` on. The database checks that the reply or offer is his yes."""
    rows = TeamMember.objects.select_for_update(of=("self",))
    member = rows.filter(incident=incident, person=person).first()
    if member is None:
        return TeamMember.objects.create(
            incident=incident,
            person=person,
            reply=reply,
            offer=offer,
            available_from=available_from,
            joined_at=now,
        )
    member.available_from = available_from
    member.reply, member.offer = reply or member.reply, offer or member.offer
    if member.state == TeamMember.State.RELEASED:
        member.state, member.released_at, member.joined_at = TeamMember.State.STANDING_BY, None, now
    member.save()
    return member


def release(member: TeamMember, now: datetime) -> None:
    """The person leaves the team; his order ends and his proposal is dropped."""
    end_deployments(member, now)
    member.state, member.released_at, member.pair_with = TeamMember.State.RELEASED, now, None
    member.save(update_fields=["state", "released_at", "pair_with"])
    TeamMember.objects.filter(pair_with=member).update(pair_with=None)


def end_deployments(member: TeamMember, now: datetime) -> None:
    """End what the member was ordered or proposed to do; the community that hosted him hosts him no longer."""
    rows = Deployment.objects.select_for_update(of=("self",)).filter(member=member)
    for row in rows.exclude(state=Deployment.State.ENDED):
        if row.state == Deployment.State.PUBLISHED:
            Person.objects.filter(pk=member.person_id, host=row.area_id).update(host=None)
            row.ends = max(now, row.starts)
        row.state = Deployment.State.ENDED
        row.save(update_fields=["state", "ends"])


def order_now(actor: Account, member: TeamMember, place: Area, now: datetime) -> Deployment:
    """Publish one order at once, without a draft: for somebody whose offer a community accepts."""
    end_deployments(member, now)
    order = Deployment.objects.create(
        member=member,
        area=place,
        state=Deployment.State.PUBLISHED,
        starts=max(now, member.available_from),
        by_hand=True,
        reasons=[{"kind": "offered"}],
        meet_place=(place.address or place.name)[:120],
        contact_name=place.contact_name or actor.name,
        contact_phone=place.contact_phone or actor.phone or "",
        published_at=now,
    )
    settle(order)
    return order


def settle(order: Deployment) -> None:
    """The member is deployed, and the community hosts the person: its workers see him among their people."""
    member = order.member
    if member.state != TeamMember.State.DEPLOYED:
        member.state = TeamMember.State.DEPLOYED
        member.save(update_fields=["state"])
    Person.objects.filter(pk=member.person_id).update(host=order.area)
