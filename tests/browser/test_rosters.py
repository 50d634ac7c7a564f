"""S5, S6, S7 and S12 in a browser: standby, day and night groups, solving and publishing, the pair at the gate."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from redvest.core import jobs
from redvest.duty.actions.rosters import create_roster
from redvest.duty.actions.shifts import generate_shifts
from redvest.duty.models import Assignment, DraftCell, Override, Post, Roster, Shift
from redvest.people.models import Person
from redvest.workflows.count_hands import open_post
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.test_call_up import sign_in
from tests.duty.squad import squad
from tests.world import World

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])


@pytest.fixture
def shared(transactional_db: None, settings: object) -> World:
    """The world, committed, so that the server's threads see it."""
    settings.REQUIRE_TOTP = False  # type: ignore[attr-defined]
    world = World.build()
    world.playbook()
    return world


def tomorrow() -> date:
    return timezone.localdate() + timedelta(days=1)


def pair_at_the_gate(world: World) -> tuple[Roster, list[Person], Shift]:
    """A draft of one day: an old hand and a newcomer hold the gate in the small hours."""
    incident = world.incident()
    people = squad(world, incident, 4)
    post = open_post(world.office, incident.pk, world.community.pk, "gate")
    generate_shifts(world.office, [post.pk], tomorrow(), tomorrow())
    roster = create_roster(world.office, incident.pk, world.street.pk, tomorrow(), tomorrow())
    night = Shift.objects.filter(post=post).order_by("-starts")[0]
    for person in people[:2]:
        DraftCell.objects.create(roster=roster, shift=night, person=person)
    return roster, people, night


def open_a_post(desk: Page, world: World, incident: int, kind: str, pattern: str) -> Post:
    """By the form, with the shifts of three days in that pattern."""
    desk.goto(f"/coordinator/incidents/{incident}/posts/new/")
    desk.locator("select[name=area]").select_option(str(world.community.pk))
    desk.locator("select[name=kind], input[name=kind]").first.wait_for()
    desk.locator("select[name=kind]").select_option(kind)
    desk.locator("main form button.btn-primary").click()
    desk.wait_for_url("**/coordinator/posts/*/")
    post = Post.objects.get(kind=kind)
    desk.locator("details.remarks summary").click()
    desk.locator("input[name=first_day]").fill(tomorrow().isoformat())
    desk.locator("input[name=last_day]").fill((tomorrow() + timedelta(days=2)).isoformat())
    desk.locator("select[name=pattern]").select_option(pattern)
    desk.locator("details.remarks form button.btn-primary").click()
    desk.wait_for_url("**?from=*")
    return post


@LANGUAGES
def test_s5_s6_s12_two_groups_and_standby_are_rostered_and_published(
    open_page: OpenPage, shared: World, language: str
) -> None:
    incident = shared.incident()
    squad(shared, incident, 12)
    desk = open_page("/", language=language)
    sign_in(desk, "office", f"/coordinator/incidents/{incident.pk}/")
    gate = open_a_post(desk, shared, incident.pk, "gate", "two_group")
    standby = open_a_post(desk, shared, incident.pk, "standby_desk", "standby")
    assert standby.is_standby
    assert set(Shift.objects.filter(post=gate).values_list("group", flat=True)) == {"a", "b"}

    desk.goto("/coordinator/rosters/new/")
    desk.locator("input[name=first_day]").fill(tomorrow().isoformat())
    desk.locator("input[name=last_day]").fill((tomorrow() + timedelta(days=2)).isoformat())
    desk.locator("main form button.btn-primary").click()
    desk.wait_for_url("**/coordinator/rosters/*/")
    roster = Roster.objects.get()
    desk.goto(f"/coordinator/rosters/{roster.pk}/groups/")
    desk.locator("button[name=split]").click()
    desk.wait_for_url("**/coordinator/rosters/*/")
    roster.refresh_from_db()
    assert sorted(set(roster.settings["groups"].values())) == ["a", "b", "reserve"]

    desk.locator("form.solve button").click()
    expect(desk.locator("#progress")).to_be_visible()
    roster.refresh_from_db()
    assert roster.job_id is not None
    done = jobs.run(roster.job_id)
    assert done is not None
    assert done.state == "done", done.error
    expect(desk.locator("#progress")).to_have_count(0, timeout=20_000)
    expect(desk.locator(".duty.standby").first).to_be_visible()
    expect(desk.locator(".duty.night").first).to_be_visible()
    desk.locator("a[href$='/publish/']").click()
    desk.locator("main form.mb-3 button.btn-primary").click()
    desk.wait_for_url("**/coordinator/rosters/*/")
    assert Assignment.objects.filter(shift__post=gate, state="confirmed").count() >= 6
    on_standby = Assignment.objects.filter(shift__post=standby, state="confirmed").values_list("shift", "person")
    assert on_standby
    # Nobody is on standby and on post at the same time.
    for shift, person in on_standby:
        there = Shift.objects.get(pk=shift)
        other = Assignment.objects.filter(person=person, state="confirmed", shift__post=gate)
        assert not other.filter(shift__starts__lt=there.ends, shift__ends__gt=there.starts).exists()


@LANGUAGES
def test_s7_the_newcomer_left_at_the_gate_needs_a_companion_or_a_name(
    open_page: OpenPage, shared: World, language: str
) -> None:
    roster, people, night = pair_at_the_gate(shared)
    desk = open_page("/", language=language)
    sign_in(desk, "office", f"/coordinator/rosters/{roster.pk}/")
    chip = desk.locator(f".duty[data-p='{people[0].pk}'][data-s='{night.pk}']")
    chip.click()
    desk.locator("dialog[open] .btn-outline-danger").click()
    expect(chip).to_have_count(0)
    left = desk.locator(f".duty[data-p='{people[1].pk}'][data-s='{night.pk}']")
    expect(left).to_have_class(re.compile("tone-short"))

    desk.goto(f"/coordinator/rosters/{roster.pk}/publish/")
    expect(desk.locator(".says .tone-short")).to_have_count(1)
    expect(desk.locator("main form.mb-3")).to_have_count(0)
    desk.goto(f"/coordinator/rosters/{roster.pk}/")
    left.click()
    dialog = desk.locator("dialog[open]")
    expect(dialog.locator(".says .tone-short")).to_have_count(1)
    # The best companion stands first, and is free of remarks.
    expect(dialog.locator(".options").first).to_be_visible()
    dialog.locator("details.exception summary").click()
    dialog.locator("input[name=reason]").fill("老队员凌晨两点前赶到")
    dialog.locator("details.exception button.btn-primary").click()
    expect(left).not_to_have_class(re.compile("tone-short"))
    assert Override.objects.get().reason == "老队员凌晨两点前赶到"

    desk.goto(f"/coordinator/rosters/{roster.pk}/publish/")
    desk.locator("main form.mb-3 button.btn-primary").click()
    desk.wait_for_url("**/coordinator/rosters/*/")
    assert Assignment.objects.get(state="confirmed").person == people[1]


@LANGUAGES
def test_s7_on_a_phone_a_shift_opens_its_people_and_takes_one_off(
    open_page: OpenPage, shared: World, language: str
) -> None:
    roster, people, _night = pair_at_the_gate(shared)
    phone = open_page("/", size=PHONE, language=language)
    sign_in(phone, "office", f"/coordinator/rosters/{roster.pk}/")
    phone.locator(".day-rows button", has_text=people[1].name).click()
    phone.locator("dialog[open] .there button", has_text=people[1].name).click()
    phone.locator("dialog[open] .btn-outline-danger").click()
    expect(phone.locator(".day-rows", has_text=people[1].name)).to_have_count(0)
    assert DraftCell.objects.get(roster=roster).person == people[0]
