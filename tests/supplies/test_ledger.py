"""Receiving, moving, reserving, handing out, counting: every piece is accounted for."""

from datetime import date, timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from redvest.core.errors import Denied, Refused
from redvest.core.models import Entry
from redvest.supplies.actions import moving, receiving, stores
from redvest.supplies.models import Balance, Batch, Donation, Location, Movement, Photo
from tests.supplies.shelf import a_store, an_item, held, received
from tests.world import World

pytestmark = pytest.mark.django_db


def test_a_delivery_is_counted_by_two_and_shows_what_was_announced(world: World) -> None:
    store, item = a_store(world), an_item(world, shelf_days=5)
    line = receiving.Received(item.pk, 96, expected=100, condition="damaged", note="四箱压坏")
    done = receiving.receive(
        world.worker, store.pk, [line], counted_by="蒋小琴", witness="陶立新", handed_by="司机老周", source="区商务委"
    )
    batch = Batch.objects.get()
    assert (batch.counted, batch.expected, batch.expires_on) == (96, 100, date(2026, 3, 7))
    assert held(store, batch) == (96, 0)
    assert Entry.objects.filter(verb="supplies.receive", row_id=str(done["movement"])).exists()


@pytest.mark.parametrize(("one", "two"), [("蒋小琴", ""), ("蒋小琴", " 蒋小琴 "), ("", "陶立新")])
def test_one_person_alone_receives_nothing(world: World, one: str, two: str) -> None:
    store, item = a_store(world), an_item(world)
    with pytest.raises(Refused, match=r"Two people|两个人"):
        receiving.receive(world.worker, store.pk, [receiving.Received(item.pk, 5)], counted_by=one, witness=two)
    assert not Movement.objects.exists()


def test_what_has_expired_is_received_only_as_doubtful(world: World) -> None:
    store, item = a_store(world), an_item(world)
    old = receiving.Received(item.pk, 5, expires_on=date(2026, 3, 1))
    with pytest.raises(Refused):
        receiving.receive(world.worker, store.pk, [old], counted_by="甲", witness="乙")
    doubtful = receiving.Received(item.pk, 5, expires_on=date(2026, 3, 1), condition="doubtful", note="昨天到期")
    assert receiving.receive(world.worker, store.pk, [doubtful], counted_by="甲", witness="乙")["movement"]


def test_a_donation_gets_a_receipt_number(world: World) -> None:
    store, item = a_store(world), an_item(world)
    gift = receiving.Gift("巴南一家人超市", is_named=True, wish="给独居老人")
    receiving.receive(
        world.worker, store.pk, [receiving.Received(item.pk, 30)], counted_by="甲", witness="乙", gift=gift
    )
    donation = Donation.objects.get()
    assert donation.number == f"20260302-{donation.pk:05d}"
    assert list(donation.batches.values_list("counted", flat=True)) == [30]


def test_a_picture_loses_what_the_camera_wrote_into_it(world: World) -> None:
    from io import BytesIO

    from PIL import Image

    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    buffer = BytesIO()
    Image.new("RGB", (3000, 2000), "red").save(buffer, "JPEG", exif=exif)
    store, item = a_store(world), an_item(world)
    receiving.receive(
        world.worker,
        store.pk,
        [receiving.Received(item.pk, 5)],
        counted_by="甲",
        witness="乙",
        photo=buffer.getvalue(),
    )
    kept = bytes(Photo.objects.get().image)
    with Image.open(BytesIO(kept)) as picture:
        assert picture.size == (1600, 1067)
        assert not picture.getexif()
    assert b"SecretPhone" not in kept
    with pytest.raises(Refused):
        receiving.smaller(b"<svg onload=alert(1)>")


def test_reserved_stock_is_not_free(world: World) -> None:
    store = a_store(world)
    batch = received(world, store, 50)
    (row,) = moving.reserve(world.worker, store.pk, {batch.pk: 40}, purpose="8栋")
    assert held(store, batch) == (50, 40)
    with pytest.raises(Refused, match="10"):
        moving.issue(world.worker, store.pk, {batch.pk: 11}, world.veteran.person.pk)
    moving.issue(world.worker, store.pk, {batch.pk: 10}, world.veteran.person.pk)
    moving.issue(world.worker, store.pk, {batch.pk: 15}, world.veteran.person.pk, reservation=row.pk)
    assert held(store, batch) == (25, 25)
    with pytest.raises(Refused):
        moving.issue(world.worker, store.pk, {batch.pk: 26}, world.veteran.person.pk, reservation=row.pk)
    moving.release(world.worker, row.pk)
    assert held(store, batch) == (25, 0)
    with pytest.raises(Refused):
        moving.release(world.worker, row.pk)


def test_from_the_store_to_the_door_and_the_rest_back(world: World) -> None:
    store = a_store(world)
    batch = received(world, store, 50)
    person = world.veteran.person
    moving.issue(world.worker, store.pk, {batch.pk: 12}, person.pk, purpose="1栋")
    holder = Location.objects.get(kind="custody", person=person)
    assert (held(store, batch), held(holder, batch)) == ((38, 0), (12, 0))
    moving.deliver(world.veteran, person.pk, world.households[0].pk, {batch.pk: 7})
    with pytest.raises(Refused):
        moving.deliver(world.newcomer, person.pk, world.households[1].pk, {batch.pk: 1})
    moving.write_off(world.worker, {batch.pk: 1}, custody_id=holder.pk, reason="楼梯上摔破")
    moving.bring_back(world.worker, holder.pk, store.pk, {batch.pk: 4})
    assert (held(store, batch), held(holder, batch)) == ((42, 0), (0, 0))
    assert held(Location.objects.get(kind="door"), batch) == (7, 0)


def test_a_difference_in_counting_is_a_movement_with_a_reason(world: World) -> None:
    store = a_store(world)
    batch = received(world, store, 50)
    assert moving.count(world.worker, store.pk, {batch.pk: 50}, counted_by="甲")["movement"] is None
    with pytest.raises(Refused, match=r"原因|why|reason"):
        moving.count(world.worker, store.pk, {batch.pk: 47}, counted_by="甲")
    moving.count(world.worker, store.pk, {batch.pk: 47}, counted_by="甲", witness="乙", reason="夜班发放漏记")
    assert held(store, batch) == (47, 0)
    moving.count(world.worker, store.pk, {batch.pk: 49}, counted_by="甲", reason="在柜后找到两份")
    assert held(store, batch) == (49, 0)
    assert held(Location.objects.get(kind="count"), batch) == (1, 0)


def test_counting_less_than_is_reserved_is_refused_kindly(world: World) -> None:
    store = a_store(world)
    batch = received(world, store, 50)
    moving.reserve(world.worker, store.pk, {batch.pk: 40}, purpose="8栋")
    with pytest.raises(Refused, match="40"):
        moving.count(world.worker, store.pk, {batch.pk: 30}, counted_by="甲", reason="少了")


def test_a_mistake_is_put_right_once_and_by_its_opposite(world: World) -> None:
    store, other = a_store(world), a_store(world, "望江苑暂存点", area=world.estate)
    batch = received(world, store, 50)
    done = moving.move(world.worker, store.pk, other.pk, {batch.pk: 30})
    assert (held(store, batch), held(other, batch)) == ((20, 0), (30, 0))
    moving.correct(world.worker, done["movement"], reason="点错了仓库")
    assert (held(store, batch), held(other, batch)) == ((50, 0), (0, 0))
    with pytest.raises(Refused):
        moving.correct(world.worker, done["movement"], reason="再来一次")


def test_a_delivery_that_is_gone_cannot_be_undone(world: World) -> None:
    store = a_store(world)
    batch = received(world, store, 50)
    moving.issue(world.worker, store.pk, {batch.pk: 1}, world.veteran.person.pk)
    with pytest.raises(Refused, match="49"):
        moving.correct(world.worker, batch.received_id, reason="没有收到过")


def test_cold_things_go_only_where_a_fridge_is(world: World) -> None:
    store = a_store(world, has_fridge=True)
    warm = a_store(world, "门岗帐篷")
    batch = received(world, store, 5, item=an_item(world, "胰岛素", "支", is_cold=True))
    with pytest.raises(Refused, match="胰岛素"):
        moving.move(world.worker, store.pk, warm.pk, {batch.pk: 1})


def test_a_store_closes_only_empty(world: World) -> None:
    store = a_store(world)
    batch = received(world, store, 5)
    with pytest.raises(Refused):
        stores.close_store(world.worker, store.pk)
    moving.write_off(world.worker, {batch.pk: 5}, store_id=store.pk, reason="腐烂")
    stores.close_store(world.worker, store.pk)
    with pytest.raises(Refused):
        received(world, store, 5)


def test_a_key_sent_twice_moves_once(world: World) -> None:
    store = a_store(world)
    batch = received(world, store, 50)
    key = "8f7c6f5e-0000-4000-8000-000000000001"
    first = moving.issue(world.worker, store.pk, {batch.pk: 3}, world.veteran.person.pk, key=key)
    assert moving.issue(world.worker, store.pk, {batch.pk: 3}, world.veteran.person.pk, key=key) == first
    assert held(store, batch) == (47, 0)


def test_nothing_happens_in_the_future(world: World) -> None:
    store, item = a_store(world), an_item(world)
    ahead = timezone.now() + timedelta(minutes=1)
    with pytest.raises(Refused):
        receiving.receive(
            world.worker, store.pk, [receiving.Received(item.pk, 5)], counted_by="甲", witness="乙", at=ahead
        )


def test_others_stores_do_not_exist_for_a_stranger(world: World) -> None:
    store = a_store(world)
    batch = received(world, store, 50)
    (row,) = moving.reserve(world.worker, store.pk, {batch.pk: 1}, purpose="8栋")
    mine = a_store(world, "老街仓库", area=world.far_community)
    for attempt in (
        lambda: moving.write_off(world.stranger, {batch.pk: 1}, store_id=store.pk, reason="x"),
        lambda: moving.move(world.stranger, store.pk, mine.pk, {batch.pk: 1}),
        lambda: moving.move(world.stranger, mine.pk, store.pk, {batch.pk: 1}),
        lambda: moving.release(world.stranger, row.pk),
        lambda: moving.correct(world.stranger, batch.received_id, reason="x"),
        lambda: receiving.correct_batch(world.stranger, batch.pk, expires_on=None, label=""),
        lambda: stores.open_store(world.stranger, world.community.pk, name="x"),
    ):
        with pytest.raises(Http404):
            attempt()
    with pytest.raises(Refused):
        moving.count(world.stranger, mine.pk, {batch.pk: 1}, counted_by="x", reason="x")
    with pytest.raises(Denied):
        stores.add_item(world.observer, name="x", unit="x")
    assert Balance.objects.get(location=store.location).quantity == 50
