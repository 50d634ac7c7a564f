"""The solver's hands: rounds as they stand, taking doors out and putting them where they cost least."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from typing import NamedTuple

from redvest.engine.rounds.ground import Clock, Ground, Row, Trips
from redvest.engine.rounds.problem import HOUR

TRIED = 10
"""Places that are tried in earnest, of all: those that look cheapest."""


class Spot(NamedTuple):
    """Where a block could go: into a pair's trip of this number at a place (or, below 0, merged into the visit of its
    stairwell that begins at -1 - place), or alone on a new trip from `store`. `guess` is what that may cost."""

    guess: float
    pair: int
    trip: int
    place: int
    store: int | None


class Desk:
    """Rounds of all pairs with their costs, and the doors left out. Keeps every hard rule at all times."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.rounds: list[Trips] = [() for _ in ground.problem.pairs]
        self.costs = [0 for _ in ground.problem.pairs]
        self.out = set(range(ground.count))
        self.clocks: list[Clock | None] = [None for _ in ground.problem.pairs]  # of the rounds as they stand

    @property
    def cost(self) -> int:
        return sum(self.costs) + sum(self.ground.prices[door] for door in self.out)

    def copy(self) -> "Desk":
        other = Desk.__new__(Desk)
        other.ground = self.ground
        other.rounds, other.costs, other.out = list(self.rounds), list(self.costs), set(self.out)
        other.clocks = list(self.clocks)
        return other

    def set(self, pair: int, trips: Trips) -> None:
        """Gives a pair these trips, which must keep the rules."""
        cost = self.ground.cost(pair, trips)
        if cost is None:
            raise AssertionError("a round that breaks a rule was taken")
        before = {door for _, row in self.rounds[pair] for door in row}
        after = {door for _, row in trips for door in row}
        self.rounds[pair], self.costs[pair], self.clocks[pair] = trips, cost, None
        self.out = (self.out | before) - after

    def adopt(self, rounds: Sequence[Trips]) -> None:
        """Takes over as much of these rounds as the rules allow, each door once; the rest is out."""
        seen: set[int] = set()
        for pair, trips in enumerate(rounds):
            kept = []
            for store, row in trips:
                fresh = [d for d in row if d not in seen and self._fits_here(pair, store, d)]
                seen.update(fresh)
                kept.append((store, self._in_order(fresh)))
            self.set(pair, self._shortened(pair, tuple(trip for trip in kept if trip[1])))

    def _fits_here(self, pair: int, store: int, door: int) -> bool:
        ground = self.ground
        return store in ground.bases[pair] and ground.may[pair][door] and ground.goods[door] in (None, store)

    def _in_order(self, row: Sequence[int]) -> Row:
        """Each visit of a stairwell from the top down."""
        runs: list[list[int]] = []
        for door in row:
            if runs and self.ground.wells[runs[-1][0]] == self.ground.wells[door]:
                runs[-1].append(door)
            else:
                runs.append([door])
        return tuple(door for run in runs for door in sorted(run, key=lambda door: -self.ground.floors[door]))

    def _shortened(self, pair: int, trips: Trips) -> Trips:
        """The trips without what makes them break a rule: pinned doors out of order, then the weakest, one by one."""
        pin, highest = self.ground.pin[pair], -1
        if pin and self.ground.cost(pair, trips) is None:
            kept = []
            for store, row in trips:
                good: list[int] = []
                for door in row:
                    if pin.get(door, highest + 1) > highest:
                        highest = pin.get(door, highest)
                        good.append(door)
                kept.append((store, tuple(good)))
            trips = tuple(trip for trip in kept if trip[1])
        while trips and self.ground.cost(pair, trips) is None:
            number, place = self.ground.weakest(pair, trips)
            store, row = trips[number]
            row = self._in_order((*row[:place], *row[place + 1 :]))
            trips = (*trips[:number], *([(store, row)] if row else []), *trips[number + 1 :])
        return trips

    def take_out(self, doors: Iterable[int]) -> None:
        """Takes doors out of the rounds. What remains keeps the rules, except in odd worlds where a detour is faster
        than the way; there the round is shortened until it does."""
        gone = set(doors)
        for pair, trips in enumerate(self.rounds):
            if any(door in gone for _, row in trips for door in row):
                left = [(store, self._in_order([d for d in row if d not in gone])) for store, row in trips]
                self.set(pair, self._shortened(pair, tuple(trip for trip in left if trip[1])))

    def put(self, block: Row, wide: bool = False) -> bool:
        """Puts a block of doors where it costs least, if that is worth its price; in parts if not as a whole."""
        ground = self.ground
        spots = [
            spot
            for pair, may in enumerate(ground.may)
            if all(may[d] for d in block)
            for spot in self._spots(pair, block, wide)
        ]
        if not wide and not any(door in ground.pinned for door in block):
            spots = nsmallest(TRIED, spots)
        best: tuple[int, int, Trips] | None = None
        for spot in spots:
            trips = self._with(spot, block)
            cost = ground.cost(spot.pair, trips)
            if cost is not None and (best is None or cost - self.costs[spot.pair] < best[0]):
                best = (cost - self.costs[spot.pair], spot.pair, trips)
        if best is not None and best[0] < sum(ground.prices[door] for door in block):
            change, pair, trips = best
            self.rounds[pair], self.clocks[pair] = trips, None
            self.costs[pair] += change
            self.out.difference_update(block)
            return True
        if len(block) > 1:
            middle = len(block) // 2
            first = self.put(block[:middle], wide)
            return self.put(block[middle:], wide) or first
        return False

    def complete(self) -> None:
        """Tries every door that is out in every place, until none can be put in at a gain."""
        changed = True
        while changed and self.out:
            changed = False
            for door in sorted(self.out, key=lambda door: (-self.ground.prices[door], door)):
                changed = self.put((door,), wide=True) or changed

    def _clock(self, pair: int) -> Clock:
        clock = self.clocks[pair]
        if clock is None:
            clock = self.clocks[pair] = self.ground.clock(pair, self.rounds[pair])
        return clock

    def _spots(self, pair: int, block: Row, wide: bool) -> Iterator[Spot]:
        """Everywhere in a pair's round where the block could go and be in time, with a guess of what that costs."""
        ground, trips, clock = self.ground, self.rounds[pair], self._clock(pair)
        leg, first, last, well = ground.leg, block[0], block[-1], ground.wells[block[0]]
        closes, base, (second, face) = ground.closes[first], ground.bases[pair][0], self._rates(pair, block)
        man = ground.problem.pairs[pair]
        grams = man.grams - sum([ground.grams[door] for door in block])
        parcels = man.parcels - sum([ground.parcels[door] for door in block])
        timed = [ground.timed[door] for door in block if ground.urgent[door]]
        for number, (store, row) in enumerate(trips):
            if clock.grams[number] > grams or clock.parcels[number] > parcels:
                continue
            one, off, rate = store, clock.off[number], clock.rate[number]
            after = trips[number + 1][0] if number + 1 < len(trips) else base
            for place, other in enumerate((*row, after)):
                at = off[place] + leg[one][first]
                if at <= closes:
                    extra = leg[one][first] + leg[last][other] - leg[one][other]
                    yield Spot(
                        face + extra * (second + rate[place]) + ground.lateness(timed, at), pair, number, place, None
                    )
                if other < ground.count and ground.wells[other] == well and (place == 0 or ground.wells[one] != well):
                    yield Spot(ground.lateness(timed, at), pair, number, -1 - place, None)
                one = other
        if len(trips) < man.trips:
            goods = {ground.goods[door] for door in block} - {None}
            for number in range(len(trips) + 1) if wide else (len(trips),):
                for store in ground.bases[pair]:
                    if not goods or goods == {store}:
                        there = leg[store][first]
                        guess = face + (there + leg[last][store]) * second
                        yield Spot(guess + ground.lateness(timed, clock.back[number] + there), pair, number, 0, store)

    def _rates(self, pair: int, block: Row) -> tuple[float, int]:
        """What a second more costs this pair, and what it costs that it is this one: a new face, a stop that moves."""
        ground, man, prices = self.ground, self.ground.problem.pairs[pair], self.ground.problem.prices
        hour = prices.hour
        if man.fair is not None and self._clock(pair).took > man.fair:
            hour += prices.over_share
        second = (hour + prices.kilometre * ground.problem.pace.walk * 60 / 1000) / HOUR
        building = ground.buildings[block[0]]
        met = building in man.knows or any(
            ground.buildings[door] == building for _, row in self.rounds[pair] for door in row
        )
        moved = sum(ground.told_to.get(door, pair) != pair for door in block)
        return second, prices.moved * moved + (0 if met else prices.new_face)

    def _with(self, spot: Spot, block: Row) -> Trips:
        """The pair's round with the block in this spot."""
        trips, number, place = self.rounds[spot.pair], spot.trip, spot.place
        if spot.store is not None:
            return (*trips[:number], (spot.store, block), *trips[number:])
        store, row = trips[number]
        if place < 0:
            row = self._in_order((*row[: -1 - place], *block, *row[-1 - place :]))
        else:
            row = (*row[:place], *block, *row[place:])
        return (*trips[:number], (store, row), *trips[number + 1 :])


def blocks(ground: Ground) -> list[Row]:
    """Doors of one stairwell that are alike in all that a plan may ask, top floor first; the urgent, then the far."""
    groups: dict[object, list[int]] = {}
    for door, stop in enumerate(ground.problem.stops):
        alike: object = (stop.stairwell, stop.store, stop.window, stop.due, stop.priority, stop.needs)
        groups.setdefault((alike, door if door in ground.pinned or door in ground.told_to else None), []).append(door)
    found = [tuple(sorted(group, key=lambda door: (-ground.floors[door], door))) for group in groups.values()]
    return sorted(found, key=lambda block: _order(ground, block))


def _order(ground: Ground, block: Row) -> tuple[int, int, int, int, int]:
    stop = ground.problem.stops[block[0]]
    base = ground.bases[0][0] if ground.bases else block[0]
    due = ground.closes[block[0]] if stop.due is None else min(stop.due, ground.closes[block[0]])
    pin = next((pin[block[0]] for pin in ground.pin if block[0] in pin), 0)
    return stop.priority, due, pin, -ground.leg[base][block[0]], block[0]
