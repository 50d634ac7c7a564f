"""The machinery of column generation, on a problem small enough to try everything."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redvest.engine.roster.columns.dive import Choice, Pace, dive
from redvest.engine.roster.columns.effort import Effort
from redvest.engine.roster.columns.generate import Goal, Relaxation, generate
from redvest.engine.roster.columns.master import Master
from redvest.engine.roster.columns.pool import Columns, Pool
from redvest.engine.roster.columns.rows import NEVER, Row, Rows
from redvest.engine.roster.columns.simplex import pick, relax
from tests.engine.rooms import Rooms

whole = st.integers(0, 9).map(float)
rows = st.builds(
    lambda wanted, more, under, over: Row((wanted, wanted + more), (-under - 5, -under, over), at_first=under * more),
    st.integers(0, 2), st.integers(0, 1), whole, whole,
)  # fmt: skip


@st.composite
def rooms(draw: st.DrawFn) -> Rooms:
    wanted = draw(st.lists(rows, min_size=2, max_size=3))
    prices = st.lists(whole, min_size=len(wanted), max_size=len(wanted))
    return Rooms(draw(st.lists(prices, min_size=1, max_size=4)), wanted)


def root(problem: Rooms, gap: float = 1e-4) -> tuple[Pool, Relaxation]:
    pool = Pool(problem.persons, len(problem.rows))
    found = generate(problem, pool, Master(problem.rows, problem.persons), Effort(20), Goal(gap=gap, whole_costs=False))
    assert found is not None
    return pool, found


def test_a_row_costs_by_its_slopes_and_never_goes_past_a_hard_end() -> None:
    one = Rows.of([Row((1, 2, 4), (-500, -100, 0, NEVER), at_first=100), Row((2,), (-10, 1))])
    assert [one.cost(np.array([count, 2.0])) for count in (0, 1, 2, 3, 4)] == [600, 100, 0, 0, 0]
    assert one.cost(np.array([5.0, 2.0])) == float("inf")
    assert list(one.costs(np.array([2.0, 0.0]))) == [0, 20]
    assert list(one.costs(np.array([2.0, 5.0]))) == [0, 3]


def test_a_row_must_be_convex() -> None:
    with pytest.raises(ValueError, match="convex"):
        Row((2,), (1, -100))
    with pytest.raises(ValueError, match="one slope more"):
        Row((2,), (-1,))


@given(rows, st.floats(-3, 6), st.floats(0, 1))
def test_no_count_gains_more_than_the_conjugate_says(row: Row, count: float, where: float) -> None:
    one = Rows.of([row])
    duals = one.lowest + where * (one.highest - one.lowest)
    assert float(duals[0]) * count - one.cost(np.array([count])) <= one.conjugate(duals) + 1e-9


def test_a_pool_keeps_each_column_once() -> None:
    pool = Pool(2, 3)
    assert pool.add(Columns.of([(0, 1.0, (0, 2)), (1, 1.0, (0, 2)), (0, 1.0, (2, 0)), (0, 1.0, (0, 2, 2))])) == 3
    assert pool.add(Columns.of([(1, 1.0, (0, 2)), (1, 1.0, ())])) == 1
    assert [list(pool.columns.hits(number)) for number in range(4)] == [[0, 2], [0, 2], [0, 2], []]
    pool.keep(pool.columns.person == 0)
    assert len(pool) == 2
    assert pool.add(Columns.of([(1, 1.0, ())])) == 1


@settings(max_examples=40, deadline=None)
@given(rooms())
def test_first_order_and_simplex_masters_agree_and_the_bound_holds(problem: Rooms) -> None:
    pool, found = root(problem)
    exact = relax(problem.rows, problem.persons, pool.columns, Effort(20))
    assert found.closed
    assert found.bound <= problem.cheapest() + 1e-6
    assert found.value == pytest.approx(exact.value, abs=1e-3)
    assert found.bound <= exact.value + 1e-6


@settings(max_examples=40, deadline=None)
@given(rooms(), st.integers(0, 99))
def test_dives_and_picks_are_rosters_no_better_than_the_best(problem: Rooms, seed: int) -> None:
    pool, found = root(problem)
    dived = dive(problem, pool, found, Effort(20), Random(seed), Pace(share=0.2))
    best = problem.cheapest()
    assert dived is not None
    assert list(dived.columns.person) == list(range(problem.persons))
    assert dived.cost >= best - 1e-9
    for person in range(problem.persons):
        pool.add(Columns.of(problem.columns_of(person)))
    chosen = pick(problem.rows, problem.persons, pool.columns, Effort(20))
    assert chosen is not None
    assert Choice.of(problem.rows, pool.columns.take(chosen)).cost == pytest.approx(best)
    assert pick(problem.rows, problem.persons, pool.columns, Effort(20), below=best) is None


def test_hard_ends_hold_where_they_can_and_show_where_they_cannot() -> None:
    crowd = Rooms([[0, 5], [0, 5], [0, 5]], [Row((0, 1), (-9, -9, NEVER), at_first=9), Row((9,), (-1, 0))])
    pool, found = root(crowd)
    assert found.value == pytest.approx(crowd.cheapest())
    impossible = Rooms([[1.0]], [Row((2, 3), (-NEVER, 0, 0))])
    pool, found = root(impossible)
    assert found.value > 1000  # a hard end is a very high price to the master
    assert Choice.of(impossible.rows, pool.columns.take(np.array([0], np.int32))).cost == float("inf")
    assert pick(impossible.rows, 1, pool.columns, Effort(5)) is None


def test_a_part_of_an_effort_counts_for_the_whole_and_stops_with_it() -> None:
    whole = Effort(60, work=1.0)
    part = whole.part(0.5)
    part.spend(0.4)
    assert (part.over, whole.over) == (False, False)
    part.spend(0.2)
    assert (part.over, whole.over) == (True, False)
    whole.spend(0.5)
    assert whole.over
    assert whole.part(0.5).over
    asked: list[bool] = []
    assert not Effort(60, should_stop=lambda: bool(asked)).over
    asked.append(True)
    assert Effort(60, should_stop=lambda: bool(asked)).part(1).over
