"""The typed request of a signed-in person, and the decorators that make sure of it."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from redvest.core import access
from redvest.core.errors import Denied
from redvest.core.outbox import HEADER

if TYPE_CHECKING:
    from redvest.people.models import Account, Person

P = ParamSpec("P")
T = TypeVar("T")
# Years in which something can lie that a person types; far from the ends of the calendar, where sums of days break.
YEARS = range(1900, 2200)


class SignedInRequest(HttpRequest):
    """A request of a signed-in account."""

    user: "Account"
    htmx: HtmxDetails


View = Callable[Concatenate[SignedInRequest, P], HttpResponse]


def signed_in(view: View[P]) -> Callable[..., Any]:
    """The view is for anybody signed in. Permission on rows stays with queries and actions."""

    @wraps(view)
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        return view(cast(SignedInRequest, request), *args, **kwargs)

    return inner


def for_staff_of(action: str) -> Callable[[View[P]], Callable[..., Any]]:
    """The view is for accounts whose role allows ``action`` somewhere; rows are still scoped by queries and actions."""

    def decorate(view: View[P]) -> Callable[..., Any]:
        @wraps(view)
        def inner(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            access.require(request.user, action)
            return view(request, *args, **kwargs)

        return signed_in(cast(Any, inner))

    return decorate


def number(text: str | None) -> int | None:
    """A whole number from an address or a form; what is none, or too large for a row, is ``None``."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None


def day(text: str | None) -> date | None:
    """A day from an address or a form, as browsers send it; what is none, or in no century of ours, is ``None``."""
    found = _parsed(parse_date, text)
    return found if found is not None and found.year in YEARS else None


def moment(text: str | None) -> datetime | None:
    """A local date and time from an address or a form; what is none, or in no century of ours, is ``None``."""
    found = _parsed(parse_datetime, text)
    if found is None or found.year not in YEARS:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def _parsed(parse: Callable[[str], T | None], text: str | None) -> T | None:
    try:
        return parse((text or "").strip())
    except ValueError:
        return None


def is_fragment(request: HttpRequest) -> bool:
    """Asked for by a script of ours (htmx, the offline outbox) that cannot follow a redirect to a page."""
    return bool(getattr(request, "htmx", False)) or HEADER in request.headers


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; for a script a 401 that makes htmx load it as a whole page, since the frame is stale, too."""
    if not is_fragment(request):
        return redirect_to_login(request.get_full_path())
    answer = HttpResponse(status=401)
    answer["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
    return answer


def me(request: SignedInRequest) -> "Person":
    """The person of the signed-in account. Volunteer screens need one."""
    from redvest.people.queries import person_of

    person = person_of(request.user)
    if person is None:
        raise Denied(_("Your account belongs to no volunteer yet. Ask your community worker to link it."))
    return person
