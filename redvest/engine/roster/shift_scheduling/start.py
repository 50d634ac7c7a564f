"""A first roster: one person after the other gets the cheapest roster for what is still missing."""

import numpy as np

from redvest.engine.roster.columns.effort import Effort
from redvest.engine.roster.columns.rows import Floats, Rows
from redvest.engine.roster.shift_scheduling.part import Grid, Part, Shifts
from redvest.engine.roster.shift_scheduling.pricing import PartPricing


def start(whole: Part, effort: Effort) -> Shifts | None:
    """A roster that keeps every hard rule; None if somebody has none, so that the instance has no answer.

    Who can do little comes first. It is not stopped half-way: without everybody there is no answer at all.
    """
    grid = whole.grid
    plan = np.full(grid.base.shape[:2], -1, dtype=np.int16)
    activity = np.zeros(len(whole.rows))
    room = np.isfinite(grid.base).any(axis=1).sum(axis=1)
    for person in np.argsort(room, kind="stable").astype(np.int32):
        one = Part(only(grid, int(person)), whole.rows, whole.people[person : person + 1], whole.days)
        alone = PartPricing(one, enough=np.inf)
        priced = alone.price(next_costs(whole.rows, activity))
        effort.spend(priced.work)
        if len(priced.columns) == 0:
            return None
        plan[person] = alone.found[0]
        activity += priced.columns.activity(len(whole.rows))
    return plan


def next_costs(rows: Rows, activity: Floats) -> Floats:
    """What one more hit of each row costs."""
    after = (activity[:, None] >= rows.points).sum(axis=1)
    return np.asarray(rows.slopes[np.arange(len(rows)), after])


def only(grid: Grid, person: int) -> Grid:
    """The grid of one person alone."""
    one = slice(person, person + 1)
    return grid._replace(
        base=grid.base[one], off_ok=grid.off_ok[one], low=grid.low[one], high=grid.high[one], min_run=grid.min_run[one],
        max_run=grid.max_run[one], min_off=grid.min_off[one], weekends=grid.weekends[one], most=grid.most[one],
    )  # fmt: skip
