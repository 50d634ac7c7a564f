"""Who is there, who is missing: the board of a post, the overview of an area. Reads of coordinators and post leads."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, masking
from redvest.duty.models import Assignment, Attendance, AttendanceCorrection, HandoverNote, Post, Shift
from redvest.duty.rules.attendance import Presence, Seen, minutes, seen
from redvest.people.models import Account
from redvest.places.models import Area

TOPICS = ["duty", "posts", "shifts", "rosters"]
BEFORE = timedelta(hours=3)
AHEAD = timedelta(hours=3)
# No shift is longer than a day, so whatever runs now began within the last one.
LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody on a shift, and how his presence looks now."""

    assignment_id: int
    person_id: int
    name: str
    phone: str
    has_account: bool
    is_offered: bool
    seen: Seen
    starts: datetime
    ends: datetime
    came_at: datetime | None
    left_at: datetime | None
    way: str
    left_early: str
    is_corrected: bool
    minutes: int

    @property
    def short_name(self) -> str:
        return masking.name(self.name)


@dataclass(slots=True)
class ShiftNow:
    """A shift around now, with its people."""

    shift_id: int
    starts: datetime
    ends: datetime
    minimum: int
    wanted: int
    maximum: int
    lines: list[Line] = field(default_factory=list)

    def count(self, *kinds: Seen) -> int:
        return sum(line.seen in kinds for line in self.lines)

    @property
    def present(self) -> int:
        return self.count(Seen.PRESENT, Seen.LEAVING, Seen.FORGOTTEN)

    @property
    def missing(self) -> int:
        return self.count(Seen.MISSING, Seen.NO_SHOW)

    @property
    def taken(self) -> int:
        return len(self.lines)

    @property
    def short(self) -> int:
        """Heads still to be found for what the shift wants."""
        return max(0, self.wanted - self.taken)


@dataclass(slots=True)
class PostNow:
    """A post around now."""

    post_id: int
    name: str
    kind: str
    area: str
    area_path: str
    incident: str
    zone: str
    playbook_id: int
    is_standby: bool
    shifts: list[ShiftNow] = field(default_factory=list)

    def running(self, now: datetime) -> list[ShiftNow]:
        return [shift for shift in self.shifts if shift.starts <= now < shift.ends]

    def coming(self, now: datetime) -> list[ShiftNow]:
        return [shift for shift in self.shifts if shift.starts > now]

    def lines(self, *kinds: Seen) -> list[Line]:
        return [line for shift in self.shifts for line in shift.lines if line.seen in kinds]


def posts_now(
    posts: QuerySet[Post], now: datetime, before: timedelta = BEFORE, ahead: timedelta = AHEAD
) -> list[PostNow]:
    """Posts with the shifts that run, just ended or begin soon, and the people on them; three queries."""
    found = {
        row[0]: PostNow(*row)
        for row in posts.values_list(
            "id",
            "name",
            "kind",
            "area__name",
            "area__path",
            "incident__title",
            "incident__time_zone",
            "incident__playbook_id",
            "is_standby",
        )
    }
    near = (
        Shift.objects.filter(post_id__in=list(found), starts__gte=now - LONGEST - before, starts__lte=now + ahead)
        .filter(ends__gte=now - before)
        .exclude(state=Shift.State.CANCELLED)
        .order_by("starts", "id")
    )
    shifts: dict[int, ShiftNow] = {}
    values = near.values_list("post_id", "id", "starts", "ends", "minimum", "wanted", "maximum")
    for post, key, starts, ends, minimum, wanted, maximum in values:
        shifts[key] = ShiftNow(key, starts, ends, minimum, wanted, maximum)
        found[post].shifts.append(shifts[key])
    for shift_id, line in lines_on(list(shifts), now):
        shifts[shift_id].lines.append(line)
    return list(found.values())


_LINE = (
    "shift_id",
    "id",
    "person_id",
    "person__name",
    "person__phone",
    "person__account_id",
    "state",
    "shift__starts",
    "shift__ends",
    "attendance__state",
    "attendance__came_at",
    "attendance__left_at",
    "attendance__came_by",
    "attendance__left_early_reason",
    "corrected",
)


def lines_on(shift_ids: list[int], now: datetime) -> Iterable[tuple[int, Line]]:
    """Everybody who holds a place on these shifts, with the shift's key; one query."""
    rows = (
        Assignment.objects.filter(shift_id__in=shift_ids, state__in=["offered", "confirmed"])
        .annotate(corrected=Exists(AttendanceCorrection.objects.filter(attendance__assignment=OuterRef("pk"))))
        .order_by("person__name", "id")
    )
    ways = dict(Attendance.Way.choices)
    for row in rows.values_list(*_LINE):
        shift, key, person, name, phone, account, state, starts, ends, there, came, left, way, early, corrected = row
        presence = Presence(starts, ends, there or "", state == "confirmed")
        yield (
            shift,
            Line(
                assignment_id=key,
                person_id=person,
                name=name,
                phone=masking.phone(phone),
                has_account=account is not None,
                is_offered=state == "offered",
                seen=seen(presence, now),
                starts=starts,
                ends=ends,
                came_at=came,
                left_at=left,
                way=str(ways.get(way, "")),
                left_early=early or "",
                is_corrected=corrected,
                minutes=minutes(came, left),
            ),
        )


def overview(actor: Account, incident_id: int | None = None, area: Area | None = None) -> list[PostNow]:
    """The open posts that the actor may see, those with somebody missing first, then those short of people."""
    now = timezone.now()
    rows = access.scope(actor, "duty.see", Post.objects.filter(state=Post.State.OPEN, incident__state="active"))
    if incident_id is not None:
        rows = rows.filter(incident_id=incident_id)
    if area is not None:
        rows = rows.filter(area__path__startswith=area.path)
    posts = [post for post in posts_now(rows.order_by("area__path", "name", "id"), now) if post.shifts]
    return sorted(posts, key=lambda post: (-len(post.lines(Seen.MISSING)), -_short_now(post, now)))


def _short_now(post: PostNow, now: datetime) -> int:
    return sum(shift.short for shift in post.shifts if shift.ends > now)


def post(actor: Account, post_id: int) -> Post:
    """One post. One outside the actor's areas is a 404."""
    return access.fetch(actor, "duty.see", Post.objects.select_related("area", "incident"), pk=post_id)


def post_now(actor: Account, post_id: int) -> tuple[Post, PostNow]:
    """One post's board: from six hours ago to twelve hours ahead."""
    row = post(actor, post_id)
    now = timezone.now()
    board = posts_now(Post.objects.filter(pk=row.pk), now, timedelta(hours=6), timedelta(hours=12))
    return row, board[0]


def area_of(actor: Account, area_id: int) -> Area:
    """An area whose presence the actor may see."""
    return access.fetch(actor, "duty.see", Area.objects.all(), pk=area_id)


def areas_of(actor: Account) -> list[Area]:
    """The areas with open posts that the actor may see, and what he holds grants at; from the widest down."""
    posts = Post.objects.filter(state=Post.State.OPEN, incident__state="active")
    with_posts = access.scope(actor, "duty.see", posts).order_by().values_list("area_id", flat=True).distinct()
    paths = [path for path in access.paths(actor, "duty.see") if path != "/"]
    rows = access.scope(actor, "duty.see", Area.objects.filter(Q(pk__in=with_posts) | Q(path__in=paths)))
    return list(rows.order_by("path")[:200])


def may(actor: Account, action: str, area: Area) -> bool:
    """Whether the actor's role allows this here: what a button may offer."""
    return access.can(actor, action, area)


def corrections(actor: Account, post_id: int) -> list[dict[str, Any]]:
    """What was corrected at a post in the last three days, by whom and why: a second person looks at it."""
    rows = access.scope(actor, "duty.see", AttendanceCorrection.objects.all()).filter(
        attendance__assignment__shift__post_id=post_id, made_at__gte=timezone.now() - timedelta(days=3)
    )
    values = ("made_at", "made_by__name", "reason", "before", "after", "attendance__assignment__person__name")
    names = ("made_at", "by", "reason", "before", "after", "person")
    return [dict(zip(names, row, strict=True)) for row in rows.order_by("-made_at")[:20].values_list(*values)]


def handover_of(actor: Account, post_id: int) -> list[HandoverNote]:
    """The handover notes of the last two days at a post."""
    rows = access.scope(actor, "duty.see", HandoverNote.objects.all()).filter(
        shift__post_id=post_id, written_at__gte=timezone.now() - timedelta(days=2)
    )
    return list(rows.select_related("author", "taken_by", "shift").order_by("-written_at")[:10])


def one_line(actor: Account, assignment_id: int) -> tuple[Assignment, Line]:
    """One assignment with its attendance, for the correction form."""
    rows = Assignment.objects.select_related("person", "shift__post__incident", "shift__post__area")
    assignment = access.fetch(actor, "duty.correct_attendance", rows, pk=assignment_id)
    found = [
        line for _shift, line in lines_on([assignment.shift_id], timezone.now()) if line.assignment_id == assignment.pk
    ]
    if not found:
        raise Http404(_("This person is no longer on the shift."))
    return assignment, found[0]
