"""What every page's frame shows: navigation, inbox count, who is signed in. Templates decide nothing."""

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of the frame, by audience (see docs/look.md)."""
    account = getattr(request, "user", None)
    if account is None or not account.is_authenticated:
        return {}
    from redvest.web import navigation

    return navigation.frame_for(request, account)
