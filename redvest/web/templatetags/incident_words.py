"""Words of the incident screens: how long ago, and on which scale a post is opened. No logic."""

from datetime import datetime

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

register = template.Library()

PER = {
    "incident": gettext_lazy("once for the whole area"),
    "street": gettext_lazy("one set for each subdistrict"),
    "community": gettext_lazy("for each community"),
    "estate": gettext_lazy("for each estate"),
    "residents": gettext_lazy("by the number of residents"),
}


@register.filter
def per_words(per: str) -> object:
    """On which scale a post is opened."""
    return PER.get(per, per)


@register.simple_tag
def since(start: datetime, now: datetime) -> str:
    """The clock since the start: "2 d 5 h", "3 h 20 min"; before the start it says so."""
    minutes = int((now - start).total_seconds() // 60)
    if minutes < 0:
        return _("not begun yet")
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    if days:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": left}
    return ngettext("%(minutes)s minute", "%(minutes)s minutes", left) % {"minutes": left}
