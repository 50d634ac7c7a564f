"""Stores with something in them for tests: ``store = a_store(world)``, ``batch = received(world, store, 50)``."""

from datetime import date
from typing import Any

from redvest.people.models import Account
from redvest.places.models import Area
from redvest.supplies.actions import receiving, stores
from redvest.supplies.models import Balance, Batch, Item, Location, Store
from tests.world import World


def a_store(world: World, name: str = "海棠社区物资点", *, area: Area | None = None, **fields: Any) -> Store:
    """A store in 海棠社区."""
    return stores.open_store(world.bureau, (area or world.community).pk, name=name, **fields)


def an_item(world: World, name: str = "蔬菜包", unit: str = "份", **fields: Any) -> Item:
    """Something that is handed out; the same name gives the same item."""
    return Item.objects.filter(name=name, unit=unit).first() or stores.add_item(
        world.bureau, name=name, unit=unit, **fields
    )


def received(
    world: World,
    store: Store,
    counted: int,
    *,
    item: Item | None = None,
    expires_on: date | None = None,
    by: Account | None = None,
    **fields: Any,
) -> Batch:
    """A batch that came to a store, counted by two."""
    line = receiving.Received((item or an_item(world)).pk, counted, expires_on=expires_on)
    done = receiving.receive(by or world.bureau, store.pk, [line], counted_by="蒋小琴", witness="陶立新", **fields)
    return Batch.objects.select_related("item").get(received=done["movement"])


def held(place: Store | Location, batch: Batch) -> tuple[int, int]:
    """(what is there, what of it is reserved)."""
    location = place if isinstance(place, Location) else place.location
    row = Balance.objects.filter(location=location, batch=batch).first()
    return (row.quantity, row.reserved) if row else (0, 0)
