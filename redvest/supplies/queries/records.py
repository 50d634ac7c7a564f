"""Reads that go on paper and into the open: the book, donations, totals in and out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from redvest.core import access
from redvest.people.models import Account
from redvest.places.models import Area
from redvest.supplies.models import Balance, Donation, Item, Leg, Location, Movement, Store
from redvest.supplies.queries.board import SEE
from redvest.supplies.queries.stores import MovementLine, movement_lines, movements

# The Charity Law wants donated goods published at least every five days while a response runs (article 72).
PUBLISHED_EVERY = 5
BOOK_LIMIT = 20_000


def may_manage_items(actor: Account) -> bool:
    """Whether the actor may add and change items."""
    return access.can(actor, "supplies.manage_items")


def book(actor: Account, row: Store | None) -> Iterator[MovementLine]:
    """All movements of a store or of the actor's areas, the newest first, read in pages."""
    found = movements(actor, row=row)[:BOOK_LIMIT]
    chunk: list[Movement] = []
    for each in found.iterator(chunk_size=500):
        chunk.append(each)
        if len(chunk) == 500:
            yield from movement_lines(chunk)
            chunk = []
    yield from movement_lines(chunk)


def donations(actor: Account) -> QuerySet[Donation]:
    """The donations in the actor's areas, the newest first, with what came of them."""
    rows = access.scope(actor, SEE, Donation.objects.select_related("area", "made_by"))
    return rows.annotate(
        kinds=Count("batches__item", distinct=True), units=Sum("batches__counted", default=0)
    ).order_by("-at", "-pk")


def donation(actor: Account, pk: int) -> Donation:
    """One donation, or a 404."""
    return access.fetch(actor, SEE, Donation.objects.select_related("area", "made_by"), pk=pk)


@dataclass(frozen=True, slots=True)
class TotalLine:
    """An item in the published totals: what came in, what reached people, what was lost, what is left."""

    item: Item
    came: int
    given: int
    delivered: int
    lost: int
    stock: int
    carried: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The published totals of an area over some days."""

    area: Area
    since: datetime
    until: datetime
    lines: list[TotalLine]
    donors: list[tuple[str, int]]
    unnamed: int


def _total(item: Item, flow: Mapping[str, Any] | None, held: Mapping[str, Any] | None) -> TotalLine:
    moved, kept = flow or {}, held or {}
    return TotalLine(
        item,
        moved.get("came", 0),
        moved.get("given", 0),
        moved.get("delivered", 0),
        moved.get("lost", 0),
        kept.get("stock", 0),
        kept.get("carried", 0),
    )


def totals(actor: Account, area: Area, days: int) -> Totals:
    """What came into an area and went out of it since ``days`` ago: five queries, however much there was.

    ``came`` are units received (``given`` of them donated), corrected ones left out; ``delivered`` units that reached
    doors; ``lost`` written off or missing in a count. What was merely moved between stores is neither.
    """
    access.fetch(actor, SEE, Area.objects.all(), pk=area.pk)
    now = timezone.now()
    since = now - timedelta(days=days)
    inside = Leg.objects.filter(location__area__path__startswith=area.path, movement__at__gte=since)
    kinds = Location.Kind
    counted = (
        inside.values("batch__item")
        .order_by()
        .annotate(
            came=-Sum("quantity", filter=Q(location__kind=kinds.SOURCE), default=0),
            given=-Sum("quantity", filter=Q(location__kind=kinds.SOURCE, batch__donation__isnull=False), default=0),
            delivered=Sum("quantity", filter=Q(location__kind=kinds.DOOR), default=0),
            lost=Sum("quantity", filter=Q(location__kind__in=[kinds.WRITTEN_OFF, kinds.COUNT]), default=0),
        )
    )
    flows = {row["batch__item"]: row for row in counted}
    held = (
        Balance.objects.filter(location__area__path__startswith=area.path, is_ours=True, quantity__gt=0)
        .values("batch__item")
        .order_by()
        .annotate(
            stock=Sum("quantity", filter=Q(location__kind=kinds.STORE), default=0),
            carried=Sum("quantity", filter=Q(location__kind=kinds.CUSTODY), default=0),
        )
    )
    stock = {row["batch__item"]: row for row in held}
    lines = [
        _total(item, flows.get(item.pk), stock.get(item.pk))
        for item in Item.objects.filter(pk__in=flows.keys() | stock.keys())
    ]
    given = Donation.objects.filter(area__path__startswith=area.path, at__gte=since)
    named = (
        given.filter(is_named=True).values("donor").order_by("donor").annotate(units=Sum("batches__counted", default=0))
    )
    return Totals(
        area, since, now, lines, [(row["donor"], row["units"]) for row in named], given.filter(is_named=False).count()
    )
