"""Solves a VRPLIB file with PyVRP, and has the answer judged by the checker of this package."""

import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from redvest.engine.result import Progress, Result, Status
from redvest.engine.rounds.vrp.check import Route, check
from redvest.engine.rounds.vrp.instance import Instance

if TYPE_CHECKING:
    import pyvrp

Routes = tuple[Route, ...]
Found = Callable[[float, float], None]


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
    import pyvrp
    from pyvrp.IteratedLocalSearch import IteratedLocalSearchCallbacks, IteratedLocalSearchParams

    began = time.monotonic()
    data = _data(path, instance)
    log: list[Progress] = []
    iterations = 0

    def stop(best_cost: int) -> bool:
        nonlocal iterations
        iterations += 1
        done = limits.iterations is not None and iterations > limits.iterations
        return done or time.monotonic() - began >= limits.seconds

    class Told(IteratedLocalSearchCallbacks):
        def on_best(_self, best: "pyvrp.Solution") -> None:
            cost = best.distance_cost() + best.fixed_vehicle_cost() + best.uncollected_prizes()
            log.append(Progress(time.monotonic() - began, int(cost), None))
            if on_progress is not None:
                on_progress(log[-1].seconds, cost / instance.scale)

    params = pyvrp.SolveParams(ils=IteratedLocalSearchParams(callbacks=Told()))
    outcome = pyvrp.solve(data, stop, seed, False, False, params)
    seconds = time.monotonic() - began
    routes = _routes(outcome.best, data)
    verdict = check(instance, routes)
    if not verdict.feasible:
        return Result(Status.NO_ANSWER, None, None, None, seconds, seed, verdict.broken, tuple(log))
    if not log or log[-1].cost != verdict.scaled:  # its first answer was the best; nothing told us of it
        log.append(Progress(seconds, verdict.scaled, None))
    return Result(Status.FEASIBLE, routes, verdict.scaled, None, seconds, seed, (), tuple(log))


def _data(path: Path, instance: Instance) -> "pyvrp.ProblemData":
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


def _routes(solution: "pyvrp.Solution", data: "pyvrp.ProblemData") -> Routes:
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
