"""What a draft breaks, costs and leaves open, as plain fields stored with it; sentences.py says them in words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from redvest.duty.models import Override
from redvest.duty.planning.problem import Plan
from redvest.engine.roster.check import Change as EngineChange
from redvest.engine.roster.check import Delta, Report, check, delta
from redvest.engine.roster.problem import DAY, Assignment, Duty, Person, Problem
from redvest.engine.roster.problem import Shift as Task
from redvest.engine.roster.violation import GAPS, Violation

# Prices that are no fault of anybody: shown as sums, not one by one.
SUMMED = frozenset(
    {"preference", "distance", "continuity", "fairness_minutes", "fairness_nights", "change", "group", "over_wanted"}
)
NEARBY = timedelta(days=8)
WITHIN_A_DAY = frozenset({"day_hours", "suit_hours", "heat_hours"})  # counted from a duty on, for 24 hours
FORBIDDEN, NEEDS_OVERRIDE, OVERRIDDEN, ACCEPTED, WARNING = "forbid", "override", "overridden", "accepted", "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a draft. ``severity``: forbid, override (needs one), overridden, accepted or warn."""

    rule: str
    severity: str
    person: int | None
    shifts: tuple[int, ...]  # those of the roster, in time order
    subject: str
    amount: int
    found: int
    limit: int
    at: str  # the moment where it begins, ISO
    cost: int

    @property
    def stops(self) -> bool:
        """The roster cannot be published with it."""
        return self.severity in (FORBIDDEN, NEEDS_OVERRIDE)

    @property
    def is_gap(self) -> bool:
        return self.rule in GAPS


@dataclass(frozen=True, slots=True)
class Load:
    """What a draft asks of one person: service minutes, the fullest 7 days, nights, the shortest rest (minutes)."""

    minutes: int
    week: int
    nights: int
    rest: int | None
    standby: int


def measure(plan: Plan) -> dict[str, Any]:
    """The cost of the draft and everything found in it, as JSON for ``Roster.outcome``."""
    report = check(plan.problem, plan.answer)
    found = findings(plan, report)
    return {
        "cost": report.cost,
        "by_rule": report.cost_by_rule,
        "findings": [asdict(finding) for finding in found],
        "loads": {str(person): asdict(load) for person, load in loads(plan).items()},
        "away": {str(person): days for person, days in away(plan).items()},
        "areas": {str(key): member.area.pk for key, member in plan.material.members.items() if member.area},
    }


def findings(plan: Plan, report: Report) -> list[Finding]:
    """What stands in a report, gaps and faults first, the worst first; overrides are taken into account."""
    overrides = Overrides(plan)
    found = [overrides.finding(violation) for violation in report.hard]
    found += [overrides.accepted(violation) for violation in report.accepted]
    found += [_finding(plan, violation, WARNING) for violation in report.soft if violation.rule not in SUMMED]
    order = [FORBIDDEN, NEEDS_OVERRIDE, WARNING, OVERRIDDEN, ACCEPTED]
    return sorted(found, key=lambda each: (not each.is_gap, order.index(each.severity), -each.cost, each.at))


def gist(found: Iterable[Finding]) -> list[tuple[Finding, int]]:
    """The gravest first; of what comes back day after day about one person only the worst, and how many more there are.

    Five windows of seven days all say the same of one shift too many.
    """
    groups: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for finding in found:
        where: tuple[object, ...] = finding.shifts or ("days",)
        groups[finding.rule, finding.severity, finding.person, finding.subject, *where].append(finding)
    order = [FORBIDDEN, NEEDS_OVERRIDE, WARNING, OVERRIDDEN, ACCEPTED]
    chosen = [(max(group, key=lambda each: each.amount), len(group) - 1) for group in groups.values()]
    return sorted(chosen, key=lambda pair: (order.index(pair[0].severity), not pair[0].is_gap, -pair[0].cost))


def found_now(plan: Plan) -> list[Finding]:
    """The same of the plan as it stands."""
    return findings(plan, check(plan.problem, plan.answer))


def read(outcome: dict[str, Any]) -> list[Finding]:
    """The findings that ``measure`` stored."""
    return [Finding(**{**each, "shifts": tuple(each["shifts"])}) for each in outcome.get("findings", [])]


def read_loads(outcome: dict[str, Any]) -> dict[int, Load]:
    """The loads that ``measure`` stored, by person."""
    return {int(person): Load(**load) for person, load in outcome.get("loads", {}).items()}


class Overrides:
    """The overrides in force for a plan's people and shifts: which faults somebody answers for."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        rows = Override.objects.filter(shift__in=[*plan.material.shifts, *plan.material.past])
        self.given: dict[str, list[tuple[int, int, datetime]]] = defaultdict(list)
        for rule, shift, person, until in rows.values_list("rule", "shift_id", "person_id", "valid_until"):
            self.given[rule].append((shift, person, until))

    def finding(self, violation: Violation) -> Finding:
        """A broken hard rule with its severity: overridden, or still to be overridden, or simply forbidden."""
        finding = _finding(self.plan, violation, FORBIDDEN)
        if violation.rule not in self.plan.book.overridable:
            return finding
        severity = OVERRIDDEN if self._covered(finding) else NEEDS_OVERRIDE
        return replace(finding, severity=severity)

    def accepted(self, violation: Violation) -> Finding:
        """What pinned places break by themselves. A pin answers for nothing: an exception is asked for there too.

        Only what a person's duties elsewhere or in the past broke already is nothing that this draft could change.
        """
        finding = self.finding(violation)
        if finding.severity == NEEDS_OVERRIDE and any(
            concerns(self.plan, finding, cell.person, cell.shift) for cell in self.plan.cells
        ):
            return finding
        return finding if finding.severity == OVERRIDDEN else replace(finding, severity=ACCEPTED)

    def _covered(self, finding: Finding) -> bool:
        moment = datetime.fromisoformat(finding.at)
        if finding.person is None:
            return any(shift in finding.shifts and until >= moment for shift, _, until in self.given[finding.rule])
        # A rule about hours or days names only where its window begins, so an override holds for the week around it.
        return any(
            person == finding.person and until >= moment and abs(self._start(shift) - moment) <= NEARBY
            for shift, person, until in self.given[finding.rule]
        )

    def _start(self, shift: int) -> datetime:
        material = self.plan.material
        return (material.shifts.get(shift) or material.past[shift]).starts


def concerns(plan: Plan, finding: Finding, person: int, shift: int) -> bool:
    """Whether a finding is about this place: about the shift, or about the person at that time."""
    if shift in finding.shifts:
        return finding.person in (None, person)
    if finding.person != person:
        return False
    starts, at = plan.material.shifts[shift].starts, datetime.fromisoformat(finding.at)
    if finding.rule in WITHIN_A_DAY:
        return at <= starts < at + timedelta(days=1)
    return not finding.shifts and at - timedelta(days=6) <= starts < at + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of cells would do: to the cost, and which findings come and go. ``added`` is who comes where.

    Only a place that somebody is given can be refused. What taking somebody off leaves (a newcomer alone) is found
    and stops publishing, but nobody is held on a shift by a rule: he may be ill.
    """

    cost: int
    appears: tuple[Finding, ...]
    disappears: tuple[Finding, ...]
    added: frozenset[tuple[int, int]]

    @property
    def forbidden(self) -> tuple[Finding, ...]:
        """What nobody may do."""
        return tuple(finding for finding in self._brought if finding.severity == FORBIDDEN)

    @property
    def to_override(self) -> tuple[Finding, ...]:
        """What somebody has to answer for by name."""
        return tuple(finding for finding in self._brought if finding.severity == NEEDS_OVERRIDE)

    @property
    def _brought(self) -> list[Finding]:
        people, shifts = {person for person, _shift in self.added}, {shift for _person, shift in self.added}
        return [
            finding
            for finding in self.appears
            if finding.person in people or (finding.person is None and shifts.intersection(finding.shifts))
        ]


def effect(plan: Plan, add: Iterable[tuple[int, int]], remove: Iterable[tuple[int, int]]) -> Effect:
    """What adding and removing (person, shift) pairs would do to the draft."""
    gone = frozenset(Assignment(str(person), str(shift)) for person, shift in remove)
    added = frozenset(add)
    change = EngineChange(frozenset(Assignment(str(person), str(shift)) for person, shift in added), gone)
    freed = unpinned(plan)
    return effect_of(freed, delta(freed.problem, freed.answer, change), Overrides(plan), added)


def unpinned(plan: Plan) -> Plan:
    """The plan without its pins: they bind the engine, and neither hinder nor excuse what a person does by hand."""
    return replace(plan, problem=replace(plan.problem, pinned=frozenset())) if plan.problem.pinned else plan


def effect_of(plan: Plan, result: Delta, overrides: Overrides, added: frozenset[tuple[int, int]]) -> Effect:
    """What the engine found of a change, with the overrides read once for many of them."""
    worse = _not_in(result.appears, result.disappears)
    better = _not_in(result.disappears, result.appears)
    return Effect(result.cost, _both(plan, worse, overrides), _both(plan, better, overrides), added)


def _not_in(these: Sequence[Violation], those: Sequence[Violation]) -> list[Violation]:
    """Those of ``these`` that are not, as badly, among ``those`` as well: a fault that only shrinks is no new one."""
    known = {violation.place: violation for violation in those}
    found = []
    for violation in these:
        other = known.get(violation.place)
        if other is None or (violation.excess, violation.amount) > (other.excess, other.amount):
            found.append(violation)
    return found


def violation_finding(plan: Plan, violation: Violation) -> Finding:
    """What the engine found as a finding to be said, whatever may have been answered for."""
    return _finding(plan, violation, WARNING)


def _both(plan: Plan, violations: Sequence[Violation], overrides: Overrides) -> tuple[Finding, ...]:
    return tuple(
        overrides.finding(violation) if violation.severity == "forbid" else _finding(plan, violation, WARNING)
        for violation in violations
    )


def loads(plan: Plan) -> dict[int, Load]:
    """What the draft asks of everybody, with what he serves elsewhere around it."""
    shifts: dict[str, list[Task]] = defaultdict(list)
    for person, shift in plan.answer:
        shifts[person].append(plan.problem.shift_of[shift])
    return {int(person.id): _load(plan.problem, person, shifts[person.id]) for person in plan.problem.people}


def away(plan: Plan) -> dict[int, list[int]]:
    """On which of the roster's days, counted from 0, a person can serve at no time at all."""
    found = {}
    for person in plan.problem.people:
        if person.available is None:
            continue
        bounds = [(day * DAY + plan.problem.rules.duty_day_start) for day in plan.problem.days]
        found[int(person.id)] = [
            day
            for day, start in zip(plan.problem.days, bounds, strict=True)
            if not any(window.start < start + DAY and start < window.end for window in person.available)
        ]
    return found


def _load(problem: Problem, person: Person, shifts: Sequence[Task]) -> Load:
    inside = problem.days
    duties: list[Task | Duty] = sorted([*shifts, *person.fixed], key=lambda duty: duty.start)
    service = [(problem.day_of(duty), duty.end - duty.start) for duty in duties if not duty.standby]
    here = [duty for duty in duties if problem.day_of(duty) in inside]
    rests = [later.start - earlier.end for earlier, later in pairwise(duties) if problem.day_of(later) in inside]
    return Load(
        minutes=sum(minutes for day, minutes in service if day in inside),
        week=max((sum(m for other, m in service if day - 7 < other <= day) for day in inside), default=0),
        nights=sum(len(problem.nights_of(duty)) for duty in here),
        rest=min((gap for gap in rests if gap >= 0), default=None),
        standby=sum(duty.end - duty.start for duty in here if duty.standby),
    )


def _finding(plan: Plan, violation: Violation, severity: str) -> Finding:
    known = plan.problem.shift_of
    return Finding(
        rule=violation.rule,
        severity=severity,
        person=int(violation.person) if violation.person else None,
        shifts=tuple(int(shift) for shift in violation.shifts if shift in known),
        subject=violation.subject,
        amount=violation.amount,
        found=violation.found,
        limit=violation.limit,
        at=(plan.origin + timedelta(minutes=violation.start)).isoformat(),
        cost=violation.cost,
    )
