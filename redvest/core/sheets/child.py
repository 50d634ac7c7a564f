"""The program that opens a spreadsheet, run as a process of its own; it imports nothing of RedVest.

A damaged or hostile file can exhaust memory or crash a parser: here it takes only this process with it. Messages leave
as pickles on the standard output: ``("sheet", name, rows, merges)``, ``("rows", [(number, values), ...])``,
``("ignored", name, why)``, and at the end ``("end",)`` or ``("broken", code, detail)``.
"""

import codecs
import csv
import datetime
import io
import pickle
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

MAX_CELL = 2_000  # characters of one cell that travel on; the reader refuses a cell that was longer
MAX_COLUMNS = 200
MAX_UNPACKED = 1_000_000_000
MAX_AREA = 40_000_000  # cells of the rectangle around everything filled; the parser keeps all of it in memory
MAX_MEMORY = 2_500_000_000
MAX_CPU_SECONDS = 300
CHUNK = 2_000

_FILLED = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*<(?:v|is|f)[ >/]')
_ENCODINGS = ("utf-8", "gb18030")
_DELIMITERS = (",", "\t", ";", "|")


class Broken(Exception):
    """The file cannot be read. ``code`` is a Trouble of ``redvest.core.sheets.troubles``."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def send(*message: Any) -> None:
    """Hand one message to the reading process."""
    pickle.dump(message, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.flush()


def limit_resources() -> None:
    """Keep a hostile file from taking the machine along (where the system can)."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))


def kind_of(path: str) -> str:
    """What the file is by its content; the name of a file says nothing."""
    with open(path, "rb") as file:
        head = file.read(4096)
    if not head.strip(b"\x00 \r\n\t"):
        raise Broken("file_empty")
    if head.startswith(b"PK"):
        return "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    if head.startswith(b"%PDF"):
        raise Broken("file_is_pdf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "csv"
    if re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|table|\?xml|meta)", head, re.IGNORECASE):
        raise Broken("file_is_web_page")
    if b"\x00" in head:
        raise Broken("file_kind_unknown")
    return "csv"


def plain(value: Any) -> Any:
    """A value that travels: text cut at the limit, a whole float as a whole number."""
    if isinstance(value, str):
        return value if len(value) <= MAX_CELL else value[: MAX_CELL + 1]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, datetime.timedelta):
        return str(value)
    return value


def send_rows(rows: Iterable[tuple[int, list[Any]]]) -> None:
    """Send the rows that hold anything, in chunks, so that nobody keeps a whole file."""
    chunk: list[tuple[int, list[Any]]] = []
    for number, values in rows:
        if any(value is not None and value != "" for value in values):
            chunk.append((number, values))
        if len(chunk) >= CHUNK:
            send("rows", chunk)
            chunk = []
    if chunk:
        send("rows", chunk)


def column_number(letters: bytes) -> int:
    """B is 2, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def check_package(path: str) -> None:
    """Refuse what unpacks to far more than a real table holds, and rectangles that no memory holds."""
    try:
        package = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Broken("file_damaged", str(error)) from error
    with package:
        entries = package.infolist()
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise Broken("file_too_large")
        for entry in entries:
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", entry.filename):
                check_area(package, entry)


def blocks(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked entry, in overlapping blocks, so that no cell is cut in two."""
    tail = b""
    try:
        with package.open(entry) as stream:
            while block := stream.read(1 << 20):
                yield tail + block
                tail = block[-400:]
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Broken("file_damaged", str(error)) from error
    except Exception as error:  # zlib.error has no common base with the others
        raise Broken("file_damaged", str(error)) from error


def check_area(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """One stray value in cell XFD1048576 would make the parser reserve seventeen thousand million cells."""
    rows = columns = 1
    for block in blocks(package, entry):
        for letters, digits in _FILLED.findall(block):
            rows = max(rows, int(digits))
            columns = max(columns, column_number(letters))
        if rows * columns > MAX_AREA:
            raise Broken("file_stray_cell", f"{rows} x {columns}")


def read_workbook(path: str) -> None:
    """Send every visible sheet of an xlsx, xls or ods file."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(path)
    except calamine.PasswordError as error:
        raise Broken("file_has_password") from error
    except calamine.CalamineError as error:
        code = "file_has_password" if "password" in str(error).lower() else "file_damaged"
        raise Broken(code, str(error)[:200]) from error
    seen = 0
    for meta in book.sheets_metadata:
        if meta.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        if meta.visible != calamine.SheetVisibleEnum.Visible:
            send("ignored", meta.name, "sheet_hidden")
            continue
        try:
            sheet = book.get_sheet_by_name(meta.name)
        except calamine.CalamineError as error:
            raise Broken("file_damaged", str(error)[:200]) from error
        seen += 1
        send_sheet(sheet, meta.name)
        del sheet
    if not seen:
        raise Broken("file_empty")


def send_sheet(sheet: Any, name: str) -> None:
    """Send one sheet with its merged cells, as (first row, last row, first column, last column) from 1 and 0."""
    if sheet.start is None:
        send("sheet", name, 0, [])
        return
    left = [""] * min(sheet.start[1], MAX_COLUMNS)
    merges = [(first[0] + 1, last[0] + 1, first[1], last[1]) for first, last in sheet.merged_cell_ranges or []]
    send("sheet", name, sheet.end[0] + 1, merges)
    rows = sheet.iter_rows()
    send_rows((number, (left + [plain(value) for value in row])[:MAX_COLUMNS]) for number, row in enumerate(rows, 1))


def encoding_of(path: str) -> str:
    """The encoding in which the whole file makes sense: by its mark, else UTF-8, else GB 18030 (which holds GBK)."""
    with open(path, "rb") as file:
        head = file.read(4)
        if head.startswith(b"\xef\xbb\xbf"):
            return "utf-8-sig"
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        for encoding in _ENCODINGS:
            file.seek(0)
            decoder = codecs.getincrementaldecoder(encoding)()
            try:
                while block := file.read(1 << 20):
                    decoder.decode(block)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
            return encoding
    raise Broken("file_encoding_unknown")


def delimiter_of(sample: str) -> str:
    """The separator that cuts the most lines of the sample into the same number of columns, more columns first."""

    def regularity(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if len(row) > 1]
        if not widths:
            return (0, 0)
        usual = max(set(widths), key=widths.count)
        return (widths.count(usual), usual)

    return max(_DELIMITERS, key=regularity)


def read_csv(path: str) -> None:
    """Send a text table. Row numbers are the lines at which its records begin, as an editor shows them."""
    csv.field_size_limit(64_000_000)
    encoding = encoding_of(path)
    try:
        with open(path, encoding=encoding, newline="") as file:
            sample = file.read(20_000)
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter_of(sample))
            send("sheet", "", 0, [])
            send_rows(numbered(reader))
    except (csv.Error, UnicodeError) as error:
        raise Broken("file_damaged", str(error)[:200]) from error


def numbered(reader: Any) -> Iterator[tuple[int, list[Any]]]:
    """The records of a csv reader with the number of the line where each begins."""
    line = 1
    for row in reader:
        yield line, [plain(value) for value in row[:MAX_COLUMNS]]
        line = reader.line_num + 1


def main(path: str) -> None:
    """Read the file at ``path`` and say how it ended."""
    limit_resources()
    try:
        kind = kind_of(path)
        if kind == "csv":
            read_csv(path)
        else:
            if kind == "zip":
                check_package(path)
            read_workbook(path)
    except Broken as broken:
        send("broken", broken.code, broken.detail)
    except MemoryError:
        send("broken", "file_too_large", "")
    else:
        send("end")


if __name__ == "__main__":
    main(sys.argv[1])
