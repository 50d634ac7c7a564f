"""Forms of the supplies screens. Lines of goods are repeated fields, read by ``lines_of`` and ``quantities_of``."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from redvest.people.models import Person
from redvest.places.models import Area
from redvest.supplies.actions.receiving import Gift, Received
from redvest.supplies.models import Batch, Item, Store
from redvest.web.http import number

INDENT = "\u2003"
BLANK_ROWS = 6


def day_input() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class StoreForm(forms.Form):
    """A store: where, its name, who holds the key."""

    area = forms.TypedChoiceField(label=_("Place"), coerce=int)
    name = forms.CharField(label=_("Name"), max_length=60)
    keeper = forms.CharField(label=_("Who holds the key"), max_length=60, required=False)
    has_fridge = forms.BooleanField(label=_("It has a fridge"), required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, areas: Sequence[Area] = (), store: Store | None = None) -> None:
        names = ("name", "keeper", "has_fridge", "note")
        super().__init__(data, initial={name: getattr(store, name) for name in names} if store else None)
        if store is not None:
            del self.fields["area"]
        else:
            place: Any = self.fields["area"]
            depth = min((row.depth for row in areas), default=0)
            place.choices = [(row.pk, INDENT * (row.depth - depth) + row.name) for row in areas]

    def values(self) -> dict[str, Any]:
        return {key: value for key, value in self.cleaned_data.items() if key != "area"}


class ItemForm(forms.Form):
    """A kind of thing."""

    name = forms.CharField(label=_("Name"), max_length=60)
    unit = forms.CharField(label=_("Unit"), max_length=12, help_text=_("What is counted: box, bottle, piece"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Item.Kind.choices)
    pack = forms.IntegerField(label=_("Units in a carton"), min_value=1, max_value=100_000, initial=1)
    weight_grams = forms.IntegerField(
        label=_("Weight of one unit in grams"), min_value=1, max_value=1_000_000, required=False
    )
    shelf_days = forms.IntegerField(
        label=_("Keeps for how many days"),
        min_value=1,
        max_value=10_000,
        required=False,
        help_text=_("For goods without a printed date, such as vegetables"),
    )
    is_cold = forms.BooleanField(label=_("Must stay in the fridge"), required=False)
    barcode = forms.CharField(label=_("Barcode"), max_length=40, required=False)
    kit_code = forms.SlugField(
        label=_("Word in the playbook"),
        max_length=40,
        required=False,
        help_text=_("Only for protective kit, such as mask_n95: the coming shifts are then counted"),
    )
    is_in_use = forms.BooleanField(label=_("Still handed out"), required=False, initial=True)

    def __init__(self, data: Any = None, *, item: Item | None = None) -> None:
        names = list(type(self).base_fields)
        super().__init__(data, initial={name: getattr(item, name) for name in names} if item else None)


@dataclass(slots=True)
class Row:
    """One line of the receiving form as it was typed."""

    item: str = ""
    unit: str = ""
    counted: str = ""
    expected: str = ""
    expires: str = ""
    label: str = ""
    condition: str = Batch.Condition.GOOD
    note: str = ""
    wrong: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.item.strip() or self.counted.strip() or self.expected.strip())


COLUMNS = ("item", "unit", "counted", "expected", "expires", "label", "condition", "note")


class ReceiveForm(forms.Form):
    """A delivery: who counted, who brought it, from whom; the lines are read beside it."""

    counted_by = forms.CharField(label=_("Counted by"), max_length=60)
    witness = forms.CharField(label=_("And by (a second person)"), max_length=60)
    handed_by = forms.CharField(label=_("Brought by"), max_length=60, required=False)
    source = forms.CharField(label=_("From whom"), max_length=80, required=False)
    is_gift = forms.BooleanField(label=_("It is a donation"), required=False)
    contact_phone = forms.CharField(label=_("The donor's phone"), max_length=20, required=False)
    wish = forms.CharField(label=_("The donor's wish"), max_length=300, required=False)
    is_named = forms.BooleanField(label=_("The donor may be named in published totals"), required=False, initial=True)
    photo = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("is_gift") and not found.get("source", "").strip():
            self.add_error("source", gettext("Enter who gave it. Without a name write “anonymous”."))
        one, two = found.get("counted_by", "").strip(), found.get("witness", "").strip()
        if one and one == two:
            self.add_error("witness", gettext("Two people count a delivery. Enter both names, and let them be two."))
        return found

    def gift(self) -> Gift | None:
        found = self.cleaned_data
        if not found["is_gift"]:
            return None
        return Gift(found["source"], found["contact_phone"], found["is_named"], found["wish"])


def rows_of(data: QueryDict) -> list[Row]:
    """The lines as typed, blank ones left out."""
    columns = [data.getlist(name) for name in COLUMNS]
    longest = max((len(column) for column in columns), default=0)
    padded = [column + [""] * (longest - len(column)) for column in columns]
    rows = [Row(*values) for values in zip(*padded, strict=True)]
    return [row for row in rows if not row.is_blank]


def with_blanks(rows: list[Row]) -> list[Row]:
    """The lines and room for more."""
    return rows + [Row() for _number in range(max(1, BLANK_ROWS - len(rows)))]


def lines_of(rows: list[Row], find: Callable[[str], Item | None]) -> list[Received]:
    """What the lines mean; a line that cannot be understood gets its ``wrong`` sentence."""
    return [line for row in rows if (line := _line(row, find)) is not None]


def _line(row: Row, find: Callable[[str], Item | None]) -> Received | None:
    counted, expected = _whole(row.counted), _whole(row.expected)
    expires = _day(row.expires)
    found = find(row.item)
    if not row.item.strip():
        row.wrong = gettext("What is it? Enter the name or scan the barcode.")
    elif counted is None and not (row.counted.strip() == "" and expected):
        row.wrong = gettext("Enter how many were counted, as a whole number.")
    elif row.expected.strip() and expected is None:
        row.wrong = gettext("Enter how many were announced, as a whole number, or leave it empty.")
    elif row.expires.strip() and expires is None:
        row.wrong = gettext("This is no date. Write it like 2026-03-31.")
    elif found is None and not row.unit.strip():
        row.wrong = gettext("%(item)s is not known yet. Enter its unit, too: box, bottle, piece.") % {"item": row.item}
    elif row.condition not in Batch.Condition.values:
        row.wrong = gettext("Choose the condition.")
    elif row.condition != Batch.Condition.GOOD and not row.note.strip():
        row.wrong = gettext("Write what is damaged or doubtful.")
    if row.wrong:
        return None
    return Received(
        found.pk if found else None,
        counted or 0,
        expected,
        expires,
        row.label,
        row.condition,
        row.note,
        row.item,
        row.unit,
    )


def _whole(text: str) -> int | None:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 7 else None


def _day(text: str) -> date | None:
    try:
        return parse_date(text.strip())
    except ValueError:
        return None


def quantities_of(data: QueryDict, prefix: str = "take") -> dict[int, int]:
    """{batch: units} of the fields ``take-<batch>``; empty fields count nothing."""
    found = {}
    for name, value in data.items():
        key = name.removeprefix(f"{prefix}-")
        batch = number(key)
        if name != key and batch is not None and str(value).strip():
            units = _whole(str(value))
            found[batch] = units if units is not None else -1
    return found


class TakeForm(forms.Form):
    """What becomes of goods that leave a store: handed to a person, moved, reserved, written off."""

    WAYS = (
        ("issue", _("Hand to a person")),
        ("move", _("Bring to another store")),
        ("reserve", _("Reserve for something")),
        ("write_off", _("Write off: spoilt, broken, lost")),
    )
    way = forms.ChoiceField(label=_("What happens"), choices=WAYS, widget=forms.RadioSelect, initial="issue")
    person = forms.TypedChoiceField(label=_("Who takes it"), coerce=int, required=False, empty_value=None)
    purpose = forms.CharField(
        label=_("What for"), max_length=120, required=False, help_text=_("A post, a building, a round")
    )
    goal = forms.TypedChoiceField(label=_("To which store"), coerce=int, required=False, empty_value=None)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, people: Sequence[Person], goals: Iterable[Store]) -> None:
        super().__init__(data)
        person: Any = self.fields["person"]
        person.choices = [("", "–"), *((row.pk, f"{row.name} · {row.number}") for row in people)]
        goal: Any = self.fields["goal"]
        goal.choices = [("", "–"), *((row.pk, f"{row.area.name} · {row.name}") for row in goals)]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        needed = {"issue": "person", "move": "goal", "reserve": "purpose", "write_off": "reason"}
        missing = needed.get(str(found.get("way")), "")
        sentences = {
            "person": gettext("Choose who takes it."),
            "goal": gettext("Choose the store."),
            "purpose": gettext("Say what it is reserved for."),
            "reason": gettext("Say why it is written off: spoilt, broken, used up, lost."),
        }
        if missing and not found.get(missing):
            self.add_error(missing, sentences[missing])
        return found


class CountForm(forms.Form):
    """Who counted, and why it differs."""

    counted_by = forms.CharField(label=_("Counted by"), max_length=60)
    witness = forms.CharField(label=_("And by (a second person)"), max_length=60, required=False)
    reason = forms.CharField(
        label=_("Why it differs"), max_length=200, required=False, help_text=_("Only when a number differs")
    )


class BackForm(forms.Form):
    """What becomes of goods that a person carries."""

    WAYS = (
        ("back", _("Brought back to the store")),
        ("write_off", _("Used up, broken or lost: write off")),
    )
    way = forms.ChoiceField(label=_("What happens"), choices=WAYS, widget=forms.RadioSelect, initial="back")
    goal = forms.TypedChoiceField(label=_("To which store"), coerce=int, required=False, empty_value=None)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, goals: Iterable[Store]) -> None:
        super().__init__(data)
        goal: Any = self.fields["goal"]
        goal.choices = [(row.pk, f"{row.area.name} · {row.name}") for row in goals]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("way") == "write_off" and not found.get("reason", "").strip():
            self.add_error("reason", gettext("Say why it is written off: spoilt, broken, used up, lost."))
        if found.get("way") == "back" and not found.get("goal"):
            self.add_error("goal", gettext("Choose the store."))
        return found


@dataclass(slots=True)
class Choice:
    """The period and area of the totals."""

    days: int = 5
    area: int | None = None
    options: Mapping[int, str] = field(default_factory=dict)
