"""What is left of a roster when the world has changed: as few assignments go as needed to break no hard rule."""

from collections.abc import Iterable

from redvest.engine.roster.check import Change, Report, check, delta
from redvest.engine.roster.problem import Assignment, Problem, Roster
from redvest.engine.roster.violation import Violation


def settle(problem: Problem, assignments: Iterable[Assignment]) -> Roster:
    """The roster without what cannot stay. Nobody is put anywhere; pinned assignments stay.

    What a person may not do at all goes first. Of assignments that only clash with each other, the one goes that mends
    most and is missed least. Last go those who may not stand where an experienced or skilled person has gone.
    """
    known = (cell for cell in assignments if cell.person in problem.person_of and cell.shift in problem.shift_of)
    roster = frozenset(known) | problem.pinned
    report = check(problem, roster)
    while report.hard:
        gone = _hopeless(problem, report) or _clashing(problem, roster, report)
        if not gone:
            return roster  # only pinned assignments are left to blame
        roster -= gone
        report = check(problem, roster)
    return roster


def _hopeless(problem: Problem, report: Report) -> Roster:
    """Assignments that are broken by themselves, whatever else the person does."""
    cells = {
        Assignment(finding.person, finding.shifts[0])
        for finding in report.hard
        if finding.person is not None and finding.rule in BY_ITSELF
    }
    return frozenset(cells) - problem.pinned


def _clashing(problem: Problem, roster: Roster, report: Report) -> Roster:
    """One assignment of each person who has too many; when nobody has, one of each shift where people clash."""
    first: dict[str, Violation] = {}
    for finding in report.hard:
        if finding.person is not None:
            first.setdefault(finding.person, finding)
    for finding in report.hard if not first else ():
        first.setdefault(finding.shifts[0], finding)
    return frozenset().union(*(_one_of(problem, roster, finding) for finding in first.values()))


def _one_of(problem: Problem, roster: Roster, finding: Violation) -> Roster:
    """The assignment whose going leaves the least broken, then the least cost."""
    options = _blamed(problem, roster, finding) - problem.pinned

    def left(cell: Assignment) -> tuple[int, int, Assignment]:
        change = delta(problem, roster, Change(remove=frozenset({cell})))
        hard = sum(each.severity == "forbid" for each in change.appears)
        hard -= sum(each.severity == "forbid" for each in change.disappears)
        return (hard, change.cost, cell)

    return frozenset({min(options, key=left)}) if options else frozenset()


def _blamed(problem: Problem, roster: Roster, finding: Violation) -> frozenset[Assignment]:
    """Whose going could mend it: the person's shifts that it names, else all of his in the days it looks at."""
    if finding.person is None:
        return frozenset(cell for cell in roster if cell.shift in finding.shifts)
    mine = frozenset(cell for cell in roster if cell.person == finding.person)
    named = frozenset(cell for cell in mine if cell.shift in finding.shifts)
    if len(finding.shifts) > 1 and named:
        return named
    day = finding.day
    near = frozenset(cell for cell in mine if day - 8 <= problem.day_of(problem.shift_of[cell.shift]) <= day + 2)
    return near or mine


BY_ITSELF = frozenset(
    {
        "availability",
        "day_off",
        "perimeter",
        "reach",
        "group",
        "shift_length",
        "night_length",
        "suit_length",
        "heat_stop",
    }
)
"""Rules about one person and one shift."""
