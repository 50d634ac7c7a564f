"""Residents' requests at the desk: the board, taking one down on the phone, one request with its steps, the codes."""

import uuid
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from redvest.core import live, masking
from redvest.core.errors import Refused
from redvest.needs.actions import codes as code_actions
from redvest.needs.actions import ending, entering, working
from redvest.needs.queries import board as boards
from redvest.needs.queries import case as cases
from redvest.needs.queries import codes as code_queries
from redvest.needs.queries import desk as desks
from redvest.needs.queries import doors as door_queries
from redvest.needs.queries.words import door_of
from redvest.web.forms.needs import PRIORITIES, DeskForm
from redvest.web.http import SignedInRequest, for_staff_of, number
from redvest.web.needs import LATENESS, STATES

TONES = {"lateness": LATENESS, "states": STATES}


def tag_of(request: SignedInRequest) -> str:
    """The version of the board: what happened anywhere, and the minute, since lateness comes with the clock alone."""
    minute = int(timezone.now().timestamp()) // 60
    return live.etag(boards.TOPICS, "/", request.user.pk, minute, request.GET.urlencode())


@require_safe
@for_staff_of("needs.triage")
def requests(request: SignedInRequest) -> HttpResponse:
    """A lane for each class, the most pressing first; what is settled waits for the call back."""
    tag = tag_of(request)
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    wanted = boards.Filter(
        area=number(request.GET.get("area", "")),
        kind=request.GET.get("kind", ""),
        state=request.GET.get("state", ""),
        late_only="late" in request.GET,
    )
    desk = desks.desk(request.user)
    context = TONES | {
        "board": boards.board(request.user, wanted),
        "wanted": wanted,
        "desk": desk,
        "tag": tag,
    }
    template = "coordinator/requests/requests.html"
    return live.tagged(render(request, template + "#board" if request.htmx else template, context), tag)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff_of("needs.enter")
def new(request: SignedInRequest) -> HttpResponse:
    """Take a call down with the keyboard alone; the form is empty again for the next one."""
    desk = desks.desk(request.user)
    form = DeskForm(request.POST or None, kinds=desk.kinds, areas=desk.areas)
    if request.method == "POST" and form.is_valid():
        area = form.cleaned_data["area"]
        if form.cleaned_data["household"]:
            area = door_queries.door(request.user, form.cleaned_data["household"]).area
        answer = entering.ask(request.user, form.asked(area), key=request.POST.get("key") or None)
        messages.success(request, _("No. %(number)s is taken down.") % {"number": answer["request"]})
        return redirect("coordinator:request_new")
    door = _chosen(request, form)
    context = {"form": form, "desk": desk, "door": door, "doors": [door] if door else [], "key": uuid.uuid4()}
    return render(request, "coordinator/requests/new.html", context, status=422 if form.is_bound else 200)


def _chosen(request: SignedInRequest, form: DeskForm) -> door_queries.Door | None:
    chosen = number(str(form["household"].value() or request.GET.get("household", "")))
    return door_queries.door(request.user, chosen) if chosen is not None else None


@require_safe
@for_staff_of("needs.enter")
def doors(request: SignedInRequest) -> HttpResponse:
    """Households that fit what is being typed."""
    text = request.GET.get("door", "")
    context = {"doors": door_queries.find_doors(request.user, text), "text": text.strip()}
    return render(request, "coordinator/requests/doors.html", context)


@require_safe
@for_staff_of("needs.enter")
def same(request: SignedInRequest) -> HttpResponse:
    """What is open already at the chosen door: it may be the same."""
    household = number(request.GET.get("household", ""))
    lines = cases.open_at_door(request.user, household) if household is not None else []
    return render(request, "coordinator/requests/same.html", TONES | {"lines": lines, "asked": household is not None})


@require_safe
@for_staff_of("needs.see")
def request(request: SignedInRequest, pk: int) -> HttpResponse:
    """One request: what is needed, its clock, its history, the steps that are possible now."""
    return render(request, "coordinator/requests/request.html", _case(request, pk))


def _case(request: SignedInRequest, pk: int) -> dict[str, Any]:
    case = cases.case(request.user, pk)
    link = settings.PUBLIC_URL + reverse("resident:standing", args=[case.request.token])
    return TONES | {
        "case": case,
        "one": case.request,
        "kinds": desks.kinds_of(case.request),
        "link": link,
        "priorities": PRIORITIES[1:],
    }


@require_POST
@for_staff_of("needs.triage")
def step(request: SignedInRequest, pk: int, step: str) -> HttpResponse:
    """One step of the desk; the page then shows how it stands."""
    words = request.POST.get("words", "")
    _take_step(request, pk, step, words)
    return redirect("coordinator:request", pk=pk)


def _take_step(request: SignedInRequest, pk: int, step: str, words: str) -> None:
    actor, given = request.user, request.POST
    if step in ("done", "not_done", "refer"):
        working.settle_request(actor, pk, step, words)
    elif step == "verify":
        working.verify_request(actor, pk, words)
    elif step == "give":
        working.give_request(actor, pk, _chosennumber(given.get("person", ""), _("Choose somebody to ask.")), words)
    elif step == "give_back":
        working.give_back_request(actor, pk, words)
    elif step == "lose_track":
        working.lose_track(actor, pk, words)
    elif step == "contact":
        working.note_contact(actor, pk, words, reached="reached" in given)
    elif step == "sort":
        priority = _chosennumber(given.get("priority", ""), _("Choose how urgent it is."))
        working.change_request(actor, pk, kind=given.get("kind", ""), priority=priority, note=words)
    elif step == "call_back":
        ending.call_back(actor, pk, satisfied=given.get("satisfied") == "yes", words=words)
    elif step == "close":
        ending.close_request(actor, pk, words)
    elif step == "reopen":
        ending.reopen_request(actor, pk, words)
    elif step == "merge":
        ending.merge_request(actor, pk, _chosennumber(given.get("into", ""), _("Enter the number of the other one.")))
    elif step == "split":
        ending.split_request(actor, pk)
    else:
        raise Refused(_("There is no such step. Reload the page."))


def _chosennumber(text: str, sentence: str) -> int:
    found = number(text.strip())
    if found is None:
        raise Refused(sentence)
    return found


@require_POST
@for_staff_of("needs.triage")
def reveal(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name and phone in clear; who looked and why is on record."""
    found = working.reveal_request(request.user, pk, purpose=request.POST.get("purpose", ""))
    context = {"name": found.contact_name, "phone": found.contact_phone, "spoken": masking.spoken(found.contact_phone)}
    return render(request, "coordinator/requests/contact.html", context)


@require_safe
@for_staff_of("needs.print_codes")
def codes(request: SignedInRequest) -> HttpResponse:
    """Where papers with a code hang already, and where they are still to be printed."""
    return render(request, "coordinator/requests/codes.html", {"places": code_queries.places(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff_of("needs.print_codes")
def print_codes(request: SignedInRequest, pk: int) -> HttpResponse:
    """The papers of an area, one a page; a POST makes those that are missing first."""
    if request.method == "POST":
        code_actions.make_codes(request.user, pk)
        return redirect("coordinator:request_codes_of", pk=pk)
    papers = []
    for code in code_queries.codes(request.user, pk):
        address = settings.PUBLIC_URL + reverse("resident:choices", args=[code.token])
        picture = segno.make(address, error="m", micro=False).svg_data_uri(scale=10, border=2, omitsize=True)
        papers.append({"place": door_of(code.area, ""), "address": address, "picture": picture})
    return render(request, "coordinator/requests/papers.html", {"papers": papers, "pk": pk})


@require_POST
@for_staff_of("needs.print_codes")
def renew_code(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new code for one building; the old paper leads nowhere."""
    code_actions.renew_code(request.user, pk)
    return redirect("coordinator:request_codes_of", pk=pk)
