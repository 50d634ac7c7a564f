"""Screens of lists and medicine runs: the rule typed in, sheets on paper, answers at the desk, hands at the phone."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from redvest.places.models import Household
from redvest.supplies.actions import lists, moving, trips
from redvest.supplies.models import Distribution, MedicineRun, Parcel, Store
from redvest.supplies.rules.allocation import Portion
from tests.supplies.shelf import a_store, an_item, held, received
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(world: World) -> Store:
    return a_store(world)


def published(world: World, store: Store, quantity: int = 1) -> Distribution:
    batch = received(world, store, 500)
    row = lists.draft_list(world.worker, store.pk, world.community.pk, "周一蔬菜包", [Portion(batch.item_id, quantity)])
    return lists.publish_list(world.worker, row.pk)


def test_a_rule_is_typed_looked_at_and_published(world: World, store: Store) -> None:
    batch, client = received(world, store, 3), world.client("worker")
    sent: dict[str, Any] = {
        "title": "周一蔬菜包",
        "store": store.pk,
        "area": world.community.pk,
        "item-0": batch.item_id,
        "quantity-0": "1",
        "people-0": "3",
    }
    page = client.post(reverse("coordinator:supply_list_new"), sent, follow=True)
    text = page.content.decode()
    assert "蔬菜包: 1 份 for every 3 people, a begun group counts whole" in text
    assert "does not suffice for 1 door: 1 份 missing" in text  # 1 + 1 + 2, and three are there
    row = Distribution.objects.get()
    client.post(reverse("coordinator:supply_list_publish", args=[row.pk]))
    assert held(store, batch) == (3, 2)  # the door of four gets both of its units or none
    sheet = client.get(reverse("coordinator:supply_list_sheets", args=[row.pk]))
    assert sheet.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"quantity-0": "0"}, "Enter how many each gets: a whole number from 1 to 1,000."),
        ({"people-0": "99"}, "Enter for how many people, from 1 to 60, or leave it empty for each household."),
        ({"item-0": ""}, "A rule has one to twenty lines. Say what each household gets."),
        ({"title": ""}, "This field is required."),
    ],
)
def test_a_rule_that_cannot_be_says_so(world: World, store: Store, changed: dict[str, str], sentence: str) -> None:
    sent = {
        "title": "周一",
        "store": store.pk,
        "area": world.community.pk,
        "item-0": an_item(world).pk,
        "quantity-0": "1",
        "people-0": "",
    }
    answer = world.client("worker").post(reverse("coordinator:supply_list_new"), sent | changed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Distribution.objects.exists()


def test_the_desk_writes_down_what_came_back_on_paper(world: World, store: Store) -> None:
    row, client = published(world, store), world.client("worker")
    first, second, third = row.parcels.order_by("pk")
    send = {"building": [world.building.pk, world.building_2.pk], "carrier": world.veteran.person.pk}
    client.post(reverse("coordinator:supply_list_send", args=[row.pk]), send)
    for parcel, outcome, text in (
        (first, "delivered", ""),
        (second, "proxy", "邻居"),
        (third, "lost", "雨中打湿"),
    ):
        client.post(reverse("coordinator:parcel_sign", args=[parcel.pk]), {"outcome": outcome, "text": text})
    assert list(row.parcels.order_by("pk").values_list("state", flat=True)) == ["delivered", "proxy", "lost"]
    client.post(reverse("coordinator:parcel_sign", args=[first.pk]), {"outcome": "undo"})
    assert Parcel.objects.get(pk=first.pk).state == "out"
    page = client.get(reverse("coordinator:supply_list_building", args=[row.pk, world.building.pk])).content.decode()
    assert "钱**" in page
    assert "钱一帆" not in page
    assert client.get(reverse("coordinator:supply_list_xlsx", args=[row.pk])).status_code == 200


def test_an_observer_sees_figures_and_no_door(world: World, store: Store) -> None:
    row, client = published(world, store), world.client("observer")
    page = client.get(reverse("coordinator:supply_list", args=[row.pk])).content.decode()
    assert "1栋" in page
    assert "101" not in page
    assert client.get(reverse("coordinator:supply_list_building", args=[row.pk, world.building.pk])).status_code == 403


def test_a_tap_on_the_phone_is_an_answer_at_once_and_later(world: World, store: Store) -> None:
    row = published(world, store)
    first, second = (row.parcels.get(household=household) for household in world.households[:2])
    trips.send_trip(world.worker, row.pk, [first.pk, second.pk], world.veteran.person.pk)
    client = world.client("veteran")
    url = reverse("volunteer:parcel", args=[first.pk])
    assert "钱**" in client.get(url).content.decode()
    answer = client.post(url, {"outcome": "delivered"}, headers={"HX-Request": "true"})
    assert "Delivered" in answer.content.decode()
    later = {"HX-Request": "true", "X-Sent-Later": "2026-03-02T00:30:00Z"}
    client.post(reverse("volunteer:parcel", args=[second.pk]), {"outcome": "absent"}, headers=later)
    second.refresh_from_db()
    assert (second.state, str(second.signed_at)) == ("absent", "2026-03-02 00:30:00+00:00")


@pytest.mark.parametrize("name", ["supply_lists", "supply_list", "supply_list_building"])
def test_more_doors_cost_no_more_queries(world: World, store: Store, name: str) -> None:
    client, counts = world.client("worker"), []
    for step in range(3):
        Household.objects.bulk_create(
            Household(area=world.building, room=f"{step}{room:02d}9", floor=2, people=2) for room in range(step * 15)
        )
        row = published(world, store)
        args = {"supply_lists": [], "supply_list": [row.pk], "supply_list_building": [row.pk, world.building.pk]}[name]
        client.get(reverse(f"coordinator:{name}", args=args))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(f"coordinator:{name}", args=args)).status_code == 200
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts


def test_medicine_from_the_desk_to_the_phone_and_back(world: World) -> None:
    desk, phone = world.client("worker"), world.client("veteran")
    new = reverse("coordinator:medicine_new") + "?q=1-101"
    assert "钱**" in desk.get(new).content.decode()
    sent = {"household": world.households[0].pk, "drug": "氨氯地平", "quantity": "2盒", "has_box": "on", "cash": "100"}
    assert desk.post(new, sent).status_code == 302
    run = MedicineRun.objects.get()
    step = {name: reverse("coordinator:medicine_step", args=[run.pk, name]) for name in ("carrier", "finish")}
    desk.post(step["carrier"], {"person": world.veteran.person.pk})
    page = phone.get(reverse("volunteer:medicine_run", args=[run.pk])).content.decode()
    assert "I have taken these" in page
    for name, data in (("take", {}), ("fetch", {"paid": "62.5"}), ("return", {})):
        assert phone.post(reverse("volunteer:medicine_step", args=[run.pk, name]), data).status_code == 302
    assert str(run.things.get(kind="cash").amount) == "37.50"
    desk.post(step["finish"])
    run.refresh_from_db()
    assert run.state == "done"
    assert phone.get(reverse("volunteer:medicine_run", args=[run.pk])).status_code == 404
    assert desk.get(reverse("coordinator:medicine_register")).content.startswith(b"%PDF")
    assert desk.get(reverse("coordinator:medicine_register_xlsx")).status_code == 200


def test_the_register_of_kit_says_who_took_what(world: World, store: Store) -> None:
    masks = an_item(world, "N95口罩", "只", kind="protective")
    batch = received(world, store, 100, item=masks)
    moving.issue(world.worker, store.pk, {batch.pk: 20}, world.veteran.person.pk, purpose="望江苑南门卡口")
    client = world.client("worker")
    assert client.get(reverse("coordinator:kit_register")).content.startswith(b"%PDF")
    assert client.get(reverse("coordinator:kit_register_xlsx")).status_code == 200
