"""A medicine run from the door and back: every hand is named, and nothing can vanish."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404

from redvest.core.errors import Refused
from redvest.core.models import Message
from redvest.supplies.actions import medicine
from redvest.supplies.actions.medicine import Wanted
from redvest.supplies.models import HandOver, MedicineRun, Thing
from redvest.supplies.queries import medicine as reading
from tests.world import World

pytestmark = pytest.mark.django_db

THINGS = {"card": None, "cash": Decimal(100), "box": None}


@pytest.fixture
def run(world: World) -> MedicineRun:
    wanted = Wanted("氨氯地平", "2盒", strength="5mg×28", hospital="区人民医院", card_tail="8812")
    return medicine.open_run(world.worker, world.households[0].pk, wanted, THINGS, world.veteran.person.pk)


def things(run: MedicineRun, *kinds: str) -> list[int]:
    return [thing.pk for thing in run.things.order_by("pk") if thing.kind in kinds]


def where(run: MedicineRun) -> dict[str, str]:
    return {thing.kind: str(reading.holder_words(thing)) for thing in run.things.select_related("person")}


def carry(world: World, run: MedicineRun, paid: str = "62.50") -> None:
    """Taken from the door, fetched, paid for."""
    medicine.hand_over(world.veteran, run.pk, things(run, "card", "cash", "box"), "person")
    both = things(run, "medicine", "cash")
    medicine.hand_over(world.veteran, run.pk, both, "person", paid=Decimal(paid))


def test_from_the_door_and_back_with_the_change(world: World, run: MedicineRun) -> None:
    assert Message.objects.get(account=world.veteran).link == f"/me/medicine/{run.pk}/"
    carry(world, run)
    assert set(where(run).values()) == {"陈老练"}
    with pytest.raises(Refused):
        medicine.finish_run(world.worker, run.pk)
    medicine.hand_over(world.veteran, run.pk, things(run, "card", "cash", "box", "medicine"), "door")
    medicine.finish_run(world.worker, run.pk)
    assert run.things.get(kind="cash").amount == Decimal("37.50")
    chain = [(each.thing.kind, each.giver_name, each.taker_name) for each in reading.run(world.worker, run.pk).chain]
    assert chain[0] == ("card", "望江苑 1栋 101", "陈老练")
    assert ("medicine", "区人民医院", "陈老练") in chain
    assert ("cash", "陈老练", "区人民医院") in chain
    assert chain[-1] == ("medicine", "陈老练", "望江苑 1栋 101")
    assert "钱一帆" not in str(chain)


def test_a_night_at_the_desk_is_one_more_hand(world: World, run: MedicineRun) -> None:
    carry(world, run)
    held = things(run, "card", "cash", "box", "medicine")
    medicine.hand_over(world.veteran, run.pk, held, "desk", name="蒋小琴")
    medicine.give_run(world.worker, run.pk, world.newcomer.person.pk)
    medicine.hand_over(world.newcomer, run.pk, held, "person")
    assert set(where(run).values()) == {"林新来"}
    with pytest.raises(Http404):
        reading.my_run(world.veteran, run.pk)


def test_no_more_is_paid_than_is_there(world: World, run: MedicineRun) -> None:
    with pytest.raises(Refused, match="100"):
        carry(world, run, paid="100.01")
    assert run.things.get(kind="cash").amount == Decimal(100)


def test_a_run_called_off_gives_everything_back(world: World, run: MedicineRun) -> None:
    medicine.hand_over(world.veteran, run.pk, things(run, "card"), "person")
    with pytest.raises(Refused):
        medicine.cancel_run(world.worker, run.pk, reason="医院停诊")
    medicine.hand_over(world.veteran, run.pk, things(run, "card"), "door")
    medicine.cancel_run(world.worker, run.pk, reason="医院停诊")
    with pytest.raises(Refused):
        medicine.hand_over(world.worker, run.pk, things(run, "card"), "desk")


def test_a_run_needs_something_to_go_by_and_only_the_tail_of_a_card(world: World) -> None:
    door = world.households[0].pk
    with pytest.raises(Refused):
        medicine.open_run(world.worker, door, Wanted("氨氯地平", "2盒"), {})
    with pytest.raises(Refused):
        medicine.open_run(world.worker, door, Wanted("", "2盒"), THINGS)
    with pytest.raises(Refused):
        medicine.open_run(world.worker, door, Wanted("氨氯地平", "2盒"), {"cash": Decimal(9_000)})
    with pytest.raises((Refused, DatabaseError)):
        medicine.open_run(world.worker, door, Wanted("氨氯地平", "2盒", card_tail="88"), THINGS)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE supplies_thing SET holder = 'door', person_id = NULL", "only by a hand-over"),
        ("UPDATE supplies_thing SET amount = 1 WHERE kind = 'cash'", "only by a hand-over"),
        ("DELETE FROM supplies_thing", "Cannot delete"),
        ("UPDATE supplies_handover SET taker_name = 'x'", "Cannot update or delete"),
        ("DELETE FROM supplies_handover", "Cannot update or delete"),
        ("UPDATE supplies_medicinerun SET state = 'done', ended_at = now()", "not back at the door"),
        ("UPDATE supplies_medicinerun SET card_tail = '6222021234'", "too long|only_its_tail"),
    ],
)
def test_nothing_vanishes_by_raw_sql(world: World, run: MedicineRun, statement: str, why: str) -> None:
    carry(world, run)
    with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_who_does_not_hold_a_thing_cannot_give_it(world: World, run: MedicineRun) -> None:
    thing = Thing.objects.get(run=run, kind="card")
    with pytest.raises(DatabaseError, match="does not hold"), transaction.atomic():
        HandOver.objects.create(
            thing=thing, giver="desk", taker="spent", giver_name="x", taker_name="y", made_by=world.worker
        )
    with pytest.raises(DatabaseError, match="Only cash"), transaction.atomic():
        HandOver.objects.create(
            thing=thing, giver="door", taker="desk", giver_name="x", taker_name="y", made_by=world.worker, paid=5
        )


def test_others_runs_do_not_exist_for_a_stranger(world: World, run: MedicineRun) -> None:
    for attempt in (
        lambda: medicine.open_run(world.stranger, world.households[0].pk, Wanted("x", "1"), THINGS),
        lambda: medicine.hand_over(world.stranger, run.pk, things(run, "card"), "desk"),
        lambda: medicine.hand_over(world.newcomer, run.pk, things(run, "card"), "person"),
        lambda: medicine.finish_run(world.stranger, run.pk),
        lambda: medicine.give_run(world.stranger, run.pk, world.veteran.person.pk),
        lambda: reading.run(world.stranger, run.pk),
    ):
        with pytest.raises(Http404):
            attempt()
    assert not reading.runs(world.stranger)
