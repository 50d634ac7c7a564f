"""Check-in on the phone and at the lead's board: by the code, by one tap, for others, without a network."""

import pytest
import time_machine

from redvest.duty.models import Attendance
from tests.duty.stage import a_post, a_shift, local, on
from tests.world import World

Clock = time_machine.Traveller
HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_code_at_the_post_opens_the_shift_ready_to_check_in(world: World, clock: Clock, language: str) -> None:
    post = a_post(world)
    assignment = on(a_shift(post, 2, 22), world.newcomer)
    clock.move_to(local(2, 21, 50))
    browser = world.client("newcomer", language=language)
    page = browser.get(f"/me/check-in/{post.check_in_code}/")
    assert f"/me/shifts/{assignment.pk}/check-in/" in page.text
    browser.post(f"/me/shifts/{assignment.pk}/check-in/", {"code": post.check_in_code}, headers=HTMX)
    assert Attendance.objects.get().came_by == "code"
    assert f"/me/shifts/{assignment.pk}/check-out/" in browser.get(f"/me/check-in/{post.check_in_code}/").text


def test_the_code_without_a_shift_says_what_to_do_and_a_false_one_is_a_404(world: World) -> None:
    post = a_post(world)
    browser = world.client("newcomer")
    assert "You have no shift here" in browser.get(f"/me/check-in/{post.check_in_code}/").text
    assert browser.get("/me/check-in/made-up/").status_code == 404


def test_too_early_is_a_sentence_and_not_an_error_page(world: World) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.newcomer)
    answer = world.client("newcomer").post(f"/me/shifts/{assignment.pk}/check-in/", headers=HTMX)
    assert answer.status_code == 409
    assert "21:30" in answer.text


def test_what_was_tapped_without_network_counts_from_the_tap(world: World, clock: Clock) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.newcomer)
    clock.move_to(local(3, 1))
    key = "7f6f1e2e-59a9-4a35-b5ff-2b3a6fce9d01"
    later = HTMX | {"X-Sent-Later": local(2, 21, 58).isoformat(), "X-Idempotency-Key": key}
    browser = world.client("newcomer")
    for _try in range(2):
        assert browser.post(f"/me/shifts/{assignment.pk}/check-in/", headers=later).status_code == 200
    assert Attendance.objects.get().came_at == local(2, 21, 58)


def test_the_lead_sees_who_is_missing_and_checks_in_with_one_tap(world: World, clock: Clock) -> None:
    post = a_post(world)
    assignment = on(a_shift(post, 2, 22), world.newcomer)
    clock.move_to(local(2, 22, 12))
    lead = world.client("lead")
    assert "1 missing" in lead.get("/coordinator/attendance/").text
    board = lead.get(f"/coordinator/attendance/posts/{post.pk}/").text
    assert "Missing" in board
    answer = lead.post(f"/coordinator/attendance/posts/{post.pk}/{assignment.pk}/in/", headers=HTMX)
    assert "On post" in answer.text
    assert Attendance.objects.get().noted_by == world.lead


def test_the_board_shows_the_number_only_when_asked(world: World, clock: Clock) -> None:
    post = a_post(world)
    assignment = on(a_shift(post, 2, 22), world.newcomer)
    clock.move_to(local(2, 22, 12))
    lead = world.client("lead")
    page = lead.get(f"/coordinator/attendance/posts/{post.pk}/").text
    assert "138****0009" in page
    assert "13800000009" not in page
    answer = lead.post(f"/coordinator/attendance/posts/{post.pk}/{assignment.pk}/call/", headers=HTMX)
    assert "tel:+8613800000009" in answer.text


def test_nothing_moved_is_a_304_and_the_next_minute_is_not(world: World, clock: Clock) -> None:
    post = a_post(world)
    on(a_shift(post, 2, 10), world.newcomer)
    office = world.client("office")
    pages, again = ["/coordinator/attendance/", f"/coordinator/attendance/posts/{post.pk}/"], HTMX
    for address in [*pages, f"/coordinator/wall/{world.street.pk}/"]:
        tag = office.get(address)["ETag"]
        again = HTMX | {"If-None-Match": tag}
        assert office.get(address, headers=again).status_code == 304
    clock.shift(60)
    for address in pages:
        assert office.get(address, headers=again).status_code == 200


def test_times_are_corrected_on_the_form_and_the_reason_stays_in_sight(world: World, clock: Clock) -> None:
    post = a_post(world)
    assignment = on(a_shift(post, 2, 10), world.newcomer)
    clock.move_to(local(2, 18, 5))
    lead = world.client("lead")
    address = f"/coordinator/attendance/posts/{post.pk}/{assignment.pk}/correct/"
    assert lead.get(address).status_code == 200
    fields = {"came_at": "2026-03-02T10:00", "left_at": "2026-03-02T18:00", "reason": "手机没电"}
    assert lead.post(address, fields).status_code == 302
    assert "手机没电" in lead.get(f"/coordinator/attendance/posts/{post.pk}/").text


def test_the_code_is_printed_with_its_address(world: World) -> None:
    post = a_post(world)
    page = world.client("lead").get(f"/coordinator/attendance/posts/{post.pk}/code/").text
    assert f"/me/check-in/{post.check_in_code}/" in page
    assert "data:image/svg+xml" in page


@pytest.mark.parametrize("who", ["stranger", "newcomer"])
def test_strangers_see_no_board(world: World, who: str) -> None:
    post = a_post(world)
    assignment = on(a_shift(post, 2, 10), world.veteran)
    browser = world.client(who)
    expected = 404 if who == "stranger" else 403
    base = f"/coordinator/attendance/posts/{post.pk}/"
    assert browser.get(base).status_code == expected
    assert browser.get(base + "code/").status_code == expected
    for verb in ("in", "out", "no-show", "call", "correct"):
        assert browser.post(f"{base}{assignment.pk}/{verb}/").status_code == expected, verb
