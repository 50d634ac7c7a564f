"""What one shift leaves to the next at a post: written once, taken over once, by two different people."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live, outbox
from redvest.core.errors import Refused
from redvest.duty.actions.signup import TOPIC
from redvest.duty.models import Assignment, HandoverNote, Shift
from redvest.people.models import Account, Person

MOST_ITEMS = 30


@transaction.atomic
def write_handover(
    actor: Account,
    shift_id: int,
    *,
    items: Sequence[tuple[str, int]] = (),
    open_matters: str = "",
    unusual: str = "",
    key: str | None = None,
) -> dict[str, Any]:
    """Leave a note for the next shift: things counted (name, count), open matters, anything unusual.

    Writing again before it is taken over changes the note.
    """

    def run() -> dict[str, Any]:
        shift, author = _serving(actor, shift_id)
        counted = [(name.strip()[:40], int(count)) for name, count in items if name.strip()]
        if not counted and not open_matters.strip() and not unusual.strip():
            raise Refused(_("Write what the next shift has to know, or count the things at the post."))
        if len(counted) > MOST_ITEMS or any(not 0 <= count <= 9999 for _name, count in counted):
            raise Refused(_("Count at most 30 things, each between 0 and 9999."))
        note = HandoverNote.objects.select_for_update().filter(shift=shift, author=author).first()
        if note is not None and note.taken_at is not None:
            raise Refused(_("The next shift has taken this over already. Tell them directly what is new."))
        note = note or HandoverNote(shift=shift, author=author)
        note.items = [{"name": name, "count": count} for name, count in counted]
        note.open_matters, note.unusual = open_matters.strip(), unusual.strip()
        note.save()
        return _recorded(actor, note, "duty.handover_written")

    return outbox.once(actor, key, "duty.write_handover", run)


@transaction.atomic
def take_over(actor: Account, note_id: int, *, key: str | None = None) -> dict[str, Any]:
    """Sign that one has taken over what the note says. Not by its author; twice is the same as once."""

    def run() -> dict[str, Any]:
        rows = HandoverNote.objects.select_for_update(of=("self",)).select_related("shift__post__area")
        note = rows.filter(pk=note_id).first()
        taker = _person(actor)
        if note is None or not _may_take(actor, note):
            raise Http404(_("There is nothing here that you may see."))
        if note.author_id == taker.pk:
            raise Refused(_("You wrote this note. Somebody of the next shift has to take it over."))
        if note.taken_at is None:
            note.taken_by, note.taken_at = taker, timezone.now()
            note.save(update_fields=["taken_by", "taken_at"])
        return _recorded(actor, note, "duty.handover_taken")

    return outbox.once(actor, key, "duty.take_over", run)


def _serving(actor: Account, shift_id: int) -> tuple[Shift, Person]:
    """The shift, if the actor serves on it or answers for its post, and the person who writes."""
    person = _person(actor)
    serves = Assignment.objects.filter(shift_id=shift_id, person=person, state=Assignment.State.CONFIRMED).exists()
    rows = Shift.objects.select_related("post__area")
    if serves:
        return rows.get(pk=shift_id), person
    return access.fetch(actor, "duty.hand_over", rows, pk=shift_id), person


def _may_take(actor: Account, note: HandoverNote) -> bool:
    """Somebody with a shift at this post that ends after the note's shift, or who answers for the post."""
    serves = Assignment.objects.filter(
        person__account=actor,
        state=Assignment.State.CONFIRMED,
        shift__post_id=note.shift.post_id,
        shift__ends__gt=note.shift.starts,
    )
    return serves.exists() or access.can(actor, "duty.hand_over", note.shift.post.area)


def _person(actor: Account) -> Person:
    person = Person.objects.filter(account=actor).first()
    if person is None:
        raise Refused(_("A handover is signed by a person who serves. Your account belongs to nobody who does."))
    return person


def _recorded(actor: Account, note: HandoverNote, verb: str) -> dict[str, Any]:
    path = note.shift.post.area.path
    audit.record(actor, verb, note, area_path=path)
    live.announce(TOPIC, path)
    return {"note": note.pk, "taken": note.taken_at is not None}
