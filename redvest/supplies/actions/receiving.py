"""A delivery comes in: counted by two people, batch by batch, with what was announced, its condition and its expiry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from redvest.core import access, audit, live, outbox
from redvest.core.errors import Refused
from redvest.people.models import Account
from redvest.supplies.actions import _ledger, stores
from redvest.supplies.actions._ledger import Transfer
from redvest.supplies.models import Batch, Donation, Item, Location, Movement, Photo, Store

MOST_LINES = 2_000
PHOTO_BYTES = 8_000_000
PHOTO_EDGE = 1600


@dataclass(frozen=True, slots=True)
class Received:
    """One line of a receiving note. ``counted`` is what is there, ``expected`` what was announced (or nothing).

    Without an ``item`` a new one is made of ``name`` and ``unit``.
    """

    item: int | None
    counted: int
    expected: int | None = None
    expires_on: date | None = None
    label: str = ""
    condition: str = Batch.Condition.GOOD
    note: str = ""
    name: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Gift:
    """Who gave it, when it is a donation."""

    donor: str
    contact_phone: str = ""
    is_named: bool = True
    wish: str = ""


@transaction.atomic
def receive(
    actor: Account,
    store_id: int,
    lines: Sequence[Received],
    *,
    counted_by: str,
    witness: str,
    handed_by: str = "",
    source: str = "",
    gift: Gift | None = None,
    at: datetime | None = None,
    photo: bytes | None = None,
    key: str | None = None,
) -> dict[str, Any]:
    """Write a receiving note: batches, their legs, and a donation with its receipt when it was given."""

    def run() -> dict[str, Any]:
        (store,) = stores.open_stores(actor, store_id)
        counted, second = counted_by.strip(), witness.strip()
        if not counted or not second or counted == second:
            raise Refused(_("Two people count a delivery. Enter both names, and let them be two."))
        donation = _donation(actor, store, gift, at) if gift is not None else None
        movement = book(
            actor,
            store,
            lines,
            source=source.strip() or (gift.donor.strip() if gift else ""),
            donation=donation,
            at=at,
            counted_by=counted,
            witness=second,
            handed_by=handed_by.strip(),
        )
        if photo:
            Photo.objects.create(movement=movement, image=smaller(photo), taken_by_id=actor.pk)
        return {"movement": movement.pk, "donation": donation.pk if donation else None}

    return outbox.once(actor, key, "supplies.receive", run)


def book(
    actor: Account,
    store: Store,
    lines: Sequence[Received],
    *,
    source: str,
    donation: Donation | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> Movement:
    """The movement of a delivery; the caller has locked the store and knows who counted."""
    if not lines or len(lines) > MOST_LINES:
        raise Refused(_("A receiving note has at least one line and at most 2,000. Enter what came."))
    lines = [line if line.item else _with_new_item(actor, line) for line in lines]
    movement = _ledger.begin(actor, Movement.Kind.RECEIVE, store.area, at=at, donation=donation, **fields)
    items = Item.objects.in_bulk({line.item for line in lines if line.item})
    batches = Batch.objects.bulk_create(
        _batch(line, items.get(line.item or 0), movement, source, donation) for line in lines
    )
    source_end, place = _ledger.end(Location.Kind.SOURCE, store.area), _ledger.at_store(store)
    transfers = [Transfer(batch.pk, batch.counted, source_end, place) for batch in batches if batch.counted]
    _ledger.write_legs(movement, transfers)
    _ledger.record(actor, movement, transfers)
    return movement


def _with_new_item(actor: Account, line: Received) -> Received:
    name, unit = line.name.strip()[:60], line.unit.strip()[:12]
    if not name or not unit:
        raise Refused(_("%(item)s is not known yet. Enter its unit, too: box, bottle, piece.") % {"item": name or "?"})
    item = Item.objects.filter(name=name, unit=unit).first() or stores.add_item(actor, name=name, unit=unit)
    return replace(line, item=item.pk)


def _batch(line: Received, item: Item | None, movement: Movement, source: str, donation: Donation | None) -> Batch:
    if item is None:
        raise Refused(_("This item does not exist. Choose one from the list."))
    if not 0 <= line.counted <= _ledger.MOST_UNITS or not 0 <= (line.expected or 0) <= _ledger.MOST_UNITS:
        raise Refused(_("Enter how many: a whole number from 1 to 1,000,000."))
    if not line.counted and not line.expected:
        raise Refused(_("%(item)s: enter how many were counted.") % {"item": item.name})
    expires = line.expires_on
    day = timezone.localdate(movement.at)
    if expires is None and item.shelf_days:
        expires = day + timedelta(days=item.shelf_days)
    note, condition = line.note.strip(), line.condition
    if condition != Batch.Condition.GOOD and not note:
        raise Refused(_("%(item)s: write what is damaged or doubtful.") % {"item": item.name})
    if expires is not None and expires < day and condition == Batch.Condition.GOOD:
        raise Refused(
            _("%(item)s expired on %(day)s. Send it back, or receive it as doubtful and say why.")
            % {"item": item.name, "day": date_format(expires, "Y-m-d")}
        )
    return Batch(
        item=item,
        received=movement,
        label=line.label.strip()[:40],
        source=source[:80],
        donation=donation,
        expires_on=expires,
        expected=line.expected,
        counted=line.counted,
        condition=condition,
        note=note[:200],
    )


def _donation(actor: Account, store: Store, gift: Gift, at: datetime | None) -> Donation:
    if not gift.donor.strip():
        raise Refused(_("Enter who gave it. Without a name write “anonymous”."))
    row = Donation.objects.create(
        area=store.area,
        donor=gift.donor.strip()[:80],
        contact_phone=gift.contact_phone[:20],
        is_named=gift.is_named,
        wish=gift.wish.strip()[:300],
        made_by_id=actor.pk,
        at=_ledger.happened(at),
    )
    audit.record(actor, "supplies.donation_received", row, area_path=store.area.path)
    return row


@transaction.atomic
def correct_batch(actor: Account, pk: int, *, expires_on: date | None, label: str) -> Batch:
    """Correct the expiry or the printed number of a batch; its quantities are corrected by counting."""
    held = access.scope(actor, "supplies.keep", Movement.objects.filter(kind=Movement.Kind.RECEIVE))
    batch = Batch.objects.select_for_update(of=("self",)).filter(pk=pk, received__in=held).first()
    if batch is None:
        access.fetch(actor, "supplies.keep", Movement.objects.none(), pk=0)
    assert batch is not None
    batch.expires_on, batch.label = expires_on, label.strip()[:40]
    batch.save(update_fields=["expires_on", "label"])
    movement = Movement.objects.select_related("area").get(pk=batch.received_id)
    audit.record(actor, "supplies.batch_corrected", batch, area_path=movement.area.path)
    live.announce(_ledger.TOPIC, movement.area.path)
    return batch


@transaction.atomic
def add_photo(actor: Account, movement_id: int, data: bytes) -> Photo:
    """Add the picture of a delivery afterwards, once."""
    rows = Movement.objects.select_related("area").filter(kind=Movement.Kind.RECEIVE)
    movement = access.fetch(actor, "supplies.keep", rows, pk=movement_id)
    if Photo.objects.filter(movement=movement).exists():
        raise Refused(_("This delivery has a picture already."))
    photo = Photo.objects.create(movement=movement, image=smaller(data), taken_by_id=actor.pk)
    audit.record(actor, "supplies.photo_added", movement, area_path=movement.area.path)
    return photo


def smaller(data: bytes) -> bytes:
    """The picture as a JPEG of a sensible size, without place and time that a phone wrote into it."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(data) > PHOTO_BYTES:
        raise Refused(_("The picture is larger than 8 MB. Take it with fewer details."))
    try:
        with Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
            picture.draft("RGB", (PHOTO_EDGE, PHOTO_EDGE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise Refused(_("This file is no picture that can be read. Use JPEG, PNG or WebP.")) from error
    upright.thumbnail((PHOTO_EDGE, PHOTO_EDGE))
    buffer = BytesIO()
    upright.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
