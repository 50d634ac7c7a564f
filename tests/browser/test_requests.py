"""S11 and S12 in a browser: an old resident asks by the code, a desk takes a call, a volunteer sees to both."""

import pytest
from playwright.sync_api import Page, expect

from redvest.needs.models import Request, ResidentCode
from redvest.places.models import Household
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.test_call_up import sign_in
from tests.needs.desk import Stage
from tests.world import World


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    """On duty all day long, whatever the hour at which the journey runs."""
    from datetime import timedelta

    from django.utils import timezone

    stage = Stage(World.build())
    stage.shift.starts, stage.shift.ends = timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=5)
    stage.shift.save()
    return stage


def step(page: Page, number: int, name: str) -> None:
    page.locator(f"form[action$='/requests/{number}/{name}/'] button").click()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_old_resident_asks_by_the_code_and_is_helped(
    open_page: OpenPage, stage: Stage, settings: object, language: str
) -> None:
    settings.REQUIRE_TOTP = False  # type: ignore[attr-defined]
    world = stage.world
    code = ResidentCode.objects.create(area=world.building, made_by=world.worker)
    home = open_page(f"/h/{code.token}/", size=PHONE, language=language)
    home.locator(".public-foot a").click()  # larger letters
    expect(home.locator("body.elder")).to_be_visible()
    home.locator("a.choice").nth(1).click()
    home.fill("[name=room]", "502")
    home.fill("[name=words]", "降压药只剩一天")
    home.fill("[name=contact_phone]", "139 1234 5678")
    home.locator("form.ask button[type=submit]").click()
    expect(home.locator("form.says")).to_be_visible()
    request = Request.objects.get()
    assert (request.state, request.household) == ("new", world.households[1])
    expect(home.locator("h1")).to_contain_text(str(request.pk))

    desk = open_page("/", language=language)
    sign_in(desk, "worker", "/coordinator/requests/")
    desk.locator("a.request-line").first.click()
    desk.locator(".step summary").first.click()
    step(desk, request.pk, "verify")
    expect(desk.locator(".history li")).to_have_count(2)

    phone = open_page("/", size=PHONE, language=language)
    sign_in(phone, "veteran", "/me/requests/")
    phone.locator("#list .rows a").click()
    step(phone, request.pk, "take")
    phone.locator("#contact button").click()
    expect(phone.locator("#contact a[href='tel:+8613912345678']")).to_be_visible()
    step(phone, request.pk, "set_out")
    expect(phone.locator("form[action$='/set_out/']")).to_have_count(0)
    home.reload()
    expect(home.locator(".went li")).to_have_count(4)
    step(phone, request.pk, "done")
    expect(phone.locator("form[action$='/done/']")).to_have_count(0)

    home.reload()
    home.locator("button[value=done]").click()
    expect(home.locator("button[value=done]")).to_have_count(0)
    request.refresh_from_db()
    assert (request.state, request.person) == ("closed", world.veteran.person)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_desk_takes_calls_with_the_keyboard_alone(
    open_page: OpenPage, stage: Stage, settings: object, language: str
) -> None:
    settings.REQUIRE_TOTP = False  # type: ignore[attr-defined]
    desk = open_page("/", language=language)
    sign_in(desk, "worker", "/coordinator/requests/new/")
    for door, words in (("1-101", "米五斤"), ("1-502", "胰岛素一支"), ("1-101", "米还没有到")):
        desk.locator("#door").press_sequentially(door)
        expect(desk.locator("#doors input")).to_have_count(1)
        desk.keyboard.press("Tab")
        expect(desk.locator("#doors input:focus")).to_be_visible()
        desk.locator("[name=kind]").nth(4).focus()
        desk.keyboard.press("Space")
        desk.locator("[name=words]").focus()
        desk.keyboard.type(words)
        if words == "米还没有到":
            expect(desk.locator("#same .note")).to_contain_text("米五斤")
        desk.keyboard.press("Tab")
        desk.keyboard.press("Enter")
        expect(desk.locator(".messages")).to_be_visible()
    assert Request.objects.count() == 3
    assert set(Request.objects.values_list("room", flat=True)) == {"101", "502"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_pasted_list_of_183_lines_becomes_checked_rows(
    open_page: OpenPage, stage: Stage, settings: object, language: str
) -> None:
    settings.REQUIRE_TOTP = False  # type: ignore[attr-defined]
    world = stage.world
    doors = [(floor, door) for floor in range(10, 29) for door in range(1, 11)][:180]
    Household.objects.bulk_create(
        Household(area=world.building_2, room=f"{floor}{door:02d}", floor=floor, people=2) for floor, door in doors
    )
    lines = [f"{n}. 2-{floor}{door:02d} 青菜包{n % 3 + 1}份" for n, (floor, door) in enumerate(doors, start=1)]
    text = "\n".join(["#接龙 望江苑蔬菜包", *lines, "181. 2-9999 鸡蛋两板", "182. 辛苦大家了"])
    desk = open_page("/", language=language)
    sign_in(desk, "worker", "/coordinator/requests/paste/")
    desk.locator("select[name=area]").select_option(str(world.community.pk))
    desk.locator("textarea[name=text]").fill(text)
    desk.locator("form.request-form button[type=submit]").click()
    expect(desk.locator(".pasted-row")).to_have_count(182)
    # One key: the focus stands on the first row, Enter takes it and goes on to the second.
    for taken in (1, 2):
        expect(desk.locator(".pasted-row.is-open .take").first).to_be_focused()
        desk.keyboard.press("Enter")
        expect(desk.locator(".pasted-row.is-taken")).to_have_count(taken)
    desk.locator("form[action$='/clear/'] button").click()
    expect(desk.locator(".pasted-row.is-taken")).to_have_count(180, timeout=30_000)
    expect(desk.locator(".pasted-row.is-open .doubt").first).to_be_visible()
    assert Request.objects.count() == 180
