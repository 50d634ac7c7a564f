"""What a roster's grid is made of: days, chips, cells, rows, remarks. Plain data for templates; reads nothing."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import pgettext_lazy

from redvest.duty.models import Roster
from redvest.duty.planning.findings import Load
from redvest.incidents.playbooks.schema import Playbook

WEEKDAYS = [
    pgettext_lazy("short weekday", "Mon"),
    pgettext_lazy("short weekday", "Tue"),
    pgettext_lazy("short weekday", "Wed"),
    pgettext_lazy("short weekday", "Thu"),
    pgettext_lazy("short weekday", "Fri"),
    pgettext_lazy("short weekday", "Sat"),
    pgettext_lazy("short weekday", "Sun"),
]
NIGHT_WORKED = timedelta(hours=3)
WEIGHT = ["", "info", "late", "short"]


@dataclass(frozen=True, slots=True)
class Day:
    """A column: a duty day, how many heads it lacks, and whether it lies behind us."""

    date: date
    index: int
    is_today: bool
    is_weekend: bool
    have: int
    wanted: int
    short: int  # heads below the minimum
    name: str  # "Sat 21"
    month: str  # said once, at the first day and where a month begins


@dataclass(slots=True)
class Chip:
    """A person on a shift, as both views show it."""

    shift: int
    person: int
    title: str  # the post, or the person
    time: str
    kind: str  # css class of the post kind
    words: str  # everything, for the tooltip and for screen readers
    is_night: bool
    is_standby: bool
    is_pinned: bool
    is_locked: bool
    is_new: bool
    tone: str = ""
    says: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a row meets a day."""

    day: Day
    chips: list[Chip]
    is_away: bool = False
    lacks: int = 0
    spare: int = 0
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A person's days, with what they add up to."""

    person: int
    name: str
    group: str
    load: Load
    cells: list[Cell]
    tone: str
    says: list[str]
    search: str

    @property
    def hours(self) -> int:
        """Whole hours of service, for a narrow column."""
        return round(self.load.minutes / 60)


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that belong together: the people of a community, or the turns of a post."""

    key: str
    name: str
    rows: list[Any]
    note: str = ""


@dataclass(frozen=True, slots=True)
class TurnRow:
    """A turn of a post through the days: who stands there."""

    name: str
    time: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Remark:
    """A line of the list beside the grid."""

    tone: str
    label: str
    text: str
    reasons: str
    person: int | None
    shift: int | None
    day: int | None


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything the roster page shows."""

    roster: Roster
    book: Playbook
    days: list[Day]
    blocks: list[Block]
    remarks: list[Remark]
    kinds: list[tuple[str, str]]
    counts: Mapping[str, int]
    costs: list[tuple[str, int]]
    is_draft: bool
    is_solving: bool
    may_plan: bool
    may_publish: bool
    can_undo: bool
    view: str


class Lazily(Mapping[int, str]):
    """Names by key, each made when somebody asks for it: most are never asked for."""

    def __init__(self, keys: Collection[int], make: Callable[[int], str]) -> None:
        self.keys_there = keys
        self.make = make

    def __getitem__(self, key: int) -> str:
        return self.make(key)

    def __iter__(self) -> Iterator[int]:
        return iter(self.keys_there)

    def __len__(self) -> int:
        return len(self.keys_there)

    def __contains__(self, key: object) -> bool:
        return key in self.keys_there


def worse(tone: str, other: str) -> str:
    """The graver of two tones."""
    return max(tone, other, key=WEIGHT.index)


def is_night(starts: datetime, ends: datetime) -> bool:
    """Three hours or more between 22:00 and 06:00 local time."""
    evening = starts.replace(hour=22, minute=0)
    nights = (evening - timedelta(days=1), evening)
    return any(min(ends, night + timedelta(hours=8)) - max(starts, night) >= NIGHT_WORKED for night in nights)
