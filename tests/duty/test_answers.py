"""After a blow: the menu of repairs, the draft that one of them becomes. What if, how many, and whom to ask."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone, translation

from redvest.core import jobs
from redvest.core.errors import Denied, Refused
from redvest.core.models import Message
from redvest.duty.actions.answering import ask_what_if, draft_repair, look_for_repairs
from redvest.duty.actions.attendance import mark_no_show
from redvest.duty.actions.publishing import publish_roster
from redvest.duty.models import Assignment, DraftCell, Post, Roster
from redvest.duty.planning.events import DROP_OUT, HEAT, NOW, PERIMETER, Event
from redvest.duty.planning.explaining import ways_of
from redvest.duty.planning.naming import names_for
from redvest.duty.planning.problem import seen_plan
from redvest.duty.queries import changes
from redvest.duty.queries.repairs import repair_menu
from redvest.duty.queries.what_if import answer
from redvest.engine.roster.check import check
from redvest.people.models import Availability, Person
from tests.duty.squad import FIRST, draft, gate_with_shifts, shifts_of, solve, squad
from tests.duty.test_publishing import accounts_for
from tests.world import World

pytestmark = pytest.mark.django_db


class Line:
    """The child's line to its parent, without a child."""

    stopped = False

    def send(self, message: object) -> None:
        pass


def here(progress: jobs.Progress, function: Any, *arguments: Any, **_limits: Any) -> Any:
    """What a child process would do, in this one: starting one takes longer than the answer."""
    return function(Line(), *arguments)


@pytest.fixture
def in_a_child() -> None:
    """The search runs in a process of its own, as it does in real life."""


@pytest.fixture(autouse=True)
def _english_and_brief(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> object:
    monkeypatch.setattr("redvest.duty.actions.answering.REPAIR_SECONDS", 1.0)
    monkeypatch.setattr("redvest.duty.actions.answering.ASK_SECONDS", 1)
    if "in_a_child" not in request.fixturenames:
        monkeypatch.setattr("redvest.core.jobs.run_in_child", here)
    with translation.override("en"):
        yield


def published(world: World, days: int = 2, size: int = 12) -> tuple[Roster, list[Person], Post]:
    incident = world.incident()
    people = squad(world, incident, size)
    accounts_for(people)
    post = gate_with_shifts(world, incident, days)
    roster = solve(world, draft(world, incident, days))
    return publish_roster(world.office, roster.pk, roster.revision), people, post


def somebody_on_duty() -> int:
    return int(
        Assignment.objects.filter(state="confirmed").order_by("-person_id").values_list("person_id", flat=True)[0]
    )


def held() -> set[tuple[int, int]]:
    return set(Assignment.objects.filter(state="confirmed").values_list("person_id", "shift_id"))


def drafted(roster: Roster) -> set[tuple[int, int]]:
    return set(DraftCell.objects.filter(roster=roster).values_list("person_id", "shift_id"))


def menu_after(world: World, roster: Roster, event: Event) -> tuple[jobs.Job, dict[str, Any]]:
    job = jobs.run(look_for_repairs(world.office, roster.pk, event).pk)
    assert job is not None
    assert job.state == "done", job.error
    assert job.result is not None
    return job, dict(job.result)


def test_a_drop_out_is_mended_drafted_and_published_and_only_those_concerned_are_told(
    world: World, in_a_child: None
) -> None:
    roster, _people, _post = published(world)
    gone = somebody_on_duty()
    before = held()
    job, found = menu_after(world, roster, Event(DROP_OUT, timezone.now(), person=gone))
    assert held() == before, "looking for repairs changes nothing"
    assert 1 <= len(found["repairs"]) <= 3
    made = draft_repair(world.office, roster.pk, job.pk, 0)
    assert made.state == "draft"
    assert made.based_on == roster
    assert gone not in {person for person, _shift in drafted(made)}
    assert held() == before, "a draft changes nothing"
    plan = seen_plan(made, timezone.now())
    assert not check(plan.problem, plan.answer).hard
    Message.objects.all().delete()
    publish_roster(world.office, made.pk, made.revision)
    assert held() == drafted(made)
    concerned = {person for person, _shift in held() ^ before}
    told = set(Message.objects.values_list("account__person", flat=True))
    assert told == concerned
    assert gone in told


def test_the_menu_says_its_price_and_who_would_be_told_what(world: World) -> None:
    roster, _people, _post = published(world)
    gone = somebody_on_duty()
    job, _found = menu_after(world, roster, Event(DROP_OUT, timezone.now(), person=gone))
    menu = repair_menu(world.office, roster.pk, job.pk)
    name = Person.objects.get(pk=gone).name
    assert menu.event.startswith(f"{name} drops out from 2 Mar 09:00")
    assert menu.bare is not None
    assert menu.bare.short >= menu.repairs[0].short
    first = menu.repairs[0]
    assert first.title == "Fewest changes"
    lines = {line.name: line for line in first.told}
    assert lines[name].gone
    assert not lines[name].new
    assert sum(len(line.new) + len(line.gone) for line in first.told) == first.changes


def test_the_absence_can_be_noted_for_all_later_rosters(world: World) -> None:
    roster, _people, _post = published(world)
    gone = somebody_on_duty()
    until = timezone.now() + timedelta(days=2)
    job, _found = menu_after(world, roster, Event(DROP_OUT, timezone.now(), until, person=gone))
    draft_repair(world.office, roster.pk, job.pk, 0, note_absence=True)
    said = Availability.objects.get(person=gone)
    assert (said.kind, said.starts, said.ends) == ("cannot", timezone.now(), until)


def test_what_happened_stays_with_the_draft_so_that_nobody_puts_him_back(world: World) -> None:
    roster, _people, _post = published(world)
    gone = somebody_on_duty()
    shift = min(shift for person, shift in held() if person == gone)
    job, _found = menu_after(world, roster, Event(DROP_OUT, timezone.now(), person=gone))
    made = draft_repair(world.office, roster.pk, job.pk, 0)
    seen = changes.preview(world.office, made.pk, [(gone, shift)], [])
    assert seen.verdict.kind == "forbidden"
    assert "did not offer the time" in seen.verdict.worse[0]


def test_a_repair_found_before_somebody_withdrew_is_refused(world: World) -> None:
    roster, _people, _post = published(world)
    gone = somebody_on_duty()
    job, _found = menu_after(world, roster, Event(DROP_OUT, timezone.now(), person=gone))
    Assignment.objects.filter(person=gone).update(state="withdrawn")
    with pytest.raises(Refused, match="has changed since"):
        draft_repair(world.office, roster.pk, job.pk, 0)
    with pytest.raises(Refused, match="not on the menu"):
        draft_repair(world.office, roster.pk, job.pk, 7)


def test_a_closed_place_is_served_by_those_inside(world: World) -> None:
    roster, _people, _post = published(world)
    outsider = somebody_on_duty()
    Person.objects.filter(pk=outsider).update(home=world.other_community)
    event = Event(PERIMETER, timezone.now(), area=world.community.pk)
    _job, found = menu_after(world, roster, event)
    for each in found["repairs"]:
        assert {shift for person, shift in each["goes"] if person == outsider}
        assert outsider not in {person for person, _shift in each["comes"]}


def test_in_great_heat_nobody_stands_outdoors(world: World) -> None:
    roster, _people, post = published(world)
    Post.objects.filter(pk=post.pk).update(is_outdoor=True)
    event = Event(HEAT, timezone.now(), timezone.now() + timedelta(days=10), band=3)
    _job, found = menu_after(world, roster, event)
    assert len(found["bare"]["goes"]) == len(held())


def test_a_new_post_is_filled_without_moving_anybody(world: World) -> None:
    roster, _people, _post = published(world, size=16)
    incident = roster.incident
    other = gate_with_shifts(world, incident, 1, kind="supply")
    before = held()
    job, _found = menu_after(world, roster, Event(NOW, timezone.now()))
    made = draft_repair(world.office, roster.pk, job.pk, 0)
    assert before <= drafted(made)
    new = {shift.pk for shift in shifts_of(other)}
    assert {shift for _person, shift in drafted(made) - before} <= new
    assert new & {shift for _person, shift in drafted(made)}


def test_questions_that_make_no_sense_get_a_sentence(world: World) -> None:
    roster, _people, _post = published(world)
    now = timezone.now()
    for event, sentence in (
        (Event(DROP_OUT, now, person=world.neighbour.person.pk), "Choose somebody of this roster"),
        (Event(DROP_OUT, now, now - timedelta(hours=1), person=1), "The end lies before the start"),
        (Event(HEAT, now, band=7), "how hot"),
    ):
        with pytest.raises(Refused, match=sentence):
            look_for_repairs(world.office, roster.pk, event)
    for question, sentence in (
        ({"kind": "fewer", "count": 12}, "nobody would be left"),
        ({"kind": "post", "like": 0}, "Choose the post"),
        ({"kind": "rule", "rule": "rest_floor", "value": 0}, "which limit"),
        ({"kind": "rule", "rule": "overlap", "value": 3}, "what you want to know"),
        ({"kind": "more", "count": 99}, "1 to 20"),
    ):
        with pytest.raises(Refused, match=sentence):
            ask_what_if(world.office, roster.pk, question)


def test_nobody_asks_about_a_roster_that_is_not_his(world: World) -> None:
    roster, _people, _post = published(world)
    with pytest.raises(Http404):
        look_for_repairs(world.stranger, roster.pk, Event(NOW, timezone.now()))
    with pytest.raises(Http404):
        ask_what_if(world.stranger, roster.pk, {"kind": "hands"})
    with pytest.raises((Http404, Denied)):
        ask_what_if(world.observer, roster.pk, {"kind": "hands"})


def asked(world: World, roster: Roster, question: dict[str, Any]) -> Any:
    job = jobs.run(ask_what_if(world.office, roster.pk, question).pk)
    assert job is not None
    assert job.state == "done", job.error
    return answer(world.office, roster.pk, job.pk)


def test_what_if_compares_before_and_after_and_changes_nothing(world: World) -> None:
    roster, people, post = published(world)
    before = held()
    fewer = asked(world, roster, {"kind": "fewer", "people": [person.pk for person in people[2:]]})
    assert fewer.question.startswith("What if these people were not there")
    assert int(fewer.figures[0].after) > int(fewer.figures[0].before)
    assert fewer.figures[0].tone == "short"
    assert fewer.gaps
    more = asked(world, roster, {"kind": "post", "like": post.pk, "count": 3})
    assert more.question == "What if there were 3 more posts like Checkpoint 1?"
    assert any(text.startswith("the new post, as Checkpoint 1") for text in more.gaps)
    rest = asked(world, roster, {"kind": "rule", "rule": "rest_floor", "value": 600})
    assert "10 h" in rest.question
    assert held() == before
    assert Roster.objects.count() == 1


def test_it_is_said_how_many_people_would_close_all_gaps(world: World) -> None:
    roster, _people, _post = published(world, size=3)
    found = asked(world, roster, {"kind": "hands"})
    minimum, _wanted = found.hands
    assert minimum.verdict[0].isdigit()
    assert minimum.lines
    assert "shift" in minimum.lines[0]


# --- whom to ask -----------------------------------------------------------------------------------------------------


def test_an_empty_place_is_explained_and_names_whom_to_ask(world: World) -> None:
    roster, people, _post = published(world, size=4)
    row = solve(world, draft(world, roster.incident))
    plan = seen_plan(row, timezone.now())
    gap = next(finding for finding in check(plan.problem, plan.answer).gaps)
    shift = int(gap.shifts[0])
    starts = plan.material.shifts[shift].starts
    away = next(person for person in people if (person.pk, shift) not in drafted(row))
    Availability.objects.create(
        person=away, kind="cannot", starts=starts - timedelta(hours=1), ends=starts + timedelta(days=1)
    )
    DraftCell.objects.filter(roster=row, person=away).delete()
    row.refresh_from_db()
    plan = seen_plan(row, timezone.now())
    seen = ways_of(plan, names_for(plan.material), shift)
    assert any("cannot at that time" in line for line in seen.why)
    assert away.name in {way.name for way in seen.asks}
    asked_for = next(way for way in seen.asks if way.name == away.name)
    assert "did not offer the time" in asked_for.text


def test_a_chip_says_why_this_person_and_how_the_next_one_stands(world: World) -> None:
    roster, _people, _post = published(world)
    person, shift = sorted(held())[0]
    view = changes.chip_view(world.office, roster.pk, person, shift)
    assert "people may stand here" in view.why[0] or "nobody else may" in view.why[0]
    assert not view.may_change
    row = draft(world, roster.incident, 2)
    view = changes.chip_view(world.office, row.pk, person, shift)
    free = [option for option in view.options if option.verdict.kind == "free"]
    assert free
    assert all("this week" in option.standing[-1] for option in free)


def test_after_a_no_show_the_ranking_is_about_his_place(world: World, clock: Any) -> None:
    roster, _people, post = published(world)
    shift = shifts_of(post)[0]
    clock.move_to(shift.starts + timedelta(minutes=15))
    missing = Assignment.objects.filter(shift=shift, state="confirmed").order_by("pk")[0]
    mark_no_show(world.lead, missing.pk)
    found = changes.replacements(world.office, shift.pk, missing.pk)
    assert found.instead_of == missing
    assert missing.person_id not in {option.person for option in found.options}
    assert found.options
    assert shift.duty_day == FIRST
    assert roster.state == "published"
