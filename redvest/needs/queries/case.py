"""One request with its history, what may be done to it, who could see to it, and what may be the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, masking
from redvest.duty.models import Assignment
from redvest.needs import rules
from redvest.needs.models import ENDED, IN_HAND, OPEN, Request, RequestNote
from redvest.needs.queries.board import Line, line, lines_of, visible
from redvest.needs.queries.words import kind_of
from redvest.needs.rules import Step
from redvest.people.models import Account
from redvest.places.models import NeedFlag

RECENT = timedelta(days=3)
# What the desk may do; a volunteer's own steps come from his own page.
DESK_STEPS = (
    Step.VERIFY,
    Step.GIVE,
    Step.DONE,
    Step.NOT_DONE,
    Step.REFER,
    Step.GIVE_BACK,
    Step.LOSE_TRACK,
    Step.CALL_BACK,
    Step.CLOSE,
    Step.REOPEN,
    Step.MERGE,
)


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody on duty now who could see to it, with what he has in hand already."""

    person: int
    name: str
    post: str
    until: datetime
    in_hand: int


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the desk's page of a request shows."""

    request: Request
    line: Line
    advice: str
    notes: list[RequestNote]
    steps: frozenset[str]
    helpers: list[Helper]
    same: list[Line]
    merged_here: list[int]
    contact: str
    phone: str
    needs: list[str]
    may_merge: bool


def request(actor: Account, pk: int, action: str = "needs.see") -> Request:
    """One request, or a 404."""
    rows = Request.objects.select_related(
        "area__parent__parent", "post", "person__account", "incident__playbook", "desk", "household", "taken_by"
    )
    return access.fetch(actor, action, rows, pk=pk)


def case(actor: Account, pk: int) -> Case:
    """The desk's page of a request."""
    found = request(actor, pk)
    if not access.can(actor, "needs.triage", found.area):
        raise Http404(_("There is nothing here that you may see."))
    now = timezone.now()
    kind = kind_of(found)
    return Case(
        request=found,
        line=line(found, now),
        advice=str(kind.advice) if kind else "",
        notes=list(found.notes.select_related("made_by")),
        steps=frozenset(str(step) for step in DESK_STEPS if rules.may(step, found)),
        helpers=helpers(found, now) if rules.may(Step.GIVE, found) else [],
        same=likely_same(actor, found, now) if found.is_open else [],
        merged_here=list(found.merged.order_by("pk").values_list("pk", flat=True)),
        contact=masking.name(found.contact_name),
        phone=masking.phone(found.contact_phone),
        needs=[str(NeedFlag(flag).label) for flag in found.household.needs] if found.household else [],
        may_merge=access.can(actor, "needs.merge", found.area),
    )


def helpers(found: Request, now: datetime) -> list[Helper]:
    """Who is on duty now at the request's post, or anywhere under its desk; the least busy first."""
    running = Assignment.objects.filter(
        state=Assignment.State.CONFIRMED, shift__starts__lte=now, shift__ends__gt=now
    ).select_related("person", "shift__post")
    near = Q(shift__post__area__path__startswith=found.desk.path)
    if found.post_id is not None:
        near |= Q(shift__post=found.post_id)
    rows = list(running.filter(near, shift__post__incident=found.incident_id))
    busy = dict.fromkeys((row.person_id for row in rows), 0)
    for person in Request.objects.filter(person__in=list(busy), state__in=IN_HAND).values_list("person", flat=True):
        busy[person] += 1
    people = [
        Helper(row.person_id, row.person.name, row.shift.post.name, row.shift.ends, busy[row.person_id])
        for row in rows
        if row.person_id != found.person_id
    ]
    at_post = {row.person_id for row in rows if row.shift.post_id == found.post_id}
    return sorted(people, key=lambda each: (each.person not in at_post, each.in_hand, each.name))


def likely_same(actor: Account, found: Request, now: datetime) -> list[Line]:
    """Open requests of the same door or phone, of whatever kind: two calls for one need, or one person in trouble."""
    door = Q(household=found.household) if found.household_id else Q(area=found.area_id, room=found.room)
    if not found.household_id and not found.room:
        door = Q(pk__in=[])
    if found.contact_phone:
        door |= Q(contact_phone=found.contact_phone)
    rows = visible(actor).filter(door).exclude(pk=found.pk)
    return lines_of(rows.exclude(state__in=ENDED), now)


def open_at_door(actor: Account, household: int | None, phone: str = "") -> list[Line]:
    """What is open already for a door or a phone, while a request is being typed; with what ended in the last days."""
    which = Q(household=household) if household is not None else Q(pk__in=[])
    if phone:
        which |= Q(contact_phone=phone)
    now = timezone.now()
    still = Q(state__in=OPEN) | Q(state="closed", ended_at__gt=now - RECENT)
    return lines_of(visible(actor).filter(which).filter(still), now, limit=10)
