"""The addresses: one prefix per audience. Every address has a permission test (tests/web/test_every_url.py)."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("redvest.web.public.urls")),
    path("", include("redvest.web.offline")),
    path("", include("redvest.web.styleguide")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("coordinator/", include("redvest.web.coordinator.urls")),
    path("me/", include("redvest.web.volunteer.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("admin/", admin.site.urls))
