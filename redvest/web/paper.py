"""Paper and files to take away: PDF from a template, QR codes, spreadsheets as answers."""

from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.template.loader import render_to_string

from redvest.core.sheets.writing import XLSX


def code(address: str) -> str:
    """A QR code of an address, as the source of an image."""
    return str(segno.make(address, error="m").svg_data_uri(border=1, scale=4))


def pdf(template: str, context: dict[str, Any], name: str) -> HttpResponse:
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


def xlsx(content: bytes, name: str) -> HttpResponse:
    """A spreadsheet to keep."""
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
