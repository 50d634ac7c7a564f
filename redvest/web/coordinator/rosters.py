"""Screens of rosters: the list, a new one, the grid, solving, publishing, groups. Single cells: roster_cells.py."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redvest.core import live
from redvest.duty.actions import publishing, rosters, shifts, solving
from redvest.duty.queries import grid as grids
from redvest.duty.queries import rosters as reading
from redvest.web.forms.rosters import NewRosterForm, SolveForm
from redvest.web.http import SignedInRequest, for_staff_of, number
from redvest.web.http import day as asked_day

TOPICS = ["rosters", "duty", "shifts"]
VIEWS = ("people", "posts", "day")
LEFT_OUT = {
    "no_consent": gettext_lazy("has not consented to serve: ask for the consent first"),
    "left": gettext_lazy("has left"),
    "not_yet": gettext_lazy("cannot serve in these days"),
}


@for_staff_of("duty.see")
@require_GET
def listing(request: SignedInRequest) -> HttpResponse:
    """The rosters of the actor's areas, drafts first."""
    context = {
        "lines": reading.rosters(request.user),
        "incidents": reading.plannable_incidents(request.user),
    }
    return render(request, "coordinator/rosters/rosters.html", context)


@for_staff_of("duty.plan")
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Choose incident, area and days; see what that would cover; begin the draft."""
    incidents = reading.plannable_incidents(request.user)
    given = request.POST if request.method == "POST" else request.GET if request.GET else None
    chosen = next((row for row in incidents if given and str(row.pk) == given.get("incident")), None)
    chosen = chosen or (incidents[0] if incidents else None)
    areas = reading.plannable_areas(request.user, chosen) if chosen else []
    days = reading.default_days(chosen) if chosen else None
    form = NewRosterForm(given, incidents=incidents, areas=areas, days=days)
    if request.method == "POST" and form.is_valid():
        return redirect("coordinator:roster", _begin(request, form.cleaned_data).pk)
    outlook = None
    values = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
    if chosen and areas and values.get("first_day") and values["first_day"] <= values["last_day"]:
        outlook = reading.outlook(request.user, chosen.pk, int(values["area"]), values["first_day"], values["last_day"])
    context = {"form": form, "outlook": outlook, "incidents": incidents, "areas": areas}
    template = "coordinator/rosters/new.html" + ("#choices" if request.htmx and request.method == "GET" else "")
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def _begin(request: SignedInRequest, given: dict[str, Any]) -> Any:
    if given["make_shifts"]:
        posts = reading.open_post_keys(request.user, given["incident"], given["area"])
        made = shifts.generate_shifts(request.user, posts, given["first_day"], given["last_day"]).made if posts else 0
        if made:
            said = ngettext("%(count)s shift was made.", "%(count)s shifts were made.", made)
            messages.success(request, said % {"count": made})
    return rosters.create_roster(
        request.user,
        given["incident"],
        given["area"],
        given["first_day"],
        given["last_day"],
        with_standing_by=given["with_standing_by"],
    )


@for_staff_of("duty.see")
@require_GET
def roster(request: SignedInRequest, pk: int) -> HttpResponse:
    """The grid. Asked for by htmx, the fragment alone; 304 while nothing changed."""
    row = grids.roster_row(request.user, pk)
    view = request.GET.get("view", "people")
    if view not in VIEWS:
        raise Http404
    day = _day(request.GET.get("day"), row.first_day, row.last_day)
    tag = live.etag(TOPICS, row.area.path, row.revision, row.state, view, day, request.LANGUAGE_CODE, request.user.pk)
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    template = "coordinator/rosters/roster.html"
    if request.htmx:
        template += "#day" if view == "day" else "#grid"
    return live.tagged(render(request, template, _context(request, pk, view, day, tag)), tag)


def _day(text: str | None, first: date, last: date) -> date:
    """The day asked for, inside the roster; else today, else its first."""
    asked = asked_day(text) or datetime.now().astimezone().date()
    return min(max(asked, first), last)


def _context(request: SignedInRequest, pk: int, view: str, day: date, tag: str = "") -> dict[str, Any]:
    found = grids.roster_grid(request.user, pk, view, day=day)
    address = reverse("coordinator:roster", args=[pk])
    return {
        "grid": found,
        "roster": found.roster,
        "tag": tag,
        "view": view,
        "width": next((f"days-{most}" for most in (8, 15, 36) if len(found.days) < most), "days-36"),
        "day": day,
        "tabs": [
            {"label": _("By person"), "url": f"{address}?view=people", "current": view == "people", "icon": "users"},
            {"label": _("By post"), "url": f"{address}?view=posts", "current": view == "posts", "icon": "map-pin"},
        ],
        "solve_form": SolveForm(),
        "marks": {
            "pin": pgettext("mark of a pinned place", "P"),
            "away": _("Cannot serve on this day"),
        },
    }


def grid_answer(request: SignedInRequest, pk: int, said: str = "") -> HttpResponse:
    """What every change of a draft answers: the grid drawn anew, the open dialog closed."""
    row = grids.roster_row(request.user, pk)
    view = request.POST.get("view", "people")
    view = view if view in VIEWS else "people"
    context = _context(request, pk, view, _day(request.POST.get("day"), row.first_day, row.last_day))
    answer = render(request, "coordinator/rosters/roster.html" + ("#day" if view == "day" else "#grid"), context)
    answer["HX-Trigger"] = "close-dialog"
    answer["HX-Retarget"] = "#roster-day" if view == "day" else "#roster"
    answer["HX-Reswap"] = "outerHTML"
    return answer


# --- solving -------------------------------------------------------------------------------------------------------


@for_staff_of("duty.plan")
@require_POST
def solve(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the engine work on the draft."""
    form = SolveForm(request.POST)
    seconds = form.cleaned_data["seconds"] if form.is_valid() else solving.DEFAULT_SECONDS
    solving.solve_roster(request.user, pk, seconds=seconds)
    return redirect("coordinator:roster", pk)


@for_staff_of("duty.see")
@require_GET
def progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far the search is. When it has ended, the page is told to draw the grid anew."""
    row = grids.roster_row(request.user, pk)
    context = {"roster": row, "job": row.job, "is_solving": rosters.is_being_solved(row)}
    answer = render(request, "coordinator/rosters/roster.html#progress", context)
    if not context["is_solving"]:
        answer["HX-Refresh"] = "true"
    return answer


@for_staff_of("duty.plan")
@require_POST
def stop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stop the search and keep the best so far."""
    solving.stop_solving(request.user, pk)
    return redirect("coordinator:roster", pk)


@for_staff_of("duty.plan")
@require_POST
def refresh(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take in what happened since the draft was made."""
    rosters.refresh_roster(request.user, pk)
    messages.success(request, _("The draft is up to date again."))
    return redirect("coordinator:roster", pk)


@for_staff_of("duty.plan")
@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the draft up."""
    rosters.discard_roster(request.user, pk)
    messages.success(request, _("The draft was given up. What people were told stays as it is."))
    return redirect("coordinator:rosters")


@for_staff_of("duty.plan")
@require_POST
def again(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new draft for the same days and area, from what people are told now."""
    row = grids.roster_row(request.user, pk)
    made = rosters.create_roster(
        request.user,
        row.incident_id,
        row.area_id,
        row.first_day,
        row.last_day,
        with_standing_by=bool(row.settings.get("with_standing_by")),
    )
    return redirect("coordinator:roster", made.pk)


# --- publishing ----------------------------------------------------------------------------------------------------


@for_staff_of("duty.publish")
@require_http_methods(["GET", "POST"])
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who gets what new and loses what; then, in one step, make it true."""
    if request.method == "POST":
        revision = number(request.POST.get("revision"))
        publishing.publish_roster(request.user, pk, -1 if revision is None else revision)
        messages.success(request, _("Published. Everybody for whom something changed has been told."))
        return redirect("coordinator:roster", pk)
    return render(request, "coordinator/rosters/publish.html", {"outcome": reading.publication(request.user, pk)})


# --- duty groups ---------------------------------------------------------------------------------------------------


@for_staff_of("duty.plan")
@require_http_methods(["GET", "POST"])
def groups(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who is in which duty group (A, B, reserve)."""
    if request.method == "POST":
        rosters.set_groups(request.user, pk, _chosen_groups(request))
        messages.success(request, _("The duty groups were saved. Solve the roster again to use them."))
        return redirect("coordinator:roster", pk)
    row, people, names = reading.groups_of(request.user, pk)
    context = {"roster": row, "people": people, "groups": names, "left_out": _left_out(request, pk)}
    return render(request, "coordinator/rosters/groups.html", context)


def _left_out(request: SignedInRequest, pk: int) -> list[tuple[str, Any]]:
    return [(name, LEFT_OUT[reason]) for name, reason in reading.left_out(request.user, pk)]


def _chosen_groups(request: SignedInRequest) -> dict[int, str] | None:
    if "split" in request.POST:
        return None
    if "none" in request.POST:
        return {}
    return {
        person: value
        for name, value in request.POST.items()
        if name.startswith("group-") and (person := number(name.removeprefix("group-"))) and isinstance(value, str)
    }
