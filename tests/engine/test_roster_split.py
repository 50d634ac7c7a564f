"""A street is split by community: each part a roster of its own, joined again, helpers where places are empty."""

from benchmarks.roster_problems import communities
from redvest.engine.roster import Assignment, Person, Problem, Shift, Window
from redvest.engine.roster.apart import solve_apart
from redvest.engine.roster.check import check
from redvest.engine.roster.greedy import greedy
from redvest.engine.roster.split import split

STREET, PLACE_OF, HOME_OF = communities(2, days=2)


def two_gates(helpers: int) -> tuple[Problem, dict[str, str], dict[str, str]]:
    """An east and a west gate with one local each, who may only serve there, and some helpers."""
    east = Person("Wang", available=(Window(0, 1440),), max_distance=None)
    west = Person("Li", available=(Window(1440, 2880),))
    people = (east, west, *(Person(f"helper {number}") for number in range(helpers)))
    shifts = (
        Shift("e0", "east", 480, 960, wanted=2, maximum=2),
        Shift("w0", "west", 1920, 2400, wanted=1),
    )
    return Problem("2026-03-02", people, shifts), {"e0": "E", "w0": "W"}, {"Wang": "E", "Li": "W"}


def test_every_shift_and_every_local_is_in_one_part() -> None:
    parts = split(STREET, PLACE_OF, HOME_OF)
    assert sorted(shift.id for part in parts.parts.values() for shift in part.shifts) == sorted(
        shift.id for shift in STREET.shifts
    )
    locals_ = sorted(person.id for part in parts.parts.values() for person in part.people)
    assert locals_ == sorted(HOME_OF)
    assert parts.helpers == {person.id for person in STREET.people} - set(HOME_OF)


def test_parts_that_share_nobody_cost_together_what_they_cost_apart() -> None:
    problem, place_of, home_of = two_gates(helpers=0)
    parts = split(problem, place_of, home_of)
    answers = {name: greedy(part) for name, part in parts.parts.items()}
    apart = sum(check(part, answers[name]).cost for name, part in parts.parts.items())
    assert parts.is_exact
    assert check(problem, parts.joined(answers)).cost == apart
    result = solve_apart(problem, place_of, home_of, 2, workers=1)
    assert result.bound == result.cost == apart


def test_a_helper_takes_the_place_that_the_locals_leave_empty() -> None:
    problem, place_of, home_of = two_gates(helpers=1)
    result = solve_apart(problem, place_of, home_of, 2, workers=1)
    assert result.best == frozenset({Assignment("Wang", "e0"), Assignment("helper 0", "e0"), Assignment("Li", "w0")})
    assert not split(problem, place_of, home_of).is_exact


def test_who_is_pinned_elsewhere_is_a_helper_and_stays_where_he_is_pinned() -> None:
    problem, place_of, _ = two_gates(helpers=0)
    pinned = frozenset({Assignment("Li", "w0")})
    problem = Problem(problem.start, problem.people, problem.shifts, pinned=pinned)
    parts = split(problem, place_of, {"Wang": "E", "Li": "E"})
    assert parts.helpers == {"Li"}
    result = solve_apart(problem, place_of, {"Wang": "E", "Li": "E"}, 2, workers=1)
    assert result.best is not None
    assert pinned <= result.best


def test_a_street_solved_in_parts_keeps_every_rule_and_beats_the_first_roster() -> None:
    result = solve_apart(STREET, PLACE_OF, HOME_OF, 6, seed=1, workers=2)
    assert result.best is not None
    report = check(STREET, result.best)
    assert not report.hard
    assert report.cost == result.cost
    assert result.cost is not None
    assert result.cost <= check(STREET, greedy(STREET)).cost
    assert result.bound is None or result.bound <= result.cost
    helpers = len(STREET.people) - len(HOME_OF)
    assert result.notes == (f"solved in 2 parts by place, {helpers} helpers fitted in after",)
