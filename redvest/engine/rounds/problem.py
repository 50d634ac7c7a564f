"""The rounds problem: doors to be served, pairs on duty who serve them on foot. Frozen data and plain facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeVar

from redvest.engine.roster.problem import Point as Point
from redvest.engine.roster.problem import metres
from redvest.engine.rounds.prices import CLASSES, Pace, Prices

HOUR = 3600
DAY = 24 * HOUR


class Window(NamedTuple):
    """Seconds from 00:00 of the start date; both ends included."""

    start: int
    end: int


ALWAYS = Window(0, 2 * DAY)
WAKING = Window(7 * HOUR, 22 * HOUR)
"""Nobody is woken: the hours of doors that have none of their own."""


class Trip(NamedTuple):
    """From a store, where its goods are loaded, to doors in this order. The next trip of the pair begins where this
    one ends; after its last trip a pair goes back to its first store."""

    pair: str
    store: str
    stops: tuple[str, ...]


Plan = tuple[Trip, ...]
"""The trips of all pairs; those of one pair in the order in which they are walked. Together they are its round."""


@dataclass(frozen=True, slots=True)
class Store:
    """Where goods are loaded. Pairs may arrive and load only while it is open."""

    id: str
    location: Point | None = None
    open: Window = ALWAYS
    load_seconds: int = 300

    def __post_init__(self) -> None:
        _check_window(f"store {self.id}", self.open)
        if self.load_seconds < 0:
            raise ValueError(f"store {self.id} loads in negative time")


@dataclass(frozen=True, slots=True)
class Stairwell:
    """One entrance of a building: doors behind it are reached by the same stairs or lift."""

    id: str
    building: str
    location: Point | None = None
    lift: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """A door to be served: `grams` and `parcels` are carried to it, or from it. Floor 1 is the ground floor.

    `window` bounds the minute at which the door is reached (None: the hours of the problem's `doors`); `due` is when
    lateness begins to cost. `price` None: the price of leaving it out is that of its class.
    """

    id: str
    stairwell: str
    floor: int = 1
    room: str = ""
    grams: int = 0
    parcels: int = 1
    seconds: int = 120
    window: Window | None = None
    due: int | None = None
    priority: int = 3
    needs: frozenset[str] = frozenset()  # skills and equipment, e.g. a cold box
    store: str | None = None  # where its goods are; None: any store has them
    price: int | None = None

    def __post_init__(self) -> None:
        if self.floor < 1:
            raise ValueError(f"stop {self.id} is on floor {self.floor}; the ground floor is 1")
        if not 1 <= self.priority <= CLASSES:
            raise ValueError(f"stop {self.id} has priority {self.priority}, not 1 to {CLASSES}")
        for name in ("grams", "parcels", "seconds"):
            if getattr(self, name) < 0:
                raise ValueError(f"stop {self.id} has negative {name}")
        if self.window is not None:
            _check_window(f"stop {self.id}", self.window)
        if self.price is not None and self.price < 0:
            raise ValueError(f"stop {self.id} has a negative price")


@dataclass(frozen=True, slots=True)
class Pair:
    """People who walk together, from `start` (ready at their first store) to `end` (back there)."""

    id: str
    stores: tuple[str, ...]
    start: int
    end: int
    grams: int = 40_000  # carried on one trip
    parcels: int = 20
    trips: int = 8
    has: frozenset[str] = frozenset()
    knows: frozenset[str] = frozenset()  # buildings where they are known faces
    fair: int | None = None  # seconds on the way that are its fair share; None: not looked at

    def __post_init__(self) -> None:
        if not self.stores:
            raise ValueError(f"pair {self.id} has no store to load at")
        if len(set(self.stores)) < len(self.stores):
            raise ValueError(f"pair {self.id} names a store twice")
        if self.end <= self.start:
            raise ValueError(f"pair {self.id} ends before it starts")
        for name in ("grams", "parcels"):
            if getattr(self, name) < 0:
                raise ValueError(f"pair {self.id} carries negative {name}")
        if self.trips < 1:
            raise ValueError(f"pair {self.id} may make no trip")


Named = TypeVar("Named", Store, Stairwell, Stop, Pair)


@dataclass(frozen=True, slots=True)
class Problem:
    """A whole rounds problem. Times are seconds from 00:00 local time of the date `start`.

    `ways` are metres on foot between places (stores and stairwells), in both directions unless both are given; where
    none is given, the straight line with `pace.detour`. `pinned` names, for a pair, stops that nobody else may serve,
    in the order in which they must come. `published` is what people were told; changing it has prices. It may name
    pairs that are no longer on duty and stops that are no longer wanted; those count for nothing.
    """

    start: str
    stores: tuple[Store, ...]
    stairwells: tuple[Stairwell, ...]
    stops: tuple[Stop, ...]
    pairs: tuple[Pair, ...]
    now: int = 0
    doors: Window = WAKING
    pace: Pace = field(default_factory=Pace)
    prices: Prices = field(default_factory=Prices)
    ways: Mapping[tuple[str, str], int] = field(default_factory=dict)
    pinned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    published: Plan = ()
    store_of: dict[str, Store] = field(init=False, repr=False, compare=False)
    stairwell_of: dict[str, Stairwell] = field(init=False, repr=False, compare=False)
    stop_of: dict[str, Stop] = field(init=False, repr=False, compare=False)
    pair_of: dict[str, Pair] = field(init=False, repr=False, compare=False)
    lengths: dict[tuple[str, str], int] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        try:
            date.fromisoformat(self.start)
        except ValueError:
            raise ValueError(f"start {self.start!r} is not a date like 2026-03-02") from None
        object.__setattr__(self, "store_of", _by_id("store", self.stores))
        object.__setattr__(self, "stairwell_of", _by_id("stairwell", self.stairwells))
        object.__setattr__(self, "stop_of", _by_id("stop", self.stops))
        object.__setattr__(self, "pair_of", _by_id("pair", self.pairs))
        _check_window("doors", self.doors)
        self._check_names()
        self._check_ways()
        self._check_decided()

    def _check_names(self) -> None:
        for name in self.stairwell_of:
            if name in self.store_of:
                raise ValueError(f"{name} is a store and a stairwell")
        for stop in self.stops:
            if stop.stairwell not in self.stairwell_of:
                raise ValueError(f"stop {stop.id} is in the unknown stairwell {stop.stairwell}")
            if stop.store is not None and stop.store not in self.store_of:
                raise ValueError(f"stop {stop.id} has its goods in the unknown store {stop.store}")
        for pair in self.pairs:
            for store in pair.stores:
                if store not in self.store_of:
                    raise ValueError(f"pair {pair.id} loads at the unknown store {store}")

    def _check_ways(self) -> None:
        for (here, there), length in self.ways.items():
            for place in (here, there):
                if place not in self.store_of and place not in self.stairwell_of:
                    raise ValueError(f"the way from {here} to {there} names the unknown place {place}")
            if length < 0:
                raise ValueError(f"the way from {here} to {there} has a negative length")

    def _check_decided(self) -> None:
        seen: set[str] = set()
        for pair, stops in self.pinned.items():
            if pair not in self.pair_of:
                raise ValueError(f"stops are pinned to the unknown pair {pair}")
            for stop in stops:
                if stop not in self.stop_of:
                    raise ValueError(f"the unknown stop {stop} is pinned to {pair}")
                if stop in seen:
                    raise ValueError(f"stop {stop} is pinned twice")
                seen.add(stop)
        told = [stop for trip in self.published for stop in trip.stops]
        if len(set(told)) < len(told):
            raise ValueError("the published plan serves a stop twice")

    def window_of(self, stop: Stop) -> Window:
        """When the door may be knocked at."""
        return self.doors if stop.window is None else stop.window

    def price_of(self, stop: Stop) -> int:
        """What leaving it out costs."""
        return self.prices.unserved[stop.priority - 1] if stop.price is None else stop.price

    def metres(self, here: str, there: str) -> int:
        """The way on foot between two places, 0 from a place to itself."""
        known = self.lengths.get((here, there))
        if known is None:
            known = self.lengths[here, there] = 0 if here == there else self._length(here, there)
        return known

    def _length(self, here: str, there: str) -> int:
        given = self.ways.get((here, there))
        if given is None:
            given = self.ways.get((there, here))
        if given is not None:
            return given
        return max(self.pace.doorstep, metres(self._point(here), self._point(there)) * self.pace.detour // 100)

    def _point(self, place: str) -> Point | None:
        store = self.store_of.get(place)
        return self.stairwell_of[place].location if store is None else store.location


def _check_window(label: str, window: Window) -> None:
    if window.end < window.start:
        raise ValueError(f"{label}: its hours end before they start")


def _by_id(kind: str, things: Iterable[Named]) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for thing in things:
        if thing.id in found:
            raise ValueError(f"there are two of {kind} {thing.id}")
        found[thing.id] = thing
    return found
