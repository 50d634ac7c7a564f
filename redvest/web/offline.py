"""What makes the volunteer's screens work without a network: manifest, service worker, the page for lost ones."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

app_name = "offline"


@require_safe
@cache_control(max_age=3600, private=True)
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to put RedVest on its home screen."""
    icons = [
        {"src": static("img/mark.svg"), "type": "image/svg+xml", "sizes": "any"},
        {"src": static("img/mark-192.png"), "type": "image/png", "sizes": "192x192"},
        {"src": static("img/mark-512.png"), "type": "image/png", "sizes": "512x512", "purpose": "any maskable"},
    ]
    answer = {
        "name": _("RedVest"),
        "short_name": _("RedVest"),
        "lang": get_language(),
        "start_url": "/me/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f4f5f6",
        "theme_color": "#c2141b",
        "icons": icons,
    }
    return JsonResponse(answer, content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at an address of its own that never changes and covers the whole site."""
    found = finders.find("vendor/sw.js")
    if not found:
        raise Http404
    return HttpResponse(Path(found).read_bytes(), content_type="text/javascript")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What a phone shows for an address it has never seen while it had a network."""
    return render(request, "offline.html")


urlpatterns = [
    path("manifest.webmanifest", manifest, name="manifest"),
    path("sw.js", worker, name="worker"),
    path("offline/", page, name="page"),
]
