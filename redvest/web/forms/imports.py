"""The form with which a spreadsheet comes in."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from redvest.people.models import Organisation
from redvest.supplies.models import Store

KINDS = {
    "people": _("People: volunteers and staff"),
    "estates": _("Estates, buildings and households"),
    "delivery": _("Delivery note: goods for a store"),
    "areas": _("Official areas of a district"),
}


class UploadForm(forms.Form):
    """A file, what its rows are, and for which area they are."""

    kind = forms.ChoiceField(label=_("What the rows are"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("Spreadsheet"),
        help_text=_("xlsx, xls, ods or csv. Nothing changes before you have seen the preview."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.txt"}),
    )
    area = forms.TypedChoiceField(label=_("For the area"), coerce=int)
    organisation = forms.TypedChoiceField(
        label=_("Organisation of all rows"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Only for people, for rows that name none."),
    )
    new_organisations = forms.BooleanField(
        label=_("Make organisations that are not known yet"), required=False, help_text=_("Only for people.")
    )
    store = forms.TypedChoiceField(
        label=_("Into which store"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Only for a delivery note."),
    )
    counted_by = forms.CharField(label=_("Counted by"), required=False, max_length=60)
    witness = forms.CharField(label=_("And by (a second person)"), required=False, max_length=60)
    source = forms.CharField(label=_("From whom"), required=False, max_length=80)
    district_name = forms.CharField(
        label=_("Name of the district"),
        required=False,
        max_length=60,
        help_text=_("Only for official areas, when the code of the district is not known."),
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        kinds: Sequence[str],
        areas: Sequence[tuple[int, str]],
        organisations: Iterable[Organisation],
        stores: Iterable[Store] = (),
    ) -> None:
        super().__init__(data, files, initial={"kind": kinds[0] if kinds else "", "area": areas[0][0] if areas else ""})
        kind: Any = self.fields["kind"]
        kind.choices = [(name, KINDS[name]) for name in kinds]
        area: Any = self.fields["area"]
        area.choices = [(str(key), name) for key, name in areas]
        unit: Any = self.fields["organisation"]
        unit.choices = [("", _("As the rows say")), *((str(row.pk), row.name) for row in organisations)]
        store: Any = self.fields["store"]
        store.choices = [("", "–"), *((str(row.pk), f"{row.area.name} · {row.name}") for row in stores)]
        if "delivery" not in kinds:
            for name in ("store", "counted_by", "witness", "source"):
                del self.fields[name]
        if "areas" not in kinds:
            del self.fields["district_name"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(limit)s MB. Split it, for example by subdistrict."),
                params={"limit": settings.UPLOAD_LIMIT_BYTES // 1024 // 1024},
            )
        return file

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("kind") == "delivery":
            if not found.get("store"):
                self.add_error("store", gettext("Choose the store."))
            one, two = found.get("counted_by", "").strip(), found.get("witness", "").strip()
            if not one or not two or one == two:
                sentence = gettext("Two people count a delivery. Enter both names, and let them be two.")
                self.add_error("witness", sentence)
        return found

    def options(self) -> dict[str, Any]:
        """What the importer wants to know."""
        cleaned = self.cleaned_data
        if cleaned["kind"] == "people":
            return {"organisation": cleaned["organisation"], "new_organisations": cleaned["new_organisations"]}
        if cleaned["kind"] == "delivery":
            return {name: cleaned[name] for name in ("store", "counted_by", "witness", "source")}
        if cleaned["kind"] == "areas":
            return {"district_name": cleaned.get("district_name", "")}
        return {}
