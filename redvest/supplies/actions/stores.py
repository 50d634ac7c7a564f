"""Stores and items: opening, changing, closing."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from redvest.core import access, audit, live
from redvest.core.errors import Refused
from redvest.people.models import Account
from redvest.places.models import Area
from redvest.supplies.actions import _ledger
from redvest.supplies.models import Balance, Item, Store

STORE_FIELDS = ("name", "has_fridge", "keeper", "note")
ITEM_FIELDS = (
    "name",
    "unit",
    "kind",
    "pack",
    "weight_grams",
    "is_cold",
    "shelf_days",
    "kit_code",
    "barcode",
    "is_in_use",
)


@transaction.atomic
def open_store(actor: Account, area_id: int, **fields: Any) -> Store:
    """A new store at a place."""
    area = access.fetch(actor, "supplies.keep", Area.objects.all(), pk=area_id)
    store = Store(area=area, **_known(fields, STORE_FIELDS))
    _save(store, _("There is already a store of this name here. Open that one, or choose another name."))
    _ledger.at_store(store)
    audit.record(actor, "supplies.store_opened", store, area_path=area.path, detail={"name": store.name})
    live.announce(_ledger.TOPIC, area.path)
    return store


@transaction.atomic
def edit_store(actor: Account, pk: int, **fields: Any) -> Store:
    """Change a store's name, keeper, fridge, note. Where it is does not change: open another one there."""
    store = locked_store(actor, pk)
    for key, value in _known(fields, STORE_FIELDS).items():
        setattr(store, key, value)
    _save(store, _("There is already a store of this name here. Open that one, or choose another name."))
    audit.record(actor, "supplies.store_edited", store, area_path=store.area.path, detail={"fields": sorted(fields)})
    live.announce(_ledger.TOPIC, store.area.path)
    return store


@transaction.atomic
def close_store(actor: Account, pk: int) -> Store:
    """Close a store that is empty."""
    store = locked_store(actor, pk)
    if Balance.objects.filter(location__store=store, quantity__gt=0).exists():
        raise Refused(_("There is still something in this store. Move it, hand it out or write it off first."))
    return _to(actor, store, Store.State.CLOSED, "supplies.store_closed")


@transaction.atomic
def reopen_store(actor: Account, pk: int) -> Store:
    """Open a closed store again."""
    return _to(actor, locked_store(actor, pk), Store.State.OPEN, "supplies.store_reopened")


def _to(actor: Account, store: Store, state: str, verb: str) -> Store:
    if store.state != state:
        store.state = state
        store.save(update_fields=["state"])
        audit.record(actor, verb, store, area_path=store.area.path)
        live.announce(_ledger.TOPIC, store.area.path)
    return store


def locked_store(actor: Account, pk: int, action: str = "supplies.keep") -> Store:
    """The store, if the actor may do ``action`` there."""
    return access.fetch(actor, action, Store.objects.select_related("area").select_for_update(of=("self",)), pk=pk)


def open_stores(actor: Account, *keys: int, action: str = "supplies.keep") -> list[Store]:
    """Open stores in the order asked for, locked in the order of their keys; they stay open until all is written."""
    rows = Store.objects.select_related("area").select_for_update(of=("self",), no_key=True)
    found = {key: access.fetch(actor, action, rows, pk=key) for key in sorted(set(keys))}
    if any(store.state != Store.State.OPEN for store in found.values()):
        raise Refused(_("This store is closed. Open it again, or choose another one."))
    return [found[key] for key in keys]


@transaction.atomic
def add_item(actor: Account, **fields: Any) -> Item:
    """A new kind of thing."""
    access.require(actor, "supplies.manage_items")
    item = Item(**_known(fields, ITEM_FIELDS))
    _save_item(item)
    audit.record(actor, "supplies.item_added", item, detail={"name": item.name})
    live.announce(_ledger.TOPIC, "/")
    return item


@transaction.atomic
def edit_item(actor: Account, pk: int, **fields: Any) -> Item:
    """Change an item. Its unit stays once something of it was received: what was counted was counted in it."""
    access.require(actor, "supplies.manage_items")
    item = Item.objects.select_for_update().filter(pk=pk).first()
    if item is None:
        raise Refused(_("This item does not exist. Choose one from the list."))
    changed = {key: value for key, value in _known(fields, ITEM_FIELDS).items() if getattr(item, key) != value}
    if "unit" in changed and item.batches.exists():
        raise Refused(_("This item was already counted in its unit. Add a new item for another unit."))
    for key, value in changed.items():
        setattr(item, key, value)
    _save_item(item)
    audit.record(actor, "supplies.item_edited", item, detail={"fields": sorted(changed)})
    live.announce(_ledger.TOPIC, "/")
    return item


def _save_item(item: Item) -> None:
    sentence = _("There is already an item with this name and unit, barcode or kit word. Use that one.")
    _save(item, sentence)


def _save(row: Store | Item, sentence: str) -> None:
    if not row.name.strip():
        raise Refused(_("Give it a name."))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(sentence) from error


def _known(fields: dict[str, Any], allowed: tuple[str, ...]) -> dict[str, Any]:
    unknown = fields.keys() - set(allowed)
    if unknown:
        raise TypeError(f"These are no fields of this action: {', '.join(sorted(unknown))}.")
    return fields
