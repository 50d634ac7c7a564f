"""The supplies board: what is short, what expires, what lies unallocated, and where everything is. Shortages first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, Sum
from django.utils import timezone

from redvest.core import access
from redvest.incidents.playbooks.schema import SupplyTimes
from redvest.incidents.queries import incidents
from redvest.people.models import Account
from redvest.places.models import Area
from redvest.supplies.models import Balance, Item, Leg, Location, Movement, Store
from redvest.supplies.rules import attention
from redvest.supplies.rules.attention import Cover, Expiry, Pace

TOPICS = ["supplies"]
SEE = "supplies.see"
Kind = Movement.Kind


@dataclass(slots=True)
class ItemLine:
    """An item over all stores of an area."""

    item: Item
    pace: Pace = field(default_factory=Pace)
    quantity: int = 0
    reserved: int = 0
    carried: int = 0
    expired: int = 0
    cover: Cover = Cover.UNUSED
    days: float | None = None

    @property
    def free(self) -> int:
        """What could be handed out now: not promised, not expired."""
        return max(0, self.quantity - self.reserved - self.expired)

    @property
    def is_short(self) -> bool:
        return self.cover in (Cover.NONE_LEFT, Cover.LOW)

    @property
    def order(self) -> tuple[Any, ...]:
        """Nothing left first, then what ends soonest."""
        return (
            (Cover.NONE_LEFT, Cover.LOW, Cover.ENOUGH, Cover.UNUSED).index(self.cover),
            self.days if self.days is not None else 1e9,
            self.item.name,
        )


@dataclass(frozen=True, slots=True)
class Lot:
    """A batch in a store that needs attention."""

    store_id: int
    store: str
    area: str
    item: str
    unit: str
    free: int
    quantity: int
    expires_on: date | None
    expiry: Expiry
    since: datetime
    hours: int


@dataclass(frozen=True, slots=True)
class StoreLine:
    """A store as the board lists it."""

    store: Store
    items: int
    attention: int


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the board of an area."""

    times: SupplyTimes
    lines: list[ItemLine]
    expiring: list[Lot]
    waiting: list[Lot]
    stores: list[StoreLine]
    carried: int

    @property
    def short(self) -> list[ItemLine]:
        return [line for line in self.lines if line.is_short]


def times_of(actor: Account, area: Area | None = None) -> SupplyTimes:
    """The limits in force: the strictest of the incidents that run over this area (or over the actor's areas)."""
    running = [
        row
        for row in incidents.active(actor)
        if area is None or area.path.startswith(row.area.path) or row.area.path.startswith(area.path)
    ]
    return attention.strictest([incidents.playbook_of(row).supplies for row in running])


def areas(actor: Account) -> list[Area]:
    """The areas with stores of the actor, for the picker of the board: communities and what lies above them."""
    paths = access.scope(actor, SEE, Store.objects.all()).values_list("area__path", flat=True).distinct()
    wanted = {above for path in paths for above in [*access.ancestors(path), path]}
    rows = access.scope(actor, SEE, Area.objects.filter(path__in=wanted))
    return list(rows.exclude(level__in=[Area.Level.BUILDING, Area.Level.UNIT]).order_by("path"))


def board(actor: Account, area: Area | None = None, kit: Mapping[str, float] | None = None) -> Board:
    """The board; ``kit`` is what the coming shifts wear a day, by the playbook's words (workflows.kit_needs)."""
    times, now = times_of(actor, area), timezone.now()
    today = timezone.localdate(now)
    lines = {item.pk: ItemLine(item) for item in Item.objects.filter(is_in_use=True)}
    lots: list[Lot] = []
    for row in _balances(actor, area):
        item = row.batch.item
        line = lines.setdefault(item.pk, ItemLine(item))
        if row.location.kind == Location.Kind.CUSTODY:
            line.carried += row.quantity
            continue
        line.quantity += row.quantity
        line.reserved += row.reserved
        lot = _lot(row, today, now, times)
        if lot.expiry is Expiry.EXPIRED:
            line.expired += row.free
        lots.append(lot)
    used = _used(actor, area, now - timedelta(days=times.use_days))
    for line in lines.values():
        # A thermometer is worn by every shift and used up by none.
        worn = (kit or {}).get(line.item.kit_code, 0.0) if line.item.kind != Item.Kind.TOOL else 0.0
        line.pace = Pace(used.get(line.item.pk, 0) / times.use_days, worn)
        line.days, line.cover = (
            attention.days_of_cover(line.free, line.pace),
            attention.cover(line.free, line.pace, times),
        )
    kinds = {line.item.name: line.item.kind for line in lines.values()}
    shown = [line for line in lines.values() if line.quantity or line.carried or line.cover is not Cover.UNUSED]
    return Board(
        times,
        sorted(shown, key=lambda line: line.order),
        sorted((lot for lot in lots if lot.expiry is not Expiry.FINE), key=lambda lot: (lot.expires_on, lot.item)),
        sorted(
            (lot for lot in lots if attention.waits_too_long(kinds[lot.item], lot.free, lot.since, now, times)),
            key=lambda lot: lot.since,
        ),
        _stores(actor, area, lots),
        sum(line.carried for line in shown),
    )


def _balances(actor: Account, area: Area | None) -> Iterable[Balance]:
    """What lies in stores or is carried by people; one query."""
    rows = access.scope(actor, SEE, Balance.objects.filter(is_ours=True, quantity__gt=0))
    if area is not None:
        rows = rows.filter(location__area__path__startswith=area.path)
    return rows.select_related("location__store__area", "batch__item", "batch__received").order_by("pk")


def _lot(row: Balance, today: date, now: datetime, times: SupplyTimes) -> Lot:
    store, batch = row.location.store, row.batch
    assert store is not None  # only stores get here
    return Lot(
        store.pk,
        store.name,
        store.area.name,
        batch.item.name,
        batch.item.unit,
        row.free,
        row.quantity,
        batch.expires_on,
        attention.expiry(batch.expires_on, today, times),
        batch.received.at,
        int((now - batch.received.at).total_seconds() // 3600),
    )


def _used(actor: Account, area: Area | None, since: datetime) -> dict[int, int]:
    """Units of each item that left the stores for people and doors since then, less what came back."""
    rows = Leg.objects.filter(location__kind=Location.Kind.STORE, movement__at__gte=since).filter(
        Q(movement__kind__in=[Kind.ISSUE, Kind.DELIVER, Kind.RETURN])
        | Q(movement__corrects__kind__in=[Kind.ISSUE, Kind.DELIVER, Kind.RETURN])
    )
    places = access.scope(actor, SEE, Location.objects.filter(kind=Location.Kind.STORE))
    if area is not None:
        places = places.filter(area__path__startswith=area.path)
    counted = rows.filter(location__in=places).values("batch__item").order_by().annotate(total=-Sum("quantity"))
    return {row["batch__item"]: max(0, row["total"]) for row in counted}


def _stores(actor: Account, area: Area | None, lots: list[Lot]) -> list[StoreLine]:
    rows = access.scope(actor, SEE, Store.objects.filter(state=Store.State.OPEN)).select_related("area")
    if area is not None:
        rows = rows.filter(area__path__startswith=area.path)
    items: dict[int, set[str]] = defaultdict(set)
    troubled: dict[int, int] = defaultdict(int)
    for lot in lots:
        items[lot.store_id].add(lot.item)
        troubled[lot.store_id] += lot.expiry is not Expiry.FINE
    return [StoreLine(row, len(items[row.pk]), troubled[row.pk]) for row in rows.order_by("area__path", "name")]
