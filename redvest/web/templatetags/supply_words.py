"""Filters of the supplies screens."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter(name="get")
def of(values: Mapping[int, object], key: int) -> object:
    """What a mapping holds for a key; nothing when it holds nothing."""
    found = values.get(key, "")
    return "" if found == -1 else found
