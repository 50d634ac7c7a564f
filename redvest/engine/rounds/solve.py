"""Solves a rounds problem: a usable plan at once, then PyVRP, then ruin and recreate; every plan is checked."""

import time
from collections.abc import Callable
from dataclasses import replace

from redvest.engine.result import Progress, Result, Status
from redvest.engine.rounds.check import check
from redvest.engine.rounds.explain import unserved
from redvest.engine.rounds.finding import Unserved
from redvest.engine.rounds.greedy import greedy, laid
from redvest.engine.rounds.ground import Ground, Trips
from redvest.engine.rounds.insertion import Desk
from redvest.engine.rounds.model import RoundsModel
from redvest.engine.rounds.polish import polish
from redvest.engine.rounds.problem import HOUR, Plan, Problem

OnProgress = Callable[[float, int, int | None, Plan], None]
SHARE = 0.25
"""The part of the time that PyVRP has; the rest is for what it cannot see."""
CELLS = 900_000
"""Ways (doors times doors times pairs) up to which PyVRP can start in time, for each second allowed."""
PAUSE = 0.1
"""Seconds between two plans that are told of."""
STEPS = 20
"""PyVRP's iterations for one step of ruin and recreate, where iterations are counted."""


def solve(
    problem: Problem,
    seconds: float,
    seed: int = 0,
    iterations: int | None = None,
    start: Plan | None = None,
    on_progress: OnProgress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Result[Plan, Unserved]:
    """The best plan found within so many seconds. There is no bound, except where there is nothing to plan.

    Every better plan goes to `on_progress(seconds, cost, None, plan)`; `should_stop()` is asked often. Every cost is
    the independent checker's. With `iterations` the search counts those instead of seconds, and the same seed gives
    the same plan, unless the clock ends it first.
    """
    if not (problem.pairs and problem.stops):
        nothing = check(problem, ())
        reasons = unserved(problem, ())
        return Result(Status.OPTIMAL, (), nothing.cost, nothing.cost, 0.0, seed, reasons)
    search = _Search(problem, seconds, seed, iterations, on_progress, should_stop)
    search.begin(start)
    search.route()
    search.polish()
    return search.result()


def with_fair_shares(problem: Problem, slack: float = 1.1) -> Problem:
    """The problem with a fair share for each pair: the work of a first plan, spread by the length of their shifts."""
    if not (problem.pairs and problem.stops):
        return problem
    report = check(problem, greedy(problem))
    work = sum(walk.back - walk.begin for walk in report.walks)
    whole = sum(pair.end - pair.start for pair in problem.pairs)
    pairs = [replace(p, fair=max(HOUR // 2, round(slack * work * (p.end - p.start) / whole))) for p in problem.pairs]
    return replace(problem, pairs=tuple(pairs))


class _Search:
    """The state of a search: the best desk so far, the time, and who wants to hear of progress."""

    def __init__(
        self,
        problem: Problem,
        seconds: float,
        seed: int,
        iterations: int | None,
        on_progress: OnProgress | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.problem, self.seed, self.iterations = problem, seed, iterations
        self.on_progress, self.should_stop = on_progress, should_stop
        self.began = time.monotonic()
        self.limit = seconds
        self.ground = Ground(problem)
        self.best: Desk | None = None
        self.log: list[Progress] = []

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def over(self, share: float = 1.0) -> bool:
        return self.seconds >= share * self.limit or (self.should_stop is not None and self.should_stop())

    def offer(self, desk: Desk) -> None:
        """Takes a desk that is better. The checker must agree that it is whole, and on what it costs."""
        if self.best is not None and desk.cost >= self.best.cost:
            return
        plan = self.ground.plan(desk.rounds)
        report = check(self.problem, plan)
        if report.hard or report.cost != desk.cost:
            raise AssertionError(f"the search and the checker differ: {desk.cost}, {report.cost}, {report.hard[:1]}")
        self.best = desk
        self.log.append(Progress(self.seconds, report.cost, None))
        if self.on_progress is not None:
            self.on_progress(self.seconds, report.cost, None, plan)

    def begin(self, start: Plan | None) -> None:
        """A first plan, and one that keeps what it can of `start` or of what is published."""
        self.offer(laid(self.ground))
        kept = start or self.problem.published
        if kept:
            self.offer(laid(self.ground, kept))

    def route(self) -> None:
        """PyVRP, from the best plan."""
        cells = len(self.problem.pairs) * self.ground.count**2
        if self.best is None or self.over(SHARE) or self.iterations == 0 or cells > CELLS * self.limit:
            return
        model = RoundsModel(self.ground)
        found = model.solve(self.best.rounds, self.seed, self._enough, self._heard)
        self._heard(found)

    def _enough(self, iterations: int) -> bool:
        return self.over(SHARE) or (self.iterations is not None and iterations >= self.iterations)

    def _heard(self, rounds: list[Trips]) -> None:
        desk = Desk(self.ground)
        desk.adopt(rounds)
        desk.complete()
        self.offer(desk)

    def polish(self) -> None:
        """Ruin and recreate on the exact cost."""
        if self.best is not None and not self.over():
            steps = None if self.iterations is None else self.iterations // STEPS
            self.offer(polish(self.best, self.seed, self.over, steps, self._told))

    def _told(self, desk: Desk) -> None:
        """Passes a better plan on, but not each of many in a row, as each is checked. What `polish` returns counts."""
        if self.seconds - self.log[-1].seconds >= PAUSE:
            self.offer(desk)

    def result(self) -> Result[Plan, Unserved]:
        """The best plan, with the reason for every stop that is left out."""
        if self.best is None:
            return Result(Status.NO_ANSWER, None, None, None, self.seconds, self.seed)
        plan = self.ground.plan(self.best.rounds)
        cost, reasons = self.best.cost, unserved(self.problem, plan)
        return Result(Status.FEASIBLE, plan, cost, None, self.seconds, self.seed, reasons, tuple(self.log))
