"""The private calendar feed: stable entries, cancellations that reach the phone, a link that can be renewed."""

import pytest
import time_machine
from icalendar import Calendar

from redvest.duty.actions import signup
from redvest.people.actions import mine
from tests.duty.stage import a_post, a_shift, local, on
from tests.world import World


def _feed(world: World, query: str = "") -> list[dict[str, str]]:
    world.veteran.person.refresh_from_db()
    answer = world.client().get(f"/calendar/{world.veteran.person.calendar_token}.ics{query}")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return [{key: str(event[key]) for key in ("UID", "STATUS", "SUMMARY", "SEQUENCE")} for event in events]


def test_a_shift_keeps_its_identifier_when_it_moves(world: World) -> None:
    shift = a_shift(a_post(world), 3, 22)
    on(shift, world.veteran)
    (before,) = _feed(world)
    shift.ends = local(4, 7)
    shift.save()
    (after,) = _feed(world)
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])


def test_times_are_in_utc_and_cross_midnight(world: World) -> None:
    on(a_shift(a_post(world), 3, 22), world.veteran)
    answer = world.client().get(f"/calendar/{world.veteran.person.calendar_token}.ics").text
    assert "DTSTART:20260303T140000Z" in answer
    assert "DTEND:20260303T220000Z" in answer


def test_a_withdrawn_shift_comes_as_cancelled_and_later_not_at_all(world: World, clock: time_machine.Traveller) -> None:
    assignment = on(a_shift(a_post(world), 5, 8), world.veteran)
    signup.withdraw(world.veteran, assignment.pk)
    (entry,) = _feed(world)
    assert entry["STATUS"] == "CANCELLED"
    clock.move_to(local(5, 8, month=4))
    assert _feed(world) == []


def test_a_kept_place_is_tentative_and_a_place_in_the_waiting_list_is_none(world: World) -> None:
    on(a_shift(a_post(world), 5, 8), world.veteran, state="offered", confirm_by=local(3, 8))
    on(a_shift(a_post(world, incident=world.incident(), name="北门"), 6, 8), world.veteran, state="waiting")
    (entry,) = _feed(world)
    assert entry["STATUS"] == "TENTATIVE"


@pytest.mark.parametrize(("language", "expected"), [("en", "Standby: "), ("zh-hans", "待命：")])
def test_it_speaks_the_language_asked_for(world: World, language: str, expected: str) -> None:
    on(a_shift(a_post(world, is_standby=True, kind="standby_desk"), 5, 8), world.veteran)
    (entry,) = _feed(world, f"?lang={language}")
    assert entry["SUMMARY"].startswith(expected)


def test_the_old_link_ends_when_a_new_one_is_made(world: World) -> None:
    old = world.veteran.person.calendar_token
    mine.renew_calendar_link(world.veteran)
    assert world.client().get(f"/calendar/{old}.ics").status_code == 404
    assert _feed(world) == []


def test_nobodys_entries_are_in_somebody_elses_feed(world: World) -> None:
    on(a_shift(a_post(world), 5, 8), world.newcomer)
    assert _feed(world) == []
