"""A VRPLIB file as plain numbers, read without PyVRP, so that the checker does not depend on the solver's reading.

The format is that of CVRPLIB with the sections that PyVRP adds to it; docs/engine.md names them. Distance is time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, Any]

ROUNDINGS: dict[str, tuple[int, Callable[[Numbers], Numbers]]] = {
    "round": (1, np.round),  # to the nearest whole number: CVRPLIB's convention
    "trunc": (1, np.trunc),
    "dimacs": (10, np.trunc),  # to one decimal, downwards: the 12th DIMACS challenge, for time windows
    "exact": (1000, np.round),  # to three decimals
}
"""What is counted in the file's unit is multiplied and made whole; costs are told in the file's unit again."""

PLAIN = ("CVRP", "TSP", "VRPB", "GTSP", "VRPSPD")
FINE = ("MDVRPTW", "SDVRPTW", "HFVRP", "MDVRP")
SPECIFICATIONS = {
    *("name", "comment", "type", "dimension", "edge_weight_type", "edge_weight_format", "node_coord_type"),
    *("display_data_type", "capacity", "distance", "service_time", "vehicles", "vehicles_max_distance"),
    *("vehicles_max_duration", "vehicles_max_reloads"),
}
SECTIONS = {
    *("node_coord", "edge_weight", "demand", "linehaul", "backhaul", "depot", "service_time", "time_window"),
    *("release_time", "prize", "mutually_exclusive_group", "capacity", "display_data", "vehicles_depot"),
    *("vehicles_reload_depot", "vehicles_allowed_clients", "vehicles_fixed_cost", "vehicles_max_distance"),
    *("vehicles_max_duration", "vehicles_max_reloads", "vehicles_unit_distance_cost"),
}


class Misread(ValueError):
    """A file that is not understood, with a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """None: no limit. Depots are numbers from 0."""

    capacity: tuple[float, ...] | None
    depot: int
    reloads: tuple[int, ...]
    max_reloads: int | None
    max_distance: int | None
    max_duration: int | None
    fixed: int
    unit: int
    allowed: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Instance:
    """Places are numbered from 0, the depots first, then the clients. Lengths, times and prizes are scaled."""

    name: str
    kind: str
    rounding: str
    scale: int
    depots: int
    distance: Numbers
    deliveries: Numbers
    pickups: Numbers
    service: tuple[int, ...]
    windows: tuple[tuple[int, int], ...] | None
    release: tuple[int, ...]
    prizes: tuple[int, ...]
    groups: tuple[frozenset[int], ...]
    vehicles: tuple[Vehicle, ...]

    @property
    def size(self) -> int:
        return len(self.service)

    @property
    def grouped(self) -> frozenset[int]:
        """Clients of which another may be served instead."""
        return frozenset(client for group in self.groups for client in group)


def rounding_of(kind: str, timed: bool) -> str:
    """The convention under which instances of this type are compared in the literature."""
    if kind in FINE:
        return "exact"
    return "round" if kind in PLAIN or not timed else "dimacs"


def read(path: Path, rounding: str | None = None) -> Instance:
    """Reads a VRPLIB file. Raises ValueError with a sentence for what is not understood, OSError for no file."""
    import vrplib

    text = path.read_text(encoding="utf-8", errors="replace")
    if not text.strip():
        raise Misread("the file is empty")
    try:
        data: dict[str, Any] = vrplib.read_instance(path, compute_edge_weights=False)
        return _Reader(data, text, rounding).instance()
    except KeyError as missing:
        raise Misread(f"the instance lacks {str(missing.args[0]).upper()}") from None
    except Misread:
        raise
    except (ArithmeticError, IndexError, RuntimeError, TypeError, ValueError) as wrong:
        raise Misread(f"the instance is not understood: {wrong}") from None


class _Reader:
    """One pass over what the file says, each part by a method."""

    def __init__(self, data: dict[str, Any], text: str, rounding: str | None) -> None:
        self.data = data
        lines = text.splitlines()
        named = [line.split(":")[0].strip().removesuffix("_SECTION") for line in lines if "_SECTION" in line]
        for section in named:
            if section.lower() not in SECTIONS:
                raise Misread(f"the section {section} is not supported")
        for name in data:
            if name not in SPECIFICATIONS | SECTIONS:
                raise Misread(f"the specification {name.upper()} is not supported")
        self.size = int(data["dimension"])
        self.kind = str(data.get("type", "CVRP")).upper()
        self.rounding = rounding or rounding_of(self.kind, "time_window" in data)
        if self.rounding not in ROUNDINGS:
            raise Misread(f"the rounding {self.rounding} is none of {', '.join(ROUNDINGS)}")
        self.scale, self.whole = ROUNDINGS[self.rounding]
        depots = [int(place) for place in np.atleast_1d(data.get("depot", [0]))]
        if depots != list(range(len(depots))) or not depots:
            raise Misread("the depots must be the first places, numbered from 1")
        self.depots = len(depots)
        self.fleet = int(data.get("vehicles", self.size - self.depots))

    def instance(self) -> Instance:
        data = self.data
        windows = data.get("time_window")
        return Instance(
            name=str(data.get("name", "")),
            kind=self.kind,
            rounding=self.rounding,
            scale=self.scale,
            depots=self.depots,
            distance=self._distance(),
            deliveries=self._loads(data.get("demand", data.get("linehaul"))),
            pickups=self._loads(data.get("backhaul")),
            service=self._service(),
            windows=None if windows is None else tuple((int(a), int(b)) for a, b in self._scaled(windows)),
            release=self._each("release_time"),
            prizes=self._each("prize"),
            groups=self._groups(),
            vehicles=self._vehicles(),
        )

    def _scaled(self, values: Any) -> Numbers:
        return self.whole(np.asarray(values, dtype=float) * self.scale).astype(np.int64)

    def _distance(self) -> Numbers:
        kind = str(self.data["edge_weight_type"]).upper()
        if kind == "EXPLICIT":
            weights = np.asarray(self.data["edge_weight"], dtype=float)
            if weights.shape != (self.size, self.size):
                raise Misread(f"the edge weights are no table of {self.size} by {self.size}")
            return self._scaled(weights)
        # Of whole-number weights these say how they were made whole; the convention is applied on top of it.
        first: dict[str, Callable[[Numbers], Numbers]] = {
            "EUC_2D": lambda way: way,
            "CEIL_2D": np.ceil,
            "FLOOR_2D": np.floor,
            "EXACT_2D": lambda way: np.round(way * 1000),
        }
        if kind not in first:
            raise Misread(f"the edge weight type {kind} is not supported")
        points = np.asarray(self.data["node_coord"], dtype=float)
        if points.shape != (self.size, 2):
            raise Misread(f"there are not {self.size} pairs of coordinates")
        steps = points[:, None, :] - points[None, :, :]
        return self._scaled(first[kind](np.sqrt((steps**2).sum(axis=2))))

    def _loads(self, rows: Any) -> Numbers:
        """One row a place, one column a kind of load."""
        if rows is None:
            return np.zeros((self.size, 1))
        return np.asarray(rows, dtype=float).reshape(self.size, -1)

    def _service(self) -> tuple[int, ...]:
        given = self.data.get("service_time", 0)
        if np.ndim(given) == 0:
            given = [float(given)] * self.size
        return (0,) * self.depots + self._row(given)[self.depots :]

    def _each(self, name: str) -> tuple[int, ...]:
        return self._row(np.broadcast_to(self.data.get(name, 0), self.size))

    def _row(self, values: Any) -> tuple[int, ...]:
        row = tuple(int(value) for value in self._scaled(values))
        if len(row) != self.size:
            raise Misread(f"a section has {len(row)} rows for {self.size} places")
        return row

    def _groups(self) -> tuple[frozenset[int], ...]:
        rows = self._lists("mutually_exclusive_group") or []
        return tuple(frozenset(place - 1 for place in row) for row in rows if len(row) > 1)

    def _lists(self, name: str) -> list[list[int]] | None:
        """A section with a list in each row; one value a row comes as a plain row of numbers."""
        rows = self.data.get(name)
        return None if rows is None else [[int(value) for value in np.atleast_1d(row)] for row in rows]

    def _fleet_row(self, name: str) -> list[Any]:
        """One value for each vehicle, from a specification or a section; None where there is none."""
        given = self.data.get(name)
        if given is None or np.ndim(given) == 0:
            return [given] * self.fleet
        if len(given) != self.fleet:
            raise Misread(f"{name.upper()} has {len(given)} rows for {self.fleet} vehicles")
        return list(given)

    def _vehicles(self) -> tuple[Vehicle, ...]:
        # DISTANCE is the limit of a route with service, as in the old instances with a route length.
        length = self.data.get("distance")
        durations = [length if own is None else own for own in self._fleet_row("vehicles_max_duration")]
        reloads = self._lists("vehicles_reload_depot") or [[] for _ in range(self.fleet)]
        allowed = self._lists("vehicles_allowed_clients")
        if len(reloads) != self.fleet or (allowed is not None and len(allowed) != self.fleet):
            raise Misread(f"a section of vehicles does not have {self.fleet} rows")
        rows = zip(
            self._fleet_row("capacity"),
            self._fleet_row("vehicles_depot"),
            self._fleet_row("vehicles_max_reloads"),
            self._fleet_row("vehicles_max_distance"),
            durations,
            self._fleet_row("vehicles_fixed_cost"),
            self._fleet_row("vehicles_unit_distance_cost"),
            strict=True,
        )
        return tuple(
            Vehicle(
                capacity=None if capacity is None else tuple(float(part) for part in np.atleast_1d(capacity)),
                depot=0 if depot is None else int(depot) - 1,
                reloads=tuple(place - 1 for place in reloads[number]),
                max_reloads=None if most is None else int(most),
                max_distance=self._limit(far),
                max_duration=self._limit(long),
                fixed=self._limit(fixed) or 0,
                unit=1 if unit is None else int(unit),
                allowed=None if allowed is None else frozenset(place - 1 for place in allowed[number]),
            )
            for number, (capacity, depot, most, far, long, fixed, unit) in enumerate(rows)
        )

    def _limit(self, value: Any) -> int | None:
        return None if value is None else int(self._scaled(value))
