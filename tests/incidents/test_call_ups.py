"""Calling people up: who is asked and who not and why, what the four answers do, and what cannot be done to them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.utils import timezone

from redvest.core.errors import Denied, Refused
from redvest.core.models import Entry, Message
from redvest.incidents import actions, queries, rules
from redvest.incidents.models import CallUp, CallUpReply, Deployment, TeamMember
from redvest.incidents.queries.call_ups import Criteria
from redvest.people.models import Availability, Person
from tests.world import World

TEAM = Criteria(kind="volunteer")


def called(world: World, **fields: object) -> CallUp:
    """An open call-up of the office to everybody in its street."""
    incident = world.incident()
    return actions.send_call_up(world.office, incident.pk, criteria=TEAM, wanted=3, **fields)  # type: ignore[arg-type]


def reply_of(call_up: CallUp, name: str) -> CallUpReply:
    return call_up.replies.get(person__account__username=name)


def test_everybody_who_matches_is_asked_once_on_his_own_link(world: World) -> None:
    call_up = called(world)
    replies = list(call_up.replies.all())
    assert {reply.person.name for reply in replies} == {"陈老练", "林新来", "何邻", "陶立新"}
    assert len({reply.token for reply in replies}) == 4
    told = Message.objects.filter(template="incidents.call_up")
    assert told.count() == 4
    mine = told.get(account=world.veteran)
    assert reply_of(call_up, "veteran").token in mine.body
    assert mine.urgency == "urgent"


def test_the_preview_says_who_is_left_out_and_why(world: World) -> None:
    incident = world.incident()
    world.team(incident, world.veteran.person)
    world.newcomer.person.consents.all().delete()
    Availability.objects.create(person=world.neighbour.person, kind="cannot", starts=timezone.now())
    Person.objects.filter(account=world.lead).update(state="registered")
    found = queries.call_ups.preview(world.office, incident, TEAM, ())
    assert found.asked == 0
    assert dict(found.excluded) == {
        rules.Excluded.IN_TEAM: 1,
        rules.Excluded.NO_CONSENT: 1,
        rules.Excluded.UNAVAILABLE: 1,
        rules.Excluded.UNVERIFIED: 1,
    }


def test_who_is_resting_is_not_asked(world: World) -> None:
    incident = world.incident()
    found = queries.call_ups.preview(world.office, incident, TEAM, {world.veteran.person.pk})
    assert dict(found.excluded) == {rules.Excluded.RESTING: 1}
    assert found.asked == 3


def test_staff_are_ordered_by_their_unit_and_need_no_volunteers_consent(world: World) -> None:
    incident = world.incident()
    world.person("曹在编", kind="staff", phone="+8613800000077")
    found = queries.call_ups.preview(world.office, incident, Criteria(kind="staff"), ())
    assert (found.asked, found.excluded) == (1, [])


def test_a_filter_by_skill_and_area_finds_those_who_have_it_there(world: World) -> None:
    incident = world.incident()
    skilled = Criteria(skills=("sampling_helper",), area=world.community.pk)
    assert queries.call_ups.preview(world.office, incident, skilled, ()).asked == 1
    elsewhere = Criteria(skills=("sampling_helper",), area=world.other_community.pk)
    assert queries.call_ups.preview(world.office, incident, elsewhere, ()).asked == 0


def test_with_a_limit_whoever_was_called_least_lately_comes_first(world: World) -> None:
    drill = world.incident(is_drill=True)
    first = actions.send_call_up(world.office, drill.pk, criteria=Criteria(at_most=2), wanted=2)
    actions.close_call_up(world.office, first.pk)
    asked = set(first.replies.values_list("person", flat=True))
    second = actions.send_call_up(world.office, drill.pk, criteria=Criteria(at_most=2), wanted=2)
    assert asked.isdisjoint(second.replies.values_list("person", flat=True))


def test_nobody_is_asked_by_two_open_call_ups(world: World) -> None:
    call_up = called(world)
    with pytest.raises(Refused, match="who is left out"):
        actions.send_call_up(world.bureau, call_up.incident_id, criteria=TEAM, wanted=3)
    assert CallUp.objects.count() == 1


def test_a_yes_joins_the_team_and_a_no_leaves_no_trace_but_the_answer(world: World) -> None:
    call_up = called(world)
    actions.answer_call_up(world.veteran, reply_of(call_up, "veteran").pk, "yes")
    actions.answer_call_up(world.newcomer, reply_of(call_up, "newcomer").pk, "no")
    assert [member.person.name for member in TeamMember.objects.all()] == ["陈老练"]
    person = world.newcomer.person
    assert Availability.objects.filter(person=person).count() == 0
    found = queries.call_ups.preview(world.office, world.incident(is_drill=True), TEAM, ())
    assert found.asked == 4


def test_a_yes_from_a_time_on_needs_the_time_and_the_member_is_available_from_then(world: World) -> None:
    call_up = called(world)
    reply = reply_of(call_up, "veteran")
    with pytest.raises(Refused, match="what time"):
        actions.answer_call_up(world.veteran, reply.pk, "yes_from")
    later = timezone.now() + timedelta(hours=3)
    actions.answer_call_up(world.veteran, reply.pk, "yes_from", available_from=later)
    assert TeamMember.objects.get().available_from == later


def test_the_same_answer_twice_happens_once(world: World) -> None:
    call_up = called(world)
    reply = reply_of(call_up, "veteran")
    actions.answer_call_up(world.veteran, reply.pk, "yes")
    entries = Entry.objects.filter(verb="incidents.answered").count()
    actions.answer_call_up(world.veteran, reply.pk, "yes")
    assert Entry.objects.filter(verb="incidents.answered").count() == entries == 1
    assert TeamMember.objects.count() == 1


def test_a_changed_answer_leaves_the_team_and_the_coordinator_of_the_order_hears_of_it(world: World) -> None:
    call_up = called(world)
    reply = reply_of(call_up, "veteran")
    actions.answer_call_up(world.veteran, reply.pk, "yes")
    member = TeamMember.objects.get()
    actions.move_member(world.office, member.pk, world.community.pk)
    actions.publish_deployment(world.office, call_up.incident_id)
    actions.answer_call_up(world.veteran, reply.pk, "no")
    member.refresh_from_db()
    assert member.state == "released"
    assert Deployment.objects.get(member=member).state == "ended"
    assert Message.objects.filter(template="incidents.cannot_come", account=world.office).count() == 1
    actions.answer_call_up(world.veteran, reply.pk, "yes")
    member.refresh_from_db()
    assert member.state == "standing_by"


def test_an_answer_noted_by_phone_carries_the_name_of_who_noted_it(world: World) -> None:
    call_up = called(world)
    reply = actions.note_answer(world.office, reply_of(call_up, "newcomer").pk, "yes", note="电话确认")
    assert (reply.answered_via, reply.noted_by) == ("phone", world.office)
    assert TeamMember.objects.get().person == world.newcomer.person


def test_silence_becomes_unreachable_only_by_time(world: World, clock: time_machine.Traveller) -> None:
    call_up = called(world)
    assert queries.call_ups.board(world.office, call_up.pk).counts["waiting"] == 4
    clock.shift(timedelta(minutes=59))
    assert queries.call_ups.board(world.office, call_up.pk).counts["unreachable"] == 0
    clock.shift(timedelta(minutes=1))
    board = queries.call_ups.board(world.office, call_up.pk)
    assert (board.counts["unreachable"], board.missing) == (4, 3)
    actions.answer_call_up(world.veteran, reply_of(call_up, "veteran").pk, "later")
    assert queries.call_ups.board(world.office, call_up.pk).counts["unreachable"] == 3


def test_the_second_wave_asks_the_silent_again_and_people_not_asked_yet(
    world: World, clock: time_machine.Traveller
) -> None:
    call_up = called(world)
    actions.answer_call_up(world.veteran, reply_of(call_up, "veteran").pk, "no")
    with pytest.raises(Refused, match="nobody left"):
        actions.send_wave(world.office, call_up.pk)
    newly = world.person("袁小满", phone="+8613800000066")
    newly.consents.create(kind="serve", given_at=timezone.now())
    clock.shift(timedelta(hours=1))
    assert actions.send_wave(world.office, call_up.pk) == 4
    assert call_up.replies.get(person=newly).wave == 2
    assert reply_of(call_up, "veteran").wave == 1, "who declined is not asked again"
    assert Message.objects.filter(template="incidents.second_wave").count() == 4


def test_nobody_is_nudged_twice_in_ten_minutes(world: World, clock: time_machine.Traveller) -> None:
    call_up = called(world)
    with pytest.raises(Refused, match="ten minutes"):
        actions.nudge(world.office, call_up.pk)
    clock.shift(timedelta(minutes=10))
    actions.answer_call_up(world.veteran, reply_of(call_up, "veteran").pk, "yes")
    assert actions.nudge(world.office, call_up.pk) == 3
    with pytest.raises(Refused, match="ten minutes"):
        actions.nudge(world.office, call_up.pk)


def test_those_not_needed_are_stood_down_with_thanks_and_leave_the_team(world: World) -> None:
    call_up = called(world)
    yes = reply_of(call_up, "veteran")
    actions.answer_call_up(world.veteran, yes.pk, "yes")
    assert actions.stand_down(world.office, call_up.pk, [yes.pk]) == 1
    assert TeamMember.objects.get().state == "released"
    assert Message.objects.filter(template="incidents.stand_down", account=world.veteran).count() == 1
    with pytest.raises(Refused, match="at least one"):
        actions.stand_down(world.office, call_up.pk, [yes.pk])


def test_who_is_deployed_is_recalled_before_he_is_stood_down(world: World) -> None:
    call_up = called(world)
    yes = reply_of(call_up, "veteran")
    actions.answer_call_up(world.veteran, yes.pk, "yes")
    actions.move_member(world.office, TeamMember.objects.get().pk, world.community.pk)
    actions.publish_deployment(world.office, call_up.incident_id)
    with pytest.raises(Refused, match="Recall"):
        actions.stand_down(world.office, call_up.pk, [yes.pk])


def test_closing_tells_those_who_did_not_answer_and_hides_the_names_of_decliners(world: World) -> None:
    call_up = called(world)
    actions.answer_call_up(world.newcomer, reply_of(call_up, "newcomer").pk, "no")
    actions.close_call_up(world.office, call_up.pk)
    assert Message.objects.filter(template="incidents.stand_down").count() == 3
    board = queries.call_ups.board(world.office, call_up.pk)
    assert board.counts["no"] == 1
    assert "林新来" not in {line.reply.person.name for line in board.lines}


def test_a_closed_call_up_takes_no_answer_and_says_what_to_do(world: World) -> None:
    call_up = called(world)
    reply = reply_of(call_up, "veteran")
    actions.close_call_up(world.office, call_up.pk)
    with pytest.raises(Refused, match="call the contact"):
        actions.answer_call_up(world.veteran, reply.pk, "yes")
    with pytest.raises(Refused, match="call the contact"):
        actions.answer_by_link(None, reply.token, "yes")


# --- links ---------------------------------------------------------------------------------------------------------


def test_a_link_answers_without_signing_in_in_the_name_of_its_owner(world: World) -> None:
    call_up = called(world)
    reply = actions.answer_by_link(None, reply_of(call_up, "veteran").token, "yes")
    entry = Entry.objects.get(verb="incidents.answered")
    assert (reply.answered_via, entry.actor, entry.via) == ("link", world.veteran, "link")


def test_the_token_of_another_person_is_refused_when_somebody_is_signed_in(world: World) -> None:
    call_up = called(world)
    with pytest.raises(Refused, match="somebody else"):
        actions.answer_by_link(world.newcomer, reply_of(call_up, "veteran").token, "no")


def test_an_unknown_token_says_so_and_an_old_one_says_what_to_do(world: World, clock: time_machine.Traveller) -> None:
    call_up = called(world)
    with pytest.raises(Refused, match="not complete"):
        actions.answer_by_link(None, "x" * 32, "yes")
    clock.shift(timedelta(days=7, hours=1))
    with pytest.raises(Refused, match="too old"):
        actions.answer_by_link(None, reply_of(call_up, "veteran").token, "yes")
    # In the app, signed in, the same person can still answer.
    actions.answer_call_up(world.veteran, reply_of(call_up, "veteran").pk, "yes")


# --- attacks -------------------------------------------------------------------------------------------------------


def test_nobody_answers_for_another(world: World) -> None:
    call_up = called(world)
    with pytest.raises(Http404):
        actions.answer_call_up(world.newcomer, reply_of(call_up, "veteran").pk, "yes")


@pytest.mark.parametrize("name", ["stranger", "veteran", "worker", "observer", "administrator"])
def test_only_coordinators_of_the_area_send_note_nudge_and_close(world: World, name: str) -> None:
    call_up = called(world)
    somebody = world.accounts[name]
    reply = reply_of(call_up, "newcomer")
    for attempt in (
        lambda: actions.send_call_up(somebody, call_up.incident_id, criteria=TEAM, wanted=1),
        lambda: actions.note_answer(somebody, reply.pk, "yes"),
        lambda: actions.nudge(somebody, call_up.pk),
        lambda: actions.send_wave(somebody, call_up.pk),
        lambda: actions.stand_down(somebody, call_up.pk, [reply.pk]),
        lambda: actions.close_call_up(somebody, call_up.pk),
        lambda: queries.call_ups.board(somebody, call_up.pk),
    ):
        with pytest.raises((Http404, Denied)):
            attempt()
    assert reply_of(call_up, "newcomer").answer == "none"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incidents_callup SET state = 'draft'",
        "UPDATE incidents_callup SET state = 'closed'",
        "UPDATE incidents_callupreply SET answer = 'none', answered_at = NULL WHERE answer = 'yes'",
        "UPDATE incidents_callupreply SET answer = 'yes_from' WHERE answer = 'yes'",
        "UPDATE incidents_callupreply SET answer = 'no', answered_at = NULL WHERE answer = 'yes'",
        "UPDATE incidents_teammember SET reply_id = NULL",
        "UPDATE incidents_teammember SET person_id = (SELECT max(id) FROM people_person)",
        "UPDATE incidents_incident SET state = 'closed'",
        "UPDATE incidents_incident SET level = 5",
        "UPDATE incidents_playbook SET text = ''",
    ],
)
def test_raw_sql_cannot_jump_over_a_state_or_invent_a_yes(world: World, statement: str) -> None:
    call_up = called(world)
    actions.answer_call_up(world.veteran, reply_of(call_up, "veteran").pk, "yes")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_raw_sql_cannot_put_a_decliner_into_the_team(world: World) -> None:
    call_up = called(world)
    reply = reply_of(call_up, "newcomer")
    actions.answer_call_up(world.newcomer, reply.pk, "no")
    now = timezone.now()
    for answer in (reply, None):
        with pytest.raises(DatabaseError, match="yes of his own"), transaction.atomic():
            TeamMember.objects.create(
                incident=call_up.incident, person=reply.person, reply=answer, available_from=now, joined_at=now
            )


def test_raw_sql_cannot_answer_a_closed_call_up(world: World) -> None:
    call_up = called(world)
    actions.close_call_up(world.office, call_up.pk)
    with pytest.raises(DatabaseError, match="not open"), transaction.atomic():
        call_up.replies.update(answer="yes", answered_at=timezone.now())
