"""Rounds problems and results as JSON, the format of the command line and of the benchmarks. See docs/engine.md."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

from redvest.engine.result import Result
from redvest.engine.rounds.finding import Unserved
from redvest.engine.rounds.prices import Pace, Prices
from redvest.engine.rounds.problem import Pair, Plan, Point, Problem, Stairwell, Stop, Store, Trip, Window
from redvest.engine.rounds.timetable import Walk

FORMAT = "redvest-rounds-1"
Json = dict[str, Any]
Readers = Mapping[str, Callable[[Any], Any]]
_KINDS: dict[Any, tuple[type, ...]] = {int: (int,), int | None: (int, type(None)), str: (str,)}
"""What a field may hold whose type JSON could get wrong."""


def to_json(problem: Problem) -> str:
    """The problem as text; the same problem gives the same text. Fields of things at their default are left out."""
    return json.dumps(
        {
            "format": FORMAT,
            "start": problem.start,
            "now": problem.now,
            "doors": problem.doors,
            "pace": _plain(problem.pace),
            "prices": _plain(problem.prices),
            "stores": [_plain(store) for store in problem.stores],
            "stairwells": [_plain(stairwell) for stairwell in problem.stairwells],
            "stops": [_plain(stop) for stop in problem.stops],
            "pairs": [_plain(pair) for pair in problem.pairs],
            "ways": [[*ends, length] for ends, length in sorted(problem.ways.items())],
            "pinned": {pair: list(names) for pair, names in sorted(problem.pinned.items())},
            "published": _trips(problem.published),
        },
        ensure_ascii=False,
        indent=1,
    )


def from_json(text: str) -> Problem:
    """Reads what `to_json` wrote, or a person: what is left out has its default. Raises ValueError."""
    data = parsed(text)
    if data.get("format") != FORMAT:
        raise ValueError(f"this is not a rounds problem: its format is {data.get('format')!r}, not {FORMAT!r}")
    optional: Readers = {"now": int, "doors": _window, "pace": _reader(Pace), "prices": _reader(Prices)}
    try:
        return Problem(
            start=data["start"],
            stores=tuple(_built(Store, item, {"location": _point, "open": _window}) for item in data["stores"]),
            stairwells=tuple(_built(Stairwell, item, {"location": _point}) for item in data["stairwells"]),
            stops=tuple(_built(Stop, item, {"window": _window, "needs": frozenset}) for item in data["stops"]),
            pairs=tuple(
                _built(Pair, item, {"stores": tuple, "has": frozenset, "knows": frozenset}) for item in data["pairs"]
            ),
            ways={(here, there): length for here, there, length in data.get("ways", ())},
            pinned={pair: tuple(names) for pair, names in data.get("pinned", {}).items()},
            published=_plan(data.get("published", ())),
            **{name: reader(data[name]) for name, reader in optional.items() if name in data},
        )
    except KeyError as missing:
        raise ValueError(f"the rounds problem lacks {missing}") from None
    except (TypeError, AttributeError) as wrong:
        raise ValueError(f"the rounds problem is not understood: {wrong}") from None


def result_to_json(result: Result[Plan, Unserved], walks: Iterable[Walk]) -> str:
    """A result as text: the trips, everybody's timetable in seconds, and why stops are left out."""
    return json.dumps(
        {
            "status": result.status,
            "cost": result.cost,
            "bound": result.bound,
            "seconds": round(result.seconds, 3),
            "seed": result.seed,
            "trips": _trips(result.best or ()),
            "walks": [
                {
                    "pair": walk.pair,
                    "begin": walk.begin,
                    "back": walk.back,
                    "metres": walk.metres,
                    "floors": walk.floors,
                    "trips": [
                        {"store": leg.store, "off": leg.off, "at": [[visit.stop, visit.at] for visit in leg.visits]}
                        for leg in walk.legs
                    ],
                }
                for walk in walks
            ],
            "unserved": [{"stop": gap.stop, "reason": gap.reason, "sentence": str(gap)} for gap in result.unmet],
            "log": [[round(step.seconds, 3), step.cost] for step in result.log],
        },
        ensure_ascii=False,
        indent=1,
    )


def plan_from_json(text: str) -> Plan:
    """The trips of a result. Raises ValueError."""
    data = parsed(text)
    if "trips" not in data:
        raise ValueError("the result lacks 'trips'")
    try:
        return _plan(data["trips"])
    except (KeyError, TypeError) as wrong:
        raise ValueError(f"the trips of the result are not understood: {wrong}") from None


def parsed(text: str) -> Json:
    """The JSON object in a text. Raises ValueError."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as wrong:
        raise ValueError(f"this is not JSON: {wrong}") from None
    if not isinstance(data, dict):
        raise ValueError("this is not a JSON object")
    return data


def _trips(plan: Plan) -> list[Json]:
    return [{"pair": trip.pair, "store": trip.store, "stops": list(trip.stops)} for trip in plan]


def _plan(data: Iterable[Json]) -> Plan:
    return tuple(Trip(item["pair"], item["store"], tuple(item["stops"])) for item in data)


def _plain(value: Any) -> Any:
    """What JSON can hold: sets sorted, dataclasses without fields at their default."""
    if isinstance(value, Store | Stairwell | Stop | Pair | Pace | Prices):
        changed = (field for field in fields(value) if getattr(value, field.name) != _default(field))
        return {field.name: _plain(getattr(value, field.name)) for field in changed}
    if isinstance(value, frozenset):
        return sorted(value)
    return value


def _default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _reader(kind: type[Any]) -> Callable[[Json], Any]:
    return lambda data: _built(kind, data, {})


def _built(kind: type[Any], data: Json, readers: Readers) -> Any:
    """One dataclass from its JSON object, each field by its reader; unknown fields are refused."""
    known = {field.name: field.type for field in fields(kind) if field.init}
    for name, value in data.items():
        label = f"{kind.__name__.lower()} {data.get('id', '')}".strip()
        if name not in known:
            raise ValueError(f"{label} has an unknown field {name!r}")
        if known[name] in _KINDS and not isinstance(value, _KINDS[known[name]]):
            raise ValueError(f"{label} has {name} {value!r}, which is not understood")
    return kind(**{name: readers[name](value) if name in readers else value for name, value in data.items()})


def _point(data: list[float] | None) -> Point | None:
    return None if data is None else Point(*data)


def _window(data: list[int] | None) -> Window | None:
    return None if data is None else Window(*data)
