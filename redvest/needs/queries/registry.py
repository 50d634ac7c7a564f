"""Reads of needs that a screen or a command wants; the actor comes first, and sees only his areas."""

from typing import TYPE_CHECKING

from redvest.needs.importing.doors import Door, DoorBook
from redvest.places import queries as places
from redvest.places.models import Area

if TYPE_CHECKING:
    from redvest.people.models import Account

Level = Area.Level


def door_book(actor: "Account", area: Area) -> DoorBook:
    """The doors of an area that pasted rooms are checked against: two queries, no personal data but the head count."""
    nodes, households = places.door_rows(actor, area)
    return DoorBook.of(_door(nodes, *row) for row in households)


def _door(nodes: dict[int, Area], pk: int, area: int, room: str, people: int) -> Door:
    names = {"estate": "", "building": "", "unit": ""}
    step: Area | None = nodes.get(area)
    while step is not None:
        place = "building" if step.level == Level.GROUP and not names["building"] else str(step.level)
        if place in names:
            names[place] = step.name
        step = nodes.get(step.parent_id or 0)
    return Door.named(pk, names["estate"], names["building"], names["unit"], room, people)
