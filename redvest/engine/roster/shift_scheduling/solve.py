"""Solves an instance of the benchmark: a roster at once, then better ones, a proven bound beside them."""

from collections.abc import Callable

from redvest.engine.result import Result
from redvest.engine.roster.columns.effort import Effort
from redvest.engine.roster.shift_scheduling.check import Broken
from redvest.engine.roster.shift_scheduling.instance import Instance, Plan
from redvest.engine.roster.shift_scheduling.part import whole
from redvest.engine.roster.shift_scheduling.search import Search
from redvest.engine.roster.shift_scheduling.start import start
from redvest.engine.roster.shift_scheduling.state import Found, OnProgress

WORK_PER_SECOND = 0.5
"""With one worker the search is limited by counted work: so much for each second asked for. It is set so low that a
machine does it before the clock ends the search, unless it is slow or busy."""


def solve(
    instance: Instance,
    seconds: float,
    seed: int = 0,
    workers: int = 2,
    on_progress: OnProgress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Result[Plan, Broken]:
    """The best roster found within so many seconds, its cost by the checker, and a bound.

    Every better roster goes to `on_progress(seconds, cost, bound, plan)`; `should_stop()` is asked often. The same
    seed with one worker gives the same roster.
    """
    effort = Effort(seconds, seconds * WORK_PER_SECOND if workers == 1 else None, should_stop)
    part = whole(instance)
    found = Found(instance, part, effort, seed, on_progress)
    first = start(part, effort)
    if first is None:
        found.impossible = True
        return found.result()
    found.offer(first)
    if not found.over:
        Search(found, workers, seed).run()
    return found.result()
