"""The master problem: how much of each column, at what price each row, for the columns known so far."""

from dataclasses import dataclass

import numpy as np

from redvest.engine.roster.columns.effort import Effort
from redvest.engine.roster.columns.pool import Columns
from redvest.engine.roster.columns.rows import Floats, Ints, Rows

WORK = 1.2e-9
"""Work of one hit in one iteration of the first-order method."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """An answer of the master: a share of each column, and prices. `value - bound` is how inexact it is."""

    weights: Floats
    duals: Floats
    value: float
    bound: float


class Master:
    """Solves the same rows again and again with other columns; remembers prices from one time to the next."""

    def __init__(self, rows: Rows, persons: int) -> None:
        self.rows = rows
        self.persons = persons
        self.duals = np.clip(np.zeros(len(rows)), rows.lowest, rows.highest)
        self.balance = 0.0

    def solve(
        self, columns: Columns, tolerance: float, effort: Effort, weights: Floats | None = None, iterations: int = 4000
    ) -> Mixture:
        """Weights and prices within the tolerance, or as near as so many iterations get.

        Every person needs at least one column; rows with hard ends are solved by the simplex method.
        """
        if self.rows.has_hard_ends:
            from redvest.engine.roster.columns.simplex import relax

            return relax(self.rows, self.persons, columns, effort)
        return self._descend(columns, tolerance, effort, weights, iterations)

    def _descend(
        self, columns: Columns, tolerance: float, effort: Effort, weights: Floats | None, iterations: int
    ) -> Mixture:
        from redvest.engine.roster.columns.first_order import Hits, Slopes, descend

        order = np.argsort(columns.person, kind="stable").astype(np.int32)
        ours = columns.take(order)
        first = np.searchsorted(ours.person, np.arange(self.persons + 1)).astype(np.int32)
        shares = _even(first, len(ours)) if weights is None else weights[order].copy()
        duals = self.rows.clipped(self.duals)
        if self.balance == 0.0:
            spread = np.minimum(self.rows.highest - self.rows.lowest, 1e6)
            self.balance = float(max(1e-3, np.sqrt((spread**2).sum()) / 4 / np.sqrt(self.persons)))
        hits = Hits(first, ours.cost, ours.start, ours.row, ours.factor)
        slopes = Slopes(self.rows.points, self.rows.slopes, self.rows.at_first)
        value, bound, self.balance, done = descend(hits, slopes, shares, duals, self.balance, tolerance, iterations)
        effort.spend(WORK * (done + 20) * (len(ours.row) + 4 * len(ours) + 4 * len(self.rows)))
        self.duals = duals
        back = np.empty_like(shares)
        back[order] = shares
        return Mixture(back, duals.copy(), float(value), float(bound))


def _even(first: Ints, columns: int) -> Floats:
    """Equal shares of each person's columns."""
    counts = np.diff(first)
    return np.repeat(1.0 / np.maximum(counts, 1), counts)[:columns]
