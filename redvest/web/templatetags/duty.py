"""Tags of the duty screens: how a presence looks. They decide nothing."""

from collections.abc import Mapping
from typing import Any

from django import template

from redvest.web.templatetags.look import TONE_ICONS

register = template.Library()


@register.inclusion_tag("parts/badge.html")
def presence_badge(seen: str, states: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The badge of a presence, from the view's table of (tone, word)."""
    tone, word = states[str(seen)]
    return {"tone": tone, "label": word, "icon": TONE_ICONS[tone]}
