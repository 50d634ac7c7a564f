"""How many more people would close all gaps, and with which skills: a number that suffices, and a proof for fewer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from redvest.engine.result import Status
from redvest.engine.roster.check import Change, check, delta
from redvest.engine.roster.greedy import greedy
from redvest.engine.roster.problem import Assignment, Problem, Roster, Shift
from redvest.engine.roster.rules import Prices, Rules, Severity
from redvest.engine.roster.solve import solve
from redvest.engine.roster.what_if import newcomers

MOST = 200
OTHER_PRICES = (
    "under_wanted",
    "under_skill",
    "over_wanted",
    "preference",
    "distance",
    "continuity",
    "fairness_minutes",
    "fairness_nights",
    "change",
)


@dataclass(frozen=True, slots=True)
class Recruit:
    """One of the people who would be needed: the shifts he would take, what he must be able to do for them."""

    shifts: tuple[str, ...]
    minutes: int
    skills: frozenset[str]
    experienced: bool


@dataclass(frozen=True, slots=True)
class Hands:
    """`recruits` close every gap that more people can close, everybody else staying where he is.

    `at_least` is a number below which nobody can get without moving those who serve already. `heads` are the places
    they fill; `closed` are shifts that no newcomer could fill under the rules, such as outdoor work in the heat.
    """

    recruits: tuple[Recruit, ...]
    at_least: int
    heads: int
    closed: tuple[str, ...]


def how_many(
    problem: Problem,
    roster: Iterable[Assignment],
    *,
    wanted: bool = True,
    seconds: float = 3,
    seed: int = 0,
    workers: int = 2,
    should_stop: Callable[[], bool] | None = None,
) -> Hands:
    """The people who are missing, to every minimum or (`wanted`) to all that is wanted. Nobody present is moved."""
    held = frozenset(roster)
    empty = _empty(problem, held, wanted)
    if not empty:
        return Hands((), 0, 0, ())
    skills = sorted({need.skill for shift in problem.shifts for need in shift.skills})
    gaps = tuple(shift for shift, _heads in empty)
    open_gaps = [(shift, heads) for shift, heads in empty if _could(problem, held, shift, heads, skills)]
    closed = tuple(shift.id for shift in gaps if all(shift is not other for other, _heads in open_gaps))
    if not open_gaps:
        return Hands((), 0, 0, closed)
    least = _at_least(problem, open_gaps)
    found = _fill(problem, held, open_gaps, skills)
    while len({cell.person for cell in found}) > least:
        count = len({cell.person for cell in found}) - 1
        part = _only(problem, held, open_gaps, count, skills)
        result = solve(part, seconds / 2, seed, workers, should_stop=should_stop)
        if result.best is None or _left(part, result.best):
            least = count + 1 if result.status is Status.OPTIMAL else least
            break
        found = frozenset(cell for cell in result.best if cell.person not in problem.person_of)
    return Hands(_recruits(problem, held, found), least, sum(heads for _shift, heads in open_gaps), closed)


def _empty(problem: Problem, held: Roster, wanted: bool) -> list[tuple[Shift, int]]:
    """Shifts with places to fill: heads missing, or heads with a skill missing where there is room for one more."""
    found = []
    for shift in problem.shifts:
        there = [problem.person_of[cell.person] for cell in held if cell.shift == shift.id]
        heads = (shift.wanted if wanted else shift.minimum) - len(there)
        unskilled = [need.heads - sum(need.skill in person.skills for person in there) for need in shift.skills]
        heads = min(max(heads, *unskilled, 0) if unskilled else max(heads, 0), shift.maximum - len(there))
        if heads > 0:
            found.append((shift, heads))
    return found


def _could(problem: Problem, held: Roster, shift: Shift, heads: int, skills: list[str]) -> bool:
    """Whether newcomers who can do everything could stand there at all."""
    crew = newcomers(heads, skills, experienced=True)
    more = replace(problem, people=(*problem.people, *crew))
    return delta(more, held, Change(add=frozenset(Assignment(each.id, shift.id) for each in crew))).allowed


def _at_least(problem: Problem, gaps: list[tuple[Shift, int]]) -> int:
    """Nobody is in two places, nor on two shifts with too little rest between: the busiest moment says how many."""
    rest = problem.rules.rest_floor
    pause = rest.value if rest.forbids else 0
    most = 0
    for moment in {shift.start for shift, _heads in gaps}:
        most = max(most, sum(heads for shift, heads in gaps if shift.start <= moment < shift.end + pause))
    return most


def _only(problem: Problem, held: Roster, gaps: list[tuple[Shift, int]], count: int, skills: list[str]) -> Problem:
    """The gaps alone as a problem for newcomers; those who stand on the shifts are pinned there.

    Nothing but the gaps has a price, so that an answer proven best that leaves one proves that nobody can fill all.
    """
    heads = {shift.id: heads for shift, heads in gaps}
    there = frozenset(cell for cell in held if cell.shift in heads)
    standing = [replace(problem.person_of[person], fixed=()) for person in sorted({cell.person for cell in there})]
    shifts = tuple(
        replace(
            shift,
            minimum=sum(cell.shift == shift.id for cell in there) + heads[shift.id],
            wanted=sum(cell.shift == shift.id for cell in there) + heads[shift.id],
        )
        for shift in problem.shifts
        if shift.id in heads
    )
    nobody = [replace(person, available=()) for person in standing]
    span = (problem.days[0], problem.days[-1])
    return Problem(
        problem.start,
        (*nobody, *newcomers(count, skills, experienced=True)),
        shifts,
        _hard_only(problem.rules),
        Prices(under_minimum=1000, **dict.fromkeys(OTHER_PRICES, 0)),  # type: ignore[arg-type]
        pinned=there,
        span=span,
    )


def _hard_only(rules: Rules) -> Rules:
    for rule in rules:
        if rule.priced:
            rules = rules.changed(rule.name, severity=Severity.OFF)
    return rules


def _fill(problem: Problem, held: Roster, gaps: list[tuple[Shift, int]], skills: list[str]) -> Roster:
    """Newcomers one after the other, each takes what he can of what is left: a number that surely suffices."""
    found: Roster = frozenset()
    for number in range(1, MOST + 1):
        part = _only(problem, held, gaps, number, skills)
        found = frozenset(cell for cell in greedy(part, found) if cell.person not in problem.person_of)
        if not _left(part, found | part.pinned):
            break
    return found


def _left(part: Problem, roster: Roster) -> int:
    return sum(gap.amount for gap in check(part, roster).gaps if gap.rule == "under_minimum")


def _recruits(problem: Problem, held: Roster, found: Roster) -> tuple[Recruit, ...]:
    """Who would be needed, the busiest first; each skill is asked of as few of them as the gaps allow."""
    skills: dict[str, set[str]] = {cell.person: set() for cell in found}
    old_hands: set[str] = set()
    for shift in problem.shifts:
        there = [problem.person_of[cell.person] for cell in held if cell.shift == shift.id]
        new = sorted(cell.person for cell in found if cell.shift == shift.id)
        for need in shift.skills:
            missing = need.heads - sum(need.skill in person.skills for person in there)
            ready = sorted(new, key=lambda person: need.skill not in skills[person])
            for person in ready[: max(0, missing)]:
                skills[person].add(need.skill)
        missing = shift.experienced - sum(person.experienced for person in there)
        if new and missing > 0:
            old_hands.update(sorted(new, key=lambda person: person not in old_hands)[:missing])
    recruits = []
    for person in skills:
        mine = sorted((problem.shift_of[cell.shift] for cell in found if cell.person == person), key=lambda s: s.start)
        minutes = sum(shift.minutes for shift in mine if not shift.standby)
        names = tuple(shift.id for shift in mine)
        recruits.append(Recruit(names, minutes, frozenset(skills[person]), person in old_hands))
    return tuple(sorted(recruits, key=lambda each: (-each.minutes, each.shifts)))
