"""Turns refusals into answers, and marks the way by which a change came."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from redvest.core import audit
from redvest.core.errors import RedVestError
from redvest.core.outbox import HEADER


class RedVestMiddleware:
    """A ``Refused`` becomes a 409 with its sentence, a ``Denied`` a 403: as a fragment for htmx, else as a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        way = "offline" if request.headers.get("X-Sent-Later") else "web"
        with audit.via(way):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, RedVestError):
            return None
        context: dict[str, Any] = {"sentence": str(error), "code": error.code, "details": error.details}
        if getattr(request, "htmx", False) or request.headers.get(HEADER):
            return render(request, "parts/refusal.html", context, status=error.status_code)
        return render(request, f"{error.status_code}.html", context, status=error.status_code)
