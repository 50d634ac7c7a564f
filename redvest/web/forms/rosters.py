"""Forms of the roster screens."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from redvest.duty.actions.cells import Answered
from redvest.duty.actions.solving import DEFAULT_SECONDS, SECONDS
from redvest.web.http import number

if TYPE_CHECKING:
    from redvest.incidents.models import Incident
    from redvest.places.models import Area


INDENT = chr(0x3000)  # a full-width blank: an area stands farther in than the one it lies in


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NewRosterForm(forms.Form):
    """Which incident, where, which days. The rest is looked up and shown beside it."""

    incident = forms.TypedChoiceField(label=_("Incident"), coerce=int)
    area = forms.TypedChoiceField(label=_("Area"), coerce=int)
    first_day = forms.DateField(label=_("First day"), widget=day_input(), help_text=_("A duty day begins at 06:00."))
    last_day = forms.DateField(label=_("Last day"), widget=day_input())
    make_shifts = forms.BooleanField(
        label=_("Make the missing shifts of all open posts by their patterns"), required=False, initial=True
    )
    with_standing_by = forms.BooleanField(
        label=_("Plan also with team members who are not sent anywhere yet"), required=False
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        incidents: "Sequence[Incident]",
        areas: "Sequence[Area]",
        days: tuple[date, date] | None,
    ) -> None:
        initial = {
            "incident": incidents[0].pk if incidents else None,
            "area": areas[0].pk if areas else None,
            "first_day": days[0] if days else None,
            "last_day": days[1] if days else None,
        }
        super().__init__(data, initial=initial)
        incident: Any = self.fields["incident"]
        incident.choices = [(row.pk, row.title) for row in incidents]
        area: Any = self.fields["area"]
        depth = min((row.depth for row in areas), default=0)
        area.choices = [(row.pk, INDENT * (row.depth - depth) + row.name) for row in areas]


class SolveForm(forms.Form):
    """How long the engine may search."""

    seconds = forms.TypedChoiceField(coerce=int, initial=DEFAULT_SECONDS)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        field: Any = self.fields["seconds"]
        field.choices = [(seconds, seconds_words(seconds)) for seconds in SECONDS]


def seconds_words(seconds: int) -> str:
    """``20 s`` or ``5 min``."""
    if seconds >= 120:
        return gettext("%(minutes)s min") % {"minutes": seconds // 60}
    return gettext("%(seconds)s s") % {"seconds": seconds}


class AnsweredForm(forms.Form):
    """Who answers for a broken rule: the reason, and until when."""

    reason = forms.CharField(max_length=300, required=False)
    until = forms.DateTimeField(required=False)

    def answered(self) -> Answered | None:
        reason: str = self.cleaned_data["reason"]
        until: datetime | None = self.cleaned_data["until"]
        return Answered(reason, until) if reason.strip() and until else None


class ExceptionForm(forms.Form):
    """An exception for a place that breaks a rule already: whose, on which shift, why, until when."""

    person = forms.IntegerField(min_value=1)
    shift = forms.IntegerField(min_value=1)
    reason = forms.CharField(max_length=300, error_messages={"required": _("Give a reason. It is kept on record.")})
    until = forms.DateTimeField(
        error_messages={
            "required": _("Say until when the exception holds."),
            "invalid": _("Say until when the exception holds."),
        }
    )


class ChangeForm(AnsweredForm):
    """A change of cells, as the dialogs send it; its pairs ``person:shift`` are read apart."""

    revision = forms.IntegerField(min_value=0)


def pairs(values: Sequence[str]) -> list[tuple[int, int]]:
    """``["12:340"]`` as ``[(12, 340)]``: person and shift. Anything else is a mistake of the page."""
    found = []
    for value in values:
        person, _colon, shift = value.partition(":")
        who, where = number(person), number(shift)
        if who is not None and where is not None:
            found.append((who, where))
    return found
