"""Asking a colleague to take or exchange a shift, and answering when one is asked."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from redvest.duty.actions import swaps as actions
from redvest.duty.queries import own
from redvest.duty.queries import swaps as queries
from redvest.web.http import SignedInRequest, number, signed_in
from redvest.web.volunteer.shifts import key_of

ANSWERS = {
    "accept": actions.accept_swap,
    "decline": actions.decline_swap,
    "take-back": actions.take_back_swap,
}


@require_safe
@signed_in
def swaps(request: SignedInRequest) -> HttpResponse:
    """Swaps he is asked for, and those he asked for."""
    of_me, by_me = queries.my_swaps(request.user)
    return render(request, "volunteer/swaps/swaps.html", {"of_me": of_me, "by_me": by_me})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose whom to ask, and whether to hand on or to exchange."""
    mine = own.my_shift(request.user, pk)
    if request.method != "POST":
        context = {"mine": mine, "colleagues": queries.colleagues(request.user, pk)}
        return render(request, "volunteer/swaps/ask.html", context)
    chosen, _colon, theirs = request.POST.get("choice", "").partition(":")
    person, wanted = number(chosen), number(theirs)
    if person is None or (theirs and wanted is None):
        return redirect("volunteer:ask_swap", pk=pk)
    actions.ask_swap(
        request.user,
        pk,
        person,
        wanted_id=wanted,
        note=request.POST.get("note", ""),
        key=key_of(request),
    )
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": "/me/swaps/"})
    return redirect("volunteer:swaps")


@require_POST
@signed_in
def answer(request: SignedInRequest, pk: int, answer: str) -> HttpResponse:
    """Yes, no, or no longer wanted."""
    action = ANSWERS.get(answer)
    if action is None:
        raise Http404
    action(request.user, pk, key=key_of(request))
    if not request.htmx:
        return redirect("volunteer:swaps")
    of_me, by_me = queries.my_swaps(request.user)
    return render(request, "volunteer/swaps/swaps.html#lists", {"of_me": of_me, "by_me": by_me})
