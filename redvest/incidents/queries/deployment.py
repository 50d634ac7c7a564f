"""Reads of teams and deployment: who is where, what each place has and lacks, orders, offers and open places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils.translation import gettext as _

from redvest.core import access
from redvest.incidents import rules
from redvest.incidents.models import Deployment, HandsWanted, Incident, Offer, TeamMember
from redvest.incidents.queries.incidents import HOST_LEVELS
from redvest.people.models import Consent, Person, PersonSkill
from redvest.places.models import Area
from redvest.places.rules import distance_km

if TYPE_CHECKING:
    from redvest.people.models import Account

SHOW_ALL_PLACES = 40  # an area with more communities than this shows only those that want or have somebody


@dataclass(frozen=True, slots=True)
class Card:
    """A team member on the board."""

    member: TeamMember
    proposal: Deployment | None
    order: Deployment | None
    skills: list[str]
    km: float | None
    reasons: list[str]

    @property
    def is_draft(self) -> bool:
        return self.proposal is not None


@dataclass(slots=True)
class Place:
    """A community of the incident: what it wants, has and lacks, and who is there."""

    area: Area
    gap: rules.AreaGap
    is_typed: bool
    skills: Mapping[str, int]
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DeploymentBoard:
    incident: Incident
    places: list[Place]
    pool: list[Card]
    drafts: int

    @property
    def wanted(self) -> int:
        return sum(place.gap.wanted for place in self.places)

    @property
    def has(self) -> int:
        return sum(place.gap.has for place in self.places)

    @property
    def lacks(self) -> int:
        return sum(place.gap.lacks for place in self.places)

    @property
    def lacks_then(self) -> int:
        return sum(place.gap.lacks_then for place in self.places)


def deployment_board(actor: "Account", pk: int) -> DeploymentBoard:
    """Everybody in the team, at the place of the draft or the order; the place that lacks most comes first."""
    rows = Incident.objects.select_related("area", "playbook")
    incident = access.fetch(actor, "incidents.deploy", rows, pk=pk)
    members = list(_members(incident))
    areas = _areas(incident, members)
    wanted = {row.area_id: row for row in HandsWanted.objects.filter(incident=incident)}
    cards = [_card(member, areas) for member in members]
    by_area: dict[int, list[Card]] = {}
    pool = []
    for card in cards:
        row = card.proposal or card.order
        if row is None:
            pool.append(card)
        else:
            by_area.setdefault(row.area_id, []).append(card)
    places = [_place(area, wanted.get(area.pk), by_area.get(area.pk, []), cards) for area in areas.values()]
    places.sort(key=lambda place: (-place.gap.lacks_then, -place.gap.lacks, place.area.path))
    return DeploymentBoard(incident, places, pool, sum(card.is_draft for card in cards))


def _members(incident: Incident) -> QuerySet[TeamMember]:
    live = Deployment.objects.exclude(state=Deployment.State.ENDED).select_related("area").order_by("pk")
    rows = TeamMember.objects.filter(incident=incident).exclude(state=TeamMember.State.RELEASED)
    return (
        rows.select_related("person__home", "person__organisation", "pair_with__person")
        .prefetch_related(Prefetch("deployments", live, to_attr="live"), _SKILLS)
        .order_by("person__name", "pk")
    )


_SKILLS = Prefetch("person__skills", PersonSkill.objects.select_related("skill"))


def _areas(incident: Incident, members: Sequence[TeamMember]) -> dict[int, Area]:
    """The places shown on the board."""
    inside = Area.objects.filter(path__startswith=incident.area.path)
    hosts = inside.filter(level__in=HOST_LEVELS)
    there = {row.area_id for member in members for row in live_of(member)}
    shown = Q(pk__in=there) | Q(pk__in=HandsWanted.objects.filter(incident=incident, wanted__gt=0).values("area"))
    if incident.focus:
        shown |= Q(pk__in=incident.focus)
    elif hosts.count() <= SHOW_ALL_PLACES:
        shown |= Q(level__in=HOST_LEVELS)
    return {area.pk: area for area in inside.filter(shown).order_by("path")}


def live_of(member: TeamMember) -> list[Deployment]:
    """The member's draft and order, as prefetched by `_members`."""
    rows: list[Deployment] = member.__dict__["live"]
    return rows


def _card(member: TeamMember, areas: Mapping[int, Area]) -> Card:
    live = live_of(member)
    proposal = next((row for row in live if row.state == Deployment.State.PROPOSED), None)
    order = next((row for row in live if row.state == Deployment.State.PUBLISHED), None)
    row = proposal or order
    place = areas.get(row.area_id) if row else None
    return Card(
        member=member,
        proposal=proposal,
        order=order,
        skills=[str(each.skill) for each in member.person.skills.all()],
        km=km_between(member.person, place),
        reasons=[rules.reason(each) for each in row.reasons] if row else [],
    )


def _place(area: Area, wanted: HandsWanted | None, here: list[Card], cards: Sequence[Card]) -> Place:
    has = sum(1 for card in cards if card.order is not None and card.order.area_id == area.pk)
    coming = sum(1 for card in cards if card.proposal is not None and card.proposal.area_id == area.pk)
    leaving = sum(
        1 for card in cards if card.proposal and card.order and card.order.area_id == area.pk != card.proposal.area_id
    )
    gap = rules.AreaGap(wanted.wanted if wanted else 0, has, coming - leaving)
    return Place(area, gap, bool(wanted and wanted.is_typed), wanted.skills if wanted else {}, here)


def km_between(person: Person, area: Area | None) -> float | None:
    """As the crow flies from the person's home to the place; None when either is not on the map."""
    latitude, longitude = home_point(person)
    if area is None or latitude is None or longitude is None or area.latitude is None or area.longitude is None:
        return None
    return round(distance_km(latitude, longitude, area.latitude, area.longitude), 1)


def home_point(person: Person) -> tuple[float | None, float | None]:
    """The person's own coordinates, else those of the area he lives in."""
    if person.home_latitude is not None:
        return person.home_latitude, person.home_longitude
    return (person.home.latitude, person.home.longitude) if person.home else (None, None)


_ORDERS = Deployment.objects.select_related("area__parent", "member__incident__area", "member__incident__playbook")


def my_orders(actor: "Account") -> list[Deployment]:
    """Where the actor is sent now, and the orders before."""
    own = _ORDERS.filter(member__person__account=actor).exclude(state=Deployment.State.PROPOSED)
    return list(own.order_by("state", "-published_at")[:20])[::-1]


def my_order(actor: "Account", pk: int) -> Deployment:
    """One order that was published, if it is the actor's or lies in his area."""
    return access.fetch(actor, "incidents.see_order", _ORDERS.exclude(state=Deployment.State.PROPOSED), pk=pk)


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """A place for which a person may step forward, or the reason why not."""

    incident: Incident
    area: Area
    gap: rules.AreaGap
    km: float | None
    may: rules.MayOffer
    offer: Offer | None


def open_places(actor: "Account") -> list[OpenPlace]:
    """Places that lack hands in the emergencies that concern the actor, the nearest first; and where he has offered."""
    person = _who(actor)
    if person is None:
        return []
    found = _open_places(person, HandsWanted.objects.filter(incident__in=_concerning(person), wanted__gt=0))
    shown = [place for place in found if place.gap.lacks or place.offer]
    return sorted(shown, key=lambda place: (place.km is None, place.km or 0, -place.gap.lacks))


def open_place(actor: "Account", incident: int, area: int) -> OpenPlace:
    """One of them; a place of an emergency that does not concern the actor is a 404."""
    person = _who(actor)
    if person is not None:
        rows = HandsWanted.objects.filter(incident=incident, area=area, incident__in=_concerning(person))
        for place in _open_places(person, rows):
            return place
    raise Http404(_("No hands are wanted there."))


def _who(actor: "Account") -> Person | None:
    return Person.objects.select_related("home", "host", "organisation__area").filter(account=actor).first()


def _concerning(person: Person) -> QuerySet[Incident]:
    """Running incidents where the person lives, is hosted or serves, or inside his unit's area."""
    near = [area.path for area in (person.home, person.host) if area is not None]
    above = {path for mine in near for path in (*access.ancestors(mine), mine)}
    condition = Q(area__path__in=above) | Q(team__person=person)
    if person.organisation is not None:
        condition |= Q(area__path__startswith=person.organisation.area.path)
    return Incident.objects.filter(condition, state=Incident.State.ACTIVE).distinct()


def _open_places(person: Person, rows: QuerySet[HandsWanted]) -> list[OpenPlace]:
    """The same few queries for one place and for three hundred."""
    orders = Deployment.objects.filter(
        state=Deployment.State.PUBLISHED, member__incident=OuterRef("incident"), area=OuterRef("area")
    )
    has = orders.order_by().values("area").annotate(number=Count("pk")).values("number")
    rows = rows.annotate(has=Coalesce(Subquery(has), 0), there=Exists(orders.filter(member__person=person)))
    offers = {
        (offer.incident_id, offer.area_id): offer
        for offer in Offer.objects.filter(person=person, state=Offer.State.OPEN)
    }
    is_staff = person.kind == Person.Kind.STAFF
    consents = is_staff or person.consents.filter(kind=Consent.Kind.SERVE, withdrawn_at=None).exists()
    found = []
    for row in rows.select_related("area", "incident__area", "incident__playbook"):
        gap = rules.AreaGap(row.wanted, row.__dict__["has"])
        offer = offers.get((row.incident_id, row.area_id))
        may = rules.may_offer(
            gap=gap,
            offered=offer is not None,
            there=row.__dict__["there"],
            consents=consents,
            verified=person.state == Person.State.VERIFIED,
        )
        found.append(OpenPlace(row.incident, row.area, gap, km_between(person, row.area), may, offer))
    return found


def my_offers(actor: "Account") -> list[Offer]:
    """What the actor has offered, the newest first."""
    rows = Offer.objects.filter(person__account=actor).select_related("area", "incident")
    return list(rows.order_by("-offered_at")[:20])


@dataclass(frozen=True, slots=True)
class OfferLine:
    """An open offer as the community sees it."""

    offer: Offer
    skills: list[str]
    km: float | None
    serves_at: str


def open_offers(actor: "Account", incident: Incident | None = None) -> list[OfferLine]:
    """Offers that wait for an answer in the actor's areas, the oldest first."""
    rows = access.scope(actor, "incidents.accept_offer", Offer.objects.filter(state=Offer.State.OPEN))
    if incident is not None:
        rows = rows.filter(incident=incident)
    orders = Deployment.objects.filter(state=Deployment.State.PUBLISHED).select_related("area")
    serving = Prefetch("person__teams__deployments", orders, to_attr="orders")
    rows = rows.select_related("area", "incident", "person__home", "person__organisation")
    return [_offer_line(row) for row in rows.prefetch_related(_SKILLS, serving).order_by("offered_at")]


def _offer_line(row: Offer) -> OfferLine:
    places = [order.area.name for team in row.person.teams.all() for order in team.__dict__.get("orders", [])]
    skills = [str(each.skill) for each in row.person.skills.all()]
    return OfferLine(row, skills, km_between(row.person, row.area), ", ".join(places))
