"""The only way to tell people something: ``tell`` (texts of the code) and ``tell_text`` (texts of a playbook).

Every message is a row in the person's inbox, written in the transaction of the change; deliveries carry it to him over
the channels of the installation, from the background worker (``core.delivery``). Nothing else calls a channel.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation

from redvest.core import channels, queue
from redvest.core.models import Delivery, Message, Urgency

if TYPE_CHECKING:
    from redvest.people.models import Account

__all__ = ["Urgency", "register", "tell", "tell_text"]

Context = Mapping[str, object] | Callable[["Account"], Mapping[str, object]]
Link = str | Callable[["Account"], str]
Texts = Mapping[str, tuple[str, str]]

# Deliveries handed to the worker together.
BATCH = 50
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A subject and a body as lazy gettext texts with {placeholders}."""

    subject: object
    body: object
    is_secret: bool


TEMPLATES: dict[str, Template] = {}


def register(key: str, subject: object, body: object, *, is_secret: bool = False) -> str:
    """Name a text that people are told. ``subject`` and ``body`` are ``gettext_lazy`` texts with ``{placeholders}``.

    ``{name}`` (of the account) and ``{link}`` (the whole address) are always known. A secret text (a sign-in code) is
    not shown in the inbox and is wiped soon after.
    """
    TEMPLATES[key] = Template(subject, body, is_secret)
    return key


def tell(
    accounts: Iterable["Account"],
    template: str,
    context: Context | None = None,
    *,
    link: Link = "",
    urgency: Urgency = Urgency.NORMAL,
    area_path: str = "",
    dedupe: str = "",
    only: Iterable[str] | None = None,
    to_group: bool = False,
) -> list[Message]:
    """Tell each account the registered text, in its language; returns the new messages, one an account.

    ``context`` fills the placeholders: a mapping for all, or a function of the account, called in its language.
    ``link`` is a path of this site, likewise. Quiet messages stay in the inbox; normal ones wait for the end of quiet
    hours; urgent ones pass them. An account is told the same ``dedupe`` key only once, ever. ``only`` limits the
    channels. ``to_group`` also posts it, once, to the staff groups (Feishu, WeCom): nothing personal may be in it.
    """
    found = TEMPLATES[template]
    texts: dict[str, tuple[str, str]] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts[language] = (str(found.subject), str(found.body))
    letter = _Letter(template, texts, context or {}, link, urgency, area_path, dedupe)
    return _tell(list(accounts), letter, only, to_group)


def tell_text(
    accounts: Iterable["Account"],
    texts: Texts,
    context: Context | None = None,
    *,
    template: str = "",
    link: Link = "",
    urgency: Urgency = Urgency.NORMAL,
    area_path: str = "",
    dedupe: str = "",
    only: Iterable[str] | None = None,
    to_group: bool = False,
) -> list[Message]:
    """The same with a playbook's texts: ``{"zh-hans": (subject, body), "en": (subject, body)}``."""
    letter = _Letter(template or "playbook", texts, context or {}, link, urgency, area_path, dedupe)
    return _tell(list(accounts), letter, only, to_group)


@dataclass(frozen=True, slots=True)
class _Letter:
    """What is to be said, before it is said to anybody."""

    template: str
    texts: Texts
    context: Context
    link: Link
    urgency: Urgency
    area_path: str
    dedupe: str

    def to(self, account: "Account") -> Message:
        language = account.language if account.language in self.texts else settings.LANGUAGE_CODE
        subject, body = self.texts[language]
        with translation.override(language):
            link = self.link(account) if callable(self.link) else self.link
            values = dict(self.context(account) if callable(self.context) else self.context)
            values = {"name": account.name, "link": absolute(link)} | values
            return Message(
                account=account,
                template=self.template,
                subject=_fill(subject, values)[:200],
                body=_fill(body, values),
                link=link,
                urgency=self.urgency,
                area_path=self.area_path,
                dedupe=self.dedupe,
            )


def absolute(link: str) -> str:
    """The whole address of a path of this site, for texts that leave it."""
    return f"{settings.PUBLIC_URL}{link}" if link.startswith("/") else link


def _fill(text: str, values: Mapping[str, object]) -> str:
    """Plain replacement: a value can never reach an attribute, nor be read as a placeholder itself."""
    return _PLACEHOLDER.sub(lambda found: str(values[found[1]]), text)


def _tell(accounts: list["Account"], letter: _Letter, only: Iterable[str] | None, to_group: bool) -> list[Message]:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("tell needs the transaction of the change it tells about.")
    unique = {account.pk: account for account in accounts if account.is_active and not account.is_system}
    messages = _write([letter.to(account) for account in unique.values()], letter.dedupe)
    if not messages or (letter.urgency == Urgency.QUIET and not to_group):
        return messages
    wanted = None if only is None else set(only)
    now = timezone.now()
    deliveries: list[Delivery] = []
    for channel in channels.in_use():
        if wanted is not None and channel.name not in wanted:
            continue
        if channel.is_group:
            if to_group:
                deliveries.append(Delivery(message=messages[0], channel=channel.name, address="", not_before=now))
        elif letter.urgency != Urgency.QUIET:
            deliveries += _personal(channel, messages, letter.urgency, now)
    Delivery.objects.bulk_create(deliveries, batch_size=2000)
    _hand_over(deliveries)
    return messages


def _personal(channel: channels.Channel, messages: list[Message], urgency: Urgency, now: datetime) -> list[Delivery]:
    """A delivery for everybody whom the channel reaches, held where quiet hours say so."""
    made = []
    for message in messages:
        address = channel.address(message.account)
        if not address:
            continue
        until = None if urgency == Urgency.URGENT else quiet_until(message.account, now)
        state = Delivery.State.HELD if until else Delivery.State.WAITING
        made.append(
            Delivery(message=message, channel=channel.name, address=address[:200], state=state, not_before=until or now)
        )
    return made


def _write(messages: list[Message], dedupe: str) -> list[Message]:
    """Insert the messages; with a key, only for those who were not told it yet, also when two tell at once."""
    if not dedupe:
        return Message.objects.bulk_create(messages, batch_size=2000)
    for message, key in zip(messages, _next_keys(len(messages)), strict=True):
        message.pk = key
    Message.objects.bulk_create(messages, batch_size=2000, ignore_conflicts=True)
    told = set(Message.objects.filter(pk__in=[message.pk for message in messages]).values_list("pk", flat=True))
    return [message for message in messages if message.pk in told]


def _next_keys(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('core_message', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [int(row[0]) for row in cursor.fetchall()]


def _hand_over(deliveries: list[Delivery]) -> None:
    """Queue the sending, in the same transaction; those held for one and the same hour together."""
    by_time: dict[datetime, list[int]] = {}
    for delivery in deliveries:
        by_time.setdefault(delivery.not_before, []).append(delivery.pk)
    now = timezone.now()
    for not_before, keys in by_time.items():
        batches = [{"keys": keys[start : start + BATCH]} for start in range(0, len(keys), BATCH)]
        queue.defer("core.send_batch", batches, queue=queue.SHORT, at=not_before if not_before > now else None)


# --- quiet hours ------------------------------------------------------------------------------------------------------


def quiet_until(account: "Account", now: datetime) -> datetime | None:
    """When the quiet hours end in which ``now`` lies: the account's own, else the installation's. None: not quiet."""
    hours = _default_quiet_hours(settings.QUIET_HOURS)
    if account.quiet_from is not None and account.quiet_until is not None:
        hours = (account.quiet_from, account.quiet_until)
    return end_of_quiet(now, hours) if hours else None


def end_of_quiet(now: datetime, hours: tuple[time, time]) -> datetime | None:
    """The end of the quiet hours around ``now`` in local time; they may cross midnight. Equal ends: never quiet."""
    begins, ends = hours
    local = timezone.localtime(now)
    is_quiet = begins <= local.time() < ends if begins <= ends else local.time() >= begins or local.time() < ends
    if not is_quiet:
        return None
    day = local.date() if local.time() < ends else local.date() + timedelta(days=1)
    return datetime.combine(day, ends, tzinfo=timezone.get_current_timezone())


@cache
def _default_quiet_hours(text: str) -> tuple[time, time] | None:
    """``22:00-06:00``, or nothing for none. ``core.checks`` says so when it cannot be read."""
    if not text:
        return None
    begins, _dash, ends = text.partition("-")
    return time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip())
