"""Screens of call-ups: building one with a live preview, and the board on which the answers come in."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redvest.core import access, live, outbox
from redvest.core.errors import Refused
from redvest.incidents import actions, queries, rules
from redvest.web.coordinator.incidents import board_tag, frame_of
from redvest.web.forms.incidents import AnswerForm, CallUpForm, WaveForm
from redvest.web.http import SignedInRequest, for_staff_of, number
from redvest.workflows import call_up as calling

CALLED = "incidents.call_up"
TONES = {
    rules.Standing.YES: "ok",
    rules.Standing.YES_FROM: "ok",
    rules.Standing.LATER: "info",
    rules.Standing.WAITING: "neutral",
    rules.Standing.UNREACHABLE: "late",
    rules.Standing.NO: "neutral",
}


@for_staff_of(CALLED)
@require_GET
def callups(request: SignedInRequest) -> HttpResponse:
    """All call-ups of the actor's areas, the open ones first; and for which incident a new one can be sent."""
    running = queries.incidents.active(request.user)
    context = {
        "call_ups": queries.call_ups.call_ups(request.user),
        "incidents": [row for row in running if queries.incidents.directs(request.user, row)],
    }
    return render(request, "coordinator/callups/callups.html", context)


@for_staff_of(CALLED)
@require_GET
def of_incident(request: SignedInRequest, pk: int) -> HttpResponse:
    """The call-ups of one incident."""
    row = queries.incidents.incident(request.user, pk)
    context = frame_of(request, row, "call_ups") | {"call_ups": queries.call_ups.call_ups(request.user, row)}
    return render(request, "coordinator/callups/of_incident.html", context)


@for_staff_of(CALLED)
@require_http_methods(["GET", "POST"])
def build(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose whom to call; how many can be reached, and who is left out and why, follows every choice."""
    row = queries.incidents.incident(request.user, pk)
    access.require(request.user, CALLED, row.area)
    given = request.POST if request.method == "POST" else request.GET if request.htmx else None
    line = queries.incidents.one_situation(request.user, row)
    form = CallUpForm(
        given,
        choices=queries.call_ups.choices(request.user),
        answer_minutes=queries.incidents.playbook_of(row).call_up.answer_minutes,
        wanted=max(1, line.lacks - line.idle),
        is_first=not line.team and not line.asked,
    )
    if request.method == "POST" and form.is_valid():
        key = request.headers.get(outbox.HEADER) or None
        answer = outbox.once(request.user, key, "incidents.call_up", lambda: _send(request, pk, form))
        return redirect("coordinator:callup", answer["call_up"])
    if form.is_bound:
        form.is_valid()
        criteria = form.criteria()
    else:
        criteria = form.starting_criteria()
    context = frame_of(request, row, "call_ups") | {
        "form": form,
        "preview": calling.preview(request.user, row.pk, criteria),
        "wanted": form.cleaned_data.get("wanted") if form.is_bound else form.initial["wanted"],
    }
    template = "coordinator/callups/build.html" + ("#preview" if request.htmx and request.method == "GET" else "")
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def _send(request: SignedInRequest, pk: int, form: CallUpForm) -> dict[str, Any]:
    given = form.cleaned_data
    call_up = calling.send_call_up(
        request.user,
        pk,
        criteria=form.criteria(),
        wanted=given["wanted"],
        text=given["text"],
        meet_at=given["meet_at"],
        meet_place=given["meet_place"],
        answer_minutes=given["answer_minutes"],
    )
    number = call_up.replies.count()
    sentence = ngettext("Sent: %(number)s person is asked.", "Sent: %(number)s people are asked.", number)
    messages.success(request, sentence % {"number": number})
    return {"call_up": call_up.pk}


@for_staff_of(CALLED)
@require_GET
def callup(request: SignedInRequest, pk: int) -> HttpResponse:
    """The board: the count rises by itself; every line says how the answer stands and what can be done."""
    row = queries.call_ups.call_up(request.user, pk)
    standing = request.GET.get("standing", "")
    tag = board_tag(request, row.incident.area.path)
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    context = frame_of(request, row.incident, "call_ups") | _board(request, pk, standing) | {"tag": tag}
    template = "coordinator/callups/callup.html" + ("#board" if request.htmx else "")
    return live.tagged(render(request, template, context), tag)


def _board(request: SignedInRequest, pk: int, standing: str) -> dict[str, Any]:
    board = queries.call_ups.board(request.user, pk, standing)
    here = reverse("coordinator:callup", args=[pk])
    filters = [{"label": _("All"), "url": here, "current": not standing, "count": board.asked}]
    for each in rules.Standing:
        url = f"{here}?standing={each.value}"
        filters.append(
            {"label": each.label, "url": url, "current": standing == each.value, "count": board.counts[each.value]}
        )
    return {
        "board": board,
        "call_up": board.call_up,
        "filters": filters,
        "tones": {each.value: TONES[each] for each in rules.Standing},
        "is_open": board.call_up.state == "open",
        "standing": standing,
        "now": timezone.now(),
        "lines": [(line, TONES[line.standing]) for line in board.lines],
    }


@for_staff_of(CALLED)
@require_http_methods(["GET", "POST"])
def note(request: SignedInRequest, pk: int, reply: int) -> HttpResponse:
    """Note what somebody said on the phone; recorded as noted by the coordinator."""
    board = queries.call_ups.board(request.user, pk)
    line = next((each for each in board.lines if each.reply.pk == reply), None)
    if line is None:
        raise Refused(_("This person is not on the board any more. Reload the page."))
    form = AnswerForm(request.POST or None, initial={"available_from": timezone.localtime()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.note_answer(
            request.user, reply, given["answer"], available_from=given["available_from"], note=given["note"]
        )
        messages.success(request, _("Noted: %(name)s.") % {"name": line.reply.person.name})
        return redirect("coordinator:callup", pk)
    context = frame_of(request, board.call_up.incident, "call_ups")
    context |= {"line": line, "form": form, "call_up": board.call_up}
    return render(request, "coordinator/callups/note.html", context, status=422 if form.is_bound else 200)


@for_staff_of(CALLED)
@require_POST
def nudge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remind one person, or everybody who has not answered."""
    reminded = actions.nudge(request.user, pk, number(request.POST.get("reply")))
    sentence = ngettext("%(number)s person is reminded.", "%(number)s people are reminded.", reminded)
    messages.success(request, sentence % {"number": reminded})
    return redirect("coordinator:callup", pk)


@for_staff_of(CALLED)
@require_http_methods(["GET", "POST"])
def wave(request: SignedInRequest, pk: int) -> HttpResponse:
    """A further wave: people not asked yet, and people who did not answer."""
    board = queries.call_ups.board(request.user, pk)
    form = WaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = calling.send_wave(request.user, pk, **form.cleaned_data)
        sentence = ngettext("%(number)s person is asked.", "%(number)s people are asked.", number)
        messages.success(request, sentence % {"number": number})
        return redirect("coordinator:callup", pk)
    criteria = queries.call_ups.Criteria.from_json(board.call_up.filter)
    context = frame_of(request, board.call_up.incident, "call_ups") | {
        "form": form,
        "board": board,
        "call_up": board.call_up,
        "preview": calling.preview(request.user, board.call_up.incident_id, criteria),
    }
    return render(request, "coordinator/callups/wave.html", context, status=422 if form.is_bound else 200)


@for_staff_of(CALLED)
@require_http_methods(["GET", "POST"])
def stand_down(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tell those who are not needed, with thanks; the unanswered are chosen beforehand."""
    if request.method == "POST":
        chosen = [one for each in request.POST.getlist("reply") if (one := number(each)) is not None]
        told = actions.stand_down(request.user, pk, chosen)
        sentence = ngettext("%(number)s person is stood down.", "%(number)s people are stood down.", told)
        messages.success(request, sentence % {"number": told})
        return redirect("coordinator:callup", pk)
    board = queries.call_ups.board(request.user, pk)
    lines = [
        (line, TONES[line.standing], line.standing not in (rules.Standing.YES, rules.Standing.YES_FROM))
        for line in board.lines
        if line.standing is not rules.Standing.NO and line.reply.stood_down_at is None
    ]
    context = frame_of(request, board.call_up.incident, "call_ups") | {
        "board": board,
        "call_up": board.call_up,
        "lines": lines,
    }
    return render(request, "coordinator/callups/stand_down.html", context)


@for_staff_of(CALLED)
@require_POST
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """No more answers; those who did not answer are told that they need not any more."""
    actions.close_call_up(request.user, pk)
    messages.success(request, _("The call-up is closed."))
    return redirect("coordinator:callup", pk)
