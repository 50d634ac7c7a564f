"""The screens app: templates, static files, tags. It has no tables."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "redvest.web"
    label = "web"
