"""Requests on the volunteer's phone: what is in his hand, what waits at his post, and one with its big buttons."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from redvest.core import live, masking
from redvest.core.errors import Refused
from redvest.needs.actions import working
from redvest.needs.queries import mine as queries
from redvest.needs.rules import Step
from redvest.web.http import SignedInRequest, signed_in
from redvest.web.needs import LATENESS, STATES
from redvest.web.volunteer.shifts import key_of

TONES = {"lateness": LATENESS, "states": STATES}


@require_safe
@signed_in
def requests(request: SignedInRequest) -> HttpResponse:
    """In hand first, then the queue of the post."""
    tag = live.etag(["needs", "duty"], "/", request.user.pk)
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    context = TONES | {"mine": queries.my_requests(request.user), "tag": tag}
    template = "volunteer/requests/requests.html"
    return live.tagged(render(request, template + "#list" if request.htmx else template, context), tag)


@require_safe
@signed_in
def one(request: SignedInRequest, pk: int) -> HttpResponse:
    """One request: where, what, and what he can do."""
    return render(request, "volunteer/requests/request.html", _context(request, pk))


def _context(request: SignedInRequest, pk: int) -> dict[str, object]:
    return TONES | {"mine": queries.my_request(request.user, pk)}


@require_POST
@signed_in
def step(request: SignedInRequest, pk: int, step: str) -> HttpResponse:
    """Take, accept, give back, set out, done, not done, pass on. Works without a network: it is sent later."""
    key, words = key_of(request), request.POST.get("words", "")
    if step == Step.TAKE:
        working.take_request(request.user, pk, key=key)
    elif step == Step.ACCEPT:
        working.accept_request(request.user, pk, key=key)
    elif step == Step.GIVE_BACK:
        working.give_back_request(request.user, pk, words, key=key)
    elif step == Step.SET_OUT:
        working.set_out(request.user, pk, key=key)
    else:
        working.settle_request(request.user, pk, step, words, key=key)
    if step == Step.GIVE_BACK:
        return _to_list(request)
    if request.htmx:
        return render(request, "volunteer/requests/request.html#card", _context(request, pk))
    return redirect("volunteer:request", pk=pk)


def _to_list(request: SignedInRequest) -> HttpResponse:
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("volunteer:requests")})
    return redirect("volunteer:requests")


@require_POST
@signed_in
def reveal(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name and phone of the resident, on record, while the request is his."""
    if not queries.my_request(request.user, pk).is_mine:
        raise Refused(_("This request is not in your hands, so its details are not shown."))
    found = working.reveal_request(request.user, pk)
    context = {"name": found.contact_name, "phone": found.contact_phone, "spoken": masking.spoken(found.contact_phone)}
    return render(request, "volunteer/requests/contact.html", context)
