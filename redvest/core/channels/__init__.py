"""The ways by which a message reaches somebody: one small class each, chosen by the setting CHANNELS."""

from django.conf import settings

from redvest.core.channels.base import Channel, Letter, Undelivered
from redvest.core.channels.console import Console
from redvest.core.channels.email import Email
from redvest.core.channels.feishu import Feishu
from redvest.core.channels.sms import Sms
from redvest.core.channels.wecom import WeCom

__all__ = ["KINDS", "Channel", "Letter", "Undelivered", "in_use", "named", "troubles"]

KINDS: dict[str, type[Channel]] = {kind.name: kind for kind in (Console, Email, Sms, Feishu, WeCom)}


def named(name: str) -> Channel:
    """The channel of that name, set up from the settings."""
    return KINDS[name]()


def in_use() -> list[Channel]:
    """The channels that the setting CHANNELS names, in its order."""
    return [KINDS[name]() for name in settings.CHANNELS]


def troubles() -> list[str]:
    """What is wrong with the settings of the channels, each as a sentence; empty when all is well."""
    unknown = [name for name in settings.CHANNELS if name not in KINDS]
    found = [f"CHANNELS names '{name}'; it may name: {', '.join(KINDS)}." for name in unknown]
    for name in settings.CHANNELS:
        if name in KINDS:
            found += KINDS[name]().troubles()
    return found
