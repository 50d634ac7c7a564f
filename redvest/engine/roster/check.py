"""The independent checker: violations and cost of a roster, from problem and roster alone. Imports no solver."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from redvest.engine.roster import check_people, check_shifts
from redvest.engine.roster.problem import Assignment, Person, Problem, Roster, Shift
from redvest.engine.roster.rules import Severity
from redvest.engine.roster.violation import GAPS, Violation


@dataclass(frozen=True, slots=True)
class Report:
    """What a roster breaks and costs.

    `hard` must be empty for a roster to be used. `accepted` is what pinned assignments break by themselves.
    """

    hard: tuple[Violation, ...]
    accepted: tuple[Violation, ...]
    soft: tuple[Violation, ...]

    @property
    def cost(self) -> int:
        return sum(finding.cost for finding in self.soft)

    @property
    def cost_by_rule(self) -> dict[str, int]:
        """What each rule or price adds to the cost, dearest first."""
        costs: dict[str, int] = defaultdict(int)
        for finding in self.soft:
            costs[finding.rule] += finding.cost
        return dict(sorted(costs.items(), key=lambda item: (-item[1], item[0])))

    @property
    def gaps(self) -> tuple[Violation, ...]:
        """Places that stay empty: below minimum, below wanted, a skill missing."""
        return tuple(finding for finding in self.soft if finding.rule in GAPS)


@dataclass(frozen=True, slots=True)
class Change:
    """Assignments to add and to take away."""

    add: Roster = frozenset()
    remove: Roster = frozenset()


@dataclass(frozen=True, slots=True)
class Delta:
    """What a change does: to the cost, and which findings appear and disappear."""

    cost: int
    appears: tuple[Violation, ...]
    disappears: tuple[Violation, ...]

    @property
    def blocks(self) -> tuple[Violation, ...]:
        """The hard rules that the change breaks, or breaks further than they were broken before."""
        hard = [finding for finding in self.appears if finding.severity is Severity.FORBID]
        if not hard:
            return ()
        had = {finding.place: finding.excess for finding in self.disappears}
        return tuple(finding for finding in hard if finding.excess > had.get(finding.place, -1))

    @property
    def allowed(self) -> bool:
        """Whether the change breaks no hard rule, nor one further than it was broken before."""
        return not self.blocks


def check(problem: Problem, assignments: Iterable[Assignment]) -> Report:
    """Everything the roster breaks and costs. Raises ValueError for unknown people or shifts."""
    roster = frozenset(assignments)
    return _report(problem, roster, problem.people, problem.shifts)


def violations_of(problem: Problem, assignments: Iterable[Assignment], person: str) -> Report:
    """The same for one person alone, without what concerns whole shifts: for a grid that redraws a row."""
    return _report(problem, frozenset(assignments), (problem.person_of[person],), ())


def delta(problem: Problem, assignments: Iterable[Assignment], change: Change) -> Delta:
    """What a change of some cells would cost and break; looks only at the people and shifts it touches."""
    touched = change.add | change.remove
    names, places = {cell.person for cell in touched}, {cell.shift for cell in touched}
    before = frozenset(cell for cell in assignments if cell[0] in names or cell[1] in places)
    after = (before - change.remove) | change.add
    people = [problem.person_of[person] for person in sorted(names)]
    shifts = [problem.shift_of[shift] for shift in sorted(places)]
    old, new = _report(problem, before, people, shifts), _report(problem, after, people, shifts)
    return _difference((*old.hard, *old.soft), (*new.hard, *new.soft))


def additions(
    problem: Problem, assignments: Iterable[Assignment], shift: str, *, hopeful: bool = False
) -> dict[str, Delta]:
    """What adding each person who is not on the shift would do: one quick pass over everybody.

    `hopeful` leaves out those whom it costs least to judge: no change of their other duties would let them come.
    """
    place = problem.shift_of[shift]
    served: dict[str, list[Shift]] = defaultdict(list)
    standing: list[Person] = []
    for person, name in frozenset(assignments):
        served[person].append(problem.shift_of[name])
        if name == shift:
            standing.append(problem.person_of[person])
    there = list(check_shifts.findings(problem, place, standing))
    found = {}
    for someone in problem.people:
        if someone in standing:
            continue
        together = tuple(check_shifts.findings(problem, place, [*standing, someone]))
        if hopeful and not (check_people.fits(problem, someone, place) and _difference(there, together).allowed):
            continue
        without, with_it = check_people.one_more(problem, someone, served.get(someone.id, ()), place)
        found[someone.id] = _difference([*without, *there], [*with_it, *together])
    return found


def _difference(before: Sequence[Violation], after: Sequence[Violation]) -> Delta:
    had, has = set(before), set(after)
    return Delta(
        sum(finding.cost for finding in after) - sum(finding.cost for finding in before),
        tuple(finding for finding in after if finding not in had),
        tuple(finding for finding in before if finding not in has),
    )


def _report(problem: Problem, roster: Roster, people: Iterable[Person], shifts: Iterable[Shift]) -> Report:
    people, shifts = tuple(people), tuple(shifts)
    findings = [*_findings(problem, roster, people, shifts), *_unpinned(problem, roster, people)]
    broken = [finding for finding in findings if finding.severity is Severity.FORBID]
    decided: dict[object, int] = {}
    if broken:
        pinned = _findings(problem, problem.pinned, people, shifts)
        decided = {finding.place: finding.excess for finding in pinned if finding.severity is Severity.FORBID}
    return Report(
        tuple(finding for finding in broken if finding.excess > decided.get(finding.place, -1)),
        tuple(finding for finding in broken if finding.excess <= decided.get(finding.place, -1)),
        tuple(finding for finding in findings if finding.severity is Severity.PRICED),
    )


def _findings(
    problem: Problem, roster: Roster, people: Iterable[Person], shifts: Iterable[Shift]
) -> Iterator[Violation]:
    served: dict[str, list[Shift]] = defaultdict(list)
    manned: dict[str, list[Person]] = defaultdict(list)
    for person, shift in roster:
        if person not in problem.person_of or shift not in problem.shift_of:
            raise ValueError(f"assignment of {person} to {shift} names someone or something unknown")
        served[person].append(problem.shift_of[shift])
        manned[shift].append(problem.person_of[person])
    for someone in people:
        yield from check_people.findings(problem, someone, served[someone.id])
    for something in shifts:
        yield from check_shifts.findings(problem, something, manned[something.id])


def _unpinned(problem: Problem, roster: Roster, people: Iterable[Person]) -> Iterator[Violation]:
    """Pinned assignments that the roster lacks."""
    names = {person.id for person in people}
    for person, shift in sorted(problem.pinned - roster):
        if person in names:
            where = problem.shift_of[shift]
            day = problem.day_of(where)
            yield Violation("pinned", Severity.FORBID, 1, 0, 0, 1, where.start, day, person, (shift,))
