"""What a person sees of his own duty: next shift, all shifts, one shift with colleagues and handover, his minutes."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access
from redvest.duty.models import Assignment, Attendance, HandoverNote, Post
from redvest.duty.rules.attendance import CheckIn, Presence, may_check_in, may_check_out
from redvest.people.models import Account, Person

HELD = (Assignment.State.OFFERED, Assignment.State.CONFIRMED)
ALIVE = (Assignment.State.WAITING, *HELD)
# After its end a shift stays "mine now" until he has checked out, at most so long.
LINGERS = timedelta(hours=12)
PAST_PAGE = 20
_NOTES = 12


@dataclass(frozen=True, slots=True)
class Mine:
    """One of a person's own shifts. ``check_in`` and ``check_out`` say whether that is possible now."""

    assignment_id: int
    shift_id: int
    state: str
    confirm_by: datetime | None
    reason: str
    starts: datetime
    ends: datetime
    post_id: int
    post: str
    kind: str
    area: str
    meeting_point: str
    contact_name: str
    contact_phone: str
    latitude: float | None
    longitude: float | None
    is_standby: bool
    is_outdoor: bool
    needs_suit: bool
    kit: Any
    note: str
    playbook_id: int
    zone: str
    incident: str
    attendance: str
    came_at: datetime | None
    left_at: datetime | None
    way: str
    left_early: str
    check_in: CheckIn = CheckIn.NOT_YOURS
    check_out: CheckIn = CheckIn.NOT_PRESENT

    @property
    def presence(self) -> Presence:
        return Presence(self.starts, self.ends, self.attendance, self.state == "confirmed")

    @property
    def minutes(self) -> int:
        if self.came_at is None or self.left_at is None:
            return 0
        return int((self.left_at - self.came_at).total_seconds()) // 60


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes served, exactly; standby apart. No one is compared with anybody."""

    service_week: int
    standby_week: int
    service_all: int
    standby_all: int
    shifts_all: int


_FIELDS = (
    "id",
    "shift_id",
    "state",
    "confirm_by",
    "reason",
    "shift__starts",
    "shift__ends",
    "shift__post_id",
    "shift__post__name",
    "shift__post__kind",
    "shift__post__area__name",
    "shift__post__meeting_point",
    "shift__post__contact_name",
    "shift__post__contact_phone",
    "shift__post__latitude",
    "shift__post__longitude",
    "shift__post__is_standby",
    "shift__post__is_outdoor",
    "shift__post__needs_suit",
    "shift__post__kit",
    "shift__post__note",
    "shift__post__incident__playbook_id",
    "shift__post__incident__time_zone",
    "shift__post__incident__title",
    "attendance__state",
    "attendance__came_at",
    "attendance__left_at",
    "attendance__came_by",
    "attendance__left_early_reason",
)


def _own(actor: Account) -> QuerySet[Assignment]:
    return Assignment.objects.filter(person__account_id=actor.pk).exclude(shift__state="cancelled")


def _mine(rows: QuerySet[Assignment], now: datetime) -> list[Mine]:
    names = [each.name for each in fields(Mine)][: len(_FIELDS)]
    found = []
    for row in rows.values_list(*_FIELDS):
        values: dict[str, Any] = dict(zip(names, row, strict=True))
        for name in ("attendance", "way", "left_early"):
            values[name] = values[name] or ""
        there = Presence(values["starts"], values["ends"], values["attendance"], values["state"] == "confirmed")
        found.append(Mine(**values, check_in=may_check_in(there, now), check_out=may_check_out(there, now)))
    return found


def coming(actor: Account, limit: int = 60) -> list[Mine]:
    """His shifts that run or lie ahead (also kept for him, waited for), and an ended one he has not checked out of."""
    now = timezone.now()
    lingering = Q(attendance__state="present", shift__ends__gt=now - LINGERS)
    rows = _own(actor).filter(state__in=ALIVE).filter(Q(shift__ends__gt=now) | lingering)
    # A shift that he finished early is over for him.
    rows = rows.exclude(attendance__state="done")
    return _mine(rows.order_by("shift__starts", "id")[:limit], now)


def past(actor: Account, start: int = 0, page: int = PAST_PAGE) -> tuple[list[Mine], int | None]:
    """His shifts that are over, latest first, and where the next page starts."""
    now = timezone.now()
    rows = _own(actor).filter(state=Assignment.State.CONFIRMED)
    rows = rows.filter(Q(shift__ends__lte=now) | Q(attendance__state="done"))
    found = _mine(rows.order_by("-shift__starts", "-id")[start : start + page + 1], now)
    return found[:page], start + page if len(found) > page else None


def my_shift(actor: Account, assignment_id: int) -> Mine:
    """One of his own shifts, also one he left; anybody else's is a 404."""
    own = access.scope(actor, "duty.see_own", Assignment.objects.all()).filter(pk=assignment_id)
    found = _mine(own, timezone.now())
    if not found:
        raise Http404(_("There is nothing here that you may see."))
    return found[0]


@dataclass(frozen=True, slots=True)
class Beside:
    """Somebody on the same shift."""

    person_id: int
    name: str
    has_phone: bool
    is_there: bool


def beside(actor: Account, mine: Mine) -> list[Beside]:
    """The colleagues of one of his own shifts, by name; their phone is revealed one by one, on request."""
    rows = (
        Assignment.objects.filter(shift_id=mine.shift_id, state=Assignment.State.CONFIRMED)
        .exclude(person__account_id=actor.pk)
        .order_by("person__name", "id")
    )
    values = rows.values_list("person_id", "person__name", "person__phone", "attendance__state")
    return [Beside(key, name, bool(phone), state == "present") for key, name, phone, state in values]


def handover_for(actor: Account, mine: Mine) -> tuple[list[HandoverNote], list[HandoverNote]]:
    """What earlier shifts left at his post: what is his to read (not taken over yet, or by himself), and the rest."""
    rows = HandoverNote.objects.filter(
        shift__post_id=mine.post_id, shift__starts__lt=mine.starts, shift__ends__gt=mine.starts - timedelta(hours=36)
    )
    found = list(rows.select_related("author", "taken_by", "shift").order_by("-written_at")[:_NOTES])
    his = [note for note in found if note.taken_by is None or note.taken_by.account_id == actor.pk]
    return his, [note for note in found if note not in his]


def my_handover(actor: Account, mine: Mine) -> HandoverNote | None:
    """The note he left himself on this shift."""
    return HandoverNote.objects.filter(shift_id=mine.shift_id, author__account_id=actor.pk).first()


def items_to_count(mine: Mine) -> list[str]:
    """The things counted at the last handover of this post, so that the same are counted again."""
    last = HandoverNote.objects.filter(shift__post_id=mine.post_id).order_by("-written_at").first()
    return [str(item.get("name", "")) for item in last.items] if last is not None else []


@dataclass(frozen=True, slots=True)
class AtCode:
    """What a person finds behind the code at a post: his shift there (now, or the next), if he has one."""

    post: str
    post_id: int
    area: str
    mine: Mine | None


def by_code(actor: Account, code: str) -> AtCode:
    """The post with this code and the actor's shift there. The code proves that he stands before it."""
    post = Post.objects.filter(check_in_code=code).values_list("id", "name", "area__name").first()
    if post is None:
        raise Http404(_("This code belongs to no post. Ask the post lead for the current one."))
    now = timezone.now()
    rows = _own(actor).filter(shift__post_id=post[0], state=Assignment.State.CONFIRMED)
    rows = rows.filter(Q(shift__ends__gt=now) | Q(attendance__state="present", shift__ends__gt=now - LINGERS))
    found = _mine(rows.order_by("shift__starts", "id")[:6], now)
    ready = [mine for mine in found if mine.attendance == "present"]
    ready += [mine for mine in found if mine.check_in is CheckIn.READY]
    chosen = next(iter(ready or found), None)
    return AtCode(post[1], post[0], post[2], chosen)


_TIME = ExpressionWrapper(F("left_at") - F("came_at"), output_field=DurationField())


def my_minutes(actor: Account) -> Minutes:
    """His minutes in the last seven days and in all, service and standby apart."""
    rows = Attendance.objects.filter(assignment__person__account_id=actor.pk, state=Attendance.State.DONE)
    return _minutes(rows)


def minutes_of(actor: Account, person: Person, incident_id: int | None = None) -> Minutes:
    """The same for somebody whom the actor may see, of one incident or of all."""
    rows = access.scope(actor, "duty.see", Attendance.objects.filter(assignment__person=person, state="done"))
    if incident_id is not None:
        rows = rows.filter(assignment__shift__post__incident_id=incident_id)
    return _minutes(rows)


def _minutes(rows: QuerySet[Attendance]) -> Minutes:
    week = Q(came_at__gte=timezone.now() - timedelta(days=7))
    standby = Q(assignment__shift__post__is_standby=True)
    sums: dict[str, Any] = rows.aggregate(
        service_week=Sum(_TIME, filter=week & ~standby),
        standby_week=Sum(_TIME, filter=week & standby),
        service_all=Sum(_TIME, filter=~standby),
        standby_all=Sum(_TIME, filter=standby),
    )
    minutes = {name: int(value.total_seconds()) // 60 if value else 0 for name, value in sums.items()}
    return Minutes(**minutes, shifts_all=rows.count())
