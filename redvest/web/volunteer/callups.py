"""Screens of the person who is called: answering (by private link or signed in), his orders, stepping forward."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redvest.core import masking, outbox
from redvest.incidents import actions, queries, rules
from redvest.web.forms.incidents import AnswerForm, OfferForm
from redvest.web.http import SignedInRequest, signed_in
from redvest.web.volunteer.times import coming_times


@never_cache
@require_http_methods(["GET", "POST"])
def answer_link(request: HttpRequest, token: str) -> HttpResponse:
    """One screen, four big answers, no signing in: the link in the message is the permission."""
    reply, state = queries.call_ups.by_link(token)
    signed = request.user if request.user.is_authenticated else None
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.answer_by_link(
            signed,
            token,
            form.cleaned_data["answer"],
            available_from=form.cleaned_data["available_from"],
            note=form.cleaned_data["note"],
        )
        return redirect("volunteer:answer_link", token)
    is_other = signed is not None and signed.pk != reply.person.account_id
    context = _question(reply, form) | {"state": state, "is_other": is_other, "by_link": True}
    return render(request, "volunteer/callups/link.html", context, status=422 if form.is_bound else 200)


def _question(reply: Any, form: AnswerForm) -> dict[str, Any]:
    """What both answer screens show."""
    incident = reply.call_up.incident
    content = queries.incidents.playbook_of(incident)
    return {
        "reply": reply,
        "call_up": reply.call_up,
        "incident": incident,
        "level": content.levels[incident.level],
        "kind": content.name,
        "form": form,
        "times": coming_times(timezone.localtime()),
        "is_staff": reply.person.kind == "staff",
        "contact": reply.call_up.made_by,
        "contact_phone": masking.spoken(reply.call_up.made_by.phone),
        "answered": reply.answer != "none",
        "answer_label": rules.Standing(reply.answer).label if reply.answer != "none" else "",
    }


@signed_in
@require_GET
def callups(request: SignedInRequest) -> HttpResponse:
    """What I am asked now; with nothing asked, what else can be done."""
    context = {"replies": queries.call_ups.my_call_ups(request.user)}
    return render(request, "volunteer/callups/callups.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def callup(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same question inside the app."""
    reply = queries.call_ups.my_call_up(request.user, pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        key = request.headers.get(outbox.HEADER) or None
        outbox.once(
            request.user,
            key,
            "incidents.answer",
            lambda: {
                "answer": actions.answer_call_up(
                    request.user, pk, given["answer"], available_from=given["available_from"], note=given["note"]
                ).answer
            },
        )
        messages.success(request, _("Thank you, your answer has arrived."))
        return redirect("volunteer:callup", pk)
    context = _question(reply, form) | {"state": rules.LinkState.OPEN}
    if reply.call_up.state != "open":
        context["state"] = rules.LinkState.CLOSED
    return render(request, "volunteer/callups/callup.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_GET
def orders(request: SignedInRequest) -> HttpResponse:
    """Where I am sent, and where I was before."""
    return render(request, "volunteer/callups/orders.html", {"orders": queries.deployment.my_orders(request.user)})


@signed_in
@require_http_methods(["GET", "POST"])
def order(request: SignedInRequest, pk: int) -> HttpResponse:
    """One order: place, map, contact, protection, when. "I have read it" tells the coordinator."""
    if request.method == "POST":
        actions.read_order(request.user, pk)
        messages.success(request, _("Thank you; the coordinator sees that you know."))
        return redirect("volunteer:order", pk)
    row = queries.deployment.my_order(request.user, pk)
    area = row.area
    geo = f"geo:{area.latitude},{area.longitude}?q={area.latitude},{area.longitude}" if area.latitude else ""
    context = {
        "order": row,
        "is_mine": row.member.person.account_id == request.user.pk,
        "geo": geo,
        "coordinates": f"{area.latitude:.5f}, {area.longitude:.5f}" if geo else "",
        "reasons": [rules.reason(each) for each in row.reasons],
        "kit": rules.kit_lines(row.kit),
        "contact_phone": masking.spoken(row.contact_phone),
    }
    return render(request, "volunteer/callups/order.html", context)


@signed_in
@require_GET
def offers(request: SignedInRequest) -> HttpResponse:
    """Where hands are short, the nearest first; one tap offers."""
    context = {
        "places": queries.deployment.open_places(request.user),
        "offers": queries.deployment.my_offers(request.user),
        "form": OfferForm(),
    }
    return render(request, "volunteer/callups/offers.html", context)


@signed_in
@require_POST
def offer(request: SignedInRequest, incident: int, area: int) -> HttpResponse:
    """Step forward for one place."""
    form = OfferForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    actions.offer_help(request.user, incident, area, note)
    messages.success(request, _("Thank you for stepping forward. The community will answer."))
    return redirect(reverse("volunteer:offers"))


@signed_in
@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an offer back; it costs nothing."""
    actions.withdraw_offer(request.user, pk)
    messages.success(request, _("Your offer is taken back."))
    return redirect(reverse("volunteer:offers"))
