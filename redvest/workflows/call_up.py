"""Calling people up: incidents knows whom to ask, duty knows who is on post or must rest."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from redvest.duty.models import Assignment, Attendance
from redvest.incidents import actions, queries
from redvest.incidents.models import CallUp, Incident
from redvest.incidents.queries.call_ups import Criteria, Preview

if TYPE_CHECKING:
    from redvest.people.models import Account


def resting(incident: Incident) -> set[int]:
    """People who are on post now, or left one so recently that they rest (the playbook says how long)."""
    rest = timedelta(minutes=queries.incidents.playbook_of(incident).call_up.rest_minutes)
    now = timezone.now()
    on_duty = Assignment.objects.filter(
        state__in=(Assignment.State.CONFIRMED, Assignment.State.OFFERED),
        shift__starts__lte=now,
        shift__ends__gt=now - rest,
    )
    came = Attendance.objects.filter(
        Q(state=Attendance.State.PRESENT) | Q(state=Attendance.State.DONE, left_at__gt=now - rest)
    )
    return {*on_duty.values_list("person", flat=True), *came.values_list("assignment__person", flat=True)}


def preview(actor: "Account", incident: int, criteria: Criteria) -> Preview:
    """Who would be asked, and who not and why."""
    row = queries.incidents.incident(actor, incident)
    return queries.call_ups.preview(actor, row, criteria, resting(row))


@transaction.atomic
def send_call_up(actor: "Account", incident: int, **fields: Any) -> CallUp:
    """Send it to whom the preview shows, as things stand at this moment."""
    row = queries.incidents.incident(actor, incident)
    return actions.send_call_up(actor, incident, resting=resting(row), **fields)


@transaction.atomic
def send_wave(actor: "Account", call_up: int, **fields: Any) -> int:
    """A further wave of a call-up."""
    row = queries.call_ups.call_up(actor, call_up)
    return actions.send_wave(actor, call_up, resting=resting(row.incident), **fields)
