"""The first half of pricing, compiled: the cheapest run of work from each day, for each length and use of what is
limited.

A run's use of limited things is packed into one number: units of time above those of as many shortest shifts, then
for up to three shifts how often each is worked.
"""

import numpy as np

from redvest.engine.roster.columns.compiled import compiled
from redvest.engine.roster.columns.rows import Flags, Floats, Ints


@compiled
def cheapest_of_families(cells: Floats, family: Ints, best: Floats, which: Ints) -> None:
    """Of each family, the cheapest shift of each day."""
    best[:] = np.inf
    which[:] = -1
    for day in range(cells.shape[0]):
        for shift in range(cells.shape[1]):
            cost = cells[day, shift]
            if cost < best[day, family[shift]]:
                best[day, family[shift]] = cost
                which[day, family[shift]] = shift


@compiled
def first_day(best: Floats, day: int, step: Ints, layer: Floats) -> None:
    """Runs of one day."""
    layer[:] = np.inf
    for k in range(len(step)):
        layer[k, step[k]] = best[day, k]


@compiled
def one_day_more(best: Floats, day: int, follows: Flags, step: Ints, layer: Floats, out: Floats) -> bool:
    """Runs made longer by a day. False if there are none."""
    found = False
    uses = layer.shape[1]
    out[:] = np.inf
    for k in range(len(step)):
        cost = best[day, k]
        if cost == np.inf:
            continue
        for before in range(len(step)):
            if not follows[before, k]:
                continue
            for use in range(uses - step[k]):
                longer = layer[before, use] + cost
                if longer < out[k, use + step[k]]:
                    out[k, use + step[k]] = longer
                    found = True
    return found


@compiled
def cheapest_runs(best: Floats, follows: Flags, step: Ints, begins: Flags, longest: int, runs: Floats) -> None:
    """Fills `runs[day, length - 1, use]`."""
    days, uses = best.shape[0], runs.shape[2]
    layer, other = np.empty((len(step), uses)), np.empty((len(step), uses))
    runs[:] = np.inf
    for day in range(days):
        first_day(best, day, step, layer)
        for length in range(1, longest + 1):
            for use in range(uses):
                for k in range(len(step)):
                    runs[day, length - 1, use] = min(runs[day, length - 1, use], layer[k, use])
            if length == longest or begins[day + length]:
                break
            if not one_day_more(best, day + length, follows, step, layer, other):
                break
            layer, other = other, layer


@compiled
def trace_run(
    best: Floats, which: Ints, follows: Flags, step: Ints, day: int, length: int, use: int, out: Ints
) -> None:
    """Writes the shifts of the cheapest run of that length and use into `out[day:day + length]`."""
    families = len(step)
    layers = np.empty((length, families, use + 1))
    first_day_within(best, day, step, layers[0])
    for more in range(1, length):
        one_day_more(best, day + more, follows, step, layers[more - 1], layers[more])
    k = int(np.argmin(layers[length - 1, :, use]))
    for more in range(length - 1, -1, -1):
        out[day + more] = which[day + more, k]
        if more == 0:
            break
        use -= step[k]
        cheapest, chosen = np.inf, -1
        for before in range(families):
            if follows[before, k] and layers[more - 1, before, use] < cheapest:
                cheapest, chosen = layers[more - 1, before, use], before
        k = chosen


@compiled
def first_day_within(best: Floats, day: int, step: Ints, layer: Floats) -> None:
    """Runs of one day, without those that use more than is asked about."""
    layer[:] = np.inf
    for k in range(len(step)):
        if step[k] < layer.shape[1]:
            layer[k, step[k]] = best[day, k]
