"""Administration: roles, trail, revealed data, deliveries, background work; and that it stays in one's areas."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from redvest.core import access, audit, jobs, messages
from redvest.core.models import Delivery, Entry, Grant, Job
from redvest.core.roles import Role
from tests.core import kinds
from tests.world import World

assert kinds


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.REQUIRE_TOTP = False


def give(world: World, name: str = "administrator", **fields: Any) -> Any:
    data = {"login": "veteran", "role": "community_worker", "area": world.community.pk} | fields
    return world.client(name).post("/coordinator/roles/", data)


# --- roles ------------------------------------------------------------------------------------------------------------


def test_a_role_is_given_counts_at_once_and_leaves_an_entry(world: World) -> None:
    assert give(world).status_code == 302
    access.forget(world.veteran)
    assert access.can(world.veteran, "duty.plan", world.building)
    assert not access.can(world.veteran, "duty.plan", world.other_community)
    entry = Entry.objects.get(verb="core.role_given")
    assert (entry.actor, entry.area_path, entry.via) == (world.administrator, world.community.path, "web")


def test_a_role_may_end(world: World, clock: time_machine.Traveller) -> None:
    give(world, until="2026-03-05")
    access.forget(world.veteran)
    assert access.can(world.veteran, "duty.plan")
    clock.shift(timedelta(days=4))
    access.forget(world.veteran)
    assert not access.can(world.veteran, "duty.plan")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"login": "nobody"}, "No account has this name"),
        ({"until": "2026-03-01"}, "This end has passed already"),
        ({"login": "worker"}, "has this role here already"),
    ],
)
def test_a_role_that_cannot_be_given_says_why(world: World, fields: dict[str, Any], sentence: str) -> None:
    answer = give(world, **fields)
    assert answer.status_code in (409, 422)
    assert sentence in answer.content.decode()
    assert not Entry.objects.exists()


def test_an_administrator_of_one_street_gives_no_role_in_another(world: World) -> None:
    Grant.objects.filter(account=world.administrator).update(area=world.far_street)
    assert give(world).status_code == 422  # the area is not among the choices
    assert not Entry.objects.exists()
    own = Grant.objects.get(account=world.worker)
    assert world.client("administrator").post(f"/coordinator/roles/{own.pk}/take/").status_code == 404
    page = world.client("administrator").get("/coordinator/roles/")
    assert {grant.account.username for grant in page.context["page"].object_list} == {"administrator", "stranger"}


def test_nobody_but_an_administrator_gives_roles(world: World) -> None:
    for name in set(world.accounts) - {"administrator"}:
        assert give(world, name).status_code == 403, name


def test_a_role_is_taken_away_and_counts_no_longer(world: World) -> None:
    grant = Grant.objects.get(account=world.worker)
    assert world.client("administrator").post(f"/coordinator/roles/{grant.pk}/take/").status_code == 302
    assert world.client("worker").get("/coordinator/inbox/").status_code == 200
    access.forget(world.worker)
    assert not access.can(world.worker, "duty.plan")
    assert Entry.objects.get(verb="core.role_taken").detail == {
        "account": world.worker.pk,
        "role": Role.COMMUNITY_WORKER,
    }


def test_an_administrator_cannot_lock_himself_out(world: World) -> None:
    own = Grant.objects.get(account=world.administrator)
    answer = world.client("administrator").post(f"/coordinator/roles/{own.pk}/take/")
    assert answer.status_code == 409
    assert "Ask another administrator" in answer.content.decode()


# --- trail ------------------------------------------------------------------------------------------------------------


def test_the_trail_shows_who_did_what_in_ones_areas_only(world: World) -> None:
    audit.record(world.worker, "test.near", world.estate, area_path=world.estate.path)
    audit.record(world.stranger, "test.far", world.far_community, area_path=world.far_community.path)
    verbs = {entry.verb for entry in world.client("administrator").get("/coordinator/trail/").context["page"]}
    assert verbs == {"test.near", "test.far"}
    Grant.objects.filter(account=world.administrator).update(area=world.street)
    verbs = {entry.verb for entry in world.client("administrator").get("/coordinator/trail/").context["page"]}
    assert verbs == {"test.near"}


def test_who_looked_at_personal_data_and_why_can_be_seen(world: World) -> None:
    audit.viewed(world.worker, world.veteran.person, ["phone"], "no show at the gate", area_path=world.community.path)
    text = world.client("administrator").get("/coordinator/trail/shown/").content.decode()
    assert "no show at the gate" in text
    assert world.worker.name in text
    assert world.client("office").get("/coordinator/trail/shown/").status_code == 403


# --- deliveries -------------------------------------------------------------------------------------------------------


def deliver(world: World, area_path: str, channel: str = "console") -> Delivery:
    texts = {"zh-hans": ("题", "内容"), "en": ("Subject", "the text itself")}
    world.veteran.language = "en"
    (row,) = messages.tell_text([world.veteran], texts, area_path=area_path)
    delivery = row.deliveries.get()
    Delivery.objects.filter(pk=delivery.pk).update(channel=channel)
    return delivery


def test_texts_are_shown_for_the_console_channel_only(world: World) -> None:
    deliver(world, world.community.path)
    assert "the text itself" in world.client("office").get("/coordinator/deliveries/").content.decode()
    Delivery.objects.update(channel="sms")
    assert "the text itself" not in world.client("office").get("/coordinator/deliveries/").content.decode()


def test_deliveries_of_other_areas_are_not_shown(world: World) -> None:
    row = deliver(world, world.community.path)
    Delivery.objects.filter(pk=row.pk).update(state=Delivery.State.GIVEN_UP)
    client = world.client("stranger")
    assert not client.get("/coordinator/deliveries/").context["rows"]
    assert client.post(f"/coordinator/deliveries/{row.pk}/again/").status_code == 404


def test_what_was_given_up_can_be_sent_again(world: World) -> None:
    row = deliver(world, world.community.path)
    client = world.client("office")
    assert client.post(f"/coordinator/deliveries/{row.pk}/again/").status_code == 409
    Delivery.objects.filter(pk=row.pk).update(state=Delivery.State.GIVEN_UP, attempts=6)
    assert client.post(f"/coordinator/deliveries/{row.pk}/again/").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.attempts) == (Delivery.State.FAILED, 0)


def test_a_channel_without_its_settings_is_said_on_the_page(world: World, settings: Any) -> None:
    settings.CHANNELS = ["email"]
    assert "EMAIL_URL is not set" in world.client("administrator").get("/coordinator/deliveries/").content.decode()


# --- background work --------------------------------------------------------------------------------------------------


def test_a_running_job_shows_its_progress_and_304_while_nothing_moves(world: World) -> None:
    job = jobs.start(world.office, "test.count", {"to": 4}, world.community)
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, done=1, total=4, note="counting", heartbeat_at=now)
    client = world.client("office")
    answer = client.get(f"/coordinator/jobs/{job.pk}/", headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert 'value="25"' in text
    assert "counting" in text
    assert "<html" not in text
    poll = {"HX-Request": "true", "If-None-Match": answer["ETag"]}
    assert client.get(f"/coordinator/jobs/{job.pk}/", headers=poll).status_code == 304
    Job.objects.filter(pk=job.pk).update(done=2)
    assert client.get(f"/coordinator/jobs/{job.pk}/", headers=poll).status_code == 200


def test_the_end_of_a_job_is_announced_to_the_screen(world: World) -> None:
    job = jobs.start(world.office, "test.refuse", {}, world.community)
    jobs.run(job.pk)
    answer = world.client("office").get(f"/coordinator/jobs/{job.pk}/", headers={"HX-Request": "true"})
    assert "job-ended" in answer["HX-Trigger"]
    assert "There is nothing to count" in answer.content.decode()
    assert "data-live" not in answer.content.decode()


def test_a_job_is_cancelled_by_who_asked_for_it_or_directs_there(world: World) -> None:
    job = jobs.start(world.worker, "test.count", {"to": 4}, world.community)
    for name, status in (("stranger", 404), ("observer", 404), ("veteran", 404), ("office", 302)):
        assert world.client(name).post(f"/coordinator/jobs/{job.pk}/cancel/").status_code == status, name
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert Entry.objects.filter(verb="core.job_cancelled", actor=world.office).exists()


def test_jobs_of_other_areas_do_not_exist(world: World) -> None:
    job = jobs.start(world.office, "test.count", {"to": 4}, world.community)
    client = world.client("stranger")
    assert client.get(f"/coordinator/jobs/{job.pk}/").status_code == 404
    assert not client.get("/coordinator/jobs/").context["rows"]
    assert [row["job"] for row in world.client("worker").get("/coordinator/jobs/").context["rows"]] == [job]
