"""Open shifts on the phone: nearest first, a reason for each of the others, one tap to take."""

import re
import uuid

import pytest
from pytest_django import DjangoAssertNumQueries

from redvest.duty.models import Assignment
from tests.duty.stage import a_post, a_shift, on
from tests.world import World


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_list_offers_what_fits_and_explains_the_rest(world: World, language: str) -> None:
    near = a_post(world)
    full = a_shift(a_post(world, incident=near.incident, name="北门", wanted=1, maximum=1), 2, 20, 2)
    on(full, world.veteran)
    free = a_shift(near, 3, 8)
    page = world.client("newcomer", language=language).get("/me/open-shifts/").text
    assert f"/me/open-shifts/{free.pk}/take/" in page
    assert f"/me/open-shifts/{full.pk}/take/" not in page
    assert ("waiting list" if language == "en" else "候补") in page


def test_one_tap_takes_a_shift_and_a_second_one_is_told_so(world: World) -> None:
    shift = a_shift(a_post(world), 3, 8)
    browser = world.client("newcomer")
    first = browser.post(f"/me/open-shifts/{shift.pk}/take/", HTTP_HX_REQUEST="true")
    assert (first.status_code, "Yours" in first.text) == (200, True)
    again = browser.post(f"/me/open-shifts/{shift.pk}/take/", HTTP_HX_REQUEST="true")
    assert again.status_code == 409
    assert Assignment.objects.count() == 1


def test_the_same_key_sent_twice_is_the_same_answer(world: World) -> None:
    shift, key = a_shift(a_post(world), 3, 8), str(uuid.uuid4())
    browser = world.client("newcomer")
    address = f"/me/open-shifts/{shift.pk}/take/"
    answers = [browser.post(address, HTTP_HX_REQUEST="true", HTTP_X_IDEMPOTENCY_KEY=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert Assignment.objects.count() == 1


def test_the_shift_says_task_and_risk_before_it_is_taken(world: World) -> None:
    shift = a_shift(a_post(world), 3, 22)
    page = world.client("newcomer").get(f"/me/open-shifts/{shift.pk}/").text
    assert "Outdoors, with nights" in page
    assert "I take this shift" in page


def test_a_full_shift_has_a_waiting_list_and_his_place_shows(world: World) -> None:
    shift = a_shift(a_post(world, wanted=1, maximum=1), 3, 8)
    on(shift, world.veteran)
    browser = world.client("newcomer")
    assert "Put me on the waiting list" in browser.get(f"/me/open-shifts/{shift.pk}/").text
    assert browser.post(f"/me/open-shifts/{shift.pk}/wait/").status_code == 302
    assert "Waiting" in browser.get("/me/shifts/").text


def test_a_shift_elsewhere_is_a_404(world: World) -> None:
    post = a_post(world, incident=world.incident(area=world.far_street), area=world.far_community)
    shift = a_shift(post, 3, 8)
    browser = world.client("newcomer")
    assert browser.get(f"/me/open-shifts/{shift.pk}/").status_code == 404
    assert browser.post(f"/me/open-shifts/{shift.pk}/take/").status_code == 404
    assert f"/me/open-shifts/{shift.pk}/" not in browser.get("/me/open-shifts/").text


def test_nobody_without_an_emergency_is_left_before_an_empty_page(world: World) -> None:
    assert "No emergency concerns you now" in world.client("newcomer").get("/me/open-shifts/").text


def test_more_shifts_come_on_request(world: World) -> None:
    post = a_post(world)
    for number in range(26):
        a_shift(post, 3, 6, 1 + number / 10)
    browser = world.client("newcomer")
    first = browser.get("/me/open-shifts/")
    assert "/me/open-shifts/?from=16" in first.text
    rest = browser.get("/me/open-shifts/?from=16", HTTP_HX_REQUEST="true")
    assert "<html" not in rest.text


def test_the_kept_frame_carries_nothing_of_somebody_else(world: World) -> None:
    """The frame is drawn once for many; names, tokens and addresses belong to each request."""
    a_shift(a_post(world), 3, 8)
    first = world.client("newcomer").get("/me/open-shifts/?day=2026-03-03")
    browser = world.client("veteran", enforce_csrf_checks=True)
    second = browser.get("/me/open-shifts/").text
    assert "林新来" in first.text
    assert "林新来" not in second
    assert "陈老练" in second
    assert f'content="{world.veteran.pk}"' in second
    assert "day=2026-03-03" not in second.replace('href="/me/open-shifts/?day=2026-03-03"', "")
    token = re.search(r'name="csrf-token" content="(\w+)"', second)
    assert token is not None
    assert token[1] not in first.text
    shift = re.search(r"/me/open-shifts/(\d+)/take/", second)
    assert shift is not None
    taken = browser.post(f"/me/open-shifts/{shift[1]}/take/", headers={"X-CSRFToken": token[1]})
    assert taken.status_code == 302
    refused = browser.post(f"/me/open-shifts/{shift[1]}/take/", headers={"X-CSRFToken": "x" * 64})
    assert refused.status_code == 403


def test_names_cannot_break_out_of_the_kept_frame(world: World) -> None:
    world.newcomer.name = "<b>\ue000林"
    world.newcomer.save()
    a_shift(a_post(world), 3, 8)
    page = world.client("newcomer").get("/me/open-shifts/").text
    assert "<b>林" not in page
    assert "&lt;b&gt;林" in page
    assert page.count('class="open-page"') == 1


def test_the_page_needs_at_most_twelve_queries(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    post = a_post(world, experienced=1)
    for number in range(1, 25):
        a_shift(post, 3, 6, number / 2)
    browser = world.client("newcomer")
    with django_assert_max_num_queries(12):
        browser.get("/me/open-shifts/")


@pytest.mark.parametrize("end", ["?from=²", "?from=99999999999999999999", "?from=-1", "?day=9999-12-31", "?day=x"])
def test_an_address_typed_by_hand_is_understood_or_passed_over(world: World, end: str) -> None:
    a_shift(a_post(world), 2, 20)
    assert world.client("newcomer").get(f"/me/open-shifts/{end}").status_code == 200


@pytest.mark.parametrize("path", ["open-shifts", "shifts", "orders", "callups", "inbox"])
def test_a_number_that_no_row_can_have_is_a_404(world: World, path: str) -> None:
    assert world.client("newcomer").get(f"/me/{path}/{10**20}/").status_code == 404


def test_when_nothing_fits_the_page_says_what_to_do(world: World) -> None:
    shift = a_shift(a_post(world, wanted=1, maximum=1), 2, 20)
    on(shift, world.veteran)
    assert "Look at another day, or farther away." in world.client("newcomer").get("/me/open-shifts/").text
