"""Everyone's fair share of service and nights, from what is wanted and what was served before."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from math import ceil

from redvest.engine.roster.fit import broken_by
from redvest.engine.roster.problem import Person, Problem, Shift

TOLERANCE = 240
"""Minutes above the level that are still fair: about half a shift, since shifts cannot be split."""


def with_fair_shares(problem: Problem) -> Problem:
    """The same problem with `fair_minutes` and `fair_nights` of everyone: one level for all, past duty counted.

    The level is such that all wanted heads are served if everyone comes up to it who can. Those who offered less time,
    or have served more already, do less or nothing; the others make up for it.
    """

    def minutes(shift: Shift) -> int:
        return 0 if shift.standby else shift.minutes

    def nights(shift: Shift) -> int:
        return len(problem.nights_of(shift))

    past_minutes = {person.id: person.past_minutes for person in problem.people}
    past_nights = {person.id: person.past_nights for person in problem.people}
    minutes_level = ceil(_level(problem, minutes, past_minutes)) + TOLERANCE
    nights_level = ceil(_level(problem, nights, past_nights))
    people = (replace(person, fair_minutes=minutes_level, fair_nights=nights_level) for person in problem.people)
    return replace(problem, people=tuple(people))


def _level(problem: Problem, burden: Callable[[Shift], int], past: dict[str, int]) -> float:
    """Pours what is wanted over the people like water: the lowest are filled first, each up to what he can serve."""
    wanted = sum(burden(shift) * shift.wanted for shift in problem.shifts)
    room = {person.id: _most(problem, person, burden) for person in problem.people}
    low, high = 0.0, float(wanted + max(past.values(), default=0))
    for _ in range(50):
        level = (low + high) / 2
        poured = sum(min(room[person], max(0.0, level - past[person])) for person in past)
        low, high = (level, high) if poured < wanted else (low, level)
    return high


def _most(problem: Problem, person: Person, burden: Callable[[Shift], int]) -> int:
    """What he could serve at most: the heaviest shift he may take on each duty day, six days of seven."""
    heaviest: dict[int, int] = defaultdict(int)
    for shift in problem.shifts:
        day = problem.day_of(shift)
        if burden(shift) > heaviest[day] and not any(rule.forbids for rule in broken_by(problem, person, shift)):
            heaviest[day] = burden(shift)
    return sum(heaviest.values()) * 6 // 7
