"""The problem for PyVRP: doors as optional clients, pairs as vehicles, trips as reloads; one method for each part.

Stairs are in the ways: from door to door is down, along and up, so that leaving a stairwell and coming back is dear
by itself, and up within a stairwell is never taken. What PyVRP cannot say is left to `polish`: lateness by the minute
(a `due` is a closing time here, where it can be kept), the published order, pins in order, goods in one of several
stores, and a new face, which is paid each time a building is entered instead of once.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from redvest.engine.rounds.ground import NEVER, Ground, Trips
from redvest.engine.rounds.problem import HOUR

if TYPE_CHECKING:
    import pyvrp

SCALE = HOUR
"""A price of 1 in PyVRP's units, so that the price of an hour is a whole number a second."""
LONG = 1 << 44
"""PyVRP's largest way: one that may not be taken."""


class RoundsModel:
    """Built once for a ground; solved from a start."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        problem = ground.problem
        # Times of PyVRP are not negative; those of a night that began yesterday are.
        self.zero = min(0, *(pair.start for pair in problem.pairs), *(store.open.start for store in problem.stores), 0)
        self.data = self._data()

    def solve(
        self,
        rounds: list[Trips],
        seed: int,
        over: Callable[[int], bool],
        found: Callable[[list[Trips]], None] | None = None,
    ) -> list[Trips]:
        """The best rounds PyVRP finds from these, until `over(iterations)`."""
        import pyvrp
        from pyvrp.IteratedLocalSearch import IteratedLocalSearchCallbacks, IteratedLocalSearchParams

        iterations = 0

        def stop(best_cost: int) -> bool:
            nonlocal iterations
            iterations += 1
            return over(iterations - 1)

        class Told(IteratedLocalSearchCallbacks):
            def on_best(_self, best: "pyvrp.Solution") -> None:
                if found is not None and best.is_feasible():
                    found(self._rounds(best))

        params = pyvrp.SolveParams(ils=IteratedLocalSearchParams(callbacks=Told()))
        start = self._solution(rounds)
        outcome = pyvrp.solve(self.data, stop, seed, False, False, params, start)
        return self._rounds(outcome.best)

    def _data(self) -> "pyvrp.ProblemData":
        import pyvrp

        ground = self.ground
        seconds = np.array(ground.leg, dtype=np.int64)
        forbidden = seconds >= NEVER
        seconds[forbidden] = LONG
        ways = [self._prices(pair, forbidden) for pair in range(len(ground.problem.pairs))]
        times = [np.where(way >= LONG, LONG, seconds) for way in ways]
        nowhere = [pyvrp.Location(0, 0) for _ in range(ground.count + len(ground.problem.stores))]
        matrices: Any = (ways, times)  # PyVRP's stubs take the type of an array's numbers for its shape
        return pyvrp.ProblemData(nowhere, self._clients(), self._depots(), self._vehicles(), *matrices)

    def _clients(self) -> list[Any]:
        import pyvrp

        ground, zero = self.ground, self.zero
        return [
            pyvrp.Client(
                location=door,
                delivery=[ground.grams[door], ground.parcels[door]],
                service_duration=ground.seconds[door],
                tw_early=max(0, ground.opens[door] - zero),
                tw_late=max(0, ground.opens[door] - zero, self._closes(door) - zero),
                prize=ground.prices[door] * SCALE,
                required=False,
            )
            for door in range(ground.count)
        ]

    def _closes(self, door: int) -> int:
        """The end of the door's hours; its `due` if somebody could keep it."""
        ground = self.ground
        due = ground.problem.stops[door].due
        first = [
            pair.start + ground.problem.store_of[pair.stores[0]].load_seconds + ground.leg[bases[0]][door]
            for pair, bases, may in zip(ground.problem.pairs, ground.bases, ground.may, strict=True)
            if may[door]
        ]
        if due is None or not first or due < max(min(first), ground.opens[door]):
            return ground.closes[door]
        return min(due, ground.closes[door])

    def _depots(self) -> list[Any]:
        import pyvrp

        return [
            pyvrp.Depot(
                location=self.ground.count + number,
                tw_early=store.open.start - self.zero,
                tw_late=store.open.end - self.zero,
                service_duration=store.load_seconds,
            )
            for number, store in enumerate(self.ground.problem.stores)
        ]

    def _vehicles(self) -> list[Any]:
        import pyvrp

        ground, prices = self.ground, self.ground.problem.prices
        found = []
        for number, pair in enumerate(ground.problem.pairs):
            whole = pair.end - pair.start
            stores = [base - ground.count for base in ground.bases[number]]
            # A first trip from another store than the first is, to PyVRP, an empty trip and a reload there.
            reloads = pair.trips if len(stores) > 1 else pair.trips - 1
            found.append(
                pyvrp.VehicleType(
                    capacity=[pair.grams, pair.parcels],
                    start_depot=stores[0],
                    end_depot=stores[0],
                    tw_early=pair.start - self.zero,
                    tw_late=pair.end - self.zero,
                    shift_duration=whole if pair.fair is None else min(whole, pair.fair),
                    max_overtime=0 if pair.fair is None else max(0, whole - pair.fair),
                    unit_overtime_cost=prices.over_share,
                    unit_distance_cost=1,
                    unit_duration_cost=prices.hour,
                    profile=number,
                    reload_depots=stores if reloads else [],
                    max_reloads=reloads,
                )
            )
        return found

    def _prices(self, pair: int, forbidden: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
        """What each way costs this pair: walking, stairs, new faces and moved stops."""
        ground, prices = self.ground, self.ground.problem.prices
        way = np.array(ground.metres, dtype=np.int64) * prices.kilometre * SCALE // 1000
        way += np.array(ground.climb, dtype=np.int64) * prices.floor * SCALE
        names = [*ground.buildings, *("" for _ in ground.problem.stores)]
        number = {name: place for place, name in enumerate(sorted(set(names)))}
        at = np.array([number[name] for name in names])
        knows = ground.problem.pairs[pair].knows
        strange = np.array([name not in knows for name in ground.buildings] + [False] * len(ground.problem.stores))
        way += np.where((at[:, None] != at[None, :]) & strange[None, :], prices.new_face * SCALE, 0)
        moved = [ground.told_to.get(door, pair) != pair for door in range(ground.count)]
        way += np.array([*moved, *(False for _ in ground.problem.stores)])[None, :] * prices.moved * SCALE
        way[forbidden] = LONG
        barred = np.array([not may for may in ground.may[pair]] + [False] * len(ground.problem.stores))
        way[:, barred] = LONG
        way[barred, :] = LONG
        np.fill_diagonal(way, 0)
        return way

    def _solution(self, rounds: list[Trips]) -> "pyvrp.Solution":
        import pyvrp

        routes = []
        for pair, trips in enumerate(rounds):
            if not trips:
                continue
            row = []
            for number, (store, doors) in enumerate(trips):
                if number or store != self.ground.bases[pair][0]:
                    row.append(pyvrp.Activity(pyvrp.ActivityType.DEPOT, store - self.ground.count))
                row += [pyvrp.Activity(pyvrp.ActivityType.CLIENT, door) for door in doors]
            routes.append(pyvrp.Route(self.data, row, pair))
        return pyvrp.Solution(self.data, routes)

    def _rounds(self, solution: "pyvrp.Solution") -> list[Trips]:
        rounds: list[Trips] = [() for _ in self.ground.problem.pairs]
        for route in solution.routes():
            trips: list[tuple[int, list[int]]] = []
            for activity in route:
                if activity.is_depot():
                    trips.append((self.ground.count + activity.idx, []))
                else:
                    trips[-1][1].append(activity.idx)
            rounds[route.vehicle_type()] = tuple((store, tuple(row)) for store, row in trips if row)
        return rounds
