"""Bureaus, offices and teams that people belong to."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from redvest.core import access, audit, live
from redvest.core.errors import Refused
from redvest.people.models import Account, Organisation
from redvest.places.models import Area

FIELDS = ("name", "kind", "parent", "contact_name", "contact_phone")


@transaction.atomic
def add_organisation(actor: Account, *, area: Area, **fields: Any) -> Organisation:
    """A new organisation in an area that the actor manages."""
    access.require(actor, "people.manage_organisations", area)
    row = Organisation(area=area, **_known(fields))
    _save(row)
    audit.record(actor, "people.organisation_added", row, area_path=area.path)
    live.announce("people", area.path)
    return row


@transaction.atomic
def edit_organisation(actor: Account, pk: int, **fields: Any) -> Organisation:
    """Change its name, kind, contact, or what it is part of."""
    rows = Organisation.objects.select_related("area").select_for_update(of=("self",))
    row = access.fetch(actor, "people.manage_organisations", rows, pk=pk)
    parent = fields.get("parent")
    if parent is not None and _is_below(parent, row):
        raise Refused(_("An organisation cannot be part of itself. Choose another one above it."))
    for key, value in _known(fields).items():
        setattr(row, key, value)
    _save(row)
    audit.record(actor, "people.organisation_edited", row, area_path=row.area.path, detail={"fields": sorted(fields)})
    live.announce("people", row.area.path)
    return row


@transaction.atomic
def remove_organisation(actor: Account, pk: int) -> None:
    """Delete an organisation to which nobody belongs."""
    rows = Organisation.objects.select_related("area").select_for_update(of=("self",))
    row = access.fetch(actor, "people.manage_organisations", rows, pk=pk)
    key, path = row.pk, row.area.path
    try:
        row.delete()
    except ProtectedError as error:
        raise Refused(_("People or records still belong to this organisation. Move the people first.")) from error
    row.pk = key
    audit.record(actor, "people.organisation_removed", row, area_path=path, detail={"name": row.name})
    live.announce("people", path)


def _is_below(candidate: Organisation, row: Organisation) -> bool:
    """Whether ``candidate`` is ``row`` or part of it."""
    step: Organisation | None = candidate
    while step is not None:
        if step.pk == row.pk:
            return True
        step = step.parent
    return False


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = fields.keys() - set(FIELDS)
    if unknown:
        raise TypeError(f"These are no fields of this action: {', '.join(sorted(unknown))}.")
    return fields


def _save(row: Organisation) -> None:
    if not row.name.strip():
        raise Refused(_("An organisation needs a name. Enter it."))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(_("There is already an organisation of this name in this area. Open that one.")) from error
