"""A cry for help is never read as talk, and good advice is never read as a cry for help."""

import pytest

from redvest.needs.importing import read
from redvest.needs.importing.doubts import Reason
from redvest.needs.importing.vocabulary import Kind, Need


@pytest.mark.parametrize(
    "cry",
    [
        "快打120，我妈晕倒了",
        "5栋301 老人昏迷，要打120吗",
        "3-201 心梗，可以打120吗，没人接",
        "打不通120怎么办",
        "120怎么还没到",
        "8-402 孕妇破水了，已打120，车还没来",
        "谢谢志愿者送药，另外我爸胸痛",
    ],
)
def test_a_life_in_danger_is_a_request_of_the_first_lane(cry: str) -> None:
    first = read(cry).rows[0]
    assert (first.kind, first.need) == (Kind.REQUEST, Need.LIFE_DANGER)


@pytest.mark.parametrize("advice", ["直接打120啊，别等", "建议打120", "你们先打120，我这就过来"])
def test_advice_to_call_120_is_no_request_but_is_shown(advice: str) -> None:
    [row] = read(advice).rows
    assert row.kind is Kind.INFORMATION
    assert Reason.KIND_UNSURE in {doubt.reason for doubt in row.doubts}


def test_a_plea_without_a_room_that_asks_for_answers_stays_a_plea() -> None:
    [row] = read("求助！家里断药了，胰岛素没了，看到请回复").rows
    assert (row.kind, row.need) == (Kind.REQUEST, Need.MEDICINE)
