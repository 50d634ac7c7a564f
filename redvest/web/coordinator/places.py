"""Screens of places: the tree from the district to the door, search, what lies below each node, households masked."""

from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from redvest.core import access, masking
from redvest.places import actions, queries, rules
from redvest.places.models import Area, NeedFlag
from redvest.places.queries import Door
from redvest.web.forms.places import AreaForm, DoorForm, PurposeForm
from redvest.web.http import SignedInRequest, for_staff_of

SEE, EDIT, REVEAL = "places.see", "places.edit", "places.reveal_household"
PAGE = 40


class Doors:
    """The masked doors of an area as a paginator wants them: it asks how many there are, and for one slice."""

    def __init__(self, request: SignedInRequest, area: Area, text: str, need: str) -> None:
        self.ask = partial(queries.doors, request.user, area, text=text, need=need)

    def __len__(self) -> int:
        return self.ask(limit=0)[1]

    def __getitem__(self, wanted: slice) -> list[Door]:
        return self.ask(offset=wanted.start, limit=wanted.stop - wanted.start)[0]


@for_staff_of(SEE)
@require_safe
def places(request: SignedInRequest) -> HttpResponse:
    """Where the actor's areas begin, and a search over all of them."""
    text = request.GET.get("q", "").replace("\x00", "").strip()
    tops = queries.tops(request.user)
    if len(tops) == 1 and not text and not request.htmx:
        return redirect("coordinator:place", tops[0].pk)
    context = {"q": text, "found": queries.search(request.user, text) if text else [], "tops": tops}
    return render(request, "coordinator/places/places.html" + ("#found" if request.htmx else ""), context)


@for_staff_of(SEE)
@require_safe
def place(request: SignedInRequest, pk: int) -> HttpResponse:
    """One node: what it holds, the nodes below, the doors in it."""
    area = queries.area(request.user, pk)
    text, need = request.GET.get("q", "").replace("\x00", "").strip(), request.GET.get("need", "")
    need = need if need in NeedFlag.values else ""
    sees_doors = access.can(request.user, "places.see_household", area)
    pages: Any = Paginator(cast(Any, Doors(request, area, text, need)), PAGE) if sees_doors else None
    context: dict[str, Any] = {
        "area": area,
        "page": pages.get_page(request.GET.get("page")) if pages else None,
        "q": text,
        "need": need,
        "may_reveal": access.can(request.user, REVEAL, area),
        "may_edit": access.can(request.user, EDIT, area),
    }
    if request.htmx:
        return render(request, "coordinator/places/place.html#doors", context)
    branches = queries.children(request.user, area)
    context |= {
        "crumbs": crumbs(request, area),
        "counts": queries.counts(area),
        "needs": queries.need_totals(request.user, area) if sees_doors else [],
        "branches": branches,
        "sees_doors": sees_doors,
        "may_add": context["may_edit"] and bool(rules.BELOW[area.level]),
        "may_add_door": context["may_edit"] and area.level in rules.WITH_DOORS,
        "may_remove": context["may_edit"] and area.level not in rules.OFFICIAL,
        "facts": _facts(area),
        "map_link": f"geo:{area.latitude},{area.longitude}" if area.latitude is not None else "",
    }
    return render(request, "coordinator/places/place.html", context)


def crumbs(request: SignedInRequest, area: Area) -> list[dict[str, str]]:
    """The way down to an area; nodes above one's own areas have no link."""
    steps = [
        {
            "label": step.name,
            "url": reverse("coordinator:place", args=[step.pk]) if access.can(request.user, SEE, step) else "",
        }
        for step in queries.breadcrumb(area)
    ]
    return [*steps, {"label": area.name, "url": ""}]


def _facts(area: Area) -> list[tuple[str, str]]:
    facts = [(_("Kind of place"), area.get_level_display())]
    if area.full_name and area.full_name != area.name:
        facts.append((_("Official name"), area.full_name))
    if area.code:
        facts.append((_("Code"), area.code))
    if area.address:
        facts.append((_("Address"), area.address))
    if area.floors:
        facts.append((_("Floors"), str(area.floors)))
    if area.has_lift is not None:
        facts.append((_("Lift"), _("Yes") if area.has_lift else _("No")))
    if area.latitude is not None:
        facts.append((_("Coordinates"), f"{area.latitude}, {area.longitude}"))
    if area.contact_name:
        # The contact of a building is an office matter, yet his number is a person's: shown like everybody's.
        facts.append((_("Contact on the spot"), f"{area.contact_name} {masking.phone(area.contact_phone)}".strip()))
    return facts


@for_staff_of(EDIT)
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new node below this one."""
    parent = queries.area(request.user, pk, EDIT)
    form = AreaForm(request.POST or None, parent=parent)
    if request.method == "POST" and form.is_valid():
        area = actions.add_area(request.user, parent=parent.pk, **form.cleaned_data)
        messages.success(request, _("%(name)s was added.") % {"name": area.name})
        return redirect("coordinator:place", parent.pk)
    return _form(request, form, parent, _("Add a place"), _("Add"))


@for_staff_of(EDIT)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what is known of a node."""
    area = queries.area(request.user, pk, EDIT)
    form = AreaForm(request.POST or None, area=area)
    if request.method == "POST" and form.is_valid():
        actions.edit_area(request.user, area.pk, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("coordinator:place", area.pk)
    return _form(request, form, area, _("Edit %(name)s") % {"name": area.name}, _("Save"))


def _form(request: SignedInRequest, form: Any, area: Area, title: str, label: str) -> HttpResponse:
    context = {"form": form, "area": area, "crumbs": crumbs(request, area), "heading": title, "label": label}
    return render(request, "coordinator/places/form.html", context, status=422 if form.errors else 200)


@for_staff_of(EDIT)
@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete an empty node and go to the one above."""
    area = queries.area(request.user, pk, EDIT)
    actions.remove_area(request.user, pk)
    messages.success(request, _("%(name)s was removed.") % {"name": area.name})
    return redirect("coordinator:place", area.parent_id) if area.parent_id else redirect("coordinator:places")


@for_staff_of(EDIT)
@require_http_methods(["GET", "POST"])
def add_door(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new household in this node."""
    area = queries.area(request.user, pk, EDIT)
    form = DoorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        door = actions.add_household(request.user, area=area.pk, **form.cleaned_data)
        messages.success(request, _("Room %(room)s was added.") % {"room": door.room})
        return redirect("coordinator:place", area.pk)
    return _form(request, form, area, _("Add a household"), _("Add"))


@for_staff_of(EDIT)
@require_http_methods(["GET", "POST"])
def edit_door(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a household. Name and phone stay empty in the form; what is entered replaces them, what is empty stays."""
    row = queries.household(request.user, pk, EDIT)
    shown = {key: getattr(row, key) for key in ("room", "floor", "people", "needs", "note")}
    form = DoorForm(request.POST or None, initial=shown)
    form.fields["contact_name"].help_text = _("Empty: stays %(name)s.") % {
        "name": masking.name(row.contact_name) or "–"
    }
    form.fields["contact_phone"].help_text = _("Empty: stays %(phone)s.") % {
        "phone": masking.phone(row.contact_phone) or "–"
    }
    if request.method == "POST" and form.is_valid():
        kept = ("contact_name", "contact_phone")
        given = {key: value for key, value in form.cleaned_data.items() if key not in kept or value}
        actions.edit_household(request.user, row.pk, **given)
        messages.success(request, _("Saved."))
        return redirect("coordinator:place", row.area_id)
    return _form(request, form, row.area, queries.label_of(row), _("Save"))


@for_staff_of(EDIT)
@require_POST
def remove_door(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete a household."""
    row = queries.household(request.user, pk, EDIT)
    actions.remove_household(request.user, pk)
    messages.success(request, _("Room %(room)s was removed.") % {"room": row.room})
    return redirect("coordinator:place", row.area_id)


@for_staff_of(REVEAL)
@require_http_methods(["GET", "POST"])
def reveal_door(request: SignedInRequest, pk: int) -> HttpResponse:
    """A dialog: first the purpose, then name and phone in clear. The look is recorded."""
    row = queries.household(request.user, pk, REVEAL)
    form = PurposeForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "label": queries.label_of(row), "address": request.path}
    if request.method == "POST" and form.is_valid():
        seen = actions.reveal_household(request.user, pk, purpose=form.cleaned_data["purpose"])
        number = masking.spoken(seen.contact_phone)
        context |= {
            "facts": [(_("Contact"), seen.contact_name or "–"), (_("Phone"), number or "–")],
            "call": seen.contact_phone,
        }
    return render(request, "coordinator/places/reveal.html", context)
