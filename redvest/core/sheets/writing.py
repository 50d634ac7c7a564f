"""Spreadsheets that we hand out: lists and templates. Nothing written here can become a formula.

A cell that begins with = + - @ (or a tab or carriage return before it) is written as text with an apostrophe in front,
so that it stays harmless also when the file is saved as CSV and opened again.
"""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from redvest.core.sheets.headers import Column
from redvest.core.sheets.troubles import Words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_ILLEGAL = {code: None for code in range(32) if code not in (9, 10, 13)}
TEMPLATE_ROWS = 2_000


def harmless(value: Any) -> Any:
    """The value as it may be written into a cell: numbers as they are, dangerous text quoted."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value).translate(_ILLEGAL)
    return "'" + text if text.startswith(_DANGEROUS) else text


def workbook(title: str, headings: Sequence[Words], rows: Iterable[Sequence[Any]], widths: Sequence[int] = ()) -> bytes:
    """A sheet with a bold, frozen heading row; rows are streamed, so that a long list needs little memory."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    )
    sheet = book.add_worksheet(_sheet_name(title))
    bold = book.add_format({"bold": True, "bg_color": "#F1F1EF", "border": 1, "text_wrap": True, "valign": "top"})
    for position, text in enumerate(headings):
        sheet.set_column(position, position, widths[position] if position < len(widths) else 16)
        sheet.write_string(0, position, str(text), bold)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, 1):
        for position, value in enumerate(row):
            safe = harmless(value)
            if isinstance(safe, str):
                sheet.write_string(number, position, safe)
            elif safe is not None:
                sheet.write(number, position, safe)
    book.close()
    return buffer.getvalue()


def template(title: str, columns: Sequence[Column], explanation: tuple[Words, Words, Words]) -> bytes:
    """An empty table to fill in: headings, columns formatted as text (zeros stay), drop-downs, and a sheet of help.

    ``explanation`` is the name of the help sheet and the headings of its two columns.
    """
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _sheet_name(title)
    for position, column in enumerate(columns, 1):
        letter = get_column_letter(position)
        cell = sheet.cell(1, position, column.names[0] + ("*" if column.required else ""))
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="F1F1EF")
        sheet.column_dimensions[letter].width = column.width
        sheet.column_dimensions[letter].number_format = "@"
        if column.choices:
            rule = DataValidation("list", formula1='"' + ",".join(column.choices) + '"', allow_blank=True)
            rule.showErrorMessage = column.width < 24  # a column that takes a list of several words only suggests
            rule.add(f"{letter}2:{letter}{TEMPLATE_ROWS}")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = "A2"
    for row in range(2, 202):  # text format for the first rows; later rows take the column's
        for position in range(1, len(columns) + 1):
            sheet.cell(row, position).number_format = "@"
    name, what, how = explanation
    notes = book.create_sheet(_sheet_name(str(name)))
    notes.append([str(what), str(how)])
    for column in columns:
        choices = "、".join(column.choices)
        notes.append([column.names[0], " ".join(part for part in (str(column.help), choices) if part)])
    notes.column_dimensions["A"].width = 18
    notes.column_dimensions["B"].width = 80
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet_name(title: str) -> str:
    return "".join(" " if character in "[]:*?/\\'" else character for character in title)[:31] or "Sheet1"
