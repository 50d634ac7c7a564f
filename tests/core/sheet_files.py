"""Small spreadsheets for tests, made in memory."""

import csv
import datetime
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter


def xlsx(rows: Sequence[Sequence[Any]], merges: Sequence[str] = (), name: str = "人员") -> bytes:
    """A workbook of one sheet; ``merges`` like A2:A4 keep the value of their first cell."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet(name)
    day = book.add_format({"num_format": "yyyy/m/d"})
    for number, row in enumerate(rows):
        for position, value in enumerate(row):
            if isinstance(value, datetime.date):
                sheet.write_datetime(number, position, value, day)
            elif value is not None:
                sheet.write(number, position, value)
    for merge in merges:
        first = merge.split(":")[0]
        column, line = ord(first[0]) - 65, int(first[1:]) - 1
        sheet.merge_range(merge, rows[line][column])
    book.close()
    return buffer.getvalue()


def text(rows: Sequence[Sequence[Any]], encoding: str = "utf-8") -> bytes:
    """A CSV file."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode(encoding)
