"""Cuts a part out of a roster problem: some people, some days, all else as it stands. The part is a problem too."""

from collections import defaultdict
from dataclasses import replace

from redvest.engine.roster.problem import Duty, Person, Problem, Roster, Shift


def cut(problem: Problem, roster: Roster, people: frozenset[str], days: range) -> Problem:
    """The part in which these people may change what they do on these days.

    What they do on other days becomes fixed duty; the others who stand on the same shifts are pinned there and can do
    nothing else. An answer of the part, put back with `join`, keeps every hard rule, and costs differ as in the part.
    """
    held: dict[str, list[Shift]] = defaultdict(list)
    around: dict[str, list[str]] = defaultdict(list)
    for person, name in sorted(roster):
        held[person].append(problem.shift_of[name])
        around[name].append(person)
    shifts = tuple(
        shift
        for shift in problem.shifts
        if problem.day_of(shift) in days
        and _open(shift, around[shift.id], people)
        and _stands(problem, shift, [name for name in around[shift.id] if name not in people])
    )
    names = {shift.id for shift in shifts}
    movers = tuple(
        _mover(problem, person, [shift for shift in held[person.id] if shift.id not in names])
        for person in problem.people
        if person.id in people
    )
    published = frozenset(cell for cell in problem.published if cell.shift in names)
    standing = frozenset(cell for cell in roster if cell.shift in names and cell.person not in people)
    others = {cell.person for cell in standing | published} - people
    bystanders = tuple(bystander(problem.person_of[person]) for person in sorted(others))
    pinned = standing | frozenset(cell for cell in problem.pinned if cell.shift in names)
    span = (problem.days[0], problem.days[-1]) if problem.days else None
    return replace(problem, people=movers + bystanders, shifts=shifts, pinned=pinned, published=published, span=span)


def join(roster: Roster, part: Problem, answer: Roster) -> Roster:
    """The whole roster with the part's answer put back."""
    people = {person.id for person in part.people}
    return frozenset(cell for cell in roster if cell.shift not in part.shift_of or cell.person not in people) | answer


def within(roster: Roster, part: Problem) -> Roster:
    """What the roster says about the part."""
    return frozenset(cell for cell in roster if cell.shift in part.shift_of and cell.person in part.person_of)


def _open(shift: Shift, around: list[str], people: frozenset[str]) -> bool:
    """Whether these people hold a place of the shift, or could fill an empty one that is wanted."""
    return any(person in people for person in around) or len(around) < shift.wanted


def _stands(problem: Problem, shift: Shift, others: list[str]) -> bool:
    """Whether those who stay keep the rules without the movers; if not, a part would take them for a decision."""
    old_hands = sum(problem.person_of[name].experienced for name in others)
    alone = problem.rules.alone.forbids and shift.never_alone and len(others) == 1
    return old_hands >= min(shift.experienced, len(others)) and not alone


def _mover(problem: Problem, person: Person, elsewhere: list[Shift]) -> Person:
    """The person with what he does outside the part as fixed duty, counted for fairness and continuity."""
    duties = tuple(Duty(shift.id, shift.start, shift.end, shift.standby, shift.suit, shift.band) for shift in elsewhere)
    service = sum(shift.minutes for shift in elsewhere if not shift.standby)
    return replace(
        person,
        fixed=person.fixed + duties,
        past_minutes=person.past_minutes + service,
        past_nights=person.past_nights + sum(len(problem.nights_of(shift)) for shift in elsewhere),
        knows=person.knows | {shift.post for shift in elsewhere},
    )


def bystander(person: Person) -> Person:
    """Someone who stays where he is pinned; only what he brings to a shift matters."""
    return Person(person.id, skills=person.skills, experienced=person.experienced, available=())
