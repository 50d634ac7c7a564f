"""Nobody is held on a shift by a rule; what is left stops publishing until somebody answers for it by name."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import translation

from redvest.core.errors import Denied, Refused
from redvest.core.models import Entry
from redvest.duty.actions.cells import Answered, change_cells, give_exception
from redvest.duty.actions.publishing import publish_roster
from redvest.duty.actions.rosters import create_roster
from redvest.duty.models import Assignment, DraftCell, Override, Roster, Shift
from redvest.duty.planning.findings import read
from redvest.duty.queries import changes
from redvest.incidents.models import Incident
from redvest.people.models import Person
from tests.duty.squad import FIRST, draft, gate_with_shifts, shifts_of, squad
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def put(world: World, roster: Roster, person: Any, shift: Shift, **more: Any) -> Roster:
    roster.refresh_from_db()
    return change_cells(world.office, roster.pk, roster.revision, add=[(person.pk, shift.pk)], **more)


def newcomer_left_alone(world: World) -> tuple[Roster, list[Person], Shift]:
    """The old hand of a pair is ill and was taken off; the newcomer beside him is still there."""
    incident = world.incident()
    people = squad(world, incident, 4)
    shift = shifts_of(gate_with_shifts(world, incident, 1))[0]
    roster = draft(world, incident, 1)
    put(world, roster, people[0], shift)
    put(world, roster, people[1], shift)
    return change_cells(world.office, roster.pk, 2, remove=[(people[0].pk, shift.pk)]), people, shift


def with_old_places(world: World) -> tuple[Roster, list[Person], Shift]:
    """A draft that begins with a place from an import of history: a newcomer alone at the gate."""
    incident: Incident = world.incident()
    people = squad(world, incident, 4)
    shift = shifts_of(gate_with_shifts(world, incident, 1))[0]
    Assignment.objects.create(shift=shift, person=people[1], source="by_hand")
    return draft(world, incident, 1), people, shift


def test_somebody_can_always_be_taken_off_and_what_is_left_needs_an_exception(world: World) -> None:
    roster, people, shift = newcomer_left_alone(world)
    with pytest.raises(Refused, match="newcomers and 0 experienced"):
        publish_roster(world.office, roster.pk, roster.revision)
    view = changes.chip_view(world.office, roster.pk, people[1].pk, shift.pk)
    assert "newcomers and 0 experienced" in view.faults[0]
    assert (view.needs_exception, view.may_override) == (True, True)
    give_exception(world.office, roster.pk, people[1].pk, shift.pk, Answered("老队员晚到一小时", shift.ends))
    roster.refresh_from_db()
    publish_roster(world.office, roster.pk, roster.revision)
    assert Assignment.objects.get().person == people[1]


def test_an_exception_is_kept_by_name_and_on_record(world: World) -> None:
    roster, people, shift = newcomer_left_alone(world)
    give_exception(world.office, roster.pk, people[1].pk, shift.pk, Answered("老队员晚到", shift.ends))
    row = Override.objects.get()
    assert (row.rule, row.person, row.shift, row.made_by) == ("experience", people[1], shift, world.office)
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"duty.rule_overridden", "duty.exception_given"} <= verbs
    roster.refresh_from_db()
    assert "overridden" in {finding.severity for finding in read(roster.outcome)}
    assert not changes.chip_view(world.office, roster.pk, people[1].pk, shift.pk).faults


def test_an_exception_has_a_reason_and_holds_until_the_shift_ends(world: World) -> None:
    roster, people, shift = newcomer_left_alone(world)
    place = (roster.pk, people[1].pk, shift.pk)
    with pytest.raises(Refused, match="Give a reason and an end"):
        give_exception(world.office, *place, Answered("  ", shift.ends))
    with pytest.raises(Refused, match="at least until the shift ends"):
        give_exception(world.office, *place, Answered("暂时", shift.ends - timedelta(minutes=1)))
    assert not Override.objects.exists()


def test_a_place_that_breaks_nothing_gets_no_exception(world: World) -> None:
    roster, people, shift = newcomer_left_alone(world)
    put(world, roster, people[3], shift)
    with pytest.raises(Refused, match="Nothing is broken here"):
        give_exception(world.office, roster.pk, people[1].pk, shift.pk, Answered("以防万一", shift.ends))
    with pytest.raises(Refused, match="in the meantime"):
        give_exception(world.office, roster.pk, people[0].pk, shift.pk, Answered("以防万一", shift.ends))


def test_what_an_import_of_history_left_can_be_answered_for_as_well(world: World) -> None:
    roster, people, shift = with_old_places(world)
    with pytest.raises(Refused, match="newcomers and 0 experienced"):
        publish_roster(world.office, roster.pk, roster.revision)
    give_exception(world.office, roster.pk, people[1].pk, shift.pk, Answered("原班表沿用", shift.ends))
    roster.refresh_from_db()
    assert publish_roster(world.office, roster.pk, roster.revision).state == "published"


def test_what_his_past_broke_already_does_not_stop_the_draft(world: World) -> None:
    """Six days in a row lie behind him; as long as this draft gives him nothing, that is none of its business."""
    incident = world.incident()
    people = squad(world, incident, 4)
    post = gate_with_shifts(world, incident, 8)
    for shift in shifts_of(post)[0:28:4]:
        Assignment.objects.create(shift=shift, person=people[0], source="roster")
    last = FIRST + timedelta(days=6)
    roster = create_roster(world.office, incident.pk, world.street.pk, last, last + timedelta(days=1))
    DraftCell.objects.filter(roster=roster).delete()
    Assignment.objects.filter(shift__duty_day=last).update(state="removed")
    roster = change_cells(world.office, roster.pk, roster.revision, add=[(people[3].pk, shifts_of(post)[24].pk)])
    assert not [finding for finding in read(roster.outcome) if finding.stops]


def test_too_many_hours_are_charged_to_the_place_that_brings_them(world: World) -> None:
    """The 24 hours are counted from the morning before, but it is the second shift that is refused."""
    incident = world.incident()
    people = squad(world, incident, 4)
    gate = shifts_of(gate_with_shifts(world, incident, 1))
    morning = gate[0]
    dawn = gate[3]
    dawn.starts = morning.ends + timedelta(hours=8, minutes=15)
    dawn.ends = dawn.starts + timedelta(hours=9)
    dawn.save()
    roster = draft(world, incident, 1)
    put(world, roster, people[0], morning)
    with pytest.raises(Refused, match=r"in the 24 hours from .* are allowed"):
        put(world, roster, people[0], dawn)
    put(world, roster, people[0], dawn, answered=Answered("人手不够", dawn.ends))
    assert Override.objects.get().shift == dawn


def test_dragging_somebody_away_is_refused_only_for_where_he_lands(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 4)
    morning, afternoon = shifts_of(gate_with_shifts(world, incident, 1))[:2]
    roster = draft(world, incident, 1)
    put(world, roster, people[0], morning)
    put(world, roster, people[1], morning)
    seen = changes.preview(world.office, roster.pk, [(people[0].pk, afternoon.pk)], [(people[0].pk, morning.pk)])
    assert (seen.verdict.kind, seen.needs_override) == ("free", False)
    assert any("newcomers and 0 experienced" in text for text in seen.verdict.worse)
    moved = change_cells(
        world.office, roster.pk, 2, add=[(people[0].pk, afternoon.pk)], remove=[(people[0].pk, morning.pk)]
    )
    assert [finding.shifts for finding in read(moved.outcome) if finding.stops] == [(morning.pk,)]


def test_a_community_worker_takes_off_but_gives_no_exception(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 4)
    shift = shifts_of(gate_with_shifts(world, incident, 1))[0]
    roster = create_roster(world.worker, incident.pk, world.community.pk, FIRST, FIRST)
    change_cells(world.worker, roster.pk, 0, add=[(people[0].pk, shift.pk), (people[1].pk, shift.pk)])
    change_cells(world.worker, roster.pk, 1, remove=[(people[0].pk, shift.pk)])
    assert not changes.chip_view(world.worker, roster.pk, people[1].pk, shift.pk).may_override
    with pytest.raises(Denied):
        give_exception(world.worker, roster.pk, people[1].pk, shift.pk, Answered("没有办法", shift.ends))
    with pytest.raises(Http404):
        give_exception(world.stranger, roster.pk, people[1].pk, shift.pk, Answered("没有办法", shift.ends))


def test_a_shift_says_who_is_on_it_and_what_must_be_settled(world: World) -> None:
    roster, people, shift = newcomer_left_alone(world)
    view = changes.shift_view(world.office, roster.pk, shift.pk)
    assert view.there == ((people[1].pk, people[1].name),)
    assert "newcomers and 0 experienced" in view.faults[0]


def test_a_choice_says_first_what_needs_an_exception_and_says_it_once(world: World) -> None:
    """One shift more makes several windows of seven days too full; that is one thing to read, and it comes first."""
    incident = world.incident()
    people = squad(world, incident, 4)
    post = gate_with_shifts(world, incident, 9)
    days = shifts_of(post)[0::4]
    roster = create_roster(world.office, incident.pk, world.street.pk, FIRST, FIRST + timedelta(days=8))
    for shift in [*days[:4], *days[5:]]:
        put(world, roster, people[0], shift)
    seen = changes.preview(world.office, roster.pk, [(people[0].pk, days[4].pk)], [])
    assert seen.needs_override
    in_a_row = [text for text in seen.verdict.worse if "days in a row" in text]
    assert len(in_a_row) == 1
    assert "more days)" in in_a_row[0]
    assert seen.verdict.worse[0] == in_a_row[0] or "free days" in seen.verdict.worse[0]
