"""What could be changed in a roster and what each change would bring: ranked, in words, before anything is saved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redvest.core import access
from redvest.duty.models import Assignment, Override, Roster, Shift
from redvest.duty.planning.book import short_name
from redvest.duty.planning.candidates import Choice, now_around, people_for, same_shift_on, shifts_for
from redvest.duty.planning.explaining import OWN_WORD, WaysView, held_by, standing_words, ways_of, why_person
from redvest.duty.planning.findings import NEEDS_OVERRIDE, Effect, Finding, Load, effect, gist, loads
from redvest.duty.planning.material import HOLDING
from redvest.duty.planning.naming import names_for, shift_words
from redvest.duty.planning.problem import Plan, seen_plan
from redvest.duty.planning.publication import faults, faults_at
from redvest.duty.planning.sentences import Names, hours, sentence
from redvest.duty.queries.grid import roster_row
from redvest.people.models import Account

Pair = tuple[int, int]  # person, shift
FREE, OVERRIDE, FORBIDDEN = "free", "override", "forbidden"
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a change would bring, in words."""

    kind: str  # free, override, forbidden
    cost: int
    worse: tuple[str, ...]
    better: tuple[str, ...]

    @property
    def cost_words(self) -> str:
        if self.cost == 0:
            return _("costs nothing more")
        return (
            _("cost +%(cost)s") % {"cost": self.cost} if self.cost > 0 else _("cost −%(cost)s") % {"cost": -self.cost}
        )


@dataclass(frozen=True, slots=True)
class Option:
    """A person or a shift that could be chosen."""

    person: int
    shift: int
    name: str
    note: str
    verdict: Verdict
    standing: tuple[str, ...] = ()  # how a person stands to the shift: rest, way, hours
    askable: bool = False  # only his own word keeps him from it


@dataclass(frozen=True, slots=True)
class CellView:
    """The dialog about a place in the grid: who or what it is, and what could be done."""

    roster: Roster
    title: str
    facts: list[tuple[str, str]]
    person: int | None
    shift: int | None
    day: date | None
    is_pinned: bool
    is_there: bool
    may_change: bool
    why_not: str
    options: list[Option]
    others: list[Option]
    overrides: list[Override]
    faults: tuple[str, ...] = ()  # what stands in the way of publishing here
    needs_exception: bool = False  # some of it could be allowed by name
    may_override: bool = False
    until: datetime | None = None
    there: tuple[tuple[int, str], ...] = ()  # of a shift: who is on it
    why: tuple[str, ...] = ()  # why this person and not another
    is_short: bool = False


def chip_view(actor: Account, pk: int, person: int, shift: int) -> CellView:
    """The dialog of somebody on a shift: what it means for him, and who could stand there instead."""
    plan, may, why_not = _plan(actor, pk, shift)
    names = names_for(plan.material)
    row = plan.material.shifts.get(shift) or plan.material.past[shift]
    cell = next((each for each in plan.cells if (each.person, each.shift) == (person, shift)), None)
    choices = people_for(plan, shift, instead_of=person) if cell and shift in plan.material.shifts else []
    options, others = _split(plan, names, choices, by_person=True)
    load = loads(plan).get(person, Load(0, 0, 0, None, 0))
    broken = faults_at(plan, person, shift) if may and cell else []
    return CellView(
        roster=plan.material.roster,
        title=names.person(person),
        facts=[(_("Shift"), shift_words(plan.material.book, row, plan.material.zone)), *_load_facts(load)],
        person=person,
        shift=shift,
        day=None,
        is_pinned=bool(cell and cell.is_pinned),
        is_there=cell is not None,
        may_change=may and cell is not None,
        why_not=why_not,
        options=options,
        others=others,
        overrides=list(Override.objects.filter(shift=row, person_id=person).select_related("made_by")),
        why=tuple(why_person(plan, names, choices, person, shift)) if choices else (),
        faults=tuple(sentence(fault, names) for fault in broken),
        needs_exception=any(fault.severity == NEEDS_OVERRIDE for fault in broken),
        may_override=access.can(actor, "duty.override", plan.material.roster.area),
        until=row.ends,
    )


def day_view(actor: Account, pk: int, person: int, day: date) -> CellView:
    """The dialog of a free cell: which shifts of that day the person could take."""
    plan, may, why_not = _plan(actor, pk, None)
    names = names_for(plan.material)
    that_day = [key for key, shift in plan.material.shifts.items() if shift.duty_day == day]
    if not that_day:
        may, why_not = False, _("There are no coming shifts on this day. Make shifts for the posts first.")
    choices = shifts_for(plan, person, that_day) if may and person in plan.material.members else []
    options, others = _split(plan, names, choices, by_person=False)
    load = loads(plan).get(person, Load(0, 0, 0, None, 0))
    return CellView(
        roster=plan.material.roster,
        title=names.person(person),
        facts=_load_facts(load),
        person=person,
        shift=None,
        day=day,
        is_pinned=False,
        is_there=False,
        may_change=may,
        why_not=why_not,
        options=options,
        others=others,
        overrides=[],
    )


def shift_view(actor: Account, pk: int, shift: int) -> CellView:
    """The dialog of a shift: who could be added, and why it is still short."""
    plan, may, why_not = _plan(actor, pk, shift)
    names = names_for(plan.material)
    row = plan.material.shifts.get(shift) or plan.material.past[shift]
    on_it = sorted((names.person(cell.person), cell.person) for cell in plan.cells if cell.shift == shift)
    options, others = _split(plan, names, people_for(plan, shift) if may else [], by_person=True)
    heads = {"have": len(on_it), "wanted": row.wanted, "minimum": row.minimum}
    facts = [(_("Heads"), _("%(have)s of %(wanted)s, at least %(minimum)s") % heads)]
    broken = [fault for fault in faults(plan) if shift in fault.shifts] if may else []
    return CellView(
        roster=plan.material.roster,
        title=shift_words(plan.material.book, row, plan.material.zone),
        facts=facts,
        person=None,
        shift=shift,
        day=None,
        is_pinned=False,
        is_there=False,
        may_change=may,
        why_not=why_not,
        options=options,
        others=others,
        overrides=list(Override.objects.filter(shift=row).select_related("made_by", "person")),
        is_short=shift in plan.material.shifts and len(on_it) < row.wanted,
        faults=tuple(sentence(fault, names) for fault in broken),
        there=tuple((person, name) for name, person in on_it),
    )


def ways_view(actor: Account, pk: int, shift: int) -> WaysView:
    """Why a shift of a roster is short and whom to ask. A shift that has begun is a 404: nobody can fill it."""
    roster = roster_row(actor, pk)
    plan = seen_plan(roster, timezone.now())
    if shift not in plan.material.shifts:
        access.fetch(actor, "duty.see", Shift.objects.none(), pk=shift)
    return ways_of(plan, names_for(plan.material), shift)


@dataclass(frozen=True, slots=True)
class Preview:
    """A change before it is saved: a chip dragged, a choice made."""

    roster: Roster
    title: str
    add: list[Pair]
    remove: list[Pair]
    verdict: Verdict
    needs_override: bool
    may_override: bool
    until: datetime | None


def preview(actor: Account, pk: int, add: Sequence[Pair], remove: Sequence[Pair]) -> Preview:
    """What a change would bring: to the cost, and which findings come and go."""
    plan, may, why_not = _plan(actor, pk, None)
    names = names_for(plan.material)
    known = [pair for pair in add if pair[1] in plan.material.shifts and pair[0] in plan.material.members]
    change = effect(plan, known, remove)
    verdict = _verdict(change, names)
    if not may or len(known) < len(add):
        why = why_not or _("This shift has begun or was cancelled. It cannot be planned any more.")
        verdict = replace(verdict, kind=FORBIDDEN, worse=(why, *verdict.worse))
    parts = [_("%(person)s → %(shift)s") % {"person": names.person(p), "shift": names.shifts[s]} for p, s in known]
    gone = {person for person, _shift in add}
    parts += [_("%(person)s: free") % {"person": names.person(p)} for p, _s in remove if p not in gone]
    ends = [plan.material.shifts[shift].ends for _person, shift in known]
    return Preview(
        roster=plan.material.roster,
        title=_("; ").join(parts),
        add=list(add),
        remove=list(remove),
        verdict=verdict,
        needs_override=verdict.kind == OVERRIDE,
        may_override=access.can(actor, "duty.override", plan.material.roster.area),
        until=max(ends) if ends else None,
    )


def landing(actor: Account, pk: int, person: int, shift: int, to: int, day: date) -> tuple[list[Pair], list[Pair]]:
    """What dragging a chip means: the same turn of the same post on the day it is dropped, by whom it is dropped on.

    Answers (add, remove); nothing to add when the post has no such turn on that day.
    """
    plan, _may, _why = _plan(actor, pk, None)
    row = plan.material.shifts.get(shift)
    if row is None:
        return [], []
    target = row if row.duty_day == day else same_shift_on(plan.material, row, day)
    return ([(to, target.pk)] if target else []), [(person, shift)]


# --- now, without a draft ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Replacements:
    """Who could stand on a shift now, or instead of somebody, the best first."""

    shift: Shift
    title: str
    instead_of: Assignment | None
    options: list[Option]
    others: list[Option]
    asks: list[Option]  # of the others, those whom only their own word keeps from it
    may_override: bool


def replacements(actor: Account, shift_pk: int, assignment_pk: int | None = None) -> Replacements:
    """Who can replace somebody now: everybody of the incident's team, ranked, each with what speaks against it."""
    rows = Shift.objects.select_related("post__area", "post__incident__playbook", "post__incident__area")
    shift = access.fetch(actor, "duty.assign", rows, pk=shift_pk)
    leaving = None
    if assignment_pk is not None:
        places = Assignment.objects.filter(shift=shift, state__in=HOLDING).select_related("person")
        leaving = access.fetch(actor, "duty.assign", places, pk=assignment_pk)
    plan = now_around(shift, timezone.now())
    names = names_for(plan.material)
    choices = people_for(plan, shift.pk, instead_of=leaving.person_id if leaving else None)
    options, others = _split(plan, names, choices, by_person=True)
    return Replacements(
        shift=shift,
        title=shift_words(plan.material.book, shift, plan.material.zone),
        instead_of=leaving,
        options=options,
        others=[option for option in others if not option.askable],
        asks=[option for option in others if option.askable],
        may_override=access.can(actor, "duty.override", shift.post.area),
    )


def _plan(actor: Account, pk: int, shift: int | None) -> tuple[Plan, bool, str]:
    """The plan of a roster, whether the actor may change it (or the shift), and if not, why."""
    roster = roster_row(actor, pk)
    plan = seen_plan(roster, timezone.now())
    material = plan.material
    if shift is not None and shift not in material.shifts and shift not in material.past:
        access.fetch(actor, "duty.see", Shift.objects.none(), pk=shift)  # a 404
    if roster.state != Roster.State.DRAFT:
        return plan, False, _("This roster is published. Make a new draft from it to change it.")
    if not access.can(actor, "duty.plan", roster.area):
        return plan, False, _("You may look at this roster, but not plan here.")
    if shift is not None and shift in material.past:
        return plan, False, _("This shift has begun; it is history.")
    return plan, True, ""


def _split(
    plan: Plan, names: Names, choices: Sequence[Choice], *, by_person: bool
) -> tuple[list[Option], list[Option]]:
    """Those who may, and the others with what hinders them."""
    options: list[Option] = []
    others: list[Option] = []
    held = held_by(plan) if by_person else {}
    for choice in choices:
        option = _option(plan, names, choice, by_person)
        if by_person and len(options) < MOST_SHOWN and option.verdict.kind != FORBIDDEN:
            option = replace(option, standing=standing_words(plan, held, choice.person, choice.shift))
        (others if option.verdict.kind == FORBIDDEN else options).append(option)
    return options, others


def _option(plan: Plan, names: Names, choice: Choice, by_person: bool) -> Option:
    material = plan.material
    if by_person:
        area = material.members[choice.person].area
        name, note = names.person(choice.person), area.name if area else ""
    else:
        shift = material.shifts[choice.shift]
        zone: ZoneInfo = material.zone
        name = short_name(material.book, shift.post)
        note = f"{shift.starts.astimezone(zone):%H:%M}–{shift.ends.astimezone(zone):%H:%M}"
    asks = {finding.rule for finding in choice.effect.forbidden}
    return Option(
        choice.person, choice.shift, name, note, _verdict(choice.effect, names), askable=bool(asks) and asks <= OWN_WORD
    )


def _verdict(change: Effect, names: Names) -> Verdict:
    kind = FORBIDDEN if change.forbidden else OVERRIDE if change.to_override else FREE
    return Verdict(kind, change.cost, _gist_words(_against(change), names), _gist_words(change.disappears, names))


def _gist_words(found: Sequence[Finding], names: Names) -> tuple[str, ...]:
    """In words, the gravest first."""
    words = []
    for finding, more in gist(found):
        said = sentence(finding, names)
        if more:
            said += " " + ngettext("(and on %(count)s more day)", "(and on %(count)s more days)", more) % {
                "count": more
            }
        words.append(said)
    return tuple(words)


def _against(change: Effect) -> Sequence[Finding]:
    """What speaks against a change: where a rule forbids it that alone.

    That somebody who leaves was told otherwise is the same whoever comes in his place, and is not said.
    """
    if change.forbidden or not change.added:
        return change.forbidden or change.appears
    comers = {person for person, _shift in change.added}
    return [finding for finding in change.appears if finding.rule != "change" or finding.person in comers]


def _load_facts(load: Load) -> list[tuple[str, str]]:
    facts = [
        (_("Service in these days"), hours(load.minutes)),
        (_("Fullest 7 days"), hours(load.week)),
        (_("Nights"), str(load.nights)),
    ]
    if load.rest is not None:
        facts.append((_("Shortest rest"), hours(load.rest)))
    if load.standby:
        facts.append((_("Standby"), hours(load.standby)))
    return facts
