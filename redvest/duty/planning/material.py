"""Everything a roster is planned from, in a constant number of queries: its shifts, who may serve, what is held."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from redvest.duty.models import Assignment, Attendance, Post, Roster, Shift
from redvest.duty.planning.book import playbook_of
from redvest.duty.planning.patterns import day_bounds
from redvest.duty.planning.windows import Said, Span, cut, windows
from redvest.incidents.models import Deployment, Incident, TeamMember
from redvest.incidents.playbooks.schema import Playbook
from redvest.people.models import Availability, Consent, Person, PersonSkill
from redvest.places.models import Area

HOLDING = (Assignment.State.OFFERED, Assignment.State.CONFIRMED)
# No rule looks farther around a roster than a week and a run of nights.
AROUND = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Served:
    """A duty a person has or had: on one of the roster's shifts, before it, or somewhere else."""

    shift: int
    post: int
    starts: datetime
    ends: datetime
    standby: bool
    suit: bool
    outdoor: bool
    minutes: int  # as attended, or as planned while it lies ahead
    in_incident: bool


@dataclass(slots=True)
class Member:
    """Somebody who may serve in this roster, and why not always."""

    person: Person
    area: Area | None = None  # where he is sent
    where: str = ""  # path of the place where he is now: which side of a perimeter
    available: list[Span] = field(default_factory=list)
    skills: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    served: list[Served] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Held:
    """A place that somebody holds on one of the roster's coming shifts."""

    assignment: int
    shift: int
    person: int
    source: str
    is_kept: bool  # his own promise, or put there by hand: the engine does not move it


@dataclass(slots=True)
class Material:
    """The rows of a roster. ``left_out`` are team members who cannot be planned with, each with the reason's name."""

    roster: Roster
    incident: Incident
    book: Playbook
    zone: ZoneInfo
    span: Span  # the roster's duty days
    after: datetime  # shifts that started before are history
    posts: dict[int, Post]
    shifts: dict[int, Shift]  # to be planned
    past: dict[int, Shift]  # of the period, already begun
    members: dict[int, Member]
    held: list[Held]
    left_out: list[tuple[Person, str]]

    @property
    def days(self) -> list[date]:
        return [self.roster.first_day + timedelta(days=number) for number in range(self.number_of_days)]

    @property
    def number_of_days(self) -> int:
        return (self.roster.last_day - self.roster.first_day).days + 1

    def group_of(self, person: int) -> str:
        return str(self.roster.settings.get("groups", {}).get(str(person), ""))


def gather(roster: Roster, now: datetime, *, keep: Iterable[int] = (), only: Shift | None = None) -> Material:
    """Read what ``roster`` is planned from. ``roster.incident.playbook`` and ``roster.area`` should be selected.

    ``keep`` are people who stay in view though they can no longer serve: those of the draft's cells. ``only`` looks at
    one shift alone; everything else people do is then a duty elsewhere.
    """
    incident = roster.incident
    zone = ZoneInfo(incident.time_zone)
    span = Span(*day_bounds(roster.first_day, roster.last_day, zone))
    posts = {post.pk: post for post in ([only.post] if only else _posts(roster))}
    shifts = [only] if only else _shifts(roster, posts)
    coming = {shift.pk: shift for shift in shifts if shift.starts > now}
    held = _held(coming)
    members, left_out = _team(roster, span)
    for person in Person.objects.filter(
        pk__in=({place.person for place in held} | set(keep)) - set(members)
    ).select_related("home", "place_now"):
        members[person.pk] = Member(person, where=_where(person))  # holds a place, but is not to be given another one
    material = Material(
        roster=roster,
        incident=incident,
        book=playbook_of(incident),
        zone=zone,
        span=span,
        after=now,
        posts=posts,
        shifts=coming,
        past={shift.pk: shift for shift in shifts if shift.starts <= now},
        members=members,
        held=held,
        left_out=left_out,
    )
    _add_availability(material)
    _add_skills(members)
    _add_served(material)
    return material


def _posts(roster: Roster) -> Iterable[Post]:
    return Post.objects.filter(incident=roster.incident, area__path__startswith=roster.area.path).select_related("area")


def _shifts(roster: Roster, posts: dict[int, Post]) -> list[Shift]:
    found = Shift.objects.filter(post__in=list(posts), duty_day__range=(roster.first_day, roster.last_day))
    shifts = list(found.exclude(state=Shift.State.CANCELLED).order_by("starts", "post_id", "pk"))
    for shift in shifts:
        shift.post = posts[shift.post_id]
    return shifts


def _held(coming: dict[int, Shift]) -> list[Held]:
    rows = Assignment.objects.filter(shift__in=list(coming), state__in=HOLDING).order_by("shift_id", "pk")
    return [
        Held(
            row["pk"],
            row["shift_id"],
            row["person_id"],
            row["source"],
            row["is_pinned"] or row["source"] != Assignment.Source.ROSTER or row["state"] == Assignment.State.OFFERED,
        )
        for row in rows.values("pk", "shift_id", "person_id", "source", "is_pinned", "state")
    ]


def _team(roster: Roster, span: Span) -> tuple[dict[int, Member], list[tuple[Person, str]]]:
    """The team members sent into the roster's area, while their order and their yes hold; and those left out."""
    orders = Q(deployments__state=Deployment.State.PUBLISHED, deployments__area__path__startswith=roster.area.path)
    rows = TeamMember.objects.filter(incident_id=roster.incident_id).exclude(state=TeamMember.State.RELEASED)
    if not roster.settings.get("with_standing_by"):
        rows = rows.filter(orders).distinct()
    team = list(rows.select_related("person__home", "person__place_now").order_by("person__name", "person_id"))
    sent = {
        order.member_id: order
        for order in Deployment.objects.filter(member__in=team, state=Deployment.State.PUBLISHED).select_related("area")
    }
    agreed = _consenting([member.person_id for member in team])
    members: dict[int, Member] = {}
    left_out: list[tuple[Person, str]] = []
    for member in team:
        order = sent.get(member.pk)
        if order is not None and not order.area.path.startswith(roster.area.path):
            continue  # sent elsewhere
        person = member.person
        if person.kind == Person.Kind.VOLUNTEER and person.pk not in agreed:
            left_out.append((person, "no_consent"))
        elif person.state == Person.State.LEFT:
            left_out.append((person, "left"))
        else:
            starts = max(member.available_from, order.starts) if order else member.available_from
            ends = order.ends if order and order.ends else span.ends + AROUND
            spans = cut([Span(span.starts, span.ends + timedelta(days=1))], starts, ends)
            members[person.pk] = Member(person, order.area if order else None, _where(person), spans)
            if not spans:
                left_out.append((person, "not_yet"))
    return members, left_out


def _where(person: Person) -> str:
    """The path of where somebody is: where he said he is now, else his home."""
    place = person.place_now or person.home
    return place.path if place else ""


def _consenting(people: Sequence[int]) -> set[int]:
    rows = Consent.objects.filter(person__in=people, kind=Consent.Kind.SERVE, withdrawn_at=None)
    return set(rows.values_list("person_id", flat=True))


def _add_availability(material: Material) -> None:
    whole = Span(material.span.starts, material.span.ends + timedelta(days=1))
    rows = Availability.objects.filter(person__in=list(material.members), starts__lt=whole.ends)
    said: dict[int, list[Said]] = defaultdict(list)
    for row in rows.filter(Q(ends=None) | Q(ends__gt=whole.starts)):
        said[row.person_id].append(row)
    for key, mine in said.items():
        member = material.members[key]
        free = windows(mine, whole, material.zone)
        member.available = [part for span in member.available for part in cut(free, span.starts, span.ends)]


def _add_skills(members: dict[int, Member]) -> None:
    rows = PersonSkill.objects.filter(person__in=list(members)).values_list(
        "person_id", "skill__code", "source", "expires_on"
    )
    skills: dict[int, set[str]] = defaultdict(set)
    sources: dict[int, set[str]] = defaultdict(set)
    for person, code, source, expires in rows:
        if expires is None or expires >= date.today():  # noqa: DTZ011 - a certificate ends with a calendar day
            skills[person].add(code)
            sources[person].add(source)
    for key, member in members.items():
        member.skills, member.sources = frozenset(skills[key]), frozenset(sources[key])


def _add_served(material: Material) -> None:
    """What the members have on record near the roster anywhere, and in this incident since it began."""
    near = Q(shift__starts__lt=material.span.ends + AROUND, shift__ends__gt=material.span.starts - AROUND)
    rows = (
        Assignment.objects.filter(person__in=list(material.members), state__in=HOLDING)
        .filter(near | Q(shift__post__incident_id=material.incident.pk))
        .exclude(attendance__state=Attendance.State.NO_SHOW)
        .values_list(
            "person_id",
            "shift_id",
            "shift__post_id",
            "shift__starts",
            "shift__ends",
            "shift__post__is_standby",
            "shift__post__needs_suit",
            "shift__post__is_outdoor",
            "shift__post__incident_id",
            "attendance__came_at",
            "attendance__left_at",
        )
    )
    for person, shift, post, starts, ends, standby, suit, outdoor, incident, came, left in rows:
        there = left - came if came and left else ends - starts
        minutes = int(there.total_seconds() // 60)
        served = Served(shift, post, starts, ends, standby, suit, outdoor, minutes, incident == material.incident.pk)
        material.members[person].served.append(served)
