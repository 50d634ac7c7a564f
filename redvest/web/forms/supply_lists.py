"""Forms of distribution lists: the rule, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from redvest.people.models import Person
from redvest.places.models import Area, NeedFlag
from redvest.supplies.models import Distribution, Item, Store
from redvest.supplies.rules.allocation import Portion
from redvest.web.forms.supplies import INDENT

LINES = 4


class ListForm(forms.Form):
    """From which store, for whom, under which title; the rule's lines are read beside it."""

    title = forms.CharField(label=_("Title"), max_length=80, help_text=_("People read it on the sheets"))
    store = forms.TypedChoiceField(label=_("From which store"), coerce=int)
    area = forms.TypedChoiceField(label=_("For the doors of"), coerce=int)

    def __init__(
        self,
        data: Any = None,
        *,
        stores: Sequence[Store] = (),
        areas: Sequence[Area] = (),
        row: Distribution | None = None,
    ) -> None:
        super().__init__(data, initial={"title": row.title} if row else None)
        if row is not None:
            del self.fields["store"], self.fields["area"]
            return
        store: Any = self.fields["store"]
        store.choices = [(each.pk, f"{each.area.name} · {each.name}") for each in stores]
        area: Any = self.fields["area"]
        depth = min((each.depth for each in areas), default=0)
        area.choices = [(each.pk, INDENT * (each.depth - depth) + each.name) for each in areas]


@dataclass(slots=True)
class Line:
    """One line of the rule as it was chosen."""

    number: int
    item: str = ""
    quantity: str = "1"
    people: str = ""
    needs: list[str] = field(default_factory=list)
    wrong: str = ""


def lines_of(data: QueryDict) -> list[Line]:
    """The lines in which an item is chosen."""
    found = []
    for number in range(20):
        item = data.get(f"item-{number}", "")
        if item:
            quantity, people = data.get(f"quantity-{number}", ""), data.get(f"people-{number}", "")
            found.append(Line(number, item, quantity, people, data.getlist(f"needs-{number}")))
    return found


def lines_from(row: Distribution) -> list[Line]:
    """The rule of a draft, to be changed."""
    return [
        Line(number, str(each.item_id), str(each.quantity), str(each.for_people or ""), list(each.needs))
        for number, each in enumerate(row.portions.order_by("pk"))
    ]


def with_blanks(lines: list[Line]) -> list[Line]:
    """The lines, numbered anew, and room for more."""
    rows = lines + [Line(0) for _number in range(max(1, LINES - len(lines)))]
    for number, line in enumerate(rows):
        line.number = number
    return rows


def portions_of(lines: list[Line], items: Sequence[Item]) -> list[Portion]:
    """What the lines mean; one that cannot be understood gets its ``wrong`` sentence."""
    known = {str(item.pk): item.pk for item in items}
    found = []
    for line in lines:
        quantity, people = _small(line.quantity), _small(line.people)
        if line.item not in known:
            line.wrong = gettext("This item does not exist. Choose one from the list.")
        elif quantity is None:
            line.wrong = gettext("Enter how many each gets: a whole number from 1 to 1,000.")
        elif line.people.strip() and (people is None or people > 60):
            line.wrong = gettext("Enter for how many people, from 1 to 60, or leave it empty for each household.")
        else:
            found.append(Portion(known[line.item], quantity, people, tuple(line.needs)))
    return found


def _small(text: str) -> int | None:
    plain = text.strip()
    number = int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 4 else 0
    return number if 1 <= number <= 1000 else None


NEEDS = NeedFlag.choices


class SendForm(forms.Form):
    """Who walks with the parcels."""

    carrier = forms.TypedChoiceField(label=_("Who answers for the parcels"), coerce=int)
    companion = forms.TypedChoiceField(label=_("And who goes along"), coerce=int, required=False, empty_value=None)

    def __init__(self, data: Any = None, *, people: Sequence[Person]) -> None:
        super().__init__(data)
        for name in ("carrier", "companion"):
            chosen: Any = self.fields[name]
            chosen.choices = [("", "–"), *((row.pk, f"{row.name} · {row.number}") for row in people)]
