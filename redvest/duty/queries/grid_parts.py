"""What a roster's grid is made of: days, chips, cells, rows, remarks. Plain data for templates; reads nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from redvest.duty.models import Roster
from redvest.duty.planning.findings import Load
from redvest.incidents.playbooks.schema import Playbook


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
