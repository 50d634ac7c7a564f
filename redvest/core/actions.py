"""Every write of the mechanisms that a person asks for: roles given and taken, messages read, jobs cancelled."""

from datetime import datetime
from typing import TYPE_CHECKING

from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, jobs, live, queries
from redvest.core.errors import Refused
from redvest.core.models import Delivery, Grant, Job, Message
from redvest.core.roles import Role

if TYPE_CHECKING:
    from redvest.people.models import Account


@transaction.atomic
def give_role(actor: "Account", login: str, role: str, area: int, *, expires_at: datetime | None = None) -> Grant:
    """Give the account with this name or phone number a role at an area and everything below it."""
    place = queries.area_for(actor, "core.grant", area)
    if role not in Role.values:
        raise Refused(_("Choose one of the roles."))
    account = queries.account_by_login(login)
    if account is None:
        raise Refused(_("No account has this name or phone number. Open one on the person's page first."))
    if expires_at is not None and expires_at <= timezone.now():
        raise Refused(_("This end has passed already. Choose a later one, or none."))
    grant, is_new = Grant.objects.select_for_update().get_or_create(
        account=account, area=place, role=role, defaults={"granted_by": actor, "expires_at": expires_at}
    )
    if not is_new:
        if grant.expires_at == expires_at:
            raise Refused(_("This account has this role here already."))
        grant.expires_at, grant.granted_by = expires_at, actor
        grant.save(update_fields=["expires_at", "granted_by"])
    access.forget(account)
    detail = {"account": account.pk, "role": role, "until": expires_at.isoformat() if expires_at else None}
    audit.record(actor, "core.role_given", grant, area_path=place.path, detail=detail)
    live.announce("roles", place.path)
    return grant


@transaction.atomic
def take_role(actor: "Account", pk: int) -> None:
    """Take a role away, at once."""
    rows = Grant.objects.select_for_update(of=("self",)).select_related("area", "account")
    grant = access.fetch(actor, "core.grant", rows, pk=pk)
    if grant.account_id == actor.pk and grant.role == Role.ADMINISTRATOR:
        raise Refused(_("You cannot take your own administrator role. Ask another administrator."))
    detail = {"account": grant.account_id, "role": grant.role}
    audit.record(actor, "core.role_taken", grant, area_path=grant.area.path, detail=detail)
    grant.delete()
    access.forget(grant.account)
    live.announce("roles", grant.area.path)


@transaction.atomic
def unlock_account(actor: "Account", login: str) -> int:
    """Let somebody who was locked out after wrong passwords try again at once; returns how many locks there were."""
    access.require(actor, "core.grant")
    number = int(forget_failures(username=login))
    if not number:
        raise Refused(_("Nobody of this name is locked out."))
    account = queries.account_by_login(login)
    audit.record(actor, "core.account_unlocked", account or actor, detail={"login": login})
    return number


@transaction.atomic
def read_message(actor: "Account", pk: int) -> Message:
    """Mark one's own message as read. Reading is no change of anybody's data, so the trail is silent."""
    message = access.fetch(actor, "core.read_message", Message.objects.select_for_update(of=("self",)), pk=pk)
    if message.read_at is None:
        message.read_at = timezone.now()
        message.save(update_fields=["read_at"])
    return message


@transaction.atomic
def read_all_messages(actor: "Account") -> int:
    """Mark all of one's own messages as read; returns how many were unread."""
    rows = access.scope(actor, "core.read_message", Message.objects.filter(read_at=None))
    return rows.update(read_at=timezone.now())


@transaction.atomic
def cancel_job(actor: "Account", pk: int) -> Job:
    """Cancel long work: at once while it waits, else as soon as it looks."""
    rows = Job.objects.select_for_update(of=("self",)).select_related("area")
    job = access.fetch(actor, "core.cancel_job", rows, pk=pk)
    jobs.ask_to_cancel(job)
    audit.record(actor, "core.job_cancelled", job, area_path=job.area.path if job.area else "")
    return job


@transaction.atomic
def send_again(actor: "Account", pk: int) -> Delivery:
    """Try a delivery that was given up once more, now."""
    rows = queries.visible_deliveries(actor).select_for_update(of=("self",))
    delivery = queries.found(rows.filter(pk=pk))
    if delivery.state != Delivery.State.GIVEN_UP:
        raise Refused(_("Only what was given up can be sent again. This one is still being tried, or was sent."))
    delivery.state, delivery.attempts, delivery.not_before = Delivery.State.FAILED, 0, timezone.now()
    delivery.save(update_fields=["state", "attempts", "not_before"])
    audit.record(actor, "core.delivery_sent_again", delivery, area_path=delivery.message.area_path)
    return delivery


@transaction.atomic
def set_language(actor: "Account", language: str) -> "Account":
    """The language in which somebody is told things; the screens follow a cookie as well."""
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("Choose one of the languages."))
    if actor.language != language:
        account = get_user_model().objects.select_for_update().get(pk=actor.pk)
        account.language = actor.language = language
        account.save(update_fields=["language"])
        audit.record(actor, "core.language_set", account, detail={"language": language})
    return actor
