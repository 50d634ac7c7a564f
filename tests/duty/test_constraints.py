"""What the database itself holds about duty, attacked by raw SQL: invariants 1, 3 and 5."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, transaction

from redvest.duty.models import Assignment, Override, Post, Shift
from tests.duty.squad import draft, gate_with_shifts, shifts_of, squad
from tests.world import World

pytestmark = pytest.mark.django_db


def sql(text: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text, values)


INSERT = (
    "INSERT INTO duty_assignment (shift_id, person_id, during, state, source, is_pinned, uid, made_at, reason)"
    " VALUES (%s, %s, 'empty', %s, 'roster', false, %s, now(), '')"
)


def test_nobody_is_in_two_places_even_by_raw_sql(world: World) -> None:
    post = gate_with_shifts(world, world.incident(), 1)
    morning, afternoon = shifts_of(post)[:2]
    person = world.veteran.person.pk
    sql(INSERT, morning.pk, person, "confirmed", "a")
    with pytest.raises(IntegrityError, match="one_place_at_a_time"):
        sql(INSERT, afternoon.pk, person, "confirmed", "b")
    with pytest.raises(IntegrityError, match="one_place_at_a_time"):
        sql(
            INSERT.replace("reason)", "reason, confirm_by)").replace("'')", "'', now())"),
            afternoon.pk,
            person,
            "offered",
            "c",
        )
    sql(INSERT, afternoon.pk, person, "waiting", "d")  # waiting holds no place


def test_a_forged_time_does_not_get_round_it(world: World) -> None:
    post = gate_with_shifts(world, world.incident(), 1)
    morning, afternoon = shifts_of(post)[:2]
    sql(INSERT, morning.pk, world.veteran.person.pk, "confirmed", "a")
    forged = INSERT.replace("'empty'", "'[2000-01-01, 2000-01-02)'")
    with pytest.raises(IntegrityError, match="one_place_at_a_time"):
        sql(forged, afternoon.pk, world.veteran.person.pk, "confirmed", "b")


def test_moving_a_shift_onto_another_is_refused(world: World) -> None:
    post = gate_with_shifts(world, world.incident(), 1)
    morning, _afternoon, evening = shifts_of(post)[:3]
    for shift in (morning, evening):
        sql(INSERT, shift.pk, world.veteran.person.pk, "confirmed", str(shift.pk))
    with pytest.raises(IntegrityError, match="one_place_at_a_time"):
        sql("UPDATE duty_shift SET starts = %s WHERE id = %s", morning.starts, evening.pk)


def test_a_shift_is_never_overfull_even_by_raw_sql(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 4)
    shift = shifts_of(gate_with_shifts(world, incident, 1))[0]
    for person in people[:3]:
        sql(INSERT, shift.pk, person.pk, "confirmed", person.number)
    with pytest.raises(IntegrityError, match="shift_never_overfull"):
        sql(INSERT, shift.pk, people[3].pk, "confirmed", "x")
    with pytest.raises(IntegrityError, match="shift_never_overfull"):
        sql("UPDATE duty_shift SET maximum = 2, wanted = 2, minimum = 2 WHERE id = %s", shift.pk)


def test_the_count_follows_every_way_in_and_out(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 3)
    shift, other = shifts_of(gate_with_shifts(world, incident, 1))[:2]
    for person in people:
        sql(INSERT, shift.pk, person.pk, "confirmed", person.number)
    sql("UPDATE duty_assignment SET state = 'withdrawn' WHERE person_id = %s", people[0].pk)
    sql("UPDATE duty_assignment SET shift_id = %s WHERE person_id = %s", other.pk, people[1].pk)
    sql("DELETE FROM duty_assignment WHERE person_id = %s", people[2].pk)
    assert dict(Shift.objects.filter(pk__in=[shift.pk, other.pk]).values_list("pk", "taken")) == {
        shift.pk: 0,
        other.pk: 1,
    }


def _assignment(world: World) -> tuple[str, int]:
    shift = shifts_of(gate_with_shifts(world, world.incident(), 1))[0]
    return "duty_assignment", Assignment.objects.create(
        shift=shift, person=world.veteran.person, source="roster", state="withdrawn"
    ).pk


def _shift(world: World) -> tuple[str, int]:
    shift = shifts_of(gate_with_shifts(world, world.incident(), 1))[0]
    Shift.objects.filter(pk=shift.pk).update(state="cancelled")
    return "duty_shift", shift.pk


def _roster(world: World) -> tuple[str, int]:
    incident = world.incident()
    squad(world, incident, 2)
    gate_with_shifts(world, incident, 1)
    roster = draft(world, incident, 1)
    sql("UPDATE duty_roster SET state = 'discarded' WHERE id = %s", roster.pk)
    return "duty_roster", roster.pk


@pytest.mark.parametrize(
    "make, state",
    [(_assignment, "confirmed"), (_shift, "open"), (_roster, "draft"), (_roster, "published")],
)
def test_no_state_jumps_back_even_by_raw_sql(
    world: World, make: Callable[[World], tuple[str, int]], state: str
) -> None:
    table, key = make(world)
    with pytest.raises(Error, match=r"[Ii]nvalid|transition|published_by"):
        sql(f"UPDATE {table} SET state = %s WHERE id = %s", state, key)


def test_a_roster_is_published_by_a_person(world: World) -> None:
    incident = world.incident()
    squad(world, incident, 2)
    gate_with_shifts(world, incident, 1)
    roster = draft(world, incident, 1)
    with pytest.raises(IntegrityError, match="published_by_a_person"):
        sql("UPDATE duty_roster SET state = 'published' WHERE id = %s", roster.pk)


def test_an_exception_never_changes(world: World) -> None:
    shift = shifts_of(gate_with_shifts(world, world.incident(), 1))[0]
    row = Override.objects.create(
        shift=shift,
        person=world.veteran.person,
        rule="day_hours",
        reason="夜里缺人",
        valid_until=shift.ends,
        made_by=world.office,
    )
    with pytest.raises(Error, match="Cannot update"):
        sql("UPDATE duty_override SET reason = 'nothing' WHERE id = %s", row.pk)
    with pytest.raises(Error, match="update or delete"):
        sql("DELETE FROM duty_override WHERE id = %s", row.pk)


def test_every_change_of_an_assignment_is_in_the_history_also_raw_sql(world: World) -> None:
    shift = shifts_of(gate_with_shifts(world, world.incident(), 1))[0]
    sql(INSERT, shift.pk, world.veteran.person.pk, "confirmed", "a")
    sql("UPDATE duty_assignment SET state = 'withdrawn' WHERE shift_id = %s", shift.pk)
    from django.apps import apps

    events = apps.get_model("duty", "AssignmentEvent").objects.order_by("pgh_id")
    assert [event.state for event in events] == ["confirmed", "withdrawn"]


def test_two_posts_of_a_kind_never_share_a_number(world: World) -> None:
    post = gate_with_shifts(world, world.incident(), 1)
    with pytest.raises(IntegrityError, match="post_number_once"), transaction.atomic():
        Post.objects.create(incident=post.incident, area=post.area, kind=post.kind, number=post.number, name="x")
