"""What holds for any text: nothing is lost, nothing fails, width does not matter, order stays, time is linear."""

import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redvest.needs.importing import Intake, read
from redvest.needs.importing.rows import Row
from tests.needs.corpora import cases

CORPUS = [case.text for case in cases("corpus")]
LINES = sorted({line for text in CORPUS for line in text.split("\n")})
# Scraps that entries are made of, so that random texts are nearly lists.
SCRAPS = [
    *(
        "1. ",
        "2、",
        "③",
        "1️⃣",
        "#接龙",
        "例 ",
        "3-2-1203",
        "2707",
        "9o2",
        "76栋202",
        " ",
        "\n",
        "\r\n",
        "\t",
        "，",
        "；",
    ),
    *(
        "1+2+10",
        "x2",
        "*3",
        "两瓶",
        "半斤",
        "鸡蛋",
        "２份",
        "A套餐",
        "不在家",
        "取消",
        "「",
        "」",
        "- - - -",
        "截止8点",
    ),
    *("13800138000", "王芳:", "2022-11-12 10:23", "🥬", "各", "(", ")", "共", "几", "元/份", "号楼", "0", "9" * 20),
    *("\u200b", "\ufeff", "：", "@所有人 ", "例如", "备注：", "姓名：", "单元", "共3人", "120", "➕", "①2份"),
    *("；", "截止8点"),
]
nearly_lists = st.lists(st.sampled_from(SCRAPS), max_size=60).map("".join)
mixed_lists = st.lists(st.sampled_from(LINES), max_size=12).map("\n".join)
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}


def assert_nothing_is_lost(text: str, intake: Intake) -> None:
    """Every character that is not blank lies in a row or in a kept line."""
    covered = bytearray(len(text))
    spans = [(row.start, row.end) for row in intake.rows] + [(kept.start, kept.end) for kept in intake.kept]
    for start, end in spans:
        covered[start:end] = b"\x01" * (end - start)
    visible = [place for place, mark in enumerate(text) if not mark.isspace() and mark.isprintable()]
    assert [text[place] for place in visible if not covered[place]] == []


def understood(row: Row) -> tuple[Any, ...]:
    """What a row says, apart from where it stands and how it was written."""
    return row.entry, row.building, row.unit, row.room, row.people, row.items, row.kind, row.need, row.phone


@given(st.text(max_size=300))
def test_no_text_fails_and_nothing_is_lost(text: str) -> None:
    assert_nothing_is_lost(text, read(text))


@given(nearly_lists)
def test_broken_lists_fail_as_little(text: str) -> None:
    assert_nothing_is_lost(text, read(text))


@given(mixed_lists)
def test_lines_of_many_lists_in_any_order_are_all_kept(text: str) -> None:
    assert_nothing_is_lost(text, read(text))


@pytest.mark.parametrize("text", CORPUS)
def test_nothing_of_the_corpus_is_lost(text: str) -> None:
    assert_nothing_is_lost(text, read(text))


@given(mixed_lists)
def test_full_width_and_half_width_are_the_same(text: str) -> None:
    wide = text.translate(WIDE)
    assert [understood(row) for row in read(wide).rows] == [understood(row) for row in read(text).rows]


@given(mixed_lists)
def test_rows_stand_in_the_order_of_the_text(text: str) -> None:
    starts = [row.start for row in read(text).rows]
    assert starts == sorted(starts)


@given(mixed_lists)
def test_ids_are_unique_and_stay(text: str) -> None:
    first, second = read(text), read(text)
    ids = [row.id for row in first.rows]
    assert len(set(ids)) == len(ids)
    assert ids == [row.id for row in second.rows]


def test_a_row_keeps_its_id_when_others_are_added() -> None:
    short = read("#接龙\n核酸\n1. 2707 1\n2. 2502 2")
    longer = read("#接龙\n核酸\n1. 2707 1\n2. 2502 2\n3. 2606 1")
    assert [row.id for row in longer.rows][:2] == [row.id for row in short.rows]


def calls(text: str) -> int:
    """How many functions are entered while a text is read: a count that no other program on the machine changes."""
    count = 0

    def count_one(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(count_one)
    try:
        read(text)
    finally:
        sys.setprofile(None)
    return count


def orders(number: int) -> str:
    return "#接龙\n团购\n" + "\n".join(
        f"{place}. {place % 20 + 1}-{place % 3 + 1}-{place % 30 + 1}0{place % 4 + 1} 鸡蛋{place % 5 + 1}盒，牛奶1箱"
        for place in range(1, number + 1)
    )


def one_line(number: int) -> str:
    return " ".join(f"{place}. {place % 30 + 1}0{place % 4 + 1} 2人" for place in range(1, number + 1))


@pytest.mark.parametrize("make", [orders, one_line, lambda number: "3-2-1203 " * number, lambda number: "1+" * number])
def test_twice_the_text_takes_twice_the_steps(make: Any) -> None:
    calls(make(10))  # tables are filled once
    small, large = calls(make(300)), calls(make(1200))
    assert large < 4 * 1.25 * small + 2000


def test_ten_thousand_lines_are_read() -> None:
    intake = read(orders(10_000))
    assert len(intake.rows) == 10_000
    assert all(len(row.items) == 2 and row.entry == place for place, row in enumerate(intake.rows, start=1))


@pytest.mark.parametrize(
    "scrap", ["1", " ", "\t", "(", "3-2-", "一二三四", "2x", "1.", "1/", "，", "鸡蛋2盒，", "「a:", "①"]
)
def test_a_run_of_the_same_is_read_and_kept(scrap: str) -> None:
    """Searches that begin anew at every character would not come back from these."""
    for times in (600, 30_000):
        text = scrap * times + "1"
        assert_nothing_is_lost(text, read(text))
