"""The supplies screens: a delivery typed in, goods handed out and counted, what runs short first, yesterday's stock."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import Traveller

from redvest.supplies.actions import moving
from redvest.supplies.models import Donation, Item, Movement, Reservation, Store
from tests.supplies.shelf import a_store, an_item, held, received
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(world: World) -> Store:
    return a_store(world)


def lines(*rows: tuple[str, str, str], **more: Any) -> dict[str, Any]:
    """What the browser sends for lines of (item, unit, counted)."""
    blank = [""] * len(rows)
    sent: dict[str, Any] = {
        "item": [row[0] for row in rows],
        "unit": [row[1] for row in rows],
        "counted": [row[2] for row in rows],
        "condition": ["good"] * len(rows),
        **dict.fromkeys(("expected", "expires", "label", "note"), blank),
        "counted_by": "蒋小琴",
        "witness": "陶立新",
    }
    return sent | more


def test_a_delivery_is_typed_in_and_its_note_printed(world: World, store: Store) -> None:
    an_item(world, "大米", "袋", barcode="6901234567892")
    client = world.client("worker")
    url = reverse("coordinator:store_receive", args=[store.pk])
    assert client.get(url).status_code == 200
    sent = lines(("6901234567892", "", "40"), ("蔬菜包", "份", "120"), ("", "", ""), expected=["42", "", ""])
    answer = client.post(url, sent, follow=True)
    assert [(batch.item.name, batch.counted, batch.missing) for batch in answer.context["batches"]] == [
        ("大米", 40, 2),
        ("蔬菜包", 120, 0),
    ]
    assert Item.objects.get(name="蔬菜包").unit == "份"
    paper = client.get(reverse("coordinator:movement_note", args=[answer.context["movement"].pk]))
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"counted": ["many"]}, "Enter how many were counted, as a whole number."),
        ({"unit": [""]}, "蔬菜包 is not known yet. Enter its unit, too: box, bottle, piece."),
        ({"expires": ["31.3."]}, "This is no date. Write it like 2026-03-31."),
        ({"condition": ["damaged"]}, "Write what is damaged or doubtful."),
        ({"witness": "蒋小琴"}, "Two people count a delivery. Enter both names, and let them be two."),
        ({"item": [""], "counted": [""]}, "Enter at least one line: what came, and how many were counted."),
        ({"expires": ["2026-02-01"]}, "蔬菜包 expired on 2026-02-01. Send it back, or receive it as doubtful"),
    ],
)
def test_what_is_typed_wrong_is_said_in_its_line_and_nothing_is_lost(
    world: World, store: Store, changed: dict[str, Any], sentence: str
) -> None:
    sent = lines(("蔬菜包", "份", "120"), handed_by="司机老周") | changed
    answer = world.client("worker").post(reverse("coordinator:store_receive", args=[store.pk]), sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "司机老周" in answer.content.decode()
    assert not Movement.objects.exists()
    assert not Item.objects.exists()


def test_a_donation_gets_its_receipt(world: World, store: Store) -> None:
    sent = lines(("牛奶", "箱", "30"), source="一家人超市", is_gift="on", is_named="on", wish="给孩子")
    client = world.client("worker")
    client.post(reverse("coordinator:store_receive", args=[store.pk]), sent)
    donation = Donation.objects.get()
    assert donation.number in client.get(reverse("coordinator:donations")).content.decode()
    paper = client.get(reverse("coordinator:donation_receipt", args=[donation.pk]))
    assert paper.content.startswith(b"%PDF")


def test_goods_leave_in_four_ways(world: World, store: Store) -> None:
    batch, other = received(world, store, 50), a_store(world, "望江苑暂存点", area=world.estate)
    client, url = world.client("worker"), reverse("coordinator:store_take", args=[store.pk])
    for sent in (
        {"way": "issue", "person": world.veteran.person.pk, "purpose": "1栋"},
        {"way": "move", "goal": other.pk},
        {"way": "reserve", "purpose": "8栋"},
        {"way": "write_off", "reason": "压坏"},
    ):
        assert client.post(url, {**sent, f"take-{batch.pk}": "5"}).status_code == 302, sent
    assert held(store, batch) == (35, 5)
    said = client.post(url, {"way": "write_off", "reason": "压坏", f"take-{batch.pk}": "31"})
    assert said.status_code == 422
    assert "only 30 份 of 蔬菜包 free" in said.content.decode()
    assert 'value="31"' in said.content.decode()
    for lacking in ("issue", "move", "reserve", "write_off"):
        assert client.post(url, {"way": lacking, f"take-{batch.pk}": "1"}).status_code == 422
    client.post(reverse("coordinator:reservation_release", args=[Reservation.objects.get().pk]))
    assert held(store, batch) == (35, 0)


def test_the_same_form_sent_twice_happens_once(world: World, store: Store) -> None:
    batch, client = received(world, store, 50), world.client("worker")
    sent = {"way": "issue", "person": world.veteran.person.pk, f"take-{batch.pk}": "5"}
    sent["key"] = str(client.get(reverse("coordinator:store_take", args=[store.pk])).context["key"])
    for _time in range(2):
        client.post(reverse("coordinator:store_take", args=[store.pk]), sent)
    assert held(store, batch) == (45, 0)


def test_counting_says_what_differs_and_wants_a_reason(world: World, store: Store) -> None:
    batch, client = received(world, store, 50), world.client("worker")
    url = reverse("coordinator:store_count", args=[store.pk])
    assert client.post(url, {"counted_by": "甲", f"count-{batch.pk}": "48"}).status_code == 422
    assert client.post(url, {"counted_by": "甲", f"count-{batch.pk}": "48", "reason": "漏记"}).status_code == 302
    assert held(store, batch) == (48, 0)


def test_what_somebody_carries_comes_back_or_is_written_off(world: World, store: Store) -> None:
    batch, client = received(world, store, 50), world.client("worker")
    moving.issue(world.worker, store.pk, {batch.pk: 5}, world.veteran.person.pk)
    page = client.get(reverse("coordinator:carried"))
    assert "陈老练" in page.content.decode()
    (row,) = page.context["rows"]
    url = reverse("coordinator:bring_back", args=[row.location.pk])
    client.post(url, {"way": "back", "goal": store.pk, f"take-{batch.pk}": "3"})
    client.post(url, {"way": "write_off", "reason": "用完", f"take-{batch.pk}": "2"})
    assert held(store, batch) == (48, 0)
    assert not client.get(reverse("coordinator:carried")).context["rows"]


def test_the_shelves_as_they_were_yesterday(world: World, store: Store, clock: Traveller) -> None:
    batch = received(world, store, 50)
    clock.move_to(NOW + timedelta(days=1))
    moving.issue(world.worker, store.pk, {batch.pk: 20}, world.veteran.person.pk)
    client, url = world.client("observer"), reverse("coordinator:store", args=[store.pk])
    now = client.get(url).context["shelves"][0]
    then = client.get(url, {"at": "2026-03-02T12:00"}).context["shelves"][0]
    before = client.get(url, {"at": "2026-03-02T08:00"}).context["shelves"]
    assert (now.quantity, then.quantity, before) == (30, 50, [])


def test_the_board_shows_what_ends_first_first(world: World, store: Store, clock: Traveller) -> None:
    rice, masks = an_item(world, "大米", "袋"), an_item(world, "N95口罩", "只", kind="protective", kit_code="mask_n95")
    plenty = received(world, store, 300, item=rice)
    last = received(world, store, 10, item=an_item(world, "奶粉", "罐"))
    received(world, store, 50, item=an_item(world, "面包", "个"), expires_on=date(2026, 3, 4))
    received(world, store, 40, item=masks)
    clock.move_to(NOW + timedelta(hours=25))
    moving.issue(world.worker, store.pk, {plenty.pk: 30, last.pk: 9}, world.veteran.person.pk)
    board = world.client("worker").get(reverse("coordinator:supplies")).context["board"]
    assert [(line.item.name, line.days) for line in board.lines][:2] == [("奶粉", 0.3), ("大米", 27.0)]
    assert [line.item.name for line in board.short] == ["奶粉"]
    assert [(lot.item, str(lot.expiry)) for lot in board.expiring] == [("面包", "soon")]
    # Kit lies ready on purpose; food that waits for longer than a day does not.
    assert {lot.item for lot in board.waiting} == {"奶粉", "大米", "面包"}


def test_the_kit_of_coming_shifts_counts_as_use(world: World, store: Store) -> None:
    from tests.duty.stage import a_post, a_shift

    masks = an_item(world, "N95口罩", "只", kind="protective", kit_code="mask_n95")
    received(world, store, 8, item=masks)
    kit = [{"item": "mask_n95", "name": {"zh": "", "en": ""}, "quantity": 2, "unit": {}, "per": "head"}]
    post = a_post(world, wanted=2, maximum=3, kit=kit)
    for day in (2, 3, 4):
        a_shift(post, day, 20)
    (line,) = world.client("worker").get(reverse("coordinator:supplies")).context["board"].lines
    assert (line.pace.kit, line.days, line.is_short) == (4.0, 2.0, True)


def test_totals_say_what_came_and_where_it_went(world: World, store: Store) -> None:
    batch = received(world, store, 50)
    moving.issue(world.worker, store.pk, {batch.pk: 12}, world.veteran.person.pk)
    moving.deliver(world.veteran, world.veteran.person.pk, world.households[0].pk, {batch.pk: 7})
    moving.write_off(world.worker, {batch.pk: 3}, store_id=store.pk, reason="腐烂")
    page = world.client("observer").get(reverse("coordinator:supply_totals"), {"area": world.community.pk})
    (line,) = page.context["totals"].lines
    assert (line.came, line.delivered, line.lost, line.carried, line.stock) == (50, 7, 3, 5, 35)
    assert line.came == line.delivered + line.lost + line.carried + line.stock


@pytest.mark.parametrize("name", ["supplies", "carried", "movements", "donations", "supply_totals"])
def test_more_stock_costs_no_more_queries(world: World, store: Store, name: str) -> None:
    client = world.client("worker")

    def cost() -> int:
        client.get(reverse(f"coordinator:{name}"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(reverse(f"coordinator:{name}")).status_code == 200
        return len(asked)

    def more(number: int) -> None:
        batch = received(world, store, 50, item=an_item(world, f"物资{number}"))
        moving.issue(world.worker, store.pk, {batch.pk: 2}, world.newcomer.person.pk)
        moving.reserve(world.worker, store.pk, {batch.pk: 2}, purpose="8栋")

    more(0)
    few = cost()
    for number in range(1, 8):
        more(number)
    assert cost() == few


def test_a_store_of_many_shelves_costs_no_more_queries(world: World, store: Store) -> None:
    client, url = world.client("worker"), reverse("coordinator:store", args=[store.pk])
    counts = []
    for number in range(6):
        received(world, store, 50, item=an_item(world, f"物资{number}"))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counts.append(len(asked))
    assert len(set(counts[1:])) == 1
