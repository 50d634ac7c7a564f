"""The supplies app."""

from django.apps import AppConfig


class SuppliesConfig(AppConfig):
    name = "redvest.supplies"
    label = "supplies"
