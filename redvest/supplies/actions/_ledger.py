"""The one way into the ledger: lock what is touched, look whether it is there, write a movement with all its legs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import audit, live
from redvest.core.errors import Refused
from redvest.people.models import Account, Person
from redvest.places.models import Area, Household
from redvest.supplies.models import Balance, Batch, Leg, Location, Movement, Reservation, Store

TOPIC = "supplies"
MOST_UNITS = 1_000_000


@dataclass(frozen=True, slots=True)
class Transfer:
    """So much of a batch goes from one location to another."""

    batch: int
    quantity: int
    source: Location
    target: Location


# --- locations --------------------------------------------------------------------------------------------------------


def at_store(store: Store) -> Location:
    """Where the things of a store are."""
    return Location.objects.select_related("area").get_or_create(
        kind=Location.Kind.STORE, store=store, defaults={"area": store.area}
    )[0]


def with_person(person: Person, area: Area) -> Location:
    """What a person carries for an area: he answers for it until it is delivered, brought back or written off."""
    return Location.objects.get_or_create(kind=Location.Kind.CUSTODY, person=person, area=area, trip=None)[0]


def at_door(household: Household) -> Location:
    """What a door has received."""
    return Location.objects.get_or_create(
        kind=Location.Kind.DOOR, household=household, defaults={"area_id": household.area_id}
    )[0]


def at_doors(households: Sequence[Household]) -> dict[int, Location]:
    """The same for many doors, in two statements."""
    keys = [row.pk for row in households]
    Location.objects.bulk_create(
        (Location(kind=Location.Kind.DOOR, household=row, area_id=row.area_id) for row in households),
        ignore_conflicts=True,
    )
    return {row.household_id or 0: row for row in Location.objects.filter(household__in=keys)}


def end(kind: str, area: Area) -> Location:
    """An end of the ledger in an area: suppliers, what is written off, what counting found."""
    return Location.objects.get_or_create(kind=kind, area=area)[0]


# --- locks and free stock ---------------------------------------------------------------------------------------------


def lock(locations: Iterable[Location], batches: Iterable[int]) -> dict[tuple[int, int], Balance]:
    """The balances of these locations and batches, locked in one order, so that nobody waits in a circle."""
    ours = {each.pk for each in locations if each.kind in Location.OURS}
    rows = (
        Balance.objects.filter(location__in=ours, batch__in=set(batches))
        .select_related("batch__item")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    return {(row.location_id, row.batch_id): row for row in rows}


def quantity_of(text: object) -> int:
    """A number of units that can be moved."""
    quantity = int(str(text))
    if not 1 <= quantity <= MOST_UNITS:
        raise Refused(_("Enter how many: a whole number from 1 to 1,000,000."))
    return quantity


def require_free(balances: dict[tuple[int, int], Balance], transfers: Sequence[Transfer]) -> None:
    """Refuse, by name and number, what is not there or is promised to something else."""
    wanted: dict[tuple[int, int], int] = defaultdict(int)
    places: dict[int, Location] = {}
    for transfer in transfers:
        if transfer.source.kind in Location.OURS:
            wanted[transfer.source.pk, transfer.batch] += transfer.quantity
            places[transfer.source.pk] = transfer.source
    for (location, batch), quantity in wanted.items():
        balance = balances.get((location, batch))
        free = balance.free if balance is not None else 0
        if quantity > free:
            raise Refused(_too_little(places[location], batch, balance, quantity), code="too_little")


def _too_little(place: Location, batch: int, balance: Balance | None, wanted: int) -> str:
    item = balance.batch.item if balance is not None else Batch.objects.select_related("item").get(pk=batch).item
    fields = {
        "item": item.name,
        "unit": item.unit,
        "free": balance.free if balance is not None else 0,
        "wanted": wanted,
        "reserved": balance.reserved if balance is not None else 0,
        "place": place_name(place),
    }
    if fields["reserved"]:
        return (
            _(
                "%(place)s has only %(free)s %(unit)s of %(item)s free (%(reserved)s more are reserved),"
                " not %(wanted)s. Take fewer, or release what is reserved."
            )
            % fields
        )
    return (
        _("%(place)s has only %(free)s %(unit)s of %(item)s, not %(wanted)s. Take fewer, or receive more first.")
        % fields
    )


def place_name(place: Location) -> str:
    """A location in the reader's words."""
    if place.kind == Location.Kind.STORE and place.store is not None:
        return place.store.name
    if place.kind == Location.Kind.CUSTODY and place.person is not None:
        return place.person.name
    return str(Location.Kind(place.kind).label)


# --- movements --------------------------------------------------------------------------------------------------------


def happened(at: datetime | None) -> datetime:
    """When it happened: now, or the given time, which must not lie ahead."""
    now = timezone.now()
    if at is not None and at > now:
        raise Refused(_("This time lies ahead. Enter when it really happened."))
    return at or now


def begin(actor: Account, kind: str, area: Area, *, at: datetime | None = None, **fields: Any) -> Movement:
    """A movement that still has to get its legs, in this same transaction."""
    return Movement.objects.create(kind=kind, area=area, made_by_id=actor.pk, at=happened(at), **fields)


def post(
    actor: Account,
    kind: str,
    transfers: Sequence[Transfer],
    *,
    area: Area,
    other_area: Area | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> Movement:
    """Write a movement of what is free, with its entry in the trail. Refused when something is not there."""
    balances = lock(
        [place for each in transfers for place in (each.source, each.target)], [each.batch for each in transfers]
    )
    require_free(balances, transfers)
    other = other_area if other_area is not None and other_area.pk != area.pk else None
    movement = begin(actor, kind, area, at=at, other_area=other, **fields)
    write_legs(movement, transfers)
    record(actor, movement, transfers)
    return movement


def write_legs(movement: Movement, transfers: Sequence[Transfer]) -> None:
    """All legs in one statement, always in the same order."""
    sums: dict[tuple[int, int], int] = defaultdict(int)
    for each in transfers:
        sums[each.source.pk, each.batch] -= each.quantity
        sums[each.target.pk, each.batch] += each.quantity
    Leg.objects.bulk_create(
        Leg(movement=movement, location_id=location, batch_id=batch, quantity=quantity)
        for (location, batch), quantity in sorted(sums.items())
        if quantity
    )


def record(actor: Account, movement: Movement, transfers: Sequence[Transfer]) -> None:
    """The entry in the trail, and the word to the screens of both ends."""
    detail = {"units": sum(each.quantity for each in transfers), "batches": len({each.batch for each in transfers})}
    verb = f"supplies.{movement.kind}"
    audit.record(actor, verb, movement, area_path=movement.area.path, detail=detail)
    for area in (movement.area, movement.other_area):
        if area is not None:
            live.announce(TOPIC, area.path)


# --- reservations -----------------------------------------------------------------------------------------------------


def hold(actor: Account, location: Location, lines: dict[int, int], purpose: str, **fields: Any) -> list[Reservation]:
    """Reserve free stock: {batch: quantity}. The caller has locked the balances and looked whether it is free."""
    return Reservation.objects.bulk_create(
        Reservation(
            location=location,
            batch_id=batch,
            quantity=quantity,
            left=quantity,
            purpose=purpose,
            made_by_id=actor.pk,
            made_at=timezone.now(),
            **fields,
        )
        for batch, quantity in sorted(lines.items())
        if quantity
    )


def take_from(reservation: Reservation, quantity: int, state: str) -> None:
    """So much less is reserved; at nothing left the reservation ends as handed out or released."""
    reservation.left -= quantity
    if not reservation.left:
        reservation.state, reservation.ended_at = state, timezone.now()
    reservation.save(update_fields=["left", "state", "ended_at"])


def next_key(table: str) -> int:
    """The next key of a table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        return int(cursor.fetchone()[0])
