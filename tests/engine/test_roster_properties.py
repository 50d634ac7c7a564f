"""What must hold for every roster problem: solver, checker and brute force agree."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redvest.engine.result import Status
from redvest.engine.roster import Assignment, Problem
from redvest.engine.roster.bound import relaxation_bound, shift_bound
from redvest.engine.roster.check import Change, check, delta
from redvest.engine.roster.codec import from_json, to_json
from redvest.engine.roster.cut import cut, join, within
from redvest.engine.roster.greedy import greedy
from redvest.engine.roster.model import RosterModel
from redvest.engine.roster.search import Search
from redvest.engine.roster.solve import solve
from tests.engine.rosters import best_of_all, problems

few = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
many = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@few
@given(problems(people=3, shifts=3))
def test_nothing_is_better_than_a_proven_optimum(problem: Problem) -> None:
    outcome = RosterModel(problem).solve(10, seed=0, workers=1)
    assert outcome.proven
    assert outcome.roster is not None
    report = check(problem, outcome.roster)
    assert not report.hard
    assert report.cost == best_of_all(problem) == outcome.bound


@few
@given(problems(people=6, shifts=7))
def test_solver_and_checker_agree_on_cost(problem: Problem) -> None:
    outcome = RosterModel(problem).solve(10, seed=0, workers=1)
    assert outcome.proven
    assert outcome.roster is not None
    report = check(problem, outcome.roster)
    assert not report.hard
    assert report.cost == outcome.bound


@many
@given(problems(people=8, shifts=12))
def test_the_greedy_roster_breaks_no_hard_rule(problem: Problem) -> None:
    roster = greedy(problem)
    assert not check(problem, roster).hard
    assert problem.pinned <= roster


@many
@given(problems(people=6, shifts=8), st.randoms(use_true_random=False))
def test_a_start_is_kept_as_far_as_the_rules_allow(problem: Problem, dice: object) -> None:
    first = greedy(problem)
    again = greedy(problem, first)
    assert not check(problem, again).hard


@few
@given(problems(people=5, shifts=6))
def test_no_bound_is_above_the_optimum(problem: Problem) -> None:
    model = RosterModel(problem)
    outcome = model.solve(10, seed=0, workers=1)
    assert outcome.proven
    assert outcome.bound is not None
    assert shift_bound(problem) <= outcome.bound
    relaxed = relaxation_bound(model.model, 5)
    assert relaxed is None or relaxed <= outcome.bound


@few
@given(problems(people=6, shifts=6))
def test_a_result_is_whole_and_honest(problem: Problem) -> None:
    result = solve(problem, 2, seed=3, workers=1)
    assert result.best is not None
    assert result.cost is not None
    assert result.bound is not None
    report = check(problem, result.best)
    assert not report.hard
    assert report.cost == result.cost
    assert result.bound <= result.cost
    assert (result.status is Status.OPTIMAL) == (result.bound == result.cost)
    assert result.unmet == report.gaps
    costs = [step.cost for step in result.log]
    assert costs == sorted(costs, reverse=True)


@few
@given(problems(people=6, shifts=8), st.randoms(use_true_random=False))
def test_a_part_put_back_costs_what_it_promised(problem: Problem, dice: object) -> None:
    whole = greedy(problem)
    people = frozenset(person.id for person in problem.people[::2])
    part = cut(problem, whole, people, range(problem.days[0], problem.days[0] + 2))
    outcome = RosterModel(part).solve(5, seed=0, workers=1)
    assert outcome.roster is not None
    joined = join(whole, part, outcome.roster)
    before, after = check(problem, whole), check(problem, joined)
    assert not after.hard
    gain = check(part, outcome.roster).cost - check(part, within(whole, part)).cost
    assert after.cost - before.cost == gain


@few
@given(problems(people=6, shifts=8))
def test_the_neighbourhood_search_never_gets_worse_nor_breaks_a_rule(problem: Problem) -> None:
    search = Search(problem, 0.1, seed=1, workers=1)
    search.offer(greedy(problem))
    first = search.cost
    search.improve()
    assert search.cost <= first
    assert not check(problem, search.best).hard


@many
@given(problems(people=4, shifts=5), st.data())
def test_a_change_costs_the_difference_of_both_rosters(problem: Problem, data: st.DataObject) -> None:
    cells = [Assignment(person.id, shift.id) for person in problem.people for shift in problem.shifts]
    before = frozenset(data.draw(st.lists(st.sampled_from(cells), max_size=5)))
    change = Change(
        add=frozenset(data.draw(st.lists(st.sampled_from(cells), max_size=2))),
        remove=frozenset(data.draw(st.lists(st.sampled_from(cells), max_size=2))),
    )
    after = (before - change.remove) | change.add
    assert delta(problem, before, change).cost == check(problem, after).cost - check(problem, before).cost


@many
@given(problems())
def test_a_problem_survives_being_written_down(problem: Problem) -> None:
    assert from_json(to_json(problem)) == problem


@few
@given(problems(people=6, shifts=8))
def test_the_same_seed_gives_the_same_roster(problem: Problem) -> None:
    first, second = (solve(problem, 0.5, seed=7, workers=1) for _ in range(2))
    assert first.best == second.best
