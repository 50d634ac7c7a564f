"""S1, S2 and S9 in a browser: activate, call up, answer by link, deploy by hand, read the order, step forward."""

import re

import pytest
from playwright.sync_api import Page, expect

from redvest.incidents.models import CallUpReply, Deployment, TeamMember
from tests.browser.conftest import PHONE, OpenPage
from tests.world import PASSWORD, World


@pytest.fixture
def shared(transactional_db: None) -> World:
    """The world, committed, so that the server's threads see it."""
    world = World.build()
    world.playbook()
    return world


def sign_in(page: Page, name: str, next_page: str) -> None:
    page.goto(f"/accounts/login/?next={next_page}")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**{next_page}*")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_from_the_emergency_to_the_order_in_a_phone(
    open_page: OpenPage, shared: World, settings: object, language: str
) -> None:
    settings.REQUIRE_TOTP = False  # type: ignore[attr-defined]
    desk = open_page("/", language=language)
    sign_in(desk, "office", "/coordinator/incidents/new/")
    desk.locator("select[name=area]").select_option(str(shared.street.pk))
    expect(desk.locator("#places")).to_contain_text("海棠社区")
    desk.locator("input[name=level][value='2']").check()
    expect(desk.locator("#planned table")).to_be_visible()
    desk.locator("#activate button[type=submit]").click()
    desk.locator("a[href$='/callups/new/']").first.click()
    desk.locator("select[name=organisation]").select_option("")
    desk.locator("input[name=wanted]").fill("3")
    expect(desk.locator("#preview")).to_contain_text("陈老练")
    desk.locator("#build button[type=submit]").click()
    desk.locator("dialog[open] button[value=yes]").click()
    expect(desk.locator(".call-count .figure")).to_have_text("0")

    reply = CallUpReply.objects.get(person=shared.veteran.person)
    phone = open_page(f"/me/a/{reply.token}/", size=PHONE, language=language)
    phone.locator(".answer.yes").click()
    expect(phone.locator(".note.tone-ok")).to_be_visible()
    # The board on the desk rises by itself.
    expect(desk.locator(".call-count .figure")).to_have_text("1", timeout=20_000)

    desk.locator("a[href$='/deployment/'].btn-primary").click()
    card = desk.locator(".member", has_text="陈老练")
    place = desk.locator(f"[data-drop='{shared.community.pk}']")
    card.drag_to(place.locator("h2"))
    expect(place.locator(".member.draft")).to_be_visible()
    desk.locator("a[href$='/publish/']").click()
    desk.locator("main form button[type=submit]").last.click()
    expect(desk.locator(".member")).to_have_count(1)
    assert TeamMember.objects.get().state == "deployed"

    sign_in(phone, "veteran", "/me/orders/")
    phone.locator("main .rows a").first.click()
    expect(phone.locator("a[href^='geo:']")).to_be_visible()
    phone.locator("main .btn-primary").click()
    expect(phone.locator(".state.tone-ok")).to_be_visible()
    assert Deployment.objects.get(state="published").seen_at is not None
    phone.goto("/me/offers/")
    phone.locator("button.btn-primary").first.click()
    expect(phone.locator("form[action*='withdraw']")).to_be_visible()
    assert re.search(r"/me/offers/", phone.url)
