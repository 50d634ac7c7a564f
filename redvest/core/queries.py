"""Every read of the mechanisms that a screen needs: inbox, roles, trail, revealed data, deliveries, jobs."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access
from redvest.core.messages import TEMPLATES
from redvest.core.models import Delivery, Entry, Grant, Job, Message, Viewed

if TYPE_CHECKING:
    from redvest.people.models import Account
    from redvest.places.models import Area

M = TypeVar("M", bound=models.Model)


def found(rows: "models.QuerySet[M]") -> M:
    """The one row, or a 404: others' rows do not exist."""
    row = rows.first()
    if row is None:
        raise Http404(_("There is nothing here that you may see."))
    return row


# --- the frame of every page, the inbox -------------------------------------------------------------------------------


def frame_figures(actor: "Account") -> tuple[int, bool]:
    """(unread messages, whether the account belongs to a person who serves); one query for the frame of every page."""
    unread = Message.objects.filter(account=models.OuterRef("pk"), read_at=None).exclude(template__in=_secret())
    counted = unread.order_by().values("account").annotate(number=Count("pk")).values("number")
    row = (
        get_user_model()
        .objects.filter(pk=actor.pk)
        .values_list(Coalesce(models.Subquery(counted), 0), F("person__pk"))
        .first()
    )
    return (row[0], row[1] is not None) if row else (0, False)


def inbox(actor: "Account") -> "models.QuerySet[Message]":
    """The account's own messages, the newest first; secrets (sign-in codes) are left out."""
    rows = access.scope(actor, "core.read_message", Message.objects.exclude(template__in=_secret()))
    return rows.order_by("-created_at", "-pk")


def message(actor: "Account", pk: int) -> Message:
    """One of the account's own messages."""
    return found(inbox(actor).filter(pk=pk))


def _secret() -> list[str]:
    return [key for key, template in TEMPLATES.items() if template.is_secret]


# --- roles ------------------------------------------------------------------------------------------------------------


def grants(actor: "Account", text: str = "") -> "models.QuerySet[Grant]":
    """The roles given in the actor's areas, by name; ``text`` looks in the names of accounts and areas."""
    rows = access.scope(actor, "core.grant", Grant.objects.select_related("account", "area", "granted_by"))
    if text:
        looked = Q(account__name__icontains=text) | Q(account__username__icontains=text) | Q(area__name__icontains=text)
        rows = rows.filter(looked)
    return rows.order_by("account__name", "account__username", "area__path", "role")


def own_grants(actor: "Account") -> "models.QuerySet[Grant]":
    """The account's own roles in force, the widest place first."""
    in_force = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return Grant.objects.filter(in_force, account=actor).select_related("area").order_by("area__path", "role")


def areas_to_grant(actor: "Account") -> "models.QuerySet[Area]":
    """The areas at which the actor may give roles, down to communities and villages, in the order of the tree."""
    levels = ("city", "district", "street", "community", "village")
    rows = _areas().objects.filter(level__in=levels)
    return access.scope(actor, "core.grant", rows).order_by("path")


def area_for(actor: "Account", action: str, pk: int) -> "Area":
    """The area, if the actor may do ``action`` there."""
    return access.fetch(actor, action, _areas().objects.all(), pk=pk)


def account_by_login(login: str) -> "Account | None":
    """The account with exactly this name or phone number (never a list: accounts belong to no area)."""
    login = login.strip()
    if not login:
        return None
    rows = get_user_model().objects.filter(Q(username=login) | Q(phone__in=[login, f"+86{login}"]), is_system=False)
    return rows.first()


def account_by_phone(phone: str) -> "Account | None":
    """The active account that holds this number (E.164)."""
    return get_user_model().objects.filter(phone=phone, is_active=True, is_system=False).first()


def last_failure(login: str | None, ip_address: str | None) -> datetime | None:
    """When this name was last refused from this address."""
    tries = AccessAttempt.objects.filter(username=login, ip_address=ip_address).order_by("-attempt_time")
    found: datetime | None = tries.values_list("attempt_time", flat=True).first()
    return found


def _areas() -> "type[Area]":
    return apps.get_model("places", "Area")


# --- trail, deliveries, jobs ------------------------------------------------------------------------------------------


def trail(
    actor: "Account",
    *,
    text: str = "",
    verbs: Collection[str] = (),
    since: datetime | None = None,
    model: str = "",
    row_id: str = "",
) -> "models.QuerySet[Entry]":
    """Who did what, the newest first. Entries without an area (of accounts) are for administrators of a root area."""
    rows = Entry.objects.filter(_in_areas(actor, "core.see_audit")).select_related("actor")
    if text:
        looked = Q(verb__icontains=text) | Q(actor__name__icontains=text) | Q(actor__username=text)
        rows = rows.filter(looked | Q(verb__in=list(verbs)))
    if since:
        rows = rows.filter(at__gte=since)
    if model:
        rows = rows.filter(model=model)
    if row_id:
        rows = rows.filter(row_id=row_id)
    return rows.order_by("-at", "-pk")


def reveals(actor: "Account", *, text: str = "") -> "models.QuerySet[Viewed]":
    """Who had which personal data shown to him, and why; the newest first."""
    rows = Viewed.objects.filter(_in_areas(actor, "core.see_audit")).select_related("actor")
    if text:
        rows = rows.filter(Q(purpose__icontains=text) | Q(actor__name__icontains=text))
    return rows.order_by("-at", "-pk")


def visible_deliveries(actor: "Account") -> "models.QuerySet[Delivery]":
    """The deliveries of messages about the actor's areas."""
    condition = _in_areas(actor, "core.see_deliveries", "message__area_path")
    return Delivery.objects.filter(condition).select_related("message__account")


def deliveries(actor: "Account", *, state: str = "", channel: str = "") -> "models.QuerySet[Delivery]":
    """The log of what was sent, the newest first."""
    rows = visible_deliveries(actor)
    if state:
        rows = rows.filter(state=state)
    if channel:
        rows = rows.filter(channel=channel)
    return rows.order_by("-pk")


def delivery_counts(actor: "Account") -> dict[str, int]:
    """How many deliveries are in each state, of the last seven days."""
    since = timezone.now() - timedelta(days=7)
    rows = visible_deliveries(actor).filter(message__created_at__gte=since).order_by()
    return dict(rows.values_list("state").annotate(Count("pk")))


def jobs(actor: "Account") -> "models.QuerySet[Job]":
    """Long work of the actor's areas and his own, the newest first."""
    rows = access.scope(actor, "core.see_jobs", Job.objects.select_related("account", "area"))
    return rows.order_by("-created_at", "-pk")


def job(actor: "Account", pk: int) -> Job:
    """One piece of long work."""
    return access.fetch(actor, "core.see_jobs", Job.objects.select_related("account", "area"), pk=pk)


def _in_areas(actor: "Account", action: str, field: str = "area_path") -> Q:
    """Rows whose text path lies in the actor's areas; also those without one, if he has the role at a root area."""
    mine = access.paths(actor, action)
    condition = access.any_path(field, mine)
    if any(path.count("/") <= 2 for path in mine):
        condition |= Q(**{field: ""})
    return condition
