"""What the database itself holds about stock, attacked by raw SQL: invariants 2 and 5."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from redvest.supplies.actions import _ledger, moving
from redvest.supplies.models import Balance, Batch, Leg, Location, Reservation, Store
from tests.supplies.shelf import a_store, held, received
from tests.world import World

pytestmark = pytest.mark.django_db

MOVEMENT = (
    "INSERT INTO supplies_movement (kind, area_id, at, written_at, made_by_id, counted_by, witness, handed_by, reason,"
    " purpose, transaction) VALUES ('issue', %s, now(), now(), %s, '', '', '', '', '', 0) RETURNING id"
)
LEG = "INSERT INTO supplies_leg (movement_id, location_id, batch_id, quantity) VALUES (%s, %s, %s, %s)"


def sql(*statements: tuple[str, list[Any]]) -> None:
    """All in one transaction, which is then complete: what is looked at only at its end is looked at."""
    with transaction.atomic(), connection.cursor() as cursor:
        for text, values in statements:
            cursor.execute(text, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def one(text: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return int(cursor.fetchone()[0])


@pytest.fixture
def store(world: World) -> Store:
    return a_store(world)


@pytest.fixture
def batch(world: World, store: Store) -> Batch:
    return received(world, store, 50)


def test_what_leaves_one_end_arrives_at_another_even_by_raw_sql(world: World, store: Store, batch: Batch) -> None:
    movement = one(MOVEMENT, world.community.pk, world.worker.pk)
    with pytest.raises(DatabaseError, match="must sum to zero"):
        sql((LEG, [movement, store.location.pk, batch.pk, -5]))


def test_a_store_never_goes_below_zero_even_by_raw_sql(world: World, store: Store, batch: Batch) -> None:
    door = _ledger.at_door(world.households[0])
    movement = one(MOVEMENT, world.community.pk, world.worker.pk)
    with pytest.raises(DatabaseError, match="stock_never_below_zero"):
        sql((LEG, [movement, store.location.pk, batch.pk, -51]), (LEG, [movement, door.pk, batch.pk, 51]))


def test_nobody_hands_on_what_he_never_had(world: World, batch: Batch) -> None:
    holder = _ledger.with_person(world.veteran.person, world.community)
    door = _ledger.at_door(world.households[0])
    movement = one(MOVEMENT, world.community.pk, world.worker.pk)
    with pytest.raises(DatabaseError, match="stock_never_below_zero"):
        sql((LEG, [movement, holder.pk, batch.pk, -1]), (LEG, [movement, door.pk, batch.pk, 1]))


def test_reserved_stock_cannot_be_taken_by_another_way(world: World, store: Store, batch: Batch) -> None:
    moving.reserve(world.worker, store.pk, {batch.pk: 40}, purpose="8栋")
    door = _ledger.at_door(world.households[0])
    movement = one(MOVEMENT, world.community.pk, world.worker.pk)
    with pytest.raises(DatabaseError, match="reserved_within_stock"):
        sql((LEG, [movement, store.location.pk, batch.pk, -11]), (LEG, [movement, door.pk, batch.pk, 11]))


A_MOVEMENT = (
    "INSERT INTO supplies_movement (kind, area_id, at, written_at, made_by_id, counted_by, witness, handed_by, reason,"
    " purpose, transaction) VALUES (%s, %%(area)s, now(), now(), %%(account)s, %s, %s, '', %s, '', 0)"
)
LEG_OF_NOTHING = (
    "INSERT INTO supplies_leg (movement_id, location_id, batch_id, quantity)"
    " SELECT id, %(location)s, %(batch)s, 0 FROM supplies_movement"
)
ATTACKS = {
    "rewrite a leg": ("UPDATE supplies_leg SET quantity = 60 WHERE quantity > 0", "Cannot update or delete"),
    "delete a leg": ("DELETE FROM supplies_leg", "Cannot update or delete"),
    "rewrite a movement": ("UPDATE supplies_movement SET reason = 'x'", "Cannot update or delete"),
    "delete a movement": ("DELETE FROM supplies_movement", "Cannot update or delete"),
    "set a balance by hand": ("UPDATE supplies_balance SET quantity = 999", "never set by hand"),
    "forget a balance": ("DELETE FROM supplies_balance", "never set by hand"),
    "invent a balance": (
        "INSERT INTO supplies_balance (location_id, batch_id, quantity, reserved, is_ours) VALUES (0, 0, 9, 0, true)",
        "never set by hand",
    ),
    "count a batch anew": ("UPDATE supplies_batch SET counted = 40", "Cannot"),
    "make a batch of another item": ("UPDATE supplies_batch SET item_id = item_id + 1", "Cannot"),
    "a batch goes": ("DELETE FROM supplies_batch", "Cannot delete"),
    "turn a store into a source": ("UPDATE supplies_location SET kind = 'source'", "Cannot update or delete"),
    "a location of nothing": (
        "INSERT INTO supplies_location (kind, area_id) VALUES ('store', %(area)s)",
        "location_is_one_thing",
    ),
    "a second source": (
        "INSERT INTO supplies_location (kind, area_id) VALUES ('source', %(area)s)",
        "location_end_once",
    ),
    "one person counts for two": (
        A_MOVEMENT % ("'receive'", "'蒋小琴'", "'蒋小琴'", "''"),
        "receipt_counted_by_two",
    ),
    "a loss without a reason": (A_MOVEMENT % ("'write_off'", "''", "''", "''"), "loss_has_a_reason"),
    "a correction of nothing": (A_MOVEMENT % ("'correct'", "''", "''", "'x'"), "correction_names_its_movement"),
    "a leg of nothing": (LEG_OF_NOTHING, "leg_moves_something"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_the_books_cannot_be_cooked(world: World, store: Store, batch: Batch, name: str) -> None:
    statement, why = ATTACKS[name]
    values = {"area": world.community.pk, "account": world.worker.pk, "location": store.location.pk, "batch": batch.pk}
    with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    assert held(store, batch) == (50, 0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("state = 'used'", "reservation_holds_while_held|reserved_within"),
        ('"left" = 51', "reservation_in_bounds"),
        ("quantity = 60", "Cannot"),
        ("purpose = ''", "reservation_has_purpose"),
        ('"left" = 0', "reservation_holds_while_held"),
    ],
)
def test_a_reservation_cannot_be_forged(world: World, store: Store, batch: Batch, change: str, why: str) -> None:
    moving.reserve(world.worker, store.pk, {batch.pk: 40}, purpose="8栋")
    with pytest.raises(DatabaseError, match=why):
        sql((f"UPDATE supplies_reservation SET {change}", []))
    assert held(store, batch) == (50, 40)


def test_a_released_reservation_does_not_come_back(world: World, store: Store, batch: Batch) -> None:
    (row,) = moving.reserve(world.worker, store.pk, {batch.pk: 40}, purpose="8栋")
    moving.release(world.worker, row.pk)
    with pytest.raises(DatabaseError, match=r"[Ii]nvalid transition"):
        sql(("UPDATE supplies_reservation SET state = 'held', \"left\" = 40, ended_at = NULL", []))
    with pytest.raises(DatabaseError, match="Cannot delete"):
        sql(("DELETE FROM supplies_reservation", []))


def test_more_than_is_there_cannot_be_reserved_by_raw_sql(world: World, store: Store, batch: Batch) -> None:
    with pytest.raises(DatabaseError, match="reserved_within_stock"):
        Reservation.objects.create(
            location=store.location, batch=batch, quantity=51, left=51, purpose="x", made_by=world.worker
        )


def test_the_balance_is_what_the_legs_add_up_to(world: World, store: Store, batch: Batch) -> None:
    moving.issue(world.worker, store.pk, {batch.pk: 12}, world.veteran.person.pk)
    for row in Balance.objects.all():
        legs = Leg.objects.filter(location=row.location_id, batch=row.batch_id).values_list("quantity", flat=True)
        assert row.quantity == sum(legs)
    assert sum(Balance.objects.values_list("quantity", flat=True)) == 0
    assert Balance.objects.get(location__kind=Location.Kind.SOURCE).quantity == -50
