"""Asking the engine about a roster: how to mend it, what would be if. A chosen repair becomes a draft."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, jobs, live
from redvest.core.errors import Refused
from redvest.duty.actions.drafting import replace_cells
from redvest.duty.actions.rosters import TOPIC, create_roster
from redvest.duty.models import DraftEdit, Roster
from redvest.duty.planning import answers
from redvest.duty.planning.events import BANDS, DROP_OUT, HEAT, PERIMETER, Event, read
from redvest.duty.planning.gaps import reasons_for
from redvest.duty.planning.material import Material, gather
from redvest.duty.planning.problem import Cell, Plan, cells_of, kept_places, plan_for, seen_plan
from redvest.people.actions.people import add_availability
from redvest.people.models import Account, Availability
from redvest.places.models import Area

REPAIR, ASK = "roster.repair", "roster.ask"
REPAIRED = "repaired"
REPAIR_SECONDS = 3.5
ASK_SECONDS = 16
# Reading the rows and starting a process, around the search itself.
AROUND_SECONDS = 60
MOST_COPIES = 20


@transaction.atomic
def look_for_repairs(actor: Account, pk: int, event: Event) -> jobs.Job:
    """Ask how to mend what people of this roster are told, after something happened. Nothing is changed."""
    roster = _fetch(actor, pk)
    event = _checked(actor, roster, event)
    material = gather(roster, timezone.now())
    if not material.held:
        raise Refused(_("Nobody was told anything about these days yet. Let the engine draft a roster instead."))
    job = jobs.start(actor, REPAIR, {"roster": pk, "event": event.as_json()}, roster.area)
    audit.record(actor, "duty.repairs_asked", roster, area_path=roster.area.path, detail={"event": event.kind})
    return job


@transaction.atomic
def draft_repair(actor: Account, pk: int, job_pk: int, number: int, *, note_absence: bool = False) -> Roster:
    """Make one repair of the menu a draft, to be looked at and published by a person. What happened stays with it.

    ``note_absence`` also writes among the person's times that he cannot serve then, for all later rosters.
    """
    base = _fetch(actor, pk)
    result, event = _answered(base, job_pk)
    if not 0 <= number < len(result["repairs"]):
        raise Refused(_("This repair is not on the menu. Look at it again."))
    chosen = result["repairs"][number]
    if note_absence and event["kind"] == DROP_OUT:
        _note_absence(actor, event)
    roster = create_roster(actor, base.incident_id, base.area_id, base.first_day, base.last_day)
    roster.settings = {**base.settings, "seen": roster.settings["seen"], "events": [*_events(base), event]}
    roster.based_on = base
    roster.save(update_fields=["settings", "based_on"])
    material = gather(roster, timezone.now(), keep={cell.person for cell in cells_of(roster.pk)})
    cells = _mended(material, result, chosen)
    reasons = reasons_for(plan_for(material, cells))
    replace_cells(roster, material, cells, DraftEdit.Kind.SOLVE, actor, status=REPAIRED, reasons=reasons)
    detail = {"job": job_pk, "number": number, "changes": len(chosen["comes"]) + len(chosen["goes"])}
    audit.record(actor, "duty.repair_drafted", roster, area_path=roster.area.path, detail=detail)
    live.announce(TOPIC, roster.area.path)
    return roster


@transaction.atomic
def ask_what_if(actor: Account, pk: int, question: Mapping[str, Any]) -> jobs.Job:
    """Ask what a change of circumstances would mean for the roster, or how many people are missing. Nothing changes."""
    roster = _fetch(actor, pk)
    plan = seen_plan(roster, timezone.now())
    if not plan.material.shifts:
        raise Refused(_("There are no coming shifts in these days. Make shifts for the posts first."))
    asked = _checked_question(plan, question)
    job = jobs.start(actor, ASK, {"roster": pk, "question": asked}, roster.area)
    audit.record(actor, "duty.what_if_asked", roster, area_path=roster.area.path, detail={"question": asked["kind"]})
    return job


def _answered(roster: Roster, job_pk: int) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The menu that this search for repairs of the roster found, and the event it was asked about."""
    job = jobs.Job.objects.filter(pk=job_pk, kind=REPAIR, arguments__roster=roster.pk).first()
    if job is None or job.state != jobs.Job.State.DONE or not job.result:
        raise Refused(_("There is no answer to this question any more. Ask it again."))
    return job.result, job.arguments["event"]


def _told_plan(roster: Roster, event: Mapping[str, Any]) -> Plan:
    """What people are told now, with the event on top."""
    roster.settings = {**roster.settings, "events": [*_events(roster), event]}
    material = gather(roster, timezone.now())
    return plan_for(material, kept_places(material.held))


@jobs.task(REPAIR)
def _repair(progress: jobs.Progress, *, roster: int, event: dict[str, Any]) -> dict[str, Any]:
    """The work of ``look_for_repairs``, in a child process."""
    row = Roster.objects.select_related("area", "incident__playbook", "incident__area").get(pk=roster)
    progress(0, 100, _("Reading the people, the shifts and the rules"))
    plan = _told_plan(row, event)

    def heard(message: dict[str, Any]) -> None:
        progress(100 * message["done"] // max(1, message["total"]), 100, _("Trying what could be changed"))

    arguments = (plan.problem, plan.answer, REPAIR_SECONDS)
    found = jobs.run_in_child(
        progress, answers.repair_in_child, *arguments, seconds=REPAIR_SECONDS + AROUND_SECONDS, on_message=heard
    )
    told = sorted([place.person, place.shift] for place in plan.material.held)
    return {"roster": roster, "job": progress.job.pk, "told": told, **found}


@jobs.task(ASK)
def _ask(progress: jobs.Progress, *, roster: int, question: dict[str, Any]) -> dict[str, Any]:
    """The work of ``ask_what_if``, in a child process."""
    row = Roster.objects.select_related("area", "incident__playbook", "incident__area").get(pk=roster)
    progress(0, None, _("Searching with and without the change"))
    plan = seen_plan(row, timezone.now())
    arguments = (plan.problem, plan.answer, question, float(ASK_SECONDS))
    found = jobs.run_in_child(progress, answers.ask_in_child, *arguments, seconds=ASK_SECONDS + AROUND_SECONDS)
    return {"roster": roster, "job": progress.job.pk, **found}


# --- what may be asked -------------------------------------------------------------------------------------------


def _fetch(actor: Account, pk: int) -> Roster:
    rows = Roster.objects.select_related("area", "incident__playbook", "incident__area")
    return access.fetch(actor, "duty.plan", rows, pk=pk)


def _events(roster: Roster) -> list[Any]:
    return list(roster.settings.get("events", []))


def _checked(actor: Account, roster: Roster, event: Event) -> Event:
    """The event, completed from the rows, or a sentence that says what it lacks."""
    if event.until is not None and event.until <= event.since:
        raise Refused(_("The end lies before the start. Correct one of the two."))
    if event.kind == DROP_OUT:
        material = gather(roster, timezone.now())
        if event.person not in material.members:
            raise Refused(_("Choose somebody of this roster who drops out."))
    if event.kind == PERIMETER:
        area = access.fetch(actor, "places.see", Area.objects.all(), pk=event.area or 0)
        return replace(event, path=area.path)
    if event.kind == HEAT and event.band not in BANDS:
        raise Refused(_("Choose how hot it is forecast to be."))
    return event


def _checked_question(plan: Plan, question: Mapping[str, Any]) -> dict[str, Any]:
    """The question as plain JSON, or a sentence that says what it lacks."""
    kind = question.get("kind")
    count = int(question.get("count") or 1)
    if not 1 <= count <= MOST_COPIES:
        raise Refused(_("Ask about 1 to %(most)s.") % {"most": MOST_COPIES})
    if kind == answers.HANDS:
        return {"kind": kind}
    if kind == answers.POST:
        if question.get("like") not in {shift.post_id for shift in plan.material.shifts.values()}:
            raise Refused(_("Choose the post of this roster that the new one would be like."))
        return {"kind": kind, "like": question["like"], "count": count}
    if kind == answers.FEWER:
        people = [person for person in question.get("people", ()) if str(person) in plan.problem.person_of]
        if max(count, len(people)) >= len(plan.problem.people):
            raise Refused(_("Then nobody would be left. Ask about fewer."))
        return {"kind": kind, "count": count, "people": people}
    if kind == answers.MORE:
        known = {skill for skill in question.get("skills", ()) if skill in plan.material.book.skills}
        return {"kind": kind, "count": count, "skills": sorted(known)}
    if kind == answers.RULE and question.get("rule") in answers.RULES:
        value = int(question.get("value") or 0)
        if value < 1:
            raise Refused(_("Say which limit you ask about, as a whole number."))
        return {"kind": kind, "rule": question["rule"], "value": value}
    raise Refused(_("Choose what you want to know."))


# --- from the menu to the draft ----------------------------------------------------------------------------------


def _mended(material: Material, result: Mapping[str, Any], chosen: Mapping[str, Any]) -> frozenset[Cell]:
    """The cells of the chosen repair, if people are told now what they were told when it was made."""
    held = {(place.person, place.shift): place.is_kept for place in material.held}
    begun = {(person, shift) for person, shift in result["told"] if shift not in material.shifts}
    if set(map(tuple, result["told"])) - begun != set(held):
        raise Refused(_("What people are told has changed since. Look for repairs again."), code="stale")
    goes = set(map(tuple, chosen["goes"]))
    cells = {Cell(shift, person, kept) for (person, shift), kept in held.items() if (person, shift) not in goes}
    comes = [(person, shift) for person, shift in chosen["comes"] if shift in material.shifts]
    return frozenset(cells | {Cell(shift, person) for person, shift in comes})


def _note_absence(actor: Account, event: Mapping[str, Any]) -> Availability:
    found = read(event)
    return add_availability(
        actor,
        int(found.person or 0),
        kind=Availability.Kind.CANNOT,
        starts=found.since,
        ends=found.until,
        note=_("Dropped out of a roster"),
    )
