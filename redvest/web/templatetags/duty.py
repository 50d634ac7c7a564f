"""Tags of the duty screens: how a presence looks, and where a replacement is found. They decide nothing."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

from redvest.web.templatetags.look import TONE_ICONS

register = template.Library()


@register.inclusion_tag("parts/badge.html")
def presence_badge(seen: str, states: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The badge of a presence, from the view's table of (tone, word)."""
    tone, word = states[str(seen)]
    return {"tone": tone, "label": word, "icon": TONE_ICONS[tone]}


@register.simple_tag
def replace_link(shift_id: int) -> str:
    """The page that ranks who can come; empty while there is none."""
    try:
        return reverse("coordinator:shift", args=[shift_id])
    except NoReverseMatch:
        return ""
