"""The volunteer's home: what next. One big card, what waits for an answer, what is open near, his hours."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from redvest.duty.queries import own, signup
from redvest.duty.queries.swaps import my_swaps
from redvest.incidents import queries as incidents
from redvest.supplies.queries.doors import my_trips
from redvest.supplies.queries.medicine import my_runs
from redvest.web.http import SignedInRequest, me, signed_in
from redvest.web.volunteer.duty_card import card
from redvest.web.volunteer.open_shifts import shown

NEAR = 3


@require_safe
@signed_in
def home(request: SignedInRequest) -> HttpResponse:
    """What this person has to know now, most urgent first."""
    person = me(request)
    actor, now = request.user, timezone.now()
    mine = own.coming(actor)
    held = [shift for shift in mine if shift.state == "confirmed"]
    near = signup.open_shifts(actor, since=now, until=now + timedelta(hours=48), page=12).open_now[:NEAR]
    asked, _by_me = my_swaps(actor)
    context = {
        "person": person,
        "card": card(actor, held[0]) if held else None,
        "later": held[1:4],
        "more_later": max(0, len(held) - 4),
        "offered": [shift for shift in mine if shift.state == "offered"],
        "waiting": sum(shift.state == "waiting" for shift in mine),
        "asked": [swap for swap in asked if swap.state == "asked"],
        "call_ups": [reply for reply in incidents.call_ups.my_call_ups(actor) if reply.answer in ("none", "later")],
        "orders": [order for order in incidents.deployment.my_orders(actor)[:1] if order.seen_at is None],
        "carrying": my_trips(actor),
        "fetching": my_runs(actor),
        "near": [shown(shift) for shift in near],
        "minutes": own.my_minutes(actor),
    }
    return render(request, "volunteer/home/home.html", context)
