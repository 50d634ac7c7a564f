"""Rosters on paper and as spreadsheets: the printed ledger, the Excel file, the sheets to sign by hand."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from redvest.core.sheets.writing import workbook
from redvest.duty.queries import repairs as repairing
from redvest.duty.queries import reports, sheets
from redvest.web import paper
from redvest.web.http import SignedInRequest, day, for_staff_of
from redvest.web.paper import code


@for_staff_of("duty.see")
@require_GET
def pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """The ledger, A4 across, with a code that leads back to the roster."""
    found = sheets.ledger(request.user, pk)
    address = settings.PUBLIC_URL + reverse("coordinator:roster", args=[pk])
    context = {"ledger": found, "roster": found.roster, "code": code(address), "now": timezone.now()}
    return paper.pdf("coordinator/rosters/ledger.html", context, f"roster-{pk}.pdf")


@for_staff_of("duty.see")
@require_GET
def report(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is missing and why, whom to ask, and what everybody serves: for the meeting at six."""
    found = reports.report(request.user, pk)
    address = settings.PUBLIC_URL + reverse("coordinator:roster", args=[pk])
    context = {"report": found, "roster": found.roster, "code": code(address), "now": timezone.now()}
    return paper.pdf("coordinator/rosters/report.html", context, f"roster-{pk}-gaps.pdf")


@for_staff_of("duty.plan")
@require_GET
def repairs(request: SignedInRequest, pk: int, job: int) -> HttpResponse:
    """The menu of repairs on paper."""
    menu = repairing.repair_menu(request.user, pk, job)
    if not menu.is_ready:
        raise Http404(_("The search has not ended yet."))
    address = settings.PUBLIC_URL + reverse("coordinator:roster_repairs", args=[pk, job])
    context = {"menu": menu, "roster": menu.roster, "code": code(address), "now": timezone.now()}
    return paper.pdf("coordinator/rosters/repairs_paper.html", context, f"roster-{pk}-repairs.pdf")


@for_staff_of("duty.see")
@require_GET
def xlsx(request: SignedInRequest, pk: int) -> HttpResponse:
    """The ledger as a spreadsheet: one line for each shift."""
    found = sheets.ledger(request.user, pk)
    headings = [
        _("Duty day"),
        _("Shift"),
        _("Time"),
        _("Post"),
        _("Place"),
        _("Group"),
        _("Lead"),
        _("Deputy"),
        _("Members"),
        _("Phone of the post"),
        _("Protective kit"),
        _("Heads short"),
        _("Note"),
    ]
    rows = (
        [
            line.day.isoformat(),
            line.turn,
            line.time,
            line.post,
            line.place,
            line.group,
            line.lead,
            line.deputy,
            " ".join(line.members),
            line.phone,
            line.kit,
            line.missing,
            line.note,
        ]
        for line in found.lines
    )
    content = workbook(_("Duty roster"), headings, rows, widths=(12, 12, 14, 16, 26, 10, 12, 12, 30, 16, 18, 10, 16))
    return paper.xlsx(content, f"roster-{pk}.xlsx")


@for_staff_of("duty.see")
@require_GET
def sign_sheets(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sheets to sign by hand for all shifts of a duty day."""
    asked = day(request.GET.get("day"))
    if asked is None:
        raise Http404
    roster, found = sheets.sign_sheets(request.user, pk, asked)
    if not found:
        raise Http404(_("There are no shifts on this day."))
    return _signed(found, f"sign-in-{roster.pk}-{asked}.pdf")


@for_staff_of("duty.see")
@require_GET
def sign_sheet(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sheet to sign by hand of one shift."""
    return _signed([sheets.sign_sheet(request.user, pk)], f"sign-in-shift-{pk}.pdf")


def _signed(found: list[sheets.SignSheet], name: str) -> HttpResponse:
    pages = [
        (sheet, range(sheet.blank), code(settings.PUBLIC_URL + reverse("coordinator:shift", args=[sheet.shift.pk])))
        for sheet in found
    ]
    return paper.pdf("coordinator/rosters/sign_sheets.html", {"pages": pages, "now": timezone.now()}, name)
