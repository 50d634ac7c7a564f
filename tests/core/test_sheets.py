"""Spreadsheets as offices really send them: found headers, understood cells, refused traps, harmless exports."""

import contextlib
import csv
import datetime
import io
import random
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import load_workbook

from redvest.core.sheets import cells, dates, headers, writing
from redvest.core.sheets.cells import Reader, Wrong
from redvest.core.sheets.headers import Column
from redvest.core.sheets.reading import Row, read
from redvest.core.sheets.tables import LeftOut, Record, Start, records
from redvest.core.sheets.troubles import SENTENCES, Problem, Trouble, Unreadable
from tests.core.sheet_files import xlsx

COLUMNS = (
    Column("name", ("姓名", "name", "志愿者姓名"), cells.name(60), required=True),
    Column("phone", ("手机号", "电话", "联系电话", "联系方式", "phone", "mobile"), cells.phone),
    Column("organisation", ("所属单位", "单位", "组织"), cells.name(80)),
    Column("since", ("登记日期", "日期"), dates.date),
)


def table(source: bytes | Path) -> list[Record]:
    return [event for event in records(source, COLUMNS) if isinstance(event, Record)]


def values(source: bytes | Path) -> list[dict[str, Any]]:
    return [record.values for record in table(source) if not record.skipped and not record.refused]


def trouble(reader: Reader, value: Any) -> Trouble:
    with pytest.raises(Wrong) as wrong:
        reader(value)
    return wrong.value.trouble


# --- one cell -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("13800138000", "+8613800138000"),
        (13800138000, "+8613800138000"),
        (13800138000.0, "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("138-0013-8000", "+8613800138000"),
        ("'13800138000", "+8613800138000"),
        ("13800138000.0", "+8613800138000"),
        ("13800138000\u200b", "+8613800138000"),
        ("\ufeff 13800138000 \u3000", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("＋８６13800138000", "+8613800138000"),
        ("19912345678", "+8619912345678"),
        ("023-66228844", "+862366228844"),
        ("(023) 6622 8844", "+862366228844"),
        ("023-66228844转8012", "+862366228844"),
        ("+852 2345 6789", "+85223456789"),
    ],
)
def test_phones_are_understood_as_people_write_them(cell: Any, number: str) -> None:
    assert cells.phone(cell).value == number


def test_letters_in_a_phone_are_read_as_digits_and_said() -> None:
    found = cells.phone("l38OOl38ooo")
    assert (found.value, found.note) == ("+8613800138000", Trouble.LETTERS_READ)


def test_a_scientific_phone_with_all_its_digits_is_recovered_and_said() -> None:
    found = cells.phone("1.3800138001E+10")
    assert (found.value, found.note) == ("+8613800138001", Trouble.DIGITS_RESTORED)


@pytest.mark.parametrize("cell", ["1.38E+10", "1.38001E+10", "1.4E10"])
def test_a_scientific_phone_with_lost_digits_is_refused(cell: str) -> None:
    assert trouble(cells.phone, cell) == Trouble.PHONE_LOST_DIGITS


def test_a_landline_gets_its_lost_zero_back() -> None:
    found = cells.phone(2366228844)
    assert (found.value, found.note) == ("+862366228844", Trouble.ZERO_RESTORED)


def test_of_two_phones_in_a_cell_the_first_is_taken_and_said() -> None:
    found = cells.phone("13800138000、13900139000")
    assert (found.value, found.note) == ("+8613800138000", Trouble.FIRST_OF_SEVERAL)


@pytest.mark.parametrize("cell", ["1380013800", "138001380001", "12345678901", "张三", "无", "0", "13800138OOx"])
def test_what_is_no_phone_is_refused(cell: str) -> None:
    assert trouble(cells.phone, cell) == Trouble.PHONE_WRONG


@pytest.mark.parametrize(
    "cell",
    [
        datetime.date(2026, 11, 5),
        datetime.datetime(2026, 11, 5, 8, 30),
        "2026-11-05",
        "2026-11-5",
        "2026/11/5",
        "2026.11.05",
        "2026年11月5日",
        "2026 年 11 月 5 日",
        "２０２６年１１月５日",
        "二〇二六年十一月五日",
        "20261105",
        20261105,
        "2026-11-05 08:30",
        "2026-11-05T08:30:00",
        "2026年11月5日 上午8时30分",
        "2026年11月5日（星期四）",
        46331,
        "46331",
    ],
)
def test_dates_are_understood_as_people_write_them(cell: Any) -> None:
    assert dates.date(cell).value == datetime.date(2026, 11, 5)


def test_a_chinese_date_in_the_twenties_is_understood() -> None:
    assert dates.date("二〇二六年十二月二十五日").value == datetime.date(2026, 12, 25)
    assert dates.date("二〇二六年十月三十日").value == datetime.date(2026, 10, 30)
    assert dates.date("二〇二六年十月三十一日").value == datetime.date(2026, 10, 31)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("3/4/2026", Trouble.DATE_AMBIGUOUS),
        ("26-3-4", Trouble.DATE_AMBIGUOUS),
        ("11月5日", Trouble.DATE_NO_YEAR),
        ("2026-02-30", Trouble.DATE_WRONG),
        ("2026-13-01", Trouble.DATE_WRONG),
        ("昨天", Trouble.DATE_WRONG),
        ("20261345", Trouble.DATE_WRONG),
        (True, Trouble.DATE_WRONG),
    ],
)
def test_a_doubtful_date_is_refused_with_its_reason(cell: Any, expected: Trouble) -> None:
    assert trouble(dates.date, cell) == expected


@pytest.mark.parametrize(
    ("cell", "year"),
    [(1985, 1985), ("1985年", 1985), ("1985-06", 1985), ("198506", 1985), ("1985.6.3", 1985), (31201, 1985)],
)
def test_of_a_birth_date_only_the_year_is_kept(cell: Any, year: int) -> None:
    assert dates.year(cell).value == year


@pytest.mark.parametrize(
    ("cell", "clock"),
    [("8:30", (8, 30)), ("下午6时", (18, 0)), ("18点30分", (18, 30)), (0.75, (18, 0)), ("23:59:00", (23, 59))],
)
def test_hours_are_understood(cell: Any, clock: tuple[int, int]) -> None:
    assert dates.hour(cell).value == datetime.time(*clock)


@pytest.mark.parametrize(
    ("cell", "number"), [(3, 3), (3.0, 3), ("3人", 3), ("３", 3), ("三", 3), ("十二", 12), ("1,200", 1200), ("l2", 12)]
)
def test_whole_numbers_are_understood(cell: Any, number: int) -> None:
    assert cells.whole(0, 5000)(cell).value == number


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("3.5", Trouble.NUMBER_WRONG),
        ("很多", Trouble.NUMBER_WRONG),
        ("两三个", Trouble.NUMBER_WRONG),
        (True, Trouble.NUMBER_WRONG),
        (datetime.date(2026, 3, 1), Trouble.NUMBER_WRONG),
        (99999, Trouble.NUMBER_RANGE),
        (-1, Trouble.NUMBER_RANGE),
    ],
)
def test_what_is_no_whole_number_is_refused(cell: Any, expected: Trouble) -> None:
    assert trouble(cells.whole(0, 5000), cell) == expected


def test_codes_keep_their_digits() -> None:
    code = cells.code(9, 12)
    assert code(500113006020).value == "500113006020"
    assert code("5OO113006o2l").value == "500113006021"
    assert code("5.00113006020E+11").value == "500113006020"
    assert trouble(code, "5.00113E+11") == Trouble.CODE_WRONG
    assert trouble(code, 50011300602) == Trouble.CODE_WRONG


def test_a_door_is_one_door_however_it_is_written() -> None:
    assert {cells.room(cell).value for cell in (1203, 1203.0, "1203", "1203室", "１２０３", " 1203 ")} == {"1203"}
    assert cells.room("0102").value == "0102"
    assert trouble(cells.room, datetime.date(2026, 3, 1)) == Trouble.CONTRADICTION


def test_names_lose_their_padding_and_keep_their_letters() -> None:
    name = cells.name(60)
    assert name("张\u3000三").value == "张三"
    assert name(" Ann  Lee ").value == "Ann Lee"
    assert name("张三\u200b\u200d").value == "张三"


def test_lists_and_choices_are_split_and_the_unknown_is_said() -> None:
    reader = cells.choices({"急救": "first_aid", "驾驶": "driving", "开车": "driving"})
    found = reader("急救、开车；驾驶\n潜水")
    assert found.value == ["first_aid", "driving"]
    assert (found.note, found.fields) == (Trouble.UNKNOWN_LEFT_OUT, {"unknown": "潜水"})
    assert reader("无").value == []
    assert trouble(cells.choice({"是": "yes"}), "也许") == Trouble.CHOICE_WRONG


def test_a_formula_error_is_named() -> None:
    assert trouble(cells.text(80), "#REF!") == Trouble.FORMULA_ERROR


def test_every_trouble_has_a_reason_and_a_remedy_and_survives_storing() -> None:
    assert set(SENTENCES) == set(Trouble)
    fields = dict.fromkeys(("detail", "wanted", "row", "limit", "low", "high", "width", "choices", "other"), "x")
    fields |= dict.fromkeys(("who", "count", "read", "unknown", "code"), "x")
    for code in Trouble:
        problem = Problem.from_json(Problem(code, "电话", "1.38E+10", fields).to_json())
        assert problem.trouble == code
        assert problem.reason
        assert problem.remedy
        assert "%" not in problem.reason + problem.remedy


# --- whole files --------------------------------------------------------------------------------------------------


def test_the_header_is_found_below_titles_and_rows_keep_their_numbers() -> None:
    source = xlsx(
        [
            ["巴南区志愿者名册（联系电话）"],
            [],
            ["填报单位：李家沱街道"],
            ["序号", "姓 名", "联系电话(必填)*"],
            [1, "卢明", 13800138000],
        ]
    )
    start = next(event for event in records(source, COLUMNS) if isinstance(event, Start))
    assert (start.header.number, start.header.unknown) == (4, ("序号",))
    assert [(record.number, record.values) for record in table(source)] == [
        (5, {"name": "卢明", "phone": "+8613800138000"})
    ]


def test_traditional_and_english_headers_are_known() -> None:
    assert values(xlsx([["姓名", "電話"], ["卢明", "13800138000"]]))[0]["phone"] == "+8613800138000"
    assert values(xlsx([["Name", "Mobile"], ["Ann Lee", "13800138000"]]))[0]["name"] == "Ann Lee"


def test_a_split_header_uses_its_lower_row() -> None:
    source = xlsx(
        [["姓名", "联系方式", None], [None, "电话", "微信"], ["卢明", "13800138000", "x"]], merges=("A1:A2", "B1:C1")
    )
    assert values(source) == [{"name": "卢明", "phone": "+8613800138000"}]


def test_merged_cells_are_filled_down() -> None:
    source = xlsx(
        [["单位", "姓名"], ["李家沱突击队", "卢明"], [None, "秦燕"], [None, "邓洋"], ["应急局", "姜波"]],
        merges=("A2:A4",),
    )
    assert [row["organisation"] for row in values(source)] == ["李家沱突击队"] * 3 + ["应急局"]


def test_totals_remarks_blank_rows_and_repeated_headers_are_no_records() -> None:
    source = xlsx(
        [
            ["序号", "姓名", "电话"],
            [1, "卢明", "13800138000"],
            [],
            ["小计", None, 1],
            ["序号", "姓名", "电话"],
            [2, "秦燕", "13800138001"],
            ["合 计", None, 2],
            [None, "总计：2人", None],
            ["填表人：邓洋", None, "2026-11-05"],
        ]
    )
    assert [record.values["name"] for record in table(source) if not record.skipped] == ["卢明", "秦燕"]
    assert [record.skipped for record in table(source) if record.skipped] == [
        Trouble.TOTALS_ROW,
        Trouble.HEADER_AGAIN,
        Trouble.TOTALS_ROW,
        Trouble.TOTALS_ROW,
        Trouble.NOTE_ROW,
    ]


def test_a_person_without_a_name_is_refused_at_its_cell() -> None:
    [record] = table(xlsx([["姓名", "电话"], [None, "13800138000"]]))
    [problem] = record.problems
    assert (problem.trouble, problem.column) == (Trouble.MISSING, "姓名")


def test_a_refused_cell_names_column_value_reason_and_remedy() -> None:
    [record] = table(xlsx([["姓名", "联系电话"], ["卢明", "1.38E+10"]]))
    [problem] = record.problems
    assert (record.sheet, record.number, problem.column, problem.value) == ("人员", 2, "联系电话", "1.38E+10")
    assert problem.reason
    assert problem.remedy


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_tables_are_read_in_every_usual_encoding(encoding: str, delimiter: str) -> None:
    rows = [
        ["姓名", "电话", "单位"],
        ["卢明", "13800138000", '李家沱"先锋"队\n二组'],
        ["秦燕", "13800138001", "应急局"],
    ]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    found = table(buffer.getvalue().encode(encoding))
    assert [record.values["name"] for record in found] == ["卢明", "秦燕"]
    assert found[0].values["organisation"] == '李家沱"先锋"队二组'
    assert [record.number for record in found] == [2, 4]  # the quoted line break is a line of the file


def test_an_old_xls_file_is_read() -> None:
    found = values(Path(__file__).parent / "files" / "volunteers.xls")
    assert [row["name"] for row in found] == ["卢明", "秦晓燕"]
    assert {row["organisation"] for row in found} == {"李家沱突击队"}
    assert found[0]["since"] == datetime.date(2026, 11, 2)


def test_an_ods_file_is_read() -> None:
    text = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in (["姓名", "电话"], ["卢明", "13800138000"])
    )
    content = (
        '<?xml version="1.0"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="人员">{text}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        package.writestr("content.xml", content)
    assert values(buffer.getvalue()) == [{"name": "卢明", "phone": "+8613800138000"}]


def test_hidden_and_foreign_sheets_are_left_out_and_said() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    for name, rows in {
        "人员": [["姓名", "电话"], ["卢明"]],
        "说明": [["请按模板填写"]],
        "旧": [["姓名", "电话"]],
    }.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if name == "旧":
            sheet.hide()
    book.close()
    events = list(records(buffer.getvalue(), COLUMNS))
    assert [event.values["name"] for event in events if isinstance(event, Record)] == ["卢明"]
    assert [(event.sheet, event.trouble) for event in events if isinstance(event, LeftOut)] == [
        ("说明", Trouble.NO_HEADER),
        ("旧", Trouble.SHEET_HIDDEN),
    ]


def test_a_sheet_without_a_needed_column_says_which() -> None:
    with pytest.raises(Unreadable) as unreadable:
        table(xlsx([["电话", "单位"], ["13800138000", "应急局"]]))
    assert unreadable.value.trouble == Trouble.MISSING_COLUMN
    assert "姓名" in str(unreadable.value)


def test_a_file_of_a_hundred_thousand_rows_is_a_stream() -> None:
    text = "姓名,电话\n" + "".join(f"卢明,138{number:08d}\n" for number in range(100_000))
    stream = records(text.encode(), COLUMNS)
    assert isinstance(next(stream), Start)
    assert isinstance(next(stream), Record)
    del stream  # what was not asked for is not read; the reading process is gone


# --- attacks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"", Trouble.FILE_EMPTY),
        (b"\x00" * 500, Trouble.FILE_EMPTY),
        (b"%PDF-1.7 ...", Trouble.FILE_IS_PDF),
        (b"<html><table><tr><td>\xe5\xa7\x93</td></tr></table></html>", Trouble.FILE_IS_WEB_PAGE),
        (b"\x7fELF\x02\x01\x00\x00\x00\x00", Trouble.FILE_KIND_UNKNOWN),
        (b"PK\x03\x04 this is no zip", Trouble.FILE_DAMAGED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"junk" * 500, Trouble.FILE_DAMAGED),
        (b"name\xff\xff\xff\x81", Trouble.FILE_ENCODING_UNKNOWN),
        ("一行没有表头的文字".encode(), Trouble.NO_HEADER),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(source: bytes, expected: Trouble) -> None:
    with pytest.raises(Unreadable) as unreadable:
        table(source)
    assert unreadable.value.trouble == expected


def test_a_truncated_workbook_is_said_to_be_damaged() -> None:
    whole = xlsx([["姓名"], *([f"人{number}"] for number in range(3000))])
    for length in (len(whole) // 3, len(whole) // 2, len(whole) - 40):
        with pytest.raises(Unreadable) as unreadable:
            table(whole[:length])
        assert unreadable.value.trouble == Trouble.FILE_DAMAGED


def test_flipped_bytes_never_crash_the_reader() -> None:
    whole = xlsx([["姓名", "电话"], *([f"人{number}", 13800138000 + number] for number in range(50))])
    dice = random.Random(7)
    for _round in range(12):
        broken = bytearray(whole)
        for _flip in range(20):
            broken[dice.randrange(len(broken))] ^= 1 << dice.randrange(8)
        with contextlib.suppress(Unreadable):  # any other exception, or a hang, fails the test
            table(bytes(broken))


def unpacked_size(package: bytes, size: int) -> bytes:
    """The package whose directory claims this size for its only entry."""
    data = bytearray(package)
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = struct.pack("<I", size)
    return bytes(data)


def one_entry(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"x" * size)
    return buffer.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(Unreadable) as unreadable:
        table(unpacked_size(one_entry(1_000_000), 2_000_000_000))
    assert unreadable.value.trouble == Trouble.FILE_TOO_LARGE


def test_a_lie_about_the_unpacked_size_is_no_way_in() -> None:
    with pytest.raises(Unreadable) as unreadable:
        table(unpacked_size(one_entry(1_000_000), 10))
    assert unreadable.value.trouble == Trouble.FILE_DAMAGED


def test_one_cell_in_the_last_corner_does_not_take_the_memory() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["姓名", "电话"])
    sheet.write(1048575, 16383, "x")
    book.close()
    with pytest.raises(Unreadable) as unreadable:
        table(buffer.getvalue())
    assert unreadable.value.trouble == Trouble.FILE_STRAY_CELL


def test_a_cell_of_ten_megabytes_refuses_its_row_only() -> None:
    text = 'name,organisation\nAnn,"' + "x" * 10_000_000 + '"\nBea,应急局\n'
    columns = (*COLUMNS[:2], Column("organisation", ("organisation",), cells.name(80)))
    found = [event for event in records(text.encode(), columns) if isinstance(event, Record)]
    assert [record.refused for record in found] == [True, False]
    assert found[0].problems[0].trouble == Trouble.TOO_LONG
    assert len(found[0].problems[0].value) <= 60


def test_a_stray_quotation_mark_refuses_what_it_swallowed() -> None:
    text = '姓名,单位\n卢明,应急局\n秦燕,"应急局\n' + "邓洋,应急局\n" * 500
    found = table(text.encode())
    assert [record.refused for record in found] == [False, True]


def test_nothing_that_we_write_becomes_a_formula() -> None:
    attacks = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://x")', "normal"]
    book = load_workbook(io.BytesIO(writing.workbook("名单", ["姓名"], [[attack] for attack in attacks])))
    written = [str(row[0].value) for row in book.worksheets[0].iter_rows(min_row=2)]
    assert all(row[0].data_type != "f" for row in book.worksheets[0].iter_rows(min_row=2))
    assert [text[0] for text in written] == ["'"] * 8 + ["n"]
    assert writing.harmless(-3) == -3


def test_our_own_template_is_read_back() -> None:
    columns = (
        *COLUMNS,
        Column("kind", ("类别",), cells.choice({"志愿者": "volunteer"}), choices=("志愿者", "工作人员")),
    )
    data = writing.template("人员", columns, ("说明", "栏目", "怎样填写"))
    book = load_workbook(io.BytesIO(data))
    sheet = book["人员"]
    assert [validation.formula1 for validation in sheet.data_validations.dataValidation] == ['"志愿者,工作人员"']
    sheet["A2"], sheet["B2"], sheet["E2"] = "卢明", "13800138000", "志愿者"
    buffer = io.BytesIO()
    book.save(buffer)
    found = [event for event in records(buffer.getvalue(), columns) if isinstance(event, Record)]
    assert [record.values for record in found] == [{"name": "卢明", "phone": "+8613800138000", "kind": "volunteer"}]


def test_a_title_that_names_one_column_is_no_header() -> None:
    rows = [Row(1, ["电话"]), Row(2, ["姓名", "电话"]), Row(3, ["卢明", "13800138000"])]
    found = headers.find(rows, COLUMNS)
    assert found is not None
    assert found.number == 2


def test_reading_says_how_many_rows_will_come() -> None:
    first = next(read(xlsx([["姓名"], ["卢明"], ["秦燕"]])))
    assert getattr(first, "rows", None) == 3


def test_no_row_of_a_long_sheet_is_lost() -> None:
    found = table(xlsx([["姓名", "电话"], *([f"人{number}", 13800000000 + number] for number in range(5000))]))
    assert [record.number for record in found] == list(range(2, 5002))
