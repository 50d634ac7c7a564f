"""The independent checker: what a plan breaks and costs, from problem and plan alone. Imports no solver.

Each rule and each price is one function of its name.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from redvest.engine.rounds.finding import Finding
from redvest.engine.rounds.problem import HOUR, Pair, Plan, Problem, Trip
from redvest.engine.rounds.timetable import Visit, Walk, walk

Found = Iterator[Finding]


@dataclass(frozen=True, slots=True)
class Report:
    """What a plan breaks and costs, and when everybody is where. `hard` must be empty for a plan to be used."""

    hard: tuple[Finding, ...]
    soft: tuple[Finding, ...]
    walks: tuple[Walk, ...]

    @property
    def cost(self) -> int:
        return sum(finding.cost for finding in self.soft)

    @property
    def cost_by_rule(self) -> dict[str, int]:
        """What each price adds to the cost, dearest first."""
        costs: dict[str, int] = defaultdict(int)
        for finding in self.soft:
            costs[finding.rule] += finding.cost
        return dict(sorted(costs.items(), key=lambda item: (-item[1], item[0])))

    @property
    def left_out(self) -> tuple[str, ...]:
        return tuple(finding.stop for finding in self.soft if finding.rule == "unserved")


@dataclass(frozen=True, slots=True)
class Round:
    """One pair with its trips and the times they give."""

    pair: Pair
    trips: tuple[Trip, ...]
    walk: Walk

    @property
    def stops(self) -> list[str]:
        return [stop for trip in self.trips for stop in trip.stops]

    @property
    def visits(self) -> list[Visit]:
        return [visit for leg in self.walk.legs for visit in leg.visits]


def check(problem: Problem, plan: Plan) -> Report:
    """Everything the plan breaks and costs. Raises ValueError for unknown pairs, stores or stops."""
    trips: dict[str, list[Trip]] = defaultdict(list)
    for trip in plan:
        _known(problem, trip)
        trips[trip.pair].append(trip)
    rounds = [round_of(problem, problem.pair_of[pair], row) for pair, row in sorted(trips.items())]
    findings = [*_twice(plan), *_unserved(problem, plan)]
    for found in rounds:
        findings += findings_of(problem, found)
    hard = tuple(finding for finding in findings if finding.hard)
    soft = tuple(finding for finding in findings if not finding.hard)
    return Report(hard, soft, tuple(found.walk for found in rounds))


def round_of(problem: Problem, pair: Pair, trips: Sequence[Trip]) -> Round:
    """One pair's trips with the times they give."""
    return Round(pair, tuple(trips), walk(problem, pair, trips))


def findings_of(problem: Problem, found: Round) -> Found:
    """All that one pair's round breaks and costs by itself; what is left out is not its fault."""
    for rule in (*RULES, *PRICES):
        yield from rule(problem, found)


def _known(problem: Problem, trip: Trip) -> None:
    for kind, name, names in (("pair", trip.pair, problem.pair_of), ("store", trip.store, problem.store_of)):
        if name not in names:
            raise ValueError(f"a trip names the unknown {kind} {name}")
    for stop in trip.stops:
        if stop not in problem.stop_of:
            raise ValueError(f"a trip of {trip.pair} names the unknown stop {stop}")


def _twice(plan: Plan) -> Found:
    for stop, times in Counter(stop for trip in plan for stop in trip.stops).items():
        if times > 1:
            yield Finding("twice", True, 0, times, 1, stop=stop)


def _unserved(problem: Problem, plan: Plan) -> Found:
    served = {stop for trip in plan for stop in trip.stops}
    for stop in problem.stops:
        if stop.id not in served:
            yield Finding("unserved", False, problem.price_of(stop), 1, stop=stop.id)


# --- rules: what no plan may break ---


def needs(problem: Problem, found: Round) -> Found:
    """Skills and equipment."""
    for name in found.stops:
        for need in sorted(problem.stop_of[name].needs - found.pair.has):
            yield Finding("needs", True, 0, 0, 1, found.pair.id, name, subject=need)


def store(problem: Problem, found: Round) -> Found:
    """A pair loads at its own stores, and goods where they are."""
    for number, trip in enumerate(found.trips, 1):
        for name in trip.stops:
            wanted = problem.stop_of[name].store
            if trip.store not in found.pair.stores or wanted not in (None, trip.store):
                yield Finding("store", True, 0, 0, 1, found.pair.id, name, number, trip.store)


def grams(problem: Problem, found: Round) -> Found:
    for number, trip in enumerate(found.trips, 1):
        load = sum(problem.stop_of[name].grams for name in trip.stops)
        if load > found.pair.grams:
            yield Finding("grams", True, 0, load, found.pair.grams, found.pair.id, trip=number)


def parcels(problem: Problem, found: Round) -> Found:
    for number, trip in enumerate(found.trips, 1):
        load = sum(problem.stop_of[name].parcels for name in trip.stops)
        if load > found.pair.parcels:
            yield Finding("parcels", True, 0, load, found.pair.parcels, found.pair.id, trip=number)


def window(problem: Problem, found: Round) -> Found:
    """Nobody knocks after a door's hours; who comes before them waits."""
    for visit in found.visits:
        latest = problem.window_of(problem.stop_of[visit.stop]).end
        if visit.at > latest:
            yield Finding("window", True, 0, visit.at, latest, found.pair.id, visit.stop)


def store_hours(problem: Problem, found: Round) -> Found:
    arrivals = [(leg.store, leg.arrived) for leg in found.walk.legs]
    for name, at in [*arrivals, (found.pair.stores[0], found.walk.back)]:
        closes = problem.store_of[name].open.end
        if at > closes:
            yield Finding("store_hours", True, 0, at, closes, found.pair.id, subject=name)


def shift(problem: Problem, found: Round) -> Found:
    if found.walk.back > found.pair.end:
        yield Finding("shift", True, 0, found.walk.back, found.pair.end, found.pair.id)


def trips(problem: Problem, found: Round) -> Found:
    if len(found.trips) > found.pair.trips:
        yield Finding("trips", True, 0, len(found.trips), found.pair.trips, found.pair.id)


def empty(problem: Problem, found: Round) -> Found:
    for number, trip in enumerate(found.trips, 1):
        if not trip.stops:
            yield Finding("empty", True, 0, 0, 1, found.pair.id, trip=number)


def top_first(problem: Problem, found: Round) -> Found:
    """One visit of a stairwell goes from the top floor down."""
    for number, trip in enumerate(found.trips, 1):
        for one, other in pairwise(problem.stop_of[name] for name in trip.stops):
            if one.stairwell == other.stairwell and one.floor < other.floor:
                yield Finding("top_first", True, 0, other.floor, one.floor, found.pair.id, other.id, number)


def pinned_pair(problem: Problem, found: Round) -> Found:
    owner = {stop: pair for pair, stops in problem.pinned.items() for stop in stops}
    for name in found.stops:
        if owner.get(name, found.pair.id) != found.pair.id:
            yield Finding("pinned_pair", True, 0, 0, 1, found.pair.id, name, subject=owner[name])


def pinned_order(problem: Problem, found: Round) -> Found:
    order = {stop: place for place, stop in enumerate(problem.pinned.get(found.pair.id, ()))}
    for one, other in pairwise(name for name in found.stops if name in order):
        if order[one] > order[other]:
            yield Finding("pinned_order", True, 0, order[one], order[other], found.pair.id, one)


# --- prices: what a plan costs ---


def walking(problem: Problem, found: Round) -> Found:
    cost = problem.prices.kilometre * found.walk.metres // 1000
    yield Finding("walking", False, cost, found.walk.metres, pair=found.pair.id)


def floors(problem: Problem, found: Round) -> Found:
    yield Finding("floors", False, problem.prices.floor * found.walk.floors, found.walk.floors, pair=found.pair.id)


def time(problem: Problem, found: Round) -> Found:
    seconds = found.walk.back - found.walk.begin
    yield Finding("time", False, problem.prices.hour * seconds // HOUR, seconds, pair=found.pair.id)


def over_share(problem: Problem, found: Round) -> Found:
    seconds, fair = found.walk.back - found.walk.begin, found.pair.fair
    if fair is not None and seconds > fair:
        cost = problem.prices.over_share * (seconds - fair) // HOUR
        yield Finding("over_share", False, cost, seconds, fair, found.pair.id)


def new_face(problem: Problem, found: Round) -> Found:
    buildings = {problem.stairwell_of[problem.stop_of[name].stairwell].building for name in found.stops}
    for building in sorted(buildings - found.pair.knows):
        yield Finding("new_face", False, problem.prices.new_face, 1, pair=found.pair.id, subject=building)


def late(problem: Problem, found: Round) -> Found:
    for visit in found.visits:
        stop = problem.stop_of[visit.stop]
        if stop.due is not None and visit.at > stop.due:
            cost = problem.prices.late[stop.priority - 1] * (visit.at - stop.due) // 60
            yield Finding("late", False, cost, visit.at, stop.due, found.pair.id, stop.id)


def wait(problem: Problem, found: Round) -> Found:
    for visit in found.visits:
        price = problem.prices.wait[problem.stop_of[visit.stop].priority - 1]
        if price and visit.at > problem.now:
            cost = price * (visit.at - problem.now) // 60
            yield Finding("wait", False, cost, visit.at, problem.now, found.pair.id, visit.stop)


def moved(problem: Problem, found: Round) -> Found:
    known = [trip for trip in problem.published if trip.pair in problem.pair_of]
    told = {stop: trip.pair for trip in known for stop in trip.stops}
    for name in found.stops:
        if told.get(name, found.pair.id) != found.pair.id:
            yield Finding("moved", False, problem.prices.moved, 1, pair=found.pair.id, stop=name, subject=told[name])


def reordered(problem: Problem, found: Round) -> Found:
    """Stops that must leave the row so that the others stand as published: all but a longest ascending row."""
    told = [stop for trip in problem.published if trip.pair == found.pair.id for stop in trip.stops]
    place = {stop: number for number, stop in enumerate(told)}
    places = [place[name] for name in found.stops if name in place]
    out = len(places) - _longest_ascent(places)
    if out:
        yield Finding("reordered", False, problem.prices.reordered * out, out, pair=found.pair.id)


def _longest_ascent(numbers: Sequence[int]) -> int:
    """Length of the longest ascending row that can be picked: the least last member for each length."""
    last: list[int] = []
    for number in numbers:
        at = bisect_left(last, number)
        last[at : at + 1] = [number]
    return len(last)


Rule = Callable[[Problem, Round], Found]
RULES: tuple[Rule, ...] = (
    shift,  # first what breaks most often
    window,
    needs,
    store,
    grams,
    parcels,
    store_hours,
    trips,
    empty,
    top_first,
    pinned_pair,
    pinned_order,
)
PRICES: tuple[Rule, ...] = (walking, floors, time, over_share, new_face, late, wait, moved, reordered)
