"""The wall: who is on, leaving, arriving, missing; what is needed; read by people, and by a monitor with an address."""

import pytest
import time_machine
from django.http import Http404

from redvest.core.errors import Denied
from redvest.duty.actions import attendance, walls
from redvest.duty.queries import wall as queries
from tests.duty.stage import a_post, a_shift, local, on
from tests.world import World

Clock = time_machine.Traveller


def test_the_wall_says_who_is_on_leaving_arriving_and_missing(world: World, clock: Clock) -> None:
    gate = a_post(world)
    north = a_post(world, incident=gate.incident, name="北门")
    day, evening = a_shift(gate, 2, 9, 8), a_shift(gate, 2, 17, 8)
    leaving, coming = on(day, world.veteran), on(evening, world.neighbour)
    on(a_shift(north, 2, 16, 8), world.newcomer)
    attendance.check_in(world.veteran, leaving.pk)
    clock.move_to(local(2, 16, 45))
    wall = queries.wall(world.bureau, world.street.pk)
    assert [at.line.assignment_id for at in wall.leaving] == [leaving.pk]
    assert [at.line.assignment_id for at in wall.arriving] == [coming.pk]
    assert [(at.line.name, at.late) for at in wall.missing] == [("林新来", 45)]
    assert (wall.on_post, wall.wanted) == (1, 4)
    assert [(need.post.name, need.missing) for need in wall.needed] == [
        ("望江苑南门卡口", 1),
        ("北门", 1),
        ("望江苑南门卡口", 1),
    ]


def test_below_the_minimum_comes_first_and_far_ahead_does_not_come_at_all(world: World) -> None:
    gate = a_post(world, minimum=2)
    a_shift(gate, 2, 11, minimum=0)
    a_shift(gate, 2, 12)
    a_shift(gate, 2, 13)
    needed = queries.wall(world.bureau, world.street.pk).needed
    assert [need.is_under_minimum for need in needed] == [True, False]


def test_standby_is_no_service_on_the_wall_either(world: World) -> None:
    desk = a_post(world, is_standby=True, kind="standby_desk")
    assignment = on(a_shift(desk, 2, 9, 12), world.veteran)
    attendance.check_in(world.veteran, assignment.pk)
    wall = queries.wall(world.bureau, world.street.pk)
    assert (wall.on_post, wall.on_standby, wall.wanted) == (0, 1, 0)


@pytest.mark.parametrize("who", ["stranger", "veteran"])
def test_the_wall_of_a_foreign_area_does_not_exist(world: World, who: str) -> None:
    with pytest.raises(Http404):
        queries.wall(getattr(world, who), world.street.pk)


def test_a_monitor_sees_masked_names_until_its_address_is_revoked(world: World, clock: Clock) -> None:
    on(a_shift(a_post(world), 2, 9), world.newcomer)
    link = walls.make_wall_link(world.office, world.street.pk, note="大厅")
    clock.move_to(local(2, 9, 30))
    nobody = world.client()
    page = nobody.get(f"/wall/{link.token}/")
    assert (page.status_code, "林**" in page.text, "林新来" in page.text) == (200, True, False)
    assert "138" not in page.text.replace("1380", "138")
    walls.revoke_wall_link(world.office, link.pk)
    assert nobody.get(f"/wall/{link.token}/").status_code == 404
    assert nobody.get("/wall/anything-else/").status_code == 404


def test_an_address_is_made_only_where_one_plans(world: World) -> None:
    for who in (world.stranger, world.observer, world.veteran):
        with pytest.raises((Http404, Denied)):
            walls.make_wall_link(who, world.street.pk)
    link = walls.make_wall_link(world.office, world.street.pk)
    with pytest.raises(Http404):
        walls.revoke_wall_link(world.stranger, link.pk)
