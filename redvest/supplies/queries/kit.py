"""The register of protective kit: what was handed to whom for which post, and what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from redvest.core import access
from redvest.people.models import Account
from redvest.supplies.models import Item, Leg, Location, Movement
from redvest.supplies.queries.board import SEE

LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class KitLine:
    """One line of the register: a hand-out, or what came of it later."""

    at: datetime
    purpose: str
    item: str
    unit: str
    quantity: int
    person: str
    what: str
    by: str


def kit_register(actor: Account, days: int = 7) -> list[KitLine]:
    """What people of the actor's areas took of protective kit in the last days, the newest first; one query."""
    places = access.scope(actor, SEE, Location.objects.filter(kind=Location.Kind.CUSTODY, trip=None))
    rows = Leg.objects.filter(
        location__in=places,
        batch__item__kind=Item.Kind.PROTECTIVE,
        movement__at__gte=timezone.now() - timedelta(days=days),
    ).select_related("movement__made_by", "location__person", "batch__item")
    return [
        KitLine(
            leg.movement.at,
            leg.movement.purpose or leg.movement.reason,
            leg.batch.item.name,
            leg.batch.item.unit,
            abs(leg.quantity),
            leg.location.person.name if leg.location.person is not None else "",
            str(Movement.Kind(leg.movement.kind).label),
            str(leg.movement.made_by),
        )
        for leg in rows.order_by("-movement__at", "-movement", "batch")[:LIMIT]
    ]
