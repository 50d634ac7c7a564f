"""What the reader of pasted text hands out: rows, the lines kept beside them, and what the whole text is."""

from dataclasses import dataclass

from redvest.needs.importing.doubts import Doubt
from redvest.needs.importing.menu import Menu
from redvest.needs.importing.numerals import Number
from redvest.needs.importing.vocabulary import Kind, ListKind, Need, Role


@dataclass(frozen=True, slots=True)
class Item:
    """One thing and how much of it; ``quantity`` is None where nothing was said."""

    name: str
    quantity: Number | None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as it was understood. ``start`` and ``end`` are its place in the pasted text."""

    id: str
    entry: int | None
    estate: str
    building: str
    unit: str
    room: str
    people: int | None
    items: tuple[Item, ...]
    kind: Kind
    need: Need | None
    name: str
    phone: str
    note: str
    confidence: float
    doubts: tuple[Doubt, ...]
    raw: str
    start: int
    end: int
    household: int | None = None  # the key of the registry's household, when the text was checked against one


@dataclass(frozen=True, slots=True)
class Kept:
    """Text that is no entry, and why."""

    role: Role
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Intake:
    """The whole paste: every character that is not blank lies in a row or in a kept piece."""

    kind: ListKind
    rows: tuple[Row, ...]
    kept: tuple[Kept, ...]
    menu: Menu
