"""The navigation of each audience. An item appears when its address exists and the account's role allows it."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from redvest.core import access

if TYPE_CHECKING:
    from redvest.people.models import Account


def frame_for(request: HttpRequest, account: "Account") -> dict[str, Any]:
    """The frame's context for a signed-in account on this page."""
    audience = request.path.split("/")[1]
    groups = _volunteer() if audience == "me" else _coordinator(account)
    return {"nav": _shown(groups, request.path), "account_name": str(account), "account_note": ""}


def _coordinator(account: "Account") -> list[tuple[str, list[tuple[str, str, str]]]]:
    """(group, [(label, address name, icon)]) of the coordinators' side navigation."""
    groups = [
        (
            "",
            [
                (_("Situation"), "coordinator:situation", "layout-dashboard", "incidents.see"),
            ],
        ),
    ]
    return [(name, [item[:3] for item in items if access.can(account, item[3])]) for name, items in groups]


def _volunteer() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The volunteer's tab bar: five at most."""
    return [("", [(_("Home"), "volunteer:home", "home")])]


def _shown(groups: list[tuple[str, list[tuple[str, str, str]]]], path: str) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    for label, items in groups:
        entries = []
        for name, address, icon in items:
            try:
                url = reverse(address)
            except NoReverseMatch:
                continue
            entries.append({"label": name, "url": url, "icon": icon, "current": path == url})
        if entries:
            shown.append({"label": label, "items": entries})
    return shown
