"""A row of a pasted list as it is stored, and what it would be as a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from redvest.incidents.playbooks.schema import RequestKind
from redvest.needs.importing import Kind, Row
from redvest.needs.importing.doubts import REASONS, Reason

WISHES = frozenset({Kind.ORDER, Kind.REQUEST, Kind.UNREAD})
# Where a playbook knows no such kind: what comes nearest, then whatever it has for the rest.
NEAREST: Mapping[str, Sequence[str]] = {
    "life_danger": ("trapped",),
    "care": ("counselling",),
    "daily_goods": ("water_food",),
    "infant": ("daily_goods", "water_food"),
    "hospital": ("medicine",),
    "repair": ("house",),
    "waste": ("house",),
}


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was read, as it stands in the database."""

    entry: int | None
    estate: str
    building: str
    unit: str
    room: str
    household: int | None
    people: int | None
    items: list[dict[str, Any]]
    kind: str
    need: str | None
    name: str
    phone: str
    note: str
    raw: str
    doubts: list[dict[str, Any]]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Pasted":
        return cls(**stored)

    @property
    def is_wish(self) -> bool:
        """Something that could become a request."""
        return self.kind in WISHES

    @property
    def door(self) -> str:
        """``3-2-1203``, as it is said."""
        return "-".join(part for part in (self.building, self.unit, self.room) if part)

    @property
    def reasons(self) -> list[str]:
        """The doubts as sentences in the reader's language."""
        return [_(REASONS[Reason(doubt["reason"])][0]) % doubt["fields"] for doubt in self.doubts]


def as_json(row: Row) -> dict[str, Any]:
    """What of a row is kept."""
    return {
        "entry": row.entry,
        "estate": row.estate,
        "building": row.building,
        "unit": row.unit,
        "room": row.room,
        "household": row.household,
        "people": row.people,
        "items": [{"name": item.name, "quantity": item.quantity, "unit": item.unit} for item in row.items],
        "kind": str(row.kind),
        "need": str(row.need) if row.need else None,
        "name": row.name,
        "phone": row.phone,
        "note": row.note,
        "raw": row.raw,
        "doubts": [{"reason": str(doubt.reason), "fields": dict(doubt.fields)} for doubt in row.doubts],
    }


def lines_of(read: Pasted) -> str:
    """The words of the request: what was written besides items, else the line itself."""
    return read.note or read.raw


def kind_for(read: Pasted, kinds: Mapping[str, RequestKind]) -> str:
    """The playbook's kind for a row: its own need, what comes nearest, daily goods for orders, else the last resort."""
    wanted = read.need or ("daily_goods" if read.kind == Kind.ORDER else "other")
    for slug in (wanted, *NEAREST.get(wanted, ()), "other"):
        if slug in kinds:
            return slug
    return max(kinds.values(), key=lambda kind: kind.priority).slug
