"""The only writer of the trail: who did what to which row, and who looked at which personal data and why.

Row history (every column before and after) is kept by database triggers (pghistory), so that raw SQL is in it too; the
trail says the verb. Both are written in the transaction of the change, or the change fails.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from redvest.core.models import Entry, Viewed

if TYPE_CHECKING:
    from redvest.people.models import Account

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
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("audit.record needs the transaction of the change it records.")
    Entry.objects.create(
        actor_id=actor.pk,
        verb=verb,
        model=row._meta.label_lower,
        row_id=str(row.pk),
        area_path=area_path,
        detail=dict(detail or {}),
        via=_via.get(),
    )


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
