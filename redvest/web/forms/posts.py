"""Forms of the posts and shifts screens."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from redvest.duty.planning.patterns import Times
from redvest.web.forms.rosters import INDENT, day_input

if TYPE_CHECKING:
    from redvest.duty.models import Post, Shift
    from redvest.places.models import Area

STRETCH = re.compile(r"^\s*(\d{1,2})[:：](\d{2})\s*[-–—~至到]\s*(\d{1,2})[:：](\d{2})\s*$")  # i18n: data
MINUTES_A_DAY = 1440
LOCAL = "%Y-%m-%dT%H:%M"


class HeadsMixin(forms.Form):
    """The three numbers of heads."""

    minimum = forms.IntegerField(label=_("At least"), min_value=1, max_value=200)
    wanted = forms.IntegerField(label=_("Wanted"), min_value=1, max_value=200)
    maximum = forms.IntegerField(label=_("At most"), min_value=1, max_value=200)


class OpenPostForm(forms.Form):
    """A kind and a place; everything else comes from the playbook and can be changed afterwards."""

    kind = forms.ChoiceField(label=_("Kind of post"))
    area = forms.TypedChoiceField(label=_("Place"), coerce=int)
    name = forms.CharField(
        label=_("Name"), required=False, max_length=80, help_text=_("Empty: the place and the kind, with a number.")
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        kinds: Sequence[tuple[str, str]],
        areas: "Sequence[Area]",
    ) -> None:
        super().__init__(data)
        kind: Any = self.fields["kind"]
        kind.choices = kinds
        area: Any = self.fields["area"]
        depth = min((row.depth for row in areas), default=0)
        area.choices = [(row.pk, INDENT * (row.depth - depth) + row.name) for row in areas]


class EditPostForm(HeadsMixin):
    """What may be changed about a post."""

    name = forms.CharField(label=_("Name"), max_length=80)
    experienced = forms.IntegerField(label=_("Of them experienced"), min_value=0, max_value=50)
    is_pair = forms.BooleanField(label=_("Nobody stands here alone"), required=False)
    is_outdoor = forms.BooleanField(label=_("Outdoors"), required=False)
    needs_suit = forms.BooleanField(label=_("In a protective suit"), required=False)
    pattern = forms.ChoiceField(label=_("Shift pattern"), required=False)
    meeting_point = forms.CharField(label=_("Meeting point"), max_length=120, required=False)
    contact_name = forms.CharField(label=_("Contact"), max_length=40, required=False)
    contact_phone = forms.CharField(label=_("Phone"), max_length=20, required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    carry_to_shifts = forms.BooleanField(
        label=_("Give the coming shifts these heads, too"), required=False, initial=True
    )

    field_order = ["name", "minimum", "wanted", "maximum", "experienced"]

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, post: "Post", patterns: Sequence[tuple[str, str]]
    ) -> None:
        names = [name for name in type(self).base_fields if name != "carry_to_shifts"]
        super().__init__(data, initial={name: getattr(post, name) for name in names})
        field: Any = self.fields["pattern"]
        field.choices = [("", gettext("none: times are given by hand")), *patterns]

    def changes(self) -> dict[str, Any]:
        """The fields of the post, without what is said about its shifts."""
        return {name: value for name, value in self.cleaned_data.items() if name != "carry_to_shifts"}


class MakeShiftsForm(forms.Form):
    """From when to when, by which pattern or at which times."""

    first_day = forms.DateField(label=_("First day"), widget=day_input(), help_text=_("A duty day begins at 06:00."))
    last_day = forms.DateField(label=_("Last day"), widget=day_input())
    pattern = forms.ChoiceField(label=_("Shift pattern"), required=False)
    times = forms.CharField(
        label=_("Or these times, every day"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "07:00-12:00\n12:00-18:00\n22:00-06:00"}),
        help_text=_("One a line, like 22:00-06:00. They take the place of the pattern."),
    )
    overlap = forms.IntegerField(
        label=_("Minutes of handover"),
        required=False,
        min_value=0,
        max_value=120,
        help_text=_("How long those going off stay beside those coming on. Empty: as the pattern says."),
    )
    open_for_sign_up = forms.BooleanField(label=_("Open for sign-up at once"), required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        patterns: Sequence[tuple[str, str]],
        days: tuple[date, date] | None = None,
        pattern: str = "",
    ) -> None:
        initial = {"first_day": days[0], "last_day": days[1]} if days else {}
        super().__init__(data, initial={**initial, "pattern": pattern})
        field: Any = self.fields["pattern"]
        field.choices = [("", gettext("the pattern of each post")), *patterns]

    def clean_times(self) -> list[Times]:
        """Each line as minutes of the day; an end before its start lies on the next day."""
        found = []
        for line in str(self.cleaned_data["times"]).splitlines():
            if not line.strip():
                continue
            match = STRETCH.match(line)
            numbers = [int(number) for number in match.groups()] if match else []
            if not numbers or numbers[0] > 23 or numbers[2] > 24 or numbers[1] > 59 or numbers[3] > 59:
                raise forms.ValidationError(gettext("“%(line)s” is no time like 22:00-06:00.") % {"line": line.strip()})
            start, end = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
            found.append(Times(start, end if end > start else end + MINUTES_A_DAY))
        return found


class ShiftForm(HeadsMixin):
    """The times and heads of one shift."""

    starts = forms.DateTimeField(label=_("From"), widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL))
    ends = forms.DateTimeField(label=_("Until"), widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL))

    field_order = ["starts", "ends", "minimum", "wanted", "maximum"]

    def __init__(self, data: Mapping[str, Any] | None = None, *, shift: "Shift") -> None:
        names = ("starts", "ends", "minimum", "wanted", "maximum")
        super().__init__(data, initial={name: getattr(shift, name) for name in names})

    def heads(self) -> tuple[int, int, int]:
        given = self.cleaned_data
        return given["minimum"], given["wanted"], given["maximum"]


class NewShiftForm(forms.Form):
    """One more shift by hand."""

    starts = forms.DateTimeField(label=_("From"), widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL))
    ends = forms.DateTimeField(label=_("Until"), widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL))
    label = forms.CharField(label=_("Name"), required=False, max_length=20)

    def times(self) -> tuple[datetime, datetime]:
        return self.cleaned_data["starts"], self.cleaned_data["ends"]
