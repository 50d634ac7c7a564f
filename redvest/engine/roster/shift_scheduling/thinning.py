"""What is left of a roster that breaks limits, compiled: only the cheapest days of a shift, the cheapest weekends."""

import numpy as np

from redvest.engine.roster.columns.compiled import compiled
from redvest.engine.roster.columns.rows import Flags, Floats, Ints
from redvest.engine.roster.shift_scheduling.part import Grid

INF = np.inf


@compiled
def keep_cheapest_days(cells: Floats, off_ok: Flags, out: Ints, shift: int, most: int) -> None:
    """Forbids the shift but on the cheapest of the days on which it is worked."""
    paid = np.full(len(out), INF)
    for day in range(len(out)):
        if out[day] == shift:
            forced = not off_ok[day] and np.isfinite(cells[day]).sum() == 1
            paid[day] = -INF if forced else cells[day, shift]
    order = np.argsort(paid)
    for place in range(most, len(out)):
        cells[order[place], shift] = INF


@compiled
def keep_cheapest_weekends(grid: Grid, cells: Floats, off_ok: Flags, out: Ints, most: int) -> None:
    """Forbids work on weekends but on the cheapest of those that are worked."""
    days = len(out)
    weekend = np.full(days, -1)
    count = 0
    for day in range(days):
        if grid.touched[day, 0] > 0:
            same = day > 0 and not grid.begins[day] and weekend[day - 1] >= 0
            count += not same
            weekend[day] = count - 1
    paid = np.full(count, INF)
    for day in range(days):
        if weekend[day] >= 0 and out[day] >= 0:
            at = weekend[day]
            paid[at] = min(paid[at], 0.0) + (cells[day, out[day]] if off_ok[day] else -1e12)
    order = np.argsort(paid)
    closed = np.zeros(count + 1, dtype=np.bool_)
    closed[order[most:]] = True
    for day in range(days):
        if weekend[day] >= 0 and closed[weekend[day]]:
            cells[day] = INF
