"""Administration: who may do what and where, who did what, who looked at which personal data, what was sent."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from redvest.core import actions, channels, queries
from redvest.core.errors import Refused
from redvest.core.models import Delivery
from redvest.core.roles import ACTIONS, Role
from redvest.web.http import SignedInRequest, for_staff_of
from redvest.web.templatetags.trail_words import VERBS

_PAGE = 50
INDENT = chr(0x3000)  # a space as wide as a Chinese character, which a list of choices does not swallow
DELIVERY_TONES = {
    Delivery.State.WAITING: "neutral",
    Delivery.State.HELD: "standby",
    Delivery.State.SENT: "ok",
    Delivery.State.FAILED: "late",
    Delivery.State.GIVEN_UP: "short",
}


class GrantForm(forms.Form):
    """A role for an account at an area, perhaps until a day."""

    login = forms.CharField(
        label=gettext_lazy("Account name or phone number"),
        max_length=60,
        help_text=gettext_lazy("Exactly as it is. An account is opened on the person's page."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
    area = forms.TypedChoiceField(label=gettext_lazy("Area and everything below it"), coerce=int)
    until = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Empty: until it is taken away."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, areas: list[tuple[int, str]], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["area"].choices = areas  # type: ignore[attr-defined]

    def expires_at(self) -> datetime | None:
        """The end of the last day, in local time."""
        day = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(day, time(23, 59, 59))) if day else None


@for_staff_of("core.grant")
@require_http_methods(["GET", "POST"])
def roles(request: SignedInRequest) -> HttpResponse:
    """Who has which role where; give one more."""
    areas = [(area.pk, INDENT * area.depth + area.name) for area in queries.areas_to_grant(request.user)]
    form = GrantForm(areas, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                given = actions.give_role(
                    request.user,
                    form.cleaned_data["login"],
                    form.cleaned_data["role"],
                    form.cleaned_data["area"],
                    expires_at=form.expires_at(),
                )
            except Refused as refusal:
                form.add_error("login", str(refusal))
                status = refusal.status_code
            else:
                words = {"name": given.account.name, "role": given.get_role_display(), "area": given.area.name}
                messages.success(request, _("%(name)s is now %(role)s in %(area)s.") % words)
                return redirect("coordinator:roles")
    text = request.GET.get("q", "").strip()
    page = Paginator(queries.grants(request.user, text), _PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "text": text,
        "now": timezone.now(),
        "role_table": _role_table(),
        "role_names": Role.labels,
    }
    return render(request, "coordinator/administration/roles.html", context, status=status)


@for_staff_of("core.grant")
@require_POST
def take_role(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a role away."""
    actions.take_role(request.user, pk)
    messages.success(request, _("The role was taken away. It counts no longer from now on."))
    return redirect("coordinator:roles")


@for_staff_of("core.grant")
@require_POST
def unlock(request: SignedInRequest) -> HttpResponse:
    """Let somebody locked out after wrong passwords try again."""
    actions.unlock_account(request.user, request.POST.get("login", "").strip())
    messages.success(request, _("Unlocked. The person can sign in again at once."))
    return redirect("coordinator:roles")


@for_staff_of("core.see_audit")
@require_safe
def trail(request: SignedInRequest) -> HttpResponse:
    """Who did what, the newest first."""
    text = request.GET.get("q", "").strip()
    verbs = [verb for verb, word in VERBS.items() if text and text.casefold() in str(word).casefold()]
    model, row = request.GET.get("model", ""), request.GET.get("row", "")
    rows = queries.trail(request.user, text=text, verbs=verbs, model=model, row_id=row)
    context = {"page": Paginator(rows, _PAGE).get_page(request.GET.get("page")), "text": text, "tabs": _tabs("trail")}
    return render(request, "coordinator/administration/trail.html", context)


@for_staff_of("core.see_audit")
@require_safe
def reveals(request: SignedInRequest) -> HttpResponse:
    """Who had which personal data shown, and the purpose he gave."""
    text = request.GET.get("q", "").strip()
    page = Paginator(queries.reveals(request.user, text=text), _PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "text": text, "tabs": _tabs("reveals")}
    return render(request, "coordinator/administration/reveals.html", context)


@for_staff_of("core.see_deliveries")
@require_safe
def deliveries(request: SignedInRequest) -> HttpResponse:
    """What was sent to whom over which channel, and what became of it. Texts are shown for the console channel only."""
    state, channel = request.GET.get("state", ""), request.GET.get("channel", "")
    rows = queries.deliveries(request.user, state=state, channel=channel)
    page = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
    counts = queries.delivery_counts(request.user)
    context = {
        "page": page,
        "rows": [{"row": row, "tone": DELIVERY_TONES[Delivery.State(row.state)]} for row in page.object_list],
        "state": state,
        "channel": channel,
        "states": [(value, label, counts.get(value, 0)) for value, label in Delivery.State.choices],
        "channels": list(channels.KINDS),
        "troubles": channels.troubles(),
    }
    return render(request, "coordinator/administration/deliveries.html", context)


@for_staff_of("core.see_deliveries")
@require_POST
def send_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """One more try for a delivery that was given up."""
    actions.send_again(request.user, pk)
    messages.success(request, _("It is tried again within a minute."))
    return redirect("coordinator:deliveries")


def _tabs(current: str) -> list[dict[str, Any]]:
    return [
        {"label": _("What was done"), "url": reverse("coordinator:trail"), "current": current == "trail"},
        {"label": _("Personal data shown"), "url": reverse("coordinator:reveals"), "current": current == "reveals"},
    ]


def _role_table() -> list[tuple[str, list[bool]]]:
    """Every action with the roles that may do it, as the code has it; the column heads are ``Role.labels``."""
    return [(action, [role in allowed for role in Role]) for action, allowed in sorted(ACTIONS.items())]
