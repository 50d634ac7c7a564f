"""The one way to hand work to the background worker: rows in the queue, committed with the change that needs them.

Procrastinate's own ``defer`` uses another connection inside a worker; work deferred there could start before the rows
it needs are committed. ``defer`` always writes through Django's connection.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

# Short work that must not wait behind a solver has a queue, and in the worker a thread, of its own.
SHORT = "short"
LONG = "long"


def defer(task: str, arguments: Iterable[Mapping[str, Any]], *, queue: str, at: datetime | None = None) -> None:
    """Queue one run of ``task`` for each of ``arguments``, not before ``at``; one insert for all of them."""
    runs = [
        Job(queue=queue, lock=None, queueing_lock=None, task_name=task, task_kwargs=dict(values), scheduled_at=at)
        for values in arguments
    ]
    if runs:
        JobManager(DjangoConnector()).batch_defer_jobs(runs)
