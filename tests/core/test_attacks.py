"""What must hold against raw SQL, impatient thumbs and other people's keys: trail, history, outbox, live versions."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from redvest.core import access, audit, live, outbox
from redvest.core.errors import Refused
from redvest.core.models import Entry, Grant, LiveTopic, OutboxKey, Viewed
from redvest.core.roles import Role
from redvest.people.models import Account
from tests.world import World


def refused(sql: str) -> bool:
    """Whether the database itself refuses this."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError:
        return True
    return False


# --- the trail --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["core_entry", "core_viewed", "core_grantevent"])
def test_what_was_written_down_is_never_changed_nor_deleted(world: World, table: str) -> None:
    audit.record(world.worker, "test.done", world.estate)
    audit.viewed(world.worker, world.veteran.person, ["phone"], "test")
    Grant.objects.filter(account=world.worker).update(role=Role.OBSERVER)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), min(ctid::text) FROM {table}")
        assert cursor.fetchone()[0] > 0
        cursor.execute(f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum = 2")
        column = cursor.fetchone()[0]
    assert refused(f"UPDATE {table} SET {column} = {column}")
    assert refused(f"DELETE FROM {table}")


def test_raw_sql_that_changes_a_grant_is_in_its_history(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_grant SET role = 'administrator' WHERE account_id = %s", [world.worker.pk])
        cursor.execute("SELECT role, pgh_label FROM core_grantevent WHERE account_id = %s", [world.worker.pk])
        assert ("administrator", "update") in cursor.fetchall()


def test_a_grant_with_an_unknown_role_cannot_be_written(world: World) -> None:
    assert refused(f"UPDATE core_grant SET role = 'emperor' WHERE account_id = {world.worker.pk}")


def test_a_look_without_a_purpose_cannot_be_written(world: World) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        audit.viewed(world.worker, world.veteran.person, ["phone"], "")
    assert not Viewed.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_needs_the_transaction_of_its_change() -> None:
    account = Account.objects.create(username="alone", name="A")
    with pytest.raises(transaction.TransactionManagementError):
        audit.record(account, "test.done", account)
    assert not Entry.objects.exists()


def change_and_fail(change: Callable[[], None]) -> None:
    with transaction.atomic():
        change()
        raise Refused("no")


def test_a_change_that_fails_leaves_no_entry(world: World) -> None:
    with pytest.raises(Refused):
        change_and_fail(lambda: audit.record(world.worker, "test.done", world.estate))
    assert not Entry.objects.exists()


@pytest.mark.parametrize(("start", "end"), [("done", "queued"), ("cancelled", "running"), ("failed", "done")])
def test_a_job_that_has_ended_stays_ended_also_for_raw_sql(world: World, start: str, end: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_job (kind, account_id, arguments, state, done, note, error, cancel_asked, attempts,"
            " created_at) VALUES ('test.count', %s, '{}', %s, 0, '', '', false, 0, now())",
            [world.worker.pk, start],
        )
    assert refused(f"UPDATE core_job SET state = '{end}'")


# --- the outbox -------------------------------------------------------------------------------------------------------


def test_the_same_key_sent_twice_happens_once(world: World) -> None:
    times = []
    key = str(uuid.uuid4())

    def run() -> dict[str, Any]:
        times.append(1)
        return {"number": len(times)}

    answers = [outbox.once(world.veteran, key, "test.tap", run) for _time in range(3)]
    assert answers == [{"number": 1}] * 3
    assert len(times) == 1


def test_a_refused_action_may_be_sent_again_with_its_key(world: World) -> None:
    key = str(uuid.uuid4())

    def refuse() -> dict[str, Any]:
        raise Refused("full")

    with pytest.raises(Refused), transaction.atomic():  # as an action has it
        outbox.once(world.veteran, key, "test.tap", refuse)
    assert outbox.once(world.veteran, key, "test.tap", lambda: {"ok": True}) == {"ok": True}


def test_a_key_of_somebody_else_or_for_something_else_is_refused(world: World) -> None:
    key = str(uuid.uuid4())
    outbox.once(world.veteran, key, "test.tap", lambda: {"secret": "of the veteran"})
    for actor, action in ((world.newcomer, "test.tap"), (world.veteran, "test.other")):
        with pytest.raises(Refused), transaction.atomic():
            outbox.once(actor, key, action, dict)


def test_a_broken_key_is_refused_with_a_sentence(world: World) -> None:
    with pytest.raises(Refused):
        outbox.once(world.veteran, "no-uuid", "test.tap", dict)


@pytest.mark.django_db(transaction=True)
def test_eight_phones_with_one_key_at_the_same_moment_happen_once() -> None:
    account = Account.objects.create(username="eight", name="E")
    key, done, answers = str(uuid.uuid4()), [], []
    start = threading.Barrier(8)

    def run() -> dict[str, Any]:
        done.append(1)
        return {"ok": True}

    def phone() -> None:
        start.wait()
        try:
            answers.append(outbox.once(account, key, "test.tap", run))
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=phone) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [{"ok": True}] * 8
    assert len(done) == 1
    assert OutboxKey.objects.count() == 1


# --- live updates -----------------------------------------------------------------------------------------------------


@pytest.fixture
def committing(django_capture_on_commit_callbacks: Any) -> Any:
    return django_capture_on_commit_callbacks


def announce(committing: Any, topic: str, path: str) -> None:
    with committing(execute=True):
        live.announce(topic, path)


def test_a_change_moves_the_version_of_its_area_and_of_those_above_and_below(world: World, committing: Any) -> None:
    paths = [world.district.path, world.community.path, world.estate.path]
    before = [live.version(["duty"], path) for path in paths]
    elsewhere = live.version(["duty"], world.far_community.path)
    announce(committing, "duty", world.community.path)
    assert all(live.version(["duty"], path) > old for path, old in zip(paths, before, strict=True))
    assert live.version(["duty"], world.far_community.path) == elsewhere
    assert live.version(["people"], world.community.path) == live.version(["people"], world.far_community.path)


def test_a_change_that_is_rolled_back_is_not_announced(world: World, committing: Any) -> None:
    with committing(execute=True), pytest.raises(Refused):
        change_and_fail(lambda: live.announce("duty", world.community.path))
    assert not LiveTopic.objects.exists()


def test_two_changes_in_the_same_microsecond_are_two(world: World, committing: Any) -> None:
    seen = set()
    for _time in range(20):
        announce(committing, "duty", world.community.path)
        seen.add(live.version(["duty"], world.community.path))
    assert len(seen) == 20


def test_nothing_moved_costs_one_query_and_no_content(world: World, committing: Any) -> None:
    announce(committing, "duty", world.community.path)
    tag = live.etag(["duty"], world.community.path, "en")
    request = RequestFactory().get("/", headers={"If-None-Match": tag})
    with CaptureQueriesContext(connection) as queries:
        same = live.unchanged(request, live.etag(["duty"], world.community.path, "en"))
    assert same is not None
    assert (same.status_code, same.content, len(queries)) == (304, b"", 1)
    announce(committing, "duty", world.estate.path)
    assert live.unchanged(request, live.etag(["duty"], world.community.path, "en")) is None


def test_shared_caches_may_not_keep_an_answer() -> None:
    assert live.tagged(HttpResponse(), '"1"')["Cache-Control"] == "private, no-cache"


# --- access -----------------------------------------------------------------------------------------------------------


def test_a_path_is_no_prefix_of_its_neighbour(world: World) -> None:
    """``/1/2/`` must not cover ``/1/23/``: the database holds that a path ends in a slash."""
    assert refused(f"UPDATE places_area SET path = '/1/2' WHERE id = {world.estate.pk}")


def test_a_grant_that_ran_out_allows_nothing(world: World) -> None:
    Grant.objects.filter(account=world.worker).update(expires_at="2026-03-01T00:00:00Z")
    access.forget(world.worker)
    assert not access.can(world.worker, "places.see")
    assert world.worker not in access.holders("places.see", world.community)


def test_a_closed_account_holds_nothing(world: World) -> None:
    Account.objects.filter(pk=world.worker.pk).update(is_active=False)
    world.worker.refresh_from_db()
    access.forget(world.worker)
    assert not access.can(world.worker, "places.see")
    assert world.worker not in access.holders("places.see", world.community)


def test_holders_are_those_above_and_at_the_place(world: World) -> None:
    names = {account.username for account in access.holders("duty.plan", world.estate)}
    assert names == {"bureau", "office", "worker"}
