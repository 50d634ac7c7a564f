"""Column generation: the master sets prices, the pricing answers with better columns, until there are none.

The bound is Lagrange's: for any prices, what the cheapest columns cost less what the rows could gain. It holds
whether or not the master was solved exactly, so it may be told whenever generation stops.
"""

from dataclasses import dataclass
from math import ceil, inf

import numpy as np

from redvest.engine.roster.columns.effort import Effort
from redvest.engine.roster.columns.master import Master
from redvest.engine.roster.columns.pool import Columns, Pool
from redvest.engine.roster.columns.pricing import Fixed, Pricing, allowed
from redvest.engine.roster.columns.rows import Floats

EXACT = 1e-6
PATIENCE = 3
"""Rounds without a new column after which there are none, even if the master's answer is not exact."""
MOST_A_PERSON = 60
"""Columns a person that the master looks at before those that seem useless are left out again."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The fractional answer: some columns, a share of each, the prices, the value, and a proven bound of every roster
    that keeps to what is fixed. `closed` means that no further column can change the value much."""

    columns: Columns
    weights: Floats
    duals: Floats
    value: float
    bound: float
    closed: bool


@dataclass(frozen=True, slots=True)
class Goal:
    """When generation is good enough: `gap` between value and bound; or the bound shows that nothing below `cutoff`
    exists.

    `rounds` of pricing and `iterations` of the master in each
    are the most that is done. `whole_costs`: all costs are whole numbers, so the bound may be rounded up.
    """

    gap: float = 0.05
    cutoff: float = inf
    rounds: int = 1000
    iterations: int = 4000
    whole_costs: bool = True

    def is_hopeless(self, bound: float) -> bool:
        return (ceil(bound - EXACT) if self.whole_costs and bound < inf else bound) >= self.cutoff


def generate(
    pricing: Pricing,
    pool: Pool,
    master: Master,
    effort: Effort,
    goal: Goal = Goal(),
    fixed: Fixed | None = None,
    bound: float = -inf,
) -> Relaxation | None:
    """The fractional answer under what is fixed; every column met goes to the pool.

    None: somebody has no column, or the effort was over before everybody had one. `bound` is one already known.
    """
    return _Generation(pricing, pool, master, effort, goal, fixed, bound).run()


class _Generation:
    """One run of column generation."""

    def __init__(
        self,
        pricing: Pricing,
        pool: Pool,
        master: Master,
        effort: Effort,
        goal: Goal,
        fixed: Fixed | None,
        bound: float,
    ) -> None:
        self.pricing = pricing
        self.pool = pool
        self.master = master
        self.effort = effort
        self.goal = goal
        self.fixed = fixed
        self.bound = bound
        known = pool.columns
        self.active = known.take(allowed(known, fixed))
        self.weights: Floats | None = None

    def run(self) -> Relaxation | None:
        if not self._everybody_has_one():
            self._price(self.master.duals)
            self.weights = None
            if not self._everybody_has_one():
                return None
        tolerance, stuck = self._coarse(), 0
        for turn in range(1, self.goal.rounds + 1):
            mixture = self.master.solve(self.active, tolerance, self.effort, self.weights, self.goal.iterations)
            self.weights = mixture.weights
            before = len(self.active)
            fresh = self._price(mixture.duals)
            gap = mixture.value - self.bound
            stuck = 0 if fresh else stuck + 1
            closed = gap <= self.goal.gap or stuck >= PATIENCE
            if closed or turn == self.goal.rounds or self.goal.is_hopeless(self.bound) or self.effort.over:
                weights = np.concatenate([mixture.weights, np.zeros(len(self.active) - before)])
                return Relaxation(self.active, weights, mixture.duals, mixture.value, self.bound, closed)
            tolerance = max(0.1 * self.goal.gap, 0.1 * gap if fresh else 0.02 * gap)
            self._tidy(mixture.duals)
        return None

    def _coarse(self) -> float:
        """How inexact the first prices may be."""
        return max(self.goal.gap, 0.01 * abs(self.bound)) if self.bound > -inf else inf

    def _everybody_has_one(self) -> bool:
        return len(np.unique(self.active.person)) == self.pricing.persons

    def _price(self, duals: Floats) -> bool:
        """Asks for columns at these prices. True if some were cheaper than all that are known."""
        priced = self.pricing.price(duals, self.fixed)
        self.effort.spend(priced.work)
        self.bound = max(self.bound, float(priced.limits.sum()) - self.pricing.rows.conjugate(duals))
        self.pool.add(priced.columns)
        lowest = np.full(self.pricing.persons, inf)
        np.minimum.at(lowest, self.active.person, self.active.reduced(duals))
        cheaper = priced.columns.reduced(duals) < lowest[priced.columns.person] - EXACT
        fresh = priced.columns.take(cheaper & allowed(priced.columns, self.fixed))
        self.active = Columns.joined([self.active, fresh])
        return len(fresh) > 0

    def _padded(self) -> Floats:
        known = np.zeros(0) if self.weights is None else self.weights
        return np.concatenate([known, np.zeros(len(self.active) - len(known))])

    def _tidy(self, duals: Floats) -> None:
        """Leaves out columns that are too dear to be of use soon, when there are many."""
        self.weights = self._padded()
        if len(self.active) <= MOST_A_PERSON * self.pricing.persons:
            return
        paid = self.active.reduced(duals)
        lowest = np.full(self.pricing.persons, inf)
        np.minimum.at(lowest, self.active.person, paid)
        over = paid - lowest[self.active.person]
        dearest = np.partition(over, len(over) // 2)[len(over) // 2]
        keep = (over <= max(dearest, EXACT)) | (self.weights > EXACT)
        self.active, self.weights = self.active.take(keep), self.weights[keep]
