"""A list from the rule to the last box: published, carried by a pair, signed at each door, reconciled to nothing."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404

from redvest.core.errors import Refused
from redvest.core.models import Message
from redvest.supplies.actions import lists, moving, trips
from redvest.supplies.models import Batch, Distribution, Location, Movement, Parcel, Reservation, Store, Trip
from redvest.supplies.queries import doors as progress
from redvest.supplies.queries.lists import preview
from redvest.supplies.rules.allocation import Portion
from tests.supplies.shelf import a_store, an_item, held, received
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(world: World) -> Store:
    return a_store(world)


@pytest.fixture
def batch(world: World, store: Store) -> Batch:
    return received(world, store, 10)


def a_list(world: World, store: Store, batch: Batch, quantity: int = 2) -> Distribution:
    """Two for each of the three households, published."""
    row = lists.draft_list(world.worker, store.pk, world.community.pk, "周一蔬菜包", [Portion(batch.item_id, quantity)])
    return lists.publish_list(world.worker, row.pk)


def parcels(row: Distribution) -> list[Parcel]:
    return list(row.parcels.order_by("pk"))


def send(world: World, row: Distribution, *some: Parcel) -> Trip:
    chosen = [parcel.pk for parcel in some or parcels(row)]
    done = trips.send_trip(world.worker, row.pk, chosen, world.veteran.person.pk, world.newcomer.person.pk)
    return Trip.objects.get(pk=done["trip"])


def state(parcel: Parcel) -> str:
    parcel.refresh_from_db()
    return parcel.state


def reckoned(row: Distribution) -> tuple[int, ...]:
    """(allocated, issued, delivered, returned, lost, carried)."""
    (line,) = progress.reckoning(row)
    assert line.difference == 0
    return line.allocated, line.issued, line.delivered, line.returned, line.lost, line.carried


def test_publishing_reserves_what_the_rule_gives(world: World, store: Store, batch: Batch) -> None:
    draft = lists.draft_list(world.worker, store.pk, world.community.pk, "周一", [Portion(batch.item_id, 2)])
    assert held(store, batch) == (10, 0)
    shown = preview(world.worker, draft)
    assert (shown.doors, shown.accounts[0].given, shown.accounts[0].left) == (3, 6, 4)
    lists.publish_list(world.worker, draft.pk)
    assert held(store, batch) == (10, 6)
    assert {parcel.building_id for parcel in parcels(draft)} == {world.building.pk, world.building_2.pk}
    with pytest.raises(Refused):
        lists.publish_list(world.worker, draft.pk)
    with pytest.raises(Refused):
        moving.release(world.worker, Reservation.objects.get().pk)


def test_a_pair_carries_and_every_door_answers(world: World, store: Store, batch: Batch) -> None:
    row = a_list(world, store, batch)
    first, second, third = parcels(row)
    trip = send(world, row)
    assert (held(store, batch), held(trip.location, batch)) == ((4, 0), (6, 0))
    assert set(Message.objects.values_list("account", flat=True)) == {world.veteran.pk, world.newcomer.pk}
    trips.sign_off(world.veteran, first.pk, "delivered")
    trips.sign_off(world.newcomer, second.pk, "proxy", relation="邻居")
    trips.sign_off(world.newcomer, third.pk, "absent")
    assert reckoned(row) == (6, 6, 4, 0, 0, 2)
    with pytest.raises(Refused, match="陈老练"):
        lists.close_list(world.worker, row.pk)
    trips.end_trip(world.worker, trip.pk)
    assert reckoned(row) == (6, 6, 4, 2, 0, 0)
    assert (held(store, batch), state(third)) == ((6, 2), "waiting")
    with pytest.raises(Refused):
        lists.close_list(world.worker, row.pk)
    trips.sign_off(world.worker, third.pk, "delivered", note="到社区自取")
    lists.close_list(world.worker, row.pk)
    assert reckoned(row) == (6, 8, 6, 2, 0, 0)
    assert held(store, batch) == (4, 0)
    assert held(Location.objects.get(household=third.household), batch) == (2, 0)


def test_what_is_refused_goes_back_and_is_free(world: World, store: Store, batch: Batch) -> None:
    row = a_list(world, store, batch)
    trip = send(world, row)
    for parcel in parcels(row):
        trips.sign_off(world.veteran, parcel.pk, "refused")
    trips.end_trip(world.worker, trip.pk)
    assert held(store, batch) == (10, 0)
    lists.close_list(world.worker, row.pk)
    assert reckoned(row) == (6, 6, 0, 6, 0, 0)


def test_what_is_lost_is_written_off_by_name_and_reason(world: World, store: Store, batch: Batch) -> None:
    row = a_list(world, store, batch)
    first, *rest = parcels(row)
    trip = send(world, row)
    with pytest.raises(Refused):
        trips.lose_parcel(world.worker, first.pk, reason=" ")
    trips.lose_parcel(world.worker, first.pk, reason="楼梯上打翻")
    for parcel in rest:
        trips.sign_off(world.veteran, parcel.pk, "delivered")
    trips.end_trip(world.worker, trip.pk)
    with pytest.raises(Refused, match=r"原因|why|reason"):
        lists.close_list(world.worker, row.pk)
    lists.close_list(world.worker, row.pk, difference="一份打翻，已补发")
    assert reckoned(row) == (6, 6, 4, 0, 2, 0)


def test_a_wrong_tap_is_put_right_by_an_opposite_movement(world: World, store: Store, batch: Batch) -> None:
    row = a_list(world, store, batch)
    first, second, _third = parcels(row)
    trip = send(world, row, first)
    trips.sign_off(world.veteran, first.pk, "delivered")
    trips.take_answer_back(world.veteran, first.pk)
    assert (state(first), held(trip.location, batch)) == ("out", (2, 0))
    trips.sign_off(world.veteran, first.pk, "absent")
    trips.sign_off(world.worker, second.pk, "delivered")
    trips.take_answer_back(world.worker, second.pk)
    assert (state(second), held(store, batch)) == ("waiting", (8, 4))
    assert Movement.objects.filter(kind="correct").count() == 2
    with pytest.raises(Refused):
        moving.correct(world.worker, Movement.objects.filter(kind="issue").get().pk, reason="x")


def test_the_same_tap_sent_twice_delivers_once(world: World, store: Store, batch: Batch) -> None:
    row = a_list(world, store, batch)
    first = parcels(row)[0]
    trip = send(world, row)
    key = "8f7c6f5e-0000-4000-8000-000000000002"
    for _time in range(2):
        trips.sign_off(world.veteran, first.pk, "delivered", key=key)
    trips.sign_off(world.newcomer, first.pk, "delivered")  # the other one of the pair says the same
    assert held(trip.location, batch) == (4, 0)
    with pytest.raises(Refused):
        trips.sign_off(world.newcomer, first.pk, "refused")


def test_the_time_of_a_tap_without_network_is_kept(world: World, store: Store, batch: Batch) -> None:
    row = a_list(world, store, batch)
    first, second, _third = parcels(row)
    send(world, row)
    trips.sign_off(world.veteran, first.pk, "delivered", tapped_at="2026-03-02T08:40:00+08:00")
    trips.sign_off(world.veteran, second.pk, "delivered", tapped_at="2026-03-09T08:40:00+08:00")
    assert [state(first), str(first.signed_at)] == ["delivered", "2026-03-02 00:40:00+00:00"]
    second.refresh_from_db()
    assert str(second.signed_at) == "2026-03-02 01:00:00+00:00"  # not in the future


def test_only_those_who_carry_a_parcel_answer_for_it(world: World, store: Store, batch: Batch) -> None:
    row = a_list(world, store, batch)
    first, second, _third = parcels(row)
    trip = send(world, row, first)
    for who, parcel in ((world.neighbour, first), (world.stranger, first), (world.veteran, second)):
        with pytest.raises(Http404):
            trips.sign_off(who, parcel.pk, "delivered")
    trips.end_trip(world.worker, trip.pk)
    with pytest.raises(Http404):
        trips.sign_off(world.veteran, first.pk, "delivered")
    with pytest.raises(Http404):
        progress.my_trip(world.veteran, trip.pk)


def test_a_proxy_is_named_and_one_walks_not_twice(world: World, store: Store, batch: Batch) -> None:
    row = a_list(world, store, batch)
    first = parcels(row)[0]
    with pytest.raises(Refused):
        trips.send_trip(world.worker, row.pk, [first.pk], world.veteran.person.pk, world.veteran.person.pk)
    send(world, row, first)
    with pytest.raises(Refused):
        trips.sign_off(world.veteran, first.pk, "proxy")
    with pytest.raises(Refused):
        send(world, row, first)


def test_expired_goods_are_never_allocated(world: World, store: Store) -> None:
    milk = an_item(world, "牛奶", "箱")
    fresh = received(world, store, 2, item=milk, expires_on=date(2026, 3, 20))
    from redvest.supplies.actions import receiving

    old = receiving.Received(milk.pk, 50, expires_on=date(2026, 3, 1), condition="doubtful", note="昨天到期")
    receiving.receive(world.worker, store.pk, [old], counted_by="甲", witness="乙")
    row = lists.draft_list(world.worker, store.pk, world.community.pk, "牛奶", [Portion(milk.pk, 1)])
    shown = preview(world.worker, row)
    assert (shown.accounts[0].free, shown.accounts[0].given, shown.accounts[0].ran_out) == (2, 2, 1)
    lists.publish_list(world.worker, row.pk)
    assert held(store, fresh) == (2, 2)


def close_by_sql(row: Distribution) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE supplies_distribution SET state = 'closed' WHERE id = %s", [row.pk])


def test_a_list_cannot_be_closed_by_raw_sql_while_boxes_are_out(world: World, store: Store, batch: Batch) -> None:
    row = a_list(world, store, batch)
    trip = send(world, row)
    with pytest.raises(DatabaseError, match="every box is accounted for"), transaction.atomic():
        close_by_sql(row)
    for parcel in parcels(row):
        trips.sign_off(world.veteran, parcel.pk, "refused")
    # No door is open any more, but the boxes are still with the pair.
    with pytest.raises(DatabaseError, match="every box is accounted for"), transaction.atomic():
        close_by_sql(row)
    trips.end_trip(world.worker, trip.pk)
    lists.close_list(world.worker, row.pk)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (
            "UPDATE supplies_parcel SET state = 'proxy', signed_at = now()",
            "parcel_proxy_is_named|parcel_answer_is_signed",
        ),
        ("UPDATE supplies_parcel SET state = 'delivered'", "parcel_answer_is_signed"),
        ("UPDATE supplies_parcel SET state = 'out'", "parcel_is_carried_by_a_trip"),
        ("UPDATE supplies_parcel SET state = 'lost'", "nvalid transition|parcel_"),
        ("UPDATE supplies_parcelline SET quantity = 9", "Cannot update or delete"),
        ("UPDATE supplies_distribution SET state = 'draft'", "nvalid transition"),
        ("UPDATE supplies_trip SET state = 'back', back_at = NULL", "trip_back_at_a_time"),
        ("INSERT INTO supplies_parcel SELECT * FROM supplies_parcel LIMIT 1", "supplies_parcel_pkey|once_per_door"),
    ],
)
def test_parcels_and_lists_cannot_be_forged(world: World, store: Store, batch: Batch, statement: str, why: str) -> None:
    row = a_list(world, store, batch)
    send(world, row, parcels(row)[0])
    with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement + (" WHERE state = 'waiting'" if "parcel SET" in statement else ""))


def test_others_lists_do_not_exist_for_a_stranger(world: World, store: Store, batch: Batch) -> None:
    row = a_list(world, store, batch)
    trip = send(world, row, parcels(row)[0])
    mine = a_store(world, "老街仓库", area=world.far_community)
    for attempt in (
        lambda: lists.close_list(world.stranger, row.pk),
        lambda: lists.draft_list(world.stranger, mine.pk, world.community.pk, "x", [Portion(batch.item_id, 1)]),
        lambda: lists.draft_list(world.stranger, store.pk, world.far_community.pk, "x", [Portion(batch.item_id, 1)]),
        lambda: trips.end_trip(world.stranger, trip.pk),
        lambda: trips.send_trip(world.stranger, row.pk, [1], world.veteran.person.pk),
        lambda: trips.lose_parcel(world.stranger, parcels(row)[0].pk, reason="x"),
    ):
        with pytest.raises(Http404):
            attempt()
