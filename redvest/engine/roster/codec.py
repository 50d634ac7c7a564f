"""Roster problems and results as JSON, the format of the command line and of the benchmarks. See docs/engine.md."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

from redvest.engine.result import Result
from redvest.engine.roster.problem import (
    Assignment,
    Duty,
    Person,
    Point,
    Problem,
    Roster,
    Shift,
    SkillNeed,
    Stay,
    Window,
)
from redvest.engine.roster.rules import Prices, Rule, Rules
from redvest.engine.roster.violation import Violation

FORMAT = "redvest-roster-1"
Json = dict[str, Any]


def to_json(problem: Problem) -> str:
    """The problem as text; the same problem gives the same text. Fields at their default are left out, rules never."""
    return json.dumps(
        {
            "format": FORMAT,
            "start": problem.start,
            "span": problem.span,
            "rules": {field.name: _plain(getattr(problem.rules, field.name)) for field in fields(problem.rules)},
            "prices": {field.name: _plain(getattr(problem.prices, field.name)) for field in fields(problem.prices)},
            "people": [_plain(person) for person in problem.people],
            "shifts": [_plain(shift) for shift in problem.shifts],
            "pinned": sorted(problem.pinned),
            "published": sorted(problem.published),
        },
        ensure_ascii=False,
        indent=1,
    )


def from_json(text: str) -> Problem:
    """Reads what `to_json` wrote, or a person: rules and prices left out have their defaults. Raises ValueError."""
    data = _parsed(text)
    if data.get("format") != FORMAT:
        raise ValueError(f"this is not a roster problem: its format is {data.get('format')!r}, not {FORMAT!r}")
    try:
        return Problem(
            start=data["start"],
            people=tuple(_person(item) for item in data["people"]),
            shifts=tuple(_shift(item) for item in data["shifts"]),
            rules=_rules(data.get("rules", {})),
            prices=_built(Prices, data.get("prices", {}), {"fairness_steps": tuple}),
            pinned=_roster(data.get("pinned", ())),
            published=_roster(data.get("published", ())),
            span=tuple(data["span"]) if data.get("span") else None,
        )
    except KeyError as missing:
        raise ValueError(f"the roster problem lacks {missing}") from None
    except TypeError as wrong:
        raise ValueError(f"the roster problem is not understood: {wrong}") from None


def result_to_json(result: Result[Roster, Violation]) -> str:
    """A result as text: numbers, assignments as [person, shift], gaps as sentences."""
    return json.dumps(
        {
            "status": result.status,
            "cost": result.cost,
            "bound": result.bound,
            "gap": result.gap,
            "seconds": round(result.seconds, 3),
            "seed": result.seed,
            "assignments": sorted(result.best or ()),
            "unmet": [str(gap) for gap in result.unmet],
            "log": [[round(step.seconds, 3), step.cost, step.bound] for step in result.log],
        },
        ensure_ascii=False,
        indent=1,
    )


def roster_from_json(text: str) -> Roster:
    """The assignments of a result. Raises ValueError."""
    data = _parsed(text)
    if "assignments" not in data:
        raise ValueError("the result lacks 'assignments'")
    return _roster(data["assignments"])


def _parsed(text: str) -> Json:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as wrong:
        raise ValueError(f"this is not JSON: {wrong}") from None
    if not isinstance(data, dict):
        raise ValueError("this is not a JSON object")
    return data


def _plain(value: Any) -> Any:
    """What JSON can hold: sets sorted, dataclasses without fields at their default."""
    if isinstance(value, Rule):
        return {"value": value.value, "severity": value.severity, "price": value.price, "source": value.source}
    if isinstance(value, Person | Shift | Duty):
        changed = (field for field in fields(value) if getattr(value, field.name) != _default(field))
        return {field.name: _plain(getattr(value, field.name)) for field in changed}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(sorted(value.items()))
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return [_plain(item) for item in value]
    return value


def _default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _built(kind: type[Any], data: Json, readers: Mapping[str, Callable[[Any], Any]]) -> Any:
    """One dataclass from its JSON object, each field by its reader; unknown fields are refused."""
    known = {field.name for field in fields(kind) if field.init}
    for name in data:
        if name not in known:
            raise ValueError(f"{kind.__name__.lower()} {data.get('id', '')} has an unknown field {name!r}")
    return kind(**{name: readers[name](value) if name in readers else value for name, value in data.items()})


def _person(data: Json) -> Any:
    return _built(
        Person,
        data,
        {
            "skills": frozenset,
            "days_off": frozenset,
            "knows": frozenset,
            "available": lambda windows: None if windows is None else tuple(Window(*window) for window in windows),
            "stays": lambda stays: tuple(Stay(*stay) for stay in stays),
            "fixed": lambda duties: tuple(_built(Duty, duty, {}) for duty in duties),
            "home": _point,
        },
    )


def _shift(data: Json) -> Any:
    return _built(Shift, data, {"skills": lambda needs: tuple(SkillNeed(*need) for need in needs), "location": _point})


def _point(data: list[float] | None) -> Point | None:
    return None if data is None else Point(*data)


def _rules(data: Json) -> Rules:
    """The default rules with what the data change: `{"rest": {"value": 600}, "night_start": 1380}`."""
    plain = {name: value for name, value in data.items() if not isinstance(value, dict)}
    rules: Rules = _built(Rules, plain, {})
    for name, changes in data.items():
        if isinstance(changes, dict):
            rules = rules.changed(name, **changes)
    return rules


def _roster(cells: Iterable[Any]) -> Roster:
    return frozenset(Assignment(*cell) for cell in cells)
