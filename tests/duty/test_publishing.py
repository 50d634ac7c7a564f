"""Publishing makes a draft true in one step, tells only those concerned, and refuses a draft that no longer fits."""

import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import F
from django.http import Http404
from django.utils import translation

from redvest.core.errors import Refused
from redvest.core.models import Message
from redvest.duty.actions.assigning import assign_person, take_off
from redvest.duty.actions.cells import Answered, change_cells
from redvest.duty.actions.publishing import publish_roster
from redvest.duty.models import Assignment, DraftCell, Roster, Shift, Swap
from redvest.duty.planning.publication import publication_of
from redvest.duty.queries import changes
from redvest.duty.queries.rosters import publication
from redvest.people.models import Account
from tests.duty.squad import draft, gate_with_shifts, shifts_of, solve, squad
from tests.world import NOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def accounts_for(people: list[Any]) -> None:
    for person in people:
        person.account = Account.objects.create(username=person.number.lower(), name=person.name, language="en")
        person.save()


def published(world: World, days: int = 2, size: int = 10) -> tuple[Roster, list[Any], Any]:
    incident = world.incident()
    people = squad(world, incident, size)
    accounts_for(people)
    post = gate_with_shifts(world, incident, days)
    roster = solve(world, draft(world, incident, days))
    return publish_roster(world.office, roster.pk, roster.revision), people, post


def again(world: World, roster: Roster) -> Roster:
    from redvest.duty.actions.rosters import create_roster

    return create_roster(world.office, roster.incident_id, roster.area_id, roster.first_day, roster.last_day)


def test_what_is_published_is_what_was_drafted(world: World) -> None:
    roster, _people, _post = published(world)
    drafted = set(DraftCell.objects.filter(roster=roster).values_list("shift_id", "person_id"))
    held = Assignment.objects.filter(state="confirmed").values_list("shift_id", "person_id")
    assert set(held) == drafted
    assert roster.published_by == world.office
    assert set(Shift.objects.values_list("state", flat=True)) == {"open"}


def test_everybody_with_a_first_shift_is_told_once_and_nobody_else(world: World) -> None:
    _roster, people, _post = published(world)
    on = set(Assignment.objects.values_list("person__account", flat=True))
    told = list(Message.objects.values_list("account", flat=True))
    assert sorted(told) == sorted(on)
    text = Message.objects.first()
    assert text is not None
    assert "shifts, the first:" in text.body
    assert {person.account_id for person in people} >= on


def test_publishing_the_same_again_changes_nothing_and_tells_nobody(world: World) -> None:
    roster, _people, _post = published(world)
    before = set(Assignment.objects.values_list("pk", "state"))
    Message.objects.all().delete()
    draft_2 = solve(world, again(world, roster))
    found = publication_of(draft_2, NOW)
    assert (found.added, found.dropped) == ((), ())
    publish_roster(world.office, draft_2.pk, draft_2.revision)
    assert set(Assignment.objects.values_list("pk", "state")) == before
    assert not Message.objects.exists()


def test_after_a_drop_out_only_his_places_move(world: World) -> None:
    roster, _people, _post = published(world, days=3, size=12)
    gone = Assignment.objects.filter(state="confirmed").order_by("shift__starts", "person").first()
    assert gone is not None
    gone.state = "withdrawn"
    gone.save()
    Message.objects.all().delete()
    draft_2 = solve(world, again(world, roster))
    found = publication_of(draft_2, NOW)
    assert len(found.added) + len(found.dropped) <= 2
    publish_roster(world.office, draft_2.pk, draft_2.revision)
    assert Message.objects.count() <= 2


def test_each_person_is_told_what_is_new_and_what_is_gone(world: World) -> None:
    roster, _people, _post = published(world)
    Message.objects.all().delete()
    draft_2 = again(world, roster)
    cell = DraftCell.objects.filter(roster=draft_2).order_by("shift__starts", "person").first()
    assert cell is not None
    other = next(
        option.person
        for option in changes.chip_view(world.office, draft_2.pk, cell.person_id, cell.shift_id).options
        if option.verdict.kind == "free"
    )
    draft_2 = change_cells(
        world.office, draft_2.pk, 0, add=[(other, cell.shift_id)], remove=[(cell.person_id, cell.shift_id)]
    )
    told = {each.name: (len(each.new), len(each.gone)) for each in publication(world.office, draft_2.pk).told}
    assert sorted(told.values()) == [(0, 1), (1, 0)]
    publish_roster(world.office, draft_2.pk, draft_2.revision)
    bodies = sorted(Message.objects.values_list("body", flat=True))
    assert any(f"No longer: {cell.shift.post.name} on 3 Mar" in body for body in bodies)
    assert Message.objects.count() == 2


def test_somebody_who_signed_up_meanwhile_is_not_thrown_out(world: World) -> None:
    roster, _people, post = published(world, size=12)
    world.team(roster.incident, world.veteran.person, area=world.community)
    draft_2 = solve(world, again(world, roster))
    free = Shift.objects.filter(post=post, taken__lt=3).order_by("starts").first()
    assert free is not None
    Assignment.objects.create(shift=free, person=world.veteran.person, source="sign_up")
    with pytest.raises(Refused, match="signed up for Checkpoint 1"):
        publish_roster(world.office, draft_2.pk, draft_2.revision)
    solve(world, draft_2)
    draft_2.refresh_from_db()
    publish_roster(world.office, draft_2.pk, draft_2.revision)
    assert Assignment.objects.get(person=world.veteran.person).state == "confirmed"


def test_somebody_who_withdrew_meanwhile_is_not_put_back(world: World) -> None:
    roster, _people, _post = published(world)
    draft_2 = solve(world, again(world, roster))
    gone = Assignment.objects.filter(state="confirmed").first()
    assert gone is not None
    gone.state = "withdrawn"
    gone.save()
    with pytest.raises(Refused, match="no longer on"):
        publish_roster(world.office, draft_2.pk, draft_2.revision)


def test_a_person_released_from_the_team_is_not_published(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 8)
    gate_with_shifts(world, incident, 1)
    roster = solve(world, draft(world, incident, 1))
    person = DraftCell.objects.filter(roster=roster).order_by("pk")[0].person
    member = person.teams.get()
    member.deployments.update(state="ended")
    member.state, member.released_at = "released", NOW
    member.save()
    with pytest.raises(Refused, match="did not offer the time"):
        publish_roster(world.office, roster.pk, roster.revision)
    assert not Assignment.objects.exists()
    assert people


def test_a_cancelled_shift_makes_the_draft_unfit(world: World) -> None:
    from redvest.duty.actions.shifts import cancel_shift

    incident = world.incident()
    squad(world, incident, 8)
    post = gate_with_shifts(world, incident, 1)
    roster = solve(world, draft(world, incident, 1))
    cancel_shift(world.office, shifts_of(post)[0].pk)
    roster.refresh_from_db()
    # The cancelling took its cells out of the draft, so what is left still fits.
    publish_roster(world.office, roster.pk, roster.revision)
    assert not Assignment.objects.filter(shift=shifts_of(post)[0]).exists()


def test_a_draft_with_a_broken_rule_is_not_published(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 8)
    post = gate_with_shifts(world, incident, 1)
    roster = draft(world, incident, 1)
    DraftCell.objects.create(roster=roster, shift=shifts_of(post)[0], person=people[1])
    with pytest.raises(Refused, match="newcomers"):
        publish_roster(world.office, roster.pk, 0)


def test_waiting_for_a_place_and_getting_it_by_roster_is_one_row(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 4)
    post = gate_with_shifts(world, incident, 1)
    waiting = Assignment.objects.create(shift=shifts_of(post)[0], person=people[0], source="sign_up", state="waiting")
    roster = draft(world, incident, 1)
    roster = change_cells(world.office, roster.pk, 0, add=[(people[0].pk, shifts_of(post)[0].pk)])
    publish_roster(world.office, roster.pk, roster.revision)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.source) == ("confirmed", "roster")


def test_swaps_of_places_that_are_taken_back_end(world: World) -> None:
    roster, people, _post = published(world)
    given = Assignment.objects.filter(state="confirmed").exclude(shift__lead=F("person")).order_by("pk")[0]
    swap = Swap.objects.create(given=given, other=people[-1])
    draft_2 = again(world, roster)
    draft_2 = change_cells(world.office, draft_2.pk, 0, remove=[(given.person_id, given.shift_id)])
    publish_roster(world.office, draft_2.pk, draft_2.revision)
    swap.refresh_from_db()
    assert swap.state == "withdrawn"


def test_each_shift_has_an_experienced_lead(world: World) -> None:
    _roster, people, _post = published(world)
    old_hands = {person.pk for number, person in enumerate(people) if number % 3 == 0}
    assert set(Shift.objects.values_list("lead", flat=True)) <= old_hands


def test_a_published_roster_cannot_be_published_or_changed_again(world: World) -> None:
    roster, _people, _post = published(world)
    with pytest.raises(Refused, match="published already"):
        publish_roster(world.office, roster.pk, roster.revision)
    with pytest.raises(Http404):
        publish_roster(world.stranger, roster.pk, roster.revision)


# --- one person, at once ----------------------------------------------------------------------------------------------


def test_the_best_replacement_is_put_on_and_both_are_told(world: World) -> None:
    roster, people, _post = published(world)
    Message.objects.all().delete()
    leaving = Assignment.objects.filter(state="confirmed").order_by("shift__starts", "person").first()
    assert leaving is not None
    found = changes.replacements(world.office, leaving.shift_id, leaving.pk)
    best = found.options[0]
    assert best.verdict.kind == "free"
    made = assign_person(world.office, leaving.shift_id, best.person, instead_of=leaving.pk)
    leaving.refresh_from_db()
    assert (leaving.state, made.state, made.source) == ("removed", "confirmed", "by_hand")
    assert sorted(Message.objects.values_list("template", flat=True)) == ["duty.assigned", "duty.taken_off"]
    assert roster.pk
    assert people


def test_who_would_break_a_rule_is_listed_with_the_reason_and_refused(world: World) -> None:
    _roster, _people, _post = published(world)
    shift = Shift.objects.order_by("starts")[1]
    found = changes.replacements(world.office, shift.pk)
    assert found.others
    assert all(option.verdict.worse for option in found.others)
    with pytest.raises(Refused):
        assign_person(world.office, shift.pk, found.others[0].person)


def test_assigning_with_an_exception_keeps_who_answers_for_it(world: World) -> None:
    incident = world.incident()
    people = squad(world, incident, 3)
    post = gate_with_shifts(world, incident, 1)
    shift = shifts_of(post)[0]
    with pytest.raises(Refused, match="Give a reason"):
        assign_person(world.office, shift.pk, people[1].pk)
    made = assign_person(world.office, shift.pk, people[1].pk, answered=Answered("老队员晚到", shift.ends))
    assert made.shift.overrides.get().reason == "老队员晚到"


def test_taking_somebody_off_needs_a_reason(world: World) -> None:
    published(world)
    place = Assignment.objects.filter(state="confirmed").first()
    assert place is not None
    with pytest.raises(Refused, match="Give a reason"):
        take_off(world.office, place.pk, " ")
    with pytest.raises(Http404):
        take_off(world.stranger, place.pk, "x")
    take_off(world.office, place.pk, "岗位撤销")
    place.refresh_from_db()
    assert (place.state, place.reason) == ("removed", "岗位撤销")


# --- races ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_publish_at_once_and_one_wins(world: World) -> None:
    incident = world.incident()
    squad(world, incident, 10)
    gate_with_shifts(world, incident, 2)
    roster = solve(world, draft(world, incident, 2))
    answers: list[str] = []

    def publish(actor: Account) -> None:
        try:
            publish_roster(actor, roster.pk, roster.revision)
            answers.append("published")
        except Refused:
            answers.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=publish, args=(actor,)) for actor in (world.office, world.bureau)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["published", "refused"]
    assert Assignment.objects.filter(state="confirmed").count() == DraftCell.objects.filter(roster=roster).count()


@pytest.mark.django_db(transaction=True)
def test_a_sign_up_during_publishing_never_makes_a_shift_overfull(world: World) -> None:
    """The sign-up waits for the publishing's lock; whichever comes first, no shift holds more than its maximum."""
    incident = world.incident()
    squad(world, incident, 10)
    post = gate_with_shifts(world, incident, 1)
    Shift.objects.filter(post=post).update(maximum=2)
    world.team(incident, world.veteran.person, area=world.community)
    roster = solve(world, draft(world, incident, 1))
    shift = Shift.objects.filter(post=post).earliest("starts")
    answers: list[str] = []

    def step_in() -> None:
        try:
            Assignment.objects.create(shift=shift, person=world.veteran.person, source="sign_up")
            answers.append("in")
        except Exception as error:  # the database's own no
            answers.append(type(error).__name__)
        finally:
            connections.close_all()

    def publish() -> None:
        try:
            publish_roster(world.office, roster.pk, roster.revision)
            answers.append("published")
        except Refused:
            answers.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for work in (step_in, publish)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM duty_shift s WHERE taken > maximum OR taken <> (SELECT count(*) FROM duty_assignment"
            " a WHERE a.shift_id = s.id AND a.state IN ('offered', 'confirmed'))"
        )
        assert cursor.fetchone() == (0,)
    assert answers.count("in") + answers.count("published") >= 1
