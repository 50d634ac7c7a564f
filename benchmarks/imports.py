"""Imports: rows a second and peak memory for the preview, the confirmation and the undo of a people spreadsheet."""

import io
import resource
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import harness

TITLE = "Imports"
SIZES = (10_000, 100_000)
QUICK = (2_000,)
HEAD = [
    "序号",
    "姓名",
    "手机号",
    "单位",
    "社区",
    "住址",
    "出生年月",
    "技能",
    "语言",
    "经历",
    "可服务开始",
    "可服务结束",
    "服务时段",
]
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"


def measure(quick: bool) -> str:
    """A section of docs/benchmarks.md."""
    harness.start_django()
    rows: list[tuple[object, ...]] = []
    for size in QUICK if quick else SIZES:
        with harness.database():
            rows += _one(size)
    head = ("rows", "file", "step", "seconds", "rows/s", "peak memory of this process, MB", "peak of the reader, MB")
    return (
        "A people spreadsheet of 13 columns (phones as text and as numbers, some refused, skills, homes, times) is"
        " read, confirmed with accounts and row history, and undone. The aim is 100,000 rows in less than 2 minutes,"
        " preview and confirmation together, with steady memory.\n\n" + harness.table(head, rows)
    )


def workbook(size: int) -> bytes:
    """A spreadsheet as a district office might send it."""
    import xlsxwriter

    dice = Random(size)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    sheet = book.add_worksheet("人员")
    sheet.write_row(0, 0, ["巴南区志愿者名册"])
    sheet.write_row(1, 0, HEAD)
    for number in range(size):
        phone: Any = f"1{3 + number % 7}{number:09d}"
        if number % 3 == 0:
            phone = int(phone)
        elif number % 50 == 1:
            phone = "1.38E+10"
        row = [
            number + 1,
            dice.choice(SURNAMES) + f"人{number % 977}",
            phone,
            f"第{number % 40}服务队",
            "海棠社区",
            f"望江苑{number % 60}栋",
            f"{1960 + number % 45}年{1 + number % 12}月",
            dice.choice(("急救", "急救、驾驶", "", "潜水")),
            "普通话、重庆话",
            "2022年社区服务" if number % 4 == 0 else "",
            "2026-11-01" if number % 2 else "",
            "解封为止" if number % 2 else "",
            "08:00-18:00" if number % 6 == 1 else "",
        ]
        sheet.write_row(number + 2, 0, row)
    book.close()
    return buffer.getvalue()


def _one(size: int) -> list[tuple[object, ...]]:
    from redvest.core import batches
    from redvest.people.importing.people import PeopleImporter
    from redvest.people.models import Account, Organisation, Skill
    from redvest.places.models import Area

    actor = Account.objects.system()
    district = Area.objects.create(
        path="/900000001/", pk=900_000_001, depth=0, level="district", name="某区", code="999999"
    )
    area = Area.objects.create(
        path="/900000001/900000002/", pk=900_000_002, parent=district, depth=1, level="community", name="海棠社区"
    )
    Organisation.objects.bulk_create(Organisation(name=f"第{number}服务队", area=area) for number in range(40))
    for code, zh in (("first_aid", "急救"), ("driving", "驾驶")):
        Skill.objects.get_or_create(code=code, defaults={"name_zh": zh, "name_en": code})
    data = workbook(size)
    batch = batches.upload(actor, PeopleImporter, file_name="people.xlsx", data=data, area=district)
    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("preview", lambda: batches.read(actor, PeopleImporter, batch.pk)),
        ("confirm", lambda: batches.confirm(actor, PeopleImporter, batch.pk)),
        ("undo", lambda: batches.undo(actor, PeopleImporter, batch.pk)),
    )
    rows: list[tuple[object, ...]] = []
    for name, step in steps:
        seconds, peak = _measured(step)
        reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024 if name == "preview" else "–"
        rate = round(size / seconds)
        rows.append((size, f"{len(data) / 1e6:.1f} MB", name, seconds, rate, peak, reader))
    return rows


def _measured(step: Callable[[], object]) -> tuple[float, int]:
    """Seconds, and the highest resident memory of this process while the step ran."""
    highest = [_resident()]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            highest[0] = max(highest[0], _resident())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    before = time.perf_counter()
    step()
    seconds = time.perf_counter() - before
    done.set()
    watcher.join()
    return seconds, highest[0]


def _resident() -> int:
    """Megabytes of this process that are in memory (Linux); elsewhere the peak so far."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() // 1_000_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
