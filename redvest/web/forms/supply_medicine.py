"""The form of a medicine run."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from redvest.supplies.actions.medicine import Wanted
from redvest.supplies.models import Thing
from redvest.web.forms.supplies import day_input


class RunForm(forms.Form):
    """What is to be fetched, and what the household gives along."""

    drug = forms.CharField(label=_("Medicine"), max_length=80)
    strength = forms.CharField(
        label=_("Strength"), max_length=60, required=False, help_text=_("As on the box: 5 mg × 28")
    )
    maker = forms.CharField(label=_("Maker"), max_length=80, required=False)
    quantity = forms.CharField(label=_("Quantity"), max_length=30)
    hospital = forms.CharField(label=_("Hospital or pharmacy"), max_length=80, required=False)
    runs_out_on = forms.DateField(label=_("Runs out on"), required=False, widget=day_input())
    is_cold = forms.BooleanField(label=_("Must stay in the fridge"), required=False)
    has_box = forms.BooleanField(label=_("Empty box"), required=False, initial=True)
    has_card = forms.BooleanField(label=_("Insurance card"), required=False)
    card_tail = forms.CharField(label=_("Last four characters of the card"), max_length=4, required=False)
    cash = forms.DecimalField(label=_("Cash in yuan"), min_value=0, max_value=5000, decimal_places=2, required=False)
    has_slip = forms.BooleanField(label=_("Needs slip"), required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("has_card") and not found.get("card_tail"):
            self.add_error("card_tail", gettext("Enter the last four characters, so that the card is known by them."))
        return found

    def wanted(self) -> Wanted:
        found = self.cleaned_data
        return Wanted(
            found["drug"],
            found["quantity"],
            found["maker"],
            found["strength"],
            found["is_cold"],
            found["hospital"],
            found["card_tail"] if found["has_card"] else "",
            found["runs_out_on"],
            found["note"],
        )

    def things(self) -> dict[str, Decimal | None]:
        found = self.cleaned_data
        given: dict[str, Decimal | None] = {}
        for field, kind in (("has_card", Thing.Kind.CARD), ("has_box", Thing.Kind.BOX), ("has_slip", Thing.Kind.SLIP)):
            if found[field]:
                given[kind] = None
        if found["cash"]:
            given[Thing.Kind.CASH] = found["cash"]
        return given
