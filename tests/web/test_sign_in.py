"""Signing in: by password, by a code sent to the phone, with a second factor; lock-out and idle sign-out."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import is_mfa_enabled
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from redvest.config import demo_logins
from redvest.core.models import Delivery, Message
from tests.world import PASSWORD, World

LOGIN = "/accounts/login/"
CODE = "/accounts/login/code/"
CONFIRM = "/accounts/login/code/confirm/"


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    cache.clear()


def sign_in(client: Client, login: str, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": login, "password": password})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def code_sent_to(account: Any) -> str:
    """The code in the newest message to this account."""
    newest = Message.objects.filter(account=account, template="core.sign_in_code").latest("pk")
    found = re.search(r"\d{6}", newest.body)
    assert found
    return found[0]


# --- password ---------------------------------------------------------------------------------------------------------


def test_somebody_signs_in_with_his_name_and_arrives_where_he_works(world: World) -> None:
    desk, phone = world.client(), world.client()
    assert sign_in(desk, "office").url == "/"
    assert desk.get("/")["Location"] == "/coordinator/"
    sign_in(phone, "veteran")
    assert phone.get("/")["Location"] == "/me/"


def test_a_phone_number_may_be_typed_in_any_way(world: World) -> None:
    for written in ("+8613800000008", "13800000008", "138 0000 0008"):
        client = world.client()
        sign_in(client, written)
        assert is_signed_in(client), written


def test_a_wrong_password_is_refused(world: World) -> None:
    client = world.client()
    answer = sign_in(client, "office", "wrong")
    assert answer.status_code == 200
    assert not is_signed_in(client)


def test_a_closed_account_cannot_sign_in(world: World) -> None:
    world.veteran.is_active = False
    world.veteran.save()
    client = world.client()
    sign_in(client, "veteran")
    assert not is_signed_in(client)


def test_the_session_gets_a_new_key_at_sign_in(world: World) -> None:
    client = world.client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    sign_in(client, "veteran")
    assert client.session.session_key != before


def test_nobody_signs_himself_up(world: World) -> None:
    client = world.client()
    for address in ("/accounts/signup/", "/accounts/email/", "/accounts/password/set/", "/accounts/confirm-email/x/"):
        assert client.get(address).status_code == 404, address
        assert client.post(address, {"username": "mallory", "password1": PASSWORD}).status_code == 404, address


# --- lock-out ---------------------------------------------------------------------------------------------------------


def test_after_repeated_failures_the_account_is_locked_and_the_screen_says_until_when(
    world: World, settings: Any, clock: time_machine.Traveller
) -> None:
    client = world.client()
    for _time in range(settings.AXES_FAILURE_LIMIT - 1):
        assert sign_in(client, "office", "wrong").status_code == 200
    locked = sign_in(client, "office", "wrong")
    assert locked.status_code == 429
    assert "Try again at 09:15, in 15 minutes" in locked.content.decode()
    # Even the right password does not help now ...
    assert sign_in(client, "office").status_code == 429
    assert not is_signed_in(client)
    # ... but others are not concerned, and later it does.
    other = world.client()
    sign_in(other, "worker")
    assert is_signed_in(other)
    clock.shift(settings.AXES_COOLOFF_TIME + timedelta(seconds=1))
    sign_in(client, "office")
    assert is_signed_in(client)


def test_an_administrator_unlocks_somebody(world: World, settings: Any) -> None:
    client = world.client()
    for _time in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, "office", "wrong")
    settings.REQUIRE_TOTP = False
    assert world.client("administrator").post("/coordinator/roles/unlock/", {"login": "office"}).status_code == 302
    sign_in(client, "office")
    assert is_signed_in(client)


# --- a code by phone --------------------------------------------------------------------------------------------------


def ask_for_code(client: Client, phone: str) -> Any:
    return client.post(CODE, {"phone": phone})


def test_a_volunteer_signs_in_with_a_code_sent_to_his_phone(world: World) -> None:
    client = world.client()
    assert ask_for_code(client, "138 0000 0008").url == CONFIRM
    row = Delivery.objects.get(message__account=world.veteran)
    assert row.address == "+8613800000008"
    client.post(CONFIRM, {"code": code_sent_to(world.veteran)})
    assert is_signed_in(client)


def test_an_unknown_number_gets_the_same_answer_and_no_code(world: World) -> None:
    known, unknown = world.client(), world.client()
    answers = [ask_for_code(known, "13800000008"), ask_for_code(unknown, "13812345678")]
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].url == answers[1].url
    pages = [client.get(CONFIRM).content.decode() for client in (known, unknown)]
    hidden = re.compile(r'138\d{8}|\+86138\d{8}|csrf[^>]*value="[^"]*"|content="[^"]*"|nonce="[^"]*"')
    assert hidden.sub("", pages[0]) == hidden.sub("", pages[1])
    assert Message.objects.count() == 1
    wrong = [client.post(CONFIRM, {"code": "000000"}).status_code for client in (known, unknown)]
    assert wrong[0] == wrong[1]


def test_a_code_is_good_for_five_minutes(world: World, clock: time_machine.Traveller) -> None:
    client = world.client()
    ask_for_code(client, "13800000008")
    clock.shift(timedelta(minutes=5, seconds=1))
    client.post(CONFIRM, {"code": code_sent_to(world.veteran)})
    assert not is_signed_in(client)


def test_a_code_is_good_for_five_tries(world: World) -> None:
    client = world.client()
    ask_for_code(client, "13800000008")
    code = code_sent_to(world.veteran)
    wrong = "000000" if code != "000000" else "111111"
    for _time in range(5):
        client.post(CONFIRM, {"code": wrong})
    client.post(CONFIRM, {"code": code})
    assert not is_signed_in(client)


def test_a_number_cannot_be_flooded_with_codes(world: World) -> None:
    for _time in range(6):
        ask_for_code(world.client(), "13800000008")
    assert Message.objects.filter(account=world.veteran).count() == 3


def test_a_code_is_not_in_the_inbox_and_is_wiped(world: World, clock: time_machine.Traveller) -> None:
    from redvest.core import delivery

    ask_for_code(world.client(), "13800000008")
    page = world.client("veteran").get("/me/inbox/")
    assert page.context["unread"] == 0
    assert not page.context["page"].object_list
    clock.shift(timedelta(minutes=11))
    delivery.send_due.func(timestamp=0)
    assert Message.objects.get(account=world.veteran).body == ""


def test_what_is_no_phone_number_says_so(world: World) -> None:
    answer = ask_for_code(world.client(), "12")
    assert answer.status_code == 200
    assert "This is no phone number" in answer.content.decode()


# --- second factor ----------------------------------------------------------------------------------------------------


def totp_code(secret: str) -> str:
    return f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time()))):06d}"


@pytest.fixture
def strict(settings: Any) -> None:
    settings.REQUIRE_TOTP = True


@pytest.mark.usefixtures("strict")
def test_a_coordinator_without_a_second_factor_is_sent_to_set_one_up(world: World) -> None:
    client = world.client()
    sign_in(client, "office")
    assert client.get("/coordinator/")["Location"] == reverse("mfa_activate_totp")
    assert client.get("/account/").status_code == 200
    # A community worker's role does not need one.
    worker = world.client()
    sign_in(worker, "worker")
    assert worker.get("/coordinator/").status_code == 200


@pytest.mark.usefixtures("strict")
def test_a_second_factor_is_set_up_on_the_spot_and_opens_the_desk(world: World) -> None:
    client = world.client()
    sign_in(client, "office")
    page = client.get("/coordinator/", follow=True)
    assert "img" in page.content.decode()  # the code to scan
    secret = page.context["form"].secret
    done = client.post(reverse("mfa_activate_totp"), {"code": totp_code(secret)})
    assert done["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(done["Location"]).status_code == 200
    assert client.get("/coordinator/").status_code == 200
    assert is_mfa_enabled(world.office)


@pytest.mark.usefixtures("strict")
def test_a_coordinator_with_a_second_factor_is_asked_for_it(world: World) -> None:
    secret = generate_totp_secret()
    TOTP.activate(world.office, secret)
    client = world.client()
    assert sign_in(client, "office").url.startswith(reverse("mfa_authenticate"))
    assert not is_signed_in(client)
    assert client.get("/coordinator/")["Location"].startswith(LOGIN)
    client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})
    assert is_signed_in(client)
    assert client.get("/coordinator/").status_code == 200


@pytest.mark.usefixtures("strict")
def test_a_code_by_phone_does_not_replace_the_second_factor(world: World) -> None:
    TOTP.activate(world.office, generate_totp_secret())
    client = world.client()
    ask_for_code(client, "13800000003")
    client.post(CONFIRM, {"code": code_sent_to(world.office)})
    assert not is_signed_in(client)


@pytest.mark.usefixtures("strict")
def test_a_recovery_code_works_once(world: World) -> None:
    TOTP.activate(world.office, generate_totp_secret())
    code = RecoveryCodes.activate(world.office).get_unused_codes()[0]
    for expected in (True, False):
        client = world.client()
        sign_in(client, "office")
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert is_signed_in(client) == expected


@pytest.mark.usefixtures("strict")
def test_who_must_have_it_cannot_switch_it_off(world: World) -> None:
    secret = generate_totp_secret()
    TOTP.activate(world.office, secret)
    client = world.client()
    sign_in(client, "office")
    client.post(reverse("mfa_authenticate"), {"code": totp_code(secret)})
    client.post(reverse("mfa_deactivate_totp"))
    assert is_mfa_enabled(world.office)


# --- idle -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def relaxed(settings: Any) -> None:
    settings.REQUIRE_TOTP = False


@pytest.mark.usefixtures("relaxed")
def test_who_has_a_role_is_signed_out_after_idleness(
    world: World, settings: Any, clock: time_machine.Traveller
) -> None:
    client = world.client("office")
    assert client.get("/coordinator/").status_code == 200
    clock.shift(timedelta(minutes=settings.IDLE_MINUTES - 1))
    assert client.get("/coordinator/").status_code == 200
    clock.shift(timedelta(minutes=settings.IDLE_MINUTES, seconds=1))
    assert client.get("/coordinator/")["Location"] == f"{LOGIN}?next=/coordinator/"
    assert not is_signed_in(client)


@pytest.mark.usefixtures("relaxed")
def test_a_screen_that_only_keeps_itself_fresh_does_not_keep_anybody_signed_in(
    world: World, settings: Any, clock: time_machine.Traveller
) -> None:
    client = world.client("office")
    client.get("/coordinator/")
    poll = {"HX-Request": "true", "If-None-Match": '"0"'}
    for _minute in range(settings.IDLE_MINUTES):
        clock.shift(timedelta(minutes=1))
        client.get("/coordinator/", headers=poll)
    clock.shift(timedelta(minutes=1))
    answer = client.get("/coordinator/", headers=poll)
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == LOGIN


def test_a_volunteer_stays_signed_in_on_his_own_phone(world: World, clock: time_machine.Traveller) -> None:
    client = world.client("veteran")
    client.get("/me/inbox/")
    clock.shift(timedelta(days=2))
    assert client.get("/me/inbox/").status_code == 200


# --- what browsers are told -------------------------------------------------------------------------------------------


def test_the_content_security_policy_is_strict(world: World) -> None:
    for client, address in ((world.client(), LOGIN), (world.client("veteran"), "/me/inbox/")):
        policy = client.get(address)["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "*" not in policy


def test_pages_carry_no_inline_script_or_style(world: World) -> None:
    for client, address in ((world.client(), LOGIN), (world.client("veteran"), "/me/inbox/")):
        text = client.get(address).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        assert not re.search(r"\s(style|on[a-z]+)=", text)


def test_cookies_are_secure_behind_https(world: World, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    client = world.client()
    sign_in(client, "veteran")
    cookie = client.cookies["sessionid"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


# --- language, health -------------------------------------------------------------------------------------------------


def test_the_language_is_kept_for_screens_and_messages(world: World) -> None:
    client = world.client("veteran", language="zh-hans")
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/account/"})
    assert answer["Location"] == "/account/"
    assert client.cookies["language"].value == "en"
    world.veteran.refresh_from_db()
    assert world.veteran.language == "en"


def test_the_language_switch_leads_nowhere_else(world: World) -> None:
    answer = world.client().post("/i18n/setlang/", {"language": "en", "next": "https://evil.invalid/"})
    assert answer["Location"] == "/"


def test_without_a_choice_one_gets_the_language_of_ones_account(world: World) -> None:
    world.veteran.language = "en"
    world.veteran.save()
    client = world.client("veteran")
    del client.cookies["language"]
    assert '<html lang="en"' in client.get("/me/inbox/").content.decode()


def test_the_site_says_that_it_is_well(world: World) -> None:
    answer = world.client().get("/health/")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_in_a_demo_each_account_is_one_tap_away_and_elsewhere_none(world: World, settings: Any, language: str) -> None:
    browser = world.client(language=language)
    assert "demo-logins" not in browser.get(LOGIN).text
    settings.DEMO_LOGINS, settings.DEMO_PASSWORD = demo_logins.LOGINS, demo_logins.PASSWORD
    page = browser.get(LOGIN).text
    for login in demo_logins.LOGINS:
        assert f'name="login" value="{login.username}"' in page
        assert login.role[0 if language == "zh-hans" else 1] in page
