"""Writes about rosters as a whole: begin a draft, choose its groups, bring it up to date, discard it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live
from redvest.core.errors import Refused
from redvest.core.models import Job
from redvest.duty.actions.drafting import check_unlocked, replace_cells
from redvest.duty.models import DraftCell, DraftEdit, Roster
from redvest.duty.planning.findings import measure
from redvest.duty.planning.material import Material, gather
from redvest.duty.planning.patterns import split_evenly
from redvest.duty.planning.problem import Cell, cells_of, kept_places, plan_for
from redvest.incidents.models import Incident
from redvest.incidents.queries import incidents
from redvest.people.models import Account
from redvest.places.models import Area

TOPIC = "rosters"
LONGEST = 35  # days


@transaction.atomic
def create_roster(
    actor: Account,
    incident_pk: int,
    area_pk: int,
    first_day: date,
    last_day: date,
    *,
    with_standing_by: bool = False,
    now: datetime | None = None,
) -> Roster:
    """Begin a draft for the posts of an incident in an area. It starts from what people are told already.

    ``now`` is given by the demo only: what began before is history and is not planned.
    """
    area = access.fetch(actor, "duty.plan", Area.objects.all(), pk=area_pk)
    incident = incidents.incident(actor, incident_pk)
    _check_new(incident, area, first_day, last_day)
    roster = Roster.objects.create(
        incident=incident,
        area=area,
        first_day=first_day,
        last_day=last_day,
        made_by=actor,
        settings={"with_standing_by": with_standing_by},
    )
    material = gather(roster, now or timezone.now())
    cells = kept_places(material.held)
    DraftCell.objects.bulk_create(
        DraftCell(roster=roster, shift_id=cell.shift, person_id=cell.person, is_pinned=cell.is_pinned) for cell in cells
    )
    roster.settings["seen"] = seen(material)
    roster.outcome = {"status": "", **measure(plan_for(material, cells))}
    roster.save(update_fields=["settings", "outcome"])
    audit.record(actor, "duty.roster_begun", roster, area_path=area.path)
    live.announce(TOPIC, area.path)
    return roster


@transaction.atomic
def set_groups(actor: Account, pk: int, groups: Mapping[int, str] | None) -> Roster:
    """Say who is in which duty group; ``None`` splits the people evenly, an empty mapping gives groups up."""
    roster = fetch_draft(actor, pk)
    check_unlocked(roster)
    material = gather(roster, timezone.now())
    if groups is None:
        pattern = next(
            (
                material.book.patterns[post.pattern]
                for post in material.posts.values()
                if post.pattern in material.book.patterns and material.book.patterns[post.pattern].groups
            ),
            None,
        )
        if pattern is None:
            raise Refused(_("No post of this roster has a pattern with duty groups. Choose such a pattern first."))
        groups = split_evenly(sorted(material.members), pattern)
    known = {str(person): group for person, group in groups.items() if group and person in material.members}
    roster.settings["groups"] = known
    roster.save(update_fields=["settings"])
    replace_cells(roster, material, cells_of(roster.pk), DraftEdit.Kind.REFRESH, actor)
    audit.record(actor, "duty.roster_groups_set", roster, area_path=roster.area.path, detail={"people": len(known)})
    live.announce(TOPIC, roster.area.path)
    return roster


@transaction.atomic
def refresh_roster(actor: Account, pk: int, *, now: datetime | None = None) -> Roster:
    """Bring a draft up to date: who signed up or withdrew since, which shifts began or were cancelled."""
    roster = fetch_draft(actor, pk)
    check_unlocked(roster)
    refresh(actor, roster, now or timezone.now())
    audit.record(actor, "duty.roster_refreshed", roster, area_path=roster.area.path)
    live.announce(TOPIC, roster.area.path)
    return roster


@transaction.atomic
def discard_roster(actor: Account, pk: int) -> Roster:
    """Give a draft up. What people were told stays as it is."""
    roster = fetch_draft(actor, pk)
    roster.state = Roster.State.DISCARDED
    roster.save(update_fields=["state"])
    audit.record(actor, "duty.roster_discarded", roster, area_path=roster.area.path)
    live.announce(TOPIC, roster.area.path)
    return roster


def fetch_draft(actor: Account, pk: int, action: str = "duty.plan") -> Roster:
    """The draft, locked, with what planning needs. A roster that is a draft no more cannot be changed."""
    rows = Roster.objects.select_for_update(of=("self",)).select_related("area", "incident__playbook", "incident__area")
    roster = access.fetch(actor, action, rows, pk=pk)
    if roster.state == Roster.State.PUBLISHED:
        raise Refused(_("This roster is published already. Make a new draft from it to change it."))
    if roster.state == Roster.State.DISCARDED:
        raise Refused(_("This draft was given up. Begin a new one."))
    return roster


def seen(material: Material) -> list[list[Any]]:
    """The places held when the draft was last brought up to date: by them publishing finds what happened since."""
    return [[place.shift, place.person, place.source] for place in material.held]


def refresh(actor: Account, roster: Roster, now: datetime) -> Material:
    """Change the draft's cells to what has become of the places that it was drawn from."""
    old = cells_of(roster.pk)
    material = gather(roster, now, keep={cell.person for cell in old})
    known = {(shift, person) for shift, person, _source in roster.settings.get("seen", [])}
    held = {(place.shift, place.person): place for place in material.held}
    cells = set()
    for cell in old:
        gone = (cell.shift, cell.person) in known and (cell.shift, cell.person) not in held
        may_serve = bool(material.members[cell.person].available) or (cell.shift, cell.person) in held
        if cell.shift in material.shifts and not gone and may_serve:
            cells.add(cell)
    there = {(cell.shift, cell.person) for cell in cells}
    for key, place in held.items():
        if key not in known and key not in there:
            cells.add(Cell(place.shift, place.person, place.is_kept))
    roster.settings["seen"] = seen(material)
    roster.save(update_fields=["settings"])
    replace_cells(roster, material, frozenset(cells), DraftEdit.Kind.REFRESH, actor)
    return material


def _check_new(incident: Incident, area: Area, first_day: date, last_day: date) -> None:
    if incident.state == Incident.State.CLOSED:
        raise Refused(_("This incident is closed. Nothing is planned in it any more."))
    if not area.path.startswith(incident.area.path):
        raise Refused(_("This place lies outside the area of the incident. Choose a place inside it."))
    if last_day < first_day:
        raise Refused(_("The last day lies before the first. Exchange them."))
    if last_day - first_day >= timedelta(days=LONGEST):
        raise Refused(_("A roster covers at most %(days)s days. Make two of it.") % {"days": LONGEST})


def is_being_solved(roster: Roster) -> bool:
    """Whether the engine works on it at this moment."""
    return roster.job is not None and roster.job.state in (Job.State.QUEUED, Job.State.RUNNING)
