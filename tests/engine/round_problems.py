"""Small rounds problems for tests: drawn at random, or a tiny estate by hand."""

from itertools import permutations, product
from typing import Any

from hypothesis import strategies as st

from redvest.engine.rounds import Pair, Plan, Point, Prices, Problem, Stairwell, Stop, Store, Trip, Window
from redvest.engine.rounds.check import check

HOUR = 3600


def place(east: int, north: int = 0) -> Point:
    """A point so many metres east and north of the gate."""
    return Point(north / 111_195, east / 111_195)


GATE = Store("gate", place(0), load_seconds=300)
NEAR = Stairwell("1-1", "1", place(100))
FAR = Stairwell("2-1", "2", place(400))


def estate(*stops: Stop, **changes: Any) -> Problem:
    """One gate, building 1 at 100 m, building 2 at 400 m, Ling and Mei on duty from 8 to 12."""
    values: dict[str, Any] = {
        "stores": (GATE,),
        "stairwells": (NEAR, FAR),
        "pairs": (Pair("Ling and Mei", ("gate",), 8 * HOUR, 12 * HOUR),),
        "now": 8 * HOUR,
    }
    return Problem("2026-03-02", stops=stops, **(values | changes))


@st.composite
def problems(draw: st.DrawFn, stops: int = 8, pairs: int = 3) -> Problem:
    """Everything at once: two stores, lifts, windows, dues, loads, skills, pins, a published plan."""
    stores = [
        Store(f"store {n}", place(draw(st.integers(0, 300))), Window(0, draw(st.sampled_from([DAY, 10 * HOUR]))))
        for n in range(2)
    ]
    wells = [
        Stairwell(
            f"w{n}", f"b{n // 2}", place(draw(st.integers(0, 500)), draw(st.integers(0, 300))), draw(st.booleans())
        )
        for n in range(4)
    ]
    people = [_pair(draw, number) for number in range(draw(st.integers(1, pairs)))]
    doors = [_stop(draw, number, wells) for number in range(draw(st.integers(1, stops)))]
    names = [stop.id for stop in doors]
    owner = {name: draw(st.sampled_from([None, None, None, *(pair.id for pair in people)])) for name in names}
    shuffled = draw(st.permutations(names))
    pinned = {p.id: tuple(name for name in shuffled if owner[name] == p.id) for p in people}
    told = draw(st.permutations(names))[: draw(st.integers(0, len(names)))]
    cut = draw(st.integers(0, len(told)))
    rows = [(people[0], told[:cut]), (people[-1], told[cut:])]
    published: Plan = tuple(Trip(pair.id, pair.stores[0], tuple(row)) for pair, row in rows if row)
    unchanged = draw(st.booleans())
    if published and not unchanged:  # one of the pairs went home, and a stop is no longer wanted
        first = published[0]
        published = (first._replace(pair="gone", stops=("cancelled", *first.stops)), *published[1:])
    ways = {("w0", "w1"): draw(st.integers(0, 900)), ("store 0", "w2"): draw(st.integers(0, 900))}
    return Problem(
        "2026-03-02",
        tuple(stores),
        tuple(wells),
        tuple(doors),
        tuple(people),
        now=8 * HOUR,
        prices=Prices(unserved=(5000, 500, 100, 20)),
        ways=draw(st.sampled_from([{}, ways])),
        pinned=draw(st.sampled_from([{}, pinned])),
        published=published,
    )


DAY = 24 * HOUR


def _pair(draw: st.DrawFn, number: int) -> Pair:
    start = draw(st.integers(7 * HOUR, 9 * HOUR))
    return Pair(
        f"p{number}",
        draw(st.sampled_from([("store 0",), ("store 1", "store 0"), ("store 0", "store 1")])),
        start,
        start + draw(st.integers(600, 4 * HOUR)),
        grams=draw(st.integers(0, 20_000)),
        parcels=draw(st.integers(1, 6)),
        trips=draw(st.integers(1, 3)),
        has=draw(st.sampled_from([frozenset(), frozenset({"cold box"})])),
        knows=frozenset(draw(st.lists(st.sampled_from(["b0", "b1"])))),
        fair=draw(st.sampled_from([None, 1200])),
    )


def _stop(draw: st.DrawFn, number: int, wells: list[Stairwell]) -> Stop:
    opens = draw(st.integers(7 * HOUR, 10 * HOUR))
    return Stop(
        f"s{number}",
        draw(st.sampled_from(wells)).id,
        draw(st.integers(1, 7)),
        grams=draw(st.integers(0, 9_000)),
        parcels=draw(st.integers(0, 3)),
        seconds=draw(st.integers(0, 600)),
        window=draw(st.sampled_from([None, None, Window(opens, opens + draw(st.integers(0, 2 * HOUR)))])),
        due=draw(st.sampled_from([None, opens])),
        priority=draw(st.integers(1, 4)),
        needs=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"cold box"})])),
        store=draw(st.sampled_from([None, None, "store 1"])),
        price=draw(st.sampled_from([None, None, 0, 60])),
    )


def best_of_all(problem: Problem) -> int:
    """The least cost of any plan, by trying them all. For a handful of stops, and stores and pairs of which few."""
    names = [stop.id for stop in problem.stops]
    best = check(problem, ()).cost
    for owners in product([None, *(pair.id for pair in problem.pairs)], repeat=len(names)):
        rows = []
        for pair in problem.pairs:
            mine = [name for name, owner in zip(names, owners, strict=True) if owner == pair.id]
            rows.append([trips for row in permutations(mine) for trips in _cuts(pair, row)])
        for choice in product(*rows):
            report = check(problem, tuple(trip for trips in choice for trip in trips))
            if not report.hard:
                best = min(best, report.cost)
    return best


def _cuts(pair: Pair, row: tuple[str, ...]) -> list[Plan]:
    """All ways to make trips of a row of stops."""
    if not row:
        return [()]
    found: list[Plan] = []
    for first in range(1, len(row) + 1):
        for store in pair.stores:
            found += [(Trip(pair.id, store, row[:first]), *rest) for rest in _cuts(pair, row[first:])]
    return found
