"""Diving: from a fractional answer to a roster, fixing a few of the surest decisions at a time and generating columns
after each.

Joncour and others (2010), "Column generation based primal heuristics"; fixing single cells instead of whole columns
keeps the later decisions open, as in Strandmark, Qu and Curtois (2020).
"""

from dataclasses import dataclass
from random import Random

import numpy as np

from redvest.engine.roster.columns.effort import Effort
from redvest.engine.roster.columns.generate import Goal, Relaxation, generate
from redvest.engine.roster.columns.master import Master
from redvest.engine.roster.columns.pool import Columns, Pool
from redvest.engine.roster.columns.pricing import FREE, TAKES, Fixed, Pricing, nothing_fixed
from redvest.engine.roster.columns.rows import Floats, Rows

WHOLE = 0.995
ITERATIONS = 2500
"""Of the master between two fixings: prices need not be exact there."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One column for each person, in order of persons, and what all of it costs."""

    columns: Columns
    cost: float

    @classmethod
    def of(cls, rows: Rows, columns: Columns) -> "Choice":
        return cls(columns, float(columns.cost.sum()) + rows.cost(columns.activity(len(rows))))


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a dive goes: the share of open decisions fixed in a round, how sure they have to be, and how closely
    columns are generated in between. `noise` makes dives with different dice differ."""

    share: float = 0.04
    sure: float = 0.6
    gap: float = 0.5
    relative_gap: float = 0.002
    rounds: int = 8
    noise: float = 0.05


def dive(
    pricing: Pricing,
    pool: Pool,
    start: Relaxation,
    effort: Effort,
    dice: Random,
    pace: Pace = Pace(),
    cutoff: float = np.inf,
) -> Choice | None:
    """A roster near the fractional answer; None if the dive ends nowhere, or where nothing below the cutoff can be."""
    fixed = nothing_fixed(pricing)
    master = Master(pricing.rows, pricing.persons)
    master.duals = start.duals.copy()
    now: Relaxation | None = start
    gap = max(pace.gap, pace.relative_gap * abs(start.value))
    goal = Goal(gap=gap, cutoff=cutoff, rounds=pace.rounds, iterations=ITERATIONS)
    bound = start.bound
    while now is not None and not effort.over:
        chosen = _whole(now, pricing.persons)
        if chosen is not None:
            return Choice.of(pricing.rows, chosen)
        if not _fix_some(now, fixed, pricing.rows, dice, pace):
            return None
        now = generate(pricing, pool, master, effort, goal, fixed, bound)
        if now is None or goal.is_hopeless(now.bound):
            return None
        bound = now.bound
    return None


def _whole(now: Relaxation, persons: int) -> Columns | None:
    """The columns, if each person has one that is whole."""
    taken = np.flatnonzero(now.weights >= WHOLE)
    if len(taken) < persons:
        return None
    order = taken[np.argsort(now.columns.person[taken], kind="stable")]
    return now.columns.take(order.astype(np.int32))


def shares(now: Relaxation, persons: int, rows: Rows) -> Floats:
    """persons x rows: how much each person takes of each cell."""
    columns = now.columns
    at = columns.person[columns.owner].astype(np.int64) * len(rows) + columns.row
    taken = np.bincount(at, columns.factor * now.weights[columns.owner], minlength=persons * len(rows))
    return np.asarray(taken.reshape(persons, len(rows)) * rows.is_cell)


def _fix_some(now: Relaxation, fixed: Fixed, rows: Rows, dice: Random, pace: Pace) -> bool:
    """Fixes the largest fractional cells; False if there is nothing to fix."""
    taken = shares(now, len(fixed), rows)
    open_cells = (taken > 1 - WHOLE) & (taken < WHOLE) & (fixed == FREE)
    candidates = np.flatnonzero(open_cells)
    if len(candidates) == 0:
        return False
    noise = np.array([dice.random() for _ in range(len(candidates))]) * pace.noise
    worth = taken.ravel()[candidates] + noise
    order = candidates[np.argsort(-worth, kind="stable")]
    most = max(1, int(pace.share * taken.sum()))
    sure = order[taken.ravel()[order] >= pace.sure][:most]
    fixed.ravel()[sure if len(sure) else order[:1]] = TAKES
    return True
