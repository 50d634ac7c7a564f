"""Writes to people: who may, what is recorded, which refusals there are, and that nobody changes another's entry."""

import inspect
from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.utils import timezone

from redvest.core.errors import Denied, Refused
from redvest.core.models import Entry, Viewed
from redvest.people import actions, queries
from redvest.people.models import Account, Consent, Organisation, Person
from redvest.people.queries import Filter
from tests.world import World


def verbs(row: Person) -> list[str]:
    rows = Entry.objects.filter(model="people.person", row_id=str(row.pk)).order_by("pk")
    return list(rows.values_list("verb", flat=True))


def test_a_worker_adds_a_person_who_then_signs_in_by_phone(world: World) -> None:
    person = actions.add_person(world.worker, name="沈一诺", phone="+8613900139001", home=world.community)
    account = actions.open_account(world.worker, person.pk)
    assert (account.phone, account.has_usable_password()) == ("+8613900139001", False)
    assert verbs(person) == ["people.person_added", "people.account_opened"]
    with pytest.raises(Refused):
        actions.open_account(world.worker, person.pk)


def test_numbers_are_never_given_twice(world: World) -> None:
    numbers = actions.next_numbers(500) + actions.next_numbers(500)
    assert len(set(numbers)) == 1000


def test_a_person_needs_somebody_who_looks_after_him(world: World) -> None:
    with pytest.raises(Refused):
        actions.add_person(world.worker, name="沈一诺")
    with pytest.raises(Refused):
        actions.add_person(world.worker, name="沈一诺", home=world.far_community)
    with pytest.raises(Refused):
        actions.add_person(world.worker, name="  ", home=world.community)


def test_a_phone_belongs_to_one_person(world: World) -> None:
    with pytest.raises(Refused, match=r"陈\*\*"):
        actions.add_person(world.worker, name="沈一诺", phone="+8613800000008", home=world.community)


def test_an_edit_is_recorded_with_its_fields_and_moves_the_sign_in_phone(world: World) -> None:
    person = actions.edit_person(world.worker, world.veteran.person.pk, phone="+8613900139001", birth_year=1975)
    assert Account.objects.get(pk=world.veteran.pk).phone == "+8613900139001"
    entry = Entry.objects.get(model="people.person", row_id=str(person.pk))
    assert entry.detail == {"fields": ["birth_year", "phone"]}


def test_strangers_and_people_without_a_role_change_nobody(world: World) -> None:
    key = world.veteran.person.pk
    for name in ("stranger", "newcomer", "neighbour"):
        with pytest.raises(Http404):
            actions.edit_person(world.accounts[name], key, name="改名")
    with pytest.raises(Http404):
        actions.edit_person(world.observer, key, name="改名")
    with pytest.raises(Denied):
        actions.edit_person(world.veteran, key, organisation=None)
    assert Person.objects.get(pk=key).name == "陈老练"


def test_a_person_changes_his_own_details_but_not_his_standing(world: World) -> None:
    actions.edit_my_details(world.veteran, phone="+8613900139001", languages=["cmn", "en"], max_distance_km=3)
    person = Person.objects.get(account=world.veteran)
    assert (person.phone, person.languages, person.max_distance_km) == ("+8613900139001", ["cmn", "en"], 3)
    with pytest.raises(TypeError):
        actions.edit_my_details(world.veteran, state="verified")
    with pytest.raises(Refused):
        actions.edit_my_details(world.veteran, phone="+8613800000009")
    with pytest.raises(Http404):
        actions.edit_my_details(world.bureau, max_distance_km=3)


def test_verifying_leaving_and_coming_back(world: World) -> None:
    person = actions.add_person(world.worker, name="沈一诺", home=world.community)
    actions.verify_person(world.worker, person.pk)
    with pytest.raises(Refused):
        actions.verify_person(world.worker, person.pk)
    actions.mark_left(world.worker, person.pk)
    actions.take_back(world.worker, person.pk)
    person.refresh_from_db()
    assert person.state == "registered"
    assert verbs(person)[1:] == ["people.person_verified", "people.person_left", "people.person_taken_back"]


def test_nobody_verifies_himself(world: World) -> None:
    Person.objects.filter(account=world.newcomer).update(state="registered")
    with pytest.raises(Http404):
        actions.verify_person(world.newcomer, world.newcomer.person.pk)


def test_declared_skills_are_replaced_and_certified_ones_stay(world: World) -> None:
    key = world.newcomer.person.pk
    actions.set_my_skills(world.newcomer, ["first_aid"])
    actions.certify_skill(world.worker, key, "sampling_helper", expires_on=date(2026, 12, 31))
    actions.set_my_skills(world.newcomer, [])
    assert [held.skill.code for held in queries.skills_of(world.newcomer.person)] == ["sampling_helper"]
    with pytest.raises(Refused):
        actions.set_my_skills(world.newcomer, ["flying"])
    with pytest.raises(Refused):
        actions.certify_skill(world.worker, key, "first_aid", expires_on=date(2020, 1, 1))
    actions.remove_skill(world.worker, key, "sampling_helper")
    assert queries.skills_of(world.newcomer.person) == []


def test_availability_may_stay_open_until_an_event(world: World) -> None:
    now = timezone.now()
    said = actions.add_my_availability(world.newcomer, kind="can", starts=now, until_event="解封为止")
    assert (said.ends, said.until_event) == (None, "解封为止")
    with pytest.raises(Refused):
        actions.add_my_availability(
            world.newcomer, kind="can", starts=now, ends=now + timedelta(days=1), until_event="解封为止"
        )
    with pytest.raises(Refused):
        actions.add_my_availability(world.newcomer, kind="can", starts=now, ends=now)
    with pytest.raises(Refused):
        actions.add_my_availability(world.newcomer, kind="can", starts=now, daily_from=time(8))
    with pytest.raises(Refused):
        actions.withdraw_my_availability(world.veteran, said.pk)
    actions.withdraw_my_availability(world.newcomer, said.pk)
    assert queries.availability_of(world.newcomer.person) == []


def test_consent_is_kept_with_its_times_and_asked_once(world: World) -> None:
    actions.set_my_consent(world.newcomer, "photo", given=True)
    actions.set_my_consent(world.newcomer, "photo", given=True)
    actions.set_my_consent(world.newcomer, "photo", given=False)
    actions.set_my_consent(world.newcomer, "photo", given=True)
    rows = Consent.objects.filter(person=world.newcomer.person, kind="photo").order_by("pk")
    assert [row.withdrawn_at is None for row in rows] == [False, True]
    person = world.newcomer.person
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(person=person, kind="photo", given_at=timezone.now())


def test_a_phone_is_revealed_for_a_purpose_only_and_the_look_is_kept(world: World) -> None:
    key = world.veteran.person.pk
    with pytest.raises(Refused):
        actions.reveal_person(world.worker, key, purpose="  ")
    assert not Viewed.objects.exists()
    assert actions.reveal_person(world.worker, key, purpose="通知到岗").phone == "+8613800000008"
    look = Viewed.objects.get()
    assert (look.actor, look.purpose, look.row_id) == (world.worker, "通知到岗", str(key))
    for name in ("administrator", "observer", "stranger", "newcomer", "veteran"):
        with pytest.raises(Http404):
            actions.reveal_person(world.accounts[name], key, purpose="好奇")


def test_a_look_cannot_be_wiped_by_raw_sql(world: World) -> None:
    actions.reveal_person(world.worker, world.veteran.person.pk, purpose="通知到岗")
    for statement in ("DELETE FROM core_viewed", "UPDATE core_viewed SET purpose = 'x'"):
        with pytest.raises(Exception, match=r"(?i)cannot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_quiet_hours_and_calendar_link_are_ones_own(world: World) -> None:
    actions.set_quiet_hours(world.newcomer, time(21), time(7))
    with pytest.raises(Refused):
        actions.set_quiet_hours(world.newcomer, time(21), None)
    before = world.newcomer.person.calendar_token
    assert actions.renew_calendar_link(world.newcomer).calendar_token != before


def test_organisations_are_kept_by_coordinators_and_removed_when_empty(world: World) -> None:
    row = actions.add_organisation(world.office, area=world.street, name="李家沱突击队", kind="team")
    with pytest.raises(Refused):
        actions.add_organisation(world.office, area=world.street, name="李家沱突击队", kind="team")
    with pytest.raises(Denied):
        actions.add_organisation(world.worker, area=world.community, name="又一队", kind="team")
    with pytest.raises(Denied):
        actions.add_organisation(world.office, area=world.far_street, name="又一队", kind="team")
    with pytest.raises(Refused):
        actions.edit_organisation(world.office, row.pk, parent=row)
    with pytest.raises(Refused):
        actions.remove_organisation(world.office, world.organisation.pk)
    actions.remove_organisation(world.office, row.pk)
    assert not Organisation.objects.filter(pk=row.pk).exists()


# --- reads --------------------------------------------------------------------------------------------------------


def test_people_are_found_by_name_number_last_digits_skill_and_place(world: World) -> None:
    def names(**wanted: object) -> list[str]:
        return [row.name for row in queries.people(world.bureau, Filter(**wanted))]  # type: ignore[arg-type]

    assert names(text="老练") == ["陈老练"]
    assert names(text="0008") == ["陈老练"]
    assert names(text="138 0000 0008") == ["陈老练"]
    assert names(text="T00001") == ["陈老练"]
    assert names(skill="first_aid") == ["陈老练"]
    assert names(area=world.other_community) == ["何邻"]
    assert sorted(names(organisation=world.organisation.pk)) == sorted(["陈老练", "林新来", "陶立新"])
    assert names(text="9999") == []
    assert names(kind="staff") == []


def test_everybody_sees_only_the_people_of_his_areas(world: World) -> None:
    def names(account: str) -> set[str]:
        return {row.name for row in queries.people(world.accounts[account], Filter())}

    assert names("office") == {"陈老练", "林新来", "何邻", "陶立新"}
    assert names("worker") == {"陈老练", "林新来", "陶立新"}
    assert names("stranger") == set()
    assert names("newcomer") == {"林新来"}


def test_lists_show_masked_phones_with_few_queries(world: World, django_assert_num_queries: object) -> None:
    for number in range(12):
        world.person(f"沈{number}", phone=f"+861390013{number:04d}")
    page = list(queries.people(world.bureau, Filter()))
    with django_assert_num_queries(2):  # type: ignore[operator]
        lines = queries.lines(page)
    assert len(lines) == 16
    assert {line.phone for line in lines if line.name == "陈老练"} == {"138****0008"}
    assert {line.home for line in lines if line.name == "陈老练"} == {"李家沱街道 海棠社区"}


def test_a_persons_history_is_not_for_strangers(world: World) -> None:
    person = actions.edit_person(world.worker, world.veteran.person.pk, birth_year=1975)
    assert [event.verb for event in queries.history(world.worker, person)] == ["people.person_edited"]
    with pytest.raises(Http404):
        queries.history(world.stranger, person)


def test_every_action_takes_its_actor_first() -> None:
    for name in actions.__all__:
        if name != "next_numbers":
            assert next(iter(inspect.signature(getattr(actions, name)).parameters)) == "actor", name
