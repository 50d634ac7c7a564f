"""The addresses of sign-in: allauth's, less those by which strangers could open accounts or change addresses."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.translation import get_language
from django.utils.translation import gettext as _


class SignIn(LoginView):  # type: ignore[misc]
    """allauth's sign-in; in a demo each of its accounts is one tap away."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**context)
        index = 0 if (get_language() or "").startswith("zh") else 1
        found["demo_password"] = settings.DEMO_PASSWORD
        found["demo_logins"] = [
            {"username": login.username, "role": login.role[index], "first": login.first[index]}
            for login in settings.DEMO_LOGINS
        ]
        return found


def closed(_request: HttpRequest) -> HttpResponse:
    """An address of allauth that RedVest does without. Its name stays, since allauth links to it."""
    raise Http404(_("There is nothing here that you may see."))


def forgotten(request: HttpRequest) -> HttpResponse:
    """A forgotten password is replaced by the people who look after the team, never by a letter to an address."""
    return render(request, "account/password_reset.html")


urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", SignIn.as_view(), name="account_login"),
    path("password/reset/", forgotten),
    re_path(r"^(?:signup|email|confirm-email|password/set|password/reset|phone)/", closed),
    path("", include("allauth.urls")),
]
