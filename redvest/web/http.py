"""The typed request of a signed-in person, and the decorators that make sure of it."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from redvest.core import access
from redvest.core.errors import Denied

if TYPE_CHECKING:
    from redvest.people.models import Account, Person

P = ParamSpec("P")


class SignedInRequest(HttpRequest):
    """A request of a signed-in account."""

    user: "Account"
    htmx: HtmxDetails


View = Callable[Concatenate[SignedInRequest, P], HttpResponse]


def signed_in(view: View[P]) -> Callable[..., Any]:
    """The view is for anybody signed in. Permission on rows stays with queries and actions."""
    return login_required(cast(Any, view))


def for_staff_of(action: str) -> Callable[[View[P]], Callable[..., Any]]:
    """The view is for accounts whose role allows ``action`` somewhere; rows are still scoped by queries and actions."""

    def decorate(view: View[P]) -> Callable[..., Any]:
        @wraps(view)
        def inner(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            access.require(request.user, action)
            return view(request, *args, **kwargs)

        return login_required(cast(Any, inner))

    return decorate


def me(request: SignedInRequest) -> "Person":
    """The person of the signed-in account. Volunteer screens need one."""
    from redvest.people.queries import person_of

    person = person_of(request.user)
    if person is None:
        raise Denied(_("Your account belongs to no volunteer yet. Ask your community worker to link it."))
    return person
