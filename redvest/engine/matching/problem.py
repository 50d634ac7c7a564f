"""The deployment problem: helpers to be sent to communities that lack people. Frozen data, no decisions."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from redvest.engine.roster.problem import Point, SkillNeed


@dataclass(frozen=True, slots=True)
class Helper:
    """Someone who said yes. `places` None means anywhere; otherwise only where he agreed to go."""

    id: str
    home: Point | None = None
    skills: frozenset[str] = frozenset()
    places: frozenset[str] | None = None
    max_distance: int | None = None  # metres


@dataclass(frozen=True, slots=True)
class Place:
    """A community that lacks people: below `minimum` it cannot keep its posts, `wanted` is the aim."""

    id: str
    minimum: int = 0
    wanted: int = 1
    maximum: int = 1
    skills: tuple[SkillNeed, ...] = ()
    location: Point | None = None
    priority: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.minimum <= self.wanted <= self.maximum:
            raise ValueError(f"place {self.id} needs 0 <= minimum <= wanted <= maximum heads")
        if self.priority < 1:
            raise ValueError(f"place {self.id} has a priority below 1")


@dataclass(frozen=True, slots=True)
class Weights:
    """What a deployment pays for: shortage first, then skills, then pairs kept together, then the way."""

    under_minimum: int = 10_000
    under_wanted: int = 1_000
    under_skill: int = 500
    pair_apart: int = 300
    kilometre: int = 10

    def __post_init__(self) -> None:
        if self.under_minimum < self.under_wanted:
            raise ValueError("a head below the minimum must cost at least as much as one below wanted")


@dataclass(frozen=True, slots=True)
class Deployment:
    """Who can be sent, where people are wanted, which helpers serve as pairs, and what is already decided."""

    helpers: tuple[Helper, ...]
    places: tuple[Place, ...]
    pairs: tuple[tuple[str, str], ...] = ()
    pinned: frozenset[tuple[str, str]] = frozenset()  # (helper, place)
    weights: Weights = field(default_factory=Weights)

    def __post_init__(self) -> None:
        helpers = _unique("helper", (helper.id for helper in self.helpers))
        places = _unique("place", (place.id for place in self.places))
        for pair in self.pairs:
            if not set(pair) <= helpers or pair[0] == pair[1]:
                raise ValueError(f"pair {pair[0]} and {pair[1]} are not two helpers")
        for helper, place in self.pinned:
            if helper not in helpers or place not in places:
                raise ValueError(f"pinned {helper} at {place} names someone or something unknown")
        if len({helper for helper, _ in self.pinned}) < len(self.pinned):
            raise ValueError("a helper is pinned to two places")


Sending = dict[str, str]
"""Helper to place; who is not in it stays in reserve."""


def _unique(kind: str, names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        if name in found:
            raise ValueError(f"there are two of {kind} {name}")
        found.add(name)
    return found
