"""Somebody drops out of a published roster: say so, look at the menu of repairs, make one a draft, publish it."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from redvest.core import jobs
from redvest.core.models import Message
from redvest.duty.actions.posts import open_post
from redvest.duty.actions.publishing import publish_roster
from redvest.duty.actions.rosters import create_roster
from redvest.duty.actions.shifts import generate_shifts
from redvest.duty.models import Assignment, Roster
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.test_call_up import sign_in
from tests.duty.squad import solve, squad
from tests.duty.test_publishing import accounts_for
from tests.world import World


@pytest.fixture
def shared(transactional_db: None) -> World:
    """The world with a roster published for tomorrow and the day after, committed, so that the server's threads see it.

    The browser's clock cannot be moved, so these days are real ones.
    """
    world = World.build()
    incident = world.incident()
    accounts_for(squad(world, incident, 14))
    first = timezone.localdate() + timedelta(days=1)
    last = first + timedelta(days=1)
    post = open_post(world.office, incident.pk, world.community.pk, "gate")
    generate_shifts(world.office, [post.pk], first, last)
    roster = solve(world, create_roster(world.office, incident.pk, world.street.pk, first, last))
    publish_roster(world.office, roster.pk, roster.revision)
    return world


@pytest.fixture
def worker() -> Iterator[None]:
    """Runs what is queued, as the worker beside the web server does."""
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(0.2):
            for key in jobs.Job.objects.filter(state="queued").values_list("pk", flat=True):
                jobs.run(key)
        connection.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    ended.set()
    thread.join(30)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_from_the_drop_out_to_the_published_repair(
    open_page: OpenPage, shared: World, worker: None, settings: object, language: str
) -> None:
    settings.REQUIRE_TOTP = False  # type: ignore[attr-defined]
    roster = Roster.objects.get(state="published")
    gone = Assignment.objects.filter(state="confirmed").select_related("person").order_by("-person_id")[0].person
    desk = open_page("/", language=language)
    sign_in(desk, "office", f"/coordinator/rosters/{roster.pk}/")
    desk.locator(f"a[href='/coordinator/rosters/{roster.pk}/repair/']").click()
    card = desk.locator("form", has=desk.locator("input[value=drop_out]"))
    card.locator("select").select_option(str(gone.pk))
    card.locator("button").click()
    expect(desk.locator(".repair-menu")).to_be_visible(timeout=60_000)
    expect(desk.locator("h1")).to_contain_text(gone.name)
    first = desk.locator(".repair").first
    expect(first.locator(".told")).to_contain_text(gone.name)
    assert Assignment.objects.filter(person=gone, state="confirmed").exists(), "looking changes nothing"
    first.locator("form button").click()
    desk.wait_for_url(re.compile(r"/coordinator/rosters/\d+/$"))
    assert Assignment.objects.filter(person=gone, state="confirmed").exists(), "a draft changes nothing"

    Message.objects.all().delete()
    desk.locator("a[href$='/publish/']").click()
    expect(desk.locator(".told")).to_contain_text(gone.name)
    desk.locator("main form button[type=submit], main form .btn-primary").first.click()
    desk.wait_for_url(re.compile(r"/coordinator/rosters/\d+/$"))
    assert not Assignment.objects.filter(person=gone, state="confirmed").exists()
    assert Message.objects.filter(account__person=gone).count() == 1

    # The dialog of a place says why, on a phone too.
    newest = Roster.objects.order_by("-pk").first()
    assert newest is not None
    phone = open_page("/", size=PHONE, language=language)
    sign_in(phone, "office", f"/coordinator/rosters/{newest.pk}/")
    phone.locator(".day-rows button").first.click()
    expect(phone.locator("dialog[open]")).to_be_visible()
