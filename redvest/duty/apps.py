"""The duty app."""

from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "redvest.duty"
    label = "duty"
