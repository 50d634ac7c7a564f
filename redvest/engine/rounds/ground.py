"""The solver's map: ways between all doors and stores as tables of numbers, and what a pair's round costs on them.

Doors come first, then stores; every table is indexed by them. The checker has its own way of counting; property tests
hold the two together.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from redvest.engine.rounds.problem import HOUR, Plan, Problem, Trip

NEVER = 1 << 40
"""A way that may not be taken: up within a stairwell."""

Row = tuple[int, ...]
"""Doors of one trip, as numbers."""
Trips = tuple[tuple[int, Row], ...]
"""Trips of one pair: number of the store in the tables, doors."""


class Clock(NamedTuple):
    """How a round stands in time, to guess what a change of it would cost.

    For each trip: `off`, when the pair leaves its store and each of its doors; `rate`, what a second's delay from there
    on costs in waiting and lateness. `back`: when each trip can begin, and the end. `took`: seconds on the way.
    """

    grams: list[int]
    parcels: list[int]

    off: list[list[int]]
    rate: list[list[float]]
    back: list[int]
    took: int


class Ground:
    """The problem as numbers. Nothing in it changes during a search."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        stops = problem.stops
        self.count = len(stops)
        self.stop_number = {stop.id: number for number, stop in enumerate(stops)}
        self.store_number = {store.id: self.count + number for number, store in enumerate(problem.stores)}
        self.wells = [stop.stairwell for stop in stops]
        self.floors = [stop.floor for stop in stops]
        self.buildings = [problem.stairwell_of[stop.stairwell].building for stop in stops]
        self.grams = [stop.grams for stop in stops]
        self.parcels = [stop.parcels for stop in stops]
        self.seconds = [stop.seconds for stop in stops]
        self.opens = [problem.window_of(stop).start for stop in stops]
        self.closes = [problem.window_of(stop).end for stop in stops]
        self.prices = [problem.price_of(stop) for stop in stops]
        prices = problem.prices
        self.timed = [
            (
                0 if stop.due is None else prices.late[stop.priority - 1],
                0 if stop.due is None else stop.due,
                prices.wait[stop.priority - 1],
            )
            for stop in stops
        ]
        self.urgent = [late > 0 or wait > 0 for late, _, wait in self.timed]
        self._tables()
        owner = {name: pair for pair, names in problem.pinned.items() for name in names}
        self.may = [
            [
                stop.needs <= pair.has
                and owner.get(stop.id, pair.id) == pair.id
                and (stop.store is None or stop.store in pair.stores)
                and stop.grams <= pair.grams
                and stop.parcels <= pair.parcels
                for stop in stops
            ]
            for pair in problem.pairs
        ]
        self.bases = [[self.store_number[name] for name in pair.stores] for pair in problem.pairs]
        self.goods = [None if stop.store is None else self.store_number[stop.store] for stop in stops]
        self.spread = any(store is not None for store in self.goods)  # some goods are not in every store
        self.pin = [self._places(problem.pinned.get(pair.id, ())) for pair in problem.pairs]
        self.pinned = {door for pin in self.pin for door in pin}
        told = [
            [name for trip in problem.published if trip.pair == pair.id for name in trip.stops]
            for pair in problem.pairs
        ]
        self.told = [self._places(row) for row in told]
        self.told_to = {door: number for number, row in enumerate(self.told) for door in row}

    def _places(self, row: Sequence[str]) -> dict[int, int]:
        return {self.stop_number[name]: place for place, name in enumerate(row) if name in self.stop_number}

    def _tables(self) -> None:
        """Seconds, metres and priced floors from everywhere to everywhere."""
        problem, pace = self.problem, self.problem.pace
        names = [*problem.stairwell_of, *problem.store_of]
        at = {name: number for number, name in enumerate(names)}
        base = np.array([[problem.metres(here, there) for there in names] for here in names], dtype=np.int64)
        places = np.array([*(at[stop.stairwell] for stop in problem.stops), *(at[name] for name in problem.store_of)])
        lifts = np.array([*(problem.stairwell_of[name].lift for name in self.wells), *(False for _ in problem.stores)])
        heights = np.array([*(floor - 1 for floor in self.floors), *(0 for _ in problem.stores)], dtype=np.int64)
        metres = base[np.ix_(places, places)]
        by_lift = pace.lift_wait + heights * pace.lift
        up = np.where(lifts, np.minimum(heights * pace.up, by_lift), heights * pace.up)
        down = np.where(lifts, np.minimum(heights * pace.down, by_lift), heights * pace.down)
        seconds = -(-metres * 60 // pace.walk) + down[:, None] + up[None, :]
        same = places[:, None] == places[None, :]
        drop = heights[:, None] - heights[None, :]
        inside = np.where(
            lifts[:, None], np.minimum(drop * pace.down, pace.lift_wait + drop * pace.lift), drop * pace.down
        )
        seconds = np.where(same, np.where(drop < 0, NEVER, inside), seconds)
        climbed = np.where(same | lifts[None, :], 0, heights[None, :] + 0 * drop)
        self.leg: list[list[int]] = seconds.tolist()
        self.metres: list[list[int]] = metres.tolist()
        self.climb: list[list[int]] = climbed.tolist()

    def cost(self, pair: int, trips: Trips) -> int | None:
        """What this pair's round costs without what is left out; None if it breaks a rule."""
        if not trips:
            return 0
        man = self.problem.pairs[pair]
        if len(trips) > man.trips or not self._fits(pair, trips):
            return None
        walked = self._walk(pair, trips)
        if walked is None:
            return None
        metres, floors, took, waited = walked
        prices = self.problem.prices
        cost = prices.kilometre * metres // 1000 + prices.floor * floors + prices.hour * took // HOUR + waited
        if man.fair is not None and took > man.fair:
            cost += prices.over_share * (took - man.fair) // HOUR
        doors = [door for _, row in trips for door in row]
        cost += prices.new_face * len({self.buildings[door] for door in doors} - man.knows)
        if self.told_to:
            cost += prices.moved * sum(self.told_to.get(door, pair) != pair for door in doors)
            cost += prices.reordered * _out_of_order([self.told[pair][d] for d in doors if d in self.told[pair]])
        return cost

    def _fits(self, pair: int, trips: Trips) -> bool:
        """Loads, goods in the right store, pinned order: all that needs no clock."""
        man, grams, parcels, pin = self.problem.pairs[pair], self.grams, self.parcels, self.pin[pair]
        for store, row in trips:
            if sum([grams[door] for door in row]) > man.grams or sum([parcels[door] for door in row]) > man.parcels:
                return False
            if self.spread and any(self.goods[door] not in (None, store) for door in row):
                return False
        if pin:
            places = [pin[door] for _, row in trips for door in row if door in pin]
            return places == sorted(places)
        return True

    def _walk(self, pair: int, trips: Trips) -> tuple[int, int, int, int] | None:
        """Metres, priced floors, seconds on the way, and the price of lateness and waiting; None if too late."""
        problem, man = self.problem, self.problem.pairs[pair]
        leg, opens, closes, spent, timed = self.leg, self.opens, self.closes, self.seconds, self.timed
        base, now = self.bases[pair][0], problem.now
        time, here, begin, waited, metres, floors = man.start, base, None, 0, 0, 0
        for store, row in trips:
            place = problem.stores[store - self.count]
            time += leg[here][store]
            metres += self.metres[here][store]
            if time > place.open.end:
                return None
            way_in = time - man.start
            time = (time if time > place.open.start else place.open.start) + place.load_seconds
            here = store
            for door in row:
                time += leg[here][door]
                metres += self.metres[here][door]
                floors += self.climb[here][door]
                if time < opens[door]:
                    if begin is None:
                        begin = opens[door] - leg[here][door] - place.load_seconds - way_in
                    time = opens[door]
                elif time > closes[door]:
                    return None
                if begin is None:
                    begin = time - leg[here][door] - place.load_seconds - way_in
                late, due, wait = timed[door]
                if late and time > due:
                    waited += late * (time - due) // 60
                if wait and time > now:
                    waited += wait * (time - now) // 60
                time += spent[door]
                here = door
        time += leg[here][base]
        metres += self.metres[here][base]
        if begin is None or time > man.end or time > problem.stores[base - self.count].open.end:
            return None
        return metres, floors, time - begin, waited

    def clock(self, pair: int, trips: Trips) -> Clock:
        """The times of a round, whether it keeps the rules or not."""
        problem, base = self.problem, self.bases[pair][0]
        time, here = problem.pairs[pair].start, base
        off: list[list[int]] = []
        rate: list[list[float]] = []
        back = []
        for store, row in trips:
            place = problem.stores[store - self.count]
            time = max(time + self.leg[here][store], place.open.start)
            back.append(time + place.load_seconds)
            time, here = time + place.load_seconds, store
            times, rates = [time], []
            for door in row:
                time = max(time + self.leg[here][door], self.opens[door])
                late, due, wait = self.timed[door]
                rates.append((wait + (late if time > due else 0)) / 60)
                time += self.seconds[door]
                times.append(time)
                here = door
            off.append(times)
            rate.append([*rates, 0.0])
        after = 0.0
        for rates in reversed(rate):
            for number in range(len(rates) - 1, -1, -1):
                after = rates[number] = rates[number] + after
        time += self.leg[here][base]
        back.append(time + problem.stores[base - self.count].load_seconds)
        grams = [sum([self.grams[door] for door in row]) for _, row in trips]
        parcels = [sum([self.parcels[door] for door in row]) for _, row in trips]
        return Clock(grams, parcels, off, rate, back, time - problem.pairs[pair].start)

    def weakest(self, pair: int, trips: Trips) -> tuple[int, int]:
        """Which door, as trip and place, to leave out first of a round that breaks a rule: one reached too late, or
        the last of a trip that carries too much, or the last of all."""
        man, clock = self.problem.pairs[pair], self.clock(pair, trips)
        for number, (_, row) in enumerate(trips):
            if clock.grams[number] > man.grams or clock.parcels[number] > man.parcels:
                return number, len(row) - 1
            for place, door in enumerate(row):
                if clock.off[number][place + 1] - self.seconds[door] > self.closes[door]:
                    return number, place
        return len(trips) - 1, len(trips[-1][1]) - 1

    def lateness(self, timed: Sequence[tuple[int, int, int]], at: int) -> float:
        """What waiting and lateness of such doors cost if they are reached at about this time."""
        cost = 0.0
        for late, due, wait in timed:
            cost += (wait * max(0, at - self.problem.now) + late * max(0, at - due)) / 60
        return cost

    def plan(self, rounds: Sequence[Trips]) -> Plan:
        """The rounds of all pairs with their names."""
        problem, names = self.problem, self.problem.stops
        return tuple(
            Trip(pair.id, problem.stores[store - self.count].id, tuple(names[door].id for door in row))
            for pair, trips in zip(problem.pairs, rounds, strict=True)
            for store, row in trips
            if row
        )

    def rounds(self, plan: Plan) -> list[Trips]:
        """A plan as numbers; stops that the problem no longer has are dropped, and trips that get empty by that."""
        found: list[list[tuple[int, Row]]] = [[] for _ in self.problem.pairs]
        number = {pair.id: place for place, pair in enumerate(self.problem.pairs)}
        for trip in plan:
            row = tuple(self.stop_number[name] for name in trip.stops if name in self.stop_number)
            if row and trip.pair in number and trip.store in self.store_number:
                found[number[trip.pair]].append((self.store_number[trip.store], row))
        return [tuple(trips) for trips in found]


def _out_of_order(places: Sequence[int]) -> int:
    """How many must leave the row so that the others ascend."""
    last: list[int] = []
    for place in places:
        at = bisect_left(last, place)
        last[at : at + 1] = [place]
    return len(places) - len(last)
