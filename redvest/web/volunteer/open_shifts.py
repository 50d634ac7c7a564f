"""Open shifts near home: what one may take now, and for each of the others why not. Kept lean on purpose."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from redvest.duty.actions import signup as actions
from redvest.duty.queries import signup as queries
from redvest.duty.queries.signup import OpenShift
from redvest.web.http import SignedInRequest, signed_in
from redvest.web.templatetags.look import day as day_words
from redvest.web.volunteer.duty_card import kit_words, map_link, post_words
from redvest.web.volunteer.shifts import key_of

DAYS = 7


@require_safe
@signed_in
def open_shifts(request: SignedInRequest) -> HttpResponse:
    """The next 48 hours, or a chosen duty day; nearest first."""
    now = timezone.now()
    chosen = _chosen(request.GET.get("day", ""))
    since, until = _bounds(chosen) if chosen else (now, now + queries.SOON)
    start = int(request.GET["from"]) if request.GET.get("from", "").isdigit() else 0
    page = queries.open_shifts(request.user, since=since, until=until, start=start)
    mine = [shift for shift in page.shifts if shift.answer.is_open]
    others = [shift for shift in page.shifts if not shift.answer.is_open]
    context = {
        "chosen": chosen,
        "open": [shown(shift) for shift in mine],
        "others": [shown(shift) for shift in others],
        "more": page.more,
        "start": start,
        "is_anywhere": page.is_anywhere,
        "here": reverse("volunteer:open_shifts"),
        "take": _("Take"),
        "others_label": ngettext(
            "%(count)s other shift, and why not", "%(count)s other shifts, and why not", len(others)
        )
        % {"count": len(others)},
    }
    template = "volunteer/open_shifts/open_shifts.html"
    if request.htmx and start:
        return render(request, template + "#page", context)
    context["days"] = _days(timezone.localdate(), chosen)
    return render(request, template, context)


def _chosen(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _bounds(day: date) -> tuple[datetime, datetime]:
    """A duty day: from 06:00 to 06:00."""
    starts = datetime.combine(day, time(6), timezone.get_current_timezone())
    return starts, starts + timedelta(days=1)


def _days(today: date, chosen: date | None) -> list[dict[str, Any]]:
    days = [today + timedelta(days=number) for number in range(DAYS)]
    return [{"day": each.isoformat(), "label": day_words(each), "current": each == chosen} for each in days]


def shown(shift: OpenShift) -> dict[str, Any]:
    """A shift as a row: plain values, so that the template has nothing left to compute."""
    zone = timezone.get_current_timezone()
    starts, ends = shift.starts.astimezone(zone), shift.ends.astimezone(zone)
    minutes = int((shift.ends - shift.starts).total_seconds()) // 60
    return {
        "pk": shift.shift_id,
        "post": shift.post,
        "when": f"{day_words(starts.date())} {starts:%H:%M}–{ends:%H:%M}",
        "hours": f"{minutes // 60}" if minutes % 60 == 0 else f"{minutes / 60:.1f}",
        "far": far(shift.metres),
        "marks": "".join(f" · {mark}" for mark in _marks(shift)),
        "left": shift.places_left,
        "why": "" if shift.answer.is_open else shift.answer.sentence(shift.zone),
        "mine": shift.assignment_id,
        "may_wait": shift.answer.may_wait,
        "warns": bool(shift.answer.warnings),
    }


def _marks(shift: OpenShift) -> list[str]:
    marks = [(shift.is_standby, _("standby")), (shift.nights > 0, _("night")), (shift.needs_suit, _("coverall"))]
    return [mark for holds, mark in marks if holds]


def far(metres: int | None) -> str:
    """A distance as one says it: 350 m, 1.2 km."""
    if metres is None:
        return ""
    return (
        _("%(metres)s m") % {"metres": metres // 10 * 10}
        if metres < 1000
        else _("%(km)s km") % {"km": f"{metres / 1000:.1f}"}
    )


@require_safe
@signed_in
def open_shift(request: SignedInRequest, pk: int) -> HttpResponse:
    """One open shift with everything one should know before taking it: task, risk, kit, what it does to one's rest."""
    shift = queries.open_shift(request.user, pk)
    if shift.assignment_id is not None:
        return redirect("volunteer:shift", pk=shift.assignment_id)
    about = queries.about(shift)
    context = {
        "shift": shift,
        "row": shown(shift),
        "words": post_words(shift.playbook_id, shift.kind),
        "warnings": [warning.sentence(shift.zone) for warning in shift.answer.warnings],
        "map": map_link(*shift.spot),
        "about": about,
        "kit": kit_words(about["kit"]),
    }
    return render(request, "volunteer/open_shifts/open_shift.html", context)


@require_POST
@signed_in
def take(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a place."""
    done = actions.sign_up(request.user, pk, key=key_of(request))
    return _taken(request, pk, done)


@require_POST
@signed_in
def wait(request: SignedInRequest, pk: int) -> HttpResponse:
    """Join the waiting list."""
    done = actions.join_waiting_list(request.user, pk, key=key_of(request))
    return _taken(request, pk, done)


def _taken(request: SignedInRequest, pk: int, done: dict[str, Any]) -> HttpResponse:
    if not request.htmx:
        return redirect("volunteer:shift", pk=done["assignment"])
    return render(request, "volunteer/open_shifts/taken.html", {"pk": pk, "done": done})
