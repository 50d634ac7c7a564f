"""Medicine runs: opened for a door, handed from one to another by name, ended when everything is back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redvest.core import access, audit, live, messages, outbox
from redvest.core.errors import Refused
from redvest.people.models import Account, Person
from redvest.places.models import Household
from redvest.supplies.actions import _ledger
from redvest.supplies.models import HandOver, Holder, MedicineRun, Thing
from redvest.supplies.queries.addresses import address

MEDICINE, HAND_OVER = "supplies.medicine", "supplies.hand_over"
FROM_DOOR = (Thing.Kind.CARD, Thing.Kind.CASH, Thing.Kind.BOX, Thing.Kind.SLIP)
MOST_CASH = Decimal(5_000)

RUN_GIVEN = messages.register(
    "supplies.medicine_run_given",
    gettext_lazy("Medicine to fetch: {door}"),
    gettext_lazy("{name}, please fetch medicine for {door}. What you take, and from whom, is noted here: {link}"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be fetched."""

    drug: str
    quantity: str
    maker: str = ""
    strength: str = ""
    is_cold: bool = False
    hospital: str = ""
    card_tail: str = ""
    runs_out_on: date | None = None
    note: str = ""


@transaction.atomic
def open_run(
    actor: Account,
    household_id: int,
    wanted: Wanted,
    things: Mapping[str, Decimal | None],
    carrier_id: int | None = None,
) -> MedicineRun:
    """A run for a door. ``things`` says what the household gives along: {kind: None, or the cash in yuan}."""
    rows = Household.objects.select_related("area")
    household = access.fetch(actor, MEDICINE, rows, pk=household_id)
    if not wanted.drug.strip() or not wanted.quantity.strip():
        raise Refused(_("Enter which medicine, and how much of it."))
    given = {kind: amount for kind, amount in things.items() if kind in FROM_DOOR}
    if not given:
        raise Refused(_("Tick what the household gives along: card, cash, empty box or slip."))
    cash = given.get(Thing.Kind.CASH)
    if Thing.Kind.CASH in given and (cash is None or not 0 < cash <= MOST_CASH):
        raise Refused(_("Enter how much cash is given along, up to 5,000 yuan."))
    run = MedicineRun(
        household=household,
        area=household.area,
        drug=wanted.drug.strip()[:80],
        quantity=wanted.quantity.strip()[:30],
        maker=wanted.maker.strip()[:80],
        strength=wanted.strength.strip()[:60],
        is_cold=wanted.is_cold,
        hospital=wanted.hospital.strip()[:80],
        card_tail=wanted.card_tail.strip(),
        runs_out_on=wanted.runs_out_on,
        note=wanted.note.strip()[:200],
        made_by_id=actor.pk,
    )
    _save(run)
    Thing.objects.bulk_create(
        [
            *(Thing(run=run, kind=kind, amount=given[kind], holder=Holder.DOOR) for kind in FROM_DOOR if kind in given),
            Thing(run=run, kind=Thing.Kind.MEDICINE, holder=Holder.PHARMACY),
        ]
    )
    audit.record(actor, "supplies.medicine_run_opened", run, area_path=run.area.path)
    if carrier_id is not None:
        _give(actor, run, carrier_id)
    live.announce(_ledger.TOPIC, run.area.path)
    return run


def _save(run: MedicineRun) -> None:
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as error:
        raise Refused(
            _("Of the insurance card only the last four characters are kept. Enter those, or nothing.")
        ) from error


@transaction.atomic
def give_run(actor: Account, pk: int, carrier_id: int) -> MedicineRun:
    """Somebody goes, or somebody else goes on."""
    run = _open(actor, pk, MEDICINE)
    _give(actor, run, carrier_id)
    live.announce(_ledger.TOPIC, run.area.path)
    return run


def _give(actor: Account, run: MedicineRun, carrier_id: int) -> None:
    person = access.fetch(actor, "people.see", Person.objects.select_related("account"), pk=carrier_id)
    run.carrier = person
    run.save(update_fields=["carrier"])
    audit.record(actor, "supplies.medicine_run_given", run, area_path=run.area.path, detail={"person": person.pk})
    if person.account is not None:
        context = {"door": address(run.household)}
        link = f"/me/medicine/{run.pk}/"
        messages.tell([person.account], RUN_GIVEN, context, link=link, area_path=run.area.path)


@transaction.atomic
def hand_over(
    actor: Account,
    run_id: int,
    things: Sequence[int],
    taker: str,
    *,
    person_id: int | None = None,
    name: str = "",
    paid: Decimal | None = None,
    note: str = "",
    key: str | None = None,
) -> dict[str, Any]:
    """These things go to the next: a person, the desk, the pharmacy, the household, or they are spent.

    Each hand-over names both. ``paid`` is what of the cash was spent at this step; the rest goes on as change.
    """

    def run() -> dict[str, Any]:
        row = _open(actor, run_id, HAND_OVER)
        if taker not in Holder.values:
            raise Refused(_("Choose who takes it."))
        person = _taker(actor, row, taker, person_id)
        found = list(
            Thing.objects.select_for_update(of=("self",))
            .select_related("person")
            .filter(run=row, pk__in=things)
            .order_by("pk")
        )
        if not found or len(found) < len(set(things)):
            raise Refused(_("Tick what is handed over."))
        for thing in found:
            _one(actor, row, thing, taker, person, name, paid if thing.kind == Thing.Kind.CASH else None, note)
        audit.record(
            actor,
            "supplies.medicine_handed_over",
            row,
            area_path=row.area.path,
            detail={"things": [str(thing.kind) for thing in found], "to": taker},
        )
        live.announce(_ledger.TOPIC, row.area.path)
        return {"run": row.pk}

    return outbox.once(actor, key, "supplies.hand_over", run)


def _taker(actor: Account, row: MedicineRun, taker: str, person_id: int | None) -> Person | None:
    if taker != Holder.PERSON:
        return None
    if person_id is None or person_id == row.carrier_id:
        if row.carrier is None:
            raise Refused(_("Choose who takes it."))
        return row.carrier
    access.require(actor, MEDICINE, row.area)
    return access.fetch(actor, "people.see", Person.objects.all(), pk=person_id)


def _one(
    actor: Account,
    row: MedicineRun,
    thing: Thing,
    taker: str,
    person: Person | None,
    name: str,
    paid: Decimal | None,
    note: str,
) -> None:
    """One thing to the next. Paying leaves the rest of the cash where it is."""
    spent = paid or Decimal(0)
    if spent < 0 or (thing.amount is not None and spent > thing.amount):
        raise Refused(_("Only %(amount)s yuan are there. Enter what was really paid.") % {"amount": thing.amount})
    is_same = thing.holder == taker and thing.person_id == (person.pk if person else None)
    if is_same and not spent:
        return
    if thing.holder == Holder.SPENT:
        raise Refused(_("%(thing)s is used up already.") % {"thing": thing.get_kind_display()})
    HandOver.objects.create(
        thing=thing,
        giver=thing.holder,
        giver_person=thing.person,
        giver_name=_name(actor, row, thing.holder, thing.person, ""),
        taker=taker,
        taker_person=person,
        # Paid cash went to the pharmacy; the change stays in the same hands.
        taker_name=_name(actor, row, *((Holder.PHARMACY, None) if is_same else (taker, person)), name),
        paid=spent,
        made_by_id=actor.pk,
        note=note.strip()[:200],
    )


def _name(actor: Account, row: MedicineRun, holder: str, person: Person | None, given: str) -> str:
    """Who that is, as the chain will say it for good: a household by its door, never by its name."""
    if person is not None:
        return person.name
    if holder == Holder.DOOR:
        return address(row.household)
    if holder == Holder.DESK:
        return given.strip()[:60] or str(actor)
    if holder == Holder.PHARMACY:
        return given.strip()[:60] or row.hospital or str(Holder.PHARMACY.label)
    return given.strip()[:60] or str(Holder.SPENT.label)


@transaction.atomic
def finish_run(actor: Account, pk: int) -> MedicineRun:
    """Everything is back at the door, or spent."""
    run = _open(actor, pk, MEDICINE)
    away = _away(run).first()
    if away is not None:
        raise Refused(
            _("%(thing)s is not back at the door. Note first who has given it back.")
            % {"thing": away.get_kind_display()}
        )
    return _end(actor, run, MedicineRun.State.DONE, "supplies.medicine_run_done")


@transaction.atomic
def cancel_run(actor: Account, pk: int, *, reason: str) -> MedicineRun:
    """No medicine was fetched; what the household gave must be back."""
    run = _open(actor, pk, MEDICINE)
    if not reason.strip():
        raise Refused(_("Say why it is called off."))
    away = _away(run).exclude(kind=Thing.Kind.MEDICINE, holder=Holder.PHARMACY).first()
    if away is not None:
        raise Refused(
            _("%(thing)s is not back at the door. Note first who has given it back.")
            % {"thing": away.get_kind_display()}
        )
    run.note = reason.strip()[:200]
    return _end(actor, run, MedicineRun.State.CANCELLED, "supplies.medicine_run_cancelled")


def _away(run: MedicineRun) -> Any:
    return run.things.exclude(holder__in=[Holder.DOOR, Holder.SPENT]).order_by("pk")


def _end(actor: Account, run: MedicineRun, state: str, verb: str) -> MedicineRun:
    run.state, run.ended_at = state, timezone.now()
    run.save(update_fields=["state", "ended_at", "note"])
    audit.record(actor, verb, run, area_path=run.area.path)
    live.announce(_ledger.TOPIC, run.area.path)
    return run


def _open(actor: Account, pk: int, action: str) -> MedicineRun:
    rows = MedicineRun.objects.select_related("household__area__parent__parent", "area", "carrier")
    run = access.fetch(actor, action, rows.select_for_update(of=("self",)), pk=pk)
    if run.state != MedicineRun.State.OPEN:
        raise Refused(_("This run has ended. Reload the page."))
    return run
