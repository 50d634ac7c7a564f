"""Screens of one shift: who is on it, who could replace somebody now, its times and heads, cancelling it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redvest.core import live
from redvest.duty.actions import assigning, shifts
from redvest.duty.queries import changes
from redvest.duty.queries import posts as reading
from redvest.web.forms.posts import ShiftForm
from redvest.web.forms.rosters import AnsweredForm
from redvest.web.http import SignedInRequest, for_staff_of, number

TOPICS = ["shifts", "duty", "rosters"]


@for_staff_of("duty.see")
@require_GET
def shift(request: SignedInRequest, pk: int) -> HttpResponse:
    """One shift with everybody on it."""
    page = reading.shift_page(request.user, pk)
    tag = live.etag(TOPICS, page.shift.post.area.path, pk, request.LANGUAGE_CODE, request.user.pk)
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    template = "coordinator/shifts/shift.html" + ("#people" if request.htmx else "")
    return live.tagged(render(request, template, {"page": page, "tag": tag}), tag)


@for_staff_of("duty.plan")
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the times or the heads of a shift."""
    page = reading.shift_page(request.user, pk)
    form = ShiftForm(request.POST if request.method == "POST" else None, shift=page.shift)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        shifts.edit_shift(request.user, pk, starts=given["starts"], ends=given["ends"], heads=form.heads())
        messages.success(request, _("The shift was changed."))
        return redirect("coordinator:shift", pk)
    context = {"page": page, "form": form}
    return render(request, "coordinator/shifts/edit.html", context, status=422 if form.errors else 200)


@for_staff_of("duty.plan")
@require_POST
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cancel a shift; the people on it are told."""
    shifts.cancel_shift(request.user, pk, request.POST.get("reason", "").strip())
    messages.success(request, _("The shift is cancelled. The people on it have been told."))
    return redirect("coordinator:shift", pk)


@for_staff_of("duty.plan")
@require_POST
def sign_up(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a shift for sign-up, or close it."""
    shifts.open_shifts_for_sign_up(request.user, [pk], opened=request.POST.get("opened") == "1")
    return redirect("coordinator:shift", pk)


@for_staff_of("duty.assign")
@require_GET
def replacements(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who could stand on this shift now, or instead of somebody, the best first, each with what speaks against him."""
    found = changes.replacements(request.user, pk, number(request.GET.get("instead_of")))
    return render(request, "coordinator/shifts/replacements.html", {"found": found})


@for_staff_of("duty.assign")
@require_POST
def assign(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put somebody on the shift, perhaps instead of somebody, and tell both."""
    form = AnsweredForm(request.POST)
    answered = form.answered() if form.is_valid() else None
    made = assigning.assign_person(
        request.user,
        pk,
        number(request.POST.get("person")) or 0,
        instead_of=number(request.POST.get("instead_of")),
        answered=answered,
    )
    messages.success(request, _("%(person)s is on the shift and has been told.") % {"person": made.person.name})
    return redirect("coordinator:shift", pk)


@for_staff_of("duty.assign")
@require_POST
def take_off(request: SignedInRequest, pk: int, assignment: int) -> HttpResponse:
    """Take somebody off the shift, with a reason that he is told."""
    gone = assigning.take_off(request.user, assignment, request.POST.get("reason", ""))
    messages.success(request, _("%(person)s was taken off and has been told.") % {"person": gone.person.name})
    return redirect("coordinator:shift", pk)
