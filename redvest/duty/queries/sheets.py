"""Rosters for paper and spreadsheets: the ledger of domain.md section 14 (值班排班表), the sheets to sign by hand."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from redvest.core import access
from redvest.duty.models import Assignment, DraftCell, Roster, Shift
from redvest.duty.planning.book import group_name, kind_name, playbook_of, shift_name, short_name
from redvest.duty.queries.grid import HOLDING, roster_row
from redvest.incidents.playbooks.schema import Playbook
from redvest.people.models import Account, Person


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A shift as the printed ledger has it: 日期/班次/卡点/组别/组长/副手/队员/电话/防护等级/备注."""

    shift: int
    day: date
    turn: str
    time: str
    post: str
    place: str
    group: str
    lead: str
    deputy: str
    members: list[str]
    phone: str
    kit: str
    note: str
    missing: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """A roster as a list of shifts."""

    roster: Roster
    lines: list[LedgerLine]
    is_draft: bool


@dataclass(frozen=True, slots=True)
class SignSheet:
    """A shift with everybody on it, to be signed by hand."""

    shift: Shift
    post: str
    place: str
    turn: str
    names: list[tuple[str, str]]  # name, number
    blank: int


def ledger(actor: Account, pk: int) -> Ledger:
    """The shifts of a roster in time order, with those on them. The phone is the post's, never a volunteer's own."""
    roster = roster_row(actor, pk)
    book = playbook_of(roster.incident)
    zone = ZoneInfo(roster.incident.time_zone)
    shifts = _shifts(roster)
    people = _people_on(roster, shifts)
    return Ledger(
        roster=roster,
        lines=[_line(book, zone, shift, people.get(shift.pk, [])) for shift in shifts],
        is_draft=roster.state == Roster.State.DRAFT,
    )


def _shifts(roster: Roster) -> list[Shift]:
    rows = Shift.objects.filter(
        post__incident_id=roster.incident_id,
        post__area__path__startswith=roster.area.path,
        duty_day__range=(roster.first_day, roster.last_day),
    ).exclude(state=Shift.State.CANCELLED)
    return list(rows.select_related("post__area").order_by("duty_day", "starts", "post__area__path", "post__number"))


def _people_on(roster: Roster, shifts: Iterable[Shift]) -> dict[int, list[Person]]:
    found: dict[int, list[Person]] = defaultdict(list)
    if roster.state == Roster.State.DRAFT:
        for cell in DraftCell.objects.filter(roster=roster).select_related("person").order_by("person__name"):
            found[cell.shift_id].append(cell.person)
    else:
        rows = Assignment.objects.filter(shift__in=list(shifts), state__in=HOLDING)
        for place in rows.select_related("person").order_by("person__name"):
            found[place.shift_id].append(place.person)
    return found


def _line(book: Playbook, zone: ZoneInfo, shift: Shift, people: list[Person]) -> LedgerLine:
    pattern = book.patterns.get(shift.post.pattern)
    lead = next((person for person in people if person.pk == shift.lead_id), people[0] if people else None)
    others = [person.name for person in people if person is not lead]
    kind = book.posts.get(shift.post.kind)
    kit = book.kits.get(kind.kit) if kind else None
    return LedgerLine(
        shift=shift.pk,
        day=shift.duty_day,
        turn=shift_name(pattern, shift.label),
        time=_time(shift, zone),
        post=short_name(book, shift.post),
        place=shift.post.name,
        group=group_name(pattern, shift.group) if shift.group else "",
        lead=lead.name if lead else "",
        deputy=others[0] if others else "",
        members=others[1:],
        phone=shift.post.contact_phone,
        kit=str(kit.name) if kit else "",
        note=kind_name(book, shift.post.kind) if shift.post.is_standby else "",
        missing=max(0, shift.minimum - len(people)),
    )


def _time(shift: Shift, zone: ZoneInfo) -> str:
    return f"{shift.starts.astimezone(zone):%H:%M}–{shift.ends.astimezone(zone):%H:%M}"


def sign_sheets(actor: Account, roster_pk: int, day: date) -> tuple[Roster, list[SignSheet]]:
    """One sheet for each shift of a duty day of a roster."""
    roster = roster_row(actor, roster_pk)
    book = playbook_of(roster.incident)
    zone = ZoneInfo(roster.incident.time_zone)
    shifts = [shift for shift in _shifts(roster) if shift.duty_day == day]
    people = _people_on(roster, shifts)
    return roster, [_sheet(book, zone, shift, people.get(shift.pk, [])) for shift in shifts]


def sign_sheet(actor: Account, shift_pk: int) -> SignSheet:
    """The sheet of one shift."""
    rows = Shift.objects.select_related("post__area", "post__incident__playbook")
    shift = access.fetch(actor, "duty.see", rows, pk=shift_pk)
    held = Assignment.objects.filter(shift=shift, state__in=HOLDING).select_related("person").order_by("person__name")
    zone = ZoneInfo(shift.post.incident.time_zone)
    return _sheet(playbook_of(shift.post.incident), zone, shift, [place.person for place in held])


def _sheet(book: Playbook, zone: ZoneInfo, shift: Shift, people: list[Person]) -> SignSheet:
    pattern = book.patterns.get(shift.post.pattern)
    return SignSheet(
        shift=shift,
        post=short_name(book, shift.post),
        place=shift.post.name,
        turn=f"{shift_name(pattern, shift.label)} {_time(shift, zone)}".strip(),
        names=[(person.name, person.number) for person in people],
        blank=max(2, shift.maximum - len(people)),
    )
