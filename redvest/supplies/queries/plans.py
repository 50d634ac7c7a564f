"""Rows as the rule of a list sees them: the doors of its area, the goods of its store."""

from collections.abc import Sequence

from django.db.models import F
from django.utils import timezone

from redvest.places.models import Area, Household
from redvest.supplies.models import Balance, Distribution
from redvest.supplies.rules import allocation


def portions_of(row: Distribution) -> list[allocation.Portion]:
    """The rule of a list."""
    return [
        allocation.Portion(each.item_id, each.quantity, each.for_people, tuple(each.needs))
        for each in row.portions.order_by("pk")
    ]


def plan_of(row: Distribution, portions: Sequence[allocation.Portion] | None = None) -> allocation.Plan:
    """What the rule would do now; two queries beyond the rule itself."""
    rule = list(portions if portions is not None else portions_of(row))
    return allocation.allocate(doors(row.area), rule, lots(row, {portion.item for portion in rule}))


def doors(area: Area) -> list[allocation.Door]:
    """The doors of an area. The path of an area orders buildings and units as they were entered."""
    rows = Household.objects.filter(area__path__startswith=area.path).values_list(
        "pk", "people", "needs", "floor", "room", "area__path", "area__order", "area__parent__order"
    )
    return [
        allocation.Door(pk, people, tuple(needs), (*_keys(path)[:-1], above or 0, order), floor or 0, room)
        for pk, people, needs, floor, room, path, order, above in rows
    ]


def _keys(path: str) -> tuple[int, ...]:
    return tuple(int(key) for key in path.strip("/").split("/"))


def lots(row: Distribution, items: set[int]) -> list[allocation.Lot]:
    """Free goods of the list's store that have not expired, what expires first first."""
    today = timezone.localdate()
    held = Balance.objects.filter(location__store=row.store_id, batch__item__in=items, quantity__gt=F("reserved"))
    found = held.exclude(batch__expires_on__lt=today).order_by(F("batch__expires_on").asc(nulls_last=True), "batch")
    return [
        allocation.Lot(batch, item, quantity - reserved)
        for batch, item, quantity, reserved in found.values_list("batch", "batch__item", "quantity", "reserved")
    ]


def buildings(row: Distribution) -> dict[int, int]:
    """For each door of the list's area the building (or group, or estate) whose sheet it stands on."""
    rows = Household.objects.filter(area__path__startswith=row.area.path).values_list(
        "pk", "area", "area__level", "area__parent"
    )
    return {pk: parent if level == Area.Level.UNIT and parent else area for pk, area, level, parent in rows}
