"""Screens of organisations: bureaus, offices and teams, how many people each has, and who may change them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from redvest.core import access
from redvest.people import actions, queries
from redvest.places import queries as places
from redvest.places.models import Area
from redvest.web.forms.people import OrganisationForm
from redvest.web.http import SignedInRequest, for_staff_of

SEE, MANAGE = "people.see", "people.manage_organisations"
LEVELS = (Area.Level.DISTRICT, Area.Level.STREET, Area.Level.COMMUNITY, Area.Level.VILLAGE)


@for_staff_of(SEE)
@require_safe
def organisations(request: SignedInRequest) -> HttpResponse:
    """All organisations of the actor's areas."""
    text = request.GET.get("q", "").replace("\x00", "").strip()
    rows = [(row, access.can(request.user, MANAGE, row.area)) for row in queries.organisations(request.user, text)]
    context = {"rows": rows, "q": text, "may_add": access.can(request.user, MANAGE)}
    return render(request, "coordinator/people/organisations.html", context)


@for_staff_of(MANAGE)
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    """A new organisation."""
    nodes = places.areas(request.user, MANAGE).filter(level__in=LEVELS).order_by("path")
    names = places.full_names(nodes, below=())
    form = OrganisationForm(
        request.POST or None,
        others=queries.organisations(request.user, action=MANAGE),
        areas=list(names.items()),
    )
    if request.method == "POST" and form.is_valid():
        values = _given(request, form)
        area = places.area(request.user, values.pop("area"), MANAGE)
        row = actions.add_organisation(request.user, area=area, **values)
        messages.success(request, _("%(name)s was added.") % {"name": row.name})
        return redirect("coordinator:organisations")
    return _form(request, form, _("Add an organisation"), _("Add"))


@for_staff_of(MANAGE)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an organisation."""
    row = queries.organisation(request.user, pk, MANAGE)
    others = queries.organisations(request.user, action=MANAGE)
    form = OrganisationForm(request.POST or None, row=row, others=others)
    if request.method == "POST" and form.is_valid():
        actions.edit_organisation(request.user, pk, **_given(request, form))
        messages.success(request, _("Saved."))
        return redirect("coordinator:organisations")
    return _form(request, form, row.name, _("Save"))


def _given(request: SignedInRequest, form: OrganisationForm) -> dict[str, Any]:
    values = dict(form.cleaned_data)
    parent = values.pop("parent")
    values["parent"] = queries.organisation(request.user, parent) if parent else None
    return values


def _form(request: SignedInRequest, form: OrganisationForm, heading: str, label: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "label": label, "back": reverse("coordinator:organisations")}
    return render(request, "coordinator/people/form.html", context, status=422 if form.errors else 200)


@for_staff_of(MANAGE)
@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete an organisation without people."""
    row = queries.organisation(request.user, pk, MANAGE)
    actions.remove_organisation(request.user, pk)
    messages.success(request, _("%(name)s was removed.") % {"name": row.name})
    return redirect("coordinator:organisations")
