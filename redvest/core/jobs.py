"""Long work that somebody asked for: ``start`` it, watch its progress, cancel it, find its result again.

A kind of work is a function registered with ``@task("roster.solve")`` and called in the background worker as
``function(progress, **arguments) -> dict``. What it returns is the job's result (JSON); a ``Refused`` it raises is the
job's error, as a sentence. Heavy computing belongs into ``run_in_child``.

A running job shows a heartbeat. When a worker is killed its jobs fall silent, are found by ``recover`` and run again,
at most ``MAX_ATTEMPTS`` times; therefore a function must bear being run again. A worker that was only believed dead
finds that its attempt no longer counts, and stops.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from redvest.core import audit, child, queue
from redvest.core.errors import RedVestError, Refused
from redvest.core.models import Job

if TYPE_CHECKING:
    from redvest.people.models import Account
    from redvest.places.models import Area

__all__ = ["Cancelled", "Job", "Progress", "recover", "run", "run_in_child", "start", "task"]

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
BEAT_SECONDS = 1.0
SILENT_AFTER = timedelta(seconds=45)

Function = Callable[..., Mapping[str, Any] | None]
F_ = TypeVar("F_", bound=Function)
KINDS: dict[str, Function] = {}


class Cancelled(Exception):
    """The person cancelled the job. A function may catch it and return what it has so far."""


class _Superseded(Exception):
    """Another worker runs this job now."""


def task(kind: str) -> Callable[[F_], F_]:
    """Register a function as this kind of work. Its module must stand in the setting ``PROCRASTINATE_IMPORT_PATHS``."""

    def register(function: F_) -> F_:
        KINDS[kind] = function
        return function

    return register


def start(actor: "Account", kind: str, arguments: Mapping[str, Any] | None = None, area: "Area | None" = None) -> Job:
    """Queue work in the actor's name, with the transaction of the caller. ``arguments`` are plain JSON.

    The caller is an action: it has checked the permission and records what was asked.
    """
    if kind not in KINDS:
        raise LookupError(f"No work of the kind {kind} is registered.")
    with transaction.atomic():
        job = Job.objects.create(kind=kind, account=actor, arguments=dict(arguments or {}), area=area)
        _enqueue(job.pk)
    return job


def _enqueue(key: int) -> None:
    queue.defer("core.run_job", [{"key": key}], queue=queue.LONG)


class Progress:
    """A function's line to the person who waits: how far it is, and whether he still wants it.

    The figures are kept in memory and written by a thread of their own, together with the heartbeat: calling is free,
    and they are seen although the function's own transaction is still open.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self._figures: dict[str, Any] = {}
        self._cancelled = threading.Event()
        self._superseded = threading.Event()
        self._ended = threading.Event()
        # Inside a transaction (tests) a second connection would not see the job: then calls write themselves.
        self._writes_itself = connection.in_atomic_block
        self._thread = threading.Thread(target=self._beat, daemon=True, name=f"heartbeat of job {job.pk}")

    def __call__(self, done: int, total: int | None = None, note: object = "") -> None:
        """Say how far the work is. ``note`` is a translated sentence. Raises ``Cancelled`` when nobody wants it."""
        done = max(0, done if total is None else min(done, total))
        self._figures = {"done": done, "total": total, "note": str(note)[:300]}
        if self._writes_itself:
            self._write()
        self.check()

    def cancelled(self) -> bool:
        """Whether the person cancelled the job."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raise ``Cancelled`` if the person cancelled the job."""
        if self._superseded.is_set():
            raise _Superseded
        if self._cancelled.is_set():
            raise Cancelled

    def __enter__(self) -> "Progress":
        if not self._writes_itself:
            self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        if not self._writes_itself:
            self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._ended.wait(BEAT_SECONDS):
                try:
                    self._write()
                except Exception:  # a database that is away for a moment must not end the work
                    logger.warning("The heartbeat of job %s could not be written", self.job.pk, exc_info=True)
                    connection.close()
        finally:
            connection.close()

    def _write(self) -> None:
        rows = _mine(self.job)
        if not rows.update(heartbeat_at=timezone.now(), **self._figures):
            self._superseded.set()
        elif rows.filter(cancel_asked=True).exists():
            self._cancelled.set()


def _mine(job: Job) -> Any:
    """The job's row, as long as this attempt is the one that counts."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)


@app.task(name="core.run_job", queue=queue.LONG)
def run_job(key: int) -> None:
    """What the worker calls."""
    run(key)


def run(key: int) -> Job | None:
    """Run a queued job to its end in this process. None when it is not waiting (any more)."""
    now = timezone.now()
    waiting = Job.objects.filter(pk=key, state=Job.State.QUEUED)
    if waiting.filter(cancel_asked=True).update(state=Job.State.CANCELLED, ended_at=now):
        return None
    values = {"attempts": F("attempts") + 1, "started_at": now, "heartbeat_at": now}
    if not waiting.update(state=Job.State.RUNNING, **values):
        return None
    job = Job.objects.select_related("account", "area").get(pk=key)
    with Progress(job) as progress, audit.via("job"), translation.override(job.account.language):
        outcome = _outcome(job, progress)
    if outcome is not None:
        _mine(job).update(ended_at=timezone.now(), **outcome)
    job.refresh_from_db()
    return job


def _outcome(job: Job, progress: Progress) -> dict[str, Any] | None:
    """Call the function; the columns that say how it ended, or nothing when another worker has taken over."""
    try:
        progress.check()
        result = KINDS[job.kind](progress, **job.arguments)
    except Cancelled:
        return {"state": Job.State.CANCELLED}
    except _Superseded:
        logger.warning("Job %s is run by another worker now; this attempt ends", job.pk)
        return None
    except RedVestError as refusal:
        return {"state": Job.State.FAILED, "error": str(refusal)}
    except child.TookTooLong:
        return {"state": Job.State.FAILED, "error": _("This took too long and was stopped. Try it with less at once.")}
    except Exception:
        logger.exception("Job %s (%s) failed", job.pk, job.kind)
        sentence = _("This failed by a mistake of the program. Tell the administrator the number %(number)s.")
        return {"state": Job.State.FAILED, "error": sentence % {"number": job.pk}}
    figures = progress._figures | ({"done": job_total} if (job_total := progress._figures.get("total")) else {})
    return {"state": Job.State.DONE, "result": dict(result) if result is not None else None} | figures


def run_in_child(
    progress: Progress,
    function: Callable[..., Any],
    *arguments: Any,
    seconds: float,
    on_message: Callable[[Any], None] | None = None,
) -> Any:
    """``function(line, *arguments)`` in a process of its own; see ``core.child``. Cancel stops it.

    A child that is asked to stop (``line.stopped``) and answers within a few seconds has its answer returned; one that
    does not is killed, and ``Cancelled`` is raised.
    """
    try:
        return child.run(
            function, *arguments, seconds=seconds, on_message=on_message, should_stop=_should_stop(progress)
        )
    except child.TookTooLong:
        progress.check()
        raise


def _should_stop(progress: Progress) -> Callable[[], bool]:
    return lambda: progress.cancelled() or progress._superseded.is_set()


def ask_to_cancel(job: Job) -> None:
    """Cancel: at once when it waits, else as soon as the function looks. ``job`` is locked by the caller."""
    if job.state == Job.State.QUEUED:
        job.state, job.ended_at = Job.State.CANCELLED, timezone.now()
    elif job.state != Job.State.RUNNING:
        raise Refused(_("This job has already ended. Reload the page to see how."))
    job.cancel_asked = True
    job.save(update_fields=["state", "ended_at", "cancel_asked"])


# --- what a killed worker left behind ---------------------------------------------------------------------------------


@app.periodic(cron="* * * * *")
@app.task(name="core.recover", queue=queue.SHORT, queueing_lock="core.recover")
def recover_task(timestamp: int) -> None:
    """Once a minute, in some worker. It holds no lock: a worker killed in here must not keep the others from it."""
    recover()


def recover() -> int:
    """Queue jobs that fell silent again, or give them up after ``MAX_ATTEMPTS``; returns how many were found."""
    silent = Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=timezone.now() - SILENT_AFTER)
    found = list(silent.values_list("pk", "attempts", "account__language"))
    for key, attempts, language in found:
        with transaction.atomic():
            rows = silent.filter(pk=key, attempts=attempts)
            if attempts < MAX_ATTEMPTS:
                if rows.update(state=Job.State.QUEUED, done=0, total=None, note=""):
                    logger.warning("Job %s fell silent in attempt %s and is queued again", key, attempts)
                    _enqueue(key)
                continue
            with translation.override(language):
                error = _("The server stopped several times during this work. Ask the administrator to look at it.")
            rows.update(state=Job.State.FAILED, error=error, ended_at=timezone.now())
    _requeue_stalled()
    return len(found)


def _requeue_stalled() -> None:
    """Put back what workers now dead had taken from the queue. Whatever runs by the clock comes again by itself; what
    has killed its worker several times is left.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE procrastinate_jobs SET
                attempts = attempts + 1,
                scheduled_at = NULL,
                status = CASE WHEN attempts + 1 < %s AND queueing_lock IS NULL
                    THEN 'todo' ELSE 'failed' END::procrastinate_job_status
            WHERE id IN (
                SELECT job.id FROM procrastinate_jobs job
                LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
                WHERE job.status = 'doing'
                  AND (worker.id IS NULL OR worker.last_heartbeat < clock_timestamp() - make_interval(secs => %s))
                FOR UPDATE OF job SKIP LOCKED
            )
            """,
            [MAX_ATTEMPTS, SILENT_AFTER.total_seconds()],
        )
