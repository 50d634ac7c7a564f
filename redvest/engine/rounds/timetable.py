"""When a pair is where: the checker's own walk through a round. Shares no code with the solver."""

from collections.abc import Sequence
from dataclasses import dataclass

from redvest.engine.rounds.problem import Pair, Problem, Stairwell, Stop, Trip


@dataclass(frozen=True, slots=True)
class Visit:
    """One door: reached at `at` (waiting for its hours included), left at `left`."""

    stop: str
    at: int
    left: int


@dataclass(frozen=True, slots=True)
class Leg:
    """One trip: `arrived` at its store, loaded and off at `off`, then the doors."""

    store: str
    arrived: int
    off: int
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """A pair's whole round: when it begins (no earlier than its first door asks), when it is back, how far."""

    pair: str
    begin: int
    back: int
    metres: int
    floors: int
    legs: tuple[Leg, ...]


def walk(problem: Problem, pair: Pair, trips: Sequence[Trip]) -> Walk:
    """The earliest times at which the pair can be everywhere, in this order, waiting where it comes too early.

    The wait before the first door of a trip is spent in the store; before the first trip it is no duty at all.
    """
    time, here, metres, floors = pair.start, pair.stores[0], 0, 0
    begin, legs = pair.start, []
    for number, trip in enumerate(trips):
        length = problem.metres(here, trip.store)
        metres += length
        arrived = time + on_foot(problem, length)
        off = max(arrived, problem.store_of[trip.store].open.start) + problem.store_of[trip.store].load_seconds
        time, visits, last = off, [], None
        for name in trip.stops:
            stop = problem.stop_of[name]
            length, seconds, climbed = way(problem, trip.store, last, stop)
            metres, floors, time = metres + length, floors + climbed, time + seconds
            at = max(time, problem.window_of(stop).start)
            if last is None:
                off += at - time
                if number == 0:
                    begin = off - problem.store_of[trip.store].load_seconds - (arrived - pair.start)
            time, last = at + stop.seconds, stop
            visits.append(Visit(name, at, time))
        here = trip.store
        if last is not None:
            here = last.stairwell
            time += way_down(problem, last)
        legs.append(Leg(trip.store, arrived, off, tuple(visits)))
    home = problem.metres(here, pair.stores[0])
    return Walk(pair.id, begin, time + on_foot(problem, home), metres + home, floors, tuple(legs))


def way(problem: Problem, store: str, last: Stop | None, stop: Stop) -> tuple[int, int, int]:
    """Metres, seconds and climbed floors from the last door, or from the store, to this one."""
    there = problem.stairwell_of[stop.stairwell]
    height = stop.floor - 1
    if last is not None and last.stairwell == stop.stairwell:
        difference = height - (last.floor - 1)
        if difference <= 0:
            return 0, _descent(problem, there, -difference), 0
        return 0, _ascent(problem, there, difference), 0 if there.lift else difference
    seconds, here = 0, store
    if last is not None:
        here, seconds = last.stairwell, way_down(problem, last)
    length = problem.metres(here, there.id)
    seconds += on_foot(problem, length) + _ascent(problem, there, height)
    return length, seconds, 0 if there.lift else height


def way_down(problem: Problem, stop: Stop) -> int:
    """Seconds from the door to the foot of its stairs."""
    return _descent(problem, problem.stairwell_of[stop.stairwell], stop.floor - 1)


def on_foot(problem: Problem, length: int) -> int:
    return -(-length * 60 // problem.pace.walk)


def _ascent(problem: Problem, stairwell: Stairwell, floors: int) -> int:
    pace = problem.pace
    on_foot = floors * pace.up
    return min(on_foot, pace.lift_wait + floors * pace.lift) if stairwell.lift else on_foot


def _descent(problem: Problem, stairwell: Stairwell, floors: int) -> int:
    pace = problem.pace
    on_foot = floors * pace.down
    return min(on_foot, pace.lift_wait + floors * pace.lift) if stairwell.lift else on_foot
