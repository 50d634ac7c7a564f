"""The menu of repairs in words: what happened, what it hurt, what could be done at which price, who is told what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from redvest.core import access
from redvest.core.models import Job
from redvest.duty.actions.answering import REPAIR
from redvest.duty.models import Roster
from redvest.duty.planning import events
from redvest.duty.planning.material import gather
from redvest.duty.queries.answer_words import Words, gap_words, job_about
from redvest.duty.queries.grid import roster_row
from redvest.people.models import Account, Person
from redvest.places.models import Area


@dataclass(frozen=True, slots=True)
class RepairChoices:
    """What the form of a repair offers."""

    roster: Roster
    people: list[tuple[int, str]]
    areas: list[tuple[int, str]]
    holds: bool  # people were told something that can be mended
    now: datetime


def repair_choices(actor: Account, pk: int) -> RepairChoices:
    """Who could drop out, and which places could be closed."""
    roster = roster_row(actor, pk)
    access.require(actor, "duty.plan", roster.area)
    material = gather(roster, timezone.now())
    holding = {place.person for place in material.held}
    people = [(key, material.members[key].person.name) for key in holding]
    inside = Area.objects.filter(path__startswith=roster.incident.area.path, level__in=CLOSED_AS_ONE)
    areas = access.scope(actor, "places.see", inside).order_by("path").values_list("pk", "name")
    return RepairChoices(roster, sorted(people, key=lambda each: each[1]), list(areas), bool(holding), timezone.now())


CLOSED_AS_ONE = (Area.Level.STREET, Area.Level.COMMUNITY, Area.Level.VILLAGE, Area.Level.ESTATE)


@dataclass(frozen=True, slots=True)
class ToldLine:
    """What one person would be told."""

    name: str
    new: list[str]
    gone: list[str]
    has_account: bool


@dataclass(frozen=True, slots=True)
class RepairView:
    """One repair of the menu, with its price."""

    number: int
    title: str
    changes: int
    people: int
    short: int
    wanted: int
    unskilled: int
    cost: int
    told: list[ToldLine]
    gaps: list[str]


@dataclass(frozen=True, slots=True)
class RepairMenu:
    """What happened, what it hurt, and what could be done."""

    roster: Roster
    job: Job
    event: str
    hurt: list[str]
    bare: RepairView | None
    repairs: list[RepairView]
    absent: str  # who would be away from later rosters too, if that is noted; empty: nobody, or not ours to note

    @property
    def is_ready(self) -> bool:
        return self.bare is not None


def repair_menu(actor: Account, pk: int, job_pk: int) -> RepairMenu:
    """The menu of a finished search; while it runs, the job alone."""
    roster = roster_row(actor, pk)
    access.require(actor, "duty.plan", roster.area)
    job = job_about(actor, roster, job_pk, REPAIR)
    event = events.read(job.arguments["event"])
    words = event_words(event, roster)
    if job.state != Job.State.DONE or not job.result:
        return RepairMenu(roster, job, words, [], None, [], "")
    names = Words(roster, job.result)
    repairs = job.result["repairs"]
    return RepairMenu(
        roster,
        job,
        words,
        [names.shift(shift) for shift in job.result["hurt"]],
        _repair_view(names, -1, _("If nobody does anything"), job.result["bare"]),
        [_repair_view(names, number, _title(number, len(repairs)), each) for number, each in enumerate(repairs)],
        _absent(actor, event),
    )


def _absent(actor: Account, event: events.Event) -> str:
    if event.kind != events.DROP_OUT:
        return ""
    person = access.scope(actor, "people.edit", Person.objects.filter(pk=event.person or 0)).first()
    return person.name if person else ""


def _title(number: int, count: int) -> str:
    if number == 0:
        return _("Fewest changes")
    return _("Fills most, changes most") if number == count - 1 else _("In between")


def event_words(event: events.Event, roster: Roster) -> str:
    """``Li Min drops out from 24 Nov 09:00 until 26 Nov 06:00``."""
    zone = ZoneInfo(roster.incident.time_zone)
    fields = {
        "since": _moment(event.since, zone),
        "until": _moment(event.until, zone) if event.until else "",
        "person": "",
        "area": "",
        "band": BAND_WORDS.get(event.band, ""),
    }
    if event.person:
        fields["person"] = Person.objects.filter(pk=event.person).values_list("name", flat=True).first() or ""
    if event.area:
        fields["area"] = Area.objects.filter(pk=event.area).values_list("name", flat=True).first() or ""
    ends = event.until is not None
    text = {
        events.DROP_OUT: _("%(person)s drops out from %(since)s until %(until)s")
        if ends
        else _("%(person)s drops out from %(since)s on"),
        events.PERIMETER: _("%(area)s is closed from %(since)s until %(until)s")
        if ends
        else _("%(area)s is closed from %(since)s on"),
        events.HEAT: _("Heat of %(band)s from %(since)s until %(until)s")
        if ends
        else _("Heat of %(band)s from %(since)s on"),
        events.NOW: _("What changed since people were told"),
    }[event.kind]
    return text % fields


BAND_WORDS = {
    1: gettext_lazy("35 to 37 °C"),
    2: gettext_lazy("37 to 40 °C"),
    3: gettext_lazy("40 °C and more"),
}


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{date_format(local, pgettext('day of the month and month', 'j M'))} {local:%H:%M}"


def _repair_view(names: Words, number: int, title: str, found: Mapping[str, Any]) -> RepairView:
    new: dict[int, list[int]] = {}
    gone: dict[int, list[int]] = {}
    for person, shift in found["comes"]:
        new.setdefault(person, []).append(shift)
    for person, shift in found["goes"]:
        gone.setdefault(person, []).append(shift)
    told = [
        ToldLine(
            names.person(person),
            [names.shift(shift) for shift in names.in_time(new.get(person, []))],
            [names.shift(shift) for shift in names.in_time(gone.get(person, []))],
            names.has_account(person),
        )
        for person in sorted({*new, *gone}, key=names.person)
    ]
    gaps = [gap_words(names, rule, shift, 0, amount, skill) for rule, shift, amount, skill in found["gaps"]]

    def missing(rule: str) -> int:
        return sum(amount for name, _shift, amount, _skill in found["gaps"] if name == rule)

    return RepairView(
        number,
        title,
        len(found["comes"]) + len(found["goes"]),
        len(told),
        missing("under_minimum"),
        missing("under_wanted"),
        missing("under_skill"),
        found["cost"],
        told,
        gaps,
    )
