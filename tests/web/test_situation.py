"""The situation board shows where hands are missing, now and in the day to come, and the hands follow the posts."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from redvest.duty.models import Assignment, Post, Shift
from redvest.duty.queries.standing import standings
from redvest.incidents import actions, queries
from redvest.incidents.models import HandsWanted, Incident
from redvest.workflows import count_hands as posts
from redvest.workflows.situation import IncidentLine, board
from tests.world import World

pytestmark = pytest.mark.django_db


def running_shift(post: Post, **heads: int) -> Shift:
    """A shift that began half an hour ago."""
    begin = timezone.now() - timedelta(minutes=30)
    values = {"minimum": 2, "wanted": 3, "maximum": 4} | heads
    return Shift.objects.create(
        post=post, starts=begin, ends=begin + timedelta(hours=6), duty_day=begin.date(), state="open", **values
    )


def line_of(world: World) -> IncidentLine:
    return board(world.office, queries.incidents.situation(world.office))[0]


def wanted(incident: Incident) -> dict[str, int]:
    return dict(HandsWanted.objects.filter(incident=incident).values_list("area__name", "wanted"))


def test_a_place_shows_who_is_there_who_is_missing_and_what_the_day_lacks(world: World) -> None:
    incident = world.incident()
    post = posts.open_post(world.office, incident.pk, world.community.pk, "gate")
    shift = running_shift(post)
    world.team(incident, world.veteran.person, area=world.community)
    Assignment.objects.create(shift=shift, person=world.veteran.person, source="by_hand")
    place = line_of(world).places[0]
    assert (place.name, place.present, place.expected, place.missing) == ("海棠社区", 0, 3, 1)
    assert (place.have, place.wanted, place.short) == (1, 3, 1)
    assert place.gap.has == 1
    text = world.client("office").get("/coordinator/").content.decode()
    assert "1 missing" in text


def test_the_place_with_somebody_missing_stands_before_the_one_with_too_few(world: World) -> None:
    incident = world.incident()
    running_shift(posts.open_post(world.office, incident.pk, world.other_community.pk, "gate"))
    late = running_shift(posts.open_post(world.office, incident.pk, world.community.pk, "gate"), minimum=1, wanted=1)
    Assignment.objects.create(shift=late, person=world.veteran.person, source="by_hand")
    assert [place.name for place in line_of(world).places] == ["海棠社区", "青山社区"]


def test_a_post_at_an_estate_counts_for_its_community(world: World) -> None:
    incident = world.incident()
    posts.open_post(world.office, incident.pk, world.estate.pk, "gate")
    assert set(wanted(incident)) == {"海棠社区"}
    assert [len(place.posts) for place in line_of(world).places] == [1]


def test_the_hands_wanted_follow_a_post_that_is_changed_closed_and_opened_again(world: World) -> None:
    incident = world.incident()
    post = posts.open_post(world.office, incident.pk, world.community.pk, "gate")
    first = wanted(incident)["海棠社区"]
    assert first > 0
    posts.edit_post(world.office, post.pk, {"wanted": post.wanted * 2, "maximum": post.wanted * 2})
    assert wanted(incident)["海棠社区"] == first * 2
    posts.close_post(world.office, post.pk)
    assert wanted(incident)["海棠社区"] == 0
    posts.reopen_post(world.office, post.pk)
    assert wanted(incident)["海棠社区"] == first * 2


def test_a_community_worker_who_opens_a_post_changes_his_place_alone(world: World) -> None:
    incident = world.incident()
    posts.open_post(world.office, incident.pk, world.other_community.pk, "gate")
    before = wanted(incident)["青山社区"]
    posts.open_post(world.worker, incident.pk, world.community.pk, "supply")
    assert wanted(incident)["青山社区"] == before
    assert wanted(incident)["海棠社区"] > 0


def test_a_typed_number_stays_when_a_post_closes(world: World) -> None:
    incident = world.incident()
    post = posts.open_post(world.office, incident.pk, world.community.pk, "gate")
    actions.want_hands(world.office, incident.pk, world.community.pk, 40)
    posts.close_post(world.office, post.pk)
    assert wanted(incident)["海棠社区"] == 40


def test_a_community_worker_sees_the_posts_of_his_community_alone(world: World) -> None:
    incident = world.incident()
    posts.open_post(world.office, incident.pk, world.other_community.pk, "gate")
    posts.open_post(world.office, incident.pk, world.community.pk, "gate")
    assert {post.area_name for post in standings(world.worker, [incident.pk])} == {"海棠社区"}
    text = world.client("worker").get("/coordinator/").content.decode()
    assert "青山社区" not in text


def test_the_board_takes_the_same_few_queries_with_many_posts(world: World) -> None:
    incident = world.incident()
    counts = []
    for _round in range(2):
        for _number in range(3):
            running_shift(posts.open_post(world.office, incident.pk, world.community.pk, "gate"))
        client = world.client("office")
        client.get("/coordinator/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/coordinator/")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize(
    "path, current",
    [
        ("/coordinator/", "Situation"),
        ("/coordinator/incidents/{pk}/", "Situation"),
        ("/coordinator/incidents/{pk}/callups/", "Call-ups"),
        ("/coordinator/incidents/{pk}/deployment/", "Deployment"),
        ("/coordinator/organisations/", "People"),
        ("/coordinator/inbox/", ""),
    ],
)
def test_the_navigation_marks_where_one_is(world: World, path: str, current: str) -> None:
    incident = world.incident()
    text = world.client("office").get(path.format(pk=incident.pk)).content.decode()
    marked = re.findall(r'aria-current="page">.*?<span>([^<]+)</span>', text.split("<main")[0], re.S)
    assert marked == ([current] if current else [])
