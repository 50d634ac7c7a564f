"""The addresses: one prefix per audience. Every address has a permission test (tests/web/test_every_url.py)."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from redvest.web.public import home

urlpatterns = [
    path("", include("redvest.web.public.urls")),
    path("", include("redvest.web.offline")),
    path("", include("redvest.web.styleguide")),
    path("i18n/setlang/", home.set_language, name="set_language"),
    path("accounts/", include("redvest.web.account_urls")),
    path("coordinator/", include("redvest.web.coordinator.urls")),
    path("me/", include("redvest.web.volunteer.urls")),
    path("h/", include("redvest.web.resident.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("admin/", admin.site.urls))
