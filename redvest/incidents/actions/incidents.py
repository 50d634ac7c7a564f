"""From activation to closing: the incident itself, its level, its expected end, its checklist."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live
from redvest.core.errors import Refused
from redvest.incidents.actions._rows import locked_incident, place_inside
from redvest.incidents.models import CallUp, Deployment, HandsWanted, Incident, Offer, Playbook, TeamMember
from redvest.incidents.playbooks import loader
from redvest.incidents.playbooks.schema import RESPONSE_LEVELS
from redvest.incidents.queries.incidents import HOST_LEVELS
from redvest.people.models import Person
from redvest.places.models import Area

if TYPE_CHECKING:
    from redvest.people.models import Account

LONGEST = timedelta(days=365)


@transaction.atomic
def activate_incident(
    actor: "Account",
    *,
    playbook: int,
    area: int,
    level: int,
    title: str,
    starts: datetime,
    expected_end: datetime | None = None,
    is_drill: bool = False,
    focus: Collection[int] = (),
) -> Incident:
    """Start a response in an area. Posts are opened by the workflow of the same name, in the same transaction.

    `focus` are the communities of the area that get posts of their own; none means all of them.
    """
    place = access.fetch(actor, "incidents.activate", Area.objects.select_for_update(of=("self",)), pk=area)
    plan = Playbook.objects.filter(pk=playbook, is_current=True).first()
    if plan is None:
        raise Refused(_("This playbook is not installed or has a newer version. Reload the page and choose again."))
    _check_level(level)
    _check_times(starts, expected_end)
    running = Incident.objects.filter(
        playbook__slug=plan.slug, area=place, state=Incident.State.ACTIVE, is_drill=is_drill
    ).first()
    if running is not None:
        sentence = _("%(title)s is already running here. Open it and change its level instead.")
        raise Refused(sentence % {"title": running.title}, code="running", details={"incident": running.pk})
    row = Incident.objects.create(
        playbook=plan,
        area=place,
        title=title.strip() or f"{place.name} {plan}",
        level=level,
        starts=starts,
        expected_end=expected_end,
        is_drill=is_drill,
        focus=_checked_focus(place, focus),
        time_zone=settings.TIME_ZONE,
        activated_by=actor,
    )
    detail = {"playbook": plan.slug, "version": plan.version, "level": level, "drill": is_drill}
    audit.record(actor, "incidents.activated", row, area_path=place.path, detail=detail)
    live.announce("incidents", place.path)
    return row


@transaction.atomic
def change_level(actor: "Account", pk: int, level: int) -> int:
    """Raise or lower the response level; returns the level before. Lowering closes no post: people decide that."""
    row = locked_incident(actor, pk)
    _check_level(level)
    before = row.level
    if level == before:
        raise Refused(_("The incident is at this level already."))
    row.level = level
    row.save(update_fields=["level"])
    detail = {"before": before, "level": level}
    audit.record(actor, "incidents.level_changed", row, area_path=row.area.path, detail=detail)
    live.announce("incidents", row.area.path)
    return before


@transaction.atomic
def change_expected_end(actor: "Account", pk: int, expected_end: datetime | None) -> Incident:
    """The day on which people may plan; None: nobody knows yet."""
    row = locked_incident(actor, pk)
    _check_times(row.starts, expected_end)
    row.expected_end = expected_end
    row.save(update_fields=["expected_end"])
    detail = {"expected_end": expected_end.isoformat() if expected_end else None}
    audit.record(actor, "incidents.end_changed", row, area_path=row.area.path, detail=detail)
    live.announce("incidents", row.area.path)
    return row


@transaction.atomic
def tick_step(actor: "Account", pk: int, checklist: str, step: str, *, done: bool = True) -> Incident:
    """Tick a line of the incident's checklist, or take the tick back. What the system sees itself cannot be ticked."""
    row = locked_incident(actor, pk)
    lists = loader.installed(row.playbook.slug, row.playbook.text).checklists
    items = {item.slug: item for item in lists[checklist].items} if checklist in lists else {}
    if step not in items or items[step].fact:
        raise Refused(_("This step is not ticked by hand. Reload the page to see how it stands."))
    key = f"{checklist}.{step}"
    if done:
        row.checklist_done.setdefault(key, {"at": timezone.now().isoformat(), "by": str(actor)})
    else:
        row.checklist_done.pop(key, None)
    row.save(update_fields=["checklist_done"])
    audit.record(actor, "incidents.step_ticked", row, area_path=row.area.path, detail={"step": key, "done": done})
    live.announce("incidents", row.area.path)
    return row


@transaction.atomic
def close_incident(actor: "Account", pk: int) -> Incident:
    """End the response: call-ups close, orders end, the team is released. Reconciling hours and data comes later."""
    row = locked_incident(actor, pk)
    now = timezone.now()
    CallUp.objects.filter(incident=row).exclude(state=CallUp.State.CLOSED).update(
        state=CallUp.State.CLOSED, closed_at=now
    )
    orders = Deployment.objects.filter(member__incident=row)
    hosted = orders.filter(state=Deployment.State.PUBLISHED).values_list("member__person", "area")
    for person, area in hosted:
        Person.objects.filter(pk=person, host=area).update(host=None)
    orders.filter(state=Deployment.State.PROPOSED).update(state=Deployment.State.ENDED)
    orders.filter(state=Deployment.State.PUBLISHED).update(state=Deployment.State.ENDED, ends=now)
    TeamMember.objects.filter(incident=row).exclude(state=TeamMember.State.RELEASED).update(
        state=TeamMember.State.RELEASED, released_at=now
    )
    Offer.objects.filter(incident=row, state=Offer.State.OPEN).update(
        state=Offer.State.DECLINED, decided_at=now, decided_by=actor
    )
    row.state = Incident.State.CLOSED
    row.closed_at = now
    row.save(update_fields=["state", "closed_at"])
    audit.record(actor, "incidents.closed", row, area_path=row.area.path)
    live.announce("incidents", row.area.path)
    return row


@transaction.atomic
def want_hands(actor: "Account", pk: int, area: int, wanted: int | None) -> None:
    """Type how many people an area could use; None goes back to what its posts need."""
    row = locked_incident(actor, pk, "incidents.deploy")
    place = place_inside(row, area)
    if wanted is not None and not 0 <= wanted <= 1000:
        raise Refused(_("Type a number from 0 to 1000."))
    found = HandsWanted.objects.filter(incident=row, area=place).first()
    if wanted is None:
        HandsWanted.objects.filter(incident=row, area=place).update(is_typed=False)
    elif found is None:
        HandsWanted.objects.create(incident=row, area=place, wanted=wanted, is_typed=True)
    else:
        found.wanted, found.is_typed = wanted, True
        found.save(update_fields=["wanted", "is_typed", "updated_at"])
    detail = {"area": area, "wanted": wanted}
    audit.record(actor, "incidents.hands_wanted", row, area_path=place.path, detail=detail)
    live.announce("deployment", place.path)


@transaction.atomic
def count_hands(actor: "Account", pk: int, counted: dict[int, tuple[int, dict[str, int]]]) -> None:
    """Take over what the posts of each area need: area key -> (people, {skill: heads}). A typed number stays."""
    row = locked_incident(actor, pk, "incidents.deploy")
    known = HandsWanted.objects.filter(incident=row).values_list("area_id", flat=True)
    _take_over(actor, row, {**dict.fromkeys(known, (0, {})), **counted})


@transaction.atomic
def count_hands_at(actor: "Account", pk: int, post_area: Area, area: int, wanted: int, skills: dict[str, int]) -> None:
    """The same for one area, by whoever may plan the post there that was opened, changed or closed."""
    access.require(actor, "duty.plan", post_area)
    row = Incident.objects.select_for_update(of=("self",)).select_related("area").get(pk=pk)
    _take_over(actor, row, {area: (wanted, skills)})


def _take_over(actor: "Account", row: Incident, counted: dict[int, tuple[int, dict[str, int]]]) -> None:
    rows = HandsWanted.objects.select_for_update().filter(incident=row, area__in=list(counted))
    known = {found.area_id: found for found in rows}
    changed: dict[int, Any] = {}
    for area, (wanted, skills) in counted.items():
        found = known.get(area)
        if found is None:
            HandsWanted.objects.create(incident=row, area=place_inside(row, area), wanted=wanted, skills=skills)
            changed[area] = wanted
        elif not found.is_typed and (found.wanted, found.skills) != (wanted, skills):
            found.wanted, found.skills = wanted, skills
            found.save(update_fields=["wanted", "skills", "updated_at"])
            changed[area] = wanted
    if changed:
        audit.record(actor, "incidents.hands_counted", row, area_path=row.area.path, detail={"areas": changed})
        live.announce("deployment", row.area.path)


def _checked_focus(place: Area, focus: Collection[int]) -> list[int]:
    inside = Area.objects.filter(path__startswith=place.path, level__in=HOST_LEVELS, pk__in=focus)
    found = sorted(inside.values_list("pk", flat=True))
    if len(found) != len(set(focus)):
        raise Refused(_("A chosen community lies outside the area. Choose the communities again."))
    return found


def _check_level(level: int) -> None:
    if level not in RESPONSE_LEVELS:
        raise Refused(_("A response level is a number from 1, the highest, to 4. Choose one of them."))


def _check_times(starts: datetime, expected_end: datetime | None) -> None:
    if starts > timezone.now() + timedelta(days=7):
        raise Refused(_("An incident starts now or within a week. Choose an earlier start."))
    if expected_end is not None and not starts < expected_end <= starts + LONGEST:
        raise Refused(_("The expected end must lie after the start and within a year of it. Choose another day."))
