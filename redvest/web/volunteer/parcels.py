"""Parcels on the phone: my trip door by door, and what happened at each door; works without a network."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from redvest.supplies.actions import trips
from redvest.supplies.queries import doors as reading
from redvest.web.http import SignedInRequest, signed_in
from redvest.web.volunteer.check_in import _tapped_at as tapped_at
from redvest.web.volunteer.shifts import key_of


@require_safe
@signed_in
def parcels(request: SignedInRequest) -> HttpResponse:
    """The trips I am on."""
    lines = reading.my_trips(request.user)
    if len(lines) == 1:
        return redirect("volunteer:trip", lines[0].trip.pk)
    return render(request, "volunteer/parcels/parcels.html", {"lines": lines})


@require_safe
@signed_in
def trip(request: SignedInRequest, pk: int) -> HttpResponse:
    """One trip: what is still to do first, building by building, from the top floor down."""
    line, doors = reading.my_trip(request.user, pk)
    to_do = [door for door in doors if door.state in ("out", "absent")]
    context = {
        "line": line,
        "others": [name for name in line.people if name != request.user.name],
        "groups": reading.by_building(to_do),
        "answered": [door for door in doors if door.state not in ("out", "absent")],
    }
    return render(request, "volunteer/parcels/trip.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def door(request: SignedInRequest, pk: int) -> HttpResponse:
    """One door: what it gets, and four big answers."""
    line = reading.my_parcel(request.user, pk)
    if request.method == "POST":
        outcome, text = request.POST.get("outcome", ""), request.POST.get("text", "")
        if outcome == "undo":
            trips.take_answer_back(request.user, pk, key=key_of(request))
        else:
            relation = text if outcome == "proxy" else ""
            note = "" if outcome == "proxy" else text
            trips.sign_off(
                request.user,
                pk,
                outcome,
                relation=relation,
                note=note,
                tapped_at=tapped_at(request),
                key=key_of(request),
            )
        if request.htmx:
            return render(request, "volunteer/parcels/door.html#card", {"line": reading.my_parcel(request.user, pk)})
        return redirect("volunteer:trip", line.parcel.trip_id)
    return render(request, "volunteer/parcels/door.html", {"line": line})
