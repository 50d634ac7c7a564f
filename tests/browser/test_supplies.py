"""S8 in a browser: a truck is received, allocated, carried to doors by two on phones, signed, reconciled to nothing."""

import pytest
from playwright.sync_api import Page, expect

from redvest.supplies.actions import stores
from redvest.supplies.models import Balance, Distribution, Location, Parcel
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.test_call_up import sign_in
from tests.world import World


@pytest.fixture
def shared(transactional_db: None) -> World:
    """The world, committed, so that the server's threads see it."""
    world = World.build()
    stores.open_store(world.worker, world.community.pk, name="海棠社区物资点")
    world.client().get("/accounts/login/")  # the first request loads every screen, which a browser would wait for
    return world


def receive(desk: Page) -> None:
    """Typed with the keyboard alone: a scanner types a name and Enter."""
    desk.locator(".rows a", has_text="海棠社区物资点").last.click()
    desk.locator("a[href$='/receive/']").click()
    desk.fill("input[name=witness]", "陶立新")
    desk.locator("input[name=item]").first.focus()
    desk.keyboard.type("蔬菜包")
    desk.keyboard.press("Enter")  # not known yet: goes on to the number
    desk.keyboard.type("10")
    desk.locator("input[name=unit]").first.fill("份")
    desk.locator("input[name=expected]").first.fill("12")
    desk.locator("main form button[type=submit]").last.click()
    expect(desk.locator("main")).to_contain_text("蔬菜包")
    expect(desk.locator(".state.tone-short")).to_be_visible()  # two are missing


def draft(desk: Page) -> None:
    """Two for every two people; looked at, then published."""
    desk.goto("/coordinator/supplies/lists/new/")
    desk.fill("input[name=title]", "周一蔬菜包")
    desk.locator("select[name=area]").select_option(label=desk.locator("select[name=area] option").first.inner_text())
    desk.locator("select[name=item-0]").select_option(index=1)
    desk.fill("input[name=quantity-0]", "1")
    desk.fill("input[name=people-0]", "2")
    desk.locator("main form button[type=submit]").last.click()
    expect(desk.locator("main")).to_contain_text("1栋 502")
    desk.locator("form[action$='/publish/'] button").click()
    desk.locator("dialog[open] button[value=yes]").click()
    expect(desk.locator("#progress")).to_be_visible()


def door(phone: Page, room: str, answer: str) -> None:
    """One door: opened from the list, answered with one big button."""
    phone.locator("main .rows a", has_text=room).first.click()
    form = phone.locator(f"form:has(input[name=outcome][value={answer}])")
    if answer == "proxy":
        form.locator("input[name=text]").fill("邻居")
    form.locator("button").click()
    if answer == "absent":
        expect(phone.locator("#door")).to_be_visible()
        phone.locator(".phone-head .pre a").click()
    else:
        phone.locator("#door a.btn-primary").click()
    expect(phone.locator("#doors-done, .run")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_from_the_truck_to_the_last_box(open_page: OpenPage, shared: World, settings: object, language: str) -> None:
    settings.REQUIRE_TOTP = False  # type: ignore[attr-defined]
    desk = open_page("/", language=language)
    sign_in(desk, "worker", "/coordinator/supplies/")
    receive(desk)
    draft(desk)

    for box in desk.locator("input[name=building]").all():
        box.check()
    desk.locator("select[name=carrier]").select_option(str(shared.veteran.person.pk))
    desk.locator("select[name=companion]").select_option(str(shared.newcomer.person.pk))
    desk.locator("form[action$='/send/'] button[type=submit]").click()
    expect(desk.locator("form[action*='/trips/'] button")).to_be_visible()

    first = open_page("/", size=PHONE, language=language)
    sign_in(first, "veteran", "/me/")
    first.locator("main a[href^='/me/parcels/']").click()
    door(first, "101", "delivered")
    second = open_page("/", size=PHONE, language=language)
    sign_in(second, "newcomer", "/me/")
    second.locator("main a[href^='/me/parcels/']").click()
    expect(second.locator("main .rows a", has_text="101").first).to_be_visible()  # what the other one answered
    door(second, "502", "proxy")
    door(second, "301", "absent")

    # The desk sees it by itself, takes the rest back, hands it out at the desk and closes the list.
    expect(desk.locator("#progress")).to_contain_text("2/3" if language == "zh-hans" else "2 of 3", timeout=20_000)
    desk.locator("form[action*='/trips/'] button").click()
    desk.locator("dialog[open] button[value=yes]").click()
    expect(desk.locator("form[action*='/trips/'] button")).to_have_count(0)
    last = Parcel.objects.get(state="waiting")
    desk.locator(f"a[href$='/buildings/{last.building_id}/']").click()
    desk.locator(".door-line", has_text="301").locator("summary").click()
    desk.locator("button[name=outcome][value=delivered]").click()
    expect(desk.locator(".door-line .state.tone-ok")).to_have_count(1)
    desk.go_back()
    desk.goto(f"/coordinator/supplies/lists/{last.distribution_id}/")
    desk.locator("form[action$='/close/'] button").click()
    expect(desk.locator("h1 .state.tone-ok")).to_be_visible()

    assert Distribution.objects.get().state == "closed"
    assert set(Parcel.objects.values_list("state", flat=True)) == {"delivered", "proxy"}
    carried = Balance.objects.filter(location__kind=Location.Kind.CUSTODY, quantity__gt=0)
    assert not carried.exists()
    # 3 + 1 + 4 people, one for every two begun: 2 + 1 + 2 of the ten that came
    assert Balance.objects.get(location__kind=Location.Kind.STORE).quantity == 5
