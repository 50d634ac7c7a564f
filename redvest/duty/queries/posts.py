"""Reads about posts: the board of an incident's posts with what they lack, and one post with its shifts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import get_language

from redvest.core import access
from redvest.duty.models import Assignment, Override, Post, Shift
from redvest.duty.planning.book import group_name, kind_name, playbook_of, shift_name, short_name
from redvest.duty.planning.naming import skill_names
from redvest.duty.planning.patterns import duty_day
from redvest.incidents.models import Incident
from redvest.incidents.playbooks.schema import Pattern, Playbook
from redvest.incidents.queries import incidents
from redvest.people.models import Account
from redvest.places.models import Area

SOON = timedelta(hours=24)
PLACES = (
    Area.Level.DISTRICT,
    Area.Level.STREET,
    Area.Level.COMMUNITY,
    Area.Level.VILLAGE,
    Area.Level.GRID,
    Area.Level.ESTATE,
)


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post on the board: its next 24 hours in heads, and until when it has shifts."""

    post: Post
    name: str
    pattern: str
    have: int
    wanted: int
    short: int
    until: date | None
    now: int

    @property
    def least(self) -> int:
        """The heads that a gap bar calls needed: those there and those below the minimum."""
        return self.have + self.short


@dataclass(frozen=True, slots=True)
class PostGroup:
    """The posts of a place."""

    area: Area
    lines: list[PostLine]

    @property
    def short(self) -> int:
        return sum(line.short for line in self.lines)


@dataclass(frozen=True, slots=True)
class PostBoard:
    """The posts of an incident that the actor sees, the shortest of hands first."""

    incident: Incident
    groups: list[PostGroup]
    closed: list[Post]
    posts: int
    short: int
    without_shifts: int
    may_plan: bool


def post_board(actor: Account, incident_pk: int) -> PostBoard:
    """The open posts of an incident by place; a place that lacks hands in the next 24 hours comes first."""
    incident = incidents.incident(actor, incident_pk)
    book = playbook_of(incident)
    now = timezone.now()
    rows = access.scope(actor, "duty.see", Post.objects.filter(incident=incident)).select_related("area")
    posts = list(rows.order_by("area__path", "number", "pk"))
    coming = _soon({post.pk for post in posts}, now)
    groups: dict[int, PostGroup] = {}
    for post in posts:
        if post.state == Post.State.OPEN:
            line = _line(post, book, coming.get(post.pk, {}))
            groups.setdefault(post.area_id, PostGroup(post.area, [])).lines.append(line)
    lines = [line for group in groups.values() for line in group.lines]
    return PostBoard(
        incident=incident,
        groups=sorted(groups.values(), key=lambda group: (-group.short, group.area.path)),
        closed=[post for post in posts if post.state == Post.State.CLOSED],
        posts=len(lines),
        short=sum(line.short for line in lines),
        without_shifts=sum(line.until is None for line in lines),
        may_plan=access.can(actor, "duty.plan"),
    )


def _soon(posts: set[int], now: datetime) -> dict[int, dict[str, Any]]:
    """Per post: heads on and wanted in the next 24 hours, heads below the minimum, and its last day with shifts."""
    coming = Shift.objects.filter(post__in=posts, ends__gt=now).exclude(state=Shift.State.CANCELLED).order_by()
    near = Q(starts__lt=now + SOON)
    rows = coming.values("post").annotate(
        have=Sum("taken", filter=near, default=0),
        wanted=Sum("wanted", filter=near, default=0),
        short=Sum(F("minimum") - F("taken"), filter=near & Q(taken__lt=F("minimum")), default=0),
        until=Max("duty_day"),
        now=Sum("taken", filter=Q(starts__lte=now), default=0),
    )
    return {row["post"]: dict(row) for row in rows}


def _line(post: Post, book: Playbook, ahead: dict[str, Any]) -> PostLine:
    pattern = book.patterns.get(post.pattern)
    return PostLine(
        post=post,
        name=short_name(book, post),
        pattern=str(pattern.name) if pattern else "",
        have=ahead.get("have", 0),
        wanted=ahead.get("wanted", 0),
        short=ahead.get("short", 0),
        until=ahead.get("until"),
        now=ahead.get("now", 0),
    )


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """A shift in a list."""

    shift: Shift
    name: str
    group: str
    names: list[str]

    @property
    def short(self) -> int:
        return max(0, self.shift.minimum - self.shift.taken)


@dataclass(frozen=True, slots=True)
class PostPage:
    """A post with its shifts of a week."""

    post: Post
    name: str
    kind: str
    task: str
    risk: str
    pattern: str
    skills: list[tuple[str, int]]
    kit: list[str]
    first: date
    days: list[tuple[date, list[ShiftLine]]]
    batches: list[tuple[str, int]]
    may_plan: bool


def post_row(actor: Account, pk: int, action: str = "duty.see") -> Post:
    rows: QuerySet[Post] = Post.objects.select_related("area", "incident__playbook", "incident__area")
    return access.fetch(actor, action, rows, pk=pk)


def post_page(actor: Account, pk: int, first: date | None = None) -> PostPage:
    """One post, what is asked of people there, and its shifts of the seven days from ``first`` on."""
    post = post_row(actor, pk)
    book = playbook_of(post.incident)
    zone = ZoneInfo(post.incident.time_zone)
    begin = first or duty_day(timezone.now(), zone)
    kind = book.posts.get(post.kind)
    pattern = book.patterns.get(post.pattern)
    return PostPage(
        post=post,
        name=short_name(book, post),
        kind=kind_name(book, post.kind),
        task=str(kind.task) if kind else "",
        risk=str(kind.risk) if kind else "",
        pattern=str(pattern.name) if pattern else "",
        skills=[(skill_names(book).get(need["skill"], need["skill"]), need["heads"]) for need in post.skills],
        kit=[_kit_words(line) for line in post.kit],
        first=begin,
        days=_week(post, pattern, begin),
        batches=_batches(post),
        may_plan=access.can(actor, "duty.plan", post.area),
    )


def _kit_words(line: dict[str, Any]) -> str:
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return f"{line['name'][language]} {line['quantity']} {line['unit'][language]}"


def _week(post: Post, pattern: Pattern | None, begin: date) -> list[tuple[date, list[ShiftLine]]]:
    shifts = Shift.objects.filter(post=post, duty_day__range=(begin, begin + timedelta(days=6))).order_by("starts")
    names = names_on(shifts)
    found: dict[date, list[ShiftLine]] = {begin + timedelta(days=number): [] for number in range(7)}
    for shift in shifts:
        line = ShiftLine(
            shift,
            shift_name(pattern, shift.label),
            group_name(pattern, shift.group) if shift.group else "",
            names.get(shift.pk, []),
        )
        found[shift.duty_day].append(line)
    return list(found.items())


def names_on(shifts: Iterable[Shift]) -> dict[int, list[str]]:
    """The names of those who hold a place, by shift."""
    rows = Assignment.objects.filter(shift__in=list(shifts), state__in=["offered", "confirmed"])
    found: dict[int, list[str]] = {}
    for shift, name in rows.order_by("person__name").values_list("shift_id", "person__name"):
        found.setdefault(shift, []).append(name)
    return found


def _batches(post: Post) -> list[tuple[str, int]]:
    """The batches of generated shifts that can still be taken back: nobody was ever on one of them."""
    rows = Shift.objects.filter(post=post).exclude(made_as="").order_by().values("made_as")
    found = rows.annotate(number=Count("pk", distinct=True), people=Count("assignments")).filter(people=0)
    return [(row["made_as"], row["number"]) for row in found.order_by("-made_as")[:5]]


@dataclass(frozen=True, slots=True)
class PlaceHeld:
    """Somebody on a shift, as the shift's page shows him."""

    assignment: Assignment
    name: str
    is_lead: bool


@dataclass(frozen=True, slots=True)
class ShiftPage:
    """A shift with everybody on it or waiting for it."""

    shift: Shift
    name: str
    post_name: str
    holding: list[PlaceHeld]
    waiting: list[PlaceHeld]
    gone: list[PlaceHeld]
    overrides: list[Override]
    short: int
    is_over: bool
    may_plan: bool
    may_assign: bool


def shift_page(actor: Account, pk: int) -> ShiftPage:
    """One shift, who is on it, who waits, who was taken off or withdrew."""
    rows = Shift.objects.select_related("post__area", "post__incident__playbook", "lead")
    shift = access.fetch(actor, "duty.see", rows, pk=pk)
    book = playbook_of(shift.post.incident)
    pattern = book.patterns.get(shift.post.pattern)
    found = Assignment.objects.filter(shift=shift).select_related("person").order_by("person__name", "pk")
    places = [PlaceHeld(row, row.person.name, row.person_id == shift.lead_id) for row in found]

    def those(*states: str) -> list[PlaceHeld]:
        return [place for place in places if place.assignment.state in states]

    return ShiftPage(
        shift=shift,
        name=shift_name(pattern, shift.label),
        post_name=short_name(book, shift.post),
        holding=those("confirmed", "offered"),
        waiting=those("waiting"),
        gone=those("withdrawn", "removed", "expired"),
        overrides=list(Override.objects.filter(shift=shift).select_related("made_by", "person")),
        short=max(0, shift.minimum - shift.taken),
        is_over=shift.ends <= timezone.now() or shift.state == Shift.State.CANCELLED,
        may_plan=access.can(actor, "duty.plan", shift.post.area),
        may_assign=access.can(actor, "duty.assign", shift.post.area),
    )


def places_for_posts(actor: Account, incident: Incident) -> list[Area]:
    """Where in the incident the actor may open a post."""
    inside = Area.objects.filter(path__startswith=incident.area.path, level__in=PLACES)
    return list(access.scope(actor, "duty.plan", inside).order_by("path")[:600])


def kinds_of(incident: Incident) -> list[tuple[str, str]]:
    """(slug, name) of the post kinds that the incident's playbook knows."""
    return [(slug, str(kind.name)) for slug, kind in playbook_of(incident).posts.items()]


def patterns_of(incident: Incident) -> list[tuple[str, str]]:
    """(slug, name) of the shift patterns that the incident's playbook knows."""
    return [(slug, str(pattern.name)) for slug, pattern in playbook_of(incident).patterns.items()]
