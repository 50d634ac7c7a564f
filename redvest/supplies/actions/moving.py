"""What happens to stock after it came: move, reserve, hand to a person, deliver, bring back, write off, count, correct.

These are the actions that other rooms call, too: reserve for a purpose, issue to whoever carries, deliver to a door.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from redvest.core import access, audit, live, outbox
from redvest.core.errors import Refused
from redvest.people.models import Account, Person
from redvest.places.models import Household
from redvest.supplies.actions import _ledger, stores
from redvest.supplies.actions._ledger import Transfer
from redvest.supplies.models import Balance, Batch, Leg, Location, Movement, Reservation, Store
from redvest.supplies.queries import stores as reading

Kind = Location.Kind
Quantities = Mapping[int, int]
"""How many units of which batch: {batch: units}."""


def lines_of(quantities: Quantities) -> dict[int, int]:
    """The lines that move something. Refused when there is none, or a number that cannot be."""
    lines = {int(batch): _ledger.quantity_of(quantity) for batch, quantity in quantities.items() if int(quantity) != 0}
    if not lines:
        raise Refused(_("Enter how many of what."))
    return lines


def _transfers(lines: Mapping[int, int], source: Location, target: Location) -> list[Transfer]:
    return [Transfer(batch, quantity, source, target) for batch, quantity in lines.items()]


@transaction.atomic
def move(
    actor: Account, store_id: int, to_store_id: int, quantities: Quantities, *, note: str = "", key: str | None = None
) -> dict[str, Any]:
    """Bring stock from one store to another."""

    def run() -> dict[str, Any]:
        if store_id == to_store_id:
            raise Refused(_("Choose another store as the goal."))
        store, goal = stores.open_stores(actor, store_id, to_store_id)
        transfers = _transfers(lines_of(quantities), _ledger.at_store(store), _ledger.at_store(goal))
        _require_cold(goal, transfers)
        movement = _ledger.post(
            actor, Movement.Kind.MOVE, transfers, area=store.area, other_area=goal.area, purpose=note.strip()[:120]
        )
        return {"movement": movement.pk}

    return outbox.once(actor, key, "supplies.move", run)


def _require_cold(store: Store, transfers: Sequence[Transfer]) -> None:
    if store.has_fridge:
        return
    cold = Batch.objects.filter(pk__in=[each.batch for each in transfers], item__is_cold=True).select_related("item")
    if (batch := cold.first()) is not None:
        raise Refused(
            _("%(item)s must stay cold, and %(store)s has no fridge. Choose a store that has one.")
            % {"item": batch.item.name, "store": store.name}
        )


@transaction.atomic
def reserve(actor: Account, store_id: int, quantities: Quantities, *, purpose: str) -> list[Reservation]:
    """Promise free stock to a purpose; nobody else can take it until it is handed out or released."""
    (store,) = stores.open_stores(actor, store_id)
    if not purpose.strip():
        raise Refused(_("Say what it is reserved for."))
    lines, place = lines_of(quantities), _ledger.at_store(store)
    balances = _ledger.lock([place], lines)
    _ledger.require_free(balances, _transfers(lines, place, _ledger.end(Kind.WRITTEN_OFF, store.area)))
    held = _ledger.hold(actor, place, lines, purpose.strip()[:120])
    audit.record(actor, "supplies.reserved", store, area_path=store.area.path, detail={"units": sum(lines.values())})
    live.announce(_ledger.TOPIC, store.area.path)
    return held


@transaction.atomic
def release(actor: Account, reservation_id: int) -> Reservation:
    """Give back what a reservation still holds. That of a list ends with the list."""
    found = access.fetch(actor, "supplies.keep", Reservation.objects.select_related("location"), pk=reservation_id)
    if found.distribution_id is not None:
        raise Refused(_("This is reserved for a distribution list. It goes free when the list is closed."))
    _ledger.lock([found.location], [found.batch_id])  # balances first, as everywhere
    row = _held(actor, reservation_id)
    units = row.left
    _ledger.take_from(row, row.left, Reservation.State.RELEASED)
    path = row.location.area.path
    audit.record(actor, "supplies.reservation_released", row, area_path=path, detail={"units": units})
    live.announce(_ledger.TOPIC, path)
    return row


def _held(actor: Account, pk: int) -> Reservation:
    rows = Reservation.objects.select_related("location__area", "location__store").select_for_update(of=("self",))
    row = access.fetch(actor, "supplies.keep", rows, pk=pk)
    if row.state != Reservation.State.HELD:
        raise Refused(_("Nothing is reserved here any more. Reload the page."))
    return row


@transaction.atomic
def issue(
    actor: Account,
    store_id: int,
    quantities: Quantities,
    person_id: int,
    *,
    purpose: str = "",
    reservation: int | None = None,
    key: str | None = None,
) -> dict[str, Any]:
    """Hand stock to a person, who answers for it from now on. With ``reservation``: out of what it holds."""

    def run() -> dict[str, Any]:
        (store,) = stores.open_stores(actor, store_id)
        person = access.fetch(actor, "people.see", Person.objects.all(), pk=person_id)
        lines, place = lines_of(quantities), _ledger.at_store(store)
        holder = _ledger.with_person(person, store.area)
        _ledger.lock([place, holder], lines)
        if reservation is not None:
            _use(actor, reservation, place, lines)
        movement = _ledger.post(
            actor,
            Movement.Kind.ISSUE,
            _transfers(lines, place, holder),
            area=store.area,
            purpose=purpose.strip()[:120],
        )
        return {"movement": movement.pk}

    return outbox.once(actor, key, "supplies.issue", run)


def _use(actor: Account, pk: int, place: Location, lines: Mapping[int, int]) -> None:
    """Take the lines out of a reservation first, so that they are free to be handed out."""
    row = _held(actor, pk)
    quantity = lines.get(row.batch_id, 0)
    if row.location_id != place.pk or set(lines) != {row.batch_id} or quantity > row.left:
        raise Refused(_("This is more than was reserved, or something else. Hand out what is reserved."))
    _ledger.take_from(row, quantity, Reservation.State.USED)


@transaction.atomic
def deliver(
    actor: Account, person_id: int, household_id: int, quantities: Quantities, *, key: str | None = None
) -> dict[str, Any]:
    """What a person carries reaches a door."""

    def run() -> dict[str, Any]:
        household = Household.objects.select_related("area").filter(pk=household_id).first()
        lines = lines_of(quantities)
        holder = _holder(actor, person_id, household, lines)
        assert household is not None  # else nobody carries anything for it
        movement = _ledger.post(
            actor,
            Movement.Kind.DELIVER,
            _transfers(lines, holder, _ledger.at_door(household)),
            area=holder.area,
            other_area=household.area,
        )
        return {"movement": movement.pk}

    return outbox.once(actor, key, "supplies.deliver", run)


def _holder(actor: Account, person_id: int, household: Household | None, lines: Mapping[int, int]) -> Location:
    """The custody from which a delivery is made: that of an area around the door which holds what is delivered."""
    path = household.area.path if household is not None else ""
    rows = Location.objects.select_related("area", "person").filter(
        kind=Kind.CUSTODY, trip=None, person=person_id, area__path__in=[*access.ancestors(path), path]
    )
    found = list(access.scope(actor, "supplies.carry", rows))
    held = Balance.objects.filter(location__in=found, batch__in=lines, quantity__gt=0)
    keys = set(held.values_list("location", flat=True))
    place = next((each for each in found if each.pk in keys), None)
    if place is None:
        raise Refused(_("This person carries nothing of it for this door. Hand it to him first."))
    return place


@transaction.atomic
def bring_back(
    actor: Account, custody_id: int, store_id: int, quantities: Quantities, *, key: str | None = None
) -> dict[str, Any]:
    """What a person carried comes back to a store."""

    def run() -> dict[str, Any]:
        (store,) = stores.open_stores(actor, store_id)
        holder, lines = reading.custody(actor, custody_id), lines_of(quantities)
        movement = _ledger.post(
            actor,
            Movement.Kind.RETURN,
            _transfers(lines, holder, _ledger.at_store(store)),
            area=store.area,
            other_area=holder.area,
        )
        return {"movement": movement.pk}

    return outbox.once(actor, key, "supplies.bring_back", run)


@transaction.atomic
def write_off(
    actor: Account,
    quantities: Quantities,
    *,
    reason: str,
    store_id: int | None = None,
    custody_id: int | None = None,
    key: str | None = None,
) -> dict[str, Any]:
    """What is spoilt, broken, used up or lost leaves the stock, with the reason: from a store or from a person."""

    def run() -> dict[str, Any]:
        if not reason.strip():
            raise Refused(_("Say why it is written off: spoilt, broken, used up, lost."))
        if store_id is not None:
            (store,) = stores.open_stores(actor, store_id)
            place = _ledger.at_store(store)
        else:
            place = reading.custody(actor, custody_id or 0)
        movement = _ledger.post(
            actor,
            Movement.Kind.WRITE_OFF,
            _transfers(lines_of(quantities), place, _ledger.end(Kind.WRITTEN_OFF, place.area)),
            area=place.area,
            reason=reason.strip()[:200],
        )
        return {"movement": movement.pk}

    return outbox.once(actor, key, "supplies.write_off", run)


@transaction.atomic
def count(
    actor: Account,
    store_id: int,
    counted: Quantities,
    *,
    counted_by: str,
    witness: str = "",
    reason: str = "",
    key: str | None = None,
) -> dict[str, Any]:
    """What was found on the shelves: {batch: units}. A difference becomes a movement of its own, with its reason."""

    def run() -> dict[str, Any]:
        (store,) = stores.open_stores(actor, store_id)
        place, beyond = _ledger.at_store(store), _ledger.end(Kind.COUNT, store.area)
        balances = _ledger.lock([place], counted)
        transfers = []
        for batch, found in counted.items():
            if not 0 <= found <= _ledger.MOST_UNITS:
                raise Refused(_("Enter how many: a whole number from 1 to 1,000,000."))
            balance = balances.get((place.pk, batch))
            if balance is None:
                raise Refused(_("Something was counted that this store never held. Receive it first."))
            difference = found - balance.quantity
            if difference > 0:
                transfers.append(Transfer(batch, difference, beyond, place))
            elif difference < 0:
                transfers.append(Transfer(batch, -difference, place, beyond))
        if not transfers:
            detail = {"batches": len(counted), "counted_by": counted_by.strip()}
            audit.record(actor, "supplies.counted_and_right", store, area_path=store.area.path, detail=detail)
            return {"movement": None}
        if not reason.strip():
            raise Refused(_("The count differs from the book. Count again, then write the reason you know of."))
        movement = _ledger.post(
            actor,
            Movement.Kind.COUNT,
            transfers,
            area=store.area,
            counted_by=counted_by.strip()[:60],
            witness=witness.strip()[:60],
            reason=reason.strip()[:200],
        )
        return {"movement": movement.pk}

    return outbox.once(actor, key, "supplies.count", run)


@transaction.atomic
def correct(actor: Account, movement_id: int, *, reason: str) -> Movement:
    """Take a movement back by its opposite. What it gave must still be where it gave it to."""
    rows = Movement.objects.select_related("area", "other_area").select_for_update(of=("self",))
    movement = access.fetch(actor, "supplies.keep", rows, pk=movement_id)
    if not reason.strip():
        raise Refused(_("Say what was wrong."))
    if movement.distribution_id is not None:
        raise Refused(_("This belongs to a distribution list. Take the answer back there, or end the trip."))
    if movement.kind == Movement.Kind.CORRECT:
        raise Refused(_("This is a correction itself. Enter what is right as a new movement."))
    if Movement.objects.filter(corrects=movement).exists():
        raise Refused(_("This movement was corrected already."))
    return _ledger.post(
        actor,
        Movement.Kind.CORRECT,
        opposite(movement),
        area=movement.area,
        other_area=movement.other_area,
        reason=reason.strip()[:200],
        corrects=movement,
    )


def opposite(movement: Movement) -> list[Transfer]:
    """The transfers that undo a movement, paired from its legs."""
    legs = Leg.objects.filter(movement=movement).select_related("location__area", "location__store", "location__person")
    gave: dict[int, list[list[Any]]] = {}
    took: dict[int, list[list[Any]]] = {}
    for leg in legs.order_by("pk"):
        (took if leg.quantity > 0 else gave).setdefault(leg.batch_id, []).append([leg.location, abs(leg.quantity)])
    transfers = []
    for batch, takers in took.items():
        givers = gave[batch]
        for place, quantity in takers:
            while quantity:
                part = min(quantity, givers[0][1])
                transfers.append(Transfer(batch, part, place, givers[0][0]))
                quantity -= part
                givers[0][1] -= part
                if not givers[0][1]:
                    givers.pop(0)
    return transfers
