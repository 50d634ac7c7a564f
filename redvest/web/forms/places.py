"""Forms of places: an area below another, a household."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from redvest.places import rules
from redvest.places.models import Area, NeedFlag
from redvest.web.account import PhoneField


class AreaForm(forms.Form):
    """An estate, a building, a unit; for official areas only what people on the spot know."""

    level = forms.ChoiceField(label=_("Kind of place"))
    name = forms.CharField(label=_("Name"), max_length=60)
    address = forms.CharField(label=_("Address"), max_length=120, required=False)
    floors = forms.IntegerField(label=_("Floors"), min_value=1, max_value=200, required=False)
    has_lift = forms.NullBooleanField(
        label=_("Lift"),
        required=False,
        widget=forms.NullBooleanSelect(),
        help_text=_("Deliveries to upper floors are planned by it."),
    )
    latitude = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False)
    contact_name = forms.CharField(label=_("Contact on the spot"), max_length=40, required=False)
    contact_phone = PhoneField(label=_("Phone of the contact"), required=False)

    def __init__(self, data: Any = None, *, parent: Area | None = None, area: Area | None = None) -> None:
        names = [name for name in self.base_fields if name != "level"]
        super().__init__(data, initial={name: getattr(area, name) for name in names} if area else None)
        if area is not None:
            del self.fields["level"]
            if area.level in rules.OFFICIAL:
                self.fields["name"].disabled = True
        elif parent is not None:
            kinds: Any = self.fields["level"]
            kinds.choices = [(level, Area.Level(level).label) for level in rules.BELOW[parent.level]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            self.add_error("longitude", _("Coordinates come in pairs: enter both, or neither."))
        return cleaned


class DoorForm(forms.Form):
    """A household: how many people, and what they may need first."""

    room = forms.CharField(label=_("Room"), max_length=20)
    floor = forms.IntegerField(label=_("Floor"), min_value=-5, max_value=200, required=False)
    people = forms.IntegerField(label=_("People"), min_value=0, max_value=60)
    needs = forms.MultipleChoiceField(
        label=_("Needs"), choices=NeedFlag.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    contact_name = forms.CharField(label=_("Contact"), max_length=40, required=False)
    contact_phone = PhoneField(label=_("Phone"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class PurposeForm(forms.Form):
    """Why somebody looks at personal data; the purpose is recorded."""

    purpose = forms.CharField(
        label=_("What do you need it for?"),
        max_length=200,
        help_text=_(
            "For example: bring medicine, check that somebody is well. Your name and this purpose are recorded."
        ),
    )
