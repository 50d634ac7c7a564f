"""Why a stop is left out, found by the checker's own means: by trying. Imports no solver."""

from collections.abc import Container, Iterator, Sequence

from redvest.engine.rounds.check import Round, check, findings_of, round_of
from redvest.engine.rounds.finding import Reason, Unserved
from redvest.engine.rounds.problem import Pair, Plan, Problem, Stop, Trip
from redvest.engine.rounds.timetable import on_foot, way, way_down


def unserved(problem: Problem, plan: Plan) -> tuple[Unserved, ...]:
    """Every stop that the plan leaves out, each with the first reason that is true."""
    return tuple(Unserved(name, why_unserved(problem, plan, name)) for name in check(problem, plan).left_out)


def why_unserved(problem: Problem, plan: Plan, name: str) -> Reason:
    """The first true reason. What holds for every plan comes first, what holds for this one last."""
    stop = problem.stop_of[name]
    owner = next((pair for pair, stops in problem.pinned.items() if name in stops), None)
    pairs = [pair for pair in problem.pairs if owner in (None, pair.id)]
    able = [pair for pair in pairs if stop.needs <= pair.has]
    if not able:
        return Reason.NEEDS
    loading = [pair for pair in able if stop.store is None or stop.store in pair.stores]
    if not loading:
        return Reason.STORE
    strong = [pair for pair in loading if stop.grams <= pair.grams and stop.parcels <= pair.parcels]
    if not strong:
        return Reason.HEAVY
    alone = [set(_broken_alone(problem, pair, trip)) for pair in strong for trip in _trips(pair, stop)]
    if all("window" in broken for broken in alone):
        return Reason.WINDOW
    if all(alone):
        return Reason.SHIFT
    return _tried(problem, plan, stop, strong)


def insertions(
    trips: Sequence[Trip], pair: Pair, stop: Stop, hopeless: Container[tuple[int, int]] = ()
) -> Iterator[list[Trip]]:
    """A pair's trips with the stop in every place that is not hopeless, and alone on a trip in every gap."""
    for number, trip in enumerate(trips):
        for place in range(len(trip.stops) + 1):
            if (number, place) not in hopeless:
                stops = (*trip.stops[:place], stop.id, *trip.stops[place:])
                yield [*trips[:number], trip._replace(stops=stops), *trips[number + 1 :]]
    for number in range(len(trips) + 1):
        for trip in _trips(pair, stop):
            yield [*trips[:number], trip, *trips[number:]]


def _trips(pair: Pair, stop: Stop) -> list[Trip]:
    """The trips on which a pair serves one stop alone."""
    return [Trip(pair.id, store, (stop.id,)) for store in pair.stores if stop.store in (None, store)]


def _broken_alone(problem: Problem, pair: Pair, trip: Trip) -> list[str]:
    return [finding.rule for finding in findings_of(problem, round_of(problem, pair, (trip,))) if finding.hard]


def _tried(problem: Problem, plan: Plan, stop: Stop, pairs: list[Pair]) -> Reason:
    possible = False
    for pair in pairs:
        mine = [trip for trip in plan if trip.pair == pair.id]
        now = _cost(problem, pair, mine) if mine else 0
        hopeless = _hopeless(problem, round_of(problem, pair, mine), stop)
        for trips in insertions(mine, pair, stop, hopeless):
            cost = _cost(problem, pair, trips)
            if cost is not None and now is not None:
                if cost - now < problem.price_of(stop):
                    return Reason.ROOM
                possible = True
    return Reason.PRICE if possible else Reason.FULL


def _hopeless(problem: Problem, found: Round, stop: Stop) -> set[tuple[int, int]]:
    """Trips and places where the stop certainly cannot go: quick noes, so that a plan with many stops left out is
    explained in time.

    A trip may be full, or the door be reached too late; or the delay is more than all waiting after it can take up and
    the shift has left.
    """
    walk, pair, none = found.walk, found.pair, set()
    waits = _waits(problem, found)
    for number, (trip, leg) in enumerate(zip(found.trips, walk.legs, strict=True)):
        stops = [problem.stop_of[name] for name in trip.stops]
        full = sum(s.grams for s in stops) + stop.grams > pair.grams
        full = full or sum(s.parcels for s in stops) + stop.parcels > pair.parcels
        arrivals = [visit.at for visit in leg.visits]
        last = number + 1 == len(walk.legs)
        arrivals.append(walk.back if last else walk.legs[number + 1].arrived)
        goal = pair.stores[0] if last else found.trips[number + 1].store
        for place in range(len(stops) + 1):
            before = stops[place - 1] if place else None
            left = leg.visits[place - 1].left if place else leg.off - waits[number][0]
            at = left + way(problem, trip.store, before, stop)[1]
            window = problem.window_of(stop)
            if place < len(stops):
                there = way(problem, trip.store, stop, stops[place])[1]
            else:
                there = way_down(problem, stop) + on_foot(problem, problem.metres(stop.stairwell, goal))
            delay = max(at, window.start) + stop.seconds + there - (arrivals[place] - waits[number][place])
            spare = pair.end - walk.back + sum(waits[number][place:]) + sum(sum(row) for row in waits[number + 1 :])
            if full or at > window.end or delay > spare:
                none.add((number, place))
    return none


def _waits(problem: Problem, found: Round) -> list[list[int]]:
    """Seconds of waiting before each door of each trip, and at its end for the next store to open."""
    rows = []
    for number, (trip, leg) in enumerate(zip(found.trips, found.walk.legs, strict=True)):
        opens = problem.store_of[trip.store]
        time, last, row = max(leg.arrived, opens.open.start) + opens.load_seconds, None, []
        for visit in leg.visits:
            stop = problem.stop_of[visit.stop]
            row.append(visit.at - time - way(problem, trip.store, last, stop)[1])
            time, last = visit.left, stop
        following = found.walk.legs[number + 1 : number + 2]
        row.append(sum(max(0, problem.store_of[leg.store].open.start - leg.arrived) for leg in following))
        rows.append(row)
    return rows


def _cost(problem: Problem, pair: Pair, trips: list[Trip]) -> int | None:
    """What the pair's round costs; None if it breaks a rule, which is known before the prices are looked at."""
    cost = 0
    for finding in findings_of(problem, round_of(problem, pair, trips)):
        if finding.hard:
            return None
        cost += finding.cost
    return cost
