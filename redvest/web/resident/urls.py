"""Addresses of the residents' pages; short, because they stand on paper."""

from django.urls import URLPattern, URLResolver, path

from redvest.web.resident import requests

app_name = "resident"

urlpatterns: list[URLPattern | URLResolver] = [
    path("r/<str:token>/", requests.standing, name="standing"),
    path("r/<str:token>/say/", requests.say, name="say"),
    path("<str:token>/", requests.choices, name="choices"),
    path("<str:token>/<slug:kind>/", requests.ask, name="ask"),
]
