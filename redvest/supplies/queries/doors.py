"""Reads of lists under way: progress by building, doors, trips, the reckoning; and the phone of those who walk."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404
from django.utils.translation import gettext as _

from redvest.core import access, masking
from redvest.people.models import Account, Person
from redvest.places.models import Area, NeedFlag
from redvest.places.queries import label_of
from redvest.supplies.models import Distribution, Item, Leg, Location, Movement, Parcel, ParcelLine, Trip
from redvest.supplies.queries.lists import DOORS, why_words
from redvest.supplies.queries.stores import carriers

State = Parcel.State


@dataclass(frozen=True, slots=True)
class BuildingLine:
    """A building on a list: how far it is."""

    building: Area
    estate: str
    doors: int
    waiting: int
    out: int
    done: int
    absent: int
    refused: int
    failed: int


def buildings(row: Distribution) -> list[BuildingLine]:
    """The buildings of a list in the order of the walk; one query."""
    states = {
        "waiting": [State.WAITING],
        "out": [State.OUT],
        "done": list(Parcel.DONE),
        "absent": [State.ABSENT],
        "refused": [State.REFUSED],
        "failed": [State.LOST, State.UNSERVED],
    }
    counts = {name: Count("id", filter=Q(state__in=found)) for name, found in states.items()}
    grouped = row.parcels.values("building").order_by().annotate(doors=Count("id"), **counts)
    numbers: dict[int, dict[str, Any]] = {each["building"]: dict(each) for each in grouped}
    nodes = Area.objects.filter(pk__in=numbers).select_related("parent").order_by("parent__path", "order", "pk")
    return [
        BuildingLine(
            node,
            node.parent.name if node.parent and node.parent.level == Area.Level.ESTATE else "",
            **{name: int(numbers[node.pk][name]) for name in ("doors", *states)},
        )
        for node in nodes
    ]


@dataclass(slots=True)
class DoorLine:
    """A door of a list as sheets and screens show it: masked."""

    parcel: Parcel
    label: str
    contact: str
    people: int
    needs: list[str]
    goods: list[tuple[str, int, str]] = field(default_factory=list)
    why: str = ""

    @property
    def state(self) -> str:
        return str(self.parcel.state)


def doors(parcels: QuerySet[Parcel]) -> list[DoorLine]:
    """Parcels door by door, from the top floor down; three queries."""
    rows = list(
        parcels.select_related("household__area__parent", "building__parent", "signed_by", "trip").order_by(
            "building__parent__path",
            "building__order",
            "household__area__order",
            "-household__floor",
            "household__room",
        )
    )
    lines: dict[int, list[ParcelLine]] = defaultdict(list)
    for line in ParcelLine.objects.filter(parcel__in=[row.pk for row in rows]).select_related("batch__item"):
        lines[line.parcel_id].append(line)
    return [_door(row, lines[row.pk]) for row in rows]


def _door(row: Parcel, lines: list[ParcelLine]) -> DoorLine:
    units: dict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        units[line.batch.item.name, line.batch.item.unit] += line.quantity
    household = row.household
    return DoorLine(
        row,
        label_of(household),
        masking.name(household.contact_name),
        household.people,
        [str(NeedFlag(need).label) for need in household.needs],
        [(name, count, unit) for (name, unit), count in units.items()],
        _("; ").join(dict.fromkeys(words for line in lines if (words := why_words(line)))),
    )


def building_doors(actor: Account, row: Distribution, building: int) -> tuple[Area, list[DoorLine]]:
    """One building of a list, for those who may see doors."""
    found = access.scope(actor, DOORS, row.parcels.filter(building=building))
    lines = doors(found)
    if not lines:
        raise Http404(_("There is nothing here that you may see."))
    return lines[0].parcel.building, lines


def all_doors(actor: Account, row: Distribution) -> list[DoorLine]:
    """Every door of a list, for sheets and the spreadsheet."""
    access.fetch(actor, DOORS, Distribution.objects.all(), pk=row.pk)
    return doors(row.parcels.all())


@dataclass(frozen=True, slots=True)
class TripLine:
    """A trip: who walks, how far they are."""

    trip: Trip
    people: list[str]
    doors: int
    done: int
    left: int


def trips(row: Distribution) -> list[TripLine]:
    """The trips of a list, those on the way first; two queries."""
    found = row.trips.annotate(
        doors=Count("parcels"),
        done=Count("parcels", filter=Q(parcels__state__in=[*Parcel.DONE, State.LOST])),
        left=Count("parcels", filter=Q(parcels__state__in=Parcel.CARRIED)),
    ).prefetch_related("hands__person")
    lines = [
        TripLine(trip, [hand.person.name for hand in trip.hands.all()], trip.doors, trip.done, trip.left)
        for trip in found.order_by("out_at", "pk")
    ]
    return sorted(lines, key=lambda line: line.trip.state != Trip.State.OUT)


# --- the reckoning ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reckoning:
    """One item of a list from the store to the doors. Issued is what left the store, and must be found again."""

    item: Item
    allocated: int
    issued: int
    delivered: int
    returned: int
    lost: int
    carried: int

    @property
    def difference(self) -> int:
        """Nothing, or the books are wrong."""
        return self.issued - self.delivered - self.returned - self.lost - self.carried

    @property
    def undelivered(self) -> int:
        return self.allocated - self.delivered


def reckoning(row: Distribution) -> list[Reckoning]:
    """From the legs of the list's movements; two queries."""
    kinds, store = Location.Kind, Q(location__kind=Location.Kind.STORE)
    back = Q(movement__kind=Movement.Kind.RETURN)
    legs = Leg.objects.filter(movement__distribution=row).values("batch__item").order_by()
    sums: dict[int, dict[str, Any]] = {
        each["batch__item"]: dict(each)
        for each in legs.annotate(
            issued=-Sum("quantity", filter=store & ~back, default=0),
            returned=Sum("quantity", filter=store & back, default=0),
            delivered=Sum("quantity", filter=Q(location__kind=kinds.DOOR), default=0),
            lost=Sum("quantity", filter=Q(location__kind=kinds.WRITTEN_OFF), default=0),
            carried=Sum("quantity", filter=Q(location__kind=kinds.CUSTODY), default=0),
        )
    }
    given = ParcelLine.objects.filter(parcel__distribution=row).values("batch__item").order_by()
    allocated = {each["batch__item"]: each["units"] for each in given.annotate(units=Sum("quantity"))}
    names = ("issued", "delivered", "returned", "lost", "carried")
    nothing: dict[str, Any] = dict.fromkeys(names, 0)
    return [
        Reckoning(item, allocated.get(item.pk, 0), **{name: sums.get(item.pk, nothing)[name] for name in names})
        for item in Item.objects.filter(pk__in=allocated)
    ]


# --- the phone --------------------------------------------------------------------------------------------------------


def my_trips(actor: Account) -> list[TripLine]:
    """The trips that the actor is on now."""
    found = Trip.objects.filter(state=Trip.State.OUT, hands__person__account=actor.pk).select_related(
        "distribution__area"
    )
    keys = list(found.values_list("pk", flat=True))
    counted = Trip.objects.filter(pk__in=keys).select_related("distribution__area").prefetch_related("hands__person")
    rows = counted.annotate(
        doors=Count("parcels"),
        done=Count("parcels", filter=Q(parcels__state__in=[*Parcel.DONE, State.LOST])),
        left=Count("parcels", filter=Q(parcels__state__in=Parcel.CARRIED)),
    )
    return [
        TripLine(trip, [hand.person.name for hand in trip.hands.all()], trip.doors, trip.done, trip.left)
        for trip in rows.order_by("out_at", "pk")
    ]


def my_trip(actor: Account, pk: int) -> tuple[TripLine, list[DoorLine]]:
    """One trip that the actor is on, door by door; when it has ended, the doors are no longer his to see."""
    line = next((each for each in my_trips(actor) if each.trip.pk == pk), None)
    if line is None:
        raise Http404(_("There is nothing here that you may see."))
    return line, doors(Parcel.objects.filter(trip=line.trip))


def my_parcel(actor: Account, pk: int) -> DoorLine:
    """One door of a trip that the actor is on."""
    rows = Parcel.objects.filter(pk=pk, trip__state=Trip.State.OUT, trip__hands__person__account=actor.pk)
    found = doors(rows)
    if not found:
        raise Http404(_("There is nothing here that you may see."))
    return found[0]


def pair_candidates(actor: Account, row: Distribution) -> list[Person]:
    """Who may be sent: verified people around the store."""
    return carriers(actor, row.store.area)


# --- small answers for the screens ------------------------------------------------------------------------------------


def waiting_in(row: Distribution, buildings: list[int]) -> list[int]:
    """The parcels that wait in these buildings of a list."""
    found = row.parcels.filter(state=State.WAITING, building__in=buildings).order_by("pk")
    return list(found.values_list("pk", flat=True))


def list_of_trip(actor: Account, pk: int) -> int:
    """The list to which a trip belongs."""
    return access.fetch(actor, "supplies.allocate", Trip.objects.all(), pk=pk).distribution_id


def place_of(actor: Account, parcel: int) -> tuple[int, int]:
    """(list, building) of a parcel, to go back to."""
    row = access.fetch(actor, DOORS, Parcel.objects.all(), pk=parcel)
    return row.distribution_id, row.building_id


def by_building(lines: list[DoorLine]) -> list[tuple[Area, list[DoorLine]]]:
    """Doors grouped by building, in their order."""
    groups: dict[int, tuple[Area, list[DoorLine]]] = {}
    for line in lines:
        groups.setdefault(line.parcel.building_id, (line.parcel.building, []))[1].append(line)
    return list(groups.values())


def totals_of(lines: list[DoorLine]) -> list[tuple[str, int, str]]:
    """What these doors get together: (item, how many, unit)."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for line in lines:
        for name, count, unit in line.goods:
            sums[name, unit] += count
    return [(name, count, unit) for (name, unit), count in sums.items()]
