"""What people are told about requests, and whom it concerns. No decision is made here."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from redvest.core import access
from redvest.core.messages import Urgency, register, tell
from redvest.core.roles import Role
from redvest.needs.models import Request
from redvest.needs.queries.words import door_words, kind_name
from redvest.people.models import Account

LIFE = register(
    "needs.life",
    _("Life in danger: {door}"),
    _("No. {number}, {door}: {kind}. Make sure that 120 was called, and see to it now: {link}"),
)
GIVEN = register(
    "needs.given",
    _("A request for you: {door}"),
    _("{name}, could you see to No. {number}, {kind}, {door}? Take it on or pass it on, both are fine: {link}"),
)
NO_CONTACT = register(
    "needs.no_contact",
    _("Nobody has called yet: {door}"),
    _("No. {number}, {kind}, {door}: the time for the first call is over. Call the resident: {link}"),
)
OVERDUE = register(
    "needs.overdue",
    _("Overdue: {door}"),
    _("No. {number}, {kind}, {door} should be done by now. See to it, or say why it cannot be done: {link}"),
)
LEFT_BEHIND = register(
    "needs.left_behind",
    _("Handed over with the shift: {door}"),
    _("No. {number}, {kind}, {door} was not finished when the shift ended. It is your post's now: {link}"),
)
ENDED = register(
    "needs.ended",
    _("How it ended: No. {number}"),
    _("{name}, the request No. {number} ({kind}, {door}) that you took down is settled: {outcome} {link}"),
)


def desk(request: Request) -> "QuerySet[Account]":
    """Who answers for a request: community workers and post leads right at its desk; coordinators where none is."""
    near = [request.desk.path, *access.ancestors(request.desk.path)[-1:]]
    holders = access.holders("needs.triage", request.desk)
    own = holders.filter(grants__role__in=(Role.COMMUNITY_WORKER, Role.POST_LEAD), grants__area__path__in=near)
    return own if own.exists() else holders


def coordinators(request: Request) -> "QuerySet[Account]":
    """Who directs the place of a request."""
    return access.holders("needs.merge", request.area).filter(grants__role=Role.COORDINATOR)


def to(accounts: "QuerySet[Account] | list[Account]", request: Request, template: str, urgency: Urgency,
       *, dedupe: str = "", **more: object) -> int:  # fmt: skip
    """Tell them, each in his language; how many were told."""
    return len(
        tell(
            accounts,
            template,
            lambda account: {
                "number": request.pk,
                "kind": kind_name(request),
                "door": door_words(request),
                **more,
            },
            link=lambda account: link_for(account, request),
            urgency=urgency,
            area_path=request.area.path,
            dedupe=dedupe,
        )
    )


def link_for(account: Account, request: Request) -> str:
    """The desk's page for those who may see it there, else the volunteer's own."""
    if access.can(account, "needs.triage", request.area):
        return reverse("coordinator:request", args=[request.pk])
    return reverse("volunteer:request", args=[request.pk])
