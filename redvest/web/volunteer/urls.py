"""Addresses of the volunteer screens."""

from django.urls import URLPattern, URLResolver

app_name = "volunteer"

urlpatterns: list[URLPattern | URLResolver] = []
