"""What holds under attack: raw SQL against every constraint, and many taps at the same moment."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction

from redvest.needs.actions import working
from redvest.needs.actions.entering import Asked, ask_by_code
from redvest.needs.models import Request, RequestNote, ResidentCode
from redvest.people.models import Account
from tests.duty.stage import on
from tests.duty.test_signup_attack import at_once, volunteers
from tests.needs.desk import Stage
from tests.world import NOW, World


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


def sql(text: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text, list(values))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        "state = 'closed'",
        "state = 'closed', ended_at = now()",
        "state = 'closed', ended_at = now(), ended_by_id = taken_by_id, outcome = ''",
        "ended_at = now()",
        "state = 'accepted'",
        "state = 'merged', ended_at = now(), ended_by_id = taken_by_id, outcome = 'x'",
        "state = 'merged', merged_into_id = id, ended_at = now(), ended_by_id = taken_by_id, outcome = 'x'",
        "merged_into_id = id",
        "state = 'not_done', settled_at = now()",
        "state = 'done'",
        "priority = 0",
        "due_at = NULL",
        "desk_id = NULL",
        "contact_by = due_at + interval '1 minute'",
        "words = '', items = '[]'",
    ],
)
def test_a_request_is_open_with_owner_and_deadline_or_ended_with_reason_and_name(stage: Stage, wrong: str) -> None:
    request = stage.request()
    with pytest.raises(IntegrityError):
        sql(f"UPDATE needs_request SET {wrong} WHERE id = %s", request.pk)


@pytest.mark.django_db
def test_states_move_only_as_they_may_also_for_raw_sql(stage: Stage) -> None:
    request = stage.request()
    with pytest.raises(DatabaseError, match="Invalid transition"):
        sql("UPDATE needs_request SET state = 'new' WHERE id = %s", request.pk)


@pytest.mark.django_db
def test_lines_of_the_history_never_change(stage: Stage) -> None:
    request = stage.request()
    with pytest.raises(DatabaseError, match="Cannot"):
        sql("UPDATE needs_requestnote SET words = 'x' WHERE request_id = %s", request.pk)
    with pytest.raises(DatabaseError, match="Cannot"):
        sql("DELETE FROM needs_requestnote WHERE request_id = %s", request.pk)
    assert RequestNote.objects.filter(request=request).count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_people_take_one_request_at_once_and_exactly_one_has_it() -> None:
    with time_machine.travel(NOW, tick=False):
        stage = Stage(World.build())
        request = stage.request()
        stage.post.maximum = stage.shift.maximum = 30
        stage.post.save()
        stage.shift.save()
        people = volunteers(stage.world, 20)
        for account in people:
            on(stage.shift, account)
        tries: list[Callable[[], object]] = [partial(working.take_request, each, request.pk) for each in people]
        outcomes = at_once(tries)
    assert outcomes["done"] == 1
    assert outcomes["refused:accepted"] == 19
    assert Request.objects.get().person is not None


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_thirty_times_at_once_makes_one_request() -> None:
    with time_machine.travel(NOW, tick=False):
        stage = Stage(World.build())
        code = ResidentCode.objects.create(area=stage.world.building, made_by=stage.world.worker)
        Account.objects.system()  # made at set-up; being made here, it would let one through after the other
        asked = Asked(area=0, kind="medicine", words="降压药", room="502", source="code")
        tries: list[Callable[[], object]] = [partial(ask_by_code, code.token, asked) for _number in range(30)]
        outcomes = at_once(tries)
    assert outcomes["done"] == 30
    assert Request.objects.count() == 1
