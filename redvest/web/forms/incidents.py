"""Forms of the incident, call-up and deployment screens."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from redvest.incidents import rules
from redvest.incidents.playbooks import schema
from redvest.incidents.queries.call_ups import Criteria

if TYPE_CHECKING:
    from redvest.incidents.models import Playbook
    from redvest.incidents.queries.incidents import Host
    from redvest.places.models import Area

LOCAL = "%Y-%m-%dT%H:%M"


def moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local", "class": "form-control"}, format=LOCAL)


def text_input(**attributes: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", **attributes})


def select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


def area_name(area: "Area") -> str:
    """An area in a picker, with the one above it: names are not unique."""
    above = getattr(area, "parent_name", None)
    return f"{above} › {area.name}" if above else area.name


class ActivateForm(forms.Form):
    """Few choices with sensible defaults; what they create is shown beside them before anything is confirmed."""

    playbook = forms.TypedChoiceField(label=_("Kind of emergency"), coerce=int, widget=forms.RadioSelect)
    area = forms.TypedChoiceField(label=_("Area"), coerce=int, widget=select())
    level = forms.TypedChoiceField(
        label=_("Response level"),
        coerce=int,
        widget=forms.RadioSelect,
        help_text=_("1 is the highest. This is not the colour of a warning."),
    )
    starts = forms.DateTimeField(label=_("Start"), widget=moment_input())
    expected_end = forms.DateTimeField(
        label=_("Expected end"), required=False, widget=moment_input(), help_text=_("People plan by it. It may change.")
    )
    title = forms.CharField(
        label=_("Name"), required=False, max_length=120, widget=text_input(), help_text=_("Empty: area and kind.")
    )
    focus = forms.TypedMultipleChoiceField(
        label=_("Communities that get posts"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them. At first those with registered residents are chosen."),
    )
    is_drill = forms.BooleanField(
        label=_("This is a drill"), required=False, help_text=_("Every message then says so first.")
    )

    def __init__(
        self,
        data: Any = None,
        *,
        playbooks: "Sequence[tuple[Playbook, schema.Playbook]]",
        areas: "Sequence[Area]",
        hosts: "Sequence[Host]",
    ) -> None:
        now = timezone.localtime().replace(second=0, microsecond=0)
        initial = {
            "playbook": playbooks[0][0].pk if playbooks else None,
            "level": 3,
            "starts": now,
            "expected_end": now + timedelta(days=14),
            "focus": [host.area.pk for host in hosts if host.residents],
        }
        super().__init__(data, initial=initial)
        choice: Any = self.fields["playbook"]
        choice.choices = [(row.pk, str(content.name)) for row, content in playbooks]
        choice = self.fields["area"]
        choice.choices = [("", _("Choose an area")), *((area.pk, area_name(area)) for area in areas)]
        choice = self.fields["focus"]
        choice.choices = [(host.area.pk, host.area.name) for host in hosts]
        choice = self.fields["level"]
        choice.choices = [(level, level_name(level)) for level in schema.RESPONSE_LEVELS]


def level_name(level: int) -> str:
    """A response level, the same words whatever the playbook."""
    return str([_("Level 1"), _("Level 2"), _("Level 3"), _("Level 4")][level - 1])


class LevelForm(forms.Form):
    level = forms.TypedChoiceField(
        label=_("Response level"),
        coerce=int,
        choices=[(level, str(level)) for level in schema.RESPONSE_LEVELS],
        widget=forms.RadioSelect,
    )


class EndForm(forms.Form):
    expected_end = forms.DateTimeField(label=_("Expected end"), required=False, widget=moment_input())


class CallUpForm(forms.Form):
    """Whom to call, how many are wanted, and what they are told."""

    organisation = forms.TypedChoiceField(label=_("Organisation"), required=False, coerce=int, widget=select())
    kind = forms.ChoiceField(
        label=_("Kind of people"),
        required=False,
        choices=[("", _("Everybody")), ("staff", _("Seconded staff")), ("volunteer", _("Volunteers"))],
        widget=select(),
    )
    area = forms.TypedChoiceField(label=_("Living in"), required=False, coerce=int, widget=select())
    skills = forms.MultipleChoiceField(
        label=_("With at least one of these skills"), required=False, widget=forms.CheckboxSelectMultiple
    )
    wanted = forms.IntegerField(
        label=_("How many are wanted"),
        min_value=1,
        max_value=5000,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )
    at_most = forms.IntegerField(
        label=_("Ask at most"),
        required=False,
        min_value=1,
        max_value=5000,
        help_text=_("Empty: everybody who matches. With a limit, whoever was called least lately is asked first."),
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )
    meet_at = forms.DateTimeField(label=_("Meeting time"), required=False, widget=moment_input())
    meet_place = forms.CharField(label=_("Meeting place"), required=False, max_length=120, widget=text_input())
    text = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
        help_text=_("Added to the message: what for, how long, what to bring."),
    )
    answer_minutes = forms.IntegerField(
        label=_("Answer within (minutes)"),
        min_value=5,
        max_value=1440,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )

    def __init__(
        self, data: Any = None, *, choices: Mapping[str, Any], answer_minutes: int, wanted: int, is_first: bool = True
    ) -> None:
        units = choices["organisations"]
        # The bureau is asked first; whoever calls again wants those who were not asked yet.
        unit = units[0].pk if units and is_first else ""
        initial = {"answer_minutes": answer_minutes, "wanted": wanted, "organisation": unit}
        super().__init__(data, initial=initial)
        field: Any = self.fields["organisation"]
        field.choices = [("", _("Any organisation")), *((row.pk, f"{row.name} ({row.number})") for row in units)]
        field = self.fields["area"]
        field.choices = [("", _("Anywhere")), *((area.pk, area_name(area)) for area in choices["areas"])]
        field = self.fields["skills"]
        field.choices = [(skill.code, str(skill)) for skill in choices["skills"]]

    def criteria(self) -> Criteria:
        """What the form selects; what does not read yet counts as not given, so that the preview can follow typing."""
        given = getattr(self, "cleaned_data", {})
        return Criteria(
            organisation=given.get("organisation") or None,
            area=given.get("area") or None,
            kind=given.get("kind") or "",
            skills=tuple(given.get("skills") or ()),
            at_most=given.get("at_most"),
        )

    def starting_criteria(self) -> Criteria:
        """What the untouched form selects."""
        return Criteria(organisation=self.initial["organisation"] or None)


class AnswerForm(forms.Form):
    """One of four answers; "from a time on" needs the time."""

    answer = forms.ChoiceField(choices=rules.ANSWERS)
    available_from = forms.DateTimeField(required=False, widget=moment_input(), label=_("From when on"))
    note = forms.CharField(required=False, max_length=200, widget=text_input(), label=_("Note"))


class WaveForm(forms.Form):
    ask_new = forms.BooleanField(label=_("People who match and were not asked yet"), required=False, initial=True)
    ask_again = forms.BooleanField(label=_("People who did not answer in time"), required=False, initial=True)
    at_most = forms.IntegerField(
        label=_("Ask at most so many new people"),
        required=False,
        min_value=1,
        max_value=5000,
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )


class PublishForm(forms.Form):
    meet_at = forms.DateTimeField(label=_("Meeting time"), required=False, widget=moment_input())


class OfferForm(forms.Form):
    note = forms.CharField(
        label=_("What you have done before (optional)"), required=False, max_length=300, widget=text_input()
    )
