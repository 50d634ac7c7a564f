"""Why a place is empty, why somebody stands there and another may not: structured reasons, for a product's words."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from redvest.engine.roster.check import Delta, additions
from redvest.engine.roster.problem import Assignment, Problem, Roster
from redvest.engine.roster.rules import Severity
from redvest.engine.roster.violation import Violation


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One rule that keeps people from a shift. `only` are those whom nothing else keeps from it.

    `until` is the earliest minute from which rest would allow one of them, where the rule is about rest.
    """

    rule: str
    people: tuple[str, ...]
    only: tuple[str, ...]
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Lacking:
    """A skill that the shift still asks for: heads missing, and how many people have it at all."""

    skill: str
    heads: int
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Emptiness:
    """Why a shift lacks people. `free` could take it right now, cheapest first, each with the change of cost."""

    shift: str
    missing: int
    free: tuple[tuple[str, int], ...]
    obstacles: tuple[Obstacle, ...]
    skills: tuple[Lacking, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Why somebody stands on a shift: what he costs there, and everybody who might stand there instead.

    `others` are cheapest first, each with what the roster would cost more (or less) with him.
    """

    person: str
    shift: str
    cost: int
    speaks: tuple[Violation, ...]  # what is priced about him here
    others: tuple[tuple[str, int], ...]
    forbidden: int  # how many may not

    @property
    def cheaper(self) -> int:
        """How many would cost less: a search that ended by the clock may leave some."""
        return sum(extra < 0 for _person, extra in self.others)


def why_empty(problem: Problem, assignments: Iterable[Assignment], shift: str) -> Emptiness:
    """Everyone who is not on the shift, sorted into those who could be and what keeps the others, commonest first."""
    roster = frozenset(assignments)
    return emptiness(problem, roster, shift, additions(problem, roster, shift))


def emptiness(problem: Problem, roster: Roster, shift: str, changes: dict[str, Delta]) -> Emptiness:
    """`why_empty` from what adding each person would do, where that is known already."""
    kept: dict[str, list[str]] = defaultdict(list)
    only: dict[str, list[str]] = defaultdict(list)
    until: dict[str, int] = {}
    free = []
    for person, change in sorted(changes.items()):
        blocks = change.blocks
        if not blocks:
            free.append((change.cost, person))
            continue
        rules = sorted({block.rule for block in blocks})
        for rule in rules:
            kept[rule].append(person)
            if len(rules) == 1:
                only[rule].append(person)
        for block in blocks:
            if block.rule in ("rest_floor", "rest_after_nights"):
                rested = _rested_at(problem, block, shift)
                if rested is not None:
                    until[block.rule] = min(rested, until.get(block.rule, rested))
    heads = sum(cell.shift == shift for cell in roster)
    obstacles = [Obstacle(rule, tuple(kept[rule]), tuple(only[rule]), until.get(rule)) for rule in kept]
    return Emptiness(
        shift,
        max(0, problem.shift_of[shift].wanted - heads),
        tuple((person, cost) for cost, person in sorted(free)),
        tuple(sorted(obstacles, key=lambda obstacle: (-len(obstacle.people), obstacle.rule))),
        _lacking(problem, roster, shift),
    )


def why_here(problem: Problem, assignments: Iterable[Assignment], person: str, shift: str) -> Standing:
    """Why this person rather than another: everybody judged for the place as if it were empty."""
    changes = additions(problem, frozenset(assignments) - {Assignment(person, shift)}, shift)
    mine = changes.pop(person)
    others = sorted((change.cost - mine.cost, name) for name, change in changes.items() if change.allowed)
    priced = (finding for finding in mine.appears if finding.severity is Severity.PRICED and finding.person == person)
    return Standing(
        person,
        shift,
        mine.cost,
        tuple(sorted(priced, key=lambda finding: -finding.cost)),
        tuple((name, extra) for extra, name in others),
        len(changes) - len(others),
    )


def why_not(problem: Problem, assignments: Iterable[Assignment], person: str, shift: str) -> tuple[Violation, ...]:
    """All hard rules that adding this person to this shift would break; empty if he may take it or is on it."""
    change = additions(problem, assignments, shift).get(person)
    return change.blocks if change is not None else ()


def _lacking(problem: Problem, roster: Roster, shift: str) -> tuple[Lacking, ...]:
    there = [problem.person_of[cell.person] for cell in roster if cell.shift == shift]
    found = []
    for need in problem.shift_of[shift].skills:
        missing = need.heads - sum(need.skill in person.skills for person in there)
        if missing > 0:
            owners = tuple(person.id for person in problem.people if need.skill in person.skills)
            found.append(Lacking(need.skill, missing, owners))
    return tuple(found)


def _rested_at(problem: Problem, block: Violation, shift: str) -> int | None:
    """When rest from an earlier duty would be long enough; None where the shift is too close before a later one."""
    if block.shifts[-1] != shift:
        return None
    return problem.shift_of[shift].start - block.found + block.limit
