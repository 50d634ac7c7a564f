"""The independent checker for VRPLIB instances: feasibility and cost of routes, from the file and the routes alone."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from redvest.engine.rounds.vrp.instance import Instance, Numbers, Vehicle


@dataclass(frozen=True, slots=True)
class Route:
    """A vehicle (from 1) and the places that it visits between its depot and its depot; a depot among them is a reload.

    Places are numbered as in CVRPLIB's solutions: 0 is the depot, 1 the second place of the file.
    """

    vehicle: int
    visits: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`broken` says in sentences what is wrong; `scaled` is the cost in the rounding's unit, `cost` in the file's."""

    broken: tuple[str, ...]
    scaled: int
    cost: float

    @property
    def feasible(self) -> bool:
        return not self.broken


def check(instance: Instance, routes: Sequence[Route]) -> Verdict:
    """All that is wrong with the routes, and what they cost."""
    for route in routes:
        for place in route.visits:
            if not 0 <= place < instance.size:
                return Verdict((f"place {place} does not exist",), 0, 0.0)
    broken = [*_fleet(instance, routes), *_served(instance, routes)]
    scaled = 0
    for route in routes:
        if 1 <= route.vehicle <= len(instance.vehicles):
            vehicle = instance.vehicles[route.vehicle - 1]
            broken += [f"vehicle {route.vehicle}: {fault}" for fault in _route(instance, vehicle, route.visits)]
            scaled += vehicle.unit * _length(instance, vehicle, route.visits) + vehicle.fixed
    visited = {place for route in routes for place in route.visits}
    scaled += sum(prize for place, prize in enumerate(instance.prizes) if place not in visited)
    return Verdict(tuple(broken), scaled, scaled / instance.scale)


def _fleet(instance: Instance, routes: Sequence[Route]) -> Iterator[str]:
    """Every route has a vehicle of its own."""
    for vehicle, times in Counter(route.vehicle for route in routes).items():
        if not 1 <= vehicle <= len(instance.vehicles):
            yield f"there is no vehicle {vehicle}; there are {len(instance.vehicles)}"
        elif times > 1:
            yield f"vehicle {vehicle} has {times} routes"


def _served(instance: Instance, routes: Sequence[Route]) -> Iterator[str]:
    """Every client once, but for those with a prize and those of a group, of which one is enough and one is most."""
    times = Counter(place for route in routes for place in route.visits)
    for place in range(instance.depots, instance.size):
        if times[place] > 1:
            yield f"client {place} is served {times[place]} times"
        if not times[place] and not instance.prizes[place] and place not in instance.grouped:
            yield f"client {place} is not served"
    for group in instance.groups:
        members = sum(times[place] > 0 for place in group)
        if members != 1:
            yield f"of the group {sorted(group)} {members} are served, not one"


def _path(vehicle: Vehicle, visits: Sequence[int]) -> list[int]:
    return [vehicle.depot, *visits, vehicle.depot]


def _length(instance: Instance, vehicle: Vehicle, visits: Sequence[int]) -> int:
    path = _path(vehicle, visits)
    return int(sum(instance.distance[here, there] for here, there in pairwise(path)))


def _trips(instance: Instance, vehicle: Vehicle, visits: Sequence[int]) -> list[tuple[int, list[int]]]:
    """The route cut at reloads: where each trip loads, and its clients."""
    trips: list[tuple[int, list[int]]] = [(vehicle.depot, [])]
    for place in visits:
        if place < instance.depots:
            trips.append((place, []))
        else:
            trips[-1][1].append(place)
    return trips


def _route(instance: Instance, vehicle: Vehicle, visits: Sequence[int]) -> Iterator[str]:
    trips = _trips(instance, vehicle, visits)
    for depot, _ in trips[1:]:
        if depot not in vehicle.reloads:
            yield f"it may not reload at depot {depot}"
    if vehicle.max_reloads is not None and len(trips) - 1 > vehicle.max_reloads:
        yield f"it reloads {len(trips) - 1} times; {vehicle.max_reloads} are allowed"
    for place in visits:
        if vehicle.allowed is not None and place >= instance.depots and place not in vehicle.allowed:
            yield f"it may not serve client {place}"
    for _, clients in trips:
        yield from _loads(instance, vehicle, clients)
        yield from _backhauls(instance, clients)
    if vehicle.max_distance is not None and _length(instance, vehicle, visits) > vehicle.max_distance:
        yield f"its route is {_length(instance, vehicle, visits)} long; {vehicle.max_distance} are allowed"
    yield from _times(instance, vehicle, trips)


def _loads(instance: Instance, vehicle: Vehicle, clients: Sequence[int]) -> Iterator[str]:
    """What is on board at any moment of a trip: at first all deliveries, at last all pickups."""
    if vehicle.capacity is None:
        return
    load: Numbers = instance.deliveries[list(clients)].sum(axis=0)
    highest = load.copy()
    for client in clients:
        load = load - instance.deliveries[client] + instance.pickups[client]
        highest = highest if (highest >= load).all() else load.clip(min=highest)
    for found, limit in zip(highest, vehicle.capacity, strict=True):
        if found > limit:
            yield f"it carries {found:g}; {limit:g} are allowed"


def _backhauls(instance: Instance, clients: Sequence[int]) -> Iterator[str]:
    """With backhauls, all deliveries of a trip come before its pickups, and no trip is for pickups alone."""
    if instance.kind == "VRPB":
        back = [bool(instance.pickups[client].sum()) for client in clients]
        if back != sorted(back) or (back and back[0]):
            yield "a pickup comes before a delivery"


def _times(instance: Instance, vehicle: Vehicle, trips: Sequence[tuple[int, list[int]]]) -> Iterator[str]:
    """Windows bound the start of service; a trip starts when all its goods are there; waiting counts as duration."""
    steps = _steps(instance, vehicle, trips)
    time, here = steps[0][1], steps[0][0]
    latest = None
    for number, (place, opens, closes, label) in enumerate(steps):
        time = max(opens, time if number == 0 else time + instance.service[here] + int(instance.distance[here, place]))
        if closes is not None and time > closes:
            yield f"{label} at {time}; it closes at {closes}"
            time = closes  # so that one late start is not reported for all that follows
        here = place
    end = time
    for number in range(len(steps) - 1, -1, -1):
        place, _, closes, _ = steps[number]
        if latest is not None:
            follower = steps[number + 1][0]
            latest -= instance.service[place] + int(instance.distance[place, follower])
        latest = closes if latest is None else latest if closes is None else min(latest, closes)
    work = sum(instance.service[one[0]] + int(instance.distance[one[0], other[0]]) for one, other in pairwise(steps))
    shortest = work if latest is None else max(work, end - latest)
    if vehicle.max_duration is not None and shortest > vehicle.max_duration:
        yield f"it is {shortest} on the way; {vehicle.max_duration} are allowed"


Step = tuple[int, int, int | None, str]


def _steps(instance: Instance, vehicle: Vehicle, trips: Sequence[tuple[int, list[int]]]) -> list[Step]:
    """Depots and clients in order with the earliest and the latest start, and words for a late one."""
    windows = instance.windows
    home = (0, None) if windows is None else windows[vehicle.depot]
    steps: list[Step] = []
    for number, (depot, clients) in enumerate(trips):
        release = max((instance.release[client] for client in clients), default=0)
        # A vehicle works in the hours of its own depot; depots that it reloads at have none of their own.
        opens = max(release, home[0]) if number == 0 else release
        steps.append((depot, opens, home[1] if number == 0 else None, f"it leaves depot {depot}"))
        for client in clients:
            opens, closes = (0, None) if windows is None else windows[client]
            steps.append((client, opens, closes, f"it starts client {client}"))
    steps.append((vehicle.depot, home[0], home[1], "it is back"))
    return steps
