"""Several trips a vehicle, where no clock ties them together: first planned as routes of their own, then packed.

PyVRP's search moves clients between the trips of vehicles with difficulty. Where vehicles are alike, reload at home and
keep no hours, trips are routes of an ordinary problem, which it solves well; a packing of them is a good start.
"""

from typing import TYPE_CHECKING

from redvest.engine.rounds.vrp.instance import Instance

if TYPE_CHECKING:
    import pyvrp


def taken_apart(instance: Instance, data: "pyvrp.ProblemData") -> "pyvrp.ProblemData | None":
    """The problem with a vehicle for each trip; None where trips are not independent, or there are none."""
    kinds = data.vehicle_types()
    first = instance.vehicles[0]
    timed = instance.windows is not None or any(instance.release)
    if timed or len(kinds) != 1 or first.reloads != (first.depot,) or first.fixed or instance.depots != 1:
        return None
    whole = kinds[0].replace(num_available=data.num_clients, reload_depots=[], max_reloads=0)
    return data.replace(vehicle_types=[whole])


def packed(instance: Instance, data: "pyvrp.ProblemData", trips: "pyvrp.Solution") -> "pyvrp.Solution | None":
    """The trips given to the vehicles, the longest first to the fullest that can take it; None if they do not fit.

    Where neither duration nor distance is limited only the number of trips counts.
    """
    import pyvrp

    limits = instance.vehicles[0]
    loads: list[list[pyvrp.Route]] = [[] for _ in instance.vehicles]

    def fits(load: "list[pyvrp.Route]", trip: "pyvrp.Route") -> bool:
        row = [*load, trip]
        return (
            (limits.max_reloads is None or len(row) <= limits.max_reloads + 1)
            and (limits.max_duration is None or sum(one.duration() for one in row) <= limits.max_duration)
            and (limits.max_distance is None or sum(one.distance() for one in row) <= limits.max_distance)
        )

    for trip in sorted(trips.routes(), key=lambda route: -route.duration()):
        able = [load for load in loads if fits(load, trip)]
        if not able:
            return None
        max(able, key=lambda load: sum(one.duration() for one in load)).append(trip)
    routes = [pyvrp.Route(data, _joined(load), 0) for load in loads if load]
    return pyvrp.Solution(data, routes)


def _joined(load: "list[pyvrp.Route]") -> "list[pyvrp.Activity]":
    """One route of trips, with the depot between them."""
    import pyvrp

    row: list[pyvrp.Activity] = []
    for number, trip in enumerate(load):
        if number:
            row.append(pyvrp.Activity(pyvrp.ActivityType.DEPOT, 0))
        row += [pyvrp.Activity(pyvrp.ActivityType.CLIENT, activity.idx) for activity in trip if activity.is_client()]
    return row
