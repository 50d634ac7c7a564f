"""Kinds of work for the tests of jobs."""

import time
from typing import Any

from redvest.core import jobs
from redvest.core.errors import Refused
from tests.core.children import CHILDREN


@jobs.task("test.count")
def count(progress: jobs.Progress, to: int) -> dict[str, Any]:
    for number in range(to):
        progress(number, to, f"{number}")
    return {"counted": to}


@jobs.task("test.refuse")
def refuse(progress: jobs.Progress) -> None:
    raise Refused("There is nothing to count. Bring something.")


@jobs.task("test.break")
def break_down(progress: jobs.Progress) -> None:
    raise ZeroDivisionError("a secret of the inside")


@jobs.task("test.hang_once")
def hang_once(progress: jobs.Progress) -> dict[str, Any]:
    """Hangs in its first attempt, so that its worker can be killed; ends in the second."""
    while progress.job.attempts == 1:
        progress(1, 2, "hanging")
        time.sleep(0.1)
    return {"attempt": progress.job.attempts}


@jobs.task("test.in_child")
def in_child(progress: jobs.Progress, behaviour: str, seconds: float) -> dict[str, Any]:
    def heard(message: int) -> None:
        progress(message, 100)
        if message == 3:
            progress._cancelled.set()

    return {"answer": jobs.run_in_child(progress, CHILDREN[behaviour], seconds=seconds, on_message=heard)}
