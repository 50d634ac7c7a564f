"""My shifts, one shift, and what one does with it: confirm, pass on, withdraw, hand over, call a colleague."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from redvest.core import masking
from redvest.core.outbox import HEADER
from redvest.duty.actions import contacts, handover, signup
from redvest.duty.queries import own
from redvest.web.http import SignedInRequest, number, signed_in
from redvest.web.volunteer import duty_card


def key_of(request: SignedInRequest) -> str | None:
    """The sender's key of this intention: the same twice happens once."""
    return request.headers.get(HEADER) or request.POST.get("key") or None


@require_safe
@signed_in
def shifts(request: SignedInRequest) -> HttpResponse:
    """His coming shifts by day; with ``?past`` those that are over, with their minutes."""
    if "past" in request.GET:
        start = number(request.GET.get("from")) or 0
        rows, more = own.past(request.user, start)
        context = {"past": True, "rows": rows, "more": more, "minutes": own.my_minutes(request.user)}
    else:
        context = {"past": False, "rows": own.coming(request.user)}
    return render(request, "volunteer/shifts/shifts.html", context)


@require_safe
@signed_in
def shift(request: SignedInRequest, pk: int) -> HttpResponse:
    """One of his shifts: where, when, with whom, what for, and what the shift before left."""
    mine = own.my_shift(request.user, pk)
    context = {
        "mine": mine,
        "card": duty_card.card(request.user, mine, heading=False),
        "note": own.my_handover(request.user, mine),
        "items": own.items_to_count(mine),
    }
    return render(request, "volunteer/shifts/shift.html", context)


def _done(request: SignedInRequest, pk: int) -> HttpResponse:
    return duty_card.answer(request, request.user, pk) if request.htmx else redirect("volunteer:shift", pk=pk)


@require_POST
@signed_in
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the place that is kept for him."""
    signup.confirm_place(request.user, pk, key=key_of(request))
    return _done(request, pk)


@require_POST
@signed_in
def pass_on(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the kept place, or the one in the waiting list, to the next."""
    signup.pass_place(request.user, pk, key=key_of(request))
    return _done(request, pk)


@require_POST
@signed_in
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Step down before the start."""
    signup.withdraw(request.user, pk, reason=request.POST.get("reason", ""), key=key_of(request))
    return _done(request, pk)


@require_POST
@signed_in
def colleague(request: SignedInRequest, pk: int, person: int) -> HttpResponse:
    """Show the phone of somebody on the same shift; on record."""
    phone = contacts.reveal_colleague(request.user, pk, person)
    return render(request, "volunteer/shifts/phone.html", {"phone": phone, "spoken": masking.spoken(phone)})


@require_POST
@signed_in
def write_handover(request: SignedInRequest, pk: int) -> HttpResponse:
    """Leave a note for the next shift."""
    mine = own.my_shift(request.user, pk)
    names, counts = request.POST.getlist("item"), request.POST.getlist("count")
    items = [(name, number(count) or 0) for name, count in zip(names, counts, strict=False)]
    handover.write_handover(
        request.user,
        mine.shift_id,
        items=items,
        open_matters=request.POST.get("open_matters", ""),
        unusual=request.POST.get("unusual", ""),
        key=key_of(request),
    )
    if not request.htmx:
        return redirect("volunteer:shift", pk=pk)
    context = {"mine": mine, "note": own.my_handover(request.user, mine), "said": _("The note is kept.")}
    return render(request, "volunteer/shifts/shift.html#handover", context)


@require_POST
@signed_in
def take_over(request: SignedInRequest, pk: int, note: int) -> HttpResponse:
    """Sign for what the shift before left."""
    handover.take_over(request.user, note, key=key_of(request))
    return _done(request, pk)
