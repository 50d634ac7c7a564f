"""The look in a real browser: nothing for axe to say, no sideways scroll, and the scripts of every frame at work."""

import re
from collections.abc import Callable
from itertools import product
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, Request, Route, expect
from pytest_django.fixtures import Settings

from tests import axe

PHONE, DESK = (390, 844), (1440, 900)
OpenPage = Callable[..., Page]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def style_guide(settings: Settings) -> None:
    """The style guide is open to everybody while DEBUG is on."""
    settings.DEBUG = True


ADDRESSES = [
    "/styleguide/",
    "/styleguide/volunteer/",
    "/styleguide/public/",
    "/styleguide/wall/",
    "/accounts/login/",
    "/offline/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing_and_nothing_sticks_out(open_page: OpenPage, address: str) -> None:
    page = open_page(address)
    origin = page.evaluate("location.origin")
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for language, (width, height) in product(("zh-hans", "en"), (PHONE, DESK)):
        page.context.add_cookies([{"name": "language", "value": language, "url": origin}])
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", language)
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # colours in mid-change are no fault
            page.wait_for_timeout(50)
            assert axe.violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("address", ["/styleguide/volunteer/", "/styleguide/public/", "/accounts/login/"])
def test_targets_on_the_phone_are_48_px(open_page: OpenPage, address: str) -> None:
    page = open_page(address, size=PHONE)
    small = page.evaluate("""() => [...document.querySelectorAll("a, button, summary, input, select, textarea")]
        .filter((part) => part.checkVisibility({visibilityProperty: true}))
        .filter((part) => !part.matches(".skip, [type=radio], [type=checkbox]"))
        .filter((part) => !part.closest("td, p, .areas, .chip"))
        .map((part) => [part.outerHTML.slice(0, 80), part.getBoundingClientRect()])
        .filter(([_, box]) => box.height > 0 && box.height < 47.5).map(([text, box]) => `${box.height} ${text}`)""")
    assert small == []


def test_the_scheme_follows_the_system_until_somebody_chooses(open_page: OpenPage) -> None:
    page = open_page("/styleguide/", language="en")
    html = page.locator("html")
    page.emulate_media(color_scheme="dark")
    expect(html).to_have_attribute("data-bs-theme", "dark")
    page.get_by_text("Light or dark").click()
    page.get_by_role("button", name="Light", exact=True).click()
    expect(html).to_have_attribute("data-bs-theme", "light")
    page.reload()
    expect(html).to_have_attribute("data-bs-theme", "light")


def test_the_language_changes_in_place(open_page: OpenPage) -> None:
    page = open_page("/styleguide/", language="zh-hans")
    expect(page.get_by_role("heading", level=1)).to_have_text("样式手册")
    page.locator("summary", has_text="语言").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Style guide")


def test_the_drawer_opens_and_closes_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("/styleguide/", size=PHONE, language="en")
    link = page.get_by_role("link", name="Roster")
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(page.get_by_role("button", name="Menu")).to_be_focused()


def test_a_list_is_filtered_by_every_word(open_page: OpenPage) -> None:
    page = open_page("/styleguide/", language="en")
    rows = page.locator("#rows tr:visible")
    expect(rows).to_have_count(4)
    page.get_by_label("Find a post or a person").fill("short order")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Order keeping")


def test_a_dialog_takes_and_gives_back_the_focus(open_page: OpenPage) -> None:
    page = open_page("/styleguide/", language="en")
    opener = page.get_by_role("button", name="Open a dialog")
    opener.click()
    expect(page.get_by_role("dialog", name="Call up 37 people")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()


# --- scripts that talk to the server: the server's side is played by the test ---------------------------------------
def _add(page: Page, html: str) -> None:
    """Put a piece of page into the open one, as a view would have rendered it."""
    page.evaluate(
        """(html) => { document.querySelector("main").insertAdjacentHTML("afterbegin", html);
                       window.htmx.process(document.querySelector("main").firstElementChild); }""",
        html,
    )


def _serve(page: Page, path: str, answer: Callable[[Request], dict[str, Any] | None]) -> list[Request]:
    """Answer requests to ``path`` (None: as if there were no network); gives the list that fills with them."""
    asked: list[Request] = []

    def handle(route: Route) -> None:
        asked.append(route.request)
        reply = answer(route.request)
        if reply is None:
            route.abort("internetdisconnected")
        else:
            route.fulfill(**reply)

    page.route(f"**{path}", handle)
    return asked


BOARD = '<div id="board" data-live="&quot;7&quot;" hx-get="/board/" hx-trigger="live" hx-swap="outerHTML">{}</div>'


def test_a_live_region_asks_with_its_version_and_changes_only_when_something_moved(open_page: OpenPage) -> None:
    page = open_page("/styleguide/")
    replies = iter([{"status": 304}, {"status": 304}])
    news = {"status": 200, "headers": {"ETag": '"8"'}, "body": BOARD.format("three on post")}
    asked = _serve(page, "/board/", lambda _request: next(replies, news))
    _add(page, BOARD.format("two on post"))
    board = page.locator("#board")
    expect(board).to_have_text("three on post", timeout=15_000)
    assert [request.headers.get("if-none-match") for request in asked[:3]] == ['"7"'] * 3
    page.wait_for_timeout(3_000)
    assert asked[-1].headers.get("if-none-match") == '"8"'


def test_a_live_region_leaves_alone_what_a_person_is_typing(open_page: OpenPage) -> None:
    page = open_page("/styleguide/")
    news = {"status": 200, "body": BOARD.format("new")}
    asked = _serve(page, "/board/", lambda _request: news)
    _add(page, BOARD.format('<input id="note" aria-label="note">'))
    page.locator("#note").fill("half a sen")
    page.wait_for_timeout(3_000)
    assert asked == []
    page.locator("#note").blur()
    expect(page.locator("#board")).to_have_text("new", timeout=10_000)


REFUSAL = (
    '<div class="note tone-short" role="alert" data-refusal><div><p data-sentence>The shift is full.</p></div></div>'
)
BUTTON = '<button id="take" hx-post="/take/" hx-target="#board" hx-swap="outerHTML">Take</button>'


@pytest.mark.parametrize("slot", ["<div id=slot data-refusals></div>", ""])
def test_a_refusal_never_replaces_the_board(open_page: OpenPage, slot: str) -> None:
    page = open_page("/styleguide/")
    _serve(page, "/take/", lambda _request: {"status": 409, "body": REFUSAL})
    _add(page, f'<section><div id="board">two on post</div>{slot}{BUTTON}</section>')
    page.locator("#take").click()
    place = page.locator("#slot") if slot else page.locator("#toasts")
    expect(place).to_contain_text("The shift is full.")
    expect(page.locator("#board")).to_have_text("two on post")


def test_a_serious_button_asks_first(open_page: OpenPage) -> None:
    page = open_page("/styleguide/", language="en")
    asked = _serve(page, "/take/", lambda _request: {"status": 200, "body": "stood down"})
    button = BUTTON.replace("<button ", '<button data-confirm="Stand down 37 people?" data-confirm-yes="Stand down" ')
    _add(page, f'<section><div id="board">two on post</div>{button}</section>')
    dialog = page.get_by_role("dialog", name="Stand down 37 people?")
    page.locator("#take").click()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert asked == []
    page.locator("#take").click()
    dialog.get_by_role("button", name="Stand down").click()
    expect(page.locator("main")).to_contain_text("stood down")
    assert len(asked) == 1


FORM = """<form hx-post="/check-in/" hx-swap="outerHTML" data-offline="Check-in, north gate">
    <input type="hidden" name="shift" value="12"><button id="check-in">Check in</button></form>"""


def _volunteer_page(open_page: OpenPage) -> Page:
    page = open_page("/styleguide/volunteer/", size=PHONE, language="en")
    # Nobody is signed in here: play an account, as the frame would have named it.
    page.evaluate("""document.querySelector('meta[name="redvest-account"]').content = "5" """)
    return page


def test_what_is_done_without_a_network_is_sent_later_once(open_page: OpenPage) -> None:
    page = _volunteer_page(open_page)
    network = {"is_there": False}
    asked = _serve(page, "/check-in/", lambda _request: {"status": 200, "body": "ok"} if network["is_there"] else None)
    _add(page, FORM)
    page.locator("#check-in").click()
    waiting = page.locator("#outbox")
    expect(waiting).to_contain_text("Check-in, north gate")
    expect(page.locator("#check-in")).to_be_disabled()
    network["is_there"] = True
    page.get_by_role("button", name="Send now").click()
    expect(waiting).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("Sent: Check-in, north gate")
    first, second = asked
    assert first.headers["x-idempotency-key"] == second.headers["x-idempotency-key"]
    assert re.match(r"\d{4}-\d\d-\d\dT", second.headers["x-sent-later"])
    assert second.post_data == "shift=12"


def test_what_waits_belongs_to_the_account_that_did_it(open_page: OpenPage) -> None:
    page = _volunteer_page(open_page)
    network = {"is_there": False}
    asked = _serve(page, "/check-in/", lambda _request: {"status": 200, "body": "ok"} if network["is_there"] else None)
    _add(page, FORM)
    page.locator("#check-in").click()
    expect(page.locator("#outbox")).to_be_visible()
    network["is_there"] = True
    page.evaluate("""document.querySelector('meta[name="redvest-account"]').content = "6" """)
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("#outbox")).to_be_hidden()
    assert len(asked) == 1
    page.evaluate("""document.querySelector('meta[name="redvest-account"]').content = "5" """)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#toasts")).to_contain_text("Sent: Check-in, north gate")
    assert len(asked) == 2


def test_a_write_refused_later_says_so(open_page: OpenPage) -> None:
    page = _volunteer_page(open_page)
    network = {"is_there": False}
    asked = _serve(
        page, "/check-in/", lambda _request: {"status": 409, "body": REFUSAL} if network["is_there"] else None
    )
    _add(page, FORM)
    page.locator("#check-in").click()
    expect(page.locator("#outbox")).to_be_visible()
    network["is_there"] = True
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("#toasts")).to_contain_text("Check-in, north gate: The shift is full.")
    expect(page.locator("#outbox")).to_be_hidden()
    assert len(asked) == 2


def test_a_double_tap_carries_one_key(open_page: OpenPage) -> None:
    page = _volunteer_page(open_page)
    asked = _serve(page, "/check-in/", lambda _request: {"status": 503, "body": ""})
    _add(page, FORM)
    page.locator("#check-in").dblclick()
    page.wait_for_timeout(500)
    keys = {request.headers["x-idempotency-key"] for request in asked}
    assert len(keys) == 1
