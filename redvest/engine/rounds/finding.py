"""What the checker finds in a plan: broken rules, priced terms, and why a stop is left out."""

from dataclasses import dataclass
from enum import StrEnum

SENTENCES = {
    "twice": "{stop} is served {found} times.",
    "needs": "{pair} lacks {subject} for {stop}.",
    "store": "{pair} may not load {stop} at {subject}.",
    "grams": "{pair} carries {found} g on trip {trip}; {limit} g are allowed.",
    "parcels": "{pair} carries {found} parcels on trip {trip}; {limit} are allowed.",
    "window": "{pair} reaches {stop} at {found_clock}; it may be reached until {limit_clock}.",
    "store_hours": "{pair} is at {subject} at {found_clock}; it closes at {limit_clock}.",
    "shift": "{pair} is back at {found_clock}; its shift ends at {limit_clock}.",
    "trips": "{pair} makes {found} trips; {limit} are allowed.",
    "empty": "{pair} makes trip {trip} without a stop.",
    "top_first": "{pair} climbs from a lower floor to {stop}; within a stairwell the top floor comes first.",
    "pinned_pair": "{stop} is pinned to {subject} but served by {pair}.",
    "pinned_order": "{stop} comes before a stop that is pinned before it.",
    "walking": "{pair} walks {found} m.",
    "floors": "{pair} climbs {found} floors.",
    "time": "{pair} is {found} s on the way.",
    "over_share": "{pair} is {found} s on the way; its fair share is {limit} s.",
    "new_face": "{pair} is new at {subject}.",
    "late": "{stop} is reached at {found_clock}; it is due at {limit_clock}.",
    "wait": "{stop} waits until {found_clock}.",
    "moved": "{stop} was published for {subject} and goes to {pair}.",
    "reordered": "{pair} serves {found} stops out of the published order.",
    "unserved": "{stop} is left out.",
}
"""One English sentence for each rule and price. A product says them in its own languages, with the same fields."""


class Reason(StrEnum):
    """Why a stop is left out: the first that is true, in this order."""

    NEEDS = "needs"
    STORE = "store"
    HEAVY = "heavy"
    WINDOW = "window"
    SHIFT = "shift"
    FULL = "full"
    PRICE = "price"
    ROOM = "room"

    @property
    def sentence(self) -> str:
        return REASONS[self]


REASONS = {
    Reason.NEEDS: "no pair that may serve it has what it needs",
    Reason.STORE: "no such pair loads where its goods are",
    Reason.HEAVY: "it is more than such a pair carries on one trip",
    Reason.WINDOW: "no such pair can be at the door in its hours, even if it did nothing else",
    Reason.SHIFT: "no such pair would be back before its shift or its store ends, even if it did nothing else",
    Reason.FULL: "nowhere in the rounds is there room for it without dropping another stop",
    Reason.PRICE: "serving it would cost more than leaving it out",
    Reason.ROOM: "there is room for it, and it was left out all the same",
}
"""ROOM is never true of the solver's plans; it is of a plan in which a person left a stop out."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule (`hard`) or a priced term. `found` and `limit` are as measured; `trip` counts from 1."""

    rule: str
    hard: bool
    cost: int
    found: int
    limit: int = 0
    pair: str = ""
    stop: str = ""
    trip: int = 0
    subject: str = ""

    def __str__(self) -> str:
        return SENTENCES[self.rule].format(
            pair=self.pair,
            stop=self.stop,
            trip=self.trip,
            subject=self.subject,
            found=self.found,
            limit=self.limit,
            found_clock=clock(self.found),
            limit_clock=clock(self.limit),
        )


@dataclass(frozen=True, slots=True)
class Unserved:
    """A stop that the plan leaves out, and why."""

    stop: str
    reason: Reason

    def __str__(self) -> str:
        return f"{self.stop} is left out: {self.reason.sentence}."


def clock(seconds: int) -> str:
    """Hours and minutes, as on a watch; beyond a day the hours go on."""
    sign = "-" if seconds < 0 else ""
    minutes = abs(seconds) // 60
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"
