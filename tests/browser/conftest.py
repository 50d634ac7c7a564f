"""Browser journeys: the system's Chromium, one phone and one desk, every script error a failure, screenshots kept."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from redvest.config.environment import PROJECT
from tools import chromium

ARTEFACTS = PROJECT / "test-artefacts"
PHONE, DESK, WALL = (390, 844), (1440, 900), (1920, 1080)
_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--font-render-hinting=none",
]  # fmt: skip

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium. Where there is none the journey is skipped; with CI=true that is a failure."""
    program = chromium.find()
    if program is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"There is no Chromium for the browser journeys. {chromium.ADVICE}")
        pytest.skip(f"There is no Chromium. {chromium.ADVICE}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Opens pages: `open_page("/me/", size=PHONE, language="en")`. Each call is another person's browser.

    At the end of the test every page leaves a screenshot in test-artefacts, and script errors, refused resources and
    pages that scroll sideways fail the test.
    """
    opened: list[tuple[BrowserContext, Page]] = []
    troubles: list[str] = []

    def open_page(path: str = "/", *, size: tuple[int, int] = DESK, language: str = "zh-hans") -> Page:
        width, height = size
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            has_touch=size == PHONE,
            is_mobile=size == PHONE,
            locale="zh-CN" if language == "zh-hans" else "en-GB",
            timezone_id="Asia/Shanghai",
            service_workers="block",
        )
        context.add_cookies([{"name": "language", "value": language, "url": live_server.url}])
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
        page.on("console", lambda message: troubles.append(message.text) if _is_refusal(message.text) else None)
        opened.append((context, page))
        page.goto(path)
        return page

    yield open_page
    for number, (context, page) in enumerate(opened, start=1):
        _keep(page, request.node.nodeid, number)
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if sideways > 0:
            troubles.append(f"{page.url} scrolls sideways by {sideways} px")
        context.close()
    assert not troubles, "\n".join(troubles)


def _is_refusal(text: str) -> bool:
    return "Content Security Policy" in text or "Uncaught" in text


def _keep(page: Page, test: str, number: int) -> Path:
    name = re.sub(r"[^\w-]+", "_", test.removeprefix("tests/browser/")) + f"_{number}.png"
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / name, full_page=True)
    return ARTEFACTS / name


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser journey."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
