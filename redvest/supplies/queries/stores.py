"""Reads of stores and movements: what lies on which shelf, now or at any past time, and what happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from redvest.core import access
from redvest.people.models import Account, Person
from redvest.places.models import Area
from redvest.supplies.models import Balance, Batch, Item, Leg, Location, Movement, Photo, Reservation, Store
from redvest.supplies.queries.board import SEE, times_of
from redvest.supplies.rules import attention

KEEP = "supplies.keep"


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch on a shelf."""

    batch: Batch
    quantity: int
    reserved: int
    expiry: attention.Expiry

    @property
    def free(self) -> int:
        return self.quantity - self.reserved


@dataclass(slots=True)
class Shelf:
    """An item in a store, with its batches, the one that expires first first."""

    item: Item
    batches: list[BatchLine] = field(default_factory=list)

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.batches)

    @property
    def reserved(self) -> int:
        return sum(line.reserved for line in self.batches)

    @property
    def free(self) -> int:
        return self.quantity - self.reserved


@dataclass(frozen=True, slots=True)
class Flow:
    """A line of a movement in words: so much of what, from where to where."""

    item: str
    unit: str
    quantity: int
    source: str
    target: str
    batch_id: int


@dataclass(frozen=True, slots=True)
class MovementLine:
    """A movement as a list shows it."""

    movement: Movement
    flows: list[Flow]
    is_corrected: bool


def stores(actor: Account, action: str = SEE) -> QuerySet[Store]:
    """The stores that the actor may see, or in which he may do ``action``."""
    return access.scope(actor, action, Store.objects.select_related("area")).order_by("area__path", "name")


def store(actor: Account, pk: int, action: str = SEE) -> Store:
    """One store, or a 404."""
    return access.fetch(actor, action, Store.objects.select_related("area", "location"), pk=pk)


def places_for_stores(actor: Account) -> list[Area]:
    """Where the actor may open a store."""
    levels = (
        Area.Level.DISTRICT,
        Area.Level.STREET,
        Area.Level.COMMUNITY,
        Area.Level.VILLAGE,
        Area.Level.GRID,
        Area.Level.GROUP,
        Area.Level.ESTATE,
    )
    return list(access.scope(actor, KEEP, Area.objects.filter(level__in=levels)).order_by("path"))


def may(actor: Account, action: str, area: Area) -> bool:
    """Whether a button is shown; the action asks again."""
    return access.can(actor, action, area)


def shelves(actor: Account, row: Store, at: datetime | None = None) -> list[Shelf]:
    """What lies in a store; with ``at``, what lay there at that time according to what is known today."""
    times, today = times_of(actor, row.area), timezone.localdate(at)
    found: dict[int, Shelf] = {}
    for batch, quantity, reserved in _contents(row, at):
        shelf = found.setdefault(batch.item_id, Shelf(batch.item))
        expiry = attention.expiry(batch.expires_on, today, times)
        shelf.batches.append(BatchLine(batch, quantity, reserved, expiry))
    for shelf in found.values():
        shelf.batches.sort(key=lambda line: (line.batch.expires_on is None, line.batch.expires_on, line.batch.pk))
    return sorted(found.values(), key=lambda shelf: shelf.item.name)


def _contents(row: Store, at: datetime | None) -> list[tuple[Batch, int, int]]:
    if at is None:
        held = Balance.objects.filter(location=row.location, quantity__gt=0).select_related("batch__item")
        return [(line.batch, line.quantity, line.reserved) for line in held]
    legs = Leg.objects.filter(location=row.location, movement__at__lte=at).values("batch").order_by()
    sums = {line["batch"]: line["total"] for line in legs.annotate(total=Sum("quantity")) if line["total"]}
    batches = Batch.objects.filter(pk__in=sums).select_related("item")
    return [(batch, sums[batch.pk], 0) for batch in batches]


def reservations(actor: Account, row: Store) -> list[Reservation]:
    """What is promised out of a store, the oldest first."""
    rows = Reservation.objects.filter(location=row.location, state=Reservation.State.HELD)
    return list(access.scope(actor, SEE, rows).select_related("batch__item", "made_by"))


def movements(actor: Account, *, row: Store | None = None, item: int | None = None) -> QuerySet[Movement]:
    """What happened in the actor's areas, in a store, to an item; the newest first."""
    rows = access.scope(actor, SEE, Movement.objects.all())
    if row is not None:
        rows = rows.filter(pk__in=Leg.objects.filter(location=row.location).values("movement"))
    if item is not None:
        rows = rows.filter(pk__in=Leg.objects.filter(batch__item=item).values("movement"))
    return rows.select_related("area", "other_area", "made_by", "donation").order_by("-at", "-pk")


def movement(actor: Account, pk: int) -> MovementLine:
    """One movement with what it moved, or a 404."""
    rows = Movement.objects.select_related("area", "other_area", "made_by", "donation", "corrects")
    return movement_lines([access.fetch(actor, SEE, rows, pk=pk)])[0]


def movement_lines(page: Sequence[Movement]) -> list[MovementLine]:
    """A page of movements with their lines in words: two more queries."""
    keys = [row.pk for row in page]
    legs = Leg.objects.filter(movement__in=keys).select_related(
        "batch__item", "location__store", "location__person", "location__household__area__parent"
    )
    by_movement: dict[int, list[Leg]] = {}
    for leg in legs.order_by("movement", "batch", "quantity"):
        by_movement.setdefault(leg.movement_id, []).append(leg)
    corrected = set(Movement.objects.filter(corrects__in=keys).values_list("corrects", flat=True))
    return [MovementLine(row, _flows(by_movement.get(row.pk, [])), row.pk in corrected) for row in page]


def _flows(legs: list[Leg]) -> list[Flow]:
    """Legs of one movement paired: for each batch what gave and what took."""
    flows = []
    by_batch: dict[int, list[Leg]] = {}
    for leg in legs:
        by_batch.setdefault(leg.batch_id, []).append(leg)
    for batch, own in by_batch.items():
        gave = [leg for leg in own if leg.quantity < 0]
        took = [leg for leg in own if leg.quantity > 0]
        single = gave if len(gave) == 1 else took
        for leg in took if single is gave else gave:
            item = leg.batch.item
            source, target = (gave[0], leg) if single is gave else (leg, took[0])
            flows.append(
                Flow(item.name, item.unit, abs(leg.quantity), named(source.location), named(target.location), batch)
            )
    return flows


def named(place: Location) -> str:
    """A location in words; of a door only its building: who got what stands in the list of the distribution."""
    if place.store is not None:
        return place.store.name
    if place.person is not None:
        return place.person.name
    if place.household is not None:
        node = place.household.area
        return f"{node.parent.name if node.parent and node.level == Area.Level.UNIT else ''}{node.name}"
    return str(Location.Kind(place.kind).label)


def received_lines(actor: Account, pk: int) -> tuple[MovementLine, list[Batch]]:
    """A receiving note: the movement and its batches as they were counted."""
    line = movement(actor, pk)
    return line, list(Batch.objects.filter(received=line.movement).select_related("item").order_by("pk"))


def photo(actor: Account, movement_id: int) -> Photo | None:
    """The picture of a delivery."""
    rows = Photo.objects.filter(movement=movement_id)
    return access.scope(actor, SEE, rows).first()


def has_photo(movement_id: int) -> bool:
    """Whether the movement, which was found by ``movement``, has a picture."""
    return Photo.objects.filter(movement=movement_id).exists()


def items(actor: Account, *, only_in_use: bool = False) -> list[Item]:
    """The kinds of things, by name."""
    access.require(actor, SEE)
    rows = Item.objects.all()
    return list(rows.filter(is_in_use=True) if only_in_use else rows)


def item(actor: Account, pk: int) -> Item:
    """One kind of thing, or a 404."""
    from django.shortcuts import get_object_or_404

    access.require(actor, SEE)
    return get_object_or_404(Item, pk=pk)


@dataclass(frozen=True, slots=True)
class Where:
    """A batch of an item at one of the actor's places."""

    place: str
    store_id: int | None
    area: str
    line: BatchLine


def whereabouts(actor: Account, row: Item) -> list[Where]:
    """Where an item lies or who carries it, in the actor's areas."""
    times, today = times_of(actor), timezone.localdate()
    rows = Balance.objects.filter(is_ours=True, quantity__gt=0, batch__item=row)
    held = access.scope(actor, SEE, rows).select_related(
        "location__store", "location__person", "location__area", "batch"
    )
    return [
        Where(
            named(each.location),
            each.location.store_id,
            each.location.area.name,
            BatchLine(each.batch, each.quantity, each.reserved, attention.expiry(each.batch.expires_on, today, times)),
        )
        for each in held.order_by("location__area__path", "batch__expires_on", "pk")
    ]


def find_item(text: str) -> Item | None:
    """The item that a typed or scanned text names: its barcode, its name, or its name with the unit in brackets."""
    plain = text.strip()
    if not plain:
        return None
    name, _bracket, unit = plain.rstrip(")").rpartition(" (")
    exact = Q(barcode=plain) | Q(name=plain) | (Q(name=name, unit=unit) if name else Q(pk=None))
    return Item.objects.filter(exact).order_by("-is_in_use", "pk").first()


def carriers(actor: Account, area: Area) -> list[Person]:
    """Verified people of an area, to whom things may be handed."""
    rows = access.scope(actor, "people.see", Person.objects.filter(state=Person.State.VERIFIED))
    near = Q()
    for lookup in ("home", "host", "organisation__area", "place_now"):
        near |= Q(**{f"{lookup}__path__startswith": area.path})
    above = [*access.ancestors(area.path)]
    near |= Q(organisation__area__path__in=above)
    return list(rows.filter(near).distinct().order_by("name", "pk")[:500])


def custody(actor: Account, pk: int) -> Location:
    """What a person carries in his own name; the parcels of a list come back with their trip."""
    rows = Location.objects.select_related("area", "person").filter(kind=Location.Kind.CUSTODY, trip=None)
    return access.fetch(actor, KEEP, rows, pk=pk)


@dataclass(frozen=True, slots=True)
class Carried:
    """What one person carries."""

    location: Location
    name: str
    lines: list[BatchLine]
    since: datetime | None
    list_id: int | None

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)


def carried(actor: Account) -> list[Carried]:
    """Who carries what in the actor's areas, the longest first."""
    rows = Balance.objects.filter(location__kind=Location.Kind.CUSTODY, quantity__gt=0)
    held = access.scope(actor, SEE, rows).select_related(
        "location__person", "location__area", "location__trip", "batch__item"
    )
    by_place: dict[int, list[Any]] = {}
    for row in held.order_by("location", "pk"):
        by_place.setdefault(row.location_id, []).append(row)
    last = {
        row["location"]: row["at"]
        for row in Leg.objects.filter(location__in=by_place, quantity__gt=0)
        .values("location")
        .order_by()
        .annotate(at=_newest())
    }
    today, times = timezone.localdate(), times_of(actor)
    found = [
        Carried(
            rows[0].location,
            rows[0].location.person.name,
            [
                BatchLine(row.batch, row.quantity, 0, attention.expiry(row.batch.expires_on, today, times))
                for row in rows
            ],
            last.get(key),
            rows[0].location.trip.distribution_id if rows[0].location.trip is not None else None,
        )
        for key, rows in by_place.items()
    ]
    return sorted(found, key=lambda each: (each.since is None, each.since))


def _newest() -> Any:
    from django.db.models import Max

    return Max("movement__at")
