"""Swaps as their three sides see them, and whom one may ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from redvest.core import access
from redvest.duty.models import Assignment, Shift, Swap
from redvest.people.models import Account

# Colleagues are those who stand at posts of the same place around these days; others one does not know by name.
NEAR_DAYS = 7
MOST = 60


@dataclass(frozen=True, slots=True)
class TheirShift:
    """A coming shift of a colleague that one may ask to exchange."""

    assignment_id: int
    post: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may be asked, with his coming shifts near the given one, and whether he is free at its time."""

    person_id: int
    name: str
    shifts: tuple[TheirShift, ...]
    is_free: bool = True


@dataclass(frozen=True, slots=True)
class SwapView:
    """A swap in words: who gives what, to whom, for what."""

    swap_id: int
    state: str
    state_label: str
    note: str
    answer: str
    giver: str
    other: str
    given_id: int
    given_post: str
    given_starts: datetime
    given_ends: datetime
    wanted_post: str
    wanted_starts: datetime | None
    wanted_ends: datetime | None
    asked_at: datetime
    zone: str


def colleagues(actor: Account, assignment_id: int) -> list[Colleague]:
    """Whom the actor may ask to take over one of his shifts: people with shifts in the same incident and place.

    Those who are free at its time come first; with the others one can only exchange.
    """
    rows = Assignment.objects.select_related("shift__post__area")
    own = access.fetch(actor, "duty.sign_up", rows, pk=assignment_id)
    shift = own.shift
    near = Assignment.objects.filter(
        state=Assignment.State.CONFIRMED,
        shift__post__incident_id=shift.post.incident_id,
        shift__post__area__path__startswith=shift.post.area.path,
        shift__duty_day__gte=shift.duty_day - timedelta(days=NEAR_DAYS),
        shift__duty_day__lte=shift.duty_day + timedelta(days=NEAR_DAYS),
    ).exclude(person_id=own.person_id)
    there = set(_on(shift))
    found: dict[int, tuple[str, list[TheirShift]]] = {}
    now = timezone.now()
    values = ("id", "person_id", "person__name", "shift__post__name", "shift__starts", "shift__ends")
    for key, person, name, post, starts, ends in near.order_by("person__name", "shift__starts").values_list(*values):
        if person in there or (person not in found and len(found) >= MOST):
            continue
        shifts = found.setdefault(person, (name, []))[1]
        if starts > now:
            shifts.append(TheirShift(key, post, starts, ends))
    busy = _busy(shift, found)
    free_first = sorted(found.items(), key=lambda each: each[0] in busy)
    return [Colleague(person, name, tuple(shifts), person not in busy) for person, (name, shifts) in free_first]


def _busy(shift: Shift, people: Iterable[int]) -> set[int]:
    """Who of these people is on another shift, anywhere, while this one lasts."""
    theirs = Assignment.objects.filter(
        person_id__in=list(people), state__in=["offered", "confirmed"], during__overlap=(shift.starts, shift.ends)
    )
    return set(theirs.order_by().values_list("person_id", flat=True))


def _on(shift: Shift) -> list[int]:
    held = Assignment.objects.filter(shift=shift, state__in=["offered", "confirmed"])
    return list(held.order_by().values_list("person_id", flat=True))


def my_swaps(actor: Account) -> tuple[list[SwapView], list[SwapView]]:
    """(asked of the actor, asked by the actor): open ones, and those decided in the last week."""
    since = timezone.now() - timedelta(days=7)
    rows = _rows().filter(Q(state__in=["asked", "accepted"]) | Q(decided_at__gte=since))
    of_me = [_view(swap) for swap in rows.filter(other__account=actor)]
    by_me = [_view(swap) for swap in rows.filter(given__person__account=actor)]
    return of_me, by_me


def swaps_to_approve(actor: Account, post_id: int | None = None) -> list[SwapView]:
    """Swaps that both agreed on and that wait for the actor's yes."""
    rows = access.scope(actor, "duty.approve_swap", _rows()).filter(state=Swap.State.ACCEPTED)
    if post_id is not None:
        rows = rows.filter(given__shift__post_id=post_id)
    return [_view(swap) for swap in rows[:MOST]]


def _rows() -> QuerySet[Swap]:
    return Swap.objects.select_related(
        "other", "given__person", "given__shift__post__incident", "wanted__shift__post"
    ).order_by("-asked_at")


def _view(swap: Swap) -> SwapView:
    given, wanted = swap.given.shift, swap.wanted.shift if swap.wanted is not None else None
    return SwapView(
        swap_id=swap.pk,
        state=swap.state,
        state_label=swap.get_state_display(),
        note=swap.note,
        answer=swap.answer,
        giver=swap.given.person.name,
        other=swap.other.name,
        given_id=swap.given_id,
        given_post=given.post.name,
        given_starts=given.starts,
        given_ends=given.ends,
        wanted_post=wanted.post.name if wanted else "",
        wanted_starts=wanted.starts if wanted else None,
        wanted_ends=wanted.ends if wanted else None,
        asked_at=swap.asked_at,
        zone=given.post.incident.time_zone,
    )
