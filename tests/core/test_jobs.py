"""Long work: progress, cancel, errors as sentences, and a worker that is killed in the middle of it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from django.db import connection
from django.utils import timezone

from redvest.config import postgres
from redvest.core import jobs
from redvest.core.errors import Refused
from redvest.core.models import Job
from redvest.people.models import Account
from tests.core import kinds
from tests.world import World

PROJECT = Path(__file__).resolve().parents[2]


def run(actor: Account, kind: str, **arguments: object) -> Job:
    job = jobs.start(actor, kind, arguments)
    assert jobs.run(job.pk) is not None
    job.refresh_from_db()
    return job


def test_a_job_ends_with_its_result(world: World) -> None:
    job = run(world.office, "test.count", to=5)
    assert (job.state, job.result, job.done, job.total) == (Job.State.DONE, {"counted": 5}, 5, 5)
    assert job.ended_at is not None


def test_an_unknown_kind_is_a_mistake_at_once(world: World) -> None:
    with pytest.raises(LookupError):
        jobs.start(world.office, "test.unknown")


def test_a_refusal_is_the_jobs_error_as_it_stands(world: World) -> None:
    job = run(world.office, "test.refuse")
    assert (job.state, job.error) == (Job.State.FAILED, "There is nothing to count. Bring something.")


def test_a_mistake_of_the_program_tells_a_number_and_no_secret(world: World, caplog: pytest.LogCaptureFixture) -> None:
    job = run(world.office, "test.break")
    assert job.state == Job.State.FAILED
    assert str(job.pk) in job.error
    assert "secret" not in job.error
    assert "a secret of the inside" in caplog.text  # for the administrator


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(world: World) -> None:
    job = jobs.start(world.office, "test.count", {"to": 5})
    jobs.ask_to_cancel(job)
    assert job.state == Job.State.CANCELLED
    assert jobs.run(job.pk) is None
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.CANCELLED, 0)


def test_a_running_job_stops_when_it_looks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    job = jobs.start(world.office, "test.count", {"to": 1000})
    beats = 0
    write = jobs.Progress._write

    def cancel_at_the_third_beat(self: jobs.Progress) -> None:
        nonlocal beats
        beats += 1
        if beats == 3:
            jobs.ask_to_cancel(Job.objects.get(pk=job.pk))
        write(self)

    monkeypatch.setattr(jobs.Progress, "_write", cancel_at_the_third_beat)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, beats) == (Job.State.CANCELLED, 2, 3)


def test_an_ended_job_cannot_be_cancelled(world: World) -> None:
    job = run(world.office, "test.count", to=1)
    with pytest.raises(Refused):
        jobs.ask_to_cancel(job)


def test_a_child_answers(world: World) -> None:
    job = run(world.office, "test.in_child", behaviour="good", seconds=60)
    assert job.result == {"answer": "True"}


def test_a_child_asked_to_stop_says_its_best(world: World) -> None:
    job = run(world.office, "test.in_child", behaviour="obedient", seconds=60)
    assert (job.state, job.result) == (Job.State.DONE, {"answer": "the best so far"})


def test_a_deaf_child_is_killed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redvest.core.child.GRACE_SECONDS", 0.1)
    job = run(world.office, "test.in_child", behaviour="deaf", seconds=60)
    assert job.state == Job.State.CANCELLED


def test_a_child_that_takes_too_long_is_killed(world: World) -> None:
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    job = jobs.start(world.office, "test.in_child", {"behaviour": "silent", "seconds": 0.5})
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "too long" in job.error or "用时过长" in job.error
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before


@pytest.mark.parametrize("behaviour", ["dying", "raising"])
def test_a_child_that_dies_fails_its_job(world: World, behaviour: str) -> None:
    job = run(world.office, "test.in_child", behaviour=behaviour, seconds=60)
    assert job.state == Job.State.FAILED
    assert str(job.pk) in job.error


# --- killed workers ---------------------------------------------------------------------------------------------------


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.05)


def worker(*arguments: str) -> subprocess.Popen[bytes]:
    """A worker process of its own on the database of this test."""
    name = str(connection.settings_dict["NAME"])
    address = postgres.database_url().replace("/redvest?", f"/{name}?")
    environment = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "redvest.config.settings"}
    command = [sys.executable, "-m", "tests.core.worker_process", *arguments]
    return subprocess.Popen(command, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL)


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_killed_worker_is_found_and_run_again() -> None:
    actor = Account.objects.create(username="killed", name="K")
    job = jobs.start(actor, "test.hang_once")

    first = worker("--wait")
    try:
        wait_for(lambda: Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, done=1).exists())
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    assert jobs.recover() == 0  # it has only just fallen silent
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND task_name = 'core.run_job'")
        assert cursor.fetchone() == (1,)
        # The clock of the test: everything the dead worker said is a minute old.
        cursor.execute("UPDATE core_job SET heartbeat_at = now() - interval '1 minute'")
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    assert jobs.recover() == 1

    assert worker().wait(timeout=60) == 0
    job.refresh_from_db()
    assert (job.state, job.attempts, job.result) == (Job.State.DONE, 2, {"attempt": 2})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name = 'core.run_job'"
        )
        assert cursor.fetchone() == (0,)


def test_a_job_that_kills_every_worker_is_given_up_with_a_sentence(world: World) -> None:
    job = jobs.start(world.office, "test.count", {"to": 1})
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        Job.objects.filter(pk=job.pk).update(
            state=Job.State.RUNNING, attempts=attempt, heartbeat_at=timezone.now() - timedelta(minutes=1)
        )
        assert jobs.recover() == 1
        job.refresh_from_db()
        assert job.state == (Job.State.QUEUED if attempt < jobs.MAX_ATTEMPTS else Job.State.FAILED)
    assert job.error
    assert jobs.recover() == 0


def test_a_worker_believed_dead_finds_that_its_attempt_no_longer_counts(world: World) -> None:
    job = jobs.start(world.office, "test.count", {"to": 3})

    def taken_over(progress: jobs.Progress, to: int) -> dict[str, int]:
        Job.objects.filter(pk=job.pk).update(attempts=2)
        progress(1, to)
        raise AssertionError("It must not go on.")

    original = jobs.KINDS["test.count"]
    jobs.KINDS["test.count"] = taken_over
    try:
        jobs.run(job.pk)
    finally:
        jobs.KINDS["test.count"] = original
    job.refresh_from_db()
    assert (job.state, job.attempts, job.result) == (Job.State.RUNNING, 2, None)


def test_a_child_does_not_outlive_its_killed_parent(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    program = (
        "from redvest.core import child; from tests.core.children import child_that_leaves_its_number as f\n"
        f"if __name__ == '__main__': child.run(f, {str(note)!r}, seconds=60)"
    )
    file = tmp_path / "parent.py"
    file.write_text(program)
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "DJANGO_SETTINGS_MODULE": "redvest.config.settings"}
    parent = subprocess.Popen([sys.executable, str(file)], env=environment, cwd=PROJECT)
    try:
        wait_for(lambda: note.exists() and bool(note.read_text()))
    finally:
        parent.kill()
        parent.wait()
    pid = int(note.read_text())
    wait_for(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE, 10)


def test_the_kinds_of_the_tests_are_registered() -> None:
    assert jobs.KINDS["test.count"] is kinds.count
