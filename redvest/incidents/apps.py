"""The incidents app."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "redvest.incidents"
    label = "incidents"
