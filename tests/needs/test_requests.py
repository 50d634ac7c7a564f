"""The life of a request: it comes in, finds its post, is taken, done, called back; it is never without an owner."""

from typing import Any

import pytest
from django.http import Http404

from redvest.core.errors import Denied, Refused
from redvest.core.models import Entry, Message, Viewed
from redvest.needs.actions import ending, working
from redvest.needs.actions.entering import Asked, ask, ask_by_code
from redvest.needs.models import Request, ResidentCode
from redvest.needs.queries import board as boards
from redvest.needs.queries import case as cases
from redvest.needs.queries import mine as mines
from redvest.needs.queries.doors import find_doors
from redvest.needs.queries.resident import standing
from redvest.needs.rules import Lateness
from tests.needs.desk import LATER, Stage, again
from tests.world import NOW, World


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


# --- coming in --------------------------------------------------------------------------------------------------------


def test_a_call_becomes_a_request_with_a_clock_a_desk_and_the_post_that_sees_to_it(stage: Stage) -> None:
    request = stage.request()
    assert (request.state, request.priority, request.room) == ("verified", 3, "101")
    assert request.desk == stage.world.community
    assert request.post == stage.post
    assert request.taken_by == stage.world.worker
    assert request.contacted_at == NOW
    assert (request.due_at - NOW).total_seconds() == 720 * 60
    assert Entry.objects.filter(verb="needs.asked", row_id=str(request.pk)).count() == 1


def test_a_kind_that_no_open_post_sees_to_stays_with_the_desk(stage: Stage) -> None:
    assert stage.request("waste").post == stage.post  # the supply point stands in for the disinfection team
    stage.post.state = "closed"
    stage.post.save()
    assert stage.request("waste").post is None


def test_a_household_with_a_need_flag_goes_first_within_its_class(stage: Stage) -> None:
    usual = stage.request()
    first = stage.request(household=stage.world.households[1].pk)
    medicine = stage.request("medicine")
    board = boards.board(stage.world.worker)
    assert [[line.pk for line in lane.lines] for lane in board.lanes] == [[], [medicine.pk], [first.pk, usual.pk], []]


def test_the_same_key_twice_makes_one_request(stage: Stage) -> None:
    asked = Asked(area=stage.world.building.pk, kind="daily_goods", words="米", room="9999")
    key = "6f1f8f0e-5f0b-4a52-9b1f-0b7f6a2f4c11"
    first = ask(stage.world.worker, asked, key=key)
    assert ask(stage.world.worker, asked, key=key) == first
    assert Request.objects.count() == 1


def test_without_an_active_incident_nothing_is_taken_down_and_the_sentence_says_whom_to_call(world: World) -> None:
    with pytest.raises(Refused, match="致电社区"):
        ask(world.worker, Asked(area=world.building.pk, kind="daily_goods", words="米"))


def test_a_wrong_telephone_number_is_refused_and_nothing_is_lost_silently(stage: Stage) -> None:
    with pytest.raises(Refused, match="电话号码"):
        stage.request(contact_phone="12ab")
    assert not Request.objects.exists()


def test_a_life_in_danger_reaches_the_desk_and_the_coordinators_at_once(stage: Stage) -> None:
    request = stage.request("life_danger", words="老人晕倒了")
    told = set(Message.objects.filter(template="needs.life").values_list("account__username", flat=True))
    assert {"worker", "office", "bureau"} <= told
    assert request.priority == 1


# --- by the code in the building --------------------------------------------------------------------------------------


@pytest.fixture
def code(stage: Stage) -> ResidentCode:
    return ResidentCode.objects.create(area=stage.world.building, made_by=stage.world.worker)


def wish(words: str = "要买降压药", **fields: str) -> Asked:
    values: dict[str, Any] = {"kind": "medicine", "room": "502", "source": "code"} | fields
    return Asked(area=0, words=words, **values)


def test_a_resident_asks_without_an_account_and_the_door_is_recognised(stage: Stage, code: ResidentCode) -> None:
    request = ask_by_code(code.token, wish(contact_phone="138 0013 9000"))
    assert request.state == "new"
    assert request.household == stage.world.households[1]
    assert request.is_vulnerable
    assert request.contact_phone == "+8613800139000"
    assert request.taken_by is None
    assert Entry.objects.get(verb="needs.asked").via == "link"


def test_asking_again_for_the_same_opens_the_open_case(stage: Stage, code: ResidentCode) -> None:
    first = ask_by_code(code.token, wish())
    second = ask_by_code(code.token, wish("药还没送来"))
    assert second.pk == first.pk
    assert [note.words for note in first.notes.all()] == ["要买降压药", "药还没送来"]
    third = ask_by_code(code.token, wish("还要胰岛素"), anyway=True)
    assert third.pk != first.pk


def test_a_door_cannot_flood_the_desk(stage: Stage, code: ResidentCode) -> None:
    for _number in range(8):
        ask_by_code(code.token, wish(), anyway=True)
    with pytest.raises(Refused, match="致电社区"):
        ask_by_code(code.token, wish(), anyway=True)


def test_the_resident_sees_how_it_stands_and_nothing_of_anybody_else(stage: Stage, code: ResidentCode) -> None:
    request = ask_by_code(code.token, wish())
    working.verify_request(stage.world.worker, request.pk, "已电话确认")
    working.take_request(stage.world.veteran, request.pk)
    found = standing(request.token)
    assert found is not None
    assert (found.state, found.number, found.helper) == ("accepted", request.pk, "陈")
    assert standing("nonsense") is None


@pytest.mark.parametrize("says, state", [("done", "closed"), ("no_longer", "closed"), ("still", "new")])
def test_what_the_resident_says_counts(stage: Stage, code: ResidentCode, says: str, state: str) -> None:
    request = ask_by_code(code.token, wish())
    assert ending.resident_says(request.token, says).state == state
    assert again(request).notes.last().kind == "resident"  # type: ignore[union-attr]


def test_a_resident_opens_a_settled_request_again_under_its_number(stage: Stage, code: ResidentCode) -> None:
    request = ask_by_code(code.token, wish())
    working.settle_request(stage.world.worker, request.pk, "done")
    assert ending.resident_says(request.token, "still", "送错药了").state == "verified"
    assert again(request).reopened == 1
    assert again(request).settled_at is None


# --- being seen to ----------------------------------------------------------------------------------------------------


def test_whoever_is_on_duty_at_the_post_takes_it_and_others_do_not_even_see_it(stage: Stage) -> None:
    request = stage.request()
    assert [line.pk for line in mines.my_requests(stage.world.veteran).waiting] == [request.pk]
    assert mines.my_requests(stage.world.neighbour).waiting == []
    with pytest.raises(Http404):
        working.take_request(stage.world.neighbour, request.pk)
    working.take_request(stage.world.veteran, request.pk)
    assert again(request).person == stage.world.veteran.person
    with pytest.raises(Http404):
        mines.my_request(stage.world.newcomer, request.pk)


def test_of_two_who_take_it_one_has_it(stage: Stage) -> None:
    request = stage.request()
    working.take_request(stage.world.veteran, request.pk)
    with pytest.raises(Refused):
        working.take_request(stage.world.newcomer, request.pk)


def test_from_the_phone_to_done_and_called_back(stage: Stage) -> None:
    request = stage.request()
    working.take_request(stage.world.veteran, request.pk)
    working.set_out(stage.world.veteran, request.pk)
    working.settle_request(stage.world.veteran, request.pk, "done", "放在门口")
    assert again(request).outcome == "放在门口"
    told = Message.objects.get(template="needs.ended")
    assert told.account == stage.world.worker  # who took the call sees the end of it
    ending.call_back(stage.world.worker, request.pk, satisfied=True)
    end = again(request)
    assert (end.state, end.ended_by, end.person) == ("closed", stage.world.worker, stage.world.veteran.person)


def test_not_right_yet_opens_it_again_with_a_new_clock(stage: Stage, clock: object) -> None:
    request = stage.request()
    working.settle_request(stage.world.worker, request.pk, "done")
    with pytest.raises(Refused, match="还缺什么"):
        ending.call_back(stage.world.worker, request.pk, satisfied=False)
    ending.call_back(stage.world.worker, request.pk, satisfied=False, words="少一袋米")
    assert again(request).state == "verified"
    assert again(request).reopened == 1


@pytest.mark.parametrize("step", ["not_done", "refer"])
def test_not_done_and_passed_on_need_words(stage: Stage, step: str) -> None:
    request = stage.request()
    with pytest.raises(Refused):
        working.settle_request(stage.world.worker, request.pk, step, "  ")
    working.settle_request(stage.world.worker, request.pk, step, "社区医院内科")
    assert again(request).outcome == "社区医院内科"


def test_somebody_asked_may_pass_it_on_without_a_reason(stage: Stage) -> None:
    request = stage.request()
    working.give_request(stage.world.worker, request.pk, stage.world.veteran.person.pk)
    assert Message.objects.get(template="needs.given").account == stage.world.veteran
    with pytest.raises(Refused, match="别人"):
        working.accept_request(stage.world.worker, request.pk)
    working.give_back_request(stage.world.veteran, request.pk)
    assert (again(request).state, again(request).person) == ("verified", None)


def test_another_kind_brings_its_own_clock_from_the_moment_of_asking(stage: Stage) -> None:
    request = stage.request()
    working.change_request(stage.world.worker, request.pk, kind="medicine", priority=2)
    assert (again(request).due_at - NOW).total_seconds() == 240 * 60
    assert again(request).priority == 2


def test_unknown_is_a_state_of_its_own_and_the_clock_runs_on(stage: Stage) -> None:
    request = stage.request()
    working.take_request(stage.world.veteran, request.pk)
    working.lose_track(stage.world.worker, request.pk, "志愿者手机关机，已问过岗亭")
    assert (again(request).state, again(request).person) == ("unknown", None)
    assert boards.board(stage.world.worker).open == 1


# --- personal data ----------------------------------------------------------------------------------------------------


def test_the_number_is_shown_while_the_request_is_his_and_every_look_is_on_record(stage: Stage) -> None:
    request = stage.request(contact_phone="13800139000")
    working.take_request(stage.world.veteran, request.pk)
    assert working.reveal_request(stage.world.veteran, request.pk).contact_phone == "+8613800139000"
    assert Viewed.objects.get().actor_id == stage.world.veteran.pk
    working.settle_request(stage.world.veteran, request.pk, "done")
    with pytest.raises(Refused):
        working.reveal_request(stage.world.veteran, request.pk)
    with pytest.raises(Refused):
        working.reveal_request(stage.world.worker, request.pk)  # the desk says why
    assert working.reveal_request(stage.world.worker, request.pk, purpose="回访")


def test_a_case_masks_name_and_phone(stage: Stage) -> None:
    request = stage.request(contact_name="钱一帆", contact_phone="13800139000")
    case = cases.case(stage.world.worker, request.pk)
    assert (case.contact, case.phone) == ("钱**", "138****9000")


# --- merging ----------------------------------------------------------------------------------------------------------


def test_merging_keeps_both_numbers_alive_and_the_more_urgent_clock(stage: Stage) -> None:
    goods, medicine = stage.request(), stage.request("medicine")
    ending.merge_request(stage.world.worker, medicine.pk, goods.pk)
    assert again(medicine).merged_into == goods
    assert (again(goods).priority, again(goods).due_at) == (2, medicine.due_at)
    found = standing(again(medicine).token)
    assert found is not None
    assert (found.number, found.request.pk) == (medicine.pk, goods.pk)
    ending.split_request(stage.world.worker, medicine.pk)
    assert (again(medicine).state, again(medicine).merged_into) == ("verified", None)


def test_a_chain_of_merges_leads_to_the_last_one(stage: Stage) -> None:
    one, two, three = stage.request(), stage.request(), stage.request()
    ending.merge_request(stage.world.worker, one.pk, two.pk)
    ending.merge_request(stage.world.worker, two.pk, three.pk)
    assert again(one).merged_into == three
    with pytest.raises(Refused, match=str(three.pk)):
        ending.merge_request(stage.world.worker, one.pk, three.pk)


def test_two_calls_from_one_door_are_shown_to_be_perhaps_the_same(stage: Stage) -> None:
    one, two = stage.request(), stage.request("medicine")
    assert [line.pk for line in cases.case(stage.world.worker, two.pk).same] == [one.pk]
    assert [line.pk for line in cases.open_at_door(stage.world.worker, one.household_id)] == [two.pk, one.pk]


# --- who may ----------------------------------------------------------------------------------------------------------


def test_a_stranger_finds_nothing_and_a_volunteer_no_desk(stage: Stage) -> None:
    request = stage.request()
    with pytest.raises(Http404):
        cases.case(stage.world.stranger, request.pk)
    with pytest.raises(Http404):
        working.settle_request(stage.world.stranger, request.pk, "done")
    with pytest.raises(Http404):
        stage.request(by=stage.world.veteran)
    assert boards.board(stage.world.stranger).open == 0
    assert find_doors(stage.world.stranger, "101") == []


def test_a_post_lead_may_not_merge(stage: Stage) -> None:
    one, two = stage.request(), stage.request()
    with pytest.raises((Http404, Denied)):
        ending.merge_request(stage.world.lead, one.pk, two.pk)


# --- finding a door ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["1-101", "1栋101", "1栋 101", "101", "钱"])
def test_a_door_is_found_as_it_is_said(stage: Stage, said: str) -> None:
    doors = find_doors(stage.world.worker, said)
    if said == "钱":
        assert doors == []  # one letter would list half the community
        doors = find_doors(stage.world.worker, "钱一")
    assert [(door.place, door.room, door.contact) for door in doors] == [("望江苑 1栋", "101", "钱**")]


def test_lateness_follows_the_clock(stage: Stage, code: ResidentCode) -> None:
    request = ask_by_code(code.token, wish())
    from redvest.needs.rules import lateness

    assert lateness(request, NOW) is Lateness.IN_TIME
    assert lateness(request, NOW + LATER) is Lateness.CONTACT_LATE
    assert lateness(request, NOW + 5 * LATER) is Lateness.LATE
    working.settle_request(stage.world.worker, request.pk, "done")
    assert lateness(again(request), NOW + 5 * LATER) is Lateness.STOPPED
