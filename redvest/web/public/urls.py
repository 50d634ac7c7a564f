"""Addresses of the public screens."""

from django.urls import URLPattern, URLResolver, path

from redvest.web.public import account, calendar, home, wall

app_name = "public"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("health/", home.health, name="health"),
    path("account/", account.account, name="account"),
    path("calendar/<str:token>.ics", calendar.calendar, name="calendar"),
    path("wall/<str:token>/", wall.wall, name="wall"),
]
