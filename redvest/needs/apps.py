"""The needs app."""

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "redvest.needs"
    label = "needs"
