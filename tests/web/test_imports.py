"""Screens of imports: from the upload over the preview to confirm and undo, in both languages, and who may not."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from redvest.core import jobs
from redvest.core.models import ImportBatch, Job
from redvest.people.models import Person
from redvest.workflows import import_file
from tests.core.sheet_files import text, xlsx
from tests.world import World

HEAD = ["姓名", "联系电话", "单位", "备用栏"]
HOME = "/coordinator/imports/"


def send(world: World, data: bytes, name: str = "worker", kind: str = "people", **more: Any) -> Any:
    file = SimpleUploadedFile("名单.xlsx", data)
    area = more.pop("area", world.community).pk
    return world.client(name).post(HOME, {"kind": kind, "file": file, "area": area, **more})


def rows(*people: list[Any]) -> bytes:
    return xlsx([HEAD, *people])


def test_from_the_upload_to_the_undo(world: World) -> None:
    client = world.client("worker")
    answer = send(
        world,
        rows(
            ["沈一诺", "139OO139O01", "海棠志愿服务队", "x"],
            ["沈二诺", "1.39E+10", "海棠志愿服务队", None],
            ["陈老练", "13800000008", "海棠志愿服务队", None],
        ),
    )
    batch = ImportBatch.objects.get()
    here = f"{HOME}{batch.pk}/"
    assert answer["Location"] == here
    page = client.get(here).content.decode()
    assert "1.39E+10" in page  # the refused rows come first
    assert "its last digits are lost" in page
    assert "These columns are not used: 备用栏" in page
    assert "1 row was repaired" in page
    assert "139****9001" not in page
    assert "Letters were read as digits" in client.get(here + "?rows=create").content.decode()
    assert not Person.objects.filter(name="沈一诺").exists()
    client.post(here + "confirm/")
    assert Person.objects.filter(name="沈一诺").exists()
    assert client.post(here + "confirm/").status_code == 409
    assert "Undo the import" in client.get(here).content.decode()
    client.post(here + "undo/")
    assert not Person.objects.filter(name="沈一诺").exists()
    assert "名单.xlsx" in client.get(HOME).content.decode()


def test_refused_rows_come_back_as_a_harmless_spreadsheet(world: World) -> None:
    send(world, rows(["沈一诺", "=HYPERLINK(1)", "海棠志愿服务队", None], ["=cmd|' /C calc'!A0", "1", None, None]))
    batch = ImportBatch.objects.get()
    answer = world.client("worker").get(f"{HOME}{batch.pk}/refused/")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert not any(str(cell.value).startswith(("=", "+", "@")) for cell in cells if cell.value is not None)
    assert sheet.max_row >= 3


def test_a_template_is_handed_out_and_read_back(world: World) -> None:
    answer = world.client("worker").get(HOME + "template/people/")
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    headings = [str(cell.value) for cell in sheet[1]]
    sheet.cell(2, headings.index("姓名*") + 1).value = "沈一诺"
    sheet.cell(2, headings.index("单位") + 1).value = "海棠志愿服务队"
    buffer = io.BytesIO()
    book.save(buffer)
    send(world, buffer.getvalue())
    assert ImportBatch.objects.get().counts["create"] == 1
    assert world.client("worker").get(HOME + "template/areas/").status_code == 403
    assert world.client("worker").get(HOME + "template/nothing/").status_code == 404


def test_a_broken_file_says_so_and_what_to_do(world: World) -> None:
    send(world, b"PK\x03\x04 no zip at all")
    batch = ImportBatch.objects.get()
    page = world.client("worker").get(f"{HOME}{batch.pk}/").content.decode()
    assert "damaged" in page
    assert "save it again as .xlsx" in page


def test_a_large_file_is_read_and_written_by_jobs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_file, "SMALL_FILE_BYTES", 10)
    monkeypatch.setattr(import_file, "FEW_ROWS", 1)
    people = [[f"沈{number}", f"139{number:08d}", "海棠志愿服务队", None] for number in range(5)]
    send(world, text([HEAD, *people]))
    batch = ImportBatch.objects.get()
    client = world.client("worker")
    assert "Reading a file" in client.get(f"{HOME}{batch.pk}/").content.decode()
    jobs.run(Job.objects.get(kind="import.read").pk)
    ended = client.get(f"{HOME}{batch.pk}/", headers={"HX-Request": "true"})
    assert ended["HX-Refresh"] == "true", "the whole page, not the part that waited"
    assert "Import 5 rows" in client.get(f"{HOME}{batch.pk}/").content.decode()
    client.post(f"{HOME}{batch.pk}/confirm/")
    assert "Importing rows" in client.get(f"{HOME}{batch.pk}/").content.decode()
    jobs.run(Job.objects.get(kind="import.confirm").pk)
    assert Person.objects.filter(phone__startswith="+86139").count() == 5
    client.post(f"{HOME}{batch.pk}/undo/")
    jobs.run(Job.objects.get(kind="import.undo").pk)
    assert Person.objects.filter(phone__startswith="+86139").count() == 0


def test_strangers_and_volunteers_find_no_import(world: World) -> None:
    send(world, rows(["沈一诺", "13900139001", "海棠志愿服务队", None]))
    key = ImportBatch.objects.get().pk
    stranger = world.client("stranger")
    for address in (f"{HOME}{key}/", f"{HOME}{key}/refused/"):
        assert stranger.get(address).status_code == 404
    for address in (f"{HOME}{key}/confirm/", f"{HOME}{key}/undo/", f"{HOME}{key}/discard/"):
        assert stranger.post(address).status_code == 404
        assert world.client("veteran").post(address).status_code == 403
    assert world.client("veteran").get(HOME).status_code == 403
    assert "名单.xlsx" not in stranger.get(HOME).content.decode()
    assert send(world, rows(), name="stranger").status_code == 422
    assert ImportBatch.objects.get(pk=key).state == "preview"


def test_official_areas_are_offered_to_the_administrator_only(world: World) -> None:
    assert 'value="areas"' in world.client("administrator").get(HOME).content.decode()
    assert 'value="areas"' not in world.client("bureau").get(HOME).content.decode()
    data = text(
        [["code", "name", "street_code", "street"], ["500113801903", "新村社区居民委员会", "500113801", "李家沱街道"]]
    )
    assert send(world, data, name="bureau", kind="areas", area=world.district).status_code == 422


def test_discarding_forgets_the_file(world: World) -> None:
    send(world, rows(["沈一诺", "13900139001", "海棠志愿服务队", None]))
    batch = ImportBatch.objects.get()
    world.client("worker").post(f"{HOME}{batch.pk}/discard/")
    batch.refresh_from_db()
    assert (batch.state, batch.file) == ("discarded", None)
    assert not batch.rows.exists()


def test_the_preview_speaks_the_readers_language(world: World) -> None:
    send(world, rows(["沈二诺", "1.39E+10", "海棠志愿服务队", None]))
    here = f"{HOME}{ImportBatch.objects.get().pk}/"
    assert "its last digits are lost" in world.client("worker").get(here).content.decode()
    assert "its last digits are lost" not in world.client("worker", language="zh-hans").get(here).content.decode()
