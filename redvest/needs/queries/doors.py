"""Find a household as it is said on the phone: ``3-2-1203``, ``3栋1203``, a surname, the end of a number."""

import re
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from redvest.core import access, masking
from redvest.people.models import Account
from redvest.places import rules
from redvest.places.models import Area, Household, NeedFlag

MOST = 12
LONGEST_UNIT = 2  # digits of a stairwell unit; a room has more
_PARTS = re.compile(r"[0-9A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Door:
    """A household to choose from: enough to be sure whom one means."""

    pk: int
    area: int
    place: str
    room: str
    contact: str
    people: int
    needs: list[str]


def find_doors(actor: Account, text: str, *, action: str = "needs.enter", limit: int = MOST) -> list[Door]:
    """Households in the actor's areas that fit what was typed; two queries at the most."""
    text = text.strip()
    if len(text) < 2:
        return []
    rows = access.scope(actor, action, Household.objects.select_related("area__parent__parent"))
    found = _by_number(rows, text) if _PARTS.search(text) else rows.filter(contact_name__startswith=text)
    return [_door(row) for row in found.order_by("area__path", "floor", "room")[:limit]]


def door(actor: Account, pk: int, *, action: str = "needs.enter") -> Door:
    """One household, or a 404."""
    return _door(access.fetch(actor, action, Household.objects.select_related("area__parent__parent"), pk=pk))


def _by_number(rows: QuerySet[Household], text: str) -> QuerySet[Household]:
    """Building, unit and room by their numbers; one number alone is a room, or the end of a telephone number."""
    parts = _PARTS.findall(text)
    room = parts[-1].upper()
    if len(parts) == 1:
        which = Q(room=room)
        if room.isdigit() and len(room) >= 4:
            which |= Q(contact_phone__endswith=room)
        return rows.filter(which)
    building = rules.building_name(parts[0])
    unit = Q(area__level=Area.Level.UNIT, area__parent__name=building)
    named = rules.unit_name(parts[1])
    if len(parts) > 2:
        return rows.filter(unit, area__name=named, room__startswith=room)
    if len(room) <= LONGEST_UNIT and rows.filter(unit, area__name=named).exists():
        return rows.filter(unit, area__name=named)  # the room is still being typed
    return rows.filter(unit | Q(area__level=Area.Level.BUILDING, area__name=building), room__startswith=room)


def _door(row: Household) -> Door:
    names, node = [row.area.name], row.area
    while node.parent is not None and node.level in (Area.Level.UNIT, Area.Level.BUILDING):
        node = node.parent
        names.insert(0, node.name)
    return Door(
        pk=row.pk,
        area=row.area_id,
        place=" ".join([names[0], "".join(names[1:])]).strip(),
        room=row.room,
        contact=masking.name(row.contact_name),
        people=row.people,
        needs=[str(NeedFlag(need).label) for need in row.needs],
    )
