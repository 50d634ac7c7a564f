"""Reads and writes of places: the tree with its counts, masked doors, recorded looks, and who may do what."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.http import Http404

from redvest.core.errors import Denied, Refused
from redvest.core.models import Entry, Viewed
from redvest.places import actions, queries, rules
from redvest.places.models import Area, Household, NeedFlag
from tests.world import World


@pytest.mark.parametrize(
    ("full", "code", "name", "level"),
    [
        ("宝盖寺社区居民委员会", "500113006020", "宝盖寺社区", "community"),
        ("其龙村村民委员会", "500113006200", "其龙村", "village"),
        ("合建村社区居民委员会", "500113006006", "合建村社区", "community"),
        ("和平街居民委员会", "500113006021", "和平街社区", "community"),
        ("红炉村委会", "500113003203", "红炉村", "village"),
        ("工业园区", "500113003498", "工业园区", "village"),
        ("工业园区", "500113003098", "工业园区", "community"),
    ],
)
def test_official_names_are_shortened(full: str, code: str, name: str, level: str) -> None:
    assert rules.community_name(full, code) == (name, level)


def test_buildings_and_units_have_one_name_each() -> None:
    assert {rules.building_name(name) for name in ("3", "3栋", "3幢", "3号楼", "3#", "03栋")} == {"3栋"}
    assert rules.building_name("A座") == "A座"
    assert rules.building_name("和平街28号") == "和平街28号"
    assert {rules.unit_name(name) for name in ("2", "2单元", "2门")} == {"2单元"}


def test_the_distance_over_ground(world: World) -> None:
    assert rules.distance_km(29.38, 106.54, 29.38, 106.54) == 0
    assert rules.distance_km(29.38, 106.54, 29.47, 106.54) == pytest.approx(10.0, abs=0.05)


def test_the_tree_counts_what_lies_below_each_node(world: World) -> None:
    Area.objects.filter(pk=world.street.pk).update(order=1)
    [street, far] = queries.children(world.bureau, world.district)
    assert (street.area, street.counts.households, street.counts.people, street.counts.in_need) == (
        world.street,
        3,
        8,
        1,
    )
    assert (far.area, far.counts.households, far.children) == (world.far_street, 0, 1)
    [one, two] = queries.children(world.bureau, world.estate)
    assert (one.counts.households, two.counts.households) == (2, 1)
    assert queries.counts(world.building) == queries.Counts(2, 4, 1)


def test_the_tree_begins_where_ones_rights_begin(world: World) -> None:
    assert queries.tops(world.bureau) == [world.district]
    assert queries.tops(world.worker) == [world.community]
    assert queries.tops(world.veteran) == []
    with pytest.raises(Http404):
        queries.area(world.stranger, world.community.pk)
    assert [area.name for area in queries.breadcrumb(world.building)] == ["巴南区", "李家沱街道", "海棠社区", "望江苑"]


def test_search_narrows_from_the_wide_place_to_the_near(world: World) -> None:
    found = {hit.area.name for hit in queries.search(world.bureau, "社区")}
    assert found == {"海棠社区", "青山社区", "老街社区"}
    [hit] = queries.search(world.bureau, "鱼洞 社区")
    assert (hit.area, hit.where) == (world.far_community, "鱼洞街道")
    assert queries.search(world.stranger, "海棠") == []
    assert [hit.area for hit in queries.search(world.bureau, "500113801901")] == [world.community]


def test_doors_are_listed_with_masked_names(world: World) -> None:
    doors, total = queries.doors(world.worker, world.estate)
    assert total == 3
    assert [(door.label, door.contact) for door in doors] == [("1栋 101", "钱**"), ("1栋 502", ""), ("2栋 301", "")]
    only, count = queries.doors(world.worker, world.estate, need="lone_elderly")
    assert (only[0].label, count) == ("1栋 502", 1)
    assert queries.doors(world.observer, world.estate) == ([], 0)
    assert queries.doors(world.stranger, world.estate) == ([], 0)


def test_a_unit_stands_in_the_label_of_a_door(world: World) -> None:
    unit = actions.add_area(world.worker, parent=world.building.pk, level="unit", name="2单元")
    door = actions.add_household(world.worker, area=unit.pk, room="1203", people=2)
    assert queries.label_of(door) == "1栋2单元 1203"


def test_a_households_phone_is_shown_for_a_purpose_and_recorded(world: World) -> None:
    key = world.households[0].pk
    with pytest.raises(Refused):
        actions.reveal_household(world.worker, key, purpose="")
    assert actions.reveal_household(world.worker, key, purpose="送药").contact_name == "钱一帆"
    assert Viewed.objects.get().fields == ["contact_name", "contact_phone"]
    for name in ("administrator", "observer", "stranger", "veteran", "lead"):
        with pytest.raises(Http404):
            actions.reveal_household(world.accounts[name], key, purpose="好奇")


def test_places_hang_only_where_they_may(world: World) -> None:
    with pytest.raises(Refused):
        actions.add_area(world.worker, parent=world.community.pk, level="street", name="假街道")
    with pytest.raises(Refused):
        actions.add_area(world.worker, parent=world.estate.pk, level="building", name="1栋")
    with pytest.raises(Http404):
        actions.add_area(world.worker, parent=world.other_community.pk, level="estate", name="别人的小区")
    with pytest.raises(Http404):
        actions.add_area(world.observer, parent=world.community.pk, level="estate", name="新小区")
    made = actions.add_area(
        world.worker, parent=world.community.pk, level="estate", name="新小区", latitude=29.4, longitude=106.5
    )
    assert made.path == f"{world.community.path}{made.pk}/"
    assert Entry.objects.filter(verb="places.area_added", row_id=str(made.pk), area_path=made.path).exists()


def test_coordinates_come_in_pairs_also_for_raw_writes(world: World) -> None:
    with pytest.raises(Refused):
        actions.edit_area(world.worker, world.estate.pk, latitude=29.4)
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.filter(pk=world.estate.pk).update(latitude=29.4)


def test_official_names_are_for_the_administrator(world: World) -> None:
    with pytest.raises(Denied):
        actions.edit_area(world.worker, world.community.pk, full_name="改了名的居民委员会")
    actions.edit_area(world.administrator, world.community.pk, full_name="海棠社区居民委员会")


def test_places_with_something_in_them_are_not_removed(world: World) -> None:
    with pytest.raises(Refused):
        actions.remove_area(world.worker, world.building.pk)
    with pytest.raises(Refused):
        actions.remove_area(world.administrator, world.far_community.pk)
    with pytest.raises(ProtectedError), transaction.atomic():
        Area.objects.filter(pk=world.building.pk).delete()
    empty = actions.add_area(world.worker, parent=world.estate.pk, level="building", name="3栋")
    actions.remove_area(world.worker, empty.pk)
    assert not Area.objects.filter(pk=empty.pk).exists()


def test_a_door_exists_once(world: World) -> None:
    with pytest.raises(Refused):
        actions.add_household(world.worker, area=world.building.pk, room="101", people=1)
    with pytest.raises(Refused):
        actions.add_household(world.worker, area=world.building.pk, room="", people=1)
    with pytest.raises(Refused):
        actions.add_household(world.worker, area=world.community.pk, room="1", people=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Household.objects.create(area=world.building, room="101", people=1)
    actions.edit_household(world.worker, world.households[0].pk, people=6)
    actions.remove_household(world.worker, world.households[0].pk)
    assert not Household.objects.filter(pk=world.households[0].pk).exists()


def test_needs_are_counted_those_that_can_wait_least_first(world: World) -> None:
    actions.edit_household(world.worker, world.households[0].pk, needs=["dialysis", "lone_elderly"])
    totals = queries.need_totals(world.worker, world.community)
    assert [(str(need), count) for need, count in totals] == [("dialysis", 1), ("lone_elderly", 2)]
    assert set(rules.LEAST_PATIENT) == set(NeedFlag)


def test_an_address_finds_the_deepest_place_that_it_names(world: World) -> None:
    book = queries.gazetteer(world.bureau, "places.see")
    assert book.in_text("重庆市巴南区李家沱街道海棠社区望江苑1栋") == world.estate
    assert book.in_text("李家沱街道") == world.street
    assert book.in_text("建新北路8号") is None
    assert book.named("海棠") == [world.community]
