"""The only permission code. It answers three questions: may I, which rows, and which people.

A model is scoped by inheriting ``Scoped`` and naming its lookups to the area (``area_lookups``) and, where a person has
rights on his own rows, to the account (``own_lookup``). A grant at an area covers its whole subtree.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.contrib.auth import get_user_model
from django.db import connection, models
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core.errors import Denied
from redvest.core.roles import SELF, roles_for

if TYPE_CHECKING:
    from redvest.people.models import Account
    from redvest.places.models import Area


class Scoped(models.Model):
    """A row that lies in an area. ``area_lookups`` end at an ``Area``; one that matches is enough."""

    area_lookups: ClassVar[tuple[str, ...]] = ("area",)
    own_lookup: ClassVar[str | None] = None

    class Meta:
        abstract = True


M = TypeVar("M", bound=Scoped)


# In raw words, because every request of everybody asks it.
_GRANTS = """
    SELECT held.role, area.path FROM core_grant held JOIN places_area area ON area.id = held.area_id
    WHERE held.account_id = %s AND (held.expires_at IS NULL OR held.expires_at > %s)
"""


def grants(actor: "Account") -> list[tuple[str, str]]:
    """(role, area path) of the actor's grants in force, read once per request (kept on the account instance)."""
    cached: list[tuple[str, str]] | None = actor.__dict__.get("_grant_paths")
    if cached is None:
        cached = []
        if actor.is_active:
            with connection.cursor() as cursor:
                cursor.execute(_GRANTS, [actor.pk, timezone.now()])
                cached = [(role, path) for role, path in cursor.fetchall()]
        actor.__dict__["_grant_paths"] = cached
    return cached


def forget(actor: "Account") -> None:
    """Drop the cached grants of this account instance, after they changed."""
    actor.__dict__.pop("_grant_paths", None)


def paths(actor: "Account", action: str) -> list[str]:
    """The area paths below which the actor may do ``action`` by role, the shortest only."""
    roles = roles_for(action)
    if actor.is_system:
        return ["/"]
    mine = sorted({path for role, path in grants(actor) if role in roles}, key=len)
    kept: list[str] = []
    for path in mine:
        if not any(path.startswith(above) for above in kept):
            kept.append(path)
    return kept


def can(actor: "Account", action: str, area: "Area | None" = None) -> bool:
    """May the actor do this in this area, or (no area given) anywhere at all?"""
    mine = paths(actor, action)
    if area is None:
        return bool(mine)
    return any(area.path.startswith(path) for path in mine)


def require(actor: "Account", action: str, area: "Area | None" = None) -> None:
    """Raise ``Denied`` unless the actor may do this here."""
    if not can(actor, action, area):
        raise Denied(_("You may not do this here. Ask an administrator for the role that allows it."), code=action)


def scope(actor: "Account", action: str, rows: models.QuerySet[M]) -> models.QuerySet[M]:
    """Those of ``rows`` on which the actor may do ``action``."""
    model = rows.model
    mine = paths(actor, action)
    if "/" in mine:
        return rows
    allowed = Q(pk__in=[])
    for lookup in model.area_lookups:
        prefix = f"{lookup}__path__startswith" if lookup else "path__startswith"
        for path in mine:
            allowed |= Q(**{prefix: path})
    if SELF in roles_for(action) and model.own_lookup is not None and actor.pk is not None:
        allowed |= Q(**{model.own_lookup: actor.pk})
    return rows.filter(allowed)


def fetch(actor: "Account", action: str, rows: models.QuerySet[M], **lookup: Any) -> M:
    """The one row, if the actor may do ``action`` on it. Anything else is a 404: others' rows do not exist."""
    row = scope(actor, action, rows).filter(**lookup).first()
    if row is None:
        raise Http404(_("There is nothing here that you may see."))
    return row


def holders(action: str, area: "Area") -> "models.QuerySet[Account]":
    """The accounts whose grants allow ``action`` at this area: whom to tell."""
    above = [*ancestors(area.path), area.path]
    now = timezone.now()
    in_force = Q(grants__expires_at=None) | Q(grants__expires_at__gt=now)
    return (
        get_user_model()
        .objects.filter(in_force, is_active=True, grants__role__in=roles_for(action), grants__area__path__in=above)
        .distinct()
    )


def ancestors(path: str) -> list[str]:
    """The paths above ``/1/2/7/``: ``['/1/', '/1/2/']``."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:depth]) + "/" for depth in range(1, len(parts))]


def any_path(field: str, prefixes: Iterable[str]) -> Q:
    """A condition: the text ``field`` starts with one of ``prefixes``."""
    condition = Q(pk__in=[])
    for prefix in prefixes:
        condition |= Q(**{f"{field}__startswith": prefix})
    return condition
