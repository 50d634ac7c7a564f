"""What holds when many act at once: fifty issues of the last boxes, random actions of several clients."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redvest.core.errors import Refused
from redvest.supplies.actions import _ledger, moving
from redvest.supplies.models import Balance, Batch, Leg, Location, Movement, Reservation, Store
from tests.duty.test_signup_attack import at_once
from tests.supplies.shelf import a_store, an_item, held, received
from tests.world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> Iterator[World]:
    """The world in the real database, so that many connections see it; the clock stands still for all threads."""
    with time_machine.travel(NOW, tick=False):
        yield World.build()


def books_balance() -> None:
    """Every balance is what its legs add up to, nothing is below zero, and all of it together is nothing."""
    legs = {
        (row["location"], row["batch"]): row["total"]
        for row in Leg.objects.values("location", "batch").annotate(total=Sum("quantity")).order_by()
    }
    rows = {(row.location_id, row.batch_id): row for row in Balance.objects.select_related("location")}
    assert {key: row.quantity for key, row in rows.items()} == legs
    assert sum(legs.values()) == 0
    assert all(row.quantity >= row.reserved >= 0 for row in rows.values() if row.is_ours)
    promised = {
        (row["location"], row["batch"]): row["total"]
        for row in Reservation.objects.values("location", "batch").annotate(total=Sum("left")).order_by()
        if row["total"]
    }
    assert {key: row.reserved for key, row in rows.items() if row.reserved} == promised


def test_fifty_issues_at_once_of_the_last_boxes_hand_out_no_more_than_there_are(town: World) -> None:
    store = a_store(town)
    batch = received(town, store, 17)
    person = town.veteran.person.pk
    outcomes = at_once([partial(moving.issue, town.worker, store.pk, {batch.pk: 1}, person)] * 50)
    assert outcomes == {"done": 17, "refused:too_little": 33}
    assert held(store, batch) == (0, 0)
    books_balance()


def test_two_stores_that_swap_goods_at_once_do_not_wait_for_each_other_forever(town: World) -> None:
    one, two = a_store(town), a_store(town, "二号点")
    goods = {
        store.pk: received(town, store, 100, item=an_item(town, name)) for store, name in ((one, "米"), (two, "油"))
    }
    there = partial(moving.move, town.worker, one.pk, two.pk, {goods[one.pk].pk: 3})
    back = partial(moving.move, town.worker, two.pk, one.pk, {goods[two.pk].pk: 3})
    outcomes = at_once([there, back] * 12)
    assert outcomes == {"done": 24}
    books_balance()


def test_reserving_and_issuing_the_same_boxes_at_once(town: World) -> None:
    store = a_store(town)
    batch = received(town, store, 20)
    tries: list[Callable[[], Any]] = []
    for number in range(10):
        tries.append(partial(moving.issue, town.worker, store.pk, {batch.pk: 2}, town.veteran.person.pk))
        tries.append(partial(moving.reserve, town.office, store.pk, {batch.pk: 2}, purpose=f"{number}栋"))
    outcomes = at_once(tries)
    assert outcomes == {"done": 10, "refused:too_little": 10}
    books_balance()


# --- random sequences -------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["receive", "move", "reserve", "release", "issue", "use", "deliver", "back", "off", "count", "correct"]
        ),
        st.integers(0, 2),  # which client
        st.integers(0, 1),  # which store
        st.integers(0, 5),  # which batch, person, reservation, movement
        st.integers(1, 12),  # how many
    ),
    min_size=4,
    max_size=24,
)


class Client:
    """One of several who act on the same stores; he does what a step says, if it can be done at all."""

    def __init__(self, world: World, stores: list[Store]) -> None:
        self.world = world
        self.stores = stores

    def act(self, verb: str, who: int, where: int, which: int, units: int) -> None:
        world, store = self.world, self.stores[where]
        actor = (world.worker, world.office, world.bureau)[who]
        people = (world.veteran.person, world.newcomer.person)
        person = people[which % 2]
        batches = list(Batch.objects.order_by("pk"))
        batch = batches[which % len(batches)] if batches else None
        if verb == "receive" or batch is None:
            received(world, store, units, by=actor, item=an_item(world, "米" if which % 2 else "油"))
        elif verb == "move":
            moving.move(actor, store.pk, self.stores[1 - where].pk, {batch.pk: units})
        elif verb == "reserve":
            moving.reserve(actor, store.pk, {batch.pk: units}, purpose="8栋")
        elif verb in ("release", "use"):
            self._reservation(verb, actor, which, units, person.pk)
        elif verb == "issue":
            moving.issue(actor, store.pk, {batch.pk: units}, person.pk)
        elif verb == "deliver":
            moving.deliver(actor, person.pk, world.households[which % 3].pk, {batch.pk: units})
        elif verb in ("back", "off"):
            self._custody(verb, actor, person.pk, store, {batch.pk: units})
        elif verb == "count":
            moving.count(actor, store.pk, {batch.pk: units}, counted_by="甲", reason="盘点")
        else:
            rows = list(Movement.objects.order_by("pk"))
            moving.correct(actor, rows[which % len(rows)].pk, reason="记错")

    def _reservation(self, verb: str, actor: Any, which: int, units: int, person: int) -> None:
        rows = list(Reservation.objects.filter(state="held").select_related("location").order_by("pk"))
        if not rows:
            return
        row = rows[which % len(rows)]
        if verb == "release":
            moving.release(actor, row.pk)
        else:
            moving.issue(actor, row.location.store_id or 0, {row.batch_id: units}, person, reservation=row.pk)

    def _custody(self, verb: str, actor: Any, person: int, store: Store, lines: dict[int, int]) -> None:
        place = Location.objects.filter(kind="custody", person=person).first()
        if place is None:
            return
        if verb == "back":
            moving.bring_back(actor, place.pk, store.pk, lines)
        else:
            moving.write_off(actor, lines, custody_id=place.pk, reason="破损")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_done_in_whatever_order_the_books_balance(town: World, steps: list[tuple[Any, ...]]) -> None:
    stores = a_pair(town)
    client = Client(town, stores)
    for step in steps:
        with suppress(Refused):  # a no is an answer; what counts is what the books say after it
            client.act(*step)
        books_balance()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=3, max_size=3))
def test_three_clients_at_once_leave_books_that_balance(town: World, steps: list[list[tuple[Any, ...]]]) -> None:
    stores = a_pair(town)

    def run(own: list[tuple[Any, ...]]) -> None:
        client = Client(town, stores)
        for step in own:
            with suppress(Refused):
                client.act(*step)

    outcomes = at_once([partial(run, own) for own in steps])
    assert outcomes == {"done": 3}, outcomes
    books_balance()


def a_pair(world: World) -> list[Store]:
    """Two stores with something in them; each run of the property makes the next two."""
    number = Store.objects.count()
    stores = [a_store(world, f"{number}号点"), a_store(world, f"{number + 1}号点")]
    for store in stores:
        received(world, store, 10, item=an_item(world, "米"))
    return stores


def test_nothing_is_added_to_a_movement_once_it_is_written(town: World) -> None:
    store = a_store(town)
    batch = received(town, store, 10)
    add = "INSERT INTO supplies_leg (movement_id, location_id, batch_id, quantity) VALUES (%s, %s, %s, %s)"
    ends = [(place.pk, sign) for place, sign in ((_ledger.at_door(town.households[0]), 5), (store.location, -5))]
    with pytest.raises(DatabaseError, match="nothing is added to it later"), transaction.atomic():
        _execute(add, [[batch.received_id, place, batch.pk, units] for place, units in ends])
    assert held(store, batch) == (10, 0)


def _execute(statement: str, rows: list[list[Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
