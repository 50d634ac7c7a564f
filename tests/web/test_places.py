"""Screens of places: what each role sees, fragments, refusals, and that the number of queries stays the same."""

from typing import Any

import pytest

from redvest.core.models import Viewed
from redvest.places.models import Area, Household
from tests.world import World

HX = {"HX-Request": "true"}


def url(world: World, area: Area, more: str = "") -> str:
    return f"/coordinator/places/{area.pk}/{more}"


def test_the_tree_opens_where_ones_rights_begin(world: World) -> None:
    answer = world.client("worker").get("/coordinator/places/")
    assert answer.status_code == 302
    assert answer["Location"] == url(world, world.community)


def test_a_node_shows_what_lies_below_with_its_counts(world: World) -> None:
    page = world.client("bureau").get(url(world, world.street)).content.decode()
    assert "海棠社区" in page
    assert "Households" in page
    assert "钱一帆" not in page
    assert "钱**" in page


def test_a_search_answers_as_a_fragment(world: World) -> None:
    client = world.client("bureau")
    fragment = client.get("/coordinator/places/?q=海棠", headers=HX).content.decode()
    assert "海棠社区" in fragment
    assert "<html" not in fragment
    assert "No place of this name" in client.get("/coordinator/places/?q=不存在").content.decode()


def test_doors_are_filtered_by_need_as_a_fragment(world: World) -> None:
    fragment = world.client("worker").get(url(world, world.estate, "?need=lone_elderly"), headers=HX).content.decode()
    assert "1栋 502" in fragment
    assert "1栋 101" not in fragment
    assert "<html" not in fragment


def test_an_observer_sees_the_tree_but_no_household(world: World) -> None:
    page = world.client("observer").get(url(world, world.estate)).content.decode()
    assert "1栋" in page
    assert "钱" not in page
    assert "1栋 502" not in page


@pytest.mark.parametrize("name", ["stranger", "veteran", "lead"])
def test_others_find_nothing_to_see_or_do(world: World, name: str) -> None:
    client = world.client(name)
    door = world.households[0].pk
    addresses = [
        url(world, world.other_community),
        url(world, world.other_community, "add/"),
        url(world, world.other_community, "edit/"),
        f"/coordinator/doors/{door}/edit/",
        f"/coordinator/doors/{door}/reveal/",
    ]
    for address in addresses:
        assert client.get(address).status_code in (403, 404), address
    for address in (url(world, world.estate, "remove/"), f"/coordinator/doors/{door}/remove/"):
        assert client.post(address).status_code in (403, 404), address
    assert Household.objects.filter(pk=door).exists()


def test_a_phone_is_shown_after_a_purpose_in_a_dialog(world: World) -> None:
    client = world.client("worker")
    Household.objects.filter(pk=world.households[0].pk).update(contact_phone="+8613900139001")
    address = f"/coordinator/doors/{world.households[0].pk}/reveal/"
    assert "139 0013 9001" not in client.get(address, headers=HX).content.decode()
    assert "139 0013 9001" not in client.post(address, {"purpose": ""}, headers=HX).content.decode()
    assert not Viewed.objects.exists()
    assert "139 0013 9001" in client.post(address, {"purpose": "送药"}, headers=HX).content.decode()
    assert Viewed.objects.get().purpose == "送药"


def test_places_and_doors_are_added_changed_and_removed(world: World) -> None:
    client = world.client("worker")
    client.post(url(world, world.community, "add/"), {"level": "estate", "name": "新苑", "has_lift": "unknown"})
    estate = Area.objects.get(name="新苑")
    client.post(url(world, estate, "edit/"), {"name": "新苑", "address": "渝南大道1号", "has_lift": "true"})
    estate.refresh_from_db()
    assert (estate.address, estate.has_lift) == ("渝南大道1号", True)
    client.post(url(world, estate, "doors/add/"), {"room": "101", "people": 2, "needs": ["infant"]})
    door = Household.objects.get(area=estate)
    client.post(f"/coordinator/doors/{door.pk}/edit/", {"room": "101", "people": 3, "contact_phone": "13900139001"})
    door.refresh_from_db()
    assert (door.people, door.contact_phone) == (3, "+8613900139001")
    client.post(f"/coordinator/doors/{door.pk}/edit/", {"room": "101", "people": 3})
    door.refresh_from_db()
    assert door.contact_phone == "+8613900139001"
    refused = client.post(url(world, estate, "remove/"))
    assert refused.status_code == 409
    client.post(f"/coordinator/doors/{door.pk}/remove/")
    client.post(url(world, estate, "remove/"))
    assert not Area.objects.filter(name="新苑").exists()


def test_a_wrong_form_comes_back_with_its_reasons(world: World) -> None:
    answer = world.client("worker").post(
        url(world, world.community, "add/"), {"level": "estate", "name": "", "latitude": "29.4", "has_lift": "unknown"}
    )
    assert answer.status_code == 422
    assert "Coordinates come in pairs" in answer.content.decode()


def test_a_page_of_places_costs_the_same_however_many_there_are(
    world: World, django_assert_max_num_queries: Any
) -> None:
    client = world.client("bureau")
    client.get(url(world, world.street))
    for number in range(30):
        Household.objects.create(area=world.building, room=f"9{number:02d}", people=2, needs=["pets"])
    with django_assert_max_num_queries(18):
        client.get(url(world, world.street))


def test_the_pages_speak_both_languages(world: World) -> None:
    assert "Places below" in world.client("bureau").get(url(world, world.street)).content.decode()
    chinese = world.client("bureau", language="zh-hans").get(url(world, world.street)).content.decode()
    assert "Places below" not in chinese
