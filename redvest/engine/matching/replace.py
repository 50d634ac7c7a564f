"""Who can stand in on a shift: everyone ranked with the reasons, from a roster as it is. Proposes, never assigns."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from redvest.engine.roster.check import Delta, additions
from redvest.engine.roster.problem import DAY, Assignment, Duty, Problem, Shift
from redvest.engine.roster.rules import Severity
from redvest.engine.roster.violation import Violation


class Facts(NamedTuple):
    """What a coordinator weighs about somebody for a shift, whatever the rules say."""

    rest_before: int | None  # minutes since his duty before; None: none that day or the day before
    rest_after: int | None
    metres: int
    skills: frozenset[str]  # those the shift asks for and he has
    week_minutes: int  # his service in the 7 duty days to the shift, without it


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone who could stand in, with what a coordinator weighs. `blocks` is empty for those who may."""

    person: str
    cost: int  # what the roster costs more with him than with the place empty
    rest_before: int | None
    rest_after: int | None
    metres: int
    skills: frozenset[str]
    week_minutes: int
    blocks: tuple[Violation, ...]
    prices: tuple[Violation, ...]  # what speaks against him without forbidding


def candidates(
    problem: Problem, assignments: Iterable[Assignment], shift: str, leaving: str | None = None
) -> tuple[Candidate, ...]:
    """Everyone not on the shift; those who may take it first, then by cost. `leaving` gives up his place on it."""
    roster = frozenset(assignments) - ({Assignment(leaving, shift)} if leaving is not None else set())
    changes = additions(problem, roster, shift)
    held: dict[str, list[str]] = {}
    for cell in roster:
        held.setdefault(cell.person, []).append(cell.shift)
    found = [
        _candidate(problem, held.get(person, []), person, shift, change)
        for person, change in changes.items()
        if person != leaving
    ]
    return tuple(sorted(found, key=lambda candidate: (len(candidate.blocks), candidate.cost, candidate.person)))


def facts(problem: Problem, held: Iterable[str], name: str, shift: str) -> Facts:
    """How a person stands to a shift: rest around it, the way, skills, and what he serves that week."""
    person, place = problem.person_of[name], problem.shift_of[shift]
    duties: list[Shift | Duty] = [*(problem.shift_of[other] for other in held if other != shift), *person.fixed]
    before = [place.start - duty.end for duty in duties if 0 <= place.start - duty.end < 2 * DAY]
    after = [duty.start - place.end for duty in duties if 0 <= duty.start - place.end < 2 * DAY]
    today = problem.day_of(place)
    week = [duty for duty in duties if not duty.standby and today - 7 < problem.day_of(duty) <= today]
    return Facts(
        min(before, default=None),
        min(after, default=None),
        problem.distance(person, place),
        frozenset(need.skill for need in place.skills) & person.skills,
        sum(duty.end - duty.start for duty in week),
    )


def _candidate(problem: Problem, held: list[str], name: str, shift: str, change: Delta) -> Candidate:
    priced = (finding for finding in change.appears if finding.severity is Severity.PRICED and finding.cost > 0)
    return Candidate(name, change.cost, *facts(problem, held, name, shift), change.blocks, tuple(priced))
