"""Posts are opened by a playbook's level or by hand, edited, closed; nobody outside the area sees or changes them."""

from typing import Any

import pytest
from django.http import Http404

from redvest.core.errors import Denied, Refused
from redvest.core.models import Entry
from redvest.duty.actions.posts import close_post, edit_post, open_post, open_posts_from_playbook, reopen_post
from redvest.duty.actions.shifts import generate_shifts
from redvest.duty.models import Assignment, Post, Shift
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


def opened(world: World, level: int = 2) -> list[Post]:
    return open_posts_from_playbook(world.bureau, world.incident(level=level), level, world.street)


def test_a_level_opens_its_posts_and_those_of_the_levels_below(world: World) -> None:
    posts = opened(world)
    kinds = sorted((post.kind, post.area.name) for post in posts)
    assert ("gate", "海棠社区") in kinds
    assert ("gate", "青山社区") in kinds
    assert ("standby_desk", "李家沱街道") in kinds
    assert ("sampling", "海棠社区") in kinds


def test_a_post_is_what_its_kind_says(world: World) -> None:
    gate = next(post for post in opened(world) if post.kind == "gate")
    assert (gate.minimum, gate.wanted, gate.maximum) == (2, 2, 3)
    assert gate.is_pair
    assert gate.experienced == 1
    assert gate.is_outdoor
    assert gate.pattern == "gate"
    assert gate.kit[0]["item"] == "mask_n95"
    assert gate.name == "海棠社区卡口"


def test_opening_the_same_level_twice_opens_nothing_twice(world: World) -> None:
    incident = world.incident()
    first = open_posts_from_playbook(world.bureau, incident, 2, world.street)
    assert first
    assert open_posts_from_playbook(world.bureau, incident, 2, world.street) == []


def test_raising_the_level_adds_posts_and_keeps_the_old_ones(world: World) -> None:
    incident = world.incident(level=3)
    before = open_posts_from_playbook(world.bureau, incident, 3, world.street)
    added = open_posts_from_playbook(world.bureau, incident, 1, world.street)
    assert {post.kind for post in added} >= {"gate", "disinfection"}
    assert not {post.pk for post in before} & {post.pk for post in added}
    assert any(post.area == world.estate for post in added)


def test_a_closed_post_is_not_opened_again_behind_the_coordinators_back(world: World) -> None:
    incident = world.incident()
    posts = open_posts_from_playbook(world.bureau, incident, 2, world.street)
    close_post(world.bureau, posts[0].pk)
    assert open_posts_from_playbook(world.bureau, incident, 2, world.street) == []


def test_residents_decide_how_many_sampling_stations_there_are(world: World) -> None:
    from redvest.places.models import Household

    Household.objects.create(area=world.building, room="999", floor=9, people=14_000)
    posts = opened(world)
    assert sum(post.kind == "sampling" and post.area == world.community for post in posts) == 3
    assert sum(post.kind == "sampling" and post.area == world.other_community for post in posts) == 1


def test_posts_of_one_kind_are_numbered_through_the_incident(world: World) -> None:
    gates = [post for post in opened(world) if post.kind == "gate"]
    assert [post.number for post in gates] == [1, 2]
    more = open_post(world.office, gates[0].incident_id, world.community.pk, "gate")
    assert more.number == 3
    assert more.name == "海棠社区卡口2"


def test_a_community_worker_opens_a_post_in_her_community_though_the_incident_is_the_streets(world: World) -> None:
    incident = world.incident()
    post = open_post(world.worker, incident.pk, world.estate.pk, "gate", name="望江苑北门")
    assert post.name == "望江苑北门"
    with pytest.raises(Http404):
        open_post(world.worker, incident.pk, world.other_community.pk, "gate")


def test_a_place_outside_the_incident_gets_no_post(world: World) -> None:
    incident = world.incident(area=world.community)
    with pytest.raises(Refused, match="outside the area"):
        open_post(world.bureau, incident.pk, world.far_community.pk, "gate")


@pytest.mark.parametrize("name", ["observer", "lead", "veteran", "administrator"])
def test_who_may_not_plan_opens_nothing(world: World, name: str) -> None:
    incident = world.incident()
    with pytest.raises((Denied, Http404)):
        open_posts_from_playbook(world.accounts[name], incident, 2, world.street)


def test_a_stranger_neither_edits_nor_closes(world: World) -> None:
    post = opened(world)[0]
    with pytest.raises(Http404):
        edit_post(world.stranger, post.pk, {"name": "x"})
    with pytest.raises(Http404):
        close_post(world.stranger, post.pk)


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"minimum": 4}, "Heads must rise"),
        ({"minimum": 1, "wanted": 1, "experienced": 0}, "Nobody stands alone"),
        ({"experienced": 3}, "experienced people"),
        ({"pattern": "nonsense"}, "no such shift pattern"),
        ({"name": "  "}, "needs a name"),
    ],
)
def test_a_gate_that_makes_no_sense_is_refused(world: World, changes: dict[str, Any], said: str) -> None:
    gate = next(post for post in opened(world) if post.kind == "gate")
    with pytest.raises(Refused, match=said):
        edit_post(world.office, gate.pk, changes)


def test_changed_heads_reach_the_coming_shifts_but_take_nobodys_place(world: World) -> None:
    gate = next(post for post in opened(world) if post.kind == "gate" and post.area == world.community)
    generate_shifts(world.office, [gate.pk], NOW.date(), NOW.date())
    full = Shift.objects.filter(post=gate, starts__gt=NOW).order_by("starts").first()
    assert full is not None
    for person in (world.veteran.person, world.newcomer.person, world.neighbour.person):
        Assignment.objects.create(shift=full, person=person, source="by_hand")
    edit_post(world.office, gate.pk, {"minimum": 2, "wanted": 2, "maximum": 2}, carry_to_shifts=True)
    heads = list(Shift.objects.filter(post=gate, starts__gt=NOW).order_by("starts").values_list("maximum", flat=True))
    assert heads[0] == 3
    assert set(heads[1:]) == {2}


def test_a_post_with_people_on_its_shifts_stays_open(world: World) -> None:
    gate = next(post for post in opened(world) if post.kind == "gate")
    generate_shifts(world.office, [gate.pk], NOW.date(), NOW.date())
    shift = Shift.objects.filter(post=gate, starts__gt=NOW).first()
    assert shift is not None
    assignment = Assignment.objects.create(shift=shift, person=world.veteran.person, source="by_hand")
    with pytest.raises(Refused, match="still have people"):
        close_post(world.office, gate.pk)
    assignment.state = "withdrawn"
    assignment.save()
    assert close_post(world.office, gate.pk).state == "closed"
    assert set(Shift.objects.filter(post=gate, ends__gt=NOW).values_list("state", flat=True)) == {"cancelled"}
    assert reopen_post(world.office, gate.pk).state == "open"


def test_every_opening_is_on_record(world: World) -> None:
    posts = opened(world)
    entries = Entry.objects.filter(verb="duty.post_opened")
    assert entries.count() == len(posts)
    assert {entry.actor_id for entry in entries} == {world.bureau.pk}
