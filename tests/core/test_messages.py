"""Telling people: inbox, channels, languages, quiet hours, retries, and what happens when a gateway is down."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy as _

from redvest.core import channels, delivery, messages
from redvest.core.channels import feishu
from redvest.core.models import Delivery, Message, Urgency
from redvest.people.models import Account
from tests.gateway import Gateway, MailServer, running
from tests.world import World

PLAIN = messages.register("test.plain", _("Shift"), _("Role"))
TEXTS = {"zh-hans": ("【排班】{post}", "{name}，请看：{link}"), "en": ("Shift: {post}", "{name}, see {link}")}
NIGHT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # 23:30 in Chongqing


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    server = Gateway()
    settings.CHANNELS, settings.SMS_URL, settings.SMS_SECRET = ["sms"], server.url, "s3cret"
    with running(server):
        yield server


def tell(*accounts: Account, **options: Any) -> list[Message]:
    return messages.tell_text(accounts, TEXTS, {"post": "东门"}, link="/me/shifts/7/", **options)


def test_everybody_is_told_in_his_language(world: World, settings: Any) -> None:
    settings.PUBLIC_URL = "https://redvest.invalid"
    world.newcomer.language = "en"
    told = tell(world.veteran, world.newcomer)
    assert [message.subject for message in told] == ["【排班】东门", "Shift: 东门"]
    assert told[1].body == "林新来, see https://redvest.invalid/me/shifts/7/"
    assert told[0].link == "/me/shifts/7/"


def test_a_message_is_in_the_inbox_and_on_its_way(world: World) -> None:
    (message,) = tell(world.veteran)
    assert Message.objects.get(account=world.veteran, read_at=None) == message
    row = message.deliveries.get()
    assert (row.channel, row.address, row.state) == ("console", world.veteran.phone, Delivery.State.WAITING)
    assert delivery.send_due_now() == 1
    row.refresh_from_db()
    assert row.state == Delivery.State.SENT
    assert delivery.send_due_now() == 0


def test_a_message_needs_the_transaction_of_its_change(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(transaction.TransactionManagementError):
        tell(world.veteran)


def test_nobody_is_told_twice_nor_when_his_account_is_closed(world: World) -> None:
    world.neighbour.is_active = False
    assert len(tell(world.veteran, world.veteran, world.neighbour, Account.objects.system())) == 1


def test_the_same_key_is_told_only_once(world: World) -> None:
    assert len(tell(world.veteran, dedupe="late:7")) == 1
    assert [message.account for message in tell(world.veteran, world.newcomer, dedupe="late:7")] == [world.newcomer]
    assert Message.objects.filter(dedupe="late:7").count() == Delivery.objects.count() == 2


def test_a_thousand_people_cost_as_many_queries_as_one(world: World) -> None:
    crowd = Account.objects.bulk_create(
        Account(username=f"c{number}", name="众", phone=f"+86139{number:08d}") for number in range(1000)
    )
    with CaptureQueriesContext(connection) as one:
        tell(world.veteran)
    with CaptureQueriesContext(connection) as many:
        tell(*crowd)
    assert len(many) == len(one) == 3
    assert Delivery.objects.count() == 1001


def test_a_placeholder_nobody_fills_is_a_mistake_of_the_program(world: World) -> None:
    with pytest.raises(KeyError):
        messages.tell_text([world.veteran], TEXTS, {})


def test_a_value_is_never_read_as_a_placeholder(world: World) -> None:
    (message,) = messages.tell_text([world.veteran], TEXTS, {"post": "{name}{link.__class__}"})
    assert message.subject == "【排班】{name}{link.__class__}"


# --- quiet hours ------------------------------------------------------------------------------------------------------


def test_at_night_a_message_waits_for_the_morning(world: World, clock: time_machine.Traveller) -> None:
    clock.move_to(NIGHT)
    (message,) = tell(world.veteran)
    row = message.deliveries.get()
    assert row.state == Delivery.State.HELD
    assert row.not_before == datetime(2026, 3, 2, 22, 0, tzinfo=UTC)  # 06:00 next morning
    assert delivery.send_due_now() == 0
    clock.move_to(row.not_before)
    assert delivery.send_due_now() == 1


def test_an_urgent_message_passes_quiet_hours(world: World, clock: time_machine.Traveller) -> None:
    clock.move_to(NIGHT)
    (message,) = tell(world.veteran, urgency=Urgency.URGENT)
    assert message.deliveries.get().state == Delivery.State.WAITING
    assert delivery.send_due_now() == 1


def test_a_quiet_message_stays_in_the_inbox(world: World) -> None:
    (message,) = tell(world.veteran, urgency=Urgency.QUIET)
    assert not message.deliveries.exists()


def test_ones_own_quiet_hours_count_before_the_house_rule(world: World, clock: time_machine.Traveller) -> None:
    world.veteran.quiet_from, world.veteran.quiet_until = time(8), time(16)  # a night worker sleeps by day
    assert tell(world.veteran)[0].deliveries.get().state == Delivery.State.HELD
    clock.move_to(NIGHT)
    assert tell(world.veteran)[0].deliveries.get().state == Delivery.State.WAITING


@pytest.mark.parametrize(
    ("hour", "begins", "ends", "quiet"),
    [
        (21, time(22), time(6), False),
        (22, time(22), time(6), True),
        (5, time(22), time(6), True),
        (6, time(22), time(6), False),
        (13, time(12), time(14), True),
        (14, time(12), time(14), False),
        (3, time(0), time(0), False),
    ],
)
def test_quiet_hours_may_cross_midnight(hour: int, begins: time, ends: time, quiet: bool) -> None:
    now = datetime(2026, 3, 2, hour, tzinfo=UTC) - timedelta(hours=8)
    end = messages.end_of_quiet(now, (begins, ends))
    assert (end is not None) == quiet
    if end is not None:
        assert now < end <= now + timedelta(hours=8)


# --- gateways ---------------------------------------------------------------------------------------------------------


def test_a_text_message_is_signed(world: World, gateway: Gateway) -> None:
    tell(world.veteran)
    assert delivery.send_due_now() == 1
    _path, headers, body = gateway.requests[0]
    expected = hmac.new(b"s3cret", headers["x-redvest-timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["x-redvest-signature"] == expected
    assert gateway.payloads[0]["to"] == world.veteran.phone
    assert "/me/shifts/7/" in gateway.payloads[0]["text"]
    assert Delivery.objects.get().reference == "r-1"


def test_a_gateway_that_is_down_is_tried_again_with_pauses_and_then_given_up(
    world: World, gateway: Gateway, clock: time_machine.Traveller
) -> None:
    gateway.status = 503
    tell(world.veteran, urgency=Urgency.URGENT)
    waits = []
    row = Delivery.objects.get()
    for _attempt in range(10):
        assert delivery.send_due_now() == 0
        row.refresh_from_db()
        if row.state == Delivery.State.GIVEN_UP:
            break
        waits.append(row.not_before - datetime.now(UTC))
        assert delivery.send_due_now() == 0  # not before its time
        clock.move_to(row.not_before)
    assert waits == delivery.PAUSES
    assert row.state == Delivery.State.GIVEN_UP
    assert row.attempts == len(gateway.requests) == delivery.MAX_ATTEMPTS
    assert row.error.startswith("HTTP 503")
    keys = {payload["key"] for payload in gateway.payloads}
    assert len(keys) == 1  # so that the gateway can drop repeats


def test_a_gateway_that_recovers_gets_the_letter(world: World, gateway: Gateway, clock: time_machine.Traveller) -> None:
    gateway.status = 429
    tell(world.veteran)
    delivery.send_due_now()
    gateway.status = 200
    clock.shift(timedelta(minutes=1))
    assert delivery.send_due_now() == 1
    assert Delivery.objects.get().error == ""


def test_a_number_that_does_not_exist_is_not_tried_again(world: World, gateway: Gateway) -> None:
    gateway.status, gateway.answer = 400, {"error": "no such number"}
    tell(world.veteran)
    delivery.send_due_now()
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == (Delivery.State.GIVEN_UP, 1)
    assert "no such number" in row.error


def test_a_dead_gateway_does_not_cost_everybody_an_attempt(world: World, gateway: Gateway) -> None:
    gateway.status = 503
    tell(*world.accounts.values())
    delivery.send_due_now()
    assert len(gateway.requests) == 3
    assert Delivery.objects.filter(attempts=0, state=Delivery.State.WAITING).count() == 7


def test_a_delivery_claimed_by_a_killed_worker_is_sent_later(
    world: World, gateway: Gateway, clock: time_machine.Traveller
) -> None:
    (message,) = tell(world.veteran)
    assert delivery._claim(message.deliveries.get().pk, []) is not None
    assert delivery.send_due_now() == 0  # it may still be on its way
    clock.shift(delivery.CLAIM + timedelta(seconds=1))
    assert delivery.send_due_now() == 1


def test_people_without_a_phone_get_no_text_message(world: World, gateway: Gateway) -> None:
    world.veteran.phone = None
    (message,) = tell(world.veteran)
    assert not message.deliveries.exists()


def test_the_staff_group_is_told_once_and_only_when_asked(world: World, gateway: Gateway, settings: Any) -> None:
    settings.CHANNELS, settings.FEISHU_URL, settings.FEISHU_SECRET = ["feishu"], gateway.url, "key"
    tell(world.bureau, world.office)
    assert not Delivery.objects.exists()
    tell(world.bureau, world.office, to_group=True)
    assert delivery.send_due_now() == 1
    (payload,) = gateway.payloads
    assert payload["sign"] == feishu.signature("key", payload["timestamp"])
    assert "东门" in payload["content"]["text"]


def test_feishus_signature_is_the_one_of_its_documentation() -> None:
    # Computed with openssl: printf '' | openssl dgst -sha256 -hmac $'1599360473\ndemo' -binary | base64
    assert feishu.signature("demo", "1599360473") == "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="


@pytest.mark.parametrize(("code", "state"), [(11232, Delivery.State.FAILED), (19021, Delivery.State.GIVEN_UP)])
def test_feishu_says_no_with_a_code(world: World, gateway: Gateway, settings: Any, code: int, state: str) -> None:
    settings.CHANNELS, settings.FEISHU_URL, settings.FEISHU_SECRET = ["feishu"], gateway.url, "key"
    gateway.answer = {"code": code, "msg": "no"}
    tell(world.bureau, to_group=True)
    delivery.send_due_now()
    assert Delivery.objects.get().state == state


def test_wecom_gets_a_text_of_at_most_2048_bytes(world: World, gateway: Gateway, settings: Any) -> None:
    settings.CHANNELS, settings.WECOM_URL = ["wecom"], gateway.url
    long = {"zh-hans": ("题", "长" * 3000), "en": ("t", "x")}
    messages.tell_text([world.bureau], long, to_group=True)
    assert delivery.send_due_now() == 1
    assert len(gateway.payloads[0]["text"]["content"].encode()) <= 2048


def test_mail_is_sent_and_a_wrong_address_given_up(world: World, settings: Any) -> None:
    server = MailServer()
    settings.CHANNELS, settings.EMAIL_URL = ["email"], server.url
    with running(server):
        tell(world.veteran)
        assert delivery.send_due_now() == 1
        server.refusal = "550 no such mailbox"
        tell(world.newcomer)
        assert delivery.send_due_now() == 0
    assert f"To: {world.veteran.email}" in server.letters[0]
    refused = Delivery.objects.get(message__account=world.newcomer)
    assert (refused.state, refused.error) == (Delivery.State.GIVEN_UP, "SMTP 550 no such mailbox")


def test_a_channel_without_its_settings_is_named(settings: Any) -> None:
    settings.CHANNELS, settings.SMS_URL, settings.SMS_SECRET = ["sms", "pigeon"], "http://127.0.0.1/", ""
    assert channels.troubles() == [
        "CHANNELS names 'pigeon'; it may name: console, email, sms, feishu, wecom.",
        "CHANNELS names sms, but SMS_SECRET is not set.",
    ]
