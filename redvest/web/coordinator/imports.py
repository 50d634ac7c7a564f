"""Screens of imports: upload, look at what would happen row by row, confirm, undo; templates and lists of refusals."""

import re
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from redvest.core import access, batches, masking
from redvest.core.batches import Importer, Verdict
from redvest.core.models import ImportBatch, ImportRow
from redvest.core.sheets import writing
from redvest.core.sheets.troubles import Problem, Trouble
from redvest.people import queries as people
from redvest.places import queries as places
from redvest.places.models import Area
from redvest.supplies.queries import stores as supply_stores
from redvest.web.coordinator import jobs
from redvest.web.forms.imports import KINDS, UploadForm
from redvest.web.http import SignedInRequest, for_staff_of
from redvest.workflows import import_file

IMPORT = "places.import"
State = ImportBatch.State
TONES = {
    State.READING: "info",
    State.PREVIEW: "late",
    State.CONFIRMED: "ok",
    State.UNDONE: "neutral",
    State.DISCARDED: "neutral",
    State.BROKEN: "short",
}
PAGE = 50
LEVELS = (Area.Level.DISTRICT, Area.Level.STREET, Area.Level.COMMUNITY, Area.Level.VILLAGE)


@for_staff_of(IMPORT)
@require_http_methods(["GET", "POST"])
def imports(request: SignedInRequest) -> HttpResponse:
    """Bring a file in, fetch a template, find earlier imports."""
    nodes = places.areas(request.user, IMPORT).filter(level__in=LEVELS).order_by("path")
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        kinds=[importer.kind for importer in import_file.offered(request.user)],
        areas=list(places.full_names(nodes, below=()).items()),
        organisations=people.organisations(request.user, action="people.import"),
        stores=supply_stores.stores(request.user, "supplies.keep"),
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        batch, _job = import_file.take_in(
            request.user,
            form.cleaned_data["kind"],
            file_name=file.name,
            data=file.read(),
            area=places.area(request.user, form.cleaned_data["area"], IMPORT),
            options=form.options(),
        )
        return redirect("coordinator:import", batch.pk)
    context = {
        "form": form,
        "kinds": [(importer.kind, KINDS[importer.kind]) for importer in import_file.offered(request.user)],
        "rows": [_line(batch) for batch in import_file.history(request.user)],
    }
    return render(request, "coordinator/imports/imports.html", context, status=422 if form.errors else 200)


def _line(batch: ImportBatch) -> dict[str, Any]:
    return {"batch": batch, "kind": KINDS[batch.kind], "tone": TONES[State(batch.state)], "counts": batch.counts}


@for_staff_of(IMPORT)
@require_safe
def template(request: SignedInRequest, kind: str) -> HttpResponse:
    """An empty spreadsheet with our headings, text columns and drop-downs."""
    importer = import_file.importer_of(kind)
    access.require(request.user, importer.action)
    words = (_("How to fill it in"), _("Column"), _("What belongs there"))
    data = writing.template(str(KINDS[kind]).split(":")[0].split("：")[0], importer.columns, words)  # i18n: data
    return _download(data, f"redvest-{kind}.xlsx")


def _download(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        data, content_type=writing.XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@for_staff_of(IMPORT)
@require_safe
def one(request: SignedInRequest, pk: int) -> HttpResponse:
    """One import: being read, a preview to decide about, or what became of it."""
    batch, importer = import_file.find(request.user, pk)
    if request.htmx:  # its work has ended: the page is to be loaded anew
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    job = import_file.work_on(batch)
    counts = {verdict: batch.counts.get(verdict, 0) for verdict in Verdict.values}
    verdict = request.GET.get("rows", "")
    if verdict not in Verdict.values:
        # What keeps rows out comes first: it is what somebody has to do something about.
        verdict = next((name for name in ("refuse", "create", "change", "skip") if counts[name]), "create")
    rows = batches.preview_rows(batch, verdict)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    writable = counts["create"] + counts["change"]
    context: dict[str, Any] = {
        "batch": batch,
        "kind": KINDS[batch.kind],
        "tone": TONES[State(batch.state)],
        "counts": counts,
        "writable": writable,
        "page": page,
        "rows": [_shown(row, importer) for row in page.object_list],
        "verdict": verdict,
        "tabs": _tabs(batch, counts, verdict),
        "notes": batch.counts.get("notes", 0),
        "left_out": [(found["sheet"], Problem.from_json(found)) for found in batch.counts.get("left_out", [])],
        "unknown": list(batch.counts.get("unknown_columns", {}).items()),
        "problem": batches.problem_of(batch),
        "is_preview": batch.state == State.PREVIEW,
        "may_undo": batch.state == State.CONFIRMED,
    }
    if job is not None:
        context |= jobs.described(job)
    return render(request, "coordinator/imports/import.html", context)


def _tabs(batch: ImportBatch, counts: dict[str, int], verdict: str) -> list[dict[str, Any]]:
    here = reverse("coordinator:import", args=[batch.pk])
    order = (Verdict.REFUSE, Verdict.CREATE, Verdict.CHANGE, Verdict.SKIP)
    return [
        {
            "label": Verdict(name).label,
            "url": f"{here}?rows={name.value}",
            "current": name.value == verdict,
            "count": counts[name],
            "icon": "",
        }
        for name in order
    ]


_PRIVATE = ("phone", "contact_phone", "emergency_contact")


def _shown(row: ImportRow, importer: type[Importer]) -> dict[str, Any]:
    """A row of the preview: what the file says in its order, what changes, what is wrong."""
    raw, order = row.values.get("raw", {}), [column.key for column in importer.columns]
    changes = [
        (importer.heading(key), *(_private(key, importer.in_words(key, value)) for value in pair))
        for key, pair in row.values.get("changes", {}).items()
    ]
    return {
        "row": row,
        "what": " · ".join(str(_private(key, value)) for key in order if (value := raw.get(key)))[:200],
        "changes": changes,
        "new_places": row.values.get("write", {}).get("new_places", []),
        "problems": batches.problems_of(row),
    }


def _private(key: str, value: str) -> str:
    # A number that was repaired or refused has to be read to be corrected; a clean one does not, however it is spaced.
    plain = re.sub(r"[\s\-()+]", "", value)
    return masking.phone(plain) if key in _PRIVATE and plain.isdigit() else value


@for_staff_of(IMPORT)
@require_safe
def refused(request: SignedInRequest, pk: int) -> HttpResponse:
    """The refused rows as a spreadsheet: for whoever made the file, with the reason and what to do."""
    batch, _importer = import_file.find(request.user, pk)
    headings = [_("Sheet"), _("Row"), _("Column"), _("Value"), _("Reason"), _("What to do")]
    rows = (
        [row.sheet, row.number, problem.column, problem.value, problem.reason, problem.remedy]
        for row, problem in batches.refused(batch)
        if problem.trouble not in (Trouble.TOTALS_ROW, Trouble.NOTE_ROW)
    )
    data = writing.workbook(_("Refused rows"), headings, rows, (14, 8, 16, 24, 48, 48))
    return _download(data, f"redvest-refused-{batch.pk}.xlsx")


@for_staff_of(IMPORT)
@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write everything that the preview shows."""
    batch, importer = import_file.find(request.user, pk)
    if import_file.carry_out(request.user, importer.kind, batch.pk) is None:
        messages.success(request, _("Imported. It can be undone as a whole here."))
    return redirect("coordinator:import", pk)


@for_staff_of(IMPORT)
@require_POST
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the whole import back."""
    batch, importer = import_file.find(request.user, pk)
    if import_file.carry_out(request.user, importer.kind, batch.pk, undo=True) is None:
        messages.success(request, _("The import was undone."))
    return redirect("coordinator:import", pk)


@for_staff_of(IMPORT)
@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw the preview away."""
    batch, importer = import_file.find(request.user, pk)
    batches.discard(request.user, importer, batch.pk)
    messages.success(request, _("Discarded. Nothing was changed, and the file is forgotten."))
    return redirect("coordinator:imports")
