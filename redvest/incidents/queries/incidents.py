"""Reads of incidents and playbooks: what is going on where, and what is to be done next."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access
from redvest.incidents import rules
from redvest.incidents.models import CallUp, CallUpReply, Deployment, HandsWanted, Incident, Offer, Playbook, TeamMember
from redvest.incidents.playbooks import loader, schema
from redvest.places.models import Area, Household

if TYPE_CHECKING:
    from redvest.people.models import Account

AREA_LEVELS = (Area.Level.DISTRICT, Area.Level.STREET, Area.Level.COMMUNITY, Area.Level.VILLAGE)
HOST_LEVELS = (Area.Level.COMMUNITY, Area.Level.VILLAGE)


def playbook_of(incident: Incident) -> schema.Playbook:
    """The playbook version that the incident runs by; select `playbook` with the incident."""
    return loader.installed(incident.playbook.slug, incident.playbook.text)


def playbooks(actor: "Account") -> list[tuple[Playbook, schema.Playbook]]:
    """The current version of each installed playbook, for those who may activate or install."""
    if not (access.can(actor, "incidents.activate") or access.can(actor, "incidents.install_playbook")):
        access.require(actor, "incidents.activate")
    rows = Playbook.objects.filter(is_current=True)
    return [(row, loader.installed(row.slug, row.text)) for row in rows]


def playbook(actor: "Account", pk: int) -> tuple[Playbook, schema.Playbook]:
    """One current playbook with its content; 404 when it is not installed."""
    for row, content in playbooks(actor):
        if row.pk == pk:
            return row, content
    raise Http404(_("This playbook is not installed."))


def seen(actor: "Account") -> QuerySet[Incident]:
    """Incidents in the actor's areas, and those of a larger area that contains one of his: they concern him too."""
    above = {path for mine in access.paths(actor, "incidents.see") for path in access.ancestors(mine)}
    inside = access.scope(actor, "incidents.see", Incident.objects.all()).values("pk")
    found = Incident.objects.filter(Q(pk__in=inside) | Q(area__path__in=above))
    return found.select_related("area", "playbook", "activated_by")


def incident(actor: "Account", pk: int) -> Incident:
    """One incident that concerns the actor; anything else is a 404."""
    row = seen(actor).filter(pk=pk).first()
    if row is None:
        raise Http404(_("There is no such incident in your area."))
    return row


def active(actor: "Account") -> list[Incident]:
    """Running incidents, the highest response level first."""
    return list(seen(actor).filter(state=Incident.State.ACTIVE).order_by("is_drill", "level", "-starts"))


def directs(actor: "Account", row: Incident) -> bool:
    """Whether the actor may change this incident's level, call up for it and deploy its team."""
    return access.can(actor, "incidents.direct", row.area) and row.state == Incident.State.ACTIVE


@dataclass(frozen=True, slots=True)
class HandsAt:
    """What one area of an incident wants and has."""

    area: Area
    gap: rules.AreaGap


@dataclass(frozen=True, slots=True)
class Situation:
    """One incident's line on the situation board."""

    incident: Incident
    level: schema.Level
    kind: str
    team: int
    deployed: int
    wanted: int
    lacks: int
    asked: int
    answered: int
    coming: int
    offers: int
    directs: bool
    hands: list["HandsAt"]  # as far as the actor may see the places

    @property
    def idle(self) -> int:
        """Members who have no order yet."""
        return self.team - self.deployed

    @property
    def awaited(self) -> int:
        return self.asked - self.answered


def situation(actor: "Account") -> list[Situation]:
    """The running incidents, shortage first; a fixed number of queries however many there are."""
    rows = list(_counted(seen(actor).filter(state=Incident.State.ACTIVE)))
    hands = _hands([row.pk for row in rows])
    found = [_situation(actor, row, hands.get(row.pk, [])) for row in rows]
    return sorted(found, key=lambda line: (line.incident.is_drill, -line.lacks, line.incident.level))


def _counted(rows: QuerySet[Incident]) -> QuerySet[Incident]:
    """Incidents with the numbers of the board, each a subquery so that joins do not multiply."""

    def number(of: QuerySet[TeamMember] | QuerySet[CallUpReply] | QuerySet[Offer], key: str) -> Coalesce:
        counted = of.filter(**{key: OuterRef("pk")}).order_by().values(key).annotate(number=Count("pk"))
        return Coalesce(Subquery(counted.values("number"), output_field=IntegerField()), 0)

    team = TeamMember.objects.exclude(state=TeamMember.State.RELEASED)
    asked = CallUpReply.objects.filter(call_up__state=CallUp.State.OPEN)
    return rows.annotate(
        team_number=number(team, "incident"),
        deployed_number=number(team.filter(state=TeamMember.State.DEPLOYED), "incident"),
        asked_number=number(asked, "call_up__incident"),
        answered_number=number(asked.exclude(answer=CallUpReply.Answer.NONE), "call_up__incident"),
        coming_number=number(asked.filter(answer__in=rules.COMING), "call_up__incident"),
        offer_number=number(Offer.objects.filter(state=Offer.State.OPEN), "incident"),
    )


def _hands(incidents: Collection[int]) -> dict[int, list[HandsAt]]:
    """What each area of these incidents wants and has."""
    there = (
        Deployment.objects.filter(
            state=Deployment.State.PUBLISHED, member__incident=OuterRef("incident"), area=OuterRef("area")
        )
        .order_by()
        .values("area")
        .annotate(number=Count("pk"))
        .values("number")
    )
    rows = HandsWanted.objects.filter(incident__in=incidents).annotate(has=Coalesce(Subquery(there), 0))
    found: dict[int, list[HandsAt]] = {}
    for row in rows.select_related("area"):
        gap = rules.AreaGap(row.wanted, row.__dict__["has"])
        found.setdefault(row.incident_id, []).append(HandsAt(row.area, gap))
    return found


def _situation(actor: "Account", row: Incident, hands: list[HandsAt]) -> Situation:
    content = playbook_of(row)
    numbers = row.__dict__
    mine = access.paths(actor, "incidents.see")
    return Situation(
        incident=row,
        level=content.levels[row.level],
        kind=str(content.name),
        team=numbers["team_number"],
        deployed=numbers["deployed_number"],
        wanted=sum(each.gap.wanted for each in hands),
        lacks=sum(each.gap.lacks for each in hands),
        asked=numbers["asked_number"],
        answered=numbers["answered_number"],
        coming=numbers["coming_number"],
        offers=numbers["offer_number"],
        directs=directs(actor, row),
        hands=[each for each in hands if any(each.area.path.startswith(path) for path in mine)],
    )


def one_situation(actor: "Account", row: Incident) -> Situation:
    """The same figures for one incident already found by `incident`."""
    counted = _counted(Incident.objects.filter(pk=row.pk).select_related("area", "playbook", "activated_by")).get()
    return _situation(actor, counted, _hands([row.pk]).get(row.pk, []))


def closed(actor: "Account") -> list[Incident]:
    """The last closed incidents."""
    return list(seen(actor).filter(state=Incident.State.CLOSED).order_by("-closed_at")[:20])


def next_steps(actor: "Account", row: Incident, facts: Collection[str]) -> list[rules.Step]:
    """The activation checklist; `facts` are what other apps have seen done (posts opened, roster published)."""
    own = set(facts)
    if CallUp.objects.filter(incident=row).exclude(state=CallUp.State.DRAFT).exists():
        own.add("call_up_sent")
    members = TeamMember.objects.filter(incident=row).exclude(state=TeamMember.State.RELEASED)
    states = set(members.values_list("state", flat=True).distinct())
    if states:
        own.add("team_formed")
    if TeamMember.State.DEPLOYED in states:
        own.add("orders_published")
    checklist = playbook_of(row).checklist("activation")
    return list(rules.steps(checklist, row.checklist_done, own, row.starts, timezone.now()))


def areas_to_activate(actor: "Account") -> list[Area]:
    """Where the actor may activate an incident: districts, streets and communities of his, by the tree."""
    rows = access.scope(actor, "incidents.activate", Area.objects.filter(level__in=AREA_LEVELS))
    return list(rows.annotate(parent_name=F("parent__name")).order_by("path"))


@dataclass(frozen=True, slots=True)
class PlannedPosts:
    """One line of what an activation would create."""

    kind: schema.PostKind
    per: str
    number: int
    people: int


def planned_posts(
    actor: "Account", content: schema.Playbook, level: int, area_pk: int, focus: Collection[int] = ()
) -> list[PlannedPosts]:
    """What activating at this level in this area (and its focus communities) opens, and how many people it takes."""
    area = access.fetch(actor, "incidents.activate", Area.objects.all(), pk=area_pk)
    inside = Area.objects.filter(path__startswith=area.path)
    hosts = [host for host in hosts_of(actor, area_pk) if not focus or host.area.pk in focus]
    estates = inside.filter(level=Area.Level.ESTATE).values_list("path", flat=True)
    sizes = {
        "incident": [0],
        "street": [0] * inside.filter(level=Area.Level.STREET).count(),
        "community": [0] * len(hosts),
        "estate": [0 for path in estates if any(path.startswith(host.area.path) for host in hosts)],
        "residents": [host.residents for host in hosts],
    }
    found: dict[tuple[str, str], int] = {}
    for plan in content.added(level):
        number = sum(plan.number(residents) for residents in sizes[plan.per])
        found[plan.kind, plan.per] = found.get((plan.kind, plan.per), 0) + number
    return [_planned(content, kind, per, number) for (kind, per), number in found.items() if number]


@dataclass(frozen=True, slots=True)
class Host:
    """A community that can get posts of its own."""

    area: Area
    residents: int


def hosts_of(actor: "Account", area_pk: int) -> list[Host]:
    """The communities and villages of an area, with the number of registered residents."""
    area = access.fetch(actor, "incidents.activate", Area.objects.all(), pk=area_pk)
    rows = list(Area.objects.filter(path__startswith=area.path, level__in=HOST_LEVELS).order_by("path"))
    living = _residents(area, [row.path for row in rows])
    return [Host(row, living[row.path]) for row in rows]


def _planned(content: schema.Playbook, kind: str, per: str, number: int) -> PlannedPosts:
    post = content.posts[kind]
    minutes = sum(shift.minutes for shift in content.patterns[post.pattern].shifts)
    return PlannedPosts(post, per, number, number * rules.people_for(post.heads.wanted, minutes))


def _residents(area: Area, hosts: Collection[str]) -> dict[str, int]:
    """How many people live below each of the paths of `hosts`."""
    living = Household.objects.filter(area__path__startswith=area.path).order_by()
    found = dict.fromkeys(hosts, 0)
    for path, people in living.values_list("area__path").annotate(people=Sum("people")):
        for above in (*access.ancestors(path), path):
            if above in found:
                found[above] += people
    return found
