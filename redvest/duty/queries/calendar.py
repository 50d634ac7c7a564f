"""The rows of a person's private calendar feed: what holds, and what was cancelled lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.http import Http404
from django.utils import timezone

from redvest.duty.models import Assignment
from redvest.people.models import Account, Person

BACK = timedelta(days=90)
CANCELLED_SHOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Entry:
    """A shift as a calendar knows it. ``uid`` never changes; ``sequence`` rises when the entry changes."""

    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    post: str
    kind: str
    area: str
    meeting_point: str
    latitude: float | None
    longitude: float | None
    contact: str
    is_standby: bool
    is_cancelled: bool
    is_offered: bool
    changed: datetime
    assignment_id: int
    playbook_id: int


def feed(token: str) -> tuple[Account | None, list[Entry]]:
    """Whose calendar it is, and its entries. An unknown (or renewed) token is a 404: the token is the permission."""
    person = Person.objects.select_related("account").filter(calendar_token=token).first() if token else None
    if person is None:
        raise Http404
    now = timezone.now()
    rows = Assignment.objects.filter(person=person, shift__starts__gt=now - BACK).exclude(state="waiting")
    rows = rows.select_related("shift__post__area", "shift__post__incident").order_by("shift__starts", "pk")
    # Every change of the shift (moved, renamed) is a row of its history: the later text wins in every calendar.
    entries = [_entry(row, row.changes) for row in rows.annotate(changes=Count("shift__events"))]
    kept = [entry for entry in entries if not entry.is_cancelled or entry.changed > now - CANCELLED_SHOWN]
    return person.account, kept


def _entry(row: Assignment, changes: int) -> Entry:
    shift, post = row.shift, row.shift.post
    holds = row.state in ("confirmed", "offered") and shift.state != "cancelled"
    return Entry(
        uid=row.uid,
        sequence=3 * changes + (0 if row.state == "offered" else 1 if holds else 2),
        starts=shift.starts,
        ends=shift.ends,
        post=post.name,
        kind=post.kind,
        area=post.area.name,
        meeting_point=post.meeting_point,
        latitude=post.latitude,
        longitude=post.longitude,
        contact=" ".join(part for part in (post.contact_name, post.contact_phone) if part),
        is_standby=post.is_standby,
        is_cancelled=not holds,
        is_offered=row.state == "offered",
        changed=row.ended_at or row.made_at,
        assignment_id=row.pk,
        playbook_id=post.incident.playbook_id,
    )
