"""Rooms of a pasted text checked against the registry of the area: unknown, empty, counted twice, completed."""

from pytest_django import DjangoAssertNumQueries

from redvest.needs.importing import Row, read
from redvest.needs.importing.doors import Door, DoorBook, check
from redvest.needs.importing.doubts import Reason
from redvest.needs.queries import registry
from redvest.places.actions import add_area, add_household
from redvest.places.models import Household
from tests.world import World

BOOK = DoorBook.of(
    [
        Door.named(1, "望江苑", "1栋", "1单元", "101", 2),
        Door.named(2, "望江苑", "1栋", "2单元", "101", 3),
        Door.named(3, "望江苑", "2栋", "", "201", 0),
        Door.named(4, "望江苑", "2号楼", "", "301", 1),
        Door.named(5, "江畔里", "A座", "", "1203", 4),
        Door.named(6, "", "3组", "", "12", 5),
    ]
)


def row_of(text: str) -> Row:
    rows = check(read(f"核酸接龙\n1. {text}"), BOOK).rows
    assert len(rows) == 1
    return rows[0]


def reasons(row: Row) -> set[Reason]:
    return {doubt.reason for doubt in row.doubts}


def test_a_known_door_gets_its_household_and_no_doubt() -> None:
    row = row_of("1-2-101 3人")
    assert (row.household, row.estate, reasons(row)) == (2, "望江苑", set())


def test_a_room_that_only_one_building_has_is_completed() -> None:
    row = row_of("1203 2人")
    assert (row.household, row.estate, row.building) == (5, "江畔里", "A")
    assert reasons(row) == {Reason.PLACE_COMPLETED}


def test_a_room_of_several_units_is_left_to_a_person() -> None:
    row = row_of("1栋101 2人")
    assert row.household is None
    assert reasons(row) == {Reason.ROOM_IN_SEVERAL}


def test_two_numbers_may_be_unit_and_room_of_a_building() -> None:
    book = DoorBook.of([Door.named(9, "望江苑", "1栋", "2单元", "101", 3)])
    row = check(read("核酸接龙\n1. 2-101 3人"), book).rows[0]
    assert (row.household, row.building, row.unit) == (9, "1", "2")
    assert Reason.BUILDING_OR_UNIT in reasons(row)


def test_an_unknown_room_loses_trust() -> None:
    row = row_of("2-999 1人")
    assert reasons(row) == {Reason.ROOM_UNKNOWN}
    assert row.confidence < 0.5


def test_an_empty_household_and_too_many_people_are_doubted() -> None:
    assert reasons(row_of("2-201 1人")) == {Reason.HOUSEHOLD_EMPTY}
    assert reasons(row_of("2-301 4人")) == {Reason.MORE_THAN_KNOWN}
    assert reasons(row_of("2-201 不在家")) == set()


def test_a_door_of_a_village_group_is_found() -> None:
    assert row_of("3组12号 5人").household == 6


def test_two_spellings_of_one_door_are_two_counts_for_one_room() -> None:
    rows = check(read("核酸接龙\n1. A座1203 2人\n2. 1203 3人"), BOOK).rows
    assert all(Reason.SAME_ROOM in reasons(row) for row in rows)


def test_words_without_a_door_are_not_checked() -> None:
    intake = read("谢谢志愿者")
    assert check(intake, BOOK) == intake


class TestRegistry:
    """The book is read from the database, for the areas of the actor only."""

    def test_the_doors_of_an_area_carry_the_names_around_them(self, world: World) -> None:
        book = registry.door_book(world.worker, world.community)
        doors = [door for same in book.by_room.values() for door in same]
        assert {door.household for door in doors} == {household.pk for household in world.households}
        assert {door.estate for door in doors} == {"望江苑"}
        assert {door.building for door in doors} <= {"1", "2"}

    def test_a_building_knows_its_estate_above(self, world: World) -> None:
        book = registry.door_book(world.worker, world.building)
        assert {door.estate for same in book.by_room.values() for door in same} == {"望江苑"}

    def test_a_stranger_finds_no_doors(self, world: World) -> None:
        assert registry.door_book(world.stranger, world.community).by_room == {}

    def test_it_takes_two_queries(self, world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        registry.door_book(world.worker, world.community)  # the grants are read once
        with django_assert_num_queries(2):
            registry.door_book(world.worker, world.community)

    def test_a_stairwell_unit_stands_between_building_and_room(self, world: World) -> None:
        unit = add_area(world.worker, parent=world.building.pk, level="unit", name="2单元")
        household = add_household(world.worker, area=unit.pk, room="702", people=2)
        row = check(read("核酸接龙\n1. 1-2-702 2人"), registry.door_book(world.worker, world.estate)).rows[0]
        assert (row.household, row.building, row.unit) == (household.pk, "1", "2")

    def test_a_household_of_the_world_is_found(self, world: World) -> None:
        household = Household.objects.select_related("area").filter(area=world.building).first()
        assert household is not None
        text = f"核酸接龙\n1. {world.building.name}{household.room} 1人"
        row = check(read(text), registry.door_book(world.worker, world.community)).rows[0]
        assert row.household == household.pk
