"""The volunteer's scenes on a phone, both languages: answer by link, step forward, sign up, wait, swap, check in."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from redvest.duty.actions import signup
from redvest.duty.models import Assignment, Attendance, HandoverNote, Post, Shift, Swap
from redvest.incidents import actions as incidents
from redvest.incidents.models import CallUpReply, Offer
from redvest.incidents.queries.call_ups import Criteria
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.duty.stage import a_post, on
from tests.world import World

PAGES = """
    shifts/ swaps/ open-shifts/ offers/ orders/ callups/ inbox/ profile/ profile/details/ profile/skills/
    profile/availability/ profile/agreements/ profile/quiet-hours/ profile/calendar/
"""
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh-hans"])


@pytest.fixture
def shared(transactional_db: None) -> World:
    """The world with a team on duty, committed, so that the server's threads see it."""
    world = World.build()
    world.playbook()
    return world


@pytest.fixture
def post(shared: World) -> Post:
    """A gate in 海棠社区 whose incident has veteran, newcomer and lead in its team."""
    gate = a_post(shared)
    shared.team(gate.incident, *(each.person for each in (shared.veteran, shared.newcomer, shared.lead)))
    return gate


def a_shift_in(post: Post, minutes: int, hours: float = 6, **fields: Any) -> Shift:
    """An open shift that begins so many minutes from now: a browser's clock cannot be moved with the server's."""
    starts = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    day = (timezone.localtime(starts) - timedelta(hours=6)).date()
    values = {"minimum": 1, "wanted": 2, "maximum": 2, "state": "open"} | fields
    return Shift.objects.create(post=post, starts=starts, ends=starts + timedelta(hours=hours), duty_day=day, **values)


def become(page: Page, world: World, name: str) -> Page:
    """Sign this browser in, as the sign-in page would."""
    session = world.client(name).cookies[settings.SESSION_COOKIE_NAME].value
    origin = page.evaluate("location.origin")
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": origin}])
    return page


def phone_of(open_page: OpenPage, world: World, name: str, language: str, path: str = "/me/") -> Page:
    page = become(open_page("/offline/", size=PHONE, language=language), world, name)
    page.goto(path)
    return page


@LANGUAGES
def test_s1_a_call_up_is_answered_by_link_without_signing_in(open_page: OpenPage, shared: World, language: str) -> None:
    incident = shared.incident()
    who = Criteria(kind="volunteer", area=shared.community.pk)
    incidents.send_call_up(shared.office, incident.pk, criteria=who, wanted=3)
    reply = CallUpReply.objects.get(person=shared.newcomer.person)

    def answer() -> str:
        reply.refresh_from_db()
        return str(reply.answer)

    page = open_page(f"/me/a/{reply.token}/", size=PHONE, language=language)
    page.locator(".answer.later").click()
    expect(page.locator(".note.tone-ok")).to_be_visible()
    assert answer() == "later"
    page.locator(".answer.from").click()
    page.locator(".times form button").nth(1).click()
    expect(page.locator(".note.tone-ok")).to_be_visible()
    assert answer() == "yes_from"
    assert reply.available_from is not None
    page.locator(".answer.no").click()
    expect(page.locator(".note.tone-ok")).to_be_visible()
    assert answer() == "no"
    page.locator(".answer.yes").click()
    expect(page.locator(".note.tone-ok")).to_be_visible()
    assert answer() == "yes"

    app = phone_of(open_page, shared, "veteran", language)
    app.locator("main .card .btn-primary").first.click()
    app.locator(".answer.yes").click()
    expect(app.locator(".call-question .note.tone-ok")).to_be_visible()
    assert CallUpReply.objects.get(person=shared.veteran.person).answer == "yes"


@LANGUAGES
def test_s9_stepping_forward_is_found_from_home_and_answered_at_the_desk(
    open_page: OpenPage, shared: World, language: str
) -> None:
    incident = shared.incident()
    incidents.want_hands(shared.office, incident.pk, shared.community.pk, 9)
    page = phone_of(open_page, shared, "newcomer", language)
    page.locator("main a[href='/me/offers/']").click()
    page.locator("main input[name=note]").first.fill("2022年在方舱医院守过门")
    page.locator("main .btn-primary").first.click()
    expect(page.locator("form[action*='withdraw']")).to_be_visible()

    desk = become(open_page("/offline/", size=DESK, language=language), shared, "worker")
    desk.goto("/coordinator/offers/")
    expect(desk.locator(".reply")).to_contain_text("2022年在方舱医院守过门")
    desk.locator(".reply button[name=accept]").click()
    expect(desk.locator(".reply button[name=accept]")).to_have_count(0)
    assert Offer.objects.get().state == "accepted"
    page.goto("/me/offers/")
    expect(page.locator(".rows .state.tone-ok")).to_be_visible()
    page.goto("/me/inbox/")
    expect(page.locator(".inbox li")).to_have_count(1)


@LANGUAGES
def test_s10_the_last_place_is_for_experience(open_page: OpenPage, post: Post, shared: World, language: str) -> None:
    post.experienced = 1
    post.save(update_fields=["experienced"])
    shift = a_shift_in(post, 24 * 60)
    on(shift, shared.lead)
    Assignment.objects.filter(person=shared.lead.person).delete()
    Shift.objects.filter(pk=shift.pk).update(maximum=1, wanted=1)
    newcomer = phone_of(open_page, shared, "newcomer", language, "/me/open-shifts/")
    why = {"en": "kept for somebody experienced", "zh-hans": "有经验"}[language]
    expect(newcomer.locator(".why")).to_contain_text(why)
    expect(newcomer.locator("button[hx-post]")).to_have_count(0)
    veteran = phone_of(open_page, shared, "veteran", language, "/me/open-shifts/")
    veteran.locator("button[hx-post]").click()
    expect(veteran.locator(".taken")).to_be_visible()
    assert Assignment.objects.get(state="confirmed").person == shared.veteran.person


@LANGUAGES
def test_a_full_shift_is_waited_for_and_the_place_that_comes_free_is_confirmed(
    open_page: OpenPage, post: Post, shared: World, language: str
) -> None:
    shift = a_shift_in(post, 24 * 60, maximum=1, wanted=1)
    holder = phone_of(open_page, shared, "veteran", language, "/me/open-shifts/")
    holder.locator("a.grow").click()
    holder.locator("form[action$='/take/'] button").click()
    holder.locator(".taken a").click()
    expect(holder.locator(".duty-card .state")).to_be_visible()

    waiter = phone_of(open_page, shared, "newcomer", language, f"/me/open-shifts/{shift.pk}/")
    waiter.locator("form[action$='/wait/'] button").click()
    expect(waiter.locator(".taken")).to_be_visible()
    assert Assignment.objects.get(person=shared.newcomer.person).state == "waiting"

    holder.locator("form[action$='/withdraw/'] button").click()
    holder.locator("dialog[open] button[value=yes]").click()
    expect(holder.locator(".duty-card a[href='/me/open-shifts/']")).to_be_visible()
    place = Assignment.objects.get(person=shared.newcomer.person)
    assert place.state == "offered"
    assert place.confirm_by is not None

    waiter.goto("/me/")
    until = f"{timezone.localtime(place.confirm_by):%H:%M}"
    expect(waiter.locator("main .card .btn-primary").first).to_contain_text(until)
    waiter.locator("main .card .btn-primary").first.click()
    waiter.locator("form[action$='/confirm/'] button").click()
    expect(waiter.locator("form[action$='/confirm/']")).to_have_count(0)
    place.refresh_from_db()
    assert place.state == "confirmed"


@LANGUAGES
def test_a_swap_needs_all_three_sides(open_page: OpenPage, post: Post, shared: World, language: str) -> None:
    given, wanted = a_shift_in(post, 24 * 60), a_shift_in(post, 48 * 60)
    mine, theirs = on(given, shared.veteran), on(wanted, shared.newcomer)
    asking = phone_of(open_page, shared, "veteran", language, f"/me/shifts/{mine.pk}/")
    asking.locator("a[href$='/swap/']").click()
    asking.locator("#filter-colleagues").fill(shared.newcomer.name)
    asking.locator(".rows summary:visible").click()
    asking.locator(f"input[name=choice][value='{shared.newcomer.person.pk}:{theirs.pk}']").check()
    asking.locator("main form .btn-primary").click()
    asking.wait_for_url("**/me/swaps/")
    expect(asking.locator("#swaps .card")).to_have_count(1)

    asked = phone_of(open_page, shared, "newcomer", language)
    asked.locator("main a[href='/me/swaps/']").first.click()
    asked.locator("form[action$='/accept/'] button").click()
    expect(asked.locator("form[action$='/accept/']")).to_have_count(0)
    assert Swap.objects.get().state == "accepted"

    desk = become(open_page("/offline/", size=PHONE, language=language), shared, "lead")
    desk.goto(f"/coordinator/attendance/posts/{post.pk}/")
    desk.locator("form[action$='/approve/'] button").click()
    expect(desk.locator("form[action$='/approve/']")).to_have_count(0)
    now = {each.shift_id: each.person for each in Assignment.objects.filter(state="confirmed").select_related("person")}
    assert now == {given.pk: shared.newcomer.person, wanted.pk: shared.veteran.person}
    asking.goto("/me/swaps/")
    expect(asking.locator("form[action$='/take-back/']")).to_have_count(0)


@LANGUAGES
def test_from_the_code_at_the_post_to_the_note_that_the_next_shift_takes_over(
    open_page: OpenPage, post: Post, shared: World, language: str
) -> None:
    now_on = on(a_shift_in(post, 10), shared.veteran)
    on(a_shift_in(post, 10 + 6 * 60), shared.newcomer)
    page = phone_of(open_page, shared, "veteran", language, f"/me/check-in/{post.check_in_code}/")
    page.locator("form[action$='/check-in/'] button").click()
    expect(page.locator("form[action$='/check-out/']")).to_be_visible()
    came = Attendance.objects.get()
    assert (came.came_by, came.state) == ("code", "present")

    page.locator("a[href$='#handover']").click()
    page.locator("#handover input[name=item]").first.fill("体温枪")
    page.locator("#handover input[name=count]").first.fill("2")
    page.locator("#open-matters").fill("3栋502明早透析")
    page.locator("#handover .btn-primary").click()
    expect(page.locator("#handover .note.tone-ok")).to_be_visible()
    page.locator("input[name=reason]").first.fill("家里有急事")
    page.locator("form[action$='/check-out/'] button").click()
    expect(page.locator("form[action$='/check-out/']")).to_have_count(0)
    came.refresh_from_db()
    assert came.state == "done"

    # The next shift's time has come: both shifts are moved, since a browser's clock cannot be.
    back = timedelta(hours=6)
    for shift in Shift.objects.order_by("starts"):
        Shift.objects.filter(pk=shift.pk).update(starts=shift.starts - back, ends=shift.ends - back)
    for row in Assignment.objects.exclude(pk=now_on.pk).select_related("shift"):
        Assignment.objects.filter(pk=row.pk).update(during=(row.shift.starts, row.shift.ends))
    relief = phone_of(open_page, shared, "newcomer", language)
    relief.locator("form[action$='/check-in/'] button").click()
    expect(relief.locator("form[action$='/check-out/']")).to_be_visible()
    expect(relief.locator(".duty-card .note")).to_contain_text("3栋502明早透析")
    relief.locator("form[action*='/handover/'] button").click()
    expect(relief.locator("form[action*='/handover/']")).to_have_count(0)
    assert HandoverNote.objects.get().taken_by == shared.newcomer.person


@pytest.fixture
def offline_phone(browser: Browser, live_server: LiveServer) -> Any:
    """A phone whose service worker may work; the journeys' own pages have none."""
    opened: list[BrowserContext] = []

    def phone(language: str) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": PHONE[0], "height": PHONE[1]},
            has_touch=True,
            is_mobile=True,
            locale="zh-CN" if language == "zh-hans" else "en-GB",
            timezone_id="Asia/Shanghai",
        )
        context.add_cookies([{"name": "language", "value": language, "url": live_server.url}])
        opened.append(context)
        page = context.new_page()
        page.goto("/offline/")
        return page

    yield phone
    for context in opened:
        context.close()


@LANGUAGES
def test_a_check_in_without_a_network_is_sent_later_and_counts_from_the_tap(
    offline_phone: Any, post: Post, shared: World, language: str
) -> None:
    on(a_shift_in(post, 10), shared.veteran)
    page = become(offline_phone(language), shared, "veteran")
    page.goto("/me/")
    page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    page.goto("/me/")
    page.wait_for_function("async () => !!(await caches.match('/me/'))")
    page.context.set_offline(True)
    page.goto("/me/")
    expect(page.locator(".banner.offline")).to_be_visible()
    before = timezone.now()
    page.locator("form[action$='/check-in/'] button").click()
    expect(page.locator("#outbox")).to_be_visible()
    after = timezone.now()
    assert not Attendance.objects.exists()
    page.wait_for_timeout(1_500)
    page.context.set_offline(False)
    expect(page.locator("#outbox")).to_be_hidden(timeout=20_000)
    came = Attendance.objects.get()
    assert came.came_at is not None
    assert before - timedelta(seconds=1) <= came.came_at <= after


@LANGUAGES
def test_old_and_gloved_hands_find_every_button_on_every_page(
    open_page: OpenPage, post: Post, shared: World, language: str
) -> None:
    """Every target of the volunteer's pages is 48 px high, and nothing is wider than the phone."""
    held = on(a_shift_in(post, 10), shared.veteran)
    a_shift_in(post, 24 * 60)
    signup.sign_up(shared.newcomer, a_shift_in(post, 30 * 60).pk)
    page = phone_of(open_page, shared, "veteran", language)
    assert _small_targets(page) == []
    own = [f"shifts/{held.pk}/", f"shifts/{held.pk}/swap/"]
    for path in (f"/me/{each}" for each in (*PAGES.split(), *own)):
        page.goto(path)
        assert _small_targets(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], path


def _small_targets(page: Page) -> list[str]:
    """What a finger can hardly hit, with its height."""
    found: list[str] = page.evaluate("""() => [
            ...document.querySelectorAll("a, button, summary, input, select, textarea")]
        .filter((part) => part.checkVisibility({visibilityProperty: true}))
        .filter((part) => !part.matches(".skip, [type=radio], [type=checkbox]"))
        .map((part) => [part.outerHTML.slice(0, 80), part.getBoundingClientRect()])
        .filter(([_, box]) => box.height > 0 && box.height < 47.5).map(([text, box]) => `${box.height} ${text}`)""")
    return found
