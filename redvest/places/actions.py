"""Every write to places: areas, households, and the recorded look at a household's personal fields."""

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from redvest.core import access, audit, live
from redvest.core.errors import Refused
from redvest.places import rules
from redvest.places.models import Area, Household

if TYPE_CHECKING:
    from redvest.people.models import Account

AREA_FIELDS = (
    "name",
    "full_name",
    "code",
    "address",
    "latitude",
    "longitude",
    "floors",
    "has_lift",
    "contact_name",
    "contact_phone",
)
HOUSEHOLD_FIELDS = ("room", "floor", "people", "needs", "contact_name", "contact_phone", "note")


@transaction.atomic
def add_area(actor: "Account", *, parent: int, level: str, name: str, **fields: Any) -> Area:
    """A new node below ``parent``: an estate, a building, a unit."""
    above = access.fetch(actor, "places.edit", Area.objects.select_for_update(of=("self",)), pk=parent)
    if level not in rules.BELOW[above.level]:
        raise Refused(_("This kind of place cannot lie here. Choose another kind, or another place above it."))
    if Area.objects.filter(parent=above, name=name, level=level).exists():
        raise Refused(_("There is already a place of this name here. Open that one, or choose another name."))
    key = next_keys(1)[0]
    area = Area(
        pk=key,
        parent=above,
        path=f"{above.path}{key}/",
        depth=above.depth + 1,
        level=level,
        name=name,
        order=Area.objects.filter(parent=above).count(),
        **_known(fields, AREA_FIELDS),
    )
    _save(area)
    audit.record(actor, "places.area_added", area, area_path=area.path, detail={"name": name, "level": level})
    live.announce("places", area.path)
    return area


@transaction.atomic
def edit_area(actor: "Account", pk: int, **fields: Any) -> Area:
    """Change names, coordinates, floors, contact. Moving a node is not possible: its path is its identity."""
    area = access.fetch(actor, "places.edit", Area.objects.select_for_update(of=("self",)), pk=pk)
    changed = _assign(area, fields, AREA_FIELDS)
    if area.level in rules.OFFICIAL and {"code", "full_name"} & changed.keys():
        access.require(actor, "places.import_areas", area)
    _save(area)
    audit.record(actor, "places.area_edited", area, area_path=area.path, detail={"fields": sorted(changed)})
    live.announce("places", area.path)
    return area


@transaction.atomic
def remove_area(actor: "Account", pk: int) -> None:
    """Delete a node that nothing hangs from. Official areas go only with their import."""
    area = access.fetch(actor, "places.edit", Area.objects.select_for_update(of=("self",)), pk=pk)
    if area.level in rules.OFFICIAL:
        raise Refused(_("Official areas are not removed one by one. An administrator undoes their import."))
    name, path, key = area.name, area.path, area.pk
    try:
        area.delete()
    except ProtectedError as error:
        raise Refused(
            _("Something still belongs to this place: households, places below it or people. Remove them first.")
        ) from error
    area.pk = key
    audit.record(actor, "places.area_removed", area, area_path=path, detail={"name": name})
    live.announce("places", path)


@transaction.atomic
def add_household(actor: "Account", *, area: int, **fields: Any) -> Household:
    """A new door."""
    node = access.fetch(actor, "places.edit", Area.objects.all(), pk=area)
    if node.level not in rules.WITH_DOORS:
        raise Refused(_("Households belong to a building or a stairwell unit. Open one and add the household there."))
    row = Household(area=node, **_known(fields, HOUSEHOLD_FIELDS))
    _save_door(row)
    audit.record(actor, "places.household_added", row, area_path=node.path, detail={"room": row.room})
    live.announce("places", node.path)
    return row


@transaction.atomic
def edit_household(actor: "Account", pk: int, **fields: Any) -> Household:
    """Change a door: its people, needs, contact."""
    rows = Household.objects.select_related("area").select_for_update(of=("self",))
    row = access.fetch(actor, "places.edit", rows, pk=pk)
    changed = _assign(row, fields, HOUSEHOLD_FIELDS)
    _save_door(row)
    audit.record(actor, "places.household_edited", row, area_path=row.area.path, detail={"fields": sorted(changed)})
    live.announce("places", row.area.path)
    return row


@transaction.atomic
def remove_household(actor: "Account", pk: int) -> None:
    """Delete a door, with what was known about it."""
    rows = Household.objects.select_related("area").select_for_update(of=("self",))
    row = access.fetch(actor, "places.edit", rows, pk=pk)
    key = row.pk
    try:
        row.delete()
    except ProtectedError as error:
        raise Refused(
            _("Something is on record for this door, such as a request. Set its number of people to 0 instead.")
        ) from error
    row.pk = key
    audit.record(actor, "places.household_removed", row, area_path=row.area.path, detail={"room": row.room})
    live.announce("places", row.area.path)


@transaction.atomic
def reveal_household(actor: "Account", pk: int, *, purpose: str) -> Household:
    """The household with name and phone in clear, for the stated purpose; who looked and why is recorded."""
    rows = Household.objects.select_related("area", "area__parent")
    row = access.fetch(actor, "places.reveal_household", rows, pk=pk)
    purpose = purpose.strip()
    if not purpose:
        raise Refused(_("Say why you need this phone number; the reason is recorded. Then it is shown."))
    audit.viewed(actor, row, ("contact_name", "contact_phone"), purpose[:200], area_path=row.area.path)
    return row


def next_keys(count: int) -> list[int]:
    """Keys from the areas' own sequence: a path holds the key, so it must be known before the insert."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('places_area', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [int(row[0]) for row in cursor.fetchall()]


def _known(fields: dict[str, Any], allowed: tuple[str, ...]) -> dict[str, Any]:
    unknown = fields.keys() - set(allowed)
    if unknown:
        raise TypeError(f"These are no fields of this action: {', '.join(sorted(unknown))}.")
    return fields


def _assign(row: Area | Household, fields: dict[str, Any], allowed: tuple[str, ...]) -> dict[str, Any]:
    changed = {key: value for key, value in _known(fields, allowed).items() if getattr(row, key) != value}
    for key, value in changed.items():
        setattr(row, key, value)
    return changed


def _save(area: Area) -> None:
    if (area.latitude is None) != (area.longitude is None):
        raise Refused(_("Coordinates come in pairs: enter both latitude and longitude, or neither."))
    try:
        with transaction.atomic():
            area.save()
    except IntegrityError as error:
        raise Refused(_("This code already belongs to another area. Check the code.")) from error


def _save_door(row: Household) -> None:
    if not row.room:
        raise Refused(_("A household needs its room number. Enter it."))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(_("This door is already in the list. Open that entry and change it.")) from error
