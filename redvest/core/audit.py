"""The only writer of the trail: who did what to which row, and who looked at which personal data and why.

Row history (every column before and after) is kept by database triggers (pghistory), so that raw SQL is in it too; the
trail says the verb. Both are written in the transaction of the change, or the change fails.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.utils import timezone

from redvest.core.models import Viewed

if TYPE_CHECKING:
    from redvest.people.models import Account

# In raw words, because every change of everything writes one.
_ENTRY = """
    INSERT INTO core_entry (at, actor_id, verb, model, row_id, area_path, detail, via)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_via: ContextVar[str] = ContextVar("via", default="command")


@contextmanager
def via(way: str) -> Iterator[None]:
    """Mark everything recorded inside as having come this way: web, offline, link, job or command."""
    token = _via.set(way)
    try:
        yield
    finally:
        _via.reset(token)


def record(
    actor: "Account",
    verb: str,
    row: models.Model,
    *,
    area_path: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write that ``actor`` did ``verb`` (namespaced: ``duty.roster_published``) to ``row``.

    Raises ``TransactionManagementError`` outside a transaction: a change without its entry must not be possible.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("audit.record needs the transaction of the change it records.")
    said = json.dumps(dict(detail or {}))
    model, key = row._meta.label_lower, str(row.pk)
    values: list[Any] = [timezone.now(), actor.pk, verb, model, key, area_path, said, _via.get()]
    with connection.cursor() as cursor:
        cursor.execute(_ENTRY, values)


def viewed(actor: "Account", row: models.Model, fields: Iterable[str], purpose: str, *, area_path: str = "") -> None:
    """Write that ``actor`` had personal ``fields`` of ``row`` shown to him, and the purpose he gave."""
    Viewed.objects.create(
        actor_id=actor.pk,
        model=row._meta.label_lower,
        row_id=str(row.pk),
        fields=sorted(fields),
        purpose=purpose,
        area_path=area_path,
    )
