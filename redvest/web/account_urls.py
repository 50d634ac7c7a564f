"""The addresses of sign-in: allauth's, less those by which strangers could open accounts or change addresses."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.translation import gettext as _


def closed(_request: HttpRequest) -> HttpResponse:
    """An address of allauth that RedVest does without. Its name stays, since allauth links to it."""
    raise Http404(_("There is nothing here that you may see."))


def forgotten(request: HttpRequest) -> HttpResponse:
    """A forgotten password is replaced by the people who look after the team, never by a letter to an address."""
    return render(request, "account/password_reset.html")


urlpatterns: list[URLPattern | URLResolver] = [
    path("password/reset/", forgotten),
    re_path(r"^(?:signup|email|confirm-email|password/set|password/reset|phone)/", closed),
    path("", include("allauth.urls")),
]
