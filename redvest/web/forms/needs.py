"""Forms of residents' requests; choices come from the playbook."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from redvest.incidents.playbooks.schema import RequestKind
from redvest.needs.actions.entering import Asked
from redvest.needs.models import Request
from redvest.places.models import Area

PRIORITIES = [
    ("", _("as usual for this kind")),
    ("1", _("1 Life in danger")),
    ("2", _("2 Within hours")),
    ("3", _("3 Today")),
    ("4", _("4 When there is time")),
]


class DeskForm(forms.Form):
    """What the phone desk takes down. The door is a household, or a place with a room in words."""

    household = forms.IntegerField(required=False, widget=forms.HiddenInput)
    area = forms.TypedChoiceField(
        label=_("Where, if the door is not registered"), coerce=int, empty_value=None, required=False
    )
    room = forms.CharField(label=_("Room"), max_length=20, required=False)
    kind = forms.ChoiceField(label=_("What for"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What is needed, in the caller's words"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    contact_name = forms.CharField(label=_("Who called"), max_length=40, required=False)
    contact_phone = forms.CharField(label=_("Phone to call back"), max_length=30, required=False)
    priority = forms.TypedChoiceField(
        label=_("Urgency"), choices=PRIORITIES, coerce=int, empty_value=None, required=False
    )
    source = forms.ChoiceField(label=_("How it came"), initial=Request.Source.PHONE)

    def __init__(self, *args: Any, kinds: Sequence[RequestKind], areas: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.slug, str(kind.name)) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["area"].choices = [("", "–"), *((area.pk, area.name) for area in areas)]  # type: ignore[attr-defined]
        sources = (Request.Source.PHONE, Request.Source.DOOR, Request.Source.CHAT)
        self.fields["source"].choices = [(each.value, each.label) for each in sources]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A request without a place can be brought to no door."""
        given = super().clean() or {}
        if not given.get("household") and not given.get("area"):
            self.add_error("area", _("Find the door above, or choose the building or community here."))
        return given

    def asked(self, area: int) -> Asked:
        """The cleaned form; ``area`` is the place of the household or the chosen one."""
        given = self.cleaned_data
        return Asked(
            area=area,
            household=given["household"],
            room=given["room"],
            kind=given["kind"],
            words=given["words"],
            contact_name=given["contact_name"],
            contact_phone=given["contact_phone"],
            source=given["source"],
            priority=given["priority"],
        )


class ResidentForm(forms.Form):
    """What a resident writes on his own page: as little as possible."""

    room = forms.CharField(label=_("Your room"), max_length=20, help_text=_("For example 1203, or 2-1203"))
    words = forms.CharField(label=_("What do you need?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    contact_phone = forms.CharField(
        label=_("Phone number"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("So that we can call you back. Only those who help you see it."),
    )
    contact_name = forms.CharField(label=_("Your name"), max_length=40, required=False)
    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)
