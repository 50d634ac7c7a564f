"""What people are told about their shifts, and whom it concerns at a post. No decision is made here."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from redvest.core import access
from redvest.core.messages import Urgency, register, tell
from redvest.core.roles import Role
from redvest.duty.models import Assignment, Shift
from redvest.duty.rules.signup import clock
from redvest.people.models import Account

OFFERED = register(
    "duty.place_offered",
    _("A place is free: {post}"),
    _("{name}, a place at {post} ({when}) is kept for you until {until}. Confirm it or pass it on: {link}"),
)
OFFER_EXPIRED = register(
    "duty.offer_expired",
    _("The place went on: {post}"),
    _("{name}, you did not answer in time, so the place at {post} ({when}) went to the next. That is fine."),
)
WITHDREW = register(
    "duty.withdrew",
    _("Withdrew: {post} {when}"),
    _("{person} cannot come to {post} ({when}). {have} of {wanted} places are taken. Find a replacement: {link}"),
)
SWAP_ASKED = register(
    "duty.swap_asked",
    _("Can you take a shift? {post} {when}"),
    _("{name}, {person} asks whether you can take {post} ({when}). Say yes or no, both are fine: {link}"),
)
SWAP_ACCEPTED = register(
    "duty.swap_accepted",
    _("A swap waits for your yes: {post} {when}"),
    _("{person} and {other} agreed on a swap at {post} ({when}). Approve or decline it: {link}"),
)
SWAP_DECIDED = register("duty.swap_decided", _("Swap: {post} {when}"), _("{name}, {outcome} See your shifts: {link}"))
NOT_HERE = register(
    "duty.not_here",
    _("Not here yet: {post}"),
    _("{person} has not checked in at {post}, {minutes} minutes after the start. Call, or find a replacement: {link}"),
)
FORGOT_OUT = register(
    "duty.forgot_check_out",
    _("Did you leave? {post}"),
    _("{name}, your shift at {post} ended at {end} and you have not checked out. One tap: {link}"),
)
CORRECTED = register(
    "duty.attendance_corrected",
    _("Your times were corrected: {post}"),
    _("{name}, {by} corrected your times at {post} ({when}). Reason: {reason} If that is wrong, say so: {link}"),
)
outcome_declined = _("your colleague cannot take the shift; it stays yours.")
outcome_taken_back = _("the question about a swap was taken back; nothing changes.")
outcome_refused = _("the swap was not approved; both shifts stay as they were.")
outcome_approved = _("the swap is approved and the shift has changed hands.")


def swaps_link() -> str:
    return reverse("volunteer:swaps")


def when(shift: Shift) -> str:
    """``03-02 22:00-06:00`` in the incident's time zone. ``shift.post.incident`` should be selected."""
    zone = ZoneInfo(shift.post.incident.time_zone)
    return f"{clock(shift.starts, zone)}-{shift.ends.astimezone(zone):%H:%M}"


def local_clock(shift: Shift, moment: datetime) -> str:
    return clock(moment, ZoneInfo(shift.post.incident.time_zone))


def context(shift: Shift, **more: Any) -> dict[str, Any]:
    return {"post": shift.post.name, "when": when(shift), **more}


def leads(shift: Shift) -> "QuerySet[Account]":
    """Who answers for the post: the shift's lead, and the post leads and community workers right at this area."""
    area = shift.post.area
    holders = access.holders("duty.check_in", area).filter(
        grants__role__in=(Role.POST_LEAD, Role.COMMUNITY_WORKER), grants__area__path__in=[area.path, *_near(area.path)]
    )
    accounts = set(holders.values_list("pk", flat=True))
    if shift.lead_id is not None and shift.lead is not None and shift.lead.account_id is not None:
        accounts.add(shift.lead.account_id)
    return Account.objects.filter(pk__in=accounts)


def coordinators(shift: Shift) -> "QuerySet[Account]":
    """Who can put somebody else on the shift."""
    return access.holders("duty.assign", shift.post.area)


def _near(path: str) -> list[str]:
    """The area itself and the two above it: an estate's gate is answered for by its community, not by the city."""
    return access.ancestors(path)[-2:]


def to_leads(shift: Shift, template: str, urgency: Urgency, *, dedupe: str = "", **more: Any) -> None:
    """Tell those who answer for the post; the coordinators when nobody does."""
    people = list(leads(shift)) or list(coordinators(shift))
    tell(
        people,
        template,
        context(shift, **more),
        link=lambda account: reverse("coordinator:attendance_post", args=[shift.post_id]),
        urgency=urgency,
        area_path=shift.post.area.path,
        dedupe=dedupe,
    )


def to_person(
    assignment: Assignment,
    template: str,
    urgency: Urgency,
    *,
    dedupe: str = "",
    more: Mapping[str, Any] | Callable[[Account], Mapping[str, Any]] | None = None,
) -> None:
    """Tell the person of an assignment; one without an account has to be called, which the board says."""
    account = assignment.person.account
    if account is None:
        return
    shift = assignment.shift

    def filled(told: Account) -> dict[str, Any]:
        return context(shift, **(more(told) if callable(more) else more or {}))

    tell(
        [account],
        template,
        filled,
        link=reverse("volunteer:shift", args=[assignment.pk]),
        urgency=urgency,
        area_path=shift.post.area.path,
        dedupe=dedupe,
    )
