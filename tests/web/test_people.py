"""Screens of people and organisations, and a person's own pages."""

from typing import Any

import pytest

from redvest.core.models import Viewed
from redvest.people.models import Account, Availability, Consent, Organisation, Person
from tests.world import World

HX = {"HX-Request": "true"}
LIST = "/coordinator/people/"


def of(world: World, name: str, more: str = "") -> str:
    return f"/coordinator/people/{world.accounts[name].person.pk}/{more}"


def test_the_list_is_filtered_as_a_fragment_and_masks_phones(world: World) -> None:
    client = world.client("bureau")
    page = client.get(LIST).content.decode()
    assert "陈老练" in page
    assert "138****0008" in page
    assert "13800000008" not in page
    fragment = client.get(LIST + "?q=0008", headers=HX).content.decode()
    assert "陈老练" in fragment
    assert "林新来" not in fragment
    assert "<html" not in fragment
    assert "Nobody fits these filters" in client.get(LIST + "?q=无人").content.decode()
    assert client.get(LIST + "?area=x&organisation=y&page=99&skill=%00").status_code == 200


def test_a_stranger_sees_an_empty_list_and_no_person(world: World) -> None:
    client = world.client("stranger")
    assert "陈老练" not in client.get(LIST).content.decode()
    for more in ("", "edit/", "reveal/", "skills/", "times/add/"):
        assert client.get(of(world, "veteran", more)).status_code == 404
    for more in ("step/verify/", "account/", "times/1/remove/", "skills/first_aid/remove/"):
        assert client.post(of(world, "veteran", more)).status_code == 404


@pytest.mark.parametrize("name", ["veteran", "newcomer", "observer", "lead"])
def test_people_without_the_role_change_nobody(world: World, name: str) -> None:
    client = world.client(name)
    for more in ("edit/", "skills/", "times/add/"):
        assert client.get(of(world, "neighbour", more)).status_code in (403, 404)
    assert client.post(of(world, "neighbour", "step/leave/")).status_code in (403, 404)
    assert Person.objects.get(account=world.neighbour).state == "verified"


def test_somebody_is_entered_verified_and_may_sign_in(world: World) -> None:
    client = world.client("worker")
    form = {
        "name": "沈一诺",
        "phone": "139 0013 9001",
        "kind": "volunteer",
        "home": world.community.pk,
        "languages": ["cmn"],
    }
    answer = client.post(LIST + "add/", form)
    person = Person.objects.get(name="沈一诺")
    assert answer["Location"] == f"{LIST}{person.pk}/"
    assert person.phone == "+8613900139001"
    client.post(f"{LIST}{person.pk}/step/verify/")
    client.post(f"{LIST}{person.pk}/account/")
    person.refresh_from_db()
    assert (person.state, Account.objects.get(person=person).phone) == ("verified", "+8613900139001")
    assert client.post(f"{LIST}{person.pk}/step/verify/").status_code == 409


def test_a_taken_phone_and_a_foreign_home_are_refused_in_words(world: World) -> None:
    client = world.client("worker")
    taken = client.post(
        LIST + "add/", {"name": "沈", "phone": "13800000008", "kind": "volunteer", "home": world.community.pk}
    )
    assert taken.status_code == 409
    assert "陈**" in taken.content.decode()
    foreign = {"name": "沈", "kind": "volunteer", "home": world.far_community.pk}
    assert client.post(LIST + "add/", foreign).status_code == 422
    assert client.post(LIST + "add/", {"name": "沈", "kind": "volunteer"}).status_code == 409


def test_editing_without_a_new_phone_keeps_the_old_one(world: World) -> None:
    client = world.client("worker")
    page = client.get(of(world, "veteran", "edit/")).content.decode()
    assert "13800000008" not in page.replace(" ", "")
    form = {"name": "陈老练", "kind": "volunteer", "organisation": world.organisation.pk, "home": world.community.pk}
    client.post(of(world, "veteran", "edit/"), form | {"birth_year": 1975})
    person = Person.objects.get(account=world.veteran)
    assert (person.phone, person.birth_year) == ("+8613800000008", 1975)


def test_a_number_is_shown_for_a_purpose_and_recorded(world: World) -> None:
    client = world.client("worker")
    page = client.post(of(world, "veteran", "reveal/"), {"purpose": "通知到岗"}, headers=HX).content.decode()
    assert "138 0000 0008" in page
    assert Viewed.objects.get().purpose == "通知到岗"


def test_skills_certificates_and_times_are_noted(world: World) -> None:
    client = world.client("worker")
    client.post(of(world, "newcomer", "skills/"), {"declare": "1", "skills": ["first_aid"]})
    client.post(
        of(world, "newcomer", "skills/"), {"certify": "1", "skill": "sampling_helper", "expires_on": "2026-12-31"}
    )
    held = {found.skill.code: found.source for found in world.newcomer.person.skills.select_related("skill")}
    assert held == {"first_aid": "declared", "sampling_helper": "certified"}
    form = {"kind": "can", "first_day": "2026-03-05", "end": "event", "until_event": "解封为止"}
    client.post(of(world, "newcomer", "times/add/"), form)
    said = Availability.objects.get(person=world.newcomer.person)
    assert (said.until_event, said.ends) == ("解封为止", None)
    assert "解封为止" in client.get(of(world, "newcomer")).content.decode()
    client.post(of(world, "newcomer", f"times/{said.pk}/remove/"))
    assert not Availability.objects.filter(pk=said.pk).exists()


def test_the_list_costs_the_same_for_every_page_size(world: World, django_assert_max_num_queries: Any) -> None:
    client = world.client("bureau")
    client.get(LIST)
    for number in range(45):
        world.person(f"沈{number}", phone=f"+861390013{number:04d}", organisation=world.organisation)
    with django_assert_max_num_queries(14):
        client.get(LIST)


def test_organisations_are_added_changed_and_removed(world: World) -> None:
    client = world.client("office")
    client.post("/coordinator/organisations/add/", {"name": "突击队", "kind": "team", "area": world.street.pk})
    row = Organisation.objects.get(name="突击队")
    client.post(f"/coordinator/organisations/{row.pk}/edit/", {"name": "先锋队", "kind": "team"})
    assert "先锋队" in client.get("/coordinator/organisations/").content.decode()
    assert world.client("worker").get(f"/coordinator/organisations/{row.pk}/edit/").status_code == 403
    assert world.client("stranger").get(f"/coordinator/organisations/{row.pk}/edit/").status_code == 404
    client.post(f"/coordinator/organisations/{row.pk}/remove/")
    assert not Organisation.objects.filter(pk=row.pk).exists()


# --- one's own pages ----------------------------------------------------------------------------------------------


def test_every_own_page_opens_on_the_phone(world: World) -> None:
    client = world.client("newcomer")
    for page in ("", "details/", "skills/", "availability/", "agreements/", "quiet-hours/", "calendar/"):
        answer = client.get(f"/me/profile/{page}")
        assert answer.status_code == 200, page
    assert "林新来" in client.get("/me/profile/").content.decode()


def test_an_account_without_a_person_is_told_what_to_do(world: World) -> None:
    answer = world.client("bureau").get("/me/profile/")
    assert answer.status_code == 403
    assert "Ask your community worker" in answer.content.decode()


def test_a_person_changes_his_details_skills_and_times(world: World) -> None:
    client = world.client("newcomer")
    client.post("/me/profile/details/", {"phone": "13900139001", "languages": ["cmn", "en"], "max_distance_km": "3"})
    client.post("/me/profile/skills/", {"skills": ["first_aid"]})
    client.post(
        "/me/profile/availability/",
        {
            "kind": "can",
            "first_day": "2026-03-05",
            "end": "date",
            "last_day": "2026-03-06",
            "daily_from": "19:00",
            "daily_until": "07:00",
        },
    )
    person = Person.objects.get(account=world.newcomer)
    assert (person.phone, person.languages, person.max_distance_km) == ("+8613900139001", ["cmn", "en"], 3)
    assert [held.skill.code for held in person.skills.all()] == ["first_aid"]
    said = person.availability.get()
    assert said.ends is not None
    assert (said.ends - said.starts).days == 2
    other = world.client("veteran").post(f"/me/profile/availability/{said.pk}/withdraw/")
    assert other.status_code == 409
    client.post(f"/me/profile/availability/{said.pk}/withdraw/")
    assert not person.availability.exists()


def test_wrong_times_come_back_with_reasons(world: World) -> None:
    client = world.client("newcomer")
    base = {"kind": "can", "first_day": "2026-03-05"}
    for form, sentence in (
        ({"end": "date"}, "Enter the last day"),
        ({"end": "event"}, "Say what has to happen"),
        ({"end": "date", "last_day": "2026-03-01"}, "lies before the first"),
        ({"end": "open", "daily_from": "08:00"}, "Enter both hours"),
    ):
        answer = client.post("/me/profile/availability/", base | form)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()


def test_agreements_are_given_and_taken_back(world: World) -> None:
    client = world.client("newcomer")
    client.post("/me/profile/agreements/", {"give": "photo"})
    client.post("/me/profile/agreements/", {"take_back": "serve"})
    in_force = set(
        Consent.objects.filter(person=world.newcomer.person, withdrawn_at=None).values_list("kind", flat=True)
    )
    assert in_force == {"data", "photo"}
    assert client.post("/me/profile/agreements/", {"give": "everything"}).status_code == 409


def test_quiet_hours_and_a_new_calendar_link(world: World) -> None:
    client = world.client("newcomer")
    client.post("/me/profile/quiet-hours/", {"quiet_from": "21:00", "quiet_until": "07:30"})
    assert "21:00–07:30" in client.get("/me/profile/").content.decode()
    before = Person.objects.get(account=world.newcomer).calendar_token
    assert before in client.get("/me/profile/calendar/").content.decode()
    client.post("/me/profile/calendar/")
    assert Person.objects.get(account=world.newcomer).calendar_token != before
