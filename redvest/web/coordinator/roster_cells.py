"""Dialogs over the roster grid: one cell, one shift, a change before it is saved; and the saving of it."""

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from redvest.core.errors import Refused
from redvest.duty.actions import cells
from redvest.duty.queries import changes
from redvest.web.coordinator.rosters import grid_answer
from redvest.web.forms.rosters import ChangeForm, ExceptionForm, pairs
from redvest.web.http import SignedInRequest, day, for_staff_of, number


@for_staff_of("duty.see")
@require_GET
def cell(request: SignedInRequest, pk: int) -> HttpResponse:
    """The dialog of a chip (person and shift), a free cell (person and day) or a shift."""
    person, shift = number(request.GET.get("person")), number(request.GET.get("shift"))
    if person is not None and shift is not None:
        view = changes.chip_view(request.user, pk, person, shift)
    elif shift is not None:
        view = changes.shift_view(request.user, pk, shift)
    elif person is not None:
        view = changes.day_view(request.user, pk, person, _date(request.GET.get("day")))
    else:
        raise Http404
    return render(request, "coordinator/rosters/cell.html", {"cell": view, "view": request.GET.get("view", "people")})


@for_staff_of("duty.plan")
@require_GET
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a change would bring, before it is saved: a choice made in a dialog, or a chip dropped somewhere."""
    add, remove = pairs(request.GET.getlist("add")), pairs(request.GET.getlist("remove"))
    dragged = pairs(request.GET.getlist("drag"))
    to = number(request.GET.get("to"))
    if dragged and to is not None:
        person, shift = dragged[0]
        add, remove = changes.landing(request.user, pk, person, shift, to, _date(request.GET.get("day")))
        if not add:
            view = changes.day_view(request.user, pk, to, _date(request.GET.get("day")))
            return render(request, "coordinator/rosters/cell.html", {"cell": view, "view": "people"})
    context = {
        "preview": changes.preview(request.user, pk, add, remove),
        "view": request.GET.get("view", "people"),
    }
    return render(request, "coordinator/rosters/preview.html", context)


@for_staff_of("duty.plan")
@require_POST
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Save a change of cells."""
    form = ChangeForm(request.POST)
    _refuse_invalid(form)
    cells.change_cells(
        request.user,
        pk,
        form.cleaned_data["revision"],
        add=pairs(request.POST.getlist("add")),
        remove=pairs(request.POST.getlist("remove")),
        answered=form.answered(),
    )
    return grid_answer(request, pk)


@for_staff_of("duty.plan")
@require_POST
def exception(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer by name for what a place of the draft breaks."""
    form = ExceptionForm(request.POST)
    _refuse_invalid(form)
    given = form.cleaned_data
    answered = cells.Answered(given["reason"], given["until"])
    cells.give_exception(request.user, pk, given["person"], given["shift"], answered)
    return grid_answer(request, pk)


@for_staff_of("duty.plan")
@require_POST
def pin(request: SignedInRequest, pk: int) -> HttpResponse:
    """Pin or release a cell."""
    form = ChangeForm(request.POST)
    revision = form.cleaned_data["revision"] if form.is_valid() else -1
    pinned = request.POST.get("pinned") == "1"
    cells.pin_cells(request.user, pk, revision, pairs(request.POST.getlist("cell")), pinned=pinned)
    return grid_answer(request, pk)


@for_staff_of("duty.plan")
@require_POST
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back the last step."""
    form = ChangeForm(request.POST)
    cells.undo_last_edit(request.user, pk, form.cleaned_data["revision"] if form.is_valid() else -1)
    return grid_answer(request, pk)


def _refuse_invalid(form: ChangeForm | ExceptionForm) -> None:
    if not form.is_valid():
        raise Refused(" ".join(str(error) for errors in form.errors.values() for error in errors))


def _date(text: str | None) -> date:
    found = day(text)
    if found is None:
        raise Http404
    return found
