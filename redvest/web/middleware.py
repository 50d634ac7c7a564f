"""What holds for every request: refusals become answers, the way of a change is marked, idle staff are signed out."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from redvest.core import audit
from redvest.core.access import grants
from redvest.core.errors import RedVestError, Refused
from redvest.web.http import is_fragment, to_sign_in

if TYPE_CHECKING:
    from redvest.people.models import Account

# Screens for which a role's second factor and idle sign-out count; public pages and sign-in itself stay open.
_GUARDED = ("coordinator", "volunteer", "styleguide", "admin")
_OPEN = ("volunteer:answer_link",)
_LAST_ROW = 2**63 - 1  # the largest number that a row can have
_SEEN = "seen_at"
_SECOND_FACTOR = "has_second_factor"


class RedVestMiddleware:
    """A ``Refused`` becomes a 409 with its sentence, a ``Denied`` a 403: as a fragment for htmx, else as a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        way = "offline" if request.headers.get("X-Sent-Later") else "web"
        with audit.via(way):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is not None and any(isinstance(each, int) and each > _LAST_ROW for each in match.kwargs.values()):
            raise Http404
        if match is None or not match.namespaces or match.namespaces[0] not in _GUARDED:
            return None
        if not request.user.is_authenticated or match.view_name in _OPEN:
            return None
        account = request.user
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(account.language)
        if not grants(account):
            return None
        return _idle(request) or _second_factor(request, account)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DataError) and "NUL" in str(error):  # the one character that PostgreSQL's text cannot hold
            error = Refused(_("The text holds a character that cannot be kept (NUL). Type the text again by hand."))
        if not isinstance(error, RedVestError):
            return None
        context: dict[str, Any] = {"sentence": str(error), "code": error.code, "details": error.details}
        if is_fragment(request):
            return render(request, "parts/refusal.html", context, status=error.status_code)
        return render(request, f"{error.status_code}.html", context, status=error.status_code)


def _idle(request: HttpRequest) -> HttpResponse | None:
    """Sign out who has a role and did nothing for IDLE_MINUTES. A screen that only keeps itself fresh does nothing."""
    now = int(time.time())
    seen = request.session.get(_SEEN, now)
    if now - seen > settings.IDLE_MINUTES * 60:
        logout(request)
        messages.info(request, _("You were signed out because nothing happened for a while. Sign in to go on."))
        return to_sign_in(request)
    is_poll = request.method == "GET" and is_fragment(request) and "If-None-Match" in request.headers
    if not is_poll and (_SEEN not in request.session or now - seen >= 60):
        request.session[_SEEN] = now
    return None


def _second_factor(request: HttpRequest, account: "Account") -> HttpResponse | None:
    """Send who must have a second factor, and has none, to where it is set up. Having it is remembered in the session:
    it cannot be switched off by its owner (``SecondFactorAdapter``).
    """
    if request.session.get(_SECOND_FACTOR):
        return None
    from allauth.mfa.utils import is_mfa_enabled

    from redvest.web.account import needs_second_factor

    if not needs_second_factor(account):
        return None
    if is_mfa_enabled(account):
        request.session[_SECOND_FACTOR] = True
        return None
    messages.info(request, _("Your role needs a second step at sign-in. Set it up now; it takes a minute."))
    return redirect("mfa_activate_totp")
