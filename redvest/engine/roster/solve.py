"""Solves a roster problem: a usable roster at once, a better one every moment, a bound beside it, checked at the end."""

from collections.abc import Callable, Iterable

from redvest.engine.result import Result
from redvest.engine.roster.greedy import greedy
from redvest.engine.roster.problem import Assignment, Problem, Roster
from redvest.engine.roster.search import OnProgress, Search
from redvest.engine.roster.violation import Violation


def solve(
    problem: Problem,
    seconds: float,
    seed: int = 0,
    workers: int = 2,
    start: Iterable[Assignment] | None = None,
    on_progress: OnProgress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Result[Roster, Violation]:
    search = Search(problem, seconds, seed, workers, on_progress, should_stop)
    search.offer(greedy(problem))
    if start is not None:
        search.offer(greedy(problem, start))
    search.improve()
    return search.result()
