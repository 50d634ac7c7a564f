"""The wall screen: who is on, leaving, arriving, missing, and what is needed in the next three hours."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access
from redvest.duty.models import Post, WallLink
from redvest.duty.queries.attendance import Line, PostNow, ShiftNow, area_of, posts_now
from redvest.duty.rules.attendance import Seen
from redvest.people.models import Account
from redvest.places.models import Area


class At(NamedTuple):
    """Somebody at a post. ``late`` counts the minutes since the start."""

    line: Line
    post: PostNow
    late: int


class Need(NamedTuple):
    """A shift that runs or begins within three hours and lacks people."""

    shift: ShiftNow
    post: PostNow
    missing: int
    is_under_minimum: bool


@dataclass(frozen=True, slots=True)
class Wall:
    """Everything on the wall of an area. ``names`` is False where nobody is signed in: names are masked then."""

    area: Area
    at: datetime
    running: list[tuple[PostNow, ShiftNow]]
    missing: list[At]
    due: list[At]
    leaving: list[At]
    arriving: list[At]
    needed: list[Need]
    on_post: int
    on_standby: int
    wanted: int
    names: bool

    @property
    def needed_heads(self) -> int:
        return sum(need.missing for need in self.needed)


def wall(actor: Account, area_id: int) -> Wall:
    """The wall of an area that the actor may see."""
    area = access.fetch(actor, "duty.see_wall", Area.objects.all(), pk=area_id)
    return _wall(area, names=True)


def wall_by_token(token: str) -> Wall:
    """The wall behind a private address. A revoked or unknown one is a 404. Names are masked."""
    link = WallLink.objects.select_related("area").filter(token=token, revoked_at=None).first()
    if link is None:
        raise Http404(_("This address shows nothing (any more). Ask the community for the new one."))
    return _wall(link.area, names=False)


def wall_area(actor: Account | None, *, area_id: int | None = None, token: str = "") -> Area:
    """The area of a wall, for its version alone: one query, no more."""
    if actor is not None and area_id is not None:
        return area_of(actor, area_id)
    link = WallLink.objects.select_related("area").filter(token=token, revoked_at=None).first()
    if link is None:
        raise Http404(_("This address shows nothing (any more). Ask the community for the new one."))
    return link.area


def links(actor: Account) -> list[WallLink]:
    """The private addresses in force in the actor's areas."""
    rows = access.scope(actor, "duty.plan", WallLink.objects.filter(revoked_at=None))
    return list(rows.select_related("area", "made_by"))


def _wall(area: Area, *, names: bool) -> Wall:
    now = timezone.now()
    rows = Post.objects.filter(state=Post.State.OPEN, incident__state="active", area__path__startswith=area.path)
    posts = [post for post in posts_now(rows.order_by("area__path", "name", "id"), now) if post.shifts]

    def those(*kinds: Seen) -> list[At]:
        found = [At(line, post, _late(line, now)) for post in posts for line in post.lines(*kinds)]
        return sorted(found, key=lambda at: (at.line.starts, at.post.name))

    here = (Seen.PRESENT, Seen.LEAVING, Seen.FORGOTTEN)
    return Wall(
        area=area,
        at=now,
        running=sorted(
            ((post, shift) for post in posts for shift in post.running(now)),
            key=lambda pair: (pair[1].present - pair[1].wanted, pair[0].name),
        ),
        missing=those(Seen.MISSING),
        due=those(Seen.DUE),
        leaving=sorted(those(Seen.LEAVING), key=lambda at: at.line.ends),
        arriving=those(Seen.ARRIVING),
        needed=_needed(posts, now),
        on_post=sum(len(post.lines(*here)) for post in posts if not post.is_standby),
        on_standby=sum(len(post.lines(*here)) for post in posts if post.is_standby),
        wanted=sum(shift.wanted for post in posts if not post.is_standby for shift in post.running(now)),
        names=names,
    )


def _late(line: Line, now: datetime) -> int:
    return max(0, int((now - line.starts).total_seconds()) // 60)


def _needed(posts: list[PostNow], now: datetime) -> list[Need]:
    """Below the minimum first, then by start."""
    found = [
        Need(shift, post, shift.short, shift.taken < shift.minimum)
        for post in posts
        for shift in post.shifts
        if shift.ends > now and shift.short
    ]
    return sorted(found, key=lambda need: (not need.is_under_minimum, need.shift.starts, need.post.name))
