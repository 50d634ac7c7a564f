"""The report of a roster for paper: what is missing and why, whom to ask, what is broken, what everybody serves."""

from dataclasses import dataclass

from django.utils import timezone

from redvest.duty.models import Roster
from redvest.duty.planning.explaining import WaysView, ways_of
from redvest.duty.planning.findings import found_now, loads
from redvest.duty.planning.naming import names_for
from redvest.duty.planning.problem import seen_plan
from redvest.duty.planning.sentences import hours, sentence
from redvest.duty.queries.grid import roster_row
from redvest.people.models import Account

# Looking for somebody to ask takes a quarter of a second with 200 people; the worst gaps come first.
MOST_ASKED = 12


@dataclass(frozen=True, slots=True)
class LoadRow:
    """What one person serves in the days of the roster."""

    name: str
    hours: str
    week: str
    nights: int
    rest: str


@dataclass(frozen=True, slots=True)
class Report:
    """A roster as it is now, for a meeting."""

    roster: Roster
    is_draft: bool
    short: int
    wanted: int
    gaps: list[str]
    asked: list[WaysView]
    faults: list[str]
    people: list[LoadRow]


def report(actor: Account, pk: int) -> Report:
    """Everything that a coordinator takes along."""
    roster = roster_row(actor, pk)
    plan = seen_plan(roster, timezone.now())
    names = names_for(plan.material)
    found = found_now(plan)
    gaps = [finding for finding in found if finding.is_gap]
    shifts = list(dict.fromkeys(finding.shifts[0] for finding in gaps if finding.shifts))[:MOST_ASKED]
    rows = [
        LoadRow(
            names.person(person),
            hours(load.minutes),
            hours(load.week),
            load.nights,
            hours(load.rest) if load.rest is not None else "",
        )
        for person, load in loads(plan).items()
        if load.minutes or load.standby
    ]
    return Report(
        roster,
        roster.state == Roster.State.DRAFT,
        sum(finding.amount for finding in gaps if finding.rule == "under_minimum"),
        sum(finding.amount for finding in gaps if finding.rule == "under_wanted"),
        [sentence(finding, names) for finding in gaps],
        [ways_of(plan, names, shift) for shift in shifts],
        [sentence(finding, names) for finding in found if finding.stops],
        sorted(rows, key=lambda row: row.name),
    )
