"""The volunteer's pages without a network: what was seen stays, for the account that saw it and nobody else."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
KEPT = """async () => (await Promise.all((await caches.keys()).map(async (name) =>
    (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)))).flat()"""


@pytest.fixture
def phone(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A phone that may keep pages; the journeys' own pages may not."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844}, locale="en-GB")
    context.add_cookies([{"name": "language", "value": "en", "url": live_server.url}])
    yield context.new_page()
    context.close()


def _become(page: Page, world: World, name: str, live_server: LiveServer) -> None:
    session = world.client(name).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])


def _keeps(page: Page, path: str) -> bool:
    return path in page.evaluate(KEPT)


def _wait_until_kept(page: Page, path: str) -> None:
    for _attempt in range(60):
        if _keeps(page, path):
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{path} was not kept; kept are {page.evaluate(KEPT)}")


def test_a_page_once_seen_is_there_without_a_network(phone: Page, world: World, live_server: LiveServer) -> None:
    _become(phone, world, "veteran", live_server)
    phone.goto("/me/")
    heading = phone.get_by_role("heading", level=1).inner_text()
    _wait_until_kept(phone, "/me/")
    phone.context.set_offline(True)
    phone.goto("/me/")
    expect(phone.get_by_role("heading", level=1)).to_have_text(heading)
    assert phone.evaluate("getComputedStyle(document.querySelector('.phone-tabs')).position") == "fixed"
    expect(phone.get_by_text("No network. What you do is kept on this phone and sent later.")).to_be_visible()
    phone.goto("/me/never/seen/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("No network")
    assert phone.evaluate("getComputedStyle(document.querySelector('.public')).display") == "grid"


def test_another_account_on_the_phone_finds_nothing_kept(phone: Page, world: World, live_server: LiveServer) -> None:
    _become(phone, world, "veteran", live_server)
    phone.goto("/me/")
    _wait_until_kept(phone, "/me/")
    assert not _keeps(phone, "/me/availability/")
    phone.evaluate("""async () => (await caches.open("redvest-pages-1")).put("/me/secret/", new Response("hers"))""")
    _become(phone, world, "newcomer", live_server)
    phone.goto("/me/")
    phone.wait_for_function("async () => !(await caches.match('/me/secret/'))")


def test_signing_out_empties_the_phone(phone: Page, world: World, live_server: LiveServer) -> None:
    _become(phone, world, "veteran", live_server)
    phone.goto("/me/")
    _wait_until_kept(phone, "/me/")
    phone.locator("details.account > summary").click()
    phone.get_by_role("button", name="Sign out").click()
    phone.wait_for_url("**/accounts/login/**")
    phone.wait_for_function("async () => !(await caches.match('/me/'))")
