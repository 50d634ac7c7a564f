"""The board of requests: a lane for each class, the most pressing first, and what is late in figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from redvest.core import access
from redvest.incidents.models import Incident
from redvest.needs.models import IN_HAND, OPEN, SETTLED, WAITING, Request
from redvest.needs.queries.words import door_of, kind_name
from redvest.needs.rules import Lateness, lateness
from redvest.people.models import Account
from redvest.places.models import Area

TOPICS = ["needs"]
PAGE = 60  # lines of a lane; the figures count all
WITH = ("area__parent__parent", "post", "person", "incident__playbook", "desk")
# Still to be done: what is settled waits in a lane of its own, for the call back.
TO_DO = (*WAITING, *IN_HAND, "unknown")


@dataclass(frozen=True, slots=True)
class Line:
    """A request as a list shows it: the door, never the name."""

    pk: int
    door: str
    kind: str
    words: str
    priority: int
    state: str
    state_label: str
    lateness: Lateness
    asked_at: datetime
    due_at: datetime
    contact_by: datetime
    is_contacted: bool
    is_vulnerable: bool
    holder: str
    desk: str
    zone: str


@dataclass(slots=True)
class Lane:
    """The requests of one class that are still to be done."""

    priority: int
    lines: list[Line]
    open: int = 0
    late: int = 0


@dataclass(slots=True)
class Board:
    """What residents of an area wait for."""

    lanes: list[Lane]
    to_call_back: list[Line]
    figures: Mapping[str, int]
    areas: list[Area] = field(default_factory=list)

    @property
    def open(self) -> int:
        return self.figures["open"]


@dataclass(frozen=True, slots=True)
class Filter:
    """What the reader wants to see. ``area`` is a key; empty texts mean all."""

    area: int | None = None
    kind: str = ""
    state: str = ""
    late_only: bool = False


def visible(actor: Account, action: str = "needs.see") -> QuerySet[Request]:
    """The requests of active incidents in the actor's areas."""
    rows = access.scope(actor, action, Request.objects.all())
    return rows.filter(incident__state=Incident.State.ACTIVE)


def narrowed(actor: Account, wanted: Filter) -> QuerySet[Request]:
    """The open ones that the filter asks for."""
    rows = visible(actor).filter(state__in=OPEN)
    if wanted.area is not None:
        area = access.fetch(actor, "places.see", Area.objects.all(), pk=wanted.area)
        rows = rows.filter(area__path__startswith=area.path)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.late_only:
        rows = rows.filter(_late(timezone.now()))
    return rows


def board(actor: Account, wanted: Filter | None = None) -> Board:
    """The board in a fixed number of queries: the figures, a page of each lane, and those to be called back."""
    now = timezone.now()
    rows = narrowed(actor, wanted or Filter())
    counts = rows.filter(state__in=TO_DO).values("priority").order_by().annotate(
        open=Count("id"), late=Count("id", filter=_late(now))
    )  # fmt: skip
    by_priority = {row["priority"]: row for row in counts}
    lanes = []
    for priority in (1, 2, 3, 4):
        found = by_priority.get(priority, {"open": 0, "late": 0})
        lines = lines_of(rows.filter(state__in=TO_DO, priority=priority), now) if found["open"] else []
        lanes.append(Lane(priority, lines, found["open"], found["late"]))
    settled = rows.filter(state__in=SETTLED).order_by("settled_at", "id")
    return Board(lanes, lines_of(settled, now, ordered=True), figures(rows, now))


def figures(rows: QuerySet[Request], now: datetime) -> dict[str, int]:
    """What is open, late, uncalled and in nobody's hands, in one query. Each is defined here and nowhere else."""
    return rows.aggregate(
        open=Count("id", filter=Q(state__in=TO_DO)),
        late=Count("id", filter=_late(now)),
        no_contact=Count("id", filter=Q(state__in=TO_DO, contacted_at=None, contact_by__lt=now)),
        waiting=Count("id", filter=Q(state__in=WAITING)),
        in_hand=Count("id", filter=Q(state__in=IN_HAND)),
        to_call_back=Count("id", filter=Q(state__in=SETTLED)),
        vulnerable=Count("id", filter=Q(state__in=TO_DO, is_vulnerable=True)),
    )


def lines_of(rows: QuerySet[Request], now: datetime, *, ordered: bool = False, limit: int = PAGE) -> list[Line]:
    """A page of lines; unless they are in order already, the vulnerable first, then by the clock."""
    if not ordered:
        rows = rows.order_by("priority", "-is_vulnerable", "due_at", "id")
    return [line(row, now) for row in rows.select_related(*WITH)[:limit]]


def line(request: Request, now: datetime) -> Line:
    """A request as a line of a list."""
    holder = request.person.name if request.person else request.post.name if request.post else request.desk.name
    return Line(
        pk=request.pk,
        door=door_of(request.area, request.room),
        kind=kind_name(request),
        words=request.words or _item_words(request),
        priority=request.priority,
        state=str(request.state),
        state_label=str(request.get_state_display()),
        lateness=lateness(request, now),
        asked_at=request.asked_at,
        due_at=request.due_at,
        contact_by=request.contact_by,
        is_contacted=request.contacted_at is not None,
        is_vulnerable=request.is_vulnerable,
        holder=holder,
        desk=request.desk.name,
        zone=request.incident.time_zone,
    )


def _item_words(request: Request) -> str:
    return " ".join(f"{item['name']} {item['quantity']}{item['unit']}" for item in request.items)


def _late(now: datetime) -> Q:
    return Q(state__in=TO_DO, due_at__lt=now)
