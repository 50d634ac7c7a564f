"""Solves a roster problem: a usable roster at once, then better ones, a bound beside it, all checked."""

from collections.abc import Callable, Iterable

from redvest.engine.result import Result
from redvest.engine.roster.bound import shift_bound
from redvest.engine.roster.by_people import improve_by_people
from redvest.engine.roster.greedy import greedy
from redvest.engine.roster.personal.fits import misfit as why_not_by_people
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
    """The best roster found within so many seconds.

    Every better roster goes to `on_progress(seconds, cost, bound, roster)` as it is found; `should_stop()` is asked
    often. Every cost is the independent checker's. The same seed with one worker gives the same roster: the search then
    counts work instead of seconds, and the clock only ends it where the machine is too slow for that work.
    """
    search = Search(problem, seconds, seed, workers, on_progress, should_stop)
    search.offer(greedy(problem))
    if start is not None:
        search.offer(greedy(problem, start))
    search.raise_bound(shift_bound(problem))
    misfit = why_not_by_people(problem)
    if search.is_small:
        search.whole()
    elif misfit is None:
        improve_by_people(search)
    else:
        search.notes.append(f"CP-SAT alone: {misfit}")
        search.bound_aside()
        search.improve()
    return search.result()
