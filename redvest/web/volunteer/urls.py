"""Addresses of the volunteer screens."""

from django.urls import URLPattern, URLResolver, path

from redvest.web.volunteer import callups

app_name = "volunteer"

urlpatterns: list[URLPattern | URLResolver] = [
    path("a/<str:token>/", callups.answer_link, name="answer_link"),
    path("callups/", callups.callups, name="callups"),
    path("callups/<int:pk>/", callups.callup, name="callup"),
    path("orders/", callups.orders, name="orders"),
    path("orders/<int:pk>/", callups.order, name="order"),
    path("offers/", callups.offers, name="offers"),
    path("offers/<int:incident>/<int:area>/", callups.offer, name="offer"),
    path("offers/<int:pk>/withdraw/", callups.withdraw, name="offer_withdraw"),
]
