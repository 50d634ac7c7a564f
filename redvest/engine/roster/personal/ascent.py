"""Prices of places and a bound from them, by the volume algorithm: a step along the average of what is short or over.

Barahona and Anbil (2000), "The volume algorithm: producing primal solutions with a subgradient method". Each step
asks for everyone's relaxed roster only, some tenths of a millisecond a person. The bound is Lagrange's and holds at any
step.
"""

from math import ceil

import numpy as np

from redvest.engine.roster.columns.rows import Floats
from redvest.engine.roster.personal.everyone import Everyone

AVERAGE = 0.02
PATIENCE = 12
LEVELS = (0, 5, 10, 20, 30, 45, 60, 90, 150)
"""Prices to begin with, the same for every place."""


class Ascent:
    """The best prices so far and the bound they prove. Remembers everyone's charge for minutes and nights beside."""

    def __init__(self, everyone: Everyone) -> None:
        self.everyone = everyone
        rows = everyone.rows
        self.low, self.high = np.maximum(rows.lowest, -1e4), np.minimum(rows.highest, 1e4)
        self.rates = np.zeros((everyone.persons, 2))
        self.best = self.sharp = -np.inf
        self.work = 0.0
        self.duals = self._level()
        self.best_rates = self.rates.copy()
        self.mean: Floats | None = None
        self.pace, self.since = 0.1, 0

    @property
    def bound(self) -> int | None:
        """Whole, as all costs are. None before the first step."""
        best = max(self.best, self.sharp)
        return ceil(best - 1e-6) if np.isfinite(best) else None

    def sharpen(self) -> None:
        """Looks at the best prices once more, with the price of new posts: dearer, so only now and then."""
        limits, work = self.everyone.sharpened(self.duals, self.best_rates)
        self.work += work
        self.sharp = max(self.sharp, float(limits.sum()) - self.everyone.rows.conjugate(self.duals))

    def _level(self) -> Floats:
        cells = len(self.everyone.problem.shifts)
        tried = []
        for level in LEVELS:
            duals = np.clip(np.full(len(self.low), -float(level)), self.low, self.high)
            duals[cells:] = np.clip(0.0, self.low, self.high)[cells:]
            self.rates[:] = 0.0
            tried.append((self._evaluate(duals, 3)[0], -level, duals))
        self.rates[:] = 0.0
        best: Floats = max(tried, key=lambda found: found[:2])[2]
        return best

    def climb(self, steps: int, target: float) -> None:
        """So many steps; `target` is the cost of a roster."""
        for _ in range(steps):
            before = self.duals if self.mean is None else self.duals + self._length(target) * self.mean
            trial = np.clip(before, self.low, self.high)
            value, activity = self._evaluate(trial, 1)
            rows = self.everyone.rows
            slack = activity - rows.points[np.arange(len(rows)), rows.favoured(trial)]
            self.mean = slack if self.mean is None else AVERAGE * slack + (1 - AVERAGE) * self.mean
            if value > self.best:
                self.best, self.duals, self.since = value, trial, 0
                self.best_rates = self.rates.copy()
                if float(slack @ self.mean) > 0:
                    self.pace = min(2.0, 1.1 * self.pace)
                continue
            self.since += 1
            if self.since >= PATIENCE:
                self.pace, self.since = 0.7 * self.pace, 0

    def _length(self, target: float) -> float:
        mean = self.mean if self.mean is not None else np.ones(1)
        return self.pace * max(0.01 * abs(target), target - self.best) / max(1e-9, float(mean @ mean))

    @property
    def settled(self) -> bool:
        """Whether further steps would hardly move."""
        return self.pace < 1e-3

    def _evaluate(self, duals: Floats, rounds: int) -> tuple[float, Floats]:
        """The bound at these prices, and how often everyone's relaxed rosters hit each row."""
        limits, activity, work = self.everyone.relaxed(duals, rounds, self.rates)
        self.work += work
        return float(limits.sum()) - self.everyone.rows.conjugate(duals), activity
