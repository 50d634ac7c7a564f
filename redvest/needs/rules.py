"""Decisions about a request that is loaded already: its clock, what may be done to it, and why not."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext as _

from redvest.incidents.playbooks.schema import RequestKind
from redvest.needs.models import ENDED, IN_HAND, OPEN, SETTLED, WAITING, Request
from redvest.places.models import NeedFlag

State = Request.State

# Households with one of these go first within their class (domain.md section 3). The others only say how to reach them.
FIRST = frozenset(
    {
        NeedFlag.LONE_ELDERLY,
        NeedFlag.ELDERLY_COUPLE,
        NeedFlag.DISABLED,
        NeedFlag.BEDRIDDEN,
        NeedFlag.DIALYSIS,
        NeedFlag.CHEMOTHERAPY,
        NeedFlag.PREGNANT,
        NeedFlag.INFANT,
        NeedFlag.CHILD_ALONE,
        NeedFlag.CHRONIC_MEDICINE,
        NeedFlag.OXYGEN,
        NeedFlag.INSULIN,
    }
)
LIFE = 1  # the priority of a life in danger
# Coordinators hear of a request whose clock has run out this long after those who answer for it.
COORDINATOR_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Clock:
    """Until when somebody must have spoken with the resident, and until when it must be done."""

    contact_by: datetime
    due_at: datetime


def clock_of(kind: RequestKind, begins: datetime) -> Clock:
    """The clock of a kind of request that begins to run now."""
    return Clock(begins + timedelta(minutes=kind.contact_minutes), begins + timedelta(minutes=kind.done_minutes))


def goes_first(needs: Collection[str]) -> bool:
    """Whether a household with these need flags goes first within its class."""
    return not FIRST.isdisjoint(needs)


class Timed(Protocol):
    """What lateness is judged by."""

    state: str
    contact_by: datetime
    due_at: datetime
    contacted_at: datetime | None


class Lateness(StrEnum):
    """How a request stands against its clock."""

    IN_TIME = "in_time"
    CONTACT_LATE = "contact_late"
    LATE = "late"
    STOPPED = "stopped"


def lateness(request: Timed, now: datetime) -> Lateness:
    """The clock stops when the request is settled; being done late is worse than a late first word."""
    if request.state in SETTLED or request.state in ENDED:
        return Lateness.STOPPED
    if now > request.due_at:
        return Lateness.LATE
    if request.contacted_at is None and now > request.contact_by:
        return Lateness.CONTACT_LATE
    return Lateness.IN_TIME


class Step(StrEnum):
    """What people do to a request."""

    VERIFY = "verify"
    GIVE = "give"
    TAKE = "take"
    ACCEPT = "accept"
    GIVE_BACK = "give_back"
    SET_OUT = "set_out"
    DONE = "done"
    NOT_DONE = "not_done"
    REFER = "refer"
    LOSE_TRACK = "lose_track"
    CALL_BACK = "call_back"
    CLOSE = "close"
    REOPEN = "reopen"
    MERGE = "merge"


# From which states each step may be taken.
FROM: dict[Step, tuple[str, ...]] = {
    Step.VERIFY: ("new", "unknown"),
    Step.GIVE: (*WAITING, *IN_HAND, "unknown"),
    Step.TAKE: WAITING,
    Step.ACCEPT: ("assigned",),
    Step.GIVE_BACK: IN_HAND,
    Step.SET_OUT: ("assigned", "accepted"),
    Step.DONE: (*WAITING, *IN_HAND, "unknown"),
    Step.NOT_DONE: (*WAITING, *IN_HAND, "unknown"),
    Step.REFER: (*WAITING, *IN_HAND, "unknown", "not_done"),
    Step.LOSE_TRACK: (*WAITING, *IN_HAND),
    Step.CALL_BACK: SETTLED,
    Step.CLOSE: OPEN,
    Step.REOPEN: (*SETTLED, "closed"),
    Step.MERGE: (*WAITING, *IN_HAND, "unknown"),
}


def may(step: Step, request: Request) -> bool:
    """Whether the request's state allows the step."""
    return request.state in FROM[step]


def why_not(request: Request) -> str:
    """The sentence for somebody who comes too late with a step."""
    if request.state == State.MERGED:
        return _("This request was merged into No. %(number)s. Go on there.") % {"number": request.merged_into_id}
    if request.state == State.CLOSED:
        return _("This request is closed. Reopen it first; it keeps its number.")
    if request.state in SETTLED:
        return _("This request is settled already: %(state)s. Reopen it if that is wrong.") % _state(request)
    if request.state in IN_HAND:
        return _("Somebody has this request in hand: %(state)s. Reload the page.") % _state(request)
    return _("This cannot be done now: the request is in the state %(state)s. Reload the page.") % _state(request)


def _state(request: Request) -> dict[str, object]:
    return {"state": request.get_state_display()}


class Says(StrEnum):
    """What a resident may say about his request through its link."""

    STILL = "still"
    NO_LONGER = "no_longer"
    DONE = "done"
