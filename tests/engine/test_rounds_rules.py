"""Every rule and price of a round by an example that a coordinator would understand. The world: round_problems.py."""

from dataclasses import replace

import pytest

from redvest.engine.result import Status
from redvest.engine.rounds import Pair, Plan, Prices, Problem, Stairwell, Stop, Store, Trip, Window
from redvest.engine.rounds.check import check
from redvest.engine.rounds.explain import why_unserved
from redvest.engine.rounds.finding import Reason
from redvest.engine.rounds.solve import solve, with_fair_shares
from redvest.engine.rounds.timetable import walk
from tests.engine.round_problems import FAR, GATE, HOUR, NEAR, estate, place

LING = Pair("Ling and Mei", ("gate",), 8 * HOUR, 12 * HOUR)
BO = Pair("Bo and Qiu", ("gate",), 8 * HOUR, 12 * HOUR)
RICE = Stop("rice", "1-1", 3, grams=5_000)
MILK = Stop("milk", "2-1", 6, grams=1_000)


def trips(*rows: tuple[str, ...], pair: str = "Ling and Mei", store: str = "gate") -> Plan:
    return tuple(Trip(pair, store, row) for row in rows)


def broken(problem: Problem, plan: Plan) -> list[str]:
    return sorted({finding.rule for finding in check(problem, plan).hard})


def priced(problem: Problem, plan: Plan) -> dict[str, int]:
    return check(problem, plan).cost_by_rule


def test_a_walk_is_loading_ways_stairs_and_doors() -> None:
    problem = estate(RICE, MILK)
    found = walk(problem, LING, trips(("rice", "milk")))
    # 300 s loading; 100 m of straight line are 130 m, at 60 m a minute 130 s; two floors up 40 s
    assert found.legs[0].visits[0].at == 8 * HOUR + 300 + 130 + 40
    # 120 s at the door; two floors down 24 s; 300 m are 390 m and 390 s; five floors up 100 s
    assert found.legs[0].visits[1].at == found.legs[0].visits[0].at + 120 + 24 + 390 + 100
    assert found.back == found.legs[0].visits[1].left + 60 + 520
    assert (found.metres, found.floors) == (130 + 390 + 520, 2 + 5)


def test_a_lift_is_taken_where_it_is_faster() -> None:
    tall = replace(FAR, lift=True)
    problem = estate(replace(MILK, floor=11), replace(RICE, stairwell="2-1", floor=2), stairwells=(NEAR, tall))
    found = walk(problem, LING, trips(("milk",)))
    assert found.legs[0].visits[0].at - found.legs[0].off == 520 + 40 + 10 * 4
    assert found.floors == 0
    assert walk(problem, LING, trips(("rice",))).legs[0].visits[0].at - 8 * HOUR - 300 == 520 + 20


def test_a_given_way_counts_instead_of_the_straight_line_in_both_directions() -> None:
    problem = estate(RICE, ways={("gate", "1-1"): 700})
    assert walk(problem, LING, trips(("rice",))).metres == 1400


def test_who_comes_too_early_waits_in_the_store_and_begins_later() -> None:
    problem = estate(replace(RICE, floor=1, window=Window(10 * HOUR, 11 * HOUR)))
    found = walk(problem, LING, trips(("rice",)))
    assert found.legs[0].visits[0].at == 10 * HOUR
    assert found.begin == 10 * HOUR - 130 - 300
    assert not broken(problem, trips(("rice",)))


def test_nobody_knocks_before_seven_nor_after_the_hours_of_a_door() -> None:
    early = replace(LING, start=6 * HOUR)
    problem = estate(RICE, replace(MILK, window=Window(0, 8 * HOUR)), pairs=(early,), now=0)
    assert walk(problem, early, trips(("rice",))).legs[0].visits[0].at == 7 * HOUR
    assert broken(problem, trips(("rice", "milk"))) == []
    assert broken(estate(RICE, replace(MILK, window=Window(0, 8 * HOUR + 600))), trips(("rice", "milk"))) == ["window"]


@pytest.mark.parametrize(
    "rule, stop, pair",
    [
        ("needs", replace(RICE, needs=frozenset({"cold box"})), LING),
        ("grams", RICE, replace(LING, grams=4_999)),
        ("parcels", replace(RICE, parcels=3), replace(LING, parcels=2)),
        ("shift", RICE, replace(LING, end=8 * HOUR + 700)),
        ("store", replace(RICE, store="clinic"), LING),
    ],
)
def test_what_a_pair_cannot_do_is_a_broken_rule(rule: str, stop: Stop, pair: Pair) -> None:
    problem = estate(stop, pairs=(pair,), stores=(GATE, Store("clinic", place(50))))
    assert broken(problem, trips(("rice",))) == [rule]
    assert solve(problem, 1, iterations=20).best == ()


def test_a_closed_store_is_reached_too_late() -> None:
    problem = estate(MILK, stores=(replace(GATE, open=Window(0, 8 * HOUR + 600)),))
    assert broken(problem, trips(("milk",))) == ["store_hours"]


def test_trips_are_counted_and_must_not_be_empty() -> None:
    problem = estate(RICE, MILK, pairs=(replace(LING, trips=1),))
    assert broken(problem, trips(("rice",), ("milk",))) == ["trips"]
    assert broken(problem, trips(("rice", "milk"), ())) == ["empty", "trips"]


def test_a_stop_is_served_once() -> None:
    assert broken(estate(RICE), trips(("rice",), ("rice",))) == ["twice"]


def test_a_stairwell_is_walked_from_the_top_floor_down() -> None:
    low, high = Stop("low", "1-1", 2), Stop("high", "1-1", 6)
    problem = estate(low, high, MILK)
    assert broken(problem, trips(("low", "high"))) == ["top_first"]
    assert broken(problem, trips(("high", "low"))) == []
    assert broken(problem, trips(("low", "milk", "high"))) == [], "coming back later is another visit"
    result = solve(problem, 1, iterations=200)
    assert result.best is not None
    row = [name for trip in result.best for name in trip.stops if name != "milk"]
    assert row == ["high", "low"]


def test_pinned_stops_stay_with_their_pair_in_their_order() -> None:
    problem = estate(RICE, MILK, pairs=(LING, BO), pinned={"Bo and Qiu": ("milk", "rice")})
    assert broken(problem, trips(("milk",))) == ["pinned_pair"]
    assert broken(problem, trips(("rice", "milk"), pair="Bo and Qiu")) == ["pinned_order"]
    assert solve(problem, 1, iterations=200).best == trips(("milk", "rice"), pair="Bo and Qiu")


def test_urgent_doors_come_first() -> None:
    insulin = Stop("insulin", "2-1", 1, priority=2, due=8 * HOUR + 900)
    food = tuple(Stop(f"food {n}", "1-1", n) for n in range(1, 7))
    result = solve(estate(*food, insulin), 1, iterations=400)
    assert result.best is not None
    assert result.best[0].stops[0] == "insulin"


def test_lateness_costs_by_the_minute_and_class() -> None:
    late = Stop("late", "1-1", 1, priority=2, due=8 * HOUR)
    problem = estate(late, prices=Prices(wait=(0, 0, 0, 0)))
    assert priced(problem, trips(("late",)))["late"] == 40 * 430 // 60


def test_a_new_face_costs_once_a_building_and_a_known_one_nothing() -> None:
    doors = Stop("a", "1-1", 5), Stop("b", "1-1", 4)
    assert priced(estate(*doors), trips(("a",), ("b",)))["new_face"] == 30
    known = estate(*doors, pairs=(replace(LING, knows=frozenset({"1"})), BO))
    assert "new_face" not in priced(known, trips(("a", "b")))
    split = (*trips(("a",)), *trips(("b",), pair="Bo and Qiu"))
    assert priced(known, split)["new_face"] == 30
    result = solve(known, 1, iterations=200)
    assert result.best == trips(("a", "b")), "the building stays with those who know it"


def test_a_published_round_changes_as_little_as_possible() -> None:
    doors = tuple(Stop(f"d{n}", "1-1" if n % 2 else "2-1", 1 + n) for n in range(6))
    told = (*trips(("d0", "d1", "d2")), *trips(("d5", "d4", "d3"), pair="Bo and Qiu"))
    problem = estate(*doors, pairs=(LING, BO), published=told, prices=Prices(moved=10_000, reordered=10_000))
    result = solve(problem, 1, iterations=200)
    assert result.best is not None
    assert sorted(result.best) == sorted(told)
    assert priced(problem, trips(("d1", "d0", "d3")))["moved"] == 10_000
    assert priced(problem, trips(("d1", "d0", "d2")))["reordered"] == 10_000


def test_goods_come_from_the_store_that_has_them() -> None:
    clinic = Store("clinic", place(500), load_seconds=120)
    pair = replace(LING, stores=("gate", "clinic"))
    problem = estate(replace(MILK, store="clinic"), RICE, pairs=(pair,), stores=(GATE, clinic))
    result = solve(problem, 1, iterations=200)
    assert result.best is not None
    assert not result.unmet
    assert {name: trip.store for trip in result.best for name in trip.stops}["milk"] == "clinic"


def test_a_heavy_building_takes_several_trips() -> None:
    doors = tuple(Stop(f"d{n}", "1-1", n, grams=15_000) for n in range(1, 6))
    result = solve(estate(*doors), 1, iterations=200)
    assert result.best is not None
    assert not result.unmet
    assert len(result.best) == 3, "75 kg at 40 kg a trip, 15 kg a door"


@pytest.mark.parametrize(
    "reason, stop",
    [
        (Reason.NEEDS, replace(RICE, needs=frozenset({"cold box"}))),
        (Reason.STORE, replace(RICE, store="clinic")),
        (Reason.HEAVY, replace(RICE, grams=50_000)),
        (Reason.WINDOW, replace(RICE, window=Window(7 * HOUR, 8 * HOUR))),
        (Reason.SHIFT, replace(RICE, window=Window(12 * HOUR, 13 * HOUR))),
        (Reason.PRICE, replace(RICE, price=1)),
    ],
)
def test_a_stop_that_is_left_out_says_why(reason: Reason, stop: Stop) -> None:
    result = solve(estate(stop, MILK, stores=(GATE, Store("clinic", place(50)))), 1, iterations=50)
    assert [(gap.stop, gap.reason) for gap in result.unmet] == [("rice", reason)]


def test_a_full_round_is_the_reason_for_the_less_urgent_stop() -> None:
    short = replace(LING, end=8 * HOUR + 1700)
    result = solve(estate(RICE, replace(MILK, priority=4), pairs=(short,)), 1, iterations=50)
    assert [(gap.stop, gap.reason) for gap in result.unmet] == [("milk", Reason.FULL)]


def test_a_person_who_leaves_out_a_stop_is_told_that_there_was_room() -> None:
    assert why_unserved(estate(RICE, MILK), trips(("rice",)), "milk") is Reason.ROOM


def test_fair_shares_spread_the_work() -> None:
    doors = tuple(Stop(f"d{n}", "1-1", 1 + n % 6) for n in range(40))
    problem = estate(*doors, pairs=(LING, BO), prices=Prices(new_face=0, over_share=600))
    result = solve(with_fair_shares(problem), 2, iterations=600)
    assert result.best is not None
    times = [found.back - found.begin for found in check(problem, result.best).walks]
    assert len(times) == 2
    assert max(times) < 1.5 * min(times)


def test_nobody_on_duty_means_that_everything_is_left_out_and_says_so() -> None:
    result = solve(estate(RICE, pairs=()), 1)
    assert [gap.reason for gap in result.unmet] == [Reason.NEEDS]


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: estate(replace(RICE, stairwell="9-9")), "unknown stairwell 9-9"),
        (lambda: estate(RICE, RICE), "two of stop rice"),
        (lambda: Stop("x", "1-1", 0), "ground floor is 1"),
        (lambda: Stop("x", "1-1", priority=5), "priority 5"),
        (lambda: Stop("x", "1-1", window=Window(2, 1)), "end before they start"),
        (lambda: replace(LING, stores=()), "no store"),
        (lambda: replace(LING, end=0), "ends before it starts"),
        (lambda: estate(RICE, pinned={"Nobody": ("rice",)}), "unknown pair Nobody"),
        (lambda: estate(RICE, published=trips(("rice",), ("rice",))), "serves a stop twice"),
        (lambda: estate(RICE, ways={("gate", "moon"): 1}), "unknown place moon"),
        (lambda: estate(RICE, stairwells=(NEAR, Stairwell("gate", "1"))), "a store and a stairwell"),
        (lambda: Prices(late=(1, 2, 3)), "needs 4 parts"),  # type: ignore[arg-type]
    ],
)
def test_a_problem_that_makes_no_sense_says_why(make: object, words: str) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("problem", [estate(), estate(pairs=()), Problem("2026-03-02", (), (), (), ())])
def test_nothing_to_plan_is_a_plan_without_trips(problem: Problem) -> None:
    result = solve(with_fair_shares(problem), 1)
    assert (result.status, result.best, result.cost, result.bound) == (Status.OPTIMAL, (), 0, 0)


def test_a_search_that_is_told_to_stop_gives_the_plan_it_has() -> None:
    seen: list[Plan] = []
    result = solve(
        estate(RICE, MILK), 60, on_progress=lambda _s, _c, _b, plan: seen.append(plan), should_stop=lambda: True
    )
    assert seen == [result.best]
    assert not result.unmet
