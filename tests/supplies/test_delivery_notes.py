"""A delivery note as a spreadsheet: preview, into the store, and back by an opposite movement."""

from datetime import date
from typing import Any

import pytest

from redvest.core import batches
from redvest.core.errors import Refused
from redvest.core.models import ImportBatch
from redvest.core.sheets.troubles import Trouble
from redvest.supplies.actions import moving
from redvest.supplies.importing.delivery_notes import DeliveryNoteImporter
from redvest.supplies.models import Balance, Batch, Item, Movement, Store
from tests.core.sheet_files import xlsx
from tests.supplies.shelf import a_store, an_item, held
from tests.world import World

pytestmark = pytest.mark.django_db
HEAD: list[Any] = ["品名", "单位", "应到", "实到", "保质期至", "外观", "备注"]


@pytest.fixture
def store(world: World) -> Store:
    return a_store(world)


def read(world: World, store: Store, *rows: list[Any]) -> ImportBatch:
    options = {"store": store.pk, "counted_by": "蒋小琴", "witness": "陶立新", "source": "区商务委"}
    batch = batches.upload(
        world.worker,
        DeliveryNoteImporter,
        file_name="送货单.xlsx",
        data=xlsx([HEAD, *rows], name="送货单"),
        area=world.community,
        options=options,
    )
    return batches.read(world.worker, DeliveryNoteImporter, batch.pk)


def test_a_note_is_previewed_then_in_the_store_then_taken_back(world: World, store: Store) -> None:
    an_item(world, "大米", "袋")
    note = read(
        world,
        store,
        ["大米", None, 40, 38, date(2027, 3, 1), "完好", None],
        ["蔬菜包", "份", 120, None, None, None, None],
    )
    assert (note.counts["create"], note.counts["refuse"]) == (2, 0)
    assert not Movement.objects.exists()
    batches.confirm(world.worker, DeliveryNoteImporter, note.pk)
    rice, vegetables = Batch.objects.select_related("item").order_by("pk")
    assert (rice.item.name, rice.expected, rice.counted, rice.expires_on) == ("大米", 40, 38, date(2027, 3, 1))
    assert (vegetables.item.unit, vegetables.counted, held(store, vegetables)) == ("份", 120, (120, 0))
    assert (rice.received.counted_by, rice.received.witness, rice.source) == ("蒋小琴", "陶立新", "区商务委")
    batches.undo(world.worker, DeliveryNoteImporter, note.pk)
    assert (held(store, rice), held(store, vegetables)) == ((0, 0), (0, 0))
    assert list(Movement.objects.order_by("pk").values_list("kind", flat=True)) == ["receive", "correct"]
    assert sum(Balance.objects.values_list("quantity", flat=True)) == 0


def test_what_has_left_the_store_cannot_be_undone(world: World, store: Store) -> None:
    note = read(world, store, ["蔬菜包", "份", 120, 120, None, None, None])
    batches.confirm(world.worker, DeliveryNoteImporter, note.pk)
    moving.issue(world.worker, store.pk, {Batch.objects.get().pk: 1}, world.veteran.person.pk)
    with pytest.raises(Refused):
        batches.undo(world.worker, DeliveryNoteImporter, note.pk)
    note.refresh_from_db()
    assert note.state == "confirmed"


def test_a_row_that_cannot_be_understood_says_why(world: World, store: Store) -> None:
    an_item(world, "牛奶", "箱"), an_item(world, "牛奶", "盒")
    note = read(
        world,
        store,
        ["面包", None, 5, 5, None, None, None],
        ["牛奶", None, 5, 5, None, None, None],
        ["饼干", "包", None, None, None, None, None],
        ["鸡蛋", "板", 5, 5, None, "破损", None],
    )
    found = {(row.number, problem.trouble) for row, problem in batches.refused(note)}
    assert {(2, Trouble.MISSING), (3, Trouble.SEVERAL_FOUND), (4, Trouble.MISSING), (5, Trouble.MISSING)} <= found
    assert Item.objects.count() == 2
