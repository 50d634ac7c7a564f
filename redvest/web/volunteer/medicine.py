"""Medicine runs on the phone: what I carry for which door, and three big steps from door to door."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from redvest.core.errors import Refused
from redvest.supplies.actions import medicine as changing
from redvest.supplies.models import Holder
from redvest.supplies.queries import medicine as reading
from redvest.web.coordinator.supply_medicine import money
from redvest.web.http import SignedInRequest, number, signed_in
from redvest.web.volunteer.shifts import key_of


@require_safe
@signed_in
def runs(request: SignedInRequest) -> HttpResponse:
    """The medicine that I am fetching."""
    return render(request, "volunteer/medicine/runs.html", {"lines": reading.my_runs(request.user)})


@require_safe
@signed_in
def run(request: SignedInRequest, pk: int) -> HttpResponse:
    """One run: what is still at the door, with me, at the pharmacy."""
    return render(request, "volunteer/medicine/run.html", {"line": reading.my_run(request.user, pk)})


@require_POST
@signed_in
def step(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    """Taken from the door; fetched at the pharmacy, with what was paid; given back to the household or to the desk."""
    line, actor, key = reading.my_run(request.user, pk), request.user, key_of(request)
    ticked = {number(text) for text in request.POST.getlist("thing")}
    sources = {
        "take": line.at_door,
        "fetch": line.at_pharmacy,
        "return": line.with_carrier,
        "desk": line.with_carrier,
        "from-desk": line.at_desk,
    }
    if name not in sources:
        raise Refused(_("Choose what happens."))
    things = [thing.pk for thing in sources[name] if not ticked or thing.pk in ticked]
    if name == "fetch" and line.cash is not None and line.cash in line.with_carrier:
        things.append(line.cash.pk)
    taker = {"return": Holder.DOOR, "desk": Holder.DESK}.get(name, Holder.PERSON)
    paid = money(request.POST.get("paid", "")) if name == "fetch" else None
    changing.hand_over(actor, pk, things, taker, name=request.POST.get("name", ""), paid=paid, key=key)
    if request.htmx:
        return render(request, "volunteer/medicine/run.html#card", {"line": reading.my_run(request.user, pk)})
    return redirect("volunteer:medicine_run", pk)
