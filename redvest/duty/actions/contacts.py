"""Revealing a phone number on duty: for one's own shift, or for the post one answers for. Each reveal is on record."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit
from redvest.core.errors import Refused
from redvest.duty.models import Assignment
from redvest.people.models import Account

# Colleagues can call one another from the day before until shortly after; not for ever.
BEFORE = timedelta(hours=24)
AFTER = timedelta(hours=2)


@transaction.atomic
def reveal_colleague(actor: Account, assignment_id: int, person_id: int) -> str:
    """The phone of somebody on the same shift, around the shift only."""
    own = access.fetch(actor, "duty.sign_up", _rows(), pk=assignment_id, state="confirmed")
    other = _rows().filter(shift_id=own.shift_id, person_id=person_id, state="confirmed").first()
    if other is None:
        raise Http404(_("There is nothing here that you may see."))
    now = timezone.now()
    if not own.shift.starts - BEFORE <= now <= own.shift.ends + AFTER:
        raise Refused(_("Colleagues' numbers are shown from a day before the shift until two hours after it."))
    return _revealed(actor, other, _("Colleague on the same shift"))


@transaction.atomic
def reveal_on_duty(actor: Account, assignment_id: int) -> str:
    """The phone of somebody on a shift, for whoever answers for the post."""
    other = access.fetch(actor, "duty.correct_attendance", _rows(), pk=assignment_id)
    return _revealed(actor, other, _("Presence at the post"))


def _rows() -> QuerySet[Assignment]:
    return Assignment.objects.select_related("person", "shift__post__area")


def _revealed(actor: Account, other: Assignment, purpose: str) -> str:
    if not other.person.phone:
        raise Refused(_("No phone number is known for %(name)s.") % {"name": other.person.name})
    audit.viewed(actor, other.person, ["phone"], purpose, area_path=other.shift.post.area.path)
    return other.person.phone
