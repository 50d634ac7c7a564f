"""Filters for requests on screen."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def tone_of(state: str, tones: Mapping[str, str]) -> str:
    """The tone of a state, from the table that the view gives; neutral for one that it does not know."""
    return tones.get(state) or "neutral"


@register.filter
def said(words: Mapping[str, str], name: str) -> str:
    """The word for a name, from a table that the view gives; the name itself where there is none."""
    return words.get(name, name)
