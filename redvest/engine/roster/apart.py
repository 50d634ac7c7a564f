"""Solves a problem part by part, on as many workers as there are, joins the rosters and fits the helpers in."""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from redvest.engine.result import Progress, Result, Status
from redvest.engine.roster.bound import shift_bound
from redvest.engine.roster.check import check
from redvest.engine.roster.cut import join, within
from redvest.engine.roster.greedy import greedy
from redvest.engine.roster.problem import Assignment, Problem, Roster
from redvest.engine.roster.search import OnProgress
from redvest.engine.roster.solve import solve
from redvest.engine.roster.split import Split, split
from redvest.engine.roster.violation import Violation

FOR_HELPERS = 0.15
"""Share of the time for fitting the helpers in."""


def solve_apart(
    problem: Problem,
    place_of: Mapping[str, str],
    home_of: Mapping[str, str],
    seconds: float,
    seed: int = 0,
    workers: int = 2,
    start: Iterable[Assignment] | None = None,
    on_progress: OnProgress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Result[Roster, Violation]:
    """Like `solve`, for an area of several places. `place_of` names the place of each shift, `home_of` of each person.

    Each part gets time by its size. A bound is told only where the parts are exact: elsewhere somebody might do better
    in another place than his own.
    """
    return _Apart(split(problem, place_of, home_of), seconds, seed, workers, on_progress, should_stop).run(start)


class _Apart:
    """One run: the answers of the parts so far, and who wants to hear of progress."""

    def __init__(
        self,
        parts: Split,
        seconds: float,
        seed: int,
        workers: int,
        on_progress: OnProgress | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.parts, self.seed, self.workers = parts, seed, workers
        self.on_progress = on_progress
        self.should_stop = should_stop or (lambda: False)
        self.began = time.monotonic()
        self.seconds = seconds
        self.answers: dict[str, Roster] = {}
        self.bounds: dict[str, int | None] = {}
        self.log: list[Progress] = []
        self.shift_bound = shift_bound(parts.problem)
        self.best: Roster = frozenset()
        self.cost: int | None = None
        self.lock = Lock()

    def run(self, start: Iterable[Assignment] | None) -> Result[Roster, Violation]:
        problem = self.parts.problem
        self._tell(greedy(problem))
        if start is not None:
            self._tell(greedy(problem, start))
        sizes = {name: len(part.people) * len(part.shifts) + 1 for name, part in self.parts.parts.items()}
        for_parts = self.seconds * (1 - FOR_HELPERS if self.parts.helpers else 1) * self.workers
        each = {name: for_parts * size / sum(sizes.values()) for name, size in sizes.items()}
        with ThreadPoolExecutor(self.workers) as pool:
            list(
                pool.map(
                    lambda name: self._solve(name, each[name]), sorted(sizes, key=lambda name: (-sizes[name], name))
                )
            )
        joined = self.parts.joined(self.answers)
        self._tell(joined)
        rest = self.parts.for_helpers(joined)
        if rest is not None and not self.should_stop():
            left = max(0.1, self.seconds - (time.monotonic() - self.began))
            start = within(joined, rest)
            found = solve(rest, left, self.seed, self.workers, start=start, should_stop=self.should_stop)
            if found.best is not None:
                self._tell(join(joined, rest, found.best))
        return self._result()

    def _solve(self, name: str, seconds: float) -> None:
        """One part, with one worker: parts side by side use the others."""
        late = self.began + self.seconds - time.monotonic()
        found = solve(self.parts.parts[name], max(0.05, min(seconds, late)), self.seed, 1, should_stop=self.should_stop)
        with self.lock:
            self.answers[name] = found.best if found.best is not None else self.parts.parts[name].pinned
            self.bounds[name] = found.bound

    def _bound_below(self, cost: int) -> int | None:
        """The parts' bounds together where they are exact and all known; else each shift by itself. One above the cost
        cannot be right and is never told."""
        known = [bound for bound in self.bounds.values() if bound is not None]
        if self.parts.is_exact and len(known) == len(self.parts.parts):
            bound = sum(known)
        else:
            bound = self.shift_bound
        return bound if bound <= cost else None

    def _tell(self, roster: Roster) -> None:
        report = check(self.parts.problem, roster)
        if report.hard:
            raise AssertionError(f"joining broke a rule: {report.hard[0]}")
        if self.cost is None or report.cost < self.cost:
            self.best, self.cost = roster, report.cost
            bound = self._bound_below(report.cost)
            self.log.append(Progress(time.monotonic() - self.began, report.cost, bound))
            if self.on_progress is not None:
                self.on_progress(self.log[-1].seconds, report.cost, bound, roster)

    def _result(self) -> Result[Roster, Violation]:
        report = check(self.parts.problem, self.best)
        bound = self._bound_below(report.cost)
        status = Status.OPTIMAL if bound == report.cost else Status.FEASIBLE
        notes = (
            f"solved in {len(self.parts.parts)} parts by place, {len(self.parts.helpers)} helpers fitted in after",
        )
        seconds = time.monotonic() - self.began
        return Result(status, self.best, report.cost, bound, seconds, self.seed, report.gaps, tuple(self.log), notes)
