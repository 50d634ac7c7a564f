"""Large neighbourhood search: again and again re-solves a few people over a few days, everything else as it stands.

Shaw (1998), "Using constraint programming and local search methods to solve vehicle routing problems".
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable

from redvest.engine.result import Progress, Result, Status
from redvest.engine.roster.bound import relaxation_bound
from redvest.engine.roster.check import Report, check
from redvest.engine.roster.cut import cut, join, within
from redvest.engine.roster.model import RosterModel
from redvest.engine.roster.problem import Problem, Roster
from redvest.engine.roster.violation import Violation

OnProgress = Callable[[float, int, int | None, Roster], None]
WINDOWS = (1, 2, 3, 5, 7, 14)
SMALLEST, LARGEST = 200, 6000
"""Cells (people x shifts) of a neighbourhood: it grows while it is solved to the end and shrinks when it is not."""
SMALL = 1500
"""Cells of a problem that is solved as a whole."""
LARGEST_RELAXATION = 60_000
"""Cells up to which the linear relaxation is worth its time."""
STEP = 1.0
"""Seconds for one neighbourhood."""
WORK_PER_SECOND = 0.5
"""A search with one worker is limited by CP-SAT's own measure of work: so much for each second asked for. It is set
so low that a machine reaches it before the clock ends the search, unless it is slow or busy."""
BUILD_WORK = 1 / 10_000
"""What building the model of one cell counts for in that measure."""


class Search:
    """The state of a search: the best roster so far, the best bound, the time, and who wants to hear of progress."""

    def __init__(
        self,
        problem: Problem,
        seconds: float,
        seed: int,
        workers: int,
        on_progress: OnProgress | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> None:
        self.problem = problem
        self.seed = seed
        self.workers = workers
        self.on_progress = on_progress
        self.should_stop = should_stop
        self.began = time.monotonic()
        self.until = self.began + seconds
        self.work_left = seconds * WORK_PER_SECOND
        self.limit = seconds
        self.dice = random.Random(seed)
        self.best: Roster = frozenset()
        self.report: Report | None = None
        self.bound: int | None = None
        self.found_bound: int | None = None  # what `bound_aside` has found, to be taken by the search itself
        self.log: list[Progress] = []
        self.notes: list[str] = []

    @property
    def cost(self) -> int:
        if self.report is None:
            raise RuntimeError("nothing was found yet")
        return self.report.cost

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds to the end, as a limit for a solver."""
        return max(0.05, self.until - time.monotonic())

    @property
    def over(self) -> bool:
        """Whether to stop: proven best, out of time, or asked to. One worker goes by work done, not by the clock."""
        if self.bound is not None and self.bound >= self.cost:
            return True
        if self.should_stop is not None and self.should_stop():
            return True
        return time.monotonic() >= self.until or (self.workers == 1 and self.work_left <= 0)

    def offer(self, roster: Roster) -> bool:
        """Takes the roster if the checker finds it whole and not worse. True if it is better."""
        report = check(self.problem, roster)
        if report.hard:
            raise AssertionError(f"the search made a roster that breaks a rule: {report.hard[0]}")
        if self.report is not None and report.cost > self.cost:
            return False
        better = self.report is None or report.cost < self.cost
        self.best, self.report = roster, report
        if better:
            self._tell()
        return better

    def offer_if_whole(self, roster: Roster) -> bool:
        """The same for a roster that may break a rule: False if it does."""
        if check(self.problem, roster).hard:
            return False
        self.offer(roster)
        return True

    def raise_bound(self, bound: int) -> None:
        """Takes a proven bound if it says more than the last. One above the cost cannot be right and is never told."""
        if bound <= self.cost and (self.bound is None or bound > self.bound):
            self.bound = bound
            self._tell()

    @property
    def is_small(self) -> bool:
        """Whether the whole problem goes into one model that is likely to be solved to the end."""
        return len(self.problem.people) * len(self.problem.shifts) <= SMALL

    def whole(self) -> None:
        """Solves the whole problem as one model, to a proof if time allows."""
        if self.over:
            return
        model = RosterModel(self.problem)
        model.start_from(self.best)
        outcome = model.solve(
            self.left,
            self.seed,
            self.workers,
            work=self.work_left if self.workers == 1 else None,
            on_answer=lambda roster: self.offer(roster),
            should_stop=self.should_stop,
        )
        if outcome.roster is not None:
            self.offer(outcome.roster)
        if outcome.bound is not None:
            self.raise_bound(outcome.bound)

    def bound_aside(self) -> None:
        """Starts on the bound of the linear relaxation: beside the search, or before it where there is one worker."""
        if len(self.problem.people) * len(self.problem.shifts) > LARGEST_RELAXATION or self.over:
            return
        if self.workers == 1:
            self.work_left *= 2 / 3
            self._relax(self.limit / 3)
            return
        threading.Thread(target=self._relax, args=(0.85 * self.limit,), daemon=True).start()

    def _relax(self, seconds: float) -> None:
        found = relaxation_bound(RosterModel(self.problem).model, seconds)
        if found is not None:
            self.found_bound = found

    def improve(self, until: Callable[[], bool] = lambda: False) -> None:
        """Re-solves one neighbourhood after the other until the search is over, or until it is told."""
        size = 500
        while not self.over and not until():
            part = self._neighbourhood(size)
            solved = self._solve(part)
            size = min(LARGEST, size * 11 // 10) if solved else max(SMALLEST, size * 9 // 10)
            if self.found_bound is not None:
                self.raise_bound(self.found_bound)

    def result(self, proven: bool = False) -> Result[Roster, Violation]:
        """What was found, with every gap that is left."""
        report = self.report
        if report is None:
            return Result(Status.NO_ANSWER, None, None, self.bound, self.seconds, self.seed)
        proven = proven or self.bound == report.cost
        return Result(
            Status.OPTIMAL if proven else Status.FEASIBLE,
            self.best,
            report.cost,
            self.bound,
            self.seconds,
            self.seed,
            report.gaps,
            tuple(self.log),
            tuple(self.notes),
        )

    def _tell(self) -> None:
        self.log.append(Progress(self.seconds, self.cost, self.bound))
        if self.on_progress is not None:
            self.on_progress(self.seconds, self.cost, self.bound, self.best)

    def _solve(self, part: Problem) -> bool:
        """Improves one part. True if it was solved to the end."""
        model = RosterModel(part)
        model.start_from(within(self.best, part))
        one = self.workers == 1
        outcome = model.solve(
            self.left if one else min(self.left, STEP),
            self.dice.randrange(2**31),
            self.workers,
            work=STEP * WORK_PER_SECOND if one else None,
            should_stop=self.should_stop,
        )
        self.work_left -= outcome.work + BUILD_WORK * (100 + len(model.variables.takes))
        if outcome.roster is not None:
            self.offer(join(self.best, part, outcome.roster))
        return outcome.proven

    def _neighbourhood(self, size: int) -> Problem:
        """Some days around a costly shift, the people on it, and others until there are enough cells."""
        problem = self.problem
        centre = problem.shift_of[self._costly_shift()]
        length = self.dice.choice(WINDOWS)
        day = problem.day_of(centre) - self.dice.randrange(length)
        days = range(max(problem.days[0], day), min(problem.days[-1] + 1, day + length))
        shifts = sum(problem.day_of(shift) in days for shift in problem.shifts)
        there = [cell.person for cell in self.best if cell.shift == centre.id]
        others = [person.id for person in problem.people if person.id not in there]
        self.dice.shuffle(others)
        heads = max(4, size // max(1, shifts))
        people = frozenset((sorted(there) + others)[:heads])
        return cut(problem, self.best, people, days)

    def _costly_shift(self) -> str:
        """A shift drawn by what it costs; sometimes any, since cost may move."""
        if self.report is None or self.dice.random() < 0.3:
            return self.dice.choice(self.problem.shifts).id
        costs: Counter[str] = Counter()
        for finding in self.report.soft:
            for shift in finding.shifts:
                if shift in self.problem.shift_of:
                    costs[shift] += max(0, finding.cost)
        names = sorted(costs)
        return self.dice.choices(names, [costs[name] + 1 for name in names])[0] if names else self.problem.shifts[0].id
