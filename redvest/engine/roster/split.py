"""Splits a large problem by place: communities that share nobody are problems of their own, and their rosters join.

People belong to one place, or to none: those are helpers, fitted in where places are still empty once all else stands.
So do people of one place who are pinned or published in another.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from redvest.engine.roster.cut import bystander, cut
from redvest.engine.roster.fit import broken_by
from redvest.engine.roster.problem import Assignment, Problem, Roster


@dataclass(frozen=True, slots=True)
class Split:
    """The parts by name of the place, and the helpers. `is_exact`: no helpers, and nobody may serve in another part."""

    problem: Problem
    parts: Mapping[str, Problem]
    helpers: frozenset[str]
    is_exact: bool

    def joined(self, answers: Mapping[str, Roster]) -> Roster:
        """The rosters of all parts as one; what is pinned stays, helpers do no more than that."""
        ours = {name: {person.id for person in part.people} - self.helpers for name, part in self.parts.items()}
        found = {cell for name, roster in answers.items() for cell in roster if cell.person in ours[name]}
        return self.problem.pinned | frozenset(found)

    def for_helpers(self, roster: Roster) -> Problem | None:
        """The problem of the helpers beside a joined roster, everybody else as he stands. None if nobody helps."""
        if not self.helpers:
            return None
        return cut(self.problem, roster, self.helpers, self.problem.days)


def split(problem: Problem, place_of: Mapping[str, str], home_of: Mapping[str, str]) -> Split:
    """Parts by `place_of` each shift. `home_of` says where a person belongs; one left out helps everywhere."""
    decided: dict[str, set[str]] = defaultdict(set)
    for person, shift in problem.pinned | problem.published:
        decided[person].add(place_of[shift])
    places = sorted({place_of[shift.id] for shift in problem.shifts})
    helpers = frozenset(
        person.id
        for person in problem.people
        if home_of.get(person.id) not in places or decided[person.id] - {home_of[person.id]}
    )
    parts = {place: _part(problem, place, place_of, home_of, helpers) for place in places}
    return Split(problem, parts, helpers, not helpers and _apart(problem, place_of, home_of))


def _part(
    problem: Problem, place: str, place_of: Mapping[str, str], home_of: Mapping[str, str], helpers: frozenset[str]
) -> Problem:
    def here(cells: Roster) -> frozenset[Assignment]:
        return frozenset(cell for cell in cells if place_of[cell.shift] == place)

    pinned, published = here(problem.pinned), here(problem.published)
    standing = {cell.person for cell in pinned | published} & helpers
    people = tuple(
        bystander(person) if person.id in standing else person
        for person in problem.people
        if person.id in standing or (person.id not in helpers and home_of.get(person.id) == place)
    )
    shifts = tuple(shift for shift in problem.shifts if place_of[shift.id] == place)
    span = (problem.days[0], problem.days[-1])
    return replace(problem, people=people, shifts=shifts, pinned=pinned, published=published, span=span)


def _apart(problem: Problem, place_of: Mapping[str, str], home_of: Mapping[str, str]) -> bool:
    """Whether nobody may serve outside the place where he belongs."""
    return all(
        place_of[shift.id] == home_of[person.id] or any(rule.forbids for rule in broken_by(problem, person, shift))
        for person in problem.people
        for shift in problem.shifts
    )
