"""What a person changes about himself. Each action finds his own row by his account; nobody else's can be reached."""

from collections.abc import Collection
from datetime import time
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live
from redvest.core.errors import Refused
from redvest.people import queries
from redvest.people.actions.people import delete_availability, replace_declared_skills, save_availability
from redvest.people.models import Account, Availability, Consent, Person, new_token

MINE = ("phone", "home_address", "languages", "experience", "max_distance_km", "emergency_contact", "political_status")


@transaction.atomic
def edit_my_details(actor: Account, **fields: Any) -> Person:
    """Name, organisation, kind and state are for the coordinator; the rest is one's own."""
    unknown = fields.keys() - set(MINE)
    if unknown:
        raise TypeError(f"These are no fields of this action: {', '.join(sorted(unknown))}.")
    row = _me(actor)
    changed = {key: value for key, value in fields.items() if getattr(row, key) != value}
    for key, value in changed.items():
        setattr(row, key, value)
    row.phone = row.phone or None
    try:
        with transaction.atomic():
            row.save(update_fields=sorted(changed)) if changed else None
            if "phone" in changed:
                actor.phone = row.phone
                actor.save(update_fields=["phone"])
    except IntegrityError as error:
        raise Refused(
            _("This phone number belongs to somebody else. Check it, or ask your community worker.")
        ) from error
    audit.record(
        actor, "people.own_details_edited", row, area_path=queries.area_path(row), detail={"fields": sorted(changed)}
    )
    live.announce("people", queries.area_path(row) or "/")
    return row


@transaction.atomic
def set_my_skills(actor: Account, codes: Collection[str]) -> Person:
    """What one says that one can do."""
    row = _me(actor)
    replace_declared_skills(row, codes)
    audit.record(
        actor, "people.own_skills_set", row, area_path=queries.area_path(row), detail={"skills": sorted(codes)}
    )
    live.announce("people", queries.area_path(row) or "/")
    return row


@transaction.atomic
def add_my_availability(actor: Account, **fields: Any) -> Availability:
    """When one can or cannot serve; the end may be an event."""
    row = _me(actor)
    said = save_availability(row, **fields)
    audit.record(actor, "people.own_availability_added", row, area_path=queries.area_path(row), detail={"id": said.pk})
    live.announce("people", queries.area_path(row) or "/")
    return said


@transaction.atomic
def withdraw_my_availability(actor: Account, said: int) -> None:
    """Take back what one said; shifts already confirmed stay until one withdraws from them."""
    row = _me(actor)
    delete_availability(row, said)
    audit.record(actor, "people.own_availability_removed", row, area_path=queries.area_path(row), detail={"id": said})
    live.announce("people", queries.area_path(row) or "/")


@transaction.atomic
def set_my_consent(actor: Account, kind: str, *, given: bool) -> Consent | None:
    """Agree, or take the agreement back; both are kept with their time."""
    if kind not in Consent.Kind.values:
        raise Refused(_("This question is not asked any more. Reload the page."))
    row = _me(actor)
    now = timezone.now()
    in_force = Consent.objects.filter(person=row, kind=kind, withdrawn_at=None)
    consent: Consent | None = None
    if given:
        consent = in_force.first() or Consent.objects.create(person=row, kind=kind, given_at=now)
    else:
        in_force.update(withdrawn_at=now)
    verb = "people.consent_given" if given else "people.consent_withdrawn"
    audit.record(actor, verb, row, area_path=queries.area_path(row), detail={"kind": kind})
    live.announce("people", queries.area_path(row) or "/")
    return consent


@transaction.atomic
def set_quiet_hours(actor: Account, quiet_from: time | None, quiet_until: time | None) -> Account:
    """When only urgent messages may come; without hours those of the installation hold."""
    if (quiet_from is None) != (quiet_until is None):
        raise Refused(_("Quiet hours need a beginning and an end. Enter both, or neither."))
    row = _me(actor)
    actor.quiet_from, actor.quiet_until = quiet_from, quiet_until
    actor.save(update_fields=["quiet_from", "quiet_until"])
    audit.record(actor, "people.quiet_hours_set", row, area_path=queries.area_path(row))
    live.announce("people", queries.area_path(row) or "/")
    return actor


@transaction.atomic
def renew_calendar_link(actor: Account) -> Person:
    """A new private address of one's calendar; the old one stops working at once."""
    row = _me(actor)
    row.calendar_token = new_token()
    row.save(update_fields=["calendar_token"])
    audit.record(actor, "people.calendar_link_renewed", row, area_path=queries.area_path(row))
    live.announce("people", queries.area_path(row) or "/")
    return row


def _me(actor: Account) -> Person:
    rows = Person.objects.select_related("organisation__area", "home", "host").select_for_update(of=("self",))
    return access.fetch(actor, "people.edit", rows, account_id=actor.pk)
