"""The style guide: every part of the look on one page, with invented data. With DEBUG, or for administrators."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from redvest.core import access

app_name = "styleguide"

BASES = {"coordinator": "base_coordinator.html", "volunteer": "base_volunteer.html", "public": "base_public.html"}


class SampleForm(forms.Form):
    """One field of each kind; the second is shown with an error."""

    place = forms.CharField(
        label=gettext_lazy("Place"), help_text=gettext_lazy("As it stands on the sign at the gate.")
    )
    heads = forms.IntegerField(label=gettext_lazy("Heads"), min_value=1)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of post"),
        choices=[("gate", gettext_lazy("Checkpoint")), ("desk", gettext_lazy("Standby desk"))],
    )
    when = forms.ChoiceField(
        label=gettext_lazy("Shift pattern"),
        choices=[("two", gettext_lazy("Two groups, 12 hours")), ("three", gettext_lazy("Three groups, 8 hours"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    paired = forms.BooleanField(label=gettext_lazy("Always two together"), required=False)


@require_safe
def guide(request: HttpRequest, look: str = "coordinator") -> HttpResponse:
    """All parts in the frame of one audience."""
    _only_for_administrators(request)
    if look not in BASES:
        raise Http404
    return render(request, "public/styleguide.html", {"base": BASES[look], **_frame(look), **_samples()})


@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """The wall screen with invented figures."""
    _only_for_administrators(request)
    return render(request, "public/styleguide_wall.html", _samples())


def _only_for_administrators(request: HttpRequest) -> None:
    if settings.DEBUG:
        return
    account = request.user
    if not account.is_authenticated or not access.can(account, "core.grant"):
        raise Http404


def _frame(look: str) -> dict[str, Any]:
    def item(label: str, icon: str, *, current: bool = False, count: int = 0) -> dict[str, Any]:
        return {"label": label, "icon": icon, "url": "#", "current": current, "count": count}

    tabs = [
        item(_("Home"), "home", current=True),
        item(_("My shifts"), "calendar-event"),
        item(_("Open shifts"), "hand-finger", count=4),
        item(_("Inbox"), "bell", count=2),
        item(_("Me"), "user"),
    ]
    sides = [
        item(_("Situation"), "layout-dashboard", current=True),
        item(_("Call-up"), "speakerphone", count=3),
        item(_("Posts and shifts"), "map-pin"),
        item(_("Roster"), "calendar-event"),
        item(_("People"), "users"),
    ]
    groups = [{"label": "", "items": tabs if look == "volunteer" else sides}]
    options = [{"label": _("Epidemic control, level II"), "url": "#", "current": True, "note": _("since 24 Nov")}]
    picker = {"label": _("Epidemic control, level II"), "options": options}
    return {
        "nav": groups,
        "inbox": {"url": "#", "count": 2},
        "incident_picker": picker,
        "account_name": SAMPLE_PEOPLE[0],
    }


SAMPLE_PEOPLE = ["李敏", "周建国", "Anna Wei", "欧阳晓晴"]  # invented; i18n: data
SAMPLE_AREAS = ["巴南区", "龙洲湾街道", "沿河社区"]  # invented; i18n: data


def _samples() -> dict[str, Any]:
    return {
        "form": SampleForm({"place": "", "heads": "0", "kind": "gate", "when": "two"}),
        "page": Paginator(range(412), 20).get_page(4),
        "start": datetime(2026, 11, 24, 14, 30, tzinfo=UTC),
        "end": datetime(2026, 11, 24, 22, 30, tzinfo=UTC),
        "people": SAMPLE_PEOPLE,
        "areas": [{"label": name, "url": "#"} for name in SAMPLE_AREAS],
        "tabs": [
            {"label": _("Today"), "url": "#", "current": True, "count": 12},
            {"label": _("This week"), "url": "#", "current": False, "count": None},
            {"label": _("Drafts"), "url": "#", "current": False, "count": 2},
        ],
        "facts": [
            (_("Place"), SAMPLE_AREAS[-1]),
            (_("Contact"), SAMPLE_PEOPLE[1] + " 138****0012"),
            (_("Kit"), _("vest, mask, gloves")),
        ],
        "posts": [
            (_("North gate"), 2, 2, SAMPLE_PEOPLE[0]),
            (_("Sampling station 3"), 5, 8, SAMPLE_PEOPLE[1]),
            (_("Supply point"), 9, 6, SAMPLE_PEOPLE[2]),
            (_("Order keeping"), 21, 30, SAMPLE_PEOPLE[3]),
        ],
    }


urlpatterns = [
    path("styleguide/", guide, name="guide"),
    path("styleguide/wall/", wall, name="wall"),
    path("styleguide/<slug:look>/", guide, name="guide-in"),
]
