"""Where everybody arrives, the language switch, and the address by which a machine asks whether the site is well."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from redvest.core import actions
from redvest.web import navigation

_HOMES = {navigation.COORDINATOR: "coordinator:situation", navigation.VOLUNTEER: "volunteer:home"}
_COOKIE_SECONDS = 365 * 24 * 3600


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the desk, to the phone screens, or to sign-in."""
    if not request.user.is_authenticated:
        return redirect(settings.LOGIN_URL)
    answer = redirect(_HOMES[navigation.landing(request.user)])
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        _remember(answer, request.user.language)
    return answer


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Show the site in another language, here and, for the signed-in, in what they are told."""
    target = request.POST.get("next") or request.headers.get("Referer") or "/"
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    answer = HttpResponseRedirect(target)  # an address as it is: ``redirect`` would take a bare word for a view
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            actions.set_language(request.user, language)
        _remember(answer, language)
    return answer


@never_cache
@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """200 when the database answers, else 503; for a proxy or a monitor. It says nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("no database", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


def _remember(answer: HttpResponse, language: str) -> None:
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=_COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
