"""Answers about a roster: whom to ask for an empty place, how to mend it after a blow, what would be if."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redvest.duty.actions import answering
from redvest.duty.planning import answers, events
from redvest.duty.queries import changes
from redvest.duty.queries import repairs as repairing
from redvest.duty.queries import what_if as asking
from redvest.web.coordinator.jobs import described
from redvest.web.forms.answers import EVENT_FORMS, QUESTION_FORMS, event_forms, event_of, question_forms, question_of
from redvest.web.http import SignedInRequest, for_staff_of, number


@for_staff_of("duty.see")
@require_GET
def ways(request: SignedInRequest, pk: int) -> HttpResponse:
    """Why a shift is short, and whom to ask: a part of its dialog, loaded after it."""
    shift = number(request.GET.get("shift"))
    if shift is None:
        raise Http404
    context = {"ways": changes.ways_view(request.user, pk, shift), "view": request.GET.get("view", "people")}
    return render(request, "coordinator/rosters/ways.html", context)


# --- repairs ---------------------------------------------------------------------------------------------------------


@for_staff_of("duty.plan")
@require_http_methods(["GET", "POST"])
def repair(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what happened; the engine looks for the fewest changes that mend what people were told."""
    choices = repairing.repair_choices(request.user, pk)
    kind = request.POST.get("kind", "")
    data = request.POST if request.method == "POST" and kind in EVENT_FORMS else None
    forms = event_forms(choices, data, number(request.GET.get("person")))
    if data is not None and forms[kind].is_valid():
        job = answering.look_for_repairs(request.user, pk, event_of(kind, forms[kind], timezone.now()))
        return redirect("coordinator:roster_repairs", pk, job.pk)
    cards = [
        (
            events.DROP_OUT,
            "user-off",
            _("Somebody drops out"),
            _("Ill, called away, or not coming any more: the places of this person from then on."),
            forms[events.DROP_OUT],
        ),
        (
            events.PERIMETER,
            "barrier-block",
            _("A place is closed"),
            _("Nobody crosses: those who are inside serve inside, the others outside."),
            forms[events.PERIMETER],
        ),
        (
            events.HEAT,
            "temperature",
            _("Heat warning"),
            _("Outdoor shifts of that time fall under the heat rules of the playbook."),
            forms[events.HEAT],
        ),
        (
            events.NOW,
            "refresh",
            _("Anything else that changed"),
            _("New posts or shifts, places given back, no-shows: what is on record now."),
            forms[events.NOW],
        ),
    ]
    context = {"roster": choices.roster, "cards": cards, "holds": choices.holds, "open": kind}
    return render(request, "coordinator/rosters/repair.html", context, status=422 if request.method == "POST" else 200)


@for_staff_of("duty.plan")
@require_GET
def repairs(request: SignedInRequest, pk: int, job: int) -> HttpResponse:
    """The menu: up to three repairs with their price; while the search runs, its progress."""
    menu = repairing.repair_menu(request.user, pk, job)
    if request.htmx:  # the search has ended
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    context: dict[str, Any] = {"menu": menu, "roster": menu.roster}
    if not menu.is_ready:
        context |= described(menu.job)
    return render(request, "coordinator/rosters/repairs.html", context)


@for_staff_of("duty.plan")
@require_POST
def choose(request: SignedInRequest, pk: int, job: int) -> HttpResponse:
    """Make one repair a draft. Nobody is told anything before it is published."""
    chosen = number(request.POST.get("number"))
    made = answering.draft_repair(
        request.user,
        pk,
        job,
        -1 if chosen is None else chosen,
        note_absence=request.POST.get("note_absence") == "on",
    )
    messages.success(request, _("The repair is a draft now. Nobody is told anything before you publish it."))
    return redirect("coordinator:roster", made.pk)


# --- what if ---------------------------------------------------------------------------------------------------------


@for_staff_of("duty.plan")
@require_http_methods(["GET", "POST"])
def what_if(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask what a change would mean for gaps, hours and nights. Nothing is changed by asking."""
    choices = asking.question_choices(request.user, pk)
    kind = request.POST.get("kind", "")
    data = request.POST if request.method == "POST" and kind in QUESTION_FORMS else None
    forms = question_forms(choices, data)
    if data is not None and forms[kind].is_valid():
        job = answering.ask_what_if(request.user, pk, question_of(kind, forms[kind]))
        return redirect("coordinator:roster_answer", pk, job.pk)
    cards = [
        (
            answers.HANDS,
            "users-plus",
            _("How many people would close all gaps?"),
            _("And what they must be able to do."),
            forms[answers.HANDS],
        ),
        (answers.POST, "map-pin-plus", _("One more post"), _("The same turns once more."), forms[answers.POST]),
        (
            answers.FEWER,
            "users-minus",
            _("Fewer people"),
            _("Called away, or needed elsewhere."),
            forms[answers.FEWER],
        ),
        (answers.MORE, "user-plus", _("More people"), _("Free at all times."), forms[answers.MORE]),
        (
            answers.RULE,
            "clock-pause",
            _("Another limit"),
            _("A longer rest, fewer nights in a row."),
            forms[answers.RULE],
        ),
    ]
    context = {"roster": choices.roster, "cards": cards, "open": kind}
    return render(request, "coordinator/rosters/what_if.html", context, status=422 if request.method == "POST" else 200)


@for_staff_of("duty.plan")
@require_GET
def answer(request: SignedInRequest, pk: int, job: int) -> HttpResponse:
    """What the engine found; while it searches, its progress."""
    found = asking.answer(request.user, pk, job)
    if request.htmx:  # the search has ended
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    context: dict[str, Any] = {"answer": found, "roster": found.roster}
    if not found.is_ready:
        context |= described(found.job)
    return render(request, "coordinator/rosters/answer.html", context)
