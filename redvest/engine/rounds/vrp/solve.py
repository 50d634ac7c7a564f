"""Solves a VRPLIB file with PyVRP, and has the answer judged by the checker of this package."""

import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from redvest.engine.result import Progress, Result, Status
from redvest.engine.rounds.vrp.apart import packed, taken_apart
from redvest.engine.rounds.vrp.check import Route, check
from redvest.engine.rounds.vrp.instance import Instance

if TYPE_CHECKING:
    import pyvrp

Routes = tuple[Route, ...]
Found = Callable[[float, float], None]
APART = (0.1, 0.5)
"""Until when trips are planned apart, as shares of the time: packed once soon, for a first answer, then again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: the clock, and, if given, PyVRP's iterations: those give the same routes for the same seed."""

    seconds: float
    iterations: int | None = None


def solve(
    path: Path, instance: Instance, limits: Limits, seed: int = 0, on_progress: Found | None = None
) -> Result[Routes, str]:
    """The best routes found; costs are scaled as `instance.rounding` says. No bound is known.

    PyVRP reads the file by itself and the checker by its own reading, so that a misreading shows as a broken rule.
    """
    search = _Search(instance, limits, seed, on_progress)
    data = data_of(path, instance)
    start = None
    if (apart := taken_apart(instance, data)) is not None:
        trips = None
        for share in APART:
            trips = search.run(apart, trips, share)
            start = packed(instance, data, trips) or start
            if start is not None:
                search.told(start)
    best = search.run(data, start, 1.0)
    routes = routes_of(best, data)
    verdict = check(instance, routes)
    if not verdict.feasible:
        return Result(Status.NO_ANSWER, None, None, None, search.seconds, seed, verdict.broken, ())
    search.tell(verdict.scaled)  # its first answer may be its best, of which PyVRP says nothing
    return Result(Status.FEASIBLE, routes, verdict.scaled, None, search.seconds, seed, (), tuple(search.log))


class _Search:
    """PyVRP, run once or in two parts, on one clock and one count of iterations."""

    def __init__(self, instance: Instance, limits: Limits, seed: int, on_progress: Found | None) -> None:
        self.instance, self.limits, self.seed, self.on_progress = instance, limits, seed, on_progress
        self.began = time.monotonic()
        self.iterations = 0
        self.log: list[Progress] = []

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def tell(self, cost: int) -> None:
        """Notes a cost if it is better than the last."""
        if not self.log or cost < self.log[-1].cost:
            self.log.append(Progress(self.seconds, cost, None))
            if self.on_progress is not None:
                self.on_progress(self.seconds, cost / self.instance.scale)

    def told(self, best: "pyvrp.Solution") -> None:
        """Notes what PyVRP says a solution costs."""
        if best.is_feasible():
            self.tell(int(best.distance_cost() + best.fixed_vehicle_cost() + best.uncollected_prizes()))

    def run(self, data: "pyvrp.ProblemData", start: "pyvrp.Solution | None", share: float) -> "pyvrp.Solution":
        """The best solution until so much of the time and of the iterations is used up."""
        import pyvrp
        from pyvrp.IteratedLocalSearch import IteratedLocalSearchCallbacks, IteratedLocalSearchParams

        most = None if self.limits.iterations is None else share * self.limits.iterations
        whole = share == 1.0  # parts of a problem that was taken apart are no answers yet

        def stop(best_cost: int) -> bool:
            done = most is not None and self.iterations >= most
            self.iterations += not done
            return done or self.seconds >= share * self.limits.seconds

        class Told(IteratedLocalSearchCallbacks):
            def on_best(_self, best: "pyvrp.Solution") -> None:
                if whole:
                    self.told(best)

        params = pyvrp.SolveParams(ils=IteratedLocalSearchParams(callbacks=Told()))
        return pyvrp.solve(data, stop, self.seed, False, False, params, start).best


def data_of(path: Path, instance: Instance) -> "pyvrp.ProblemData":
    """What PyVRP reads, with the route length of DISTANCE, which it passes over."""
    import pyvrp

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = pyvrp.read(path, instance.rounding)
    kinds = []
    for kind in data.vehicle_types():
        limit = instance.vehicles[int(kind.name.split(",")[0])].max_duration
        kinds.append(kind if limit is None else kind.replace(shift_duration=limit))
    return data.replace(vehicle_types=kinds)


def routes_of(solution: "pyvrp.Solution", data: "pyvrp.ProblemData") -> Routes:
    """The routes in the file's numbering, each with a vehicle of the kind that PyVRP chose."""
    free = {number: [int(name) for name in kind.name.split(",")] for number, kind in enumerate(data.vehicle_types())}
    used: dict[int, int] = defaultdict(int)
    found = []
    for route in solution.routes():
        kind = route.vehicle_type()
        vehicle = free[kind][used[kind]]
        used[kind] += 1
        visits = [
            data.depot(activity.idx).location if activity.is_depot() else data.client(activity.idx).location
            for activity in route
        ]
        found.append(Route(vehicle + 1, tuple(visits[1:-1])))
    return tuple(sorted(found, key=lambda route: route.vehicle))
