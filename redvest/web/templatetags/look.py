"""The few tags of the look: icons, states, times, people, fields. They show what they are given and decide nothing."""

import math
from datetime import date, datetime, timedelta
from typing import Any

from django import forms, template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

register = template.Library()

# A tone is a colour with its icon, so that the colour is never the only sign.
TONE_ICONS = {
    "ok": "circle-check",
    "short": "alert-triangle",
    "late": "clock-exclamation",
    "info": "info-circle",
    "standby": "bell-z",
    "neutral": "circle-dashed",
    "brand": "star",
}
# Django's own short names are three characters in Chinese; a roster has room for two characters.
WEEKDAYS = [
    pgettext_lazy("short weekday", "Mon"),
    pgettext_lazy("short weekday", "Tue"),
    pgettext_lazy("short weekday", "Wed"),
    pgettext_lazy("short weekday", "Thu"),
    pgettext_lazy("short weekday", "Fri"),
    pgettext_lazy("short weekday", "Sat"),
    pgettext_lazy("short weekday", "Sun"),
]
PIPS_AT_MOST = 12  # more heads than this are shown as a bar
PIP, PIP_GAP = 7, 3


@register.simple_tag
def icon(name: str, label: str = "", extra: str = "") -> SafeString:
    """An icon of the sprite. Without ``label`` it is decoration, and a word must stand beside it."""
    address = f"{static('vendor/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon {}" width="20" height="20" role="img" aria-label="{}"><use href="{}"></use></svg>',
            extra,
            label,
            address,
        )
    return format_html(
        '<svg class="icon {}" width="20" height="20" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        extra,
        address,
    )


@register.inclusion_tag("parts/badge.html")
def badge(tone: str, label: object, icon: str = "") -> dict[str, Any]:
    """A state: colour, icon and word. ``tone`` is one of TONE_ICONS; an unknown one is a mistake of the caller."""
    return {"tone": tone, "label": label, "icon": icon or TONE_ICONS[tone]}


@register.filter
def tone_icon(tone: str) -> str:
    """The icon of a tone; unknown tones (message levels of other apps) get that of information."""
    return TONE_ICONS.get(tone, TONE_ICONS["info"])


@register.filter
def message_tone(tags: str) -> str:
    """The tone of one of Django's messages, from its level tags."""
    tones = {"success": "ok", "warning": "late", "error": "short"}
    return next((tones[tag] for tag in tags.split() if tag in tones), "info")


# --- Times: given in UTC or with a zone, shown in the zone that is active -------------------------------------------
def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


@register.filter
def clock(moment: datetime | None) -> str:
    """06:30 in the active time zone."""
    return f"{_local(moment):%H:%M}" if moment else ""


@register.filter
def day(moment: datetime | date | None) -> str:
    """The day with its weekday, without the year: Tue 24 Nov."""
    if moment is None:
        return ""
    local = _local(moment) if isinstance(moment, datetime) else moment
    # Translators: "j M" is a format of Django's "date" filter: day of the month, month.
    return _("%(weekday)s %(date)s") % {"weekday": WEEKDAYS[local.weekday()], "date": date_format(local, _("j M"))}


@register.filter
def moment(value: datetime | None) -> str:
    """Day and clock: Tue 24 Nov 06:30."""
    return f"{day(value)} {clock(value)}" if value else ""


@register.inclusion_tag("parts/timerange.html")
def timerange(start: datetime, end: datetime, with_day: bool = False) -> dict[str, Any]:
    """From start to end; an end on a later day says so. ``with_day`` puts the day of the start in front."""
    begins, ends = _local(start), _local(end)
    days = (ends.date() - begins.date()).days
    # An end at midnight sharp belongs to the evening before.
    at_midnight = days == 1 and (ends.hour, ends.minute) == (0, 0)
    return {
        "start": begins,
        "end": ends,
        "end_clock": "24:00" if at_midnight else f"{ends:%H:%M}",
        "days": 0 if at_midnight else days,
        "with_day": with_day,
    }


@register.filter
def hours(minutes: int | timedelta | None) -> str:
    """Minutes as hours a person reads: 7 h 30 min."""
    if minutes is None:
        return ""
    total = int(minutes.total_seconds() // 60) if isinstance(minutes, timedelta) else int(minutes)
    whole, rest = divmod(abs(total), 60)
    sign = "−" if total < 0 else ""
    if whole and rest:
        return sign + _("%(hours)s h %(minutes)s min") % {"hours": whole, "minutes": rest}
    return sign + (_("%(hours)s h") % {"hours": whole} if whole else _("%(minutes)s min") % {"minutes": rest})


# --- People -------------------------------------------------------------------------------------------------------
@register.filter
def initials(name: object) -> str:
    """What stands in a round without a photo: the last character of a Chinese name, else the initials of two words."""
    words = str(name).split()
    if not words:
        return "?"
    last = words[-1][-1]
    if ord(last) >= 0x2E80:
        return last
    return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper()


@register.inclusion_tag("parts/person.html")
def person(name: str, url: str = "", note: object = "") -> dict[str, Any]:
    """A person in a row: initials, name, and a short note (masked phone, organisation)."""
    return {"name": name, "url": url, "note": note}


# --- Heads: have and wanted -----------------------------------------------------------------------------------------
@register.inclusion_tag("parts/gapbar.html")
def gapbar(have: int, wanted: int, minimum: int | None = None) -> dict[str, Any]:
    """How many are there of how many wanted. Below ``minimum`` (default: wanted) the gap is red, in words too."""
    needed = wanted if minimum is None else minimum
    lack, open_places = max(needed - have, 0), max(wanted - max(have, needed), 0)
    places = max(have, wanted)
    kinds = ["have"] * min(have, wanted) + ["extra"] * max(have - wanted, 0) + ["lack"] * lack + ["room"] * open_places
    pips = [{"kind": kind, "x": index * (PIP + PIP_GAP) + 1} for index, kind in enumerate(kinds)]
    return {
        "have": have,
        "wanted": wanted,
        "lack": lack,
        "pips": pips if places <= PIPS_AT_MOST else [],
        "width": max(places * (PIP + PIP_GAP), 1),
        "percent": min(math.floor(100 * have / wanted), 100) if wanted else 100,
        "sentence": _gap_sentence(have, wanted, lack),
    }


def _gap_sentence(have: int, wanted: int, lack: int) -> str:
    text = _("%(have)s of %(wanted)s") % {"have": have, "wanted": wanted}
    if lack:
        text += ", " + ngettext("%(count)s short", "%(count)s short", lack) % {"count": lack}
    return text


# --- Forms --------------------------------------------------------------------------------------------------------
_WIDGET_CLASSES: list[tuple[type[forms.Widget], str]] = [
    (forms.CheckboxInput, "form-check-input"),
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
]


@register.inclusion_tag("parts/field.html")
def field(bound: forms.BoundField, label: str = "", hint: str | None = "", extra: str = "") -> dict[str, Any]:
    """A field with label, hint and errors, tied together for screen readers. ``extra`` are classes of the input.

    A ``label`` given here also replaces the placeholder of a library's form; ``hint=None`` leaves its help out.
    """
    widget = bound.field.widget
    kind = "group" if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple) else "line"
    if isinstance(widget, forms.CheckboxInput):
        kind = "tick"
    name = next(classes for cls, classes in _WIDGET_CLASSES if isinstance(widget, cls))
    help_text = None if hint is None else hint or str(bound.help_text)
    said = [f"{bound.auto_id}_help"] if help_text else []
    said += [f"{bound.auto_id}_wrong"] if bound.errors else []
    attrs: dict[str, str | bool] = {"class": " ".join(filter(None, [widget.attrs.get("class", ""), name, extra]))}
    if label and "placeholder" in widget.attrs:
        attrs["placeholder"] = ""
    if "code-input" in extra:
        attrs["inputmode"] = "numeric"
    if kind == "group":
        widget.attrs |= attrs  # the choices are drawn one by one, from the widget
    if said and kind != "group":
        attrs["aria-describedby"] = " ".join(said)
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "kind": kind,
        "label": label or bound.label,
        "hint": help_text,
        "described_by": " ".join(said),
        "is_hidden": bound.is_hidden,
    }


@register.filter
def page_numbers(page: Any) -> list[Any]:
    """The numbers a pager shows around the present page, with the paginator's ellipsis between them."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.simple_tag(takes_context=True)
def with_page(context: template.Context, number: int, key: str = "page") -> str:
    """The present address with another page number, every other choice kept."""
    query = context["request"].GET.copy()
    query[key] = str(number)
    return f"?{query.urlencode()}"
