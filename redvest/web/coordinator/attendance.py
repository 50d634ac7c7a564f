"""Who is on post, who is missing: the overview of an area, the board of a post, its check-in code on paper."""

from datetime import datetime

import segno
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from redvest.core import live, masking
from redvest.core.errors import Refused
from redvest.duty.actions import attendance as actions
from redvest.duty.actions import contacts, swaps
from redvest.duty.queries import attendance as queries
from redvest.duty.queries.swaps import swaps_to_approve
from redvest.duty.rules.attendance import Seen, seen_words
from redvest.incidents import queries as incidents
from redvest.web.http import SignedInRequest, for_staff_of, moment, number

TONES = {
    Seen.EXPECTED: "neutral",
    Seen.ARRIVING: "info",
    Seen.DUE: "late",
    Seen.MISSING: "short",
    Seen.PRESENT: "ok",
    Seen.LEAVING: "info",
    Seen.FORGOTTEN: "late",
    Seen.DONE: "neutral",
    Seen.NO_SHOW: "short",
}


def states() -> dict[str, tuple[str, str]]:
    """(tone, word) of each way a presence can look; for the template."""
    return {str(what): (TONES[what], seen_words(what)) for what in Seen}


def tag_of(area_path: str, *more: object) -> str:
    """The version of a board: what happened in the area, and the minute, since lateness comes with the clock alone."""
    return live.etag(queries.TOPICS, area_path, int(timezone.now().timestamp()) // 60, *more)


@require_safe
@for_staff_of("duty.see")
def attendance(request: SignedInRequest) -> HttpResponse:
    """All open posts around now, those with somebody missing first."""
    chosen = number(request.GET.get("area", ""))
    area = queries.area_of(request.user, chosen) if chosen is not None else None
    tag = tag_of(area.path if area else "/", request.user.pk, request.GET.get("incident", ""))
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    now = timezone.now()
    posts = queries.overview(request.user, number(request.GET.get("incident", "")), area)
    context = {
        "posts": [_line(post, now) for post in posts],
        "areas": queries.areas_of(request.user),
        "area": area,
        "incidents": incidents.incidents.active(request.user),
        "incident_id": number(request.GET.get("incident", "")),
        "swaps": swaps_to_approve(request.user),
        "totals": _totals(posts),
        "tag": tag,
    }
    template = "coordinator/attendance/overview.html"
    return live.tagged(render(request, template + "#board" if request.htmx else template, context), tag)


def _line(post: queries.PostNow, now: datetime) -> dict[str, object]:
    """A post as a row: what runs now, what comes next, what is wrong."""
    running, coming = post.running(now), post.coming(now)
    return {
        "post": post,
        "running": running,
        "next": coming[:1],
        "missing": len(post.lines(Seen.MISSING)),
        "due": len(post.lines(Seen.DUE)),
        "forgotten": len(post.lines(Seen.FORGOTTEN)),
        "leaving": len(post.lines(Seen.LEAVING)),
        "short": sum(shift.short for shift in [*running, *coming]),
    }


def _totals(posts: list[queries.PostNow]) -> dict[str, int]:
    def count(*kinds: Seen) -> int:
        return sum(len(post.lines(*kinds)) for post in posts)

    return {
        "missing": count(Seen.MISSING),
        "due": count(Seen.DUE),
        "present": count(Seen.PRESENT, Seen.LEAVING, Seen.FORGOTTEN),
        "leaving": count(Seen.LEAVING),
        "arriving": count(Seen.ARRIVING),
    }


@require_safe
@for_staff_of("duty.see")
def post(request: SignedInRequest, pk: int) -> HttpResponse:
    """The board of one post: shift by shift, person by person."""
    tag = tag_of(queries.post(request.user, pk).area.path, pk)
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    return live.tagged(_board(request, pk, fragment=bool(request.htmx), tag=tag), tag)


def _board(request: SignedInRequest, pk: int, *, fragment: bool, tag: str = "") -> HttpResponse:
    row, board = queries.post_now(request.user, pk)
    now = timezone.now()
    context = {
        "post": row,
        "shifts": [
            {"shift": shift, "is_now": shift.starts <= now < shift.ends, "is_past": shift.ends <= now}
            for shift in board.shifts
        ],
        "states": states(),
        "may_check_in": queries.may(request.user, "duty.check_in", row.area),
        "may_correct": queries.may(request.user, "duty.correct_attendance", row.area),
        "may_assign": queries.may(request.user, "duty.assign", row.area),
        "swaps": swaps_to_approve(request.user, pk),
        "corrections": queries.corrections(request.user, pk),
        "notes": queries.handover_of(request.user, pk),
        "tag": tag or tag_of(row.area.path, pk),
    }
    template = "coordinator/attendance/post.html"
    return render(request, template + "#board" if fragment else template, context)


def _done(request: SignedInRequest, assignment: int, post_id: int) -> HttpResponse:
    if request.htmx:
        return _board(request, post_id, fragment=True)
    return redirect("coordinator:attendance_post", pk=post_id)


@require_POST
@for_staff_of("duty.check_in")
def check_in(request: SignedInRequest, pk: int, assignment: int) -> HttpResponse:
    """The post lead says: he is here."""
    actions.check_in(request.user, assignment)
    return _done(request, assignment, pk)


@require_POST
@for_staff_of("duty.check_in")
def check_out(request: SignedInRequest, pk: int, assignment: int) -> HttpResponse:
    """The post lead says: he has left."""
    reason = request.POST.get("reason", "") or _("Noted by the post lead")
    actions.check_out(request.user, assignment, reason=reason)
    return _done(request, assignment, pk)


@require_POST
@for_staff_of("duty.correct_attendance")
def no_show(request: SignedInRequest, pk: int, assignment: int) -> HttpResponse:
    """The post lead says: he did not come."""
    actions.mark_no_show(request.user, assignment)
    return _done(request, assignment, pk)


@require_POST
@for_staff_of("duty.correct_attendance")
def call(request: SignedInRequest, pk: int, assignment: int) -> HttpResponse:
    """Show the phone of somebody who is missing; on record."""
    phone = contacts.reveal_on_duty(request.user, assignment)
    return render(request, "volunteer/shifts/phone.html", {"phone": phone, "spoken": masking.spoken(phone)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff_of("duty.correct_attendance")
def correct(request: SignedInRequest, pk: int, assignment: int) -> HttpResponse:
    """Correct the times of somebody, with a reason."""
    row, line = queries.one_line(request.user, assignment)
    if request.method == "POST":
        came, left = _moment(request.POST.get("came_at", "")), _moment(request.POST.get("left_at", ""))
        reason = request.POST.get("reason", "")
        actions.correct_attendance(request.user, assignment, came_at=came, left_at=left, reason=reason)
        return redirect("coordinator:attendance_post", pk=row.shift.post_id)
    return render(request, "coordinator/attendance/correct.html", {"row": row, "line": line, "pk": pk})


def _moment(text: str) -> datetime | None:
    """A local date and time as browsers send it; nothing is nothing."""
    if not text.strip():
        return None
    found = moment(text)
    if found is None:
        raise Refused(_("This is no date with a time. Write it like 2026-03-02 22:00."))
    return found


@require_POST
@for_staff_of("duty.approve_swap")
def approve(request: SignedInRequest, pk: int) -> HttpResponse:
    """The post's side agrees to a swap."""
    swaps.approve_swap(request.user, pk)
    return _back(request)


@require_POST
@for_staff_of("duty.approve_swap")
def refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    """The post's side does not agree."""
    swaps.refuse_swap(request.user, pk, answer=request.POST.get("answer", ""))
    return _back(request)


def _back(request: SignedInRequest) -> HttpResponse:
    where = reverse("coordinator:attendance")
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect(where)


@require_safe
@for_staff_of("duty.see")
def code(request: SignedInRequest, pk: int) -> HttpResponse:
    """The code of a post on paper: volunteers scan it to check in."""
    row = queries.post(request.user, pk)
    address = settings.PUBLIC_URL + reverse("volunteer:check_in", args=[row.check_in_code])
    picture = segno.make(address, error="m", micro=False).svg_data_uri(scale=10, border=2, omitsize=True)
    return render(request, "coordinator/attendance/code.html", {"post": row, "picture": picture, "address": address})
