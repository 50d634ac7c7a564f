"""Filters for requests on screen."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def tone_of(state: str, tones: Mapping[str, str]) -> str:
    """The tone of a state, from the table that the view gives; neutral for one that it does not know."""
    return tones.get(state) or "neutral"
