"""Brings messages to people, from the background worker: each delivery is tried, retried with pauses, then given up.

A delivery is claimed before it is sent, by moving its next time away: two workers never send the same one, and one that
a killed worker had claimed is tried again when the claim runs out. A gateway may therefore get a letter twice, with the
same key; it is never lost.
"""

import logging
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from procrastinate.contrib.django import app

from redvest.core import channels, queue
from redvest.core.channels import Letter, Undelivered
from redvest.core.messages import TEMPLATES, absolute
from redvest.core.models import Delivery, Message

logger = logging.getLogger(__name__)

# The pause after the first, second, ... failure; after the last one the delivery is given up.
PAUSES = [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=8), timedelta(minutes=30), timedelta(hours=2)]
MAX_ATTEMPTS = len(PAUSES) + 1
CLAIM = timedelta(minutes=3)
OPEN = (Delivery.State.WAITING, Delivery.State.HELD, Delivery.State.FAILED)
# A batch stops using a channel that failed so often in a row: its gateway is down, not its letters wrong.
_DOWN_AFTER = 3
_SECRETS_KEPT = timedelta(minutes=10)


@app.task(name="core.send_batch", queue=queue.SHORT)
def send_batch(keys: list[int]) -> None:
    """Send these deliveries, as far as they are due and nobody else has them."""
    send_all(keys)


@app.periodic(cron="* * * * *")
@app.task(name="core.send_due", queue=queue.SHORT, queueing_lock="core.send_due", lock="core.send_due")
def send_due(timestamp: int) -> None:
    """Once a minute: what is to be retried, what a killed worker left behind; and wipe old secrets."""
    send_due_now()
    secret = [key for key, template in TEMPLATES.items() if template.is_secret]
    old = Message.objects.filter(template__in=secret, created_at__lt=timezone.now() - _SECRETS_KEPT).exclude(body="")
    old.update(body="")


def send_due_now() -> int:
    """Send everything that is due; returns how many were sent."""
    due = Delivery.objects.filter(state__in=OPEN, not_before__lte=timezone.now()).order_by("not_before")
    return send_all(list(due.values_list("pk", flat=True)[:2000]))


def send_all(keys: list[int]) -> int:
    """Send deliveries one after the other; returns how many were sent."""
    sent = 0
    failures: dict[str, int] = {}
    down: list[str] = []
    for key in keys:
        delivery = _claim(key, down)
        if delivery is None:
            continue
        state = _send(delivery)
        sent += state == Delivery.State.SENT
        failures[delivery.channel] = 0 if state != Delivery.State.FAILED else failures.get(delivery.channel, 0) + 1
        down = [name for name, number in failures.items() if number >= _DOWN_AFTER]
    return sent


def _claim(key: int, down: list[str]) -> Delivery | None:
    now = timezone.now()
    rows = Delivery.objects.filter(pk=key, state__in=OPEN, not_before__lte=now).exclude(channel__in=down)
    if not rows.update(attempts=F("attempts") + 1, not_before=now + CLAIM):
        return None
    return Delivery.objects.select_related("message").get(pk=key)


def _send(delivery: Delivery) -> str:
    """Send a claimed delivery and write down what became of it."""
    message = delivery.message
    letter = Letter(
        delivery.address, message.subject, message.body, absolute(message.link), f"{message.pk}.{delivery.channel}"
    )
    try:
        reference = channels.named(delivery.channel).send(letter)
    except Undelivered as error:
        _failed(delivery, str(error), temporary=error.temporary)
    except Exception as error:  # a mistake of ours must not lose the message
        logger.exception("Delivery %s by %s failed", delivery.pk, delivery.channel)
        _failed(delivery, f"{type(error).__name__}: {error}", temporary=True)
    else:
        delivery.state, delivery.sent_at = Delivery.State.SENT, timezone.now()
        delivery.reference, delivery.error = reference[:120], ""
    delivery.save(update_fields=["state", "sent_at", "reference", "error", "not_before"])
    return delivery.state


def _failed(delivery: Delivery, error: str, *, temporary: bool) -> None:
    delivery.error = error[:300]
    if temporary and delivery.attempts < MAX_ATTEMPTS:
        delivery.state = Delivery.State.FAILED
        delivery.not_before = _next_try(delivery.attempts)
    else:
        delivery.state = Delivery.State.GIVEN_UP
        logger.warning("Delivery %s by %s given up: %s", delivery.pk, delivery.channel, delivery.error)


def _next_try(attempts: int) -> datetime:
    return timezone.now() + PAUSES[attempts - 1]
