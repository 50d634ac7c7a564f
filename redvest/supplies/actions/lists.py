"""Distribution lists: drafted with a rule, published (which reserves the goods), closed when every box is known."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live
from redvest.core.errors import Refused
from redvest.people.models import Account
from redvest.places.models import Area, NeedFlag
from redvest.supplies.actions import _ledger, stores
from redvest.supplies.models import Distribution, Item, Parcel, ParcelLine, Portion, Reservation, Trip
from redvest.supplies.queries import plans
from redvest.supplies.rules import allocation

State = Distribution.State
MOST_DOORS = 5_000
MOST_PORTIONS = 20


@transaction.atomic
def draft_list(
    actor: Account, store_id: int, area_id: int, title: str, portions: Sequence[allocation.Portion]
) -> Distribution:
    """A new list: from which store, for the doors of which area, by which rule. Nothing is reserved yet."""
    (store,) = stores.open_stores(actor, store_id, action="supplies.allocate")
    area = access.fetch(actor, "supplies.allocate", Area.objects.all(), pk=area_id)
    if not title.strip():
        raise Refused(_("Give the list a title, such as “Vegetables of Monday”."))
    row = Distribution.objects.create(store=store, area=area, title=title.strip()[:80], made_by_id=actor.pk)
    _set_rule(row, portions)
    _recorded(actor, row, "supplies.list_drafted")
    return row


@transaction.atomic
def edit_list(actor: Account, pk: int, title: str, portions: Sequence[allocation.Portion]) -> Distribution:
    """Change title and rule of a draft."""
    row = _locked(actor, pk)
    _require_draft(row)
    if not title.strip():
        raise Refused(_("Give the list a title, such as “Vegetables of Monday”."))
    row.title = title.strip()[:80]
    row.save(update_fields=["title"])
    row.portions.all().delete()
    _set_rule(row, portions)
    _recorded(actor, row, "supplies.list_changed")
    return row


def _set_rule(row: Distribution, portions: Sequence[allocation.Portion]) -> None:
    if not portions or len(portions) > MOST_PORTIONS:
        raise Refused(_("A rule has one to twenty lines. Say what each household gets."))
    items = {portion.item for portion in portions}
    if len(items) < len(portions):
        raise Refused(_("Each item stands in the rule only once. Put both lines into one, or make two lists."))
    if Item.objects.filter(pk__in=items).count() < len(items):
        raise Refused(_("This item does not exist. Choose one from the list."))
    for portion in portions:
        if not 1 <= portion.quantity <= 1000 or not 1 <= (portion.for_people or 1) <= 60:
            raise Refused(_("Enter how many each gets: a whole number from 1 to 1,000."))
        if set(portion.needs) - set(NeedFlag.values):
            raise Refused(_("Choose needs from the list."))
    Portion.objects.bulk_create(
        Portion(
            distribution=row,
            item_id=portion.item,
            quantity=portion.quantity,
            for_people=portion.for_people,
            needs=list(portion.needs),
        )
        for portion in portions
    )


@transaction.atomic
def drop_list(actor: Account, pk: int) -> Distribution:
    """Throw a draft away."""
    row = _locked(actor, pk)
    _require_draft(row)
    row.state = State.DROPPED
    row.save(update_fields=["state"])
    _recorded(actor, row, "supplies.list_dropped")
    return row


@transaction.atomic
def publish_list(actor: Account, pk: int) -> Distribution:
    """Allocate by the rule what is free now, reserve it, and write down for every door what it gets."""
    row = _locked(actor, pk)
    _require_draft(row)
    stores.open_stores(actor, row.store_id, action="supplies.allocate")
    place = _ledger.at_store(row.store)
    _ledger.lock([place], place.balances.values_list("batch", flat=True))
    plan = plans.plan_of(row)
    if not plan.given:
        raise Refused(_("By this rule nobody gets anything: nothing is free in the store, or no door fits. Change it."))
    if plan.doors > MOST_DOORS:
        raise Refused(_("A list has at most 5,000 doors. Make one for each community or estate."))
    _write_parcels(row, plan)
    lines: dict[int, int] = defaultdict(int)
    for each in plan.given:
        lines[each.batch] += each.quantity
    _ledger.hold(actor, place, lines, row.title, distribution=row)
    row.state, row.published_at, row.published_by_id = State.PUBLISHED, timezone.now(), actor.pk
    row.outcome = [_outcome(account) for account in plan.accounts]
    row.save(update_fields=["state", "published_at", "published_by", "outcome"])
    detail = {"doors": plan.doors, "units": sum(lines.values())}
    _recorded(actor, row, "supplies.list_published", detail)
    return row


def _outcome(account: allocation.Account) -> dict[str, Any]:
    """What is kept of an allocation: numbers, and the doors for which it did not suffice."""
    return {
        "item": account.portion.item,
        "free": account.free,
        "given": account.given,
        "doors": account.doors,
        "left": account.left,
        "short": account.short,
        "batches": len(account.batches),
        "not_meant": len(account.without[allocation.No.NOT_MEANT]),
        "empty": len(account.without[allocation.No.EMPTY]),
        "ran_out": account.without[allocation.No.RAN_OUT],
    }


def _write_parcels(row: Distribution, plan: allocation.Plan) -> None:
    buildings = plans.buildings(row)
    parcels = {
        door: Parcel(distribution=row, household_id=door, building_id=buildings[door])
        for door in dict.fromkeys(each.door for each in plan.given)
    }
    Parcel.objects.bulk_create(parcels.values(), batch_size=1000)
    ParcelLine.objects.bulk_create(
        (
            ParcelLine(
                parcel=parcels[each.door],
                batch_id=each.batch,
                quantity=each.quantity,
                why=ParcelLine.Why.PEOPLE if each.portion.for_people else ParcelLine.Why.HOUSEHOLD,
                people=each.people,
                need=each.need,
            )
            for each in plan.given
        ),
        batch_size=2000,
    )


@transaction.atomic
def close_list(actor: Account, pk: int, *, difference: str = "") -> Distribution:
    """End a list when nobody carries anything of it. What waits goes free again; what did not arrive is explained."""
    row = _locked(actor, pk)
    if row.state != State.PUBLISHED:
        raise Refused(_("This list is not being handed out. Reload the page."))
    out = Trip.objects.filter(distribution=row, state=Trip.State.OUT).first()
    if out is not None:
        carrier = out.hands.select_related("person").get(is_carrier=True).person
        raise Refused(
            _("%(name)s is still on the way with parcels of this list. Take back what is left first.")
            % {"name": carrier.name}
        )
    waiting = Parcel.objects.filter(distribution=row, state=Parcel.State.WAITING)
    failed = Parcel.objects.filter(distribution=row, state=Parcel.State.LOST).exists()
    # Parcels before balances, in the order of everybody who answers for a door.
    left = [parcel.pk for parcel in waiting.select_for_update().order_by("pk")]
    if (failed or left) and not difference.strip():
        raise Refused(_("Not every box reached its door. Write why: the sentence is kept with the list."))
    for held in _held(row):
        _ledger.take_from(held, held.left, Reservation.State.RELEASED)
    Parcel.objects.filter(pk__in=left).update(state=Parcel.State.UNSERVED)
    row.state, row.closed_at, row.closed_by_id = State.CLOSED, timezone.now(), actor.pk
    row.difference = difference.strip()[:300]
    row.save(update_fields=["state", "closed_at", "closed_by", "difference"])
    _recorded(actor, row, "supplies.list_closed")
    return row


def _held(row: Distribution) -> list[Reservation]:
    """What the list still reserves, locked after the balances, as everywhere."""
    place = _ledger.at_store(row.store)
    rows = Reservation.objects.filter(distribution=row, state=Reservation.State.HELD).order_by("pk")
    _ledger.lock([place], rows.values_list("batch", flat=True))
    return list(rows.select_for_update())


def held_for(row: Distribution, wanted: dict[int, int]) -> None:
    """Take the units out of what the list reserves, so that they are free to leave the store."""
    left = dict(wanted)
    for held in _held(row):
        part = min(held.left, left.get(held.batch_id, 0))
        if part:
            left[held.batch_id] -= part
            _ledger.take_from(held, part, Reservation.State.USED)
    if any(left.values()):
        raise Refused(_("The store no longer holds these parcels for the list. Close it and make a new one."))


def published(actor: Account, pk: int, action: str) -> Distribution:
    """A list that is being handed out, locked so that it is not closed meanwhile."""
    row = _locked(actor, pk, action)
    if row.state != State.PUBLISHED:
        raise Refused(_("This list is not being handed out. Reload the page."))
    return row


def lines_of(parcels: Sequence[int]) -> dict[int, int]:
    """The units in these parcels: {batch: units}."""
    sums: dict[int, int] = defaultdict(int)
    for batch, quantity in ParcelLine.objects.filter(parcel__in=parcels).values_list(F("batch"), F("quantity")):
        sums[batch] += quantity
    return dict(sums)


def _locked(actor: Account, pk: int, action: str = "supplies.allocate") -> Distribution:
    rows = Distribution.objects.select_related("area", "store__area").select_for_update(of=("self",), no_key=True)
    return access.fetch(actor, action, rows, pk=pk)


def _require_draft(row: Distribution) -> None:
    if row.state != State.DRAFT:
        raise Refused(_("This list is no longer a draft. Reload the page to see what became of it."))


def _recorded(actor: Account, row: Distribution, verb: str, detail: dict[str, Any] | None = None) -> None:
    audit.record(actor, verb, row, area_path=row.area.path, detail=detail)
    live.announce(_ledger.TOPIC, row.area.path)
    if not row.store.area.path.startswith(row.area.path):
        live.announce(_ledger.TOPIC, row.store.area.path)
