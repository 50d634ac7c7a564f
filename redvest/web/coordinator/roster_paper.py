"""Rosters on paper and as spreadsheets: the printed ledger, the Excel file, the sheets to sign by hand."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from redvest.core.sheets.writing import XLSX, workbook
from redvest.duty.queries import sheets
from redvest.web.http import SignedInRequest, for_staff_of


@for_staff_of("duty.see")
@require_GET
def pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """The ledger, A4 across, with a code that leads back to the roster."""
    found = sheets.ledger(request.user, pk)
    address = settings.PUBLIC_URL + reverse("coordinator:roster", args=[pk])
    context = {"ledger": found, "roster": found.roster, "code": code(address), "now": timezone.now()}
    return _paper("coordinator/rosters/ledger.html", context, f"roster-{pk}.pdf")


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
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="roster-{pk}.xlsx"'
    return answer


@for_staff_of("duty.see")
@require_GET
def sign_sheets(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sheets to sign by hand for all shifts of a duty day."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError as error:
        raise Http404 from error
    roster, found = sheets.sign_sheets(request.user, pk, day)
    if not found:
        raise Http404(_("There are no shifts on this day."))
    return _signed(found, f"sign-in-{roster.pk}-{day}.pdf")


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
    return _paper("coordinator/rosters/sign_sheets.html", {"pages": pages, "now": timezone.now()}, name)


def code(address: str) -> str:
    """A QR code of an address, as the source of an image."""
    return segno.make(address, error="m").svg_data_uri(border=1, scale=4)


def _paper(template: str, context: dict[str, Any], name: str) -> HttpResponse:
    """Render a template to PDF. Nothing is fetched: the style sheet is read from our own files."""
    sheet = finders.find("css/print.css")
    style = Path(str(sheet)).read_text(encoding="utf-8") if sheet else ""
    text = render_to_string(template, {**context, "style": style})
    buffer = BytesIO()
    # Half of all the time that the product needs to load; only the first PDF waits for it.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    HTML(string=text, url_fetcher=URLFetcher(allowed_protocols=["data"])).write_pdf(buffer)
    answer = HttpResponse(buffer.getvalue(), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
