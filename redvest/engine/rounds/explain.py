"""Why a stop is left out, found by the checker's own means: by trying. Imports no solver."""

from collections.abc import Iterator, Sequence

from redvest.engine.rounds.check import check, findings_of, round_of
from redvest.engine.rounds.finding import Reason, Unserved
from redvest.engine.rounds.problem import Pair, Plan, Problem, Stop, Trip


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


def insertions(trips: Sequence[Trip], pair: Pair, stop: Stop) -> Iterator[list[Trip]]:
    """A pair's trips with the stop in every place of every trip, and alone on a trip in every gap."""
    for number, trip in enumerate(trips):
        for place in range(len(trip.stops) + 1):
            stops = (*trip.stops[:place], stop.id, *trip.stops[place:])
            yield [*trips[:number], trip._replace(stops=stops), *trips[number + 1 :]]
    for number in range(len(trips) + 1):
        for trip in _trips(pair, stop):
            yield [*trips[:number], trip, *trips[number:]]


def _trips(pair: Pair, stop: Stop) -> list[Trip]:
    """The trips on which a pair serves one stop alone."""
    return [Trip(pair.id, store, (stop.id,)) for store in pair.stores if stop.store in (None, store)]


def _broken_alone(problem: Problem, pair: Pair, trip: Trip) -> list[str]:
    return [finding.rule for finding in check(problem, (trip,)).hard]


def _tried(problem: Problem, plan: Plan, stop: Stop, pairs: list[Pair]) -> Reason:
    possible = False
    for pair in pairs:
        mine = [trip for trip in plan if trip.pair == pair.id]
        now = _cost(problem, pair, mine) if mine else 0
        for trips in insertions(mine, pair, stop):
            if _too_much(problem, pair, trips):
                continue
            cost = _cost(problem, pair, trips)
            if cost is not None and now is not None:
                if cost - now < problem.price_of(stop):
                    return Reason.ROOM
                possible = True
    return Reason.PRICE if possible else Reason.FULL


def _too_much(problem: Problem, pair: Pair, trips: list[Trip]) -> bool:
    """A quick no before the whole check: nearly every refused insertion is one onto a full trip."""
    if len(trips) > pair.trips:
        return True
    loads = [[problem.stop_of[name] for name in trip.stops] for trip in trips]
    return any(sum(s.parcels for s in load) > pair.parcels or sum(s.grams for s in load) > pair.grams for load in loads)


def _cost(problem: Problem, pair: Pair, trips: list[Trip]) -> int | None:
    """What the pair's round costs; None if it breaks a rule."""
    findings = list(findings_of(problem, round_of(problem, pair, trips)))
    return None if any(finding.hard for finding in findings) else sum(finding.cost for finding in findings)
