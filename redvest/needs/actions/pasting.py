"""A pasted list becomes rows to look at, and each row, with one key, a request."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live, outbox
from redvest.core.errors import Refused
from redvest.needs import importing
from redvest.needs.actions.common import TOPIC
from redvest.needs.actions.entering import Asked, ask
from redvest.needs.importing import doors
from redvest.needs.models import Paste, PastedRow, Request
from redvest.needs.pasted import Pasted, as_json, kind_for, lines_of
from redvest.needs.queries import registry
from redvest.needs.queries.serving import serving
from redvest.people.models import Account
from redvest.places.models import Area, Household

LONGEST = 200_000  # characters; a list of a community for a day has a tenth of it
SURE = 0.9
State = PastedRow.State


@transaction.atomic
def paste_list(actor: Account, area: int, text: str) -> Paste:
    """Read a pasted text in the area where it was pasted. Rooms are checked against the register."""
    place = access.fetch(actor, "needs.enter", Area.objects.all(), pk=area)
    if not text.strip():
        raise Refused(_("Nothing was pasted. Copy the list out of the chat and paste it here."))
    if len(text) > LONGEST:
        raise Refused(_("This is too long for one paste. Paste the list in parts."))
    intake = doors.check(importing.read(text), registry.door_book(actor, place))
    kept = [{"role": str(each.role), "text": each.text} for each in intake.kept]
    paste = Paste.objects.create(area=place, text=text, kind=str(intake.kind), kept=kept, made_by=actor)
    PastedRow.objects.bulk_create(
        PastedRow(paste=paste, position=number, read=as_json(row), confidence=row.confidence)
        for number, row in enumerate(intake.rows, start=1)
    )
    audit.record(actor, "needs.pasted", paste, area_path=place.path, detail={"rows": len(intake.rows)})
    return paste


@transaction.atomic
def take_row(
    actor: Account, pk: int, *, kind: str, words: str = "", room: str = "", key: str | None = None
) -> dict[str, Any]:
    """The row becomes a request. ``words`` and ``room`` replace what was read, where somebody corrected it."""

    def run() -> dict[str, Any]:
        row = _row(actor, pk)
        if row.state != State.OPEN:
            raise Refused(_("This row is decided already: %(state)s.") % {"state": row.get_state_display()})
        return {"request": _take(actor, row, kind, words, room).pk}

    return outbox.once(actor, key, "needs.take_row", run)


@transaction.atomic
def put_row_aside(actor: Account, pk: int) -> PastedRow:
    """The row is no request: thanks, a question, done already. It stays with the list."""
    row = _row(actor, pk)
    if row.state == State.TAKEN:
        raise Refused(_("This row is a request already. Close the request instead."))
    return _decided(actor, row, State.ASIDE, "needs.row_aside")


@transaction.atomic
def look_at_row_again(actor: Account, pk: int) -> PastedRow:
    """Put aside by mistake: it is to be looked at again."""
    row = _row(actor, pk)
    if row.state != State.ASIDE:
        raise Refused(_("This row was not put aside."))
    row.state, row.decided_by, row.decided_at = State.OPEN, None, None
    row.save(update_fields=["state", "decided_by", "decided_at"])
    audit.record(actor, "needs.row_opened", row, area_path=row.paste.area.path)
    live.announce(TOPIC, row.paste.area.path)
    return row


@transaction.atomic
def take_clear_rows(actor: Account, paste: int) -> int:
    """All rows of a list that say what is wanted for a known door, without a doubt; how many there were."""
    found = access.fetch(actor, "needs.enter", Paste.objects.select_for_update(of=("self",)), pk=paste)
    rows = found.rows.filter(state=State.OPEN, confidence__gte=SURE).select_related("paste__area")
    service = serving(found.area)
    taken = 0
    for row in rows.select_for_update(of=("self",)):
        read = Pasted.of(row.read)
        if read.is_wish and read.household is not None and not read.doubts and service is not None:
            _take(actor, row, kind_for(read, service.kinds), "", "")
            taken += 1
    if not taken:
        raise Refused(_("No row is without a doubt. Look at them one by one."))
    audit.record(actor, "needs.clear_rows_taken", found, area_path=found.area.path, detail={"rows": taken})
    return taken


def _row(actor: Account, pk: int) -> PastedRow:
    rows = PastedRow.objects.select_for_update(of=("self",)).select_related("paste__area")
    return access.fetch(actor, "needs.enter", rows, pk=pk)


def _take(actor: Account, row: PastedRow, kind: str, words: str, room: str) -> Request:
    read = Pasted.of(row.read)
    household = read.household if not room.strip() or room.strip() == read.door else None
    area = row.paste.area_id
    if household is not None:
        area = Household.objects.values_list("area", flat=True).get(pk=household)
    made = ask(
        actor,
        Asked(
            area=area,
            household=household,
            room=room.strip() or read.door,
            kind=kind,
            words=words.strip() or lines_of(read),
            items=[
                {"name": item["name"], "quantity": item["quantity"] or "", "unit": item["unit"]} for item in read.items
            ],
            contact_name=read.name,
            contact_phone=read.phone,
            source=Request.Source.CHAT,
        ),
    )
    row.request_id = made["request"]
    _decided(actor, row, State.TAKEN, "needs.row_taken")
    return Request.objects.get(pk=made["request"])


def _decided(actor: Account, row: PastedRow, state: str, verb: str) -> PastedRow:
    row.state, row.decided_by, row.decided_at = state, actor, timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at", "request"])
    audit.record(actor, verb, row, area_path=row.paste.area.path)
    live.announce(TOPIC, row.paste.area.path)
    return row
