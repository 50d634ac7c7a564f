"""When somebody may check in or out, and how his presence looks at a moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from redvest.duty.rules.signup import clock

EARLIEST = timedelta(minutes=30)
LATE_AFTER = timedelta(minutes=10)
COORDINATOR_AFTER = timedelta(minutes=20)
LEAVING_SOON = timedelta(minutes=30)
ARRIVING_SOON = timedelta(minutes=60)
FORGOTTEN_AFTER = timedelta(minutes=30)
EARLY_BEFORE = timedelta(minutes=10)
LATEST_CHECK_OUT = timedelta(hours=12)
# A withdrawal so shortly before the start is an alarm, not a note.
LATE_WITHDRAWAL = timedelta(hours=6)
# A phone without network may send what was tapped so long ago.
LATEST_OFFLINE = timedelta(hours=24)


class CheckIn(StrEnum):
    """May he check in (or out) now?"""

    READY = "ready"
    TOO_EARLY = "too_early"
    PRESENT = "present"
    DONE = "done"
    OVER = "over"
    NOT_YOURS = "not_yours"
    NOT_PRESENT = "not_present"


@dataclass(frozen=True, slots=True)
class Presence:
    """An assignment and its attendance as the clock sees them."""

    starts: datetime
    ends: datetime
    state: str = ""
    is_confirmed: bool = True


def may_check_in(presence: Presence, now: datetime) -> CheckIn:
    if not presence.is_confirmed:
        return CheckIn.NOT_YOURS
    if presence.state == "present":
        return CheckIn.PRESENT
    if presence.state == "done":
        return CheckIn.DONE
    if now < presence.starts - EARLIEST:
        return CheckIn.TOO_EARLY
    return CheckIn.OVER if now >= presence.ends else CheckIn.READY


def may_check_out(presence: Presence, now: datetime) -> CheckIn:
    if presence.state == "done":
        return CheckIn.DONE
    if presence.state != "present":
        return CheckIn.NOT_PRESENT
    return CheckIn.OVER if now > presence.ends + LATEST_CHECK_OUT else CheckIn.READY


def leaves_early(presence: Presence, now: datetime) -> bool:
    """Whether leaving now needs a reason. A few minutes are no matter."""
    return now < presence.ends - EARLY_BEFORE


def sentence(answer: CheckIn, presence: Presence, zone: str) -> str:
    """The answer in words."""
    match answer:
        case CheckIn.READY:
            return _("You can check in now.")
        case CheckIn.TOO_EARLY:
            opens = clock(presence.starts - EARLIEST, ZoneInfo(zone))
            return _("Check-in opens at %(time)s, 30 minutes before the shift.") % {"time": opens}
        case CheckIn.PRESENT:
            return _("You are checked in already.")
        case CheckIn.DONE:
            return _("This shift is finished. The post lead can correct its times.")
        case CheckIn.OVER:
            return _("The shift is over. The post lead can enter when you were there.")
        case CheckIn.NOT_PRESENT:
            return _("You have not checked in. Check in first, or ask the post lead.")
        case CheckIn.NOT_YOURS:
            return _("You are not confirmed for this shift. Look under my shifts.")


class Seen(StrEnum):
    """How an assignment looks at a moment, for the post's board and the wall."""

    EXPECTED = "expected"
    ARRIVING = "arriving"
    DUE = "due"
    MISSING = "missing"
    PRESENT = "present"
    LEAVING = "leaving"
    FORGOTTEN = "forgotten"
    DONE = "done"
    NO_SHOW = "no_show"


def seen(presence: Presence, now: datetime) -> Seen:
    """What the board says about an assignment now. Missing from ten minutes after the start on."""
    if presence.state == "done":
        return Seen.DONE
    if presence.state == "no_show":
        return Seen.NO_SHOW
    if presence.state == "present":
        if now >= presence.ends + FORGOTTEN_AFTER:
            return Seen.FORGOTTEN
        return Seen.LEAVING if now >= presence.ends - LEAVING_SOON else Seen.PRESENT
    if now >= presence.starts + LATE_AFTER:
        return Seen.MISSING
    if now >= presence.starts:
        return Seen.DUE
    return Seen.ARRIVING if now >= presence.starts - ARRIVING_SOON else Seen.EXPECTED


def seen_words(what: Seen) -> str:
    """The word beside the colour."""
    return {
        Seen.EXPECTED: _("Expected"),
        Seen.ARRIVING: _("Arriving"),
        Seen.DUE: _("Due now"),
        Seen.MISSING: _("Missing"),
        Seen.PRESENT: _("On post"),
        Seen.LEAVING: _("Leaving soon"),
        Seen.FORGOTTEN: _("Not checked out"),
        Seen.DONE: _("Done"),
        Seen.NO_SHOW: _("Did not come"),
    }[what]


def minutes(came_at: datetime | None, left_at: datetime | None) -> int:
    """Whole minutes of an attendance, never rounded up; 0 while it is not finished."""
    if came_at is None or left_at is None:
        return 0
    return int((left_at - came_at).total_seconds()) // 60
