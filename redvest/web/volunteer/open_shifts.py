"""Open shifts near home: what one may take now, and for each of the others why not. Kept lean on purpose."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from redvest.duty.actions import signup as actions
from redvest.duty.queries import signup as queries
from redvest.duty.queries.signup import OpenShift
from redvest.web.http import SignedInRequest, day, number, signed_in
from redvest.web.templatetags.look import day as day_words
from redvest.web.volunteer import shell
from redvest.web.volunteer.duty_card import kit_words, map_link, post_words
from redvest.web.volunteer.shifts import key_of

DAYS = 7
LIST = "volunteer/open_shifts/list.html"


@require_safe
@signed_in
def open_shifts(request: SignedInRequest) -> HttpResponse:
    """The next 48 hours, or a chosen duty day; nearest first."""
    now = timezone.now()
    chosen = _chosen(request.GET.get("day", ""))
    since, until = _bounds(chosen) if chosen else (now, now + queries.SOON)
    start = number(request.GET.get("from")) or 0
    page = queries.open_shifts(request.user, since=since, until=until, start=start)
    here = reverse("volunteer:open_shifts")
    day = f"day={chosen.isoformat()}&" if chosen else ""
    rows = Rows(here)
    others = page.others
    context: dict[str, object] = {
        "open": rows.open(page.open_now),
        "others": rows.others(others),
        "others_label": ngettext(
            "%(count)s other shift, and why not", "%(count)s other shifts, and why not", len(others)
        )
        % {"count": len(others)},
        "more": f"{here}?{day}from={page.more}" if page.more is not None else "",
        "is_anywhere": page.is_anywhere,
    }
    if request.htmx and start:
        return HttpResponse(shell.fragment(LIST, context))
    context["days"] = _days(here, timezone.localdate(), chosen)
    return shell.page(request, "volunteer/open_shifts/open_shifts.html", shell.fragment(LIST, context))


def _chosen(text: str) -> date | None:
    chosen = day(text)
    # Shifts are planned for weeks; what lies years away is a mistyped address.
    return chosen if chosen and abs(chosen - timezone.localdate()) <= timedelta(days=400) else None


def _bounds(day: date) -> tuple[datetime, datetime]:
    """A duty day: from 06:00 to 06:00."""
    starts = datetime.combine(day, time(6), timezone.get_current_timezone())
    return starts, starts + timedelta(days=1)


def _days(here: str, today: date, chosen: date | None) -> list[dict[str, Any]]:
    language = get_language() or ""
    days = [today + timedelta(days=number) for number in range(DAYS)]
    soon = {"url": here, "label": _("48 hours"), "current": chosen is None}
    return [soon] + [
        {"url": f"{here}?day={each.isoformat()}", "label": day_label(each, language), "current": each == chosen}
        for each in days
    ]


@lru_cache(maxsize=256)
def day_label(day: date, language: str) -> str:
    """A day in the language in force, which is ``language``: formatting a date costs more than a row."""
    return day_words(day)


class Rows:
    """Shifts as rows of a list. Written by hand and not by a template: a template takes five times as long for them."""

    def __init__(self, here: str) -> None:
        self.here = here
        self.zone = timezone.get_current_timezone()
        self.language = get_language() or ""
        self.take = escape(_("Take"))
        self.words = Words()

    def open(self, shifts: list[OpenShift]) -> SafeString:
        """With a button to take each."""
        return mark_safe("".join(map(self._open, shifts)))  # noqa: S308 - every text is escaped below

    def others(self, shifts: list[OpenShift]) -> SafeString:
        """With the reason why not for each."""
        return mark_safe("".join(map(self._other, shifts)))  # noqa: S308 - every text is escaped below

    def when(self, shift: OpenShift) -> str:
        starts, ends = shift.starts.astimezone(self.zone), shift.ends.astimezone(self.zone)
        words = day_label(starts.date(), self.language)
        return f"{words} {starts.hour:02}:{starts.minute:02}–{ends.hour:02}:{ends.minute:02}"

    def where(self, shift: OpenShift) -> str:
        return " · ".join(part for part in (shift.post, self.words.far(shift.metres), *self.words.marks(shift)) if part)

    def _open(self, shift: OpenShift) -> str:
        page = f"{self.here}{shift.shift_id}/"
        return (
            f'<li><div class="row-plain"><a class="grow" href="{page}"><b>{escape(self.when(shift))}</b>'
            f"<small>{escape(self.where(shift))}</small></a>"
            f'<button class="btn btn-primary" type="button" hx-post="{page}take/" hx-swap="outerHTML" '
            f'hx-disabled-elt="this">{self.take}</button></div></li>'
        )

    def _other(self, shift: OpenShift) -> str:
        return (
            f'<li><a href="{self.here}{shift.shift_id}/"><span class="grow"><b>{escape(self.when(shift))}</b>'
            f"<small>{escape(self.where(shift))}</small>"
            f'<small class="why">{escape(shift.answer.sentence(shift.zone))}</small></span></a></li>'
        )


def shown(shift: OpenShift) -> dict[str, Any]:
    """A shift as other pages show it: plain values."""
    rows = Rows("")
    return {
        "pk": shift.shift_id,
        "post": shift.post,
        "when": rows.when(shift),
        "far": rows.words.far(shift.metres),
        "why": "" if shift.answer.is_open else shift.answer.sentence(shift.zone),
        "may_wait": shift.answer.may_wait,
    }


class Words:
    """The few words of every row, translated once a page and not once a row."""

    def __init__(self) -> None:
        self.metres, self.km = _("%(metres)s m"), _("%(km)s km")
        self.standby, self.night, self.suit = _("standby"), _("night"), _("coverall")

    def far(self, metres: int | None) -> str:
        """A distance as one says it: 350 m, 1.2 km."""
        if metres is None:
            return ""
        if metres < 1000:
            return self.metres % {"metres": metres // 10 * 10}
        return self.km % {"km": f"{metres / 1000:.1f}"}

    def marks(self, shift: OpenShift) -> list[str]:
        marks = [self.standby] if shift.is_standby else []
        if shift.nights:
            marks.append(self.night)
        if shift.needs_suit:
            marks.append(self.suit)
        return marks


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
