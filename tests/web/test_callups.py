"""Screens of call-ups: the live preview, the board, and the answer on a phone, by link and in the app."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from redvest.incidents import actions
from redvest.incidents.models import CallUp, CallUpReply, TeamMember
from redvest.incidents.queries.call_ups import Criteria
from tests.web.test_incidents import text_of
from tests.world import World

FRAGMENT = {"HX-Request": "true"}


def called(world: World) -> CallUp:
    return actions.send_call_up(world.office, world.incident().pk, criteria=Criteria(), wanted=3)


def link_of(call_up: CallUp, name: str = "veteran") -> str:
    return reverse("volunteer:answer_link", args=[call_up.replies.get(person__account__username=name).token])


def test_the_preview_follows_the_choices_and_sends_nothing(world: World) -> None:
    incident = world.incident()
    world.newcomer.person.consents.all().delete()
    url = reverse("coordinator:callup_build", args=[incident.pk])
    shown = text_of(world.client("office").get(url, {"area": world.community.pk, "wanted": 5}, headers=FRAGMENT))
    assert "Have not consented to serve" in shown
    assert "Only 2 people can be asked" in shown
    assert not CallUp.objects.exists()


def test_a_call_up_is_sent_and_its_board_opens(world: World) -> None:
    incident = world.incident()
    client = world.client("office")
    given = {"wanted": 3, "answer_minutes": 30, "text": "带身份证"}
    answer = client.post(reverse("coordinator:callup_build", args=[incident.pk]), given, follow=True)
    page = text_of(answer)
    assert "Sent: 4 people are asked." in page
    assert "陈老练" in page
    assert "+8613800000008" not in page, "phone numbers are masked on lists"


def test_a_call_up_without_a_number_comes_back_with_the_error(world: World) -> None:
    incident = world.incident()
    answer = world.client("office").post(reverse("coordinator:callup_build", args=[incident.pk]), {"wanted": ""})
    assert answer.status_code == 422


def test_the_board_filters_by_answer(world: World) -> None:
    call_up = called(world)
    reply = call_up.replies.get(person__account__username="veteran")
    actions.answer_call_up(world.veteran, reply.pk, "yes")
    client = world.client("office")
    page = text_of(client.get(reverse("coordinator:callup", args=[call_up.pk]), {"standing": "yes"}))
    assert "陈老练" in page
    assert "林新来" not in page


def test_a_coordinator_notes_an_answer_nudges_sends_a_wave_stands_down_and_closes(
    world: World, clock: time_machine.Traveller
) -> None:
    call_up = called(world)
    client = world.client("office")
    reply = call_up.replies.get(person__account__username="newcomer")
    note = reverse("coordinator:callup_note", args=[call_up.pk, reply.pk])
    assert "林新来" in text_of(client.get(note))
    assert client.post(note, {"answer": "yes"}).status_code == 302
    assert TeamMember.objects.get().person.name == "林新来"
    refused = client.post(reverse("coordinator:callup_nudge", args=[call_up.pk]))
    assert refused.status_code == 409
    assert "ten minutes" in refused.content.decode()
    clock.shift(timedelta(minutes=61))
    client = world.client("office")  # an idle hour has signed the other one out
    assert client.post(reverse("coordinator:callup_nudge", args=[call_up.pk])).status_code == 302
    wave = reverse("coordinator:callup_wave", args=[call_up.pk])
    assert "2 people are still missing" in text_of(client.get(wave))
    assert client.post(wave, {"ask_again": "on"}).status_code == 302
    assert call_up.replies.filter(wave=2).count() == 3
    down = reverse("coordinator:callup_stand_down", args=[call_up.pk])
    assert "陈老练" in text_of(client.get(down))
    assert client.post(down, {"reply": [reply.pk]}).status_code == 302
    assert TeamMember.objects.get().state == "released"
    assert client.post(reverse("coordinator:callup_close", args=[call_up.pk])).status_code == 302
    assert "Closed" in text_of(client.get(reverse("coordinator:callup", args=[call_up.pk])))


def test_the_link_shows_four_answers_to_somebody_who_is_not_signed_in(world: World) -> None:
    page = text_of(world.client().get(link_of(called(world))))
    for answer in ("Yes, I can come", "No, I cannot come", "I will say later", "only from a time on"):
        assert answer in page
    assert 'name="answer" value="yes_from"' in page


def test_one_tap_on_the_link_answers_and_the_page_says_so(world: World) -> None:
    call_up = called(world)
    client = world.client(language="zh-hans")
    page = text_of(client.post(link_of(call_up), {"answer": "yes"}, follow=True))
    assert "您的回复：" in page
    assert TeamMember.objects.get().person == world.veteran.person
    later = {"answer": "yes_from", "available_from": "2026-03-02T18:00"}
    client.post(link_of(call_up), later)
    # Half past the hour in Chongqing is stored in UTC.
    assert TeamMember.objects.get().available_from.isoformat() == "2026-03-02T10:00:00+00:00"


@pytest.mark.parametrize("state", ["closed", "expired", "other"])
def test_a_link_that_takes_no_answer_says_what_to_do(world: World, clock: time_machine.Traveller, state: str) -> None:
    call_up = called(world)
    client = world.client("newcomer" if state == "other" else "")
    if state == "closed":
        actions.close_call_up(world.office, call_up.pk)
    elif state == "expired":
        clock.shift(timedelta(days=8))
    page = text_of(client.get(link_of(call_up)))
    assert 'value="yes"' not in page
    assert {"closed": "call the contact", "expired": "Sign in", "other": "Sign out"}[state] in page
    answer = client.post(link_of(call_up), {"answer": "yes"})
    assert answer.status_code == 409
    assert not TeamMember.objects.exists()


def test_a_link_nobody_made_is_a_404(world: World) -> None:
    assert world.client().get(reverse("volunteer:answer_link", args=["x" * 32])).status_code == 404


def test_the_same_question_is_answered_in_the_app(world: World) -> None:
    call_up = called(world)
    client = world.client("veteran")
    assert "please answer" in text_of(client.get(reverse("volunteer:callups")))
    reply = call_up.replies.get(person__account__username="veteran")
    url = reverse("volunteer:callup", args=[reply.pk])
    key = {"X-Idempotency-Key": "6a0bd8f5-1f9c-4b5d-9f3b-0c1d5a5d1c11"}
    assert client.post(url, {"answer": "later"}, headers=key).status_code == 302
    assert client.post(url, {"answer": "later"}, headers=key).status_code == 302
    assert CallUpReply.objects.get(pk=reply.pk).answer == "later"
    assert world.client("newcomer").get(url).status_code == 404


def test_staff_are_asked_to_confirm_the_order_of_their_unit(world: World) -> None:
    person = world.veteran.person
    person.kind = "staff"
    person.save()
    assert "I am coming" in text_of(world.client().get(link_of(called(world))))


def test_an_empty_page_says_what_else_can_be_done(world: World) -> None:
    client = world.client("veteran")
    for name, word in (("callups", "hands are short"), ("orders", "step forward"), ("offers", "step forward")):
        assert word in text_of(client.get(reverse(f"volunteer:{name}")))
