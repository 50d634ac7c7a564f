"""An incident from activation to closing: what it opens, who may do what, and what the database refuses."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.utils import timezone

from redvest.core.errors import Denied, Refused
from redvest.core.models import Entry
from redvest.duty.models import Post
from redvest.incidents import actions, queries
from redvest.incidents.models import CallUp, Deployment, HandsWanted, Incident, Playbook, TeamMember
from redvest.incidents.playbooks import loader
from redvest.people.models import Skill
from redvest.places.models import Area
from redvest.workflows import activate_incident as activation
from tests.world import World


def activated(world: World, **fields: object) -> Incident:
    where = {"playbook": world.playbook().pk, "area": world.street.pk, "level": 4}
    values = where | {"title": "", "starts": timezone.now()}
    return activation.activate_incident(world.office, **(values | fields)).incident  # type: ignore[arg-type]


# --- playbooks -----------------------------------------------------------------------------------------------------


def test_installing_the_shipped_playbooks_twice_changes_nothing(world: World) -> None:
    first = actions.install_shipped_playbooks(world.administrator)
    assert [row.pk for row in actions.install_shipped_playbooks(world.administrator)] == [row.pk for row in first]
    assert Skill.objects.filter(code="isolation_site").exists()


def test_a_new_version_becomes_current_and_a_running_incident_keeps_the_old_one(world: World) -> None:
    incident = activated(world)
    text = loader.shipped()["epidemic_control.toml"]
    newer = actions.install_playbook(
        world.administrator, "epidemic_control.toml", text.replace("version = 2", "version = 3", 1)
    )
    incident.refresh_from_db()
    assert newer.is_current
    assert incident.playbook.version == "2"
    assert Playbook.objects.filter(slug="epidemic_control", is_current=True).count() == 1


def test_a_version_number_is_not_used_twice(world: World) -> None:
    world.playbook()
    text = loader.shipped()["epidemic_control.toml"].replace("answer_minutes = 30", "answer_minutes = 20")
    with pytest.raises(Refused, match="Raise the version number"):
        actions.install_playbook(world.administrator, "epidemic_control.toml", text)


def test_a_wrong_playbook_is_refused_with_all_its_problems(world: World) -> None:
    text = loader.shipped()["flood.toml"].replace("pair = true", "pairs = 1")
    with pytest.raises(Refused) as refusal:
        actions.install_playbook(world.administrator, "flood.toml", text)
    assert len(refusal.value.details["problems"]) == 2


def test_only_an_administrator_installs(world: World) -> None:
    with pytest.raises(Denied):
        actions.install_shipped_playbooks(world.bureau)


# --- activation ----------------------------------------------------------------------------------------------------


def test_activating_opens_the_posts_that_were_shown_and_counts_their_hands(world: World) -> None:
    world.playbook()
    content = queries.incidents.playbooks(world.office)[0][1]
    shown = queries.incidents.planned_posts(world.office, content, 2, world.street.pk)
    incident = activated(world, level=2)
    assert Post.objects.filter(incident=incident).count() == sum(line.number for line in shown) == 9
    wanted = {row.area.name: row.wanted for row in HandsWanted.objects.filter(incident=incident)}
    assert sum(wanted.values()) == sum(line.people for line in shown)
    assert set(wanted) == {"李家沱街道", "海棠社区", "青山社区"}


def test_a_focus_keeps_posts_to_the_communities_chosen(world: World) -> None:
    incident = activated(world, level=2, focus=[world.community.pk])
    places = set(Post.objects.filter(incident=incident).values_list("area__name", flat=True))
    assert places == {"李家沱街道", "海棠社区"}
    with pytest.raises(Refused, match="outside the area"):
        activated(world, area=world.community.pk, focus=[world.other_community.pk])


def test_raising_the_level_adds_posts_and_lowering_closes_none(world: World) -> None:
    incident = activated(world)
    before = Post.objects.count()
    opened = activation.change_level(world.office, incident.pk, 2)
    assert len(opened.posts) > 0
    assert Post.objects.count() == before + len(opened.posts)
    assert activation.change_level(world.office, incident.pk, 4).posts == []
    assert Post.objects.filter(state="open").count() == before + len(opened.posts)
    with pytest.raises(Refused, match="already"):
        activation.change_level(world.office, incident.pk, 4)


def test_the_same_emergency_is_not_activated_twice_in_an_area_but_a_drill_may_be(world: World) -> None:
    activated(world, title="真")
    with pytest.raises(Refused, match="真 is already running"):
        activated(world)
    assert activated(world, is_drill=True).is_drill


@pytest.mark.parametrize("end", [timedelta(hours=-1), timedelta(days=400)])
def test_an_end_before_the_start_or_beyond_a_year_is_refused(world: World, end: timedelta) -> None:
    with pytest.raises(Refused, match="expected end"):
        activated(world, expected_end=timezone.now() + end)


def test_a_typed_number_of_hands_stays_when_posts_are_counted_again(world: World) -> None:
    incident = activated(world)
    actions.want_hands(world.office, incident.pk, world.community.pk, 50)
    activation.change_level(world.office, incident.pk, 2)
    row = HandsWanted.objects.get(incident=incident, area=world.community)
    assert (row.wanted, row.is_typed) == (50, True)


# --- next steps ----------------------------------------------------------------------------------------------------


def test_the_checklist_ticks_itself_where_the_system_sees_it_done(world: World) -> None:
    incident = activated(world)
    steps = {step.item.slug: step for step in queries.incidents.next_steps(world.office, incident, {"posts_opened"})}
    assert steps["posts"].done
    assert not steps["call_up"].done
    with pytest.raises(Refused, match="not ticked by hand"):
        actions.tick_step(world.office, incident.pk, "activation", "call_up")
    row = actions.tick_step(world.office, incident.pk, "activation", "report_up")
    assert row.checklist_done["activation.report_up"]["by"] == "罗素芬"
    assert actions.tick_step(world.office, incident.pk, "activation", "report_up", done=False).checklist_done == {}


# --- closing -------------------------------------------------------------------------------------------------------


def test_closing_ends_orders_and_call_ups_and_releases_the_team(world: World) -> None:
    incident = world.incident()
    world.team(incident, area=world.community)
    actions.close_incident(world.office, incident.pk)
    assert set(TeamMember.objects.values_list("state", flat=True)) == {"released"}
    assert set(Deployment.objects.values_list("state", flat=True)) == {"ended"}
    assert CallUp.objects.get().state == "closed"
    with pytest.raises(Refused, match="closed"):
        actions.change_expected_end(world.office, incident.pk, None)


# --- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["stranger", "worker", "observer", "administrator", "veteran"])
def test_only_coordinators_of_the_area_activate_and_direct(world: World, name: str) -> None:
    incident = world.incident()
    somebody = world.accounts[name]
    for attempt in (
        lambda: actions.activate_incident(
            somebody,
            playbook=incident.playbook_id,
            area=world.community.pk,
            level=4,
            title="",
            starts=timezone.now(),
        ),
        lambda: actions.change_level(somebody, incident.pk, 1),
        lambda: actions.change_expected_end(somebody, incident.pk, None),
        lambda: actions.tick_step(somebody, incident.pk, "activation", "report_up"),
        lambda: actions.want_hands(somebody, incident.pk, world.community.pk, 1),
        lambda: actions.close_incident(somebody, incident.pk),
    ):
        with pytest.raises((Http404, Denied)):
            attempt()
    assert Entry.objects.count() == 0


def test_an_incident_of_the_street_concerns_the_worker_of_a_community_and_not_a_stranger(world: World) -> None:
    incident = world.incident()
    assert queries.incidents.incident(world.worker, incident.pk) == incident
    assert [line.incident for line in queries.incidents.situation(world.observer)] == [incident]
    assert queries.incidents.situation(world.stranger) == []
    with pytest.raises(Http404):
        queries.incidents.incident(world.stranger, incident.pk)
    HandsWanted.objects.create(incident=incident, area=world.community, wanted=3)
    HandsWanted.objects.create(incident=incident, area=world.other_community, wanted=3)
    assert [hands.area for hands in queries.incidents.one_situation(world.worker, incident).hands] == [world.community]


def test_the_situation_board_takes_the_same_queries_for_one_incident_and_for_five(
    world: World,
) -> None:
    queries.incidents.situation(world.bureau)  # the grants are read once per request
    counts = []
    for number in range(2):
        for _each in range(1 if number == 0 else 4):
            area = Area.objects.order_by("?").first()
            world.incident(area=area, is_drill=True)
        counter = Counter()
        with connection.execute_wrapper(counter):
            queries.incidents.situation(world.bureau)
        counts.append(counter.number)
    assert counts[0] == counts[1]


class Counter:
    """Counts the queries that pass through it."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        self.number += 1
        return execute(sql, params, many, context)


SECOND_CURRENT = """
    INSERT INTO incidents_playbook (slug, version, name_zh, name_en, text, is_current, installed_at)
    SELECT slug, '2', name_zh, name_en, text, true, now() FROM incidents_playbook
"""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incidents_incident SET level = 0",
        "UPDATE incidents_incident SET expected_end = starts - interval '1 hour'",
        "UPDATE incidents_incident SET state = 'closed'",
        "UPDATE incidents_playbook SET version = '9'",
        SECOND_CURRENT,
    ],
)
def test_raw_sql_cannot_break_an_incident(world: World, statement: str) -> None:
    world.incident()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
