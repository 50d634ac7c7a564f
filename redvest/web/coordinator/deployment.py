"""Screens of deployment: who goes to which community, what each lacks, orders, and people who step forward."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redvest.core import access, live
from redvest.core.errors import Refused
from redvest.incidents import actions, queries
from redvest.web.coordinator.incidents import board_tag, frame_of
from redvest.web.forms.incidents import PublishForm
from redvest.web.http import SignedInRequest, for_staff_of, number
from redvest.workflows import publish_deployment as deploying
from redvest.workflows.count_hands import count_hands

DEPLOY = "incidents.deploy"


@for_staff_of(DEPLOY)
@require_GET
def deployment(request: SignedInRequest) -> HttpResponse:
    """The deployment of the incident that lacks most; with none running, what to do first."""
    lines = [line for line in queries.incidents.situation(request.user) if line.directs]
    if lines:
        return redirect("coordinator:deploy", lines[0].incident.pk)
    return render(request, "coordinator/deployment/none.html", {})


@for_staff_of(DEPLOY)
@require_GET
def deploy(request: SignedInRequest, pk: int) -> HttpResponse:
    """The board: communities with what they want, have and lack; people with the reasons why they are there."""
    row = queries.incidents.incident(request.user, pk)
    tag = board_tag(request, row.area.path)
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    return live.tagged(_board(request, pk, tag), tag)


def _board(request: SignedInRequest, pk: int, tag: str) -> HttpResponse:
    board = queries.deployment.deployment_board(request.user, pk)
    context = frame_of(request, board.incident, "deployment") | {
        "board": board,
        "offers": queries.deployment.open_offers(request.user, board.incident),
        "places": [(place.area.pk, place.area.name) for place in board.places],
        "tag": tag,
    }
    template = "coordinator/deployment/deploy.html" + ("#board" if request.htmx else "")
    return render(request, template, context)


@for_staff_of(DEPLOY)
@require_POST
def propose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the engine propose places for those who have none."""
    number = deploying.propose_deployment(request.user, pk)
    if number:
        sentence = ngettext("%(number)s place proposed.", "%(number)s places proposed.", number)
        messages.success(request, sentence % {"number": number} + " " + _("Nobody is told before you publish."))
    else:
        messages.info(request, _("Everybody in the team has a place, or no community wants hands."))
    return redirect("coordinator:deploy", pk)


@for_staff_of(DEPLOY)
@require_POST
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Move one member by hand: dragged, or chosen from the list on the card."""
    member, typed = number(request.POST.get("member")), request.POST.get("area", "")
    area = number(typed)
    if member is None or (typed and area is None):
        raise Refused(_("Choose a person and a community."))
    actions.move_member(request.user, member, area)
    return _board(request, pk, "") if request.htmx else redirect("coordinator:deploy", pk)


@for_staff_of(DEPLOY)
@require_POST
def recall(request: SignedInRequest, pk: int) -> HttpResponse:
    """End somebody's order; he is told and stands by."""
    member = number(request.POST.get("member"))
    if member is None:
        raise Refused(_("Choose a person and a community."))
    actions.recall_member(request.user, member)
    messages.success(request, _("Recalled and told."))
    return redirect("coordinator:deploy", pk)


@for_staff_of(DEPLOY)
@require_POST
def want(request: SignedInRequest, pk: int) -> HttpResponse:
    """Type how many hands a community could use; empty goes back to what its posts need."""
    area, typed = number(request.POST.get("area")), request.POST.get("wanted", "").strip()
    wanted = number(typed)
    if area is None or (typed and wanted is None):
        raise Refused(_("Type a number from 0 to 1000."))
    actions.want_hands(request.user, pk, area, wanted)
    if not typed:
        count_hands(request.user, pk)
    return redirect("coordinator:deploy", pk)


@for_staff_of(DEPLOY)
@require_http_methods(["GET", "POST"])
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Before publishing: who is told what. Only those whose order is new or changed hear of it."""
    board = queries.deployment.deployment_board(request.user, pk)
    form = PublishForm(request.POST or None, initial={"meet_at": timezone.localtime()})
    if request.method == "POST" and form.is_valid():
        places = {place.area.pk: request.POST.get(f"place-{place.area.pk}", "").strip() for place in board.places}
        number = deploying.publish_deployment(
            request.user, pk, meet_at=form.cleaned_data["meet_at"], places={k: v for k, v in places.items() if v}
        )
        sentence = ngettext("Published; %(number)s person is told.", "Published; %(number)s people are told.", number)
        messages.success(request, sentence % {"number": number})
        return redirect("coordinator:deploy", pk)
    changed = [(place, [card for card in place.cards if card.is_draft]) for place in board.places]
    context = frame_of(request, board.incident, "deployment") | {
        "board": board,
        "changed": [(place, cards) for place, cards in changed if cards],
        "form": form,
    }
    return render(request, "coordinator/deployment/publish.html", context, status=422 if form.is_bound else 200)


@for_staff_of("incidents.accept_offer")
@require_GET
def offers(request: SignedInRequest) -> HttpResponse:
    """People who step forward for a place of the actor's."""
    lines = queries.deployment.open_offers(request.user)
    return render(request, "coordinator/deployment/offers.html", {"offers": lines})


@for_staff_of("incidents.accept_offer")
@require_POST
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Accept an offer or say that it is not needed now."""
    if "accept" in request.POST:
        row = actions.accept_offer(request.user, pk)
        messages.success(request, _("%(name)s is ordered here and told.") % {"name": row.person.name})
    else:
        row = actions.decline_offer(request.user, pk, request.POST.get("answer", ""))
        messages.success(request, _("%(name)s is thanked and told.") % {"name": row.person.name})
    if access.can(request.user, DEPLOY, row.incident.area):
        return redirect("coordinator:deploy", row.incident_id)
    return redirect(reverse("coordinator:offers"))
