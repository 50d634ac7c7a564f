"""A pasted list: every row is kept, checked against the register, and becomes a request by one key."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import Http404

from redvest.core.errors import Refused
from redvest.needs.actions import pasting
from redvest.needs.models import Paste, PastedRow, Request
from redvest.needs.queries import pastes as queries
from tests.needs.desk import Stage
from tests.world import World

LIST = """#接龙
望江苑买菜接龙，写清楼栋房号
例：1-101 青菜包1份
1. 1-101 青菜包2份
2. 1栋502 鸡蛋一板，米五斤
3. 2-301 降压药没有了，求氨氯地平一盒
4. 9-999 青菜包1份
5. 谢谢志愿者，辛苦了！
"""


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


@pytest.fixture
def paste(stage: Stage) -> Paste:
    return pasting.paste_list(stage.world.worker, stage.world.community.pk, LIST)


def row(paste: Paste, text: str) -> PastedRow:
    return next(each for each in paste.rows.all() if text in each.read["raw"])


def test_rows_know_their_household_and_unknown_rooms_are_doubted(stage: Stage, paste: Paste) -> None:
    first, second, _third = stage.world.households
    assert row(paste, "1-101").read["household"] == first.pk
    assert row(paste, "1栋502").read["household"] == second.pk
    assert [each["reason"] for each in row(paste, "9-999").read["doubts"]] == ["room_unknown"]
    everything = " ".join([*(each.read["raw"] for each in paste.rows.all()), *(kept["text"] for kept in paste.kept)])
    for line in LIST.splitlines():
        assert line.strip().lstrip("#12345. ") in everything


def test_one_row_becomes_one_request_with_its_items(stage: Stage, paste: Paste) -> None:
    wanted = row(paste, "1栋502")
    made = pasting.take_row(stage.world.worker, wanted.pk, kind="daily_goods")
    request = Request.objects.get(pk=made["request"])
    assert (request.room, request.source, request.is_vulnerable) == ("502", "chat", True)
    assert [(item["name"], item["quantity"], item["unit"]) for item in request.items] == [
        ("鸡蛋", 1, "板"),
        ("米", 5, "斤"),
    ]
    with pytest.raises(Refused):
        pasting.take_row(stage.world.worker, wanted.pk, kind="daily_goods")
    assert Request.objects.count() == 1


def test_medicine_is_recognised_as_its_own_lane(stage: Stage, paste: Paste) -> None:
    review = queries.review(stage.world.worker, paste.pk)
    assert next(line.kind for line in review.lines if "降压药" in line.read.raw) == "medicine"


def test_rows_without_a_doubt_are_taken_together_and_the_others_wait(stage: Stage, paste: Paste) -> None:
    clear = queries.review(stage.world.worker, paste.pk).clear
    assert clear >= 2
    assert pasting.take_clear_rows(stage.world.worker, paste.pk) == clear
    assert row(paste, "9-999").state == "open"
    assert Request.objects.count() == clear
    with pytest.raises(Refused):
        pasting.take_clear_rows(stage.world.worker, paste.pk)


def test_a_corrected_room_is_what_counts(stage: Stage, paste: Paste) -> None:
    made = pasting.take_row(stage.world.worker, row(paste, "9-999").pk, kind="daily_goods", room="1-105")
    assert Request.objects.get(pk=made["request"]).room == "1-105"


def test_thanks_are_put_aside_and_can_be_looked_at_again(stage: Stage, paste: Paste) -> None:
    thanks = row(paste, "谢谢")
    pasting.put_row_aside(stage.world.worker, thanks.pk)
    pasting.look_at_row_again(stage.world.worker, thanks.pk)
    thanks.refresh_from_db()
    assert (thanks.state, thanks.decided_by) == ("open", None)


def test_a_list_belongs_to_its_area(stage: Stage, paste: Paste) -> None:
    with pytest.raises(Http404):
        queries.review(stage.world.stranger, paste.pk)
    with pytest.raises(Http404):
        pasting.take_row(stage.world.stranger, row(paste, "1-101").pk, kind="daily_goods")
    with pytest.raises(Http404):
        pasting.paste_list(stage.world.worker, stage.world.far_community.pk, LIST)


@pytest.mark.parametrize(
    "wrong", ["state = 'taken'", "state = 'aside'", "decided_by_id = (SELECT min(id) FROM people_account)"]
)
def test_a_row_is_decided_whole_or_not_at_all(stage: Stage, paste: Paste, wrong: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE needs_pastedrow SET {wrong} WHERE id = %s", [row(paste, "1-101").pk])


def test_a_taken_row_stays_taken_also_for_raw_sql(stage: Stage, paste: Paste) -> None:
    taken = row(paste, "1-101")
    pasting.take_row(stage.world.worker, taken.pk, kind="daily_goods")
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE needs_pastedrow SET state = 'open', request_id = NULL, decided_by_id = NULL WHERE id = %s",
            [taken.pk],
        )
