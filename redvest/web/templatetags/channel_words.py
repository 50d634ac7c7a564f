"""Names of the channels by which people are reached. No logic."""

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

WORDS = {
    "inbox": _("Inbox in RedVest"),
    "sms": _("Text message"),
    "email": _("E-mail"),
    "console": _("Console (demo)"),
    "feishu": _("Feishu"),
    "wecom": _("WeCom"),
}


@register.filter
def channel_word(name: str) -> object:
    """What people call a channel."""
    return WORDS.get(name, name)
