"""Checking in and out on the phone: by the code at the post, or by one tap; works later when there is no network."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from redvest.duty.actions import attendance
from redvest.duty.queries import own
from redvest.web.http import SignedInRequest, signed_in
from redvest.web.volunteer import duty_card
from redvest.web.volunteer.shifts import key_of


@require_safe
@signed_in
def at_post(request: SignedInRequest, code: str) -> HttpResponse:
    """What the code at a post opens: his shift there, ready to check in or out."""
    found = own.by_code(request.user, code)
    context = {
        "found": found,
        "card": duty_card.card(request.user, found.mine, code=code) if found.mine is not None else None,
    }
    return render(request, "volunteer/check_in/at_post.html", context)


def _tapped_at(request: SignedInRequest) -> str:
    """When the phone was tapped without a network; empty when it is now."""
    return request.headers.get("X-Sent-Later", "")


@require_POST
@signed_in
def check_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """He is there, and fit."""
    code = request.POST.get("code", "")
    attendance.check_in(request.user, pk, code=code, is_fit=True, tapped_at=_tapped_at(request), key=key_of(request))
    return _done(request, pk, code)


@require_POST
@signed_in
def check_out(request: SignedInRequest, pk: int) -> HttpResponse:
    """He leaves."""
    reason = request.POST.get("reason", "")
    attendance.check_out(request.user, pk, reason=reason, tapped_at=_tapped_at(request), key=key_of(request))
    return _done(request, pk, "")


@require_POST
@signed_in
def step_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Not fit today: off the shift, without a word about why."""
    attendance.step_back(request.user, pk, key=key_of(request))
    return _done(request, pk, "")


def _done(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    if request.htmx:
        return duty_card.answer(request, request.user, pk, code=code)
    return redirect("volunteer:shift", pk=pk)
