"""What must hold for every rounds problem: solver, checker and brute force agree."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redvest.engine.result import Status
from redvest.engine.rounds import Plan, Problem, Trip
from redvest.engine.rounds.check import check
from redvest.engine.rounds.codec import from_json, to_json
from redvest.engine.rounds.explain import insertions, why_unserved
from redvest.engine.rounds.finding import Reason
from redvest.engine.rounds.greedy import greedy
from redvest.engine.rounds.ground import Ground
from redvest.engine.rounds.solve import solve
from tests.engine.round_problems import best_of_all, problems

few = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
many = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@st.composite
def plans(draw: st.DrawFn, problem: Problem) -> Plan:
    """Any plan, good or bad, in which no stop comes twice."""
    row = list(draw(st.permutations([stop.id for stop in problem.stops])))
    trips = []
    while row:
        length = draw(st.integers(1, len(row)))
        pair = draw(st.sampled_from(problem.pairs))
        trips.append(Trip(pair.id, draw(st.sampled_from(pair.stores)), tuple(row[:length])))
        row = row[length + draw(st.integers(0, 2)) :]
    return tuple(sorted(trips, key=lambda trip: trip.pair))


@many
@given(problems(), st.data())
def test_the_solvers_sums_are_the_checkers(problem: Problem, data: st.DataObject) -> None:
    plan = data.draw(plans(problem))
    ground = Ground(problem)
    report = check(problem, plan)
    costs = [ground.cost(pair, trips) for pair, trips in enumerate(ground.rounds(plan))]
    barred = [
        not ground.may[pair][door] for pair, trips in enumerate(ground.rounds(plan)) for _, row in trips for door in row
    ]
    assert (None in costs or any(barred)) == bool(report.hard)
    if not report.hard:
        out = sum(problem.price_of(problem.stop_of[name]) for name in report.left_out)
        assert sum(cost for cost in costs if cost is not None) + out == report.cost


@many
@given(problems(stops=12))
def test_the_greedy_plan_breaks_no_rule_and_leaves_no_room(problem: Problem) -> None:
    plan = greedy(problem)
    report = check(problem, plan)
    assert not report.hard
    assert all(why_unserved(problem, plan, name) is not Reason.ROOM for name in report.left_out)


@many
@given(problems(), st.data())
def test_any_plan_can_be_a_start(problem: Problem, data: st.DataObject) -> None:
    assert not check(problem, greedy(problem, data.draw(plans(problem)))).hard


@few
@given(problems(stops=12))
def test_a_result_is_whole_and_honest(problem: Problem) -> None:
    result = solve(problem, 60, seed=3, iterations=200)
    assert result.status is Status.FEASIBLE
    assert result.bound is None
    assert result.best is not None
    report = check(problem, result.best)
    assert not report.hard
    assert report.cost == result.cost
    assert [gap.stop for gap in result.unmet] == list(report.left_out)
    costs = [step.cost for step in result.log]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == result.cost


@few
@given(problems(stops=10))
def test_the_same_seed_gives_the_same_plan(problem: Problem) -> None:
    assert solve(problem, 60, 5, iterations=100).best == solve(problem, 60, 5, iterations=100).best


@few
@given(problems(stops=4, pairs=2))
def test_a_handful_of_stops_is_planned_as_well_as_can_be(problem: Problem) -> None:
    assert solve(problem, 60, seed=1, iterations=1000).cost == best_of_all(problem)


@few
@given(problems(stops=10))
def test_pinned_stops_stay_with_their_pair_or_are_left_out(problem: Problem) -> None:
    result = solve(problem, 60, seed=1, iterations=100)
    for trip in result.best or ():
        for pair, names in problem.pinned.items():
            assert pair == trip.pair or not set(names) & set(trip.stops)


@few
@given(problems(stops=10))
def test_the_reason_for_a_stop_that_is_left_out_is_true(problem: Problem) -> None:
    result = solve(problem, 60, seed=2, iterations=100)
    assert result.best is not None
    for gap in result.unmet:
        stop = problem.stop_of[gap.stop]
        owner = next((pair for pair, names in problem.pinned.items() if stop.id in names), None)
        able = [pair for pair in problem.pairs if owner in (None, pair.id)]
        if gap.reason is Reason.NEEDS:
            assert all(stop.needs - pair.has for pair in able)
            continue
        possible = []
        for pair in able:
            mine = [trip for trip in result.best if trip.pair == pair.id]
            others = tuple(trip for trip in result.best if trip.pair != pair.id)
            reports = (check(problem, (*others, *trips)) for trips in insertions(mine, pair, stop))
            possible += [report.cost for report in reports if not report.hard]
        assert bool(possible) == (gap.reason is Reason.PRICE)
        assert result.cost is not None
        assert all(cost >= result.cost for cost in possible)
        if gap.reason in (Reason.STORE, Reason.HEAVY, Reason.WINDOW, Reason.SHIFT):
            lonely = replace(problem, stops=(stop,), pinned={k: (stop.id,) for k in [owner] if k}, published=())
            assert not greedy(replace(lonely, stops=(replace(stop, price=10**9),)))


@few
@given(problems(stops=10), st.data())
def test_a_problem_comes_back_from_json_as_it_was(problem: Problem, data: st.DataObject) -> None:
    assert from_json(to_json(problem)) == problem
