"""Routes for a VRPLIB instance as JSON."""

import json

from redvest.engine.result import Result
from redvest.engine.rounds.codec import parsed
from redvest.engine.rounds.vrp.check import Route, Verdict
from redvest.engine.rounds.vrp.instance import Instance
from redvest.engine.rounds.vrp.solve import Routes

FORMAT = "redvest-routes-1"


def result_to_json(instance: Instance, result: Result[Routes, str], verdict: Verdict) -> str:
    """A result as text: routes numbered as in CVRPLIB's solutions, cost in the file's unit, the checker's verdict."""
    routes = result.best or ()
    return json.dumps(
        {
            "format": FORMAT,
            "instance": instance.name,
            "rounding": instance.rounding,
            "scale": instance.scale,
            "feasible": result.best is not None and verdict.feasible,
            "cost": verdict.cost if result.best is not None else None,
            "scaled_cost": result.cost,
            "bound": result.bound,
            "routes": [list(route.visits) for route in routes],
            "vehicles": [route.vehicle for route in routes],
            "broken": list(verdict.broken if result.best is not None else result.unmet),
            "seconds": round(result.seconds, 3),
            "seed": result.seed,
            "log": [[round(step.seconds, 3), step.cost / instance.scale] for step in result.log],
        },
        indent=1,
    )


def routes_from_json(text: str) -> tuple[Routes, str | None]:
    """The routes and the rounding of a result; vehicles left out are numbered in order. Raises ValueError."""
    data = parsed(text)
    if "routes" not in data:
        raise ValueError("the result lacks 'routes'")
    rows = data["routes"]
    vehicles = data.get("vehicles", list(range(1, len(rows) + 1)))
    if len(vehicles) != len(rows):
        raise ValueError(f"the result has {len(rows)} routes and {len(vehicles)} vehicles")
    try:
        routes = tuple(
            Route(int(vehicle), tuple(int(place) for place in row)) for vehicle, row in zip(vehicles, rows, strict=True)
        )
    except (TypeError, ValueError) as wrong:
        raise ValueError(f"the routes of the result are not understood: {wrong}") from None
    return routes, data.get("rounding")
