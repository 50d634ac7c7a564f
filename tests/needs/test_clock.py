"""What the clock does: late first calls, late ends, and nothing left behind when a shift is over."""

from datetime import timedelta

import pytest
import time_machine

from redvest.core.models import Message
from redvest.needs import clock as needs_clock
from redvest.needs.actions import working
from redvest.needs.actions.entering import Asked, ask_by_code
from redvest.needs.models import ResidentCode
from tests.duty.stage import a_shift, on
from tests.needs.desk import Stage, again
from tests.world import NOW, World


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


def told(template: str) -> set[str]:
    return set(Message.objects.filter(template=template).values_list("account__username", flat=True))


def test_a_request_that_nobody_called_about_alarms_the_desk_once_then_the_coordinators(
    stage: Stage, clock: time_machine.Traveller
) -> None:
    code = ResidentCode.objects.create(area=stage.world.building, made_by=stage.world.worker)
    ask_by_code(code.token, Asked(area=0, kind="medicine", room="101", words="药", source="code"))
    clock.move_to(NOW + timedelta(minutes=31))
    assert needs_clock.tick()["no_contact"] == 1
    assert told("needs.no_contact") == {"worker", "lead"}
    assert needs_clock.tick()["no_contact"] == 0
    clock.move_to(NOW + timedelta(minutes=61))
    assert needs_clock.tick()["no_contact"] == 1
    assert {"office", "bureau"} <= told("needs.no_contact")


def test_an_overdue_request_alarms_whoever_has_it(stage: Stage, clock: time_machine.Traveller) -> None:
    request = stage.request("medicine")
    working.take_request(stage.world.veteran, request.pk)
    clock.move_to(NOW + timedelta(minutes=241))
    assert needs_clock.tick()["overdue"] == 1
    assert "veteran" in told("needs.overdue")
    working.settle_request(stage.world.veteran, request.pk, "done")
    clock.move_to(NOW + timedelta(minutes=300))
    assert needs_clock.tick()["overdue"] == 0


def test_at_the_end_of_the_shift_nothing_is_left_without_an_owner(stage: Stage, clock: time_machine.Traveller) -> None:
    request = stage.request()
    working.take_request(stage.world.veteran, request.pk)
    clock.move_to(stage.shift.ends + timedelta(minutes=10))
    assert needs_clock.tick()["left_behind"] == 0  # he may still be handing over
    clock.move_to(stage.shift.ends + timedelta(minutes=21))
    assert needs_clock.tick()["left_behind"] == 1
    assert (again(request).state, again(request).person) == ("verified", None)
    assert "worker" in told("needs.left_behind")


def test_whoever_stays_on_for_the_next_shift_keeps_what_he_has(stage: Stage, clock: time_machine.Traveller) -> None:
    request = stage.request()
    working.take_request(stage.world.veteran, request.pk)
    on(a_shift(stage.post, 2, 14, hours=6), stage.world.veteran)
    clock.move_to(stage.shift.ends + timedelta(minutes=30))
    assert needs_clock.tick()["left_behind"] == 0
    assert again(request).person == stage.world.veteran.person
