"""Forms of people: a person's entry, his skills, times, and organisations."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from redvest.core import masking
from redvest.people.models import Availability, Organisation, Person, Skill
from redvest.people.rules import PoliticalStatus, SpokenLanguage
from redvest.places.models import Area
from redvest.web.account import PhoneField


def by_street(areas: Iterable[Area], *, empty: object, extra: Sequence[tuple[str, str]] = ()) -> list[Any]:
    """Communities as choices under their streets."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for area in areas:
        groups.setdefault(area.parent.name if area.parent else "", []).append((str(area.pk), area.name))
    return [("", empty), *extra, *groups.items()]


class PersonForm(forms.Form):
    """What a coordinator knows of a person."""

    name = forms.CharField(label=_("Full name"), max_length=60)
    phone = PhoneField(label=_("Phone"), required=False, help_text=_("Call-ups and sign-in codes go there."))
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Person.Kind.choices,
        help_text=_("Seconded staff are on official duty; volunteers are asked and may decline."),
    )
    organisation = forms.TypedChoiceField(label=_("Organisation"), required=False, coerce=int, empty_value=None)
    home = forms.TypedChoiceField(label=_("Home community"), required=False, coerce=int, empty_value=None)
    home_address = forms.CharField(label=_("Home address"), max_length=120, required=False)
    birth_year = forms.IntegerField(
        label=_("Year of birth"),
        min_value=1900,
        max_value=2100,
        required=False,
        help_text=_("Some tasks have age limits; the day is not needed."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=SpokenLanguage.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    experience = forms.CharField(
        label=_("Experience"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    max_distance_km = forms.IntegerField(
        label=_("Farthest way to duty (km)"), min_value=0, max_value=500, required=False
    )
    emergency_contact = forms.CharField(label=_("Emergency contact"), max_length=80, required=False)
    political_status = forms.ChoiceField(
        label=_("Political status"),
        required=False,
        choices=[("", "–"), *PoliticalStatus.choices],
        help_text=_("Optional. It decides nothing."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        person: Person | None = None,
        organisations: Iterable[Organisation] = (),
        communities: Iterable[Area] = (),
    ) -> None:
        initial = None
        if person is not None:
            initial = {name: getattr(person, name) for name in self.base_fields if name not in ("organisation", "home")}
            initial |= {"organisation": person.organisation_id, "home": person.home_id}
        super().__init__(data, initial=initial)
        units: Any = self.fields["organisation"]
        listed = {row.pk: row.name for row in organisations}
        if person is not None and person.organisation is not None:
            listed.setdefault(person.organisation.pk, person.organisation.name)
        units.choices = [("", _("No organisation")), *((str(key), name) for key, name in listed.items())]
        homes: Any = self.fields["home"]
        homes.choices = by_street(communities, empty=_("Not known or elsewhere"), extra=_present_home(person))


def _present_home(person: Person | None) -> list[tuple[str, str]]:
    """The home as it is stays a choice, also when it is an estate or lies outside the actor's areas."""
    return [(str(person.home.pk), person.home.name)] if person is not None and person.home is not None else []


class MyDetailsForm(forms.Form):
    """What a person changes himself."""

    phone = PhoneField(label=_("My phone"), required=False, help_text=_("Call-ups and sign-in codes go there."))
    home_address = forms.CharField(label=_("Home address"), max_length=120, required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages that I speak"),
        choices=SpokenLanguage.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    experience = forms.CharField(
        label=_("What I have done before"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    max_distance_km = forms.IntegerField(
        label=_("Farthest way to duty (km)"),
        min_value=0,
        max_value=500,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    emergency_contact = forms.CharField(
        label=_("Emergency contact"),
        max_length=80,
        required=False,
        help_text=_("Name and phone of somebody near to you."),
    )
    political_status = forms.ChoiceField(
        label=_("Political status"),
        required=False,
        choices=[("", "–"), *PoliticalStatus.choices],
        help_text=_("Optional. It decides nothing."),
    )

    def __init__(self, data: Any = None, *, person: Person) -> None:
        initial = {name: getattr(person, name) for name in self.base_fields}
        super().__init__(data, initial=initial | {"phone": masking.spoken(person.phone)})


class SkillsForm(forms.Form):
    """Declared skills."""

    skills = forms.MultipleChoiceField(label=_("Skills"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, data: Any = None, *, known: Iterable[Skill], declared: Iterable[str], held: Iterable[str]
    ) -> None:
        super().__init__(data, initial={"skills": list(declared)})
        fixed = set(held) - set(declared)
        choices: Any = self.fields["skills"]
        choices.choices = [(skill.code, str(skill)) for skill in known if skill.code not in fixed]


class CertificateForm(forms.Form):
    """A skill of which somebody has seen the certificate."""

    skill = forms.ChoiceField(label=_("Skill"))
    expires_on = forms.DateField(
        label=_("Valid until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None, *, known: Iterable[Skill]) -> None:
        super().__init__(data)
        choices: Any = self.fields["skill"]
        choices.choices = [(skill.code, str(skill)) for skill in known]


class AvailabilityForm(forms.Form):
    """When somebody can or cannot serve: from a day to a day or to an event, the whole day or some hours of it."""

    END_DATE, END_EVENT, END_OPEN = "date", "event", "open"

    kind = forms.ChoiceField(label=_("I say"), choices=Availability.Kind.choices, widget=forms.RadioSelect)
    first_day = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    end = forms.ChoiceField(
        label=_("Until"),
        widget=forms.RadioSelect,
        choices=[
            (END_DATE, _("A day")),
            (END_EVENT, _("Something happens")),
            (END_OPEN, _("Until I say otherwise")),
        ],
    )
    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until_event = forms.CharField(
        label=_("Until what happens"),
        required=False,
        max_length=120,
        help_text=_("For example: until the zone is lifted."),
    )
    daily_from = forms.TimeField(
        label=_("Each day from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    daily_until = forms.TimeField(
        label=_("Each day until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Empty: the whole day. 19:00 to 07:00 is a night."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=200)

    def __init__(self, data: Any = None) -> None:
        today = timezone.localdate()
        super().__init__(data, initial={"kind": Availability.Kind.CAN, "first_day": today, "end": self.END_OPEN})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("end") == self.END_DATE and not cleaned.get("last_day"):
            self.add_error("last_day", _("Enter the last day, or choose another end."))
        if cleaned.get("end") == self.END_EVENT and not cleaned.get("until_event"):
            self.add_error("until_event", _("Say what has to happen, or choose another end."))
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if cleaned.get("end") == self.END_DATE and first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first. Correct one of the two."))
        if (cleaned.get("daily_from") is None) != (cleaned.get("daily_until") is None):
            self.add_error("daily_until", _("Enter both hours, or neither."))
        return cleaned

    def fields_of_action(self) -> dict[str, Any]:
        """What ``add_availability`` takes. A last day counts to its end."""
        cleaned = self.cleaned_data
        zone = timezone.get_current_timezone()
        ends: datetime | None = None
        if cleaned["end"] == self.END_DATE:
            ends = datetime.combine(cleaned["last_day"] + timedelta(days=1), time(), tzinfo=zone)
        return {
            "kind": cleaned["kind"],
            "starts": datetime.combine(cleaned["first_day"], time(), tzinfo=zone),
            "ends": ends,
            "until_event": cleaned["until_event"] if cleaned["end"] == self.END_EVENT else "",
            "daily_from": cleaned["daily_from"],
            "daily_until": cleaned["daily_until"],
            "note": cleaned["note"],
        }


class QuietHoursForm(forms.Form):
    """When only urgent messages may come."""

    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


class OrganisationForm(forms.Form):
    """A bureau, an office, a team."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=Organisation.Kind.choices)
    area = forms.TypedChoiceField(
        label=_("Area"), coerce=int, help_text=_("Who looks after this area sees its people.")
    )
    parent = forms.TypedChoiceField(label=_("Part of"), coerce=int, required=False, empty_value=None)
    contact_name = forms.CharField(label=_("Contact"), max_length=40, required=False)
    contact_phone = PhoneField(label=_("Phone"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        row: Organisation | None = None,
        others: Iterable[Organisation] = (),
        areas: Sequence[tuple[int, str]] = (),
    ) -> None:
        names = ("name", "kind", "contact_name", "contact_phone")
        initial = {name: getattr(row, name) for name in names} | {"parent": row.parent_id} if row else None
        super().__init__(data, initial=initial)
        above: Any = self.fields["parent"]
        above.choices = [("", _("Nothing")), *((str(other.pk), other.name) for other in others if other != row)]
        if row is not None:
            del self.fields["area"]
        else:
            place: Any = self.fields["area"]
            place.choices = [(str(key), name) for key, name in areas]
