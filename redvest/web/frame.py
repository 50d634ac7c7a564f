"""What every page's frame shows: navigation, inbox count, who is signed in. Templates decide nothing."""

from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest

from redvest.web import navigation

if TYPE_CHECKING:
    from redvest.people.models import Account


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of the frame, by audience (see docs/look.md). Fragments have no frame and cost nothing here."""
    account = getattr(request, "user", None)
    if account is None or not account.is_authenticated or getattr(request, "htmx", False):
        return {}
    return navigation.Frame(request, cast("Account", account)).context()
