"""Parcels on their way: a pair takes them, each door signs, what is left comes back; and the same at the desk."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from redvest.core import access, audit, live, messages, outbox
from redvest.core.errors import Refused
from redvest.people.models import Account, Person
from redvest.supplies.actions import _ledger, lists
from redvest.supplies.actions._ledger import Transfer
from redvest.supplies.models import Distribution, Hand, Location, Movement, Parcel, Trip

State = Parcel.State
LATEST_SEND = timedelta(hours=24)

PARCELS_TO_CARRY = messages.register(
    "supplies.parcels_to_carry",
    gettext_lazy("{count} to carry: {title}"),
    gettext_lazy("{name}, you have {count} of {title} for {place}. Go with {others}. Door by door: {link}"),
)


@transaction.atomic
def send_trip(
    actor: Account,
    distribution_id: int,
    parcels: Sequence[int],
    carrier_id: int,
    companion_id: int | None = None,
    *,
    key: str | None = None,
) -> dict[str, Any]:
    """Hand these waiting parcels to a pair. The first answers for them until each is signed for or brought back."""

    def run() -> dict[str, Any]:
        row = lists.published(actor, distribution_id, "supplies.allocate")
        people = _pair(actor, carrier_id, companion_id)
        waiting = list(
            Parcel.objects.select_for_update()
            .filter(distribution=row, state=State.WAITING, pk__in=parcels)
            .order_by("pk")
        )
        if not waiting or len(waiting) < len(set(parcels)):
            raise Refused(_("Some of these parcels are no longer waiting. Reload the page and choose again."))
        trip = Trip.objects.create(distribution=row, sent_by_id=actor.pk, out_at=timezone.now())
        Hand.objects.bulk_create(
            Hand(trip=trip, person=person, is_carrier=number == 0) for number, person in enumerate(people)
        )
        holder = Location.objects.create(kind=Location.Kind.CUSTODY, area=row.store.area, person=people[0], trip=trip)
        lines = lists.lines_of([parcel.pk for parcel in waiting])
        lists.held_for(row, lines)
        store = _ledger.at_store(row.store)
        _ledger.post(
            actor,
            Movement.Kind.ISSUE,
            [Transfer(batch, units, store, holder) for batch, units in lines.items()],
            area=row.store.area,
            distribution=row,
            purpose=row.title,
        )
        Parcel.objects.filter(pk__in=[parcel.pk for parcel in waiting]).update(
            state=State.OUT, trip=trip, note="", signed_at=None, signed_by=None
        )
        _tell(trip, row, people, len(waiting))
        return {"trip": trip.pk}

    return outbox.once(actor, key, "supplies.send_trip", run)


def _pair(actor: Account, carrier_id: int, companion_id: int | None) -> list[Person]:
    keys = [carrier_id] + ([companion_id] if companion_id else [])
    if len(set(keys)) < len(keys):
        raise Refused(_("A pair is two people. Choose somebody else as the second one."))
    return [access.fetch(actor, "people.see", Person.objects.select_related("account"), pk=key) for key in keys]


def _tell(trip: Trip, row: Distribution, people: list[Person], count: int) -> None:
    accounts = [person.account for person in people if person.account is not None]

    def context(account: Account) -> dict[str, object]:
        others = [person.name for person in people if person.account_id != account.pk]
        number = ngettext("%(count)s parcel", "%(count)s parcels", count) % {"count": count}
        return {
            "count": number,
            "title": row.title,
            "place": row.area.name,
            "others": _(", ").join(others) or _("care: nobody should climb alone for long"),
        }

    messages.tell(accounts, PARCELS_TO_CARRY, context, link=f"/me/parcels/{trip.pk}/", area_path=row.store.area.path)


@transaction.atomic
def sign_off(
    actor: Account,
    parcel_id: int,
    outcome: str,
    *,
    relation: str = "",
    note: str = "",
    tapped_at: str = "",
    key: str | None = None,
) -> dict[str, Any]:
    """What happened at a door: delivered, taken by somebody else (with the relation), nobody there, refused.

    By those who carry it, on the phone also later when there is no network, or at the desk; there also for a parcel
    that is fetched from the store.
    """

    def run() -> dict[str, Any]:
        if outcome not in (State.DELIVERED, State.PROXY, State.ABSENT, State.REFUSED):
            raise Refused(_("Choose what happened at the door."))
        parcel = _parcel(actor, parcel_id)
        before = parcel.state
        if before == outcome:
            return {"parcel": parcel.pk, "state": before}
        _require_possible(parcel, outcome)
        if outcome == State.PROXY and not relation.strip():
            raise Refused(_("Say who took it: neighbour, son, building head."))
        at = _tapped(tapped_at)
        parcel.state, parcel.note = outcome, note.strip()[:200]
        parcel.relation = relation.strip()[:40] if outcome == State.PROXY else ""
        parcel.signed_at, parcel.signed_by_id = at, actor.pk
        parcel.tries += 1
        if outcome in Parcel.DONE:
            _arrive(actor, parcel, at, from_store=before == State.WAITING)
        parcel.save(update_fields=["state", "note", "relation", "signed_at", "signed_by", "tries"])
        _recorded(actor, parcel, f"supplies.parcel_{outcome}")
        return {"parcel": parcel.pk, "state": outcome}

    return outbox.once(actor, key, "supplies.sign_off", run)


def _parcel(actor: Account, pk: int, action: str = "supplies.sign_off") -> Parcel:
    """The parcel, if it is the actor's to answer for: by role, or while he carries it."""
    rows = Parcel.objects.select_related("distribution__store__area", "household__area", "building", "trip")
    parcel = access.fetch(actor, action, rows.select_for_update(of=("self",)), pk=pk)
    if parcel.trip is not None:
        parcel.trip.refresh_from_db(fields=["state"])  # it may have ended while this waited for the parcel
    if not access.can(actor, action, parcel.building) and (parcel.trip is None or parcel.trip.state != Trip.State.OUT):
        raise Http404(_("There is nothing here that you may see."))
    if parcel.distribution.state != Distribution.State.PUBLISHED:
        raise Refused(_("This list is closed. What was signed stays as it is."))
    return parcel


def _require_possible(parcel: Parcel, outcome: str) -> None:
    if parcel.state in (*Parcel.DONE, State.LOST, State.UNSERVED):
        raise Refused(_("This door is already answered. Take the answer back first if it is wrong."))
    is_carried = parcel.trip is not None and parcel.trip.state == Trip.State.OUT
    if parcel.state == State.WAITING and outcome not in Parcel.DONE:
        raise Refused(_("This parcel still lies in the store. Nobody has been at the door with it."))
    if parcel.state != State.WAITING and not is_carried:
        raise Refused(_("This parcel is back in the store. It goes out with another trip."))
    if parcel.state == State.REFUSED and outcome == State.ABSENT:
        raise Refused(_("Somebody was there and refused. Leave the answer as it is."))


def _arrive(actor: Account, parcel: Parcel, at: datetime, *, from_store: bool) -> None:
    """The goods reach the door, from the trip that carries them or straight from the store."""
    row = parcel.distribution
    lines = lists.lines_of([parcel.pk])
    if from_store:
        lists.held_for(row, lines)
        source = _ledger.at_store(row.store)
    else:
        assert parcel.trip is not None  # only a trip carries parcels
        source = Location.objects.select_related("area", "person").get(trip=parcel.trip)
    door = _ledger.at_door(parcel.household)
    _ledger.post(
        actor,
        Movement.Kind.DELIVER,
        [Transfer(batch, units, source, door) for batch, units in lines.items()],
        area=row.store.area,
        other_area=parcel.building,
        at=at,
        distribution=row,
        parcel=parcel,
    )


def _tapped(text: str) -> datetime:
    """When the phone was tapped without a network; now when it says nothing sensible."""
    now = timezone.now()
    try:
        found = parse_datetime(text) if text else None
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found) or not now - LATEST_SEND <= found <= now:
        return now
    return found


@transaction.atomic
def take_answer_back(actor: Account, parcel_id: int, *, key: str | None = None) -> dict[str, Any]:
    """A wrong tap: the goods are again where they were before the door, by an opposite movement."""

    def run() -> dict[str, Any]:
        parcel = _parcel(actor, parcel_id)
        if parcel.state not in Parcel.DONE:
            raise Refused(_("There is no delivery here to take back."))
        last = Movement.objects.select_related("area", "other_area").filter(parcel=parcel, corrects=None)
        movement = last.exclude(corrected_by__isnull=False).latest("pk")
        is_out = parcel.trip is not None and parcel.trip.state == Trip.State.OUT
        if parcel.trip is not None and not is_out:
            raise Refused(_("The pair is back already. Enter what is true at the desk as a count of the store."))
        from redvest.supplies.actions.moving import opposite

        _ledger.post(
            actor,
            Movement.Kind.CORRECT,
            opposite(movement),
            area=movement.area,
            other_area=movement.other_area,
            reason=_("Answered by mistake"),
            corrects=movement,
            distribution=parcel.distribution,
            parcel=parcel,
        )
        if not is_out:
            place = _ledger.at_store(parcel.distribution.store)
            _ledger.hold(
                actor, place, lists.lines_of([parcel.pk]), parcel.distribution.title, distribution=parcel.distribution
            )
        parcel.state = State.OUT if is_out else State.WAITING
        parcel.relation, parcel.note, parcel.signed_at, parcel.signed_by = "", "", None, None
        parcel.save(update_fields=["state", "relation", "note", "signed_at", "signed_by"])
        _recorded(actor, parcel, "supplies.parcel_answer_taken_back")
        return {"parcel": parcel.pk, "state": parcel.state}

    return outbox.once(actor, key, "supplies.take_answer_back", run)


@transaction.atomic
def lose_parcel(actor: Account, parcel_id: int, *, reason: str) -> Parcel:
    """A parcel on its way was broken or lost: it is written off, with the reason."""
    parcel = _parcel(actor, parcel_id, "supplies.allocate")
    if parcel.state not in Parcel.CARRIED or parcel.trip is None or parcel.trip.state != Trip.State.OUT:
        raise Refused(_("Only a parcel that somebody carries can be written off here."))
    if not reason.strip():
        raise Refused(_("Say why it is written off: spoilt, broken, used up, lost."))
    row = parcel.distribution
    holder = Location.objects.select_related("area", "person").get(trip=parcel.trip)
    gone = _ledger.end(Location.Kind.WRITTEN_OFF, row.store.area)
    _ledger.post(
        actor,
        Movement.Kind.WRITE_OFF,
        [Transfer(batch, units, holder, gone) for batch, units in lists.lines_of([parcel.pk]).items()],
        area=row.store.area,
        distribution=row,
        parcel=parcel,
        reason=reason.strip()[:200],
    )
    parcel.state, parcel.note = State.LOST, reason.strip()[:200]
    parcel.signed_at, parcel.signed_by_id = timezone.now(), actor.pk
    parcel.save(update_fields=["state", "note", "signed_at", "signed_by"])
    _recorded(actor, parcel, "supplies.parcel_lost")
    return parcel


@transaction.atomic
def end_trip(actor: Account, trip_id: int, *, key: str | None = None) -> dict[str, Any]:
    """The pair is back: what was not delivered lies in the store again and waits, what was refused is free."""

    def run() -> dict[str, Any]:
        rows = Trip.objects.select_related("distribution__store__area", "distribution__area")
        trip = access.fetch(actor, "supplies.allocate", rows.select_for_update(of=("self",)), pk=trip_id)
        if trip.state == Trip.State.BACK:
            return {"trip": trip.pk}
        row = lists.published(actor, trip.distribution_id, "supplies.allocate")
        parcels = Parcel.objects.select_for_update().filter(trip=trip, state__in=Parcel.CARRIED)
        again = [parcel.pk for parcel in parcels if parcel.state != State.REFUSED]
        refused = [parcel.pk for parcel in parcels if parcel.state == State.REFUSED]
        back, kept = lists.lines_of([*again, *refused]), lists.lines_of(again)
        if back:
            holder = Location.objects.select_related("area", "person").get(trip=trip)
            place = _ledger.at_store(row.store)
            _ledger.post(
                actor,
                Movement.Kind.RETURN,
                [Transfer(batch, units, holder, place) for batch, units in back.items()],
                area=row.store.area,
                distribution=row,
            )
            _ledger.hold(actor, place, kept, row.title, distribution=row)
        Parcel.objects.filter(pk__in=again).update(state=State.WAITING)
        trip.state, trip.back_at = Trip.State.BACK, timezone.now()
        trip.save(update_fields=["state", "back_at"])
        path = row.store.area.path
        audit.record(
            actor, "supplies.trip_ended", trip, area_path=path, detail={"waiting": len(again), "refused": len(refused)}
        )
        live.announce(_ledger.TOPIC, path)
        return {"trip": trip.pk}

    return outbox.once(actor, key, "supplies.end_trip", run)


def _recorded(actor: Account, parcel: Parcel, verb: str) -> None:
    path, store_path = parcel.building.path, parcel.distribution.store.area.path
    audit.record(actor, verb, parcel, area_path=path)
    for each in {path, store_path} if not path.startswith(store_path) else {path}:
        live.announce(_ledger.TOPIC, each)
