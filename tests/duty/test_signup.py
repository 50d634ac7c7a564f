"""Signing up, the waiting list and withdrawing, as sentences; the attacks are in test_signup_attack."""

import uuid

import pytest
import time_machine
from django.http import Http404
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from redvest.core.errors import Denied, Refused
from redvest.core.models import Entry, Message
from redvest.duty.actions import signup
from redvest.duty.models import Assignment
from redvest.duty.queries import signup as looking
from redvest.people.models import Account, Consent
from tests.duty.stage import a_post, a_shift, local, on
from tests.world import World


def test_a_volunteer_takes_an_open_shift_with_one_tap(world: World) -> None:
    shift = a_shift(a_post(world), 3, 8)
    answer = signup.sign_up(world.veteran, shift.pk)
    assignment = Assignment.objects.get(pk=answer["assignment"])
    assert (assignment.person, assignment.state) == (world.veteran.person, "confirmed")
    shift.refresh_from_db()
    assert shift.taken == 1
    assert Entry.objects.filter(verb="duty.signed_up", actor=world.veteran).count() == 1


def test_a_neighbour_of_the_incident_may_sign_up_without_having_been_called(world: World) -> None:
    shift = a_shift(a_post(world), 3, 8)
    assert signup.sign_up(world.neighbour, shift.pk)["state"] == "confirmed"


def test_a_shift_of_an_incident_elsewhere_does_not_exist_for_him(world: World) -> None:
    far = a_post(world, incident=world.incident(area=world.far_street), area=world.far_community)
    shift = a_shift(far, 3, 8)
    with pytest.raises(Http404):
        signup.sign_up(world.veteran, shift.pk)
    with pytest.raises(Http404):
        looking.open_shift(world.veteran, shift.pk)


def test_an_account_without_a_person_cannot_sign_up(world: World) -> None:
    with pytest.raises(Denied):
        signup.sign_up(world.office, a_shift(a_post(world), 3, 8).pk)


def test_who_was_released_from_the_team_is_told_to_offer_himself(world: World) -> None:
    post = a_post(world)
    (member,) = world.team(post.incident, world.veteran.person)
    member.state, member.released_at = "released", local(2, 9)
    member.save()
    with pytest.raises(Refused) as refusal:
        signup.sign_up(world.veteran, a_shift(post, 3, 8).pk)
    assert refusal.value.code == "not_in_team"


def test_without_consent_nobody_serves(world: World) -> None:
    Consent.objects.filter(person=world.newcomer.person, kind="serve").update(withdrawn_at=local(2, 8))
    with pytest.raises(Refused) as refusal:
        signup.sign_up(world.newcomer, a_shift(a_post(world), 3, 8).pk)
    assert refusal.value.code == "not_consented"


def test_a_full_shift_offers_the_waiting_list(world: World) -> None:
    shift = a_shift(a_post(world, wanted=1, maximum=1), 3, 8)
    signup.sign_up(world.veteran, shift.pk)
    with pytest.raises(Refused) as refusal:
        signup.sign_up(world.newcomer, shift.pk)
    assert refusal.value.code == "full"
    assert signup.join_waiting_list(world.newcomer, shift.pk)["state"] == "waiting"
    shift.refresh_from_db()
    assert shift.taken == 1


def test_nobody_waits_for_a_place_that_is_free(world: World) -> None:
    with pytest.raises(Refused, match=r"free|空位"):
        signup.join_waiting_list(world.newcomer, a_shift(a_post(world), 3, 8).pk)


def test_rest_and_clash_are_refused_with_the_time(world: World) -> None:
    post, other = a_post(world), a_post(world, incident=world.incident(), name="北门卡口")
    signup.sign_up(world.veteran, a_shift(post, 3, 8).pk)
    with pytest.raises(Refused) as clash:
        signup.sign_up(world.veteran, a_shift(other, 3, 12).pk)
    assert (clash.value.code, "望江苑南门卡口" in str(clash.value)) == ("clashes", True)
    with pytest.raises(Refused) as rest:
        signup.sign_up(world.veteran, a_shift(other, 3, 20).pk)
    assert (rest.value.code, "03-04 00:00" in str(rest.value)) == ("resting", True)


def test_the_last_place_is_kept_for_somebody_experienced(world: World) -> None:
    shift = a_shift(a_post(world, experienced=1), 3, 8)
    signup.sign_up(world.newcomer, shift.pk)
    with pytest.raises(Refused) as refusal:
        signup.sign_up(world.neighbour, shift.pk)
    assert refusal.value.code == "needs_experienced"
    assert signup.sign_up(world.veteran, shift.pk)["state"] == "confirmed"


def test_places_that_need_a_skill_are_kept_for_it(world: World) -> None:
    post = a_post(world, skills=[{"skill": "sampling_helper", "heads": 1}])
    shift = a_shift(post, 3, 8)
    signup.sign_up(world.newcomer, shift.pk)
    with pytest.raises(Refused, match=r"Sampling helper|采样协助") as refusal:
        signup.sign_up(world.neighbour, shift.pk)
    assert refusal.value.code == "lacks_skill"
    signup.sign_up(world.veteran, shift.pk)


def test_too_far_is_measured_from_home(world: World) -> None:
    world.veteran.person.max_distance_km = 2
    world.veteran.person.save()
    far = a_post(world, latitude=29.50)
    with pytest.raises(Refused) as refusal:
        signup.sign_up(world.veteran, a_shift(far, 3, 8).pk)
    assert refusal.value.code == "too_far"


def test_the_same_tap_sent_twice_happens_once(world: World) -> None:
    shift, key = a_shift(a_post(world), 3, 8), str(uuid.uuid4())
    first = signup.sign_up(world.veteran, shift.pk, key=key)
    assert signup.sign_up(world.veteran, shift.pk, key=key) == first
    assert Assignment.objects.count() == 1
    with pytest.raises(Refused):
        signup.sign_up(world.newcomer, shift.pk, key=key)


def test_a_late_replay_of_a_sign_up_does_not_undo_the_withdrawal(world: World) -> None:
    shift, key = a_shift(a_post(world), 3, 8), str(uuid.uuid4())
    assignment = signup.sign_up(world.veteran, shift.pk, key=key)["assignment"]
    signup.withdraw(world.veteran, assignment)
    signup.sign_up(world.veteran, shift.pk, key=key)
    assert Assignment.objects.get(pk=assignment).state == "withdrawn"
    assert Assignment.objects.count() == 1


def test_withdrawing_tells_the_post_and_offers_the_place_to_the_next(
    world: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    shift = a_shift(a_post(world, wanted=1, maximum=1), 3, 20)
    first = signup.sign_up(world.veteran, shift.pk)["assignment"]
    waiting = signup.join_waiting_list(world.newcomer, shift.pk)["assignment"]
    with django_capture_on_commit_callbacks(execute=True):
        signup.withdraw(world.veteran, first, reason="孩子发烧")
    offered = Assignment.objects.get(pk=waiting)
    assert offered.state == "offered"
    assert offered.confirm_by is not None
    told = {message.account_id: message.urgency for message in Message.objects.all()}
    assert told[world.lead.pk] == "normal"
    assert world.newcomer.pk in told
    assert world.stranger.pk not in told
    assert signup.confirm_place(world.newcomer, waiting)["state"] == "confirmed"


def test_a_withdrawal_just_before_the_start_is_an_alarm(world: World) -> None:
    shift = a_shift(a_post(world), 2, 11)
    assignment = signup.sign_up(world.veteran, shift.pk)["assignment"]
    signup.withdraw(world.veteran, assignment)
    assert Message.objects.get(account=world.lead).urgency == "urgent"


def test_nobody_withdraws_after_the_start(world: World, clock: time_machine.Traveller) -> None:
    assignment = signup.sign_up(world.veteran, a_shift(a_post(world), 2, 11).pk)["assignment"]
    clock.move_to(local(2, 11, 1))
    with pytest.raises(Refused):
        signup.withdraw(world.veteran, assignment)


def test_an_offer_that_nobody_confirms_goes_to_the_next(
    world: World,
    clock: time_machine.Traveller,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    shift = a_shift(a_post(world, wanted=1, maximum=1), 3, 20)
    on(shift, world.lead)
    waiting = [signup.join_waiting_list(who, shift.pk)["assignment"] for who in (world.veteran, world.newcomer)]
    with django_capture_on_commit_callbacks(execute=True):
        signup.withdraw(world.lead, Assignment.objects.get(person=world.lead.person).pk)
    clock.shift(3 * 3600)
    with pytest.raises(Refused, match=r"over|已过"):
        signup.confirm_place(world.veteran, waiting[0])
    with django_capture_on_commit_callbacks(execute=True):
        assert signup.expire_offer(Account.objects.system(), waiting[0])
    states = dict(Assignment.objects.filter(pk__in=waiting).values_list("pk", "state"))
    assert states == {waiting[0]: "expired", waiting[1]: "offered"}


def test_who_passes_the_place_loses_nothing_and_the_next_is_asked(
    world: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    shift = a_shift(a_post(world, wanted=1, maximum=1), 3, 20)
    held = on(shift, world.lead)
    waiting = [signup.join_waiting_list(who, shift.pk)["assignment"] for who in (world.veteran, world.newcomer)]
    with django_capture_on_commit_callbacks(execute=True):
        signup.withdraw(world.lead, held.pk)
    with django_capture_on_commit_callbacks(execute=True):
        signup.pass_place(world.veteran, waiting[0])
    assert Assignment.objects.get(pk=waiting[1]).state == "offered"


def test_the_waiting_list_passes_over_who_is_busy_now_and_keeps_his_place(world: World) -> None:
    post = a_post(world, wanted=1, maximum=1)
    shift = a_shift(post, 3, 20)
    held = on(shift, world.lead)
    waiting = [signup.join_waiting_list(who, shift.pk)["assignment"] for who in (world.veteran, world.newcomer)]
    on(a_shift(a_post(world, incident=post.incident, name="北门"), 3, 22), world.veteran)
    Assignment.objects.filter(pk=held.pk).update(state="withdrawn")
    signup.offer_places(Account.objects.system(), shift.pk)
    states = dict(Assignment.objects.filter(pk__in=waiting).values_list("pk", "state"))
    assert states == {waiting[0]: "waiting", waiting[1]: "offered"}


def test_another_persons_place_does_not_exist_for_him(world: World) -> None:
    assignment = on(a_shift(a_post(world), 3, 8), world.veteran)
    for attempt in (signup.withdraw, signup.confirm_place, signup.pass_place):
        with pytest.raises(Http404):
            attempt(world.newcomer, assignment.pk)


def test_a_coordinator_cannot_run_the_clocks_work_elsewhere(world: World) -> None:
    with pytest.raises(Denied):
        signup.offer_places(world.veteran, a_shift(a_post(world), 3, 8).pk)


def test_open_shifts_come_nearest_first_with_a_reason_for_each_of_the_others(world: World) -> None:
    near = a_post(world)
    far = a_post(world, incident=near.incident, name="远处卡口", latitude=29.40)
    took = a_shift(near, 3, 8)
    a_shift(near, 3, 10)
    there = a_shift(far, 4, 8)
    a_shift(near, 6, 8)
    on(took, world.veteran)
    page = looking.open_shifts(world.veteran, since=local(2, 9), until=local(4, 9))
    assert [shift.post for shift in page.shifts] == ["望江苑南门卡口", "望江苑南门卡口", "远处卡口"]
    assert [shift.answer.code for shift in page.shifts] == ["already_yours", "clashes", "open"]
    assert page.open_now[0].shift_id == there.pk
    assert page.more is None


def test_the_page_of_open_shifts_asks_as_often_for_many_as_for_one(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    post = a_post(world, experienced=1, skills=[{"skill": "sampling_helper", "heads": 1}])
    for hour in range(0, 24, 2):
        a_shift(post, 3, hour, 2)
    with django_assert_max_num_queries(8):
        page = looking.open_shifts(world.newcomer, since=local(2, 9), until=local(4, 9), page=5)
    assert (len(page.shifts), page.more) == (5, 5)
