"""Reads about rosters as a whole: the list, what a new one would cover, what publishing would change."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from redvest.core import access
from redvest.duty.models import Post, Roster, Shift
from redvest.duty.planning.book import playbook_of
from redvest.duty.planning.material import gather
from redvest.duty.planning.naming import shift_words
from redvest.duty.planning.patterns import duty_day
from redvest.duty.planning.publication import Publication, publication_of
from redvest.duty.queries.grid import roster_row
from redvest.incidents.models import Deployment, Incident
from redvest.incidents.queries import incidents
from redvest.people.models import Account
from redvest.places.models import Area

AREA_LEVELS = (Area.Level.DISTRICT, Area.Level.STREET, Area.Level.COMMUNITY, Area.Level.VILLAGE)


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A roster in the list, with what it lacks."""

    roster: Roster
    short: int
    faults: int
    status: str


def rosters(actor: Account, *, most: int = 60) -> list[RosterLine]:
    """The rosters in the actor's areas, drafts first, then the newest."""
    rows = access.scope(actor, "duty.see", Roster.objects.exclude(state=Roster.State.DISCARDED))
    rows = rows.select_related("area", "incident", "made_by", "published_by", "job")
    found = rows.order_by("-created_at")[:most]
    lines = [RosterLine(row, _short(row), _faults(row), str(row.outcome.get("status", ""))) for row in found]
    return sorted(lines, key=lambda line: line.roster.state != Roster.State.DRAFT)


def _short(roster: Roster) -> int:
    return sum(each["amount"] for each in roster.outcome.get("findings", []) if each["rule"] == "under_minimum")


def _faults(roster: Roster) -> int:
    return sum(each["severity"] in ("forbid", "override") for each in roster.outcome.get("findings", []))


def plannable_incidents(actor: Account) -> list[Incident]:
    """The active incidents for which the actor may plan somewhere."""
    return incidents.active(actor) if access.can(actor, "duty.plan") else []


def plannable_areas(actor: Account, incident: Incident) -> list[Area]:
    """Where in the incident the actor may plan: from the incident's area down to its communities."""
    inside = Area.objects.filter(path__startswith=incident.area.path, level__in=AREA_LEVELS)
    return list(access.scope(actor, "duty.plan", inside).order_by("path"))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a new roster would cover, before it is begun."""

    posts: int
    posts_without_shifts: int
    shifts: int
    hours_wanted: int
    people: int


def outlook(actor: Account, incident_pk: int, area_pk: int, first: date, last: date) -> Outlook:
    """How many posts, shifts and people a roster for these days and this area would have."""
    incident = incidents.incident(actor, incident_pk)
    area = access.fetch(actor, "duty.plan", Area.objects.all(), pk=area_pk)
    with_shifts = _posts(incident, area).filter(shifts__duty_day__range=(first, last)).distinct().count()
    shifts = Shift.objects.filter(post__in=_posts(incident, area), duty_day__range=(first, last)).exclude(
        state=Shift.State.CANCELLED
    )
    minutes = sum(
        int((ends - starts).total_seconds() // 60) * wanted
        for starts, ends, wanted in shifts.filter(post__is_standby=False).values_list("starts", "ends", "wanted")
    )
    people = Deployment.objects.filter(
        state=Deployment.State.PUBLISHED, member__incident=incident, area__path__startswith=area.path
    )
    total = _posts(incident, area).count()
    return Outlook(total, total - with_shifts, shifts.count(), minutes // 60, people.count())


def _posts(incident: Incident, area: Area) -> QuerySet[Post]:
    return Post.objects.filter(incident=incident, area__path__startswith=area.path, state=Post.State.OPEN)


def open_post_keys(actor: Account, incident_pk: int, area_pk: int) -> list[int]:
    """The open posts with a pattern in an area: those whose shifts can be made at once."""
    incident = incidents.incident(actor, incident_pk)
    area = access.fetch(actor, "duty.plan", Area.objects.all(), pk=area_pk)
    return list(_posts(incident, area).exclude(pattern="").order_by("pk").values_list("pk", flat=True))


def default_days(incident: Incident) -> tuple[date, date]:
    """The days a new roster offers: the seven from the next duty day on."""
    today = duty_day(timezone.now(), ZoneInfo(incident.time_zone))
    return today + timedelta(days=1), today + timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Told:
    """One person in the list of what publishing changes."""

    name: str
    new: list[str]
    gone: list[str]
    has_account: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What publishing a draft would do."""

    roster: Roster
    told: list[Told]
    kept: int
    added: int
    dropped: int
    conflicts: list[str]
    short: int

    @property
    def may(self) -> bool:
        return not self.conflicts


def publication(actor: Account, pk: int) -> Outcome:
    """Who would get what new and lose what, and what stands in the way."""
    roster = roster_row(actor, pk)
    access.require(actor, "duty.publish", roster.area)
    found = publication_of(roster, timezone.now())
    return Outcome(
        roster=roster,
        told=[_told(found, each) for each in found.differences],
        kept=len(found.kept),
        added=len(found.added),
        dropped=len(found.dropped),
        conflicts=[conflict.sentence for conflict in found.conflicts],
        short=_missing(found),
    )


def _missing(found: Publication) -> int:
    heads: dict[int, int] = {}
    for cell in found.plan.cells:
        heads[cell.shift] = heads.get(cell.shift, 0) + 1
    return sum(max(0, shift.minimum - heads.get(key, 0)) for key, shift in found.material.shifts.items())


def _told(found: Publication, each: Any) -> Told:
    material = found.material
    person = material.members[each.person].person

    def words(shifts: tuple[int, ...]) -> list[str]:
        return [shift_words(material.book, material.shifts[shift], material.zone) for shift in shifts]

    return Told(person.name, words(each.new), words(each.gone), person.account_id is not None)


def groups_of(actor: Account, pk: int) -> tuple[Roster, list[tuple[int, str, str]], list[tuple[str, str]]]:
    """For the page of duty groups: the roster, (person, name, group), and the groups there are."""
    roster = roster_row(actor, pk)
    access.require(actor, "duty.plan", roster.area)
    material = gather(roster, timezone.now())
    people = sorted(
        ((key, member.person.name, material.group_of(key)) for key, member in material.members.items()),
        key=lambda line: line[1],
    )
    used = {post.pattern for post in material.posts.values()}
    groups: dict[str, str] = {}
    for slug, pattern in playbook_of(roster.incident).patterns.items():
        if slug in used:
            groups |= {group.slug: str(group.name) for group in pattern.groups}
    return roster, people, list(groups.items())


def left_out(actor: Account, pk: int) -> list[tuple[str, str]]:
    """(name, reason) of the team members who cannot be planned with."""

    roster = roster_row(actor, pk)
    access.require(actor, "duty.plan", roster.area)
    return [(person.name, reason) for person, reason in gather(roster, timezone.now()).left_out]
