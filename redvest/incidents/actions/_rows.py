"""The rows that actions of incidents start from: found, permitted, locked and still running. No public action here."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from redvest.core import access
from redvest.core.errors import Refused
from redvest.incidents.models import Incident
from redvest.places.models import Area

if TYPE_CHECKING:
    from redvest.people.models import Account


def locked_incident(actor: "Account", pk: int, action: str = "incidents.direct") -> Incident:
    """The running incident, locked, if the actor may do `action` to it."""
    rows = Incident.objects.select_for_update(of=("self",)).select_related("area", "playbook")
    row = access.fetch(actor, action, rows, pk=pk)
    if row.state != Incident.State.ACTIVE:
        raise Refused(_("This incident is closed; nothing in it can be changed any more."))
    return row


def place_inside(row: Incident, area: int) -> Area:
    place = Area.objects.filter(pk=area, path__startswith=row.area.path).first()
    if place is None:
        raise Refused(_("This place lies outside the incident. Choose one inside it."))
    return place
