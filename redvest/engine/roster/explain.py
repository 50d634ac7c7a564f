"""Why a place is empty and why a person may not take a shift: structured reasons, for a product to put into words."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from redvest.engine.roster.check import additions
from redvest.engine.roster.problem import Assignment, Problem
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
class Emptiness:
    """Why a shift lacks people. `free` could take it right now, cheapest first, each with the change of cost."""

    shift: str
    missing: int
    free: tuple[tuple[str, int], ...]
    obstacles: tuple[Obstacle, ...]


def why_empty(problem: Problem, assignments: Iterable[Assignment], shift: str) -> Emptiness:
    """Everyone who is not on the shift, sorted into those who could be and what keeps the others, commonest first."""
    roster = frozenset(assignments)
    kept: dict[str, list[str]] = defaultdict(list)
    only: dict[str, list[str]] = defaultdict(list)
    until: dict[str, int] = {}
    free = []
    for person, change in sorted(additions(problem, roster, shift).items()):
        if change.allowed:
            free.append((change.cost, person))
            continue
        blocks = _blocks(change.appears)
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
    )


def why_not(problem: Problem, assignments: Iterable[Assignment], person: str, shift: str) -> tuple[Violation, ...]:
    """All hard rules that adding this person to this shift would break; empty if he may take it or is on it."""
    change = additions(problem, assignments, shift).get(person)
    return _blocks(change.appears) if change is not None and not change.allowed else ()


def _blocks(findings: Iterable[Violation]) -> tuple[Violation, ...]:
    return tuple(finding for finding in findings if finding.severity is Severity.FORBID)


def _rested_at(problem: Problem, block: Violation, shift: str) -> int | None:
    """When rest from an earlier duty would be long enough; None where the shift is too close before a later one."""
    if block.shifts[-1] != shift:
        return None
    return problem.shift_of[shift].start - block.found + block.limit
