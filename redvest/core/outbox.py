"""A write that may be sent twice happens once: the phone's offline outbox and impatient thumbs.

The sender makes a key (UUID) per intention. ``once`` runs the action for a new key and keeps what it answered; the same
key again gets the kept answer and nothing is done. The key belongs to the account: another account's key is refused.
"""

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from redvest.core.errors import Refused
from redvest.core.models import OutboxKey

if TYPE_CHECKING:
    from redvest.people.models import Account

HEADER = "X-Idempotency-Key"


def once(actor: "Account", key: str | None, action: str, run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run ``run`` for a key never seen, in one transaction with the key; else give back what it answered then.

    Two senders of one key at the same moment: the second waits for the first's row and gets its answer. Without a key
    the action simply runs. ``run`` answers plain JSON.
    """
    if not key:
        return run()
    try:
        parsed = uuid.UUID(key)
    except ValueError as error:
        raise Refused(_("This request carries a broken key. Reload the page and try again.")) from error
    with transaction.atomic():
        row, created = OutboxKey.objects.get_or_create(
            key=parsed, defaults={"account_id": actor.pk, "action": action, "answer": None}
        )
        if not created:
            if row.account_id != actor.pk or row.action != action:
                raise Refused(_("This request was already used for something else. Reload the page and try again."))
            return dict(row.answer or {})
        row.answer = run()
        row.save(update_fields=["answer"])
        return dict(row.answer)
