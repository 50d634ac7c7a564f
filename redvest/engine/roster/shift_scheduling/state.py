"""What a search has found so far, shared by its workers: the best roster, the proven bound, and the story of both."""

import threading
import time
from collections.abc import Callable
from math import ceil

import numpy as np

from redvest.engine.result import Progress, Result, Status
from redvest.engine.roster.columns.effort import Effort
from redvest.engine.roster.columns.rows import Ints
from redvest.engine.roster.shift_scheduling.check import Broken, check
from redvest.engine.roster.shift_scheduling.cut import activity
from redvest.engine.roster.shift_scheduling.instance import Instance, Plan
from redvest.engine.roster.shift_scheduling.part import OFF, Part, Shifts, constant

OnProgress = Callable[[float, int, int | None, Plan], None]
TELL_EVERY = 0.5
"""Seconds between two looks of the checker at a roster that gets better quickly."""
EXACT = 1e-6


class Found:
    """The best roster of an instance. Its workers hand in rosters; the checker has the last word on each that is
    told."""

    def __init__(
        self, instance: Instance, whole: Part, effort: Effort, seed: int, on_progress: OnProgress | None = None
    ) -> None:
        self.instance = instance
        self.whole = whole
        self.effort = effort
        self.seed = seed
        self.on_progress = on_progress
        self.began = time.monotonic()
        self.plan: Shifts | None = None
        self.cost = np.inf
        self.bound = 0  # no cost is negative, but where a weight is; see `constant`
        self.version = 0
        self.changed_in = np.zeros(len(instance.people), dtype=np.int64)
        self.impossible = False
        self._told: Result[Plan, Broken] | None = None
        self._log: list[Progress] = []
        self._last_told = -np.inf
        self._lock = threading.RLock()
        self._constant = constant(instance)

    @property
    def over(self) -> bool:
        """Whether to stop: proven best, out of time, or asked to."""
        return self.is_proven or self.effort.over

    @property
    def is_proven(self) -> bool:
        return self.impossible or self.cost <= self.bound + EXACT

    def cost_of(self, plan: Shifts) -> float:
        """The cost of a roster, by the solver's own arrays."""
        grid = self.whole.grid
        who, day = np.nonzero(plan != OFF)
        own = float(grid.base[who, day, plan[who, day]].sum())
        return self._constant + own + self.whole.rows.cost(activity(plan, grid.base.shape[2]).astype(np.float64))

    def offer(self, plan: Shifts, people: Ints | None = None, since: int | None = None) -> float:
        """Takes a roster if it is better; how much better it is (0 if not).

        A worker that changed only some people says whom, and the version it started from: the others stay as they are
        now. If one of these people was changed meanwhile, the roster is not taken.
        """
        with self._lock:
            if people is not None and since is not None and self.plan is not None:
                if (self.changed_in[people] > since).any():
                    return 0.0
                others = self.plan.copy()
                others[people] = plan[people]
                plan = others
            cost = self.cost_of(plan)
            if cost > self.cost - EXACT:
                return 0.0
            gain = self.cost - cost
            self.version += 1
            self.changed_in[:] = np.where(
                self.plan is None or (plan != self.plan).any(axis=1), self.version, self.changed_in
            )
            self.plan, self.cost = plan, cost
            if time.monotonic() > self._last_told + TELL_EVERY or self.is_proven:
                self.tell()
            return gain

    def raise_bound(self, bound: float) -> None:
        """Takes a proven bound (of the whole, own costs only) if it says more than the last."""
        with self._lock:
            known = ceil(bound + self._constant - EXACT)
            if known > self.bound:
                self.bound = known
                if self.plan is not None and known > self.cost + EXACT:
                    raise AssertionError(f"bound {known} is above the cost {self.cost} of a roster")
                self.tell()

    def snapshot(self) -> tuple[Shifts, float, int]:
        """The best roster, its cost and its version."""
        with self._lock:
            if self.plan is None:
                raise RuntimeError("nothing was found yet")
            return self.plan, self.cost, self.version

    def tell(self) -> None:
        """Has the best roster checked, and tells whoever wants to know."""
        with self._lock:
            if self.plan is None:
                return
            names = [shift.id for shift in self.instance.shifts]
            plan = {
                person.id: tuple(names[shift] if shift != OFF else None for shift in shifts)
                for person, shifts in zip(self.instance.people, self.plan.tolist(), strict=True)
            }
            report = check(self.instance, plan)
            if report.broken:
                raise AssertionError(f"the search made a roster that breaks a rule: {report.broken[0]}")
            if abs(report.cost - self.cost) > 1e-3:
                raise AssertionError(f"the search counts {self.cost}, the checker {report.cost}")
            self._last_told = time.monotonic()
            seconds = self._last_told - self.began
            step = Progress(seconds, report.cost, self.bound)
            if not self._log or (self._log[-1].cost, self._log[-1].bound) != (step.cost, step.bound):
                self._log.append(step)
                if self.on_progress is not None:
                    self.on_progress(seconds, report.cost, self.bound, plan)
            status = Status.OPTIMAL if self.is_proven else Status.FEASIBLE
            log = tuple(self._log)
            self._told = Result(status, plan, report.cost, self.bound, seconds, self.seed, (), log)

    def result(self) -> Result[Plan, Broken]:
        """The best roster as the checker saw it."""
        self.tell()
        told, seconds = self._told, time.monotonic() - self.began
        if told is None:
            status = Status.INFEASIBLE if self.impossible else Status.NO_ANSWER
            return Result(status, None, None, None, seconds, self.seed)
        return Result(told.status, told.best, told.cost, told.bound, seconds, self.seed, (), told.log)
