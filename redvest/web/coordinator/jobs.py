"""Long work: the list, and the part that shows one job with its progress, on whatever screen it was started."""

import json
from typing import Any
from zlib import crc32

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from redvest.core import access, actions, live, queries
from redvest.core.models import Job
from redvest.web.http import SignedInRequest, for_staff_of, signed_in

_PAGE = 30
TONES = {
    Job.State.QUEUED: "neutral",
    Job.State.RUNNING: "info",
    Job.State.DONE: "ok",
    Job.State.FAILED: "short",
    Job.State.CANCELLED: "neutral",
}
# What each kind of work is called, and where its result is found: (name, address, keys of the result in its order).
KINDS: dict[str, tuple[object, str, str]] = {
    "roster.solve": (pgettext_lazy("long work", "Drafting a roster"), "coordinator:roster", "roster"),
    "roster.repair": (
        pgettext_lazy("long work", "Looking for repairs of a roster"),
        "coordinator:roster_repairs",
        "roster job",
    ),
    "roster.ask": (pgettext_lazy("long work", "Answering what if"), "coordinator:roster_answer", "roster job"),
    "import.read": (pgettext_lazy("long work", "Reading a file"), "coordinator:import", "batch"),
    "import.confirm": (pgettext_lazy("long work", "Importing rows"), "coordinator:import", "batch"),
    "import.undo": (pgettext_lazy("long work", "Undoing an import"), "coordinator:import", "batch"),
}


@for_staff_of("core.see_jobs")
@require_safe
def jobs(request: SignedInRequest) -> HttpResponse:
    """What runs, waits and has ended in the actor's areas, the newest first."""
    page = Paginator(queries.jobs(request.user), _PAGE).get_page(request.GET.get("page"))
    rows = [described(row) | {"may_cancel": _may_cancel(request, row)} for row in page.object_list]
    return render(request, "coordinator/jobs/jobs.html", {"page": page, "rows": rows})


@signed_in
@require_safe
def job(request: SignedInRequest, pk: int) -> HttpResponse:
    """One job: for htmx the part alone (304 while nothing moved), else a page around it."""
    row = queries.job(request.user, pk)
    tag = tag_of(row)
    if request.htmx and (same := live.unchanged(request, tag)):
        return same
    context = described(row) | {"may_cancel": _may_cancel(request, row)}
    template = "parts/job.html" if request.htmx else "coordinator/jobs/job.html"
    answer = live.tagged(render(request, template, context), tag)
    if request.htmx and context["has_ended"]:
        answer["HX-Trigger"] = json.dumps({"job-ended": {"job": row.pk, "state": row.state}})
    return answer


@signed_in
@require_POST
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cancel it; the part shows that it will end soon."""
    row = actions.cancel_job(request.user, pk)
    if request.htmx:
        return live.tagged(render(request, "parts/job.html", described(row)), tag_of(row))
    return redirect("coordinator:job", pk=row.pk)


def described(row: Job) -> dict[str, Any]:
    """The context of ``parts/job.html``: include it with these values on any screen that waits for a job."""
    name, address, key = KINDS.get(row.kind, (row.kind, "", ""))
    has_ended = row.state not in (Job.State.QUEUED, Job.State.RUNNING)
    return {
        "job": row,
        "job_name": name,
        "job_tone": TONES[Job.State(row.state)],
        "job_tag": tag_of(row),
        "has_ended": has_ended,
        "may_cancel": not has_ended and not row.cancel_asked,
        "said": _said(row),
        "percent": round(100 * row.done / row.total) if row.total else None,
        "result_url": _result_url(row, address, key) if row.state == Job.State.DONE else "",
    }


def tag_of(row: Job) -> str:
    """The entity tag of the part: whatever it shows."""
    return f'"{row.pk}-{row.state}-{row.done}-{row.total}-{crc32(row.note.encode())}-{row.cancel_asked}"'


def _said(row: Job) -> str:
    if row.state == Job.State.QUEUED:
        return _("Waiting for a free worker")
    if row.cancel_asked and row.state == Job.State.RUNNING:
        return _("Stopping")
    return row.note or (f"{row.done} / {row.total}" if row.total else "")


def _result_url(row: Job, address: str, keys: str) -> str:
    if not address or not row.result or not set(keys.split()) <= row.result.keys():
        return ""
    try:
        return reverse(address, args=[row.result[key] for key in keys.split()])
    except NoReverseMatch:
        return ""


def _may_cancel(request: SignedInRequest, row: Job) -> bool:
    if row.state not in (Job.State.QUEUED, Job.State.RUNNING) or row.cancel_asked:
        return False
    return row.account_id == request.user.pk or access.can(request.user, "core.cancel_job", row.area)
