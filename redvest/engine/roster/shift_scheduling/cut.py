"""A part of an instance: some people on some days are free, all else stays as a given roster has it.

The free days keep fixed days around them, long enough to show every run that touches a free day; what people use up
further away is taken off their limits. Stretches lie on whole weeks, so that no weekend is torn. So a part is again a
problem of the same kind.
"""

import numpy as np

from redvest.engine.roster.columns.rows import Flags, Ints, Rows
from redvest.engine.roster.shift_scheduling.instance import DAYS_A_WEEK, SATURDAY
from redvest.engine.roster.shift_scheduling.part import OFF, Grid, Part, Shifts, touched_weekends


def cut(whole: Part, plan: Shifts, people: Ints, free: Flags) -> Part:
    """The part in which these people's free days are open. `people` rises; `plan` is people x days of the whole."""
    grid = whole.grid
    around = int(max(np.max(grid.max_run[people]) + 1, np.max(grid.min_off[people])))
    days = visible(free, around)
    open_days = free[days]
    theirs = plan[people]
    base, off_ok = _fixed_around(grid, theirs[:, days], people, days, open_days)
    outside = np.ones(len(free), dtype=np.bool_)
    outside[days] = False
    far = np.where(outside, theirs, OFF)
    counts = _counts(far, grid.base.shape[2])
    time = grid.shortest + grid.extra[grid.family]
    used = counts @ time
    begins = np.concatenate([[True], np.diff(days) > 1, [True]])
    row = np.full((len(days), grid.base.shape[2]), -1, dtype=np.int32)
    row[open_days] = np.arange(open_days.sum() * row.shape[1], dtype=np.int32).reshape(-1, row.shape[1])
    part = Grid(
        base=base,
        off_ok=off_ok,
        begins=begins,
        touched=touched_weekends(days, max(1, min(int(grid.max_run[people].max()), len(days)))),
        family=grid.family,
        follows=grid.follows,
        extra=grid.extra,
        shortest=grid.shortest,
        low=np.maximum(0, grid.low[people] - used).astype(np.int32),
        high=(grid.high[people] - used).astype(np.int32),
        min_run=grid.min_run[people],
        max_run=np.minimum(grid.max_run[people], len(days)).astype(np.int32),
        min_off=grid.min_off[people],
        weekends=(grid.weekends[people] - _weekends(far)).astype(np.int32),
        most=np.maximum(0, grid.most[people] - counts).astype(np.int32),
        row=row,
    )
    return Part(part, _left_rows(whole, plan, people, days[open_days]), people, days)


def merged(plan: Shifts, part: Part, theirs: Shifts) -> Shifts:
    """The plan with the part's people as they are in `theirs` (people x days of the part) on its free days."""
    free = part.free_days
    out = plan.copy()
    out[np.ix_(part.people, part.days[free])] = theirs[:, free]
    return out


def visible(free: Flags, around: int) -> Ints:
    """The free days and so many around them, filled up to whole weeks."""
    shown = np.zeros(len(free), dtype=np.bool_)
    for day in np.flatnonzero(free):
        first = max(0, int(day) - around) // DAYS_A_WEEK * DAYS_A_WEEK
        shown[first : (int(day) + around) // DAYS_A_WEEK * DAYS_A_WEEK + DAYS_A_WEEK] = True
    return np.flatnonzero(shown).astype(np.int32)


def _fixed_around(grid: Grid, theirs: Shifts, people: Ints, days: Ints, open_days: Flags) -> "tuple[np.ndarray, Flags]":
    """Costs and days off as in the whole on free days; on the others only what the plan has, for nothing."""
    base = grid.base[np.ix_(people, days)]
    off_ok = grid.off_ok[np.ix_(people, days)]
    fixed = np.flatnonzero(~open_days)
    base[:, fixed] = np.inf
    who, at = np.nonzero(theirs[:, fixed] != OFF)
    base[who, fixed[at], theirs[who, fixed[at]]] = 0.0
    off_ok[:, fixed] = theirs[:, fixed] == OFF
    return base, off_ok


def _counts(theirs: Shifts, shifts: int) -> Ints:
    """people x shifts: how often each is worked."""
    who, day = np.nonzero(theirs != OFF)
    counts = np.bincount(who * shifts + theirs[who, day], minlength=len(theirs) * shifts)
    return counts.reshape(len(theirs), shifts).astype(np.int32)


def _weekends(theirs: Shifts) -> Ints:
    """How many weekends each person works."""
    who, day = np.nonzero(theirs != OFF)
    at_weekend = day % DAYS_A_WEEK >= SATURDAY
    pairs = np.unique(np.stack([who[at_weekend], day[at_weekend] // DAYS_A_WEEK]), axis=1)
    return np.bincount(pairs[0], minlength=len(theirs)).astype(np.int32)


def activity(plan: Shifts, shifts: int) -> Ints:
    """days x shifts: how many people work there."""
    who, day = np.nonzero(plan != OFF)
    return np.bincount(day * shifts + plan[who, day], minlength=plan.shape[1] * shifts).astype(np.int32)


def _left_rows(whole: Part, plan: Shifts, people: Ints, days: Ints) -> Rows:
    """The rows of the free days, with the others' presence taken off their points."""
    shifts = whole.grid.base.shape[2]
    others = np.delete(plan[:, days], people, axis=0)
    rows = whole.grid.row[days].ravel()
    kept = whole.rows
    present = activity(others, shifts).astype(np.float64)
    return Rows(kept.points[rows] - present[:, None], kept.slopes[rows], kept.at_first[rows], kept.is_cell[rows])
