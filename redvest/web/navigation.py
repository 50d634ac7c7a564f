"""The navigation of each audience. An item appears when its address exists and the account's role allows it."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from redvest.core import access, queries
from redvest.core.roles import Role

if TYPE_CHECKING:
    from redvest.people.models import Account

VOLUNTEER = "volunteer"
COORDINATOR = "coordinator"
# Roles whose work is at the desk; a post lead works with a phone, like a volunteer.
_DESK_ROLES = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.COMMUNITY_WORKER, Role.OBSERVER})


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: its word, the name of its address, its icon, and the action one must be allowed to do (or none).

    ``within`` is a pattern of the addresses that belong to it where they do not begin with its own.
    """

    label: str
    address: str
    icon: str
    action: str = ""
    within: str = ""


# What belongs to an entry though its address begins otherwise; below /coordinator/.
_SITUATION = r"$|playbooks/|incidents/(new/|\d+/($|tick/|level/|end/|close/))"
_CALL_UPS = r"callups/|incidents/\d+/callups/"
_DEPLOYMENT = r"deployment/|offers/|incidents/\d+/deployment/"
_POSTS = r"posts/|incidents/\d+/posts/"


def coordinator_items() -> list[tuple[str, list[Item]]]:
    """The coordinators' side navigation: groups of items."""
    return [
        (
            "",
            [
                Item(_("Situation"), "coordinator:situation", "layout-dashboard", "incidents.see", _SITUATION),
                Item(_("Call-ups"), "coordinator:callups", "speakerphone", "incidents.call_up", _CALL_UPS),
                Item(_("Deployment"), "coordinator:deployment", "arrows-exchange", "incidents.deploy", _DEPLOYMENT),
            ],
        ),
        (
            _("Duty"),
            [
                Item(_("Posts and shifts"), "coordinator:posts", "map-pin", "duty.see", _POSTS),
                Item(_("Roster"), "coordinator:rosters", "calendar-event", "duty.see"),
                Item(_("Attendance"), "coordinator:attendance", "checklist", "duty.see"),
                Item(_("Wall"), "coordinator:wall", "device-desktop", "duty.see_wall"),
            ],
        ),
        (
            _("Residents"),
            [
                Item(_("Requests"), "coordinator:requests", "message-heart", "needs.triage"),
                Item(_("Take down a request"), "coordinator:request_new", "phone-plus", "needs.enter"),
                Item(_("Paste a chat list"), "coordinator:pastes", "clipboard-text", "needs.enter"),
                Item(_("Codes for buildings"), "coordinator:request_codes", "qrcode", "needs.print_codes"),
            ],
        ),
        (
            _("Supplies"),
            [
                Item(_("Stock"), "coordinator:supplies", "package", "supplies.see"),
                Item(_("Distribution lists"), "coordinator:supply_lists", "list-check", "supplies.see"),
                Item(_("Medicine runs"), "coordinator:medicine_runs", "pill", "supplies.medicine"),
                Item(_("With people"), "coordinator:carried", "user-check", "supplies.see"),
                Item(_("Donations"), "coordinator:donations", "gift", "supplies.see"),
            ],
        ),
        (
            _("Records"),
            [
                Item(_("People"), "coordinator:people", "users", "people.import", r"people/|organisations/"),
                Item(_("Places"), "coordinator:places", "building-community", "places.see", r"places/|doors/"),
                Item(_("Imports"), "coordinator:imports", "file-spreadsheet", "people.import"),
                Item(_("Background work"), "coordinator:jobs", "progress", "core.see_jobs"),
            ],
        ),
        (
            _("Administration"),
            [
                Item(_("Roles"), "coordinator:roles", "shield-lock", "core.grant"),
                Item(_("Trail"), "coordinator:trail", "history", "core.see_audit"),
                Item(_("Deliveries"), "coordinator:deliveries", "send", "core.see_deliveries"),
            ],
        ),
    ]


def volunteer_items() -> list[tuple[str, list[Item]]]:
    """The volunteer's tab bar: five at most."""
    return [
        (
            "",
            [
                Item(_("Home"), "volunteer:home", "home"),
                Item(_("My shifts"), "volunteer:shifts", "calendar-event"),
                Item(_("Open shifts"), "volunteer:open_shifts", "hand-finger"),
                Item(_("Inbox"), "volunteer:inbox", "bell"),
                Item(_("Me"), "volunteer:profile", "user"),
            ],
        )
    ]


def landing(account: "Account") -> str:
    """Where an account begins: the desk for those whose role is there, else the phone."""
    roles = {role for role, _path in access.grants(account)}
    if roles & _DESK_ROLES:
        return COORDINATOR
    _unread, has_person = queries.frame_figures(account)
    if has_person or not roles:
        return VOLUNTEER
    return COORDINATOR


class Frame:
    """The frame's context for a signed-in account on one page. What costs a query is asked only when it is shown."""

    def __init__(self, request: HttpRequest, account: "Account") -> None:
        self.request = request
        self.account = account
        self.audience = VOLUNTEER if request.path.startswith("/me/") else COORDINATOR

    def context(self) -> dict[str, Any]:
        return {
            "nav": SimpleLazyObject(self.nav),
            "inbox": SimpleLazyObject(self.inbox),
            "account_name": str(self.account),
            "account_note": SimpleLazyObject(self.roles),
            "account_menu": SimpleLazyObject(self.menu),
            "is_demo": settings.IS_DEMO,
        }

    @cached_property
    def figures(self) -> tuple[int, bool]:
        return queries.frame_figures(self.account)

    def nav(self) -> list[dict[str, Any]]:
        groups = volunteer_items() if self.audience == VOLUNTEER else coordinator_items()
        shown = [(label, [entry for item in items if (entry := self._entry(item))]) for label, items in groups]
        entries = [entry for _label, items in shown for entry in items]
        under = [entry for entry in entries if entry.pop("holds")]
        if under:
            max(under, key=lambda entry: len(entry["url"]))["current"] = True
        return [{"label": label, "items": items} for label, items in shown if items]

    def inbox(self) -> dict[str, Any]:
        name = "volunteer:inbox" if self.audience == VOLUNTEER else "coordinator:inbox"
        return {"url": _url(name), "count": self.figures[0]}

    def roles(self) -> str:
        """The person's roles in words, the widest first; nothing for a volunteer."""
        held = {role for role, _path in access.grants(self.account)}
        return " · ".join(str(Role(role).label) for role in Role.values if role in held)

    def menu(self) -> list[dict[str, str]]:
        entries = [{"label": _("My account"), "url": reverse("public:account"), "icon": "settings"}]
        has_desk = any(role in _DESK_ROLES for role, _path in access.grants(self.account))
        if self.audience == COORDINATOR and self.figures[1]:
            entries.insert(0, {"label": _("My own shifts"), "url": _url("volunteer:home"), "icon": "calendar-event"})
        elif self.audience == VOLUNTEER and has_desk:
            entries.insert(
                0, {"label": _("To the desk"), "url": _url("coordinator:situation"), "icon": "layout-dashboard"}
            )
        return [entry for entry in entries if entry["url"]]

    def _entry(self, item: Item) -> dict[str, Any] | None:
        url = _url(item.address)
        if not url or (item.action and not access.can(self.account, item.action)):
            return None
        count = self.figures[0] if item.address == "volunteer:inbox" else 0
        if item.within:
            below = re.escape(_url("coordinator:situation"))
            holds = re.match(f"{below}({item.within})", self.request.path) is not None
        else:
            holds = self.request.path.startswith(url)
        return {"label": item.label, "url": url, "icon": item.icon, "current": False, "count": count, "holds": holds}


def _url(address: str) -> str:
    try:
        return reverse(address)
    except NoReverseMatch:
        return ""
