"""The volunteer's screens of duty as he meets them: home, my shifts, one shift, swaps."""

import pytest
import time_machine

from redvest.duty.models import Assignment, HandoverNote
from tests.duty.stage import a_post, a_shift, local, on
from tests.world import World


def test_home_of_somebody_without_a_shift_says_what_to_do_first(world: World) -> None:
    page = world.client("newcomer").get("/me/")
    assert page.status_code == 200
    assert "See open shifts" in page.text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_home_shows_the_next_shift_with_place_time_and_company(world: World, language: str) -> None:
    post = a_post(world, meeting_point="南门岗亭", contact_phone="023-66220000")
    shift = a_shift(post, 2, 22)
    on(shift, world.veteran)
    on(shift, world.newcomer)
    page = world.client("newcomer", language=language).get("/me/").text
    for expected in ("望江苑南门卡口", "22:00", "06:00", "陈老练", "南门岗亭", "geo:29.38"):
        assert expected in page


def test_the_check_in_button_appears_half_an_hour_before(world: World, clock: time_machine.Traveller) -> None:
    assignment = on(a_shift(a_post(world), 2, 22), world.newcomer)
    browser = world.client("newcomer")
    address = f"/me/shifts/{assignment.pk}/check-in/"
    assert address not in browser.get("/me/").text
    clock.move_to(local(2, 21, 30))
    assert address in browser.get("/me/").text


def test_a_colleagues_shift_is_a_404(world: World) -> None:
    assignment = on(a_shift(a_post(world), 3, 8), world.veteran)
    browser = world.client("newcomer")
    assert browser.get(f"/me/shifts/{assignment.pk}/").status_code == 404
    for verb in ("withdraw", "check-in", "check-out", "confirm", "pass", "step-back", "swap", "handover"):
        assert browser.post(f"/me/shifts/{assignment.pk}/{verb}/").status_code == 404, verb


def test_a_colleagues_number_is_shown_on_request_and_on_record(world: World) -> None:
    from redvest.core.models import Viewed

    shift = a_shift(a_post(world), 2, 22)
    mine, _his = on(shift, world.newcomer), on(shift, world.veteran)
    browser = world.client("newcomer")
    assert "13800000008" not in browser.get(f"/me/shifts/{mine.pk}/").text
    answer = browser.post(f"/me/shifts/{mine.pk}/colleagues/{world.veteran.person.pk}/")
    assert "tel:+8613800000008" in answer.text
    assert Viewed.objects.get().actor == world.newcomer
    assert browser.post(f"/me/shifts/{mine.pk}/colleagues/{world.neighbour.person.pk}/").status_code == 404


def test_the_night_pair_checks_in_hands_over_and_is_relieved(world: World, clock: time_machine.Traveller) -> None:
    """Scene S7: a pair at a gate over midnight, notes for the next, taken over by the relief."""
    post = a_post(world)
    night, morning = a_shift(post, 2, 22), a_shift(post, 3, 6, 6)
    first, relief = on(night, world.veteran), on(morning, world.newcomer)
    on(night, world.neighbour)
    clock.move_to(local(2, 21, 45))
    veteran = world.client("veteran")
    card = veteran.post(f"/me/shifts/{first.pk}/check-in/", HTTP_HX_REQUEST="true")
    assert "On post" in card.text
    clock.move_to(local(3, 5, 40))
    note = {"item": ["对讲机", ""], "count": ["2", ""], "open_matters": "3栋502要送透析", "unusual": ""}
    assert veteran.post(f"/me/shifts/{first.pk}/handover/", note, HTTP_HX_REQUEST="true").status_code == 200
    newcomer = world.client("newcomer")
    assert "3栋502要送透析" in newcomer.get("/me/").text
    written = HandoverNote.objects.get()
    newcomer.post(f"/me/shifts/{relief.pk}/check-in/", HTTP_HX_REQUEST="true")
    newcomer.post(f"/me/shifts/{relief.pk}/handover/{written.pk}/", HTTP_HX_REQUEST="true")
    written.refresh_from_db()
    assert written.taken_by == world.newcomer.person
    clock.move_to(local(3, 6, 5))
    veteran.post(f"/me/shifts/{first.pk}/check-out/", HTTP_HX_REQUEST="true")
    past = veteran.get("/me/shifts/?past").text
    assert "8 h 20 min" in past


def test_a_swap_goes_through_three_hands_on_the_phone(world: World) -> None:
    post = a_post(world)
    mine, his = on(a_shift(post, 3, 8), world.newcomer), on(a_shift(post, 5, 8), world.veteran)
    newcomer = world.client("newcomer")
    assert "陈老练" in newcomer.get(f"/me/shifts/{mine.pk}/swap/").text
    choice = {"choice": f"{world.veteran.person.pk}:{his.pk}"}
    assert newcomer.post(f"/me/shifts/{mine.pk}/swap/", choice).status_code == 302
    veteran = world.client("veteran")
    assert "asks you" in veteran.get("/me/swaps/").text
    swap = mine.swaps_given.get()
    veteran.post(f"/me/swaps/{swap.pk}/accept/")
    lead = world.client("lead")
    assert "陈老练" in lead.get("/coordinator/attendance/").text
    assert lead.post(f"/coordinator/attendance/swaps/{swap.pk}/approve/").status_code == 302
    holders = Assignment.objects.filter(state="confirmed").order_by("shift__starts")
    assert [holder.person for holder in holders] == [world.veteran.person, world.newcomer.person]
