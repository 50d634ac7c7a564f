"""Screens of posts and shifts: the board, one post, its shifts, one shift and who can replace somebody."""

from datetime import timedelta

import pytest

from redvest.duty.models import Assignment, Post, Shift
from tests.duty.squad import FIRST, gate_with_shifts, shifts_of, squad
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


def test_the_board_shows_where_hands_lack_first(world: World) -> None:
    incident = world.incident()
    gate_with_shifts(world, incident, area=world.community)
    post = gate_with_shifts(world, incident, area=world.other_community)
    for shift in Shift.objects.filter(post=post, starts__lt=NOW + timedelta(hours=24)):
        for account in (world.veteran, world.newcomer)[: 0 if Assignment.objects.exists() else 2]:
            Assignment.objects.create(shift=shift, person=account.person, source="by_hand")
    text = world.client("office").get("/coordinator/posts/").content.decode()
    assert text.index("海棠社区") < text.index("青山社区")
    assert "heads short" in text


def test_without_an_incident_the_board_says_what_to_do(world: World) -> None:
    answer = world.client("office").get("/coordinator/posts/")
    assert "no active incident" in answer.content.decode()


def test_a_post_is_opened_and_its_shifts_are_made_and_taken_back(world: World) -> None:
    incident = world.incident()
    client = world.client("worker")
    address = f"/coordinator/incidents/{incident.pk}/posts/new/"
    assert "Checkpoint" in client.get(address).content.decode()
    answer = client.post(address, {"kind": "gate", "area": world.estate.pk, "name": "望江苑南门"})
    post = Post.objects.get()
    assert answer["Location"] == f"/coordinator/posts/{post.pk}/"
    days = {"first_day": FIRST, "last_day": FIRST + timedelta(days=1)}
    client.post(f"/coordinator/posts/{post.pk}/shifts/make/", days)
    assert Shift.objects.count() == 8
    mark = Shift.objects.values_list("made_as", flat=True)[0]
    client.post(f"/coordinator/posts/{post.pk}/shifts/undo/", {"batch": mark})
    assert not Shift.objects.exists()


def test_times_given_by_hand_may_be_typed_as_people_type_them(world: World) -> None:
    post = gate_with_shifts(world, world.incident(), 1)
    Shift.objects.all().delete()
    form = {"first_day": FIRST, "last_day": FIRST, "times": "7:00-12:00\n 22：00 至 06:00 \n"}
    world.client("office").post(f"/coordinator/posts/{post.pk}/shifts/make/", form)
    assert [(shift.ends - shift.starts) for shift in shifts_of(post)] == [timedelta(hours=5), timedelta(hours=8)]


def test_a_time_that_is_none_is_said_beside_the_field(world: World) -> None:
    post = gate_with_shifts(world, world.incident(), 1)
    form = {"first_day": FIRST, "last_day": FIRST, "times": "early"}
    answer = world.client("office").post(f"/coordinator/posts/{post.pk}/shifts/make/", form)
    assert answer.status_code == 422
    assert "is no time like 22:00-06:00" in answer.content.decode()


def test_the_page_of_a_post_says_what_is_asked_of_people(world: World) -> None:
    post = gate_with_shifts(world, world.incident(), 2)
    text = world.client("office").get(f"/coordinator/posts/{post.pk}/?from={FIRST}").content.decode()
    for words in ("Hold the gate of an estate", "nobody stands here alone", "N95 mask 2", "06:30"):
        assert words in text


def test_the_shift_page_offers_replacements_and_puts_them_on(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 6)
    shift = shifts_of(gate_with_shifts(world, incident, 1))[0]
    leaving = Assignment.objects.create(shift=shift, person=people[0], source="by_hand")
    client = world.client("office")
    page = client.get(f"/coordinator/posts/shifts/{shift.pk}/").content.decode()
    assert "Who can replace?" in page
    listed = client.get(f"/coordinator/posts/shifts/{shift.pk}/replacements/?instead_of={leaving.pk}").content.decode()
    assert listed.index(people[3].name) < listed.index(people[1].name)
    client.post(f"/coordinator/posts/shifts/{shift.pk}/assign/", {"person": people[3].pk, "instead_of": leaving.pk})
    assert set(Assignment.objects.values_list("person", "state")) == {
        (people[0].pk, "removed"),
        (people[3].pk, "confirmed"),
    }


def test_what_a_rule_forbids_is_a_sentence_not_an_error(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 6)
    morning, afternoon = shifts_of(gate_with_shifts(world, incident, 1))[:2]
    Assignment.objects.create(shift=morning, person=people[0], source="by_hand")
    answer = world.client("office").post(f"/coordinator/posts/shifts/{afternoon.pk}/assign/", {"person": people[0].pk})
    assert answer.status_code == 409
    assert "two places at once" in answer.content.decode()


@pytest.mark.parametrize("name, status", [("stranger", 404), ("veteran", 403), ("observer", 200), ("worker", 200)])
def test_who_sees_a_post_and_a_shift(world: World, name: str, status: int) -> None:
    post = gate_with_shifts(world, world.incident(), 1)
    client = world.client(name)
    assert client.get(f"/coordinator/posts/{post.pk}/").status_code == status
    assert client.get(f"/coordinator/posts/shifts/{shifts_of(post)[0].pk}/").status_code == status


def test_an_observer_changes_nothing(world: World) -> None:
    post = gate_with_shifts(world, world.incident(), 1)
    client = world.client("observer")
    assert "Make the shifts" not in client.get(f"/coordinator/posts/{post.pk}/").content.decode()
    assert client.post(f"/coordinator/posts/{post.pk}/close/").status_code == 403
    assert client.post(f"/coordinator/posts/shifts/{shifts_of(post)[0].pk}/cancel/").status_code == 403


def test_an_unchanged_board_costs_one_small_answer(world: World) -> None:
    incident = world.incident()
    gate_with_shifts(world, incident, 1)
    client = world.client("office")
    first = client.get("/coordinator/posts/", HTTP_HX_REQUEST="true")
    again = client.get("/coordinator/posts/", HTTP_HX_REQUEST="true", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (first.status_code, again.status_code) == (200, 304)
