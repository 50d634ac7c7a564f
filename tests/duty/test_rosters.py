"""Rosters are drafted, changed cell by cell with everything explained, undone, and never lose a promise."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import translation

from redvest.core.errors import Denied, Refused
from redvest.core.models import Entry
from redvest.duty.actions.cells import Answered, change_cells, pin_cells, undo_last_edit
from redvest.duty.actions.posts import edit_post
from redvest.duty.actions.rosters import create_roster, discard_roster, refresh_roster, set_groups
from redvest.duty.models import Assignment, DraftCell, DraftEdit, Override, Roster, Shift
from redvest.duty.planning.findings import read
from redvest.duty.planning.problem import cells_of
from redvest.duty.queries import changes
from redvest.duty.queries.grid import roster_grid
from redvest.people.models import Availability, Consent
from tests.duty.squad import FIRST, draft, gate_with_shifts, shifts_of, solve, squad
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def put(world: World, roster: Roster, person: Any, shift: Shift, **more: Any) -> Roster:
    roster.refresh_from_db()
    return change_cells(world.office, roster.pk, roster.revision, add=[(person.pk, shift.pk)], **more)


def test_a_solved_draft_breaks_nothing_and_fills_the_gate(world: World) -> None:
    incident = world.incident()
    squad(world, incident, 12)
    gate_with_shifts(world, incident, 3)
    roster = solve(world, draft(world, incident, 3))
    assert not [finding for finding in read(roster.outcome) if finding.stops]
    assert DraftCell.objects.filter(roster=roster).count() >= 24
    assert roster_grid(world.office, roster.pk).counts["short"] == 0


def test_nobody_without_a_yes_is_in_a_draft(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 8)
    gate_with_shifts(world, incident, 2)
    roster = solve(world, draft(world, incident, 2))
    mine = {person.pk for person in people}
    assert {cell.person for cell in cells_of(roster.pk)} <= mine


def test_who_took_his_consent_back_is_left_out_and_named(world: World) -> None:
    from redvest.duty.queries.rosters import left_out

    incident = world.incident()
    people = squad(world, incident, 4)
    Consent.objects.filter(person=people[0]).update(withdrawn_at=NOW)
    gate_with_shifts(world, incident, 1)
    roster = solve(world, draft(world, incident, 1))
    assert people[0].pk not in {cell.person for cell in cells_of(roster.pk)}
    assert left_out(world.office, roster.pk) == [(people[0].name, "no_consent")]


def test_who_cannot_serve_at_night_is_not_put_there(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 8)
    for person in people[:4]:
        Availability.objects.create(person=person, kind="cannot", starts=NOW, daily_from="17:00", daily_until="08:00")
    post = gate_with_shifts(world, incident, 2)
    roster = solve(world, draft(world, incident, 2))
    late = {shift.pk for shift in shifts_of(post) if shift.label in ("evening", "dawn")}
    assert not {cell.person for cell in cells_of(roster.pk) if cell.shift in late} & {p.pk for p in people[:4]}


def test_a_chip_put_by_hand_is_pinned_and_stays_when_the_roster_is_solved_again(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 8)
    post = gate_with_shifts(world, incident, 2)
    roster = draft(world, incident, 2)
    put(world, roster, people[0], shifts_of(post)[2])
    solve(world, roster)
    kept = next(
        cell for cell in cells_of(roster.pk) if (cell.person, cell.shift) == (people[0].pk, shifts_of(post)[2].pk)
    )
    assert kept.is_pinned


def test_what_a_rule_forbids_is_refused_with_the_reason_in_words(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 4)
    post = gate_with_shifts(world, incident, 2)
    roster = draft(world, incident, 2)
    morning, afternoon = shifts_of(post)[:2]
    put(world, roster, people[0], morning)
    with pytest.raises(Refused, match="in two places at once"):
        put(world, roster, people[0], afternoon)
    evening = shifts_of(post)[2]
    with pytest.raises(Refused, match=r"rests only 5 h 45 min .* 8 h are the least"):
        put(world, roster, people[0], evening)


def test_a_newcomer_alone_needs_a_named_exception_and_it_is_kept(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 4)
    post = gate_with_shifts(world, incident, 1)
    roster = draft(world, incident, 1)
    newcomer, shift = people[1], shifts_of(post)[0]
    with pytest.raises(Refused, match="newcomers and 0 experienced people"):
        put(world, roster, newcomer, shift)
    answered = Answered("老队员路上堵车，半小时后到", shift.ends)
    roster = put(world, roster, newcomer, shift, answered=answered)
    override = Override.objects.get()
    assert (override.rule, override.person, override.made_by) == ("experience", newcomer, world.office)
    assert Entry.objects.filter(verb="duty.rule_overridden").exists()
    assert not [finding for finding in read(roster.outcome) if finding.stops]


def test_a_community_worker_plans_but_may_not_override(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 4)
    post = gate_with_shifts(world, incident, 1)
    roster = create_roster(world.worker, incident.pk, world.community.pk, FIRST, FIRST)
    shift = shifts_of(post)[0]
    with pytest.raises(Denied):
        change_cells(
            world.worker, roster.pk, 0, add=[(people[1].pk, shift.pk)], answered=Answered("没有办法", shift.ends)
        )
    assert change_cells(world.worker, roster.pk, 0, add=[(people[0].pk, shift.pk)]).revision == 1


def test_an_exception_must_hold_until_the_shift_ends(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 4)
    post = gate_with_shifts(world, incident, 1)
    roster = draft(world, incident, 1)
    shift = shifts_of(post)[0]
    with pytest.raises(Refused, match="at least until the shift ends"):
        put(world, roster, people[1], shift, answered=Answered("暂时", shift.ends - timedelta(hours=1)))


def test_the_last_steps_can_be_undone_one_by_one(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 8)
    post = gate_with_shifts(world, incident, 2)
    roster = draft(world, incident, 2)
    put(world, roster, people[0], shifts_of(post)[0])
    after_hand = cells_of(roster.pk)
    solve(world, roster)
    roster.refresh_from_db()
    undo_last_edit(world.office, roster.pk, roster.revision)
    assert cells_of(roster.pk) == after_hand
    roster.refresh_from_db()
    undo_last_edit(world.office, roster.pk, roster.revision)
    assert cells_of(roster.pk) == frozenset()
    roster.refresh_from_db()
    with pytest.raises(Refused, match="nothing to undo"):
        undo_last_edit(world.office, roster.pk, roster.revision)


def test_pinning_is_a_step_that_can_be_undone(world: World) -> None:
    incident = world.incident()
    squad(world, incident, 8)
    gate_with_shifts(world, incident, 1)
    roster = solve(world, draft(world, incident, 1))
    cell = sorted(cells_of(roster.pk), key=lambda each: (each.shift, each.person))[0]
    roster = pin_cells(world.office, roster.pk, roster.revision, [(cell.person, cell.shift)], pinned=True)
    assert DraftCell.objects.get(roster=roster, is_pinned=True).person_id == cell.person
    undo_last_edit(world.office, roster.pk, roster.revision)
    assert not DraftCell.objects.filter(roster=roster, is_pinned=True).exists()


def test_two_coordinators_at_once_the_second_is_asked_to_look_again(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 8)
    post = gate_with_shifts(world, incident, 1)
    roster = draft(world, incident, 1)
    change_cells(world.office, roster.pk, 0, add=[(people[0].pk, shifts_of(post)[0].pk)])
    with pytest.raises(Refused, match="in the meantime"):
        change_cells(world.bureau, roster.pk, 0, add=[(people[3].pk, shifts_of(post)[0].pk)])


def test_a_draft_begins_with_what_people_promised_and_keeps_it(world: World) -> None:
    incident = world.incident()
    squad(world, incident, 8)
    post = gate_with_shifts(world, incident, 2)
    world.team(incident, world.veteran.person, area=world.community)
    mine = shifts_of(post)[3]
    Assignment.objects.create(shift=mine, person=world.veteran.person, source="sign_up")
    roster = draft(world, incident, 2)
    cell = next(iter(cells_of(roster.pk)))
    assert (cell.person, cell.shift, cell.is_pinned) == (world.veteran.person.pk, mine.pk, True)
    solve(world, roster)
    assert cell in cells_of(roster.pk)


def test_bringing_a_draft_up_to_date_takes_in_who_came_and_who_left(world: World) -> None:
    incident = world.incident()
    squad(world, incident, 8)
    post = gate_with_shifts(world, incident, 2)
    world.team(incident, world.veteran.person, world.newcomer.person, area=world.community)
    first, other = shifts_of(post)[0], shifts_of(post)[5]
    leaving = Assignment.objects.create(shift=first, person=world.veteran.person, source="sign_up")
    roster = draft(world, incident, 2)
    leaving.state = "withdrawn"
    leaving.save()
    Assignment.objects.create(shift=other, person=world.newcomer.person, source="sign_up")
    refresh_roster(world.office, roster.pk)
    assert {(cell.person, cell.shift) for cell in cells_of(roster.pk)} == {(world.newcomer.person.pk, other.pk)}
    assert DraftEdit.objects.get(roster=roster).kind == "refresh"


def test_duty_groups_are_split_evenly_and_kept_in_the_draft(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 10)
    post = gate_with_shifts(world, incident, 2)
    roster = draft(world, incident, 2)
    with pytest.raises(Refused, match="No post of this roster"):
        set_groups(world.office, roster.pk, None)
    edit_post(world.office, post.pk, {"pattern": "two_group"})
    roster = set_groups(world.office, roster.pk, None)
    assert sorted(roster.settings["groups"].values()) == ["a"] * 4 + ["b"] * 4 + ["reserve"] * 2
    roster = set_groups(world.office, roster.pk, {people[0].pk: "a", 999999: "b"})
    assert roster.settings["groups"] == {str(people[0].pk): "a"}


def test_every_gap_says_why_it_is_there(world: World) -> None:
    incident = world.incident()
    squad(world, incident, 3)
    gate_with_shifts(world, incident, 2)
    roster = solve(world, draft(world, incident, 2))
    grid = roster_grid(world.office, roster.pk)
    assert grid.counts["short"] > 0
    worst = grid.remarks[0]
    assert worst.label == "Gap"
    assert "below its minimum" in worst.text
    assert worst.reasons


def test_the_choices_for_a_place_are_ranked_and_explained(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 6)
    post = gate_with_shifts(world, incident, 1)
    roster = draft(world, incident, 1)
    put(world, roster, people[0], shifts_of(post)[0])
    view = changes.chip_view(world.office, roster.pk, people[0].pk, shifts_of(post)[0].pk)
    assert view.options[0].person == people[3].pk  # the other experienced one
    assert {option.verdict.kind for option in view.options[1:]} == {"override"}
    day = changes.day_view(world.office, roster.pk, people[0].pk, FIRST)
    assert [option.note for option in day.others] == ["11:30–17:45", "17:30–01:15"]
    assert any("two places" in text for text in day.others[0].verdict.worse)


def test_dragging_a_chip_lands_on_the_same_turn_of_that_day(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 4)
    post = gate_with_shifts(world, incident, 3)
    roster = draft(world, incident, 3)
    put(world, roster, people[0], shifts_of(post)[1])
    start = (world.office, roster.pk, people[0].pk, shifts_of(post)[1].pk)
    add, remove = changes.landing(*start, people[3].pk, FIRST + timedelta(days=2))
    assert add == [(people[3].pk, shifts_of(post)[9].pk)]
    assert remove == [(people[0].pk, shifts_of(post)[1].pk)]
    assert changes.landing(*start, people[3].pk, FIRST + timedelta(days=9))[0] == []


def test_a_preview_says_what_comes_and_goes_before_anything_is_saved(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 4)
    post = gate_with_shifts(world, incident, 1)
    roster = draft(world, incident, 1)
    found = changes.preview(world.office, roster.pk, [(people[0].pk, shifts_of(post)[0].pk)], [])
    assert found.verdict.kind == "free"
    assert found.verdict.cost < 0
    assert any("below its minimum" in text for text in found.verdict.better)
    assert not DraftCell.objects.filter(roster=roster).exists()


def test_a_stranger_sees_and_changes_no_roster(world: World) -> None:
    incident = world.incident()
    squad(world, incident, 2)
    gate_with_shifts(world, incident, 1)
    roster = draft(world, incident, 1)
    for attempt in (
        lambda: roster_grid(world.stranger, roster.pk),
        lambda: change_cells(world.stranger, roster.pk, 0),
        lambda: discard_roster(world.stranger, roster.pk),
        lambda: refresh_roster(world.stranger, roster.pk),
        lambda: create_roster(world.stranger, incident.pk, world.street.pk, FIRST, FIRST),
    ):
        with pytest.raises(Http404):
            attempt()


def test_an_observer_looks_at_the_grid_but_plans_nothing(world: World) -> None:
    incident = world.incident()
    squad(world, incident, 2)
    gate_with_shifts(world, incident, 1)
    roster = draft(world, incident, 1)
    assert not roster_grid(world.observer, roster.pk).may_plan
    with pytest.raises(Http404):
        discard_roster(world.observer, roster.pk)


def test_a_draft_given_up_cannot_be_changed(world: World) -> None:
    incident = world.incident()
    squad(world, incident, 2)
    gate_with_shifts(world, incident, 1)
    roster = draft(world, incident, 1)
    discard_roster(world.office, roster.pk)
    with pytest.raises(Refused, match="given up"):
        change_cells(world.office, roster.pk, 0)
