"""Writes about shifts: made from a pattern and undone as a batch, changed and cancelled by hand, opened for sign-up."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redvest.core import access, audit, live
from redvest.core.errors import Refused
from redvest.duty.models import Assignment, DraftCell, Post, Shift
from redvest.duty.planning import patterns
from redvest.duty.planning.book import playbook_of
from redvest.people.models import Account

TOPIC = "shifts"
HOLDING = (Assignment.State.OFFERED, Assignment.State.CONFIRMED)
LONGEST_PERIOD = 62  # days; a roster is made for weeks, not for a year


@dataclass(frozen=True, slots=True)
class Batch:
    """What one generation of shifts made: its mark, for undoing, and how many; ``kept`` were there already."""

    mark: str
    made: int
    kept: int


@transaction.atomic
def generate_shifts(
    actor: Account,
    post_pks: Sequence[int],
    first: date,
    last: date,
    *,
    pattern: str = "",
    times: Sequence[patterns.Times] = (),
    overlap: int | None = None,
    open_for_sign_up: bool = False,
) -> Batch:
    """Make the shifts of some posts for the duty days ``first`` to ``last``.

    They follow each post's own pattern, the one named, or freely given ``times``.
    Shifts that exist already (same post, times and group) are left as they are. All that is made shares one mark.
    """
    if last < first:
        raise Refused(_("The last day lies before the first. Exchange them."))
    if (last - first).days >= LONGEST_PERIOD:
        raise Refused(_("Shifts are made for at most %(days)s days at a time.") % {"days": LONGEST_PERIOD})
    rows = Post.objects.select_for_update(of=("self",)).select_related("area", "incident__playbook")
    posts = list(access.scope(actor, "duty.plan", rows).filter(pk__in=post_pks).order_by("pk"))
    if len(posts) < len(set(post_pks)):
        raise Refused(_("One of these posts cannot be found. Reload the page and choose again."))
    mark = f"{timezone.localdate():%Y%m%d}-{secrets.token_hex(4)}"
    state = Shift.State.OPEN if open_for_sign_up else Shift.State.PLANNED
    wanted = []
    for post in posts:
        for turn in _turns(post, first, last, pattern, times, overlap):
            wanted.append(_shift(post, turn, mark, state))
    existing = set(
        Shift.objects.filter(post__in=posts, duty_day__range=(first, last)).values_list(
            "post_id", "starts", "ends", "group"
        )
    )
    new = [each for each in wanted if (each.post_id, each.starts, each.ends, each.group) not in existing]
    Shift.objects.bulk_create(new)
    for post in posts:
        made = sum(each.post_id == post.pk for each in new)
        detail = {
            "batch": mark,
            "made": made,
            "first": str(first),
            "last": str(last),
            "pattern": pattern or post.pattern,
        }
        audit.record(actor, "duty.shifts_made", post, area_path=post.area.path, detail=detail)
        live.announce(TOPIC, post.area.path)
    return Batch(mark, len(new), len(wanted) - len(new))


@transaction.atomic
def undo_batch(actor: Account, mark: str) -> int:
    """Take back a batch of generated shifts, as long as nobody has ever been on one of them; answers how many."""
    rows = Shift.objects.select_for_update(of=("self",)).filter(made_as=mark).exclude(made_as="")
    shifts = list(access.scope(actor, "duty.plan", rows).select_related("post__area").order_by("pk"))
    if not shifts:
        raise Refused(_("There is nothing left of this batch to take back."))
    touched = Assignment.objects.filter(shift__in=shifts).values("shift").distinct().count()
    if touched:
        raise Refused(
            ngettext(
                "Somebody is or was on %(count)s shift of this batch, so it stays. Cancel single shifts instead.",
                "Somebody is or was on %(count)s shifts of this batch, so it stays. Cancel single shifts instead.",
                touched,
            )
            % {"count": touched}
        )
    posts = {shift.post_id: shift.post for shift in shifts}
    Shift.objects.filter(pk__in=[shift.pk for shift in shifts]).delete()
    for post in posts.values():
        audit.record(actor, "duty.shifts_taken_back", post, area_path=post.area.path, detail={"batch": mark})
        live.announce(TOPIC, post.area.path)
    return len(shifts)


@transaction.atomic
def add_shift(actor: Account, post_pk: int, starts: datetime, ends: datetime, *, label: str = "") -> Shift:
    """Add one shift by hand, with the post's head counts."""
    rows = Post.objects.select_for_update(of=("self",)).select_related("area", "incident__playbook")
    post = access.fetch(actor, "duty.plan", rows, pk=post_pk)
    _refuse_closed(post)
    _refuse_times(starts, ends)
    zone = ZoneInfo(post.incident.time_zone)
    turn = patterns.Turn(patterns.duty_day(starts, zone), starts, ends, label)
    shift = _shift(post, turn, "", Shift.State.PLANNED)
    try:
        with transaction.atomic():
            shift.save()
    except IntegrityError as error:
        raise Refused(_("This post has a shift with exactly these times already. Change that one instead.")) from error
    audit.record(actor, "duty.shift_added", shift, area_path=post.area.path)
    live.announce(TOPIC, post.area.path)
    return shift


@transaction.atomic
def edit_shift(
    actor: Account,
    pk: int,
    *,
    starts: datetime | None = None,
    ends: datetime | None = None,
    heads: tuple[int, int, int] | None = None,
) -> Shift:
    """Move a shift or change how many people it needs. People who are on it stay on it, and are asked by nobody: only
    a shift without people can be moved; its demand can always be changed, down to the people it has.
    """
    shift = _fetch(actor, pk)
    before: dict[str, Any] = {"heads": [shift.minimum, shift.wanted, shift.maximum]}
    if starts is not None and ends is not None and (starts, ends) != (shift.starts, shift.ends):
        _refuse_times(starts, ends)
        if shift.taken:
            raise Refused(
                _("People said yes to the old time of this shift. Take them off first, or add another shift.")
            )
        before["times"] = [shift.starts.isoformat(), shift.ends.isoformat()]
        shift.starts, shift.ends = starts, ends
        shift.duty_day = patterns.duty_day(starts, ZoneInfo(shift.post.incident.time_zone))
    if heads is not None:
        shift.minimum, shift.wanted, shift.maximum = heads
        if not 1 <= shift.minimum <= shift.wanted <= shift.maximum:
            raise Refused(_("Heads must rise: at least 1 ≤ minimum ≤ wanted ≤ maximum. Correct the three numbers."))
        if shift.taken > shift.maximum:
            raise Refused(
                _("%(count)s people are on this shift already. Take somebody off first, or allow more places.")
                % {"count": shift.taken}
            )
    try:
        with transaction.atomic():
            shift.save(update_fields=["starts", "ends", "duty_day", "minimum", "wanted", "maximum"])
    except IntegrityError as error:
        raise Refused(_("This post has a shift with exactly these times already. Change that one instead.")) from error
    audit.record(actor, "duty.shift_edited", shift, area_path=shift.post.area.path, detail={"before": before})
    live.announce(TOPIC, shift.post.area.path)
    return shift


@transaction.atomic
def cancel_shift(actor: Account, pk: int, reason: str = "") -> Shift:
    """Cancel a shift. Everybody on it or waiting for it is taken off and told."""
    from redvest.duty.actions.assigning import take_off_all

    shift = _fetch(actor, pk)
    if shift.state == Shift.State.CANCELLED:
        raise Refused(_("This shift is cancelled already."))
    if shift.ends <= timezone.now():
        raise Refused(_("This shift is over. What happened stays on record."))
    gone = take_off_all(actor, shift, reason or _("The shift was cancelled."))
    DraftCell.objects.filter(shift=shift, roster__state="draft").delete()
    shift.state = Shift.State.CANCELLED
    shift.save(update_fields=["state"])
    detail = {"people": gone, "reason": reason}
    audit.record(actor, "duty.shift_cancelled", shift, area_path=shift.post.area.path, detail=detail)
    live.announce(TOPIC, shift.post.area.path)
    return shift


@transaction.atomic
def open_shifts_for_sign_up(actor: Account, pks: Iterable[int], *, opened: bool = True) -> int:
    """Let people sign up for planned shifts, or stop that; answers how many changed. Nobody on them is touched."""
    before, after = Shift.State.PLANNED, Shift.State.OPEN
    if not opened:
        before, after = after, before
    rows = Shift.objects.select_for_update(of=("self",)).select_related("post__area")
    shifts = list(access.scope(actor, "duty.plan", rows).filter(pk__in=list(pks), state=before).order_by("pk"))
    Shift.objects.filter(pk__in=[shift.pk for shift in shifts]).update(state=after)
    verb = "duty.shifts_opened" if opened else "duty.shifts_closed"
    for post in {shift.post_id: shift.post for shift in shifts}.values():
        mine = [shift.pk for shift in shifts if shift.post_id == post.pk]
        audit.record(actor, verb, post, area_path=post.area.path, detail={"shifts": mine})
        live.announce(TOPIC, post.area.path)
    return len(shifts)


def _fetch(actor: Account, pk: int) -> Shift:
    rows = Shift.objects.select_for_update(of=("self",)).select_related("post__area", "post__incident__playbook")
    return access.fetch(actor, "duty.plan", rows, pk=pk)


def _refuse_closed(post: Post) -> None:
    if post.state == Post.State.CLOSED:
        raise Refused(_("The post %(post)s is closed. Open it again first.") % {"post": post.name})


def _refuse_times(starts: datetime, ends: datetime) -> None:
    if ends <= starts:
        raise Refused(_("The shift ends before it starts. If it crosses midnight, choose the next day for its end."))
    if ends - starts > timedelta(hours=24):
        raise Refused(_("A shift lasts at most 24 hours. Make two shifts of it."))


def _turns(
    post: Post, first: date, last: date, pattern: str, times: Sequence[patterns.Times], overlap: int | None
) -> list[patterns.Turn]:
    _refuse_closed(post)
    zone = ZoneInfo(post.incident.time_zone)
    if times:
        for stretch in times:
            if not 0 < stretch.end - stretch.start <= 1440:
                raise Refused(_("Each time needs an end after its start, at most 24 hours later."))
        return patterns.free_turns(times, first, last, zone)
    slug = pattern or post.pattern
    found = playbook_of(post.incident).patterns.get(slug)
    if found is None:
        raise Refused(
            _("The post %(post)s has no shift pattern. Choose a pattern, or give the times.") % {"post": post.name}
        )
    anchor = patterns.duty_day(post.incident.starts, zone)
    return patterns.turns(found, first, last, zone, anchor=anchor, overlap=overlap)


def _shift(post: Post, turn: patterns.Turn, mark: str, state: Shift.State) -> Shift:
    return Shift(
        post=post,
        starts=turn.starts,
        ends=turn.ends,
        duty_day=turn.duty_day,
        label=turn.label[:20],
        group=turn.group,
        minimum=post.minimum,
        wanted=post.wanted,
        maximum=post.maximum,
        overlap_minutes=_overlap(post, turn),
        made_as=mark,
        state=state,
    )


def _overlap(post: Post, turn: patterns.Turn) -> int:
    """How long a turn of the post's pattern runs on beside the next one."""
    pattern = playbook_of(post.incident).patterns.get(post.pattern)
    for shift in pattern.shifts if pattern else ():
        if shift.slug == turn.label:
            return max(0, int((turn.ends - turn.starts).total_seconds() // 60) - shift.minutes)
    return 0
