"""One person's whole roster at a time: what it costs, what it cannot cost less than, and the search built on it."""

from dataclasses import replace
from itertools import chain, combinations
from random import Random

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.roster_problems import team
from redvest.engine.result import Status
from redvest.engine.roster import Assignment, Person, Problem, Shift
from redvest.engine.roster.by_people import improve_by_people
from redvest.engine.roster.check import check, violations_of
from redvest.engine.roster.fit import broken_by
from redvest.engine.roster.greedy import greedy
from redvest.engine.roster.model import RosterModel
from redvest.engine.roster.personal.ascent import Ascent
from redvest.engine.roster.personal.cells import cells_of
from redvest.engine.roster.personal.everyone import Everyone
from redvest.engine.roster.personal.fits import misfit
from redvest.engine.roster.personal.solver import ByPeople
from redvest.engine.roster.personal.standing import Standing
from redvest.engine.roster.search import Search
from redvest.engine.roster.solve import solve
from tests.engine.rosters import problems

few = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
many = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
TEAM = team(days=5)


def some_prices(everyone: Everyone, dice: Random) -> np.ndarray:
    """Prices of places as an ascent might meet them: a place is mostly worth something."""
    rows = everyone.rows
    drawn = np.array([-dice.choice([0, 0, 5, 40, 100, 400]) for _ in range(len(rows))], dtype=np.float64)
    return np.clip(drawn, rows.lowest, rows.highest)


@many
@given(problems(people=5, shifts=8))
def test_cells_are_open_and_cost_as_the_rules_say(problem: Problem) -> None:
    cells = cells_of(problem)
    for row, person in enumerate(problem.people):
        none = frozenset[Assignment]()
        alone = violations_of(replace(problem, pinned=none), none, person.id).cost
        for number, shift in enumerate(problem.shifts):
            forbidden = any(rule.forbids for rule in broken_by(problem, person, shift))
            pinned = Assignment(person.id, shift.id) in problem.pinned
            assert cells.open[row, number] == (pinned or not forbidden)
            one = Assignment(person.id, shift.id)
            told = {
                name: cost
                for name, cost in violations_of(problem, {one}, person.id).cost_by_rule.items()
                if name
                in ("group", "reach", "availability", "day_off", "perimeter", "distance", "preference", "change")
                or name in ("shift_length", "night_length", "suit_length", "heat_stop")
            }
            assert alone >= 0
            assert sum(told.values()) == cells.cost[row, number] + cells.constant[row]


@many
@given(problems(people=4, shifts=8), st.randoms(use_true_random=False))
def test_a_column_costs_what_the_checker_says_and_breaks_nothing(problem: Problem, dice: Random) -> None:
    everyone = Everyone(problem, beam=30, most=5)
    priced = everyone.price(some_prices(everyone, dice))
    for number in range(len(priced.columns)):
        person = int(priced.columns.person[number])
        roster = everyone.roster_of(priced.columns.take(np.array([number], dtype=np.int32)))
        report = violations_of(problem, roster, problem.people[person].id)
        assert not report.hard
        assert report.cost == priced.columns.cost[number]


@many
@given(problems(people=3, shifts=7), st.randoms(use_true_random=False))
def test_nobody_has_a_roster_below_his_limit(problem: Problem, dice: Random) -> None:
    everyone = Everyone(problem, rounds=3)
    duals = some_prices(everyone, dice)
    worth = everyone.places.worth(duals)
    limits = everyone.price(duals).limits
    sharp, _ = everyone.sharpened(duals, everyone.pricing.rates)
    for row, person in enumerate(problem.people):
        pinned = frozenset(cell for cell in problem.pinned if cell.person == person.id)
        free = [Assignment(person.id, shift.id) for shift in problem.shifts]
        for some in chain.from_iterable(combinations(free, count) for count in range(len(free) + 1)):
            report = violations_of(problem, pinned | set(some), person.id)
            if not report.hard:
                paid = sum(
                    worth[everyone.places.kind[row], everyone.number_of_shift[shift]] for _, shift in pinned | set(some)
                )
                assert limits[row] <= report.cost - paid + 1e-6
                assert sharp[row] <= report.cost - paid + 1e-6


@few
@given(problems(people=6, shifts=8))
def test_the_bound_of_the_prices_is_never_above_the_optimum(problem: Problem) -> None:
    ascent = Ascent(Everyone(problem))
    ascent.climb(60, float(check(problem, greedy(problem)).cost))
    ascent.sharpen()
    outcome = RosterModel(problem).solve(10, seed=0, workers=1)
    assert outcome.proven
    assert outcome.bound is not None
    assert ascent.bound is not None
    assert ascent.bound <= outcome.bound


@few
@given(problems(people=6, shifts=8))
def test_a_standing_costs_what_the_checker_says(problem: Problem) -> None:
    if problem.rules.alone.forbids or any(shift.experienced > 1 for shift in problem.shifts):
        return  # there the standing is only near
    if problem.rules.experience.priced:
        return
    roster = greedy(problem)
    standing = Standing(Everyone(problem), roster)
    assert standing.roster == roster
    assert not check(problem, roster).accepted or standing.cost >= 0
    if not problem.pinned:
        assert standing.cost == check(problem, roster).cost


@few
@given(problems(people=7, shifts=9))
def test_the_search_by_people_keeps_every_rule_and_the_bound_below(problem: Problem) -> None:
    if misfit(problem) is not None:
        return
    search = Search(problem, 60, seed=2, workers=1)
    search.offer(greedy(problem))
    first = search.cost
    solver = ByPeople(problem, seed=2)
    bound = solver.prices(search.cost, lambda: solver.work > 0.02)
    steps = iter(range(60))

    def offer(roster: frozenset[Assignment]) -> None:
        if not search.offer_if_whole(roster):
            search.offer(greedy(problem, roster))

    solver.improve(search.best, lambda: 1 - next(steps, 60) / 60, offer)
    assert search.cost <= first
    assert bound is None or bound <= search.cost


def searched(seed: int) -> Search:
    """One worker with a limit of work that ends the search long before the clock does."""
    search = Search(TEAM, 600, seed, workers=1)
    search.offer(greedy(TEAM))
    search.work_left = 1.5
    improve_by_people(search)
    return search


def test_a_team_gets_a_better_roster_and_bound_and_the_same_one_again() -> None:
    first, second = searched(4), searched(4)
    assert first.best == second.best
    assert first.bound == second.bound
    assert first.bound is not None
    assert 0 < first.bound <= first.cost < check(TEAM, greedy(TEAM)).cost
    assert not check(TEAM, first.best).hard


def test_more_workers_find_a_better_roster_too_and_say_nothing_of_a_misfit() -> None:
    result = solve(TEAM, 20, seed=4, workers=2)
    assert result.cost is not None
    assert result.bound is not None
    assert result.bound <= result.cost < check(TEAM, greedy(TEAM)).cost
    assert result.notes == ()


def test_what_does_not_fit_is_solved_all_the_same_and_the_result_says_why() -> None:
    people = tuple(Person(f"p{number}") for number in range(30))
    shifts = tuple(Shift(f"s{day}", "gate", day * 1440 + 480, day * 1440 + 960) for day in range(70))
    result = solve(Problem("2026-03-02", people, shifts), 1, workers=1)
    assert result.status in (Status.FEASIBLE, Status.OPTIMAL)
    assert result.best is not None
    assert result.notes == ("CP-SAT alone: it spans more than 56 duty days, fixed duties included",)
