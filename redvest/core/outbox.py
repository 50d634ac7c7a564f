"""A write that may be sent twice happens once: the phone's offline outbox and impatient thumbs.

The sender makes a key (UUID) per intention. ``once`` runs the action for a new key and keeps what it answered; the same
key again gets the kept answer and nothing is done. The key belongs to the account: another account's key is refused.
"""

import json
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core.errors import Refused
from redvest.core.models import OutboxKey

if TYPE_CHECKING:
    from redvest.people.models import Account

HEADER = "X-Idempotency-Key"
_CLAIM = """
    INSERT INTO core_outboxkey (key, account_id, action, answer, created_at) VALUES (%s, %s, %s, NULL, %s)
    ON CONFLICT (key) DO NOTHING
"""


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
    # Inside an action's transaction this is part of it: a refusal takes the key back with everything else.
    with transaction.atomic(savepoint=False):
        if not _claim(actor, parsed, action):
            row = OutboxKey.objects.get(key=parsed)
            if row.account_id != actor.pk or row.action != action:
                raise Refused(_("This request was already used for something else. Reload the page and try again."))
            return dict(row.answer or {})
        answer = run()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE core_outboxkey SET answer = %s WHERE key = %s", [json.dumps(answer), parsed])
        return answer


def _claim(actor: "Account", key: uuid.UUID, action: str) -> bool:
    """Write the key, waiting for another sender of it; False when it was there already."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [key, actor.pk, action, timezone.now()])
        return bool(cursor.rowcount == 1)
