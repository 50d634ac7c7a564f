"""Pricing, compiled: for each person the cheapest roster at given prices, exactly where few limits bind, else by
multipliers.

Time and weekends are always exact. How often a shift may be worked is not looked at first; a limit that the answer
breaks is then counted exactly if it is small, else it gets a price of its own that rises until it holds. The price
makes the proven limit of reduced cost a Lagrangian bound. Righini and Salani (2008), "New dynamic programming
algorithms for the resource constrained elementary shortest path problem", on counting only what is broken.
"""

import numpy as np

from redvest.engine.roster.columns.compiled import compiled
from redvest.engine.roster.columns.rows import Flags, Floats, Ints
from redvest.engine.roster.shift_scheduling.chain import Limits, chain, trace
from redvest.engine.roster.shift_scheduling.part import Grid
from redvest.engine.roster.shift_scheduling.runs import cheapest_of_families, cheapest_runs, trace_run
from redvest.engine.roster.shift_scheduling.thinning import keep_cheapest_days, keep_cheapest_weekends

COUNTED = 3
"""Shifts of one person that can be counted exactly at the same time."""
LARGEST = 3_000_000
"""States up to which one more shift is counted exactly."""
SMALL = 5
"""Limits up to which a shift is counted as soon as its limit is broken."""
PATIENCE = 4
"""Times that a price may leave a gap before the shift is counted, however high its limit."""
TRIES, TRIES_WITH_TOLL = 10, 3
INF = np.inf


@compiled
def cells_of(grid: Grid, person: int, duals: Floats, fixed: "np.ndarray", cells: Floats, off_ok: Flags) -> None:
    """The person's cost of each cell at these prices, infinite where it is forbidden by what is fixed."""
    days, shifts = cells.shape
    off_ok[:] = grid.off_ok[person]
    for day in range(days):
        taken = -1
        for shift in range(shifts):
            cells[day, shift] = grid.base[person, day, shift]
            row = grid.row[day, shift]
            if row >= 0:
                cells[day, shift] += duals[row]
                if fixed[person, row] < 0:
                    cells[day, shift] = INF
                elif fixed[person, row] > 0:
                    taken = shift
        if taken >= 0:
            off_ok[day] = False
            for shift in range(shifts):
                if shift != taken:
                    cells[day, shift] = INF


@compiled
def split_families(grid: Grid, counted: Ints, spread: int, width: int) -> tuple[Ints, Flags, Ints]:
    """Families in which each counted shift is one of its own, with what a day of each uses (packed)."""
    families = len(grid.extra)
    more = 0
    for t in range(COUNTED):
        more += counted[t] >= 0
    family = grid.family.copy()
    origin = np.arange(families + more)
    step = np.zeros(families + more, dtype=np.int32)
    step[:families] = grid.extra
    place = spread
    for t in range(COUNTED):
        if counted[t] >= 0:
            own = families + t
            origin[own] = grid.family[counted[t]]
            family[counted[t]] = own
            step[own] = grid.extra[origin[own]] + place
        place *= width
    follows = np.empty((families + more, families + more), dtype=np.bool_)
    for a in range(families + more):
        for b in range(families + more):
            follows[a, b] = grid.follows[origin[a], origin[b]]
    return family, follows, step


@compiled
def limits_of(grid: Grid, person: int, counted: Ints, toll: float, spread: int, width: int) -> Limits:
    counts = np.zeros(COUNTED, dtype=np.int32)
    for t in range(COUNTED):
        if counted[t] >= 0:
            counts[t] = grid.most[person, counted[t]]
    weekends = 0
    for day in range(len(grid.begins) - 1):
        weekends += grid.touched[day, 0]
    return Limits(
        grid.min_run[person], grid.max_run[person], grid.min_off[person], grid.low[person], grid.high[person],
        grid.weekends[person] if toll < 0.0 and grid.weekends[person] < weekends else -1,
        counts, grid.shortest, spread, width,
    )  # fmt: skip


@compiled
def cheapest_roster(
    grid: Grid, person: int, cells: Floats, off_ok: Flags, counted: Ints, toll: float, memory: Floats, out: Ints
) -> tuple[float, float, Floats]:
    """The cheapest roster within all rules but the limits of shifts that are not counted: (cost, work, memory).

    A toll (0 or more) is paid for each weekend instead of keeping to the limit of weekends.
    `memory` is scratch; it is handed back, larger where it had to grow.
    """
    days = cells.shape[0]
    tracked = 0
    for t in range(COUNTED):
        tracked += counted[t] >= 0
    longest = grid.max_run[person]
    spread, width = int(grid.extra.max()) * longest + 1, longest + 1
    family, follows, step = split_families(grid, counted, spread, width)
    limits = limits_of(grid, person, counted, toll, spread, width)
    best = np.empty((days, len(step)))
    which = np.empty((days, len(step)), dtype=np.int32)
    cheapest_of_families(cells, family, best, which)
    runs = np.empty((days, longest, spread * width**tracked))
    cheapest_runs(best, follows, step, grid.begins, longest, runs)
    if toll > 0.0:
        for length in range(longest):
            for day in range(days):
                runs[day, length] += toll * grid.touched[day, length]
    weeks, times = max(limits.weekends, 0) + 1, limits.high + 1
    combinations = (limits.counts[0] + 1) * (limits.counts[1] + 1) * (limits.counts[2] + 1)
    size = (days + 1) * weeks * combinations * times
    if len(memory) < 2 * size:
        memory = np.empty(2 * size)
    ended = memory[:size].reshape(days + 1, weeks, combinations, times)
    rested = memory[size : 2 * size].reshape(days + 1, weeks, combinations, times)
    steps = chain(runs, grid.begins, off_ok, grid.touched, limits, ended, rested)
    done = steps * runs.shape[2] * weeks * combinations * times * 6e-10 + runs.size * len(step) ** 2 * 1e-9
    cost, end = cheapest_end(rested[days], limits.low)
    if cost < INF:
        found = np.empty((days + 1, 3), dtype=np.int32)
        count = trace(runs, grid.begins, off_ok, grid.touched, limits, ended, rested, end, found)
        out[:] = -1
        for number in range(count):
            trace_run(best, which, follows, step, found[number, 0], found[number, 1], found[number, 2], out)
    return cost, done, memory


@compiled
def cheapest_end(last: Floats, low: int) -> tuple[float, Ints]:
    """The cheapest state after the last day that has worked enough."""
    cost = INF
    end = np.zeros(3, dtype=np.int32)
    for w in range(last.shape[0]):
        for c in range(last.shape[1]):
            for m in range(max(0, low), last.shape[2]):
                if last[w, c, m] < cost:
                    cost = last[w, c, m]
                    end[0], end[1], end[2] = w, c, m
    return cost, end


@compiled
def states(grid: Grid, person: int, counted: Ints) -> float:
    size = float(len(grid.begins) * (grid.weekends[person] + 1) * (grid.high[person] + 1))
    for t in range(COUNTED):
        if counted[t] >= 0:
            size *= grid.most[person, counted[t]] + 1
    return size


@compiled
def count_one_more(grid: Grid, person: int, over: Ints, counted: Ints, largest: int) -> int:
    """Counts exactly, from now on, the smallest limit among those that are broken; -1 if that would take too long."""
    chosen, free = -1, -1
    for t in range(COUNTED - 1, -1, -1):
        if counted[t] < 0:
            free = t
    if free < 0:
        return -1
    for shift in range(len(over)):
        most = grid.most[person, shift]
        if over[shift] > 0 and most <= largest and (chosen < 0 or most < grid.most[person, chosen]):
            chosen = shift
    if chosen < 0 or states(grid, person, counted) * (grid.most[person, chosen] + 1) > LARGEST:
        return -1
    counted[free] = chosen
    return chosen


@compiled
def price_person(
    grid: Grid,
    person: int,
    cells: Floats,
    off_ok: Flags,
    counted: Ints,
    prices: Floats,
    tolls: Floats,
    trouble: Ints,
    enough: float,
    memory: Floats,
    out: Ints,
) -> tuple[float, bool, float, Floats]:
    """(proven limit of reduced cost, whether `out` keeps every limit, work, memory). `counted`, `prices`, `tolls` and
    `trouble` say how limits are dealt with, and are kept: one whose price leaves a gap again and again is counted."""
    shifts = cells.shape[1]
    over, broken = np.zeros(shifts, dtype=np.int32), np.zeros(shifts, dtype=np.int32)
    trial = np.empty_like(out)
    bound, best, work, step = -INF, INF, 0.0, 0.0
    for _ in range(TRIES if tolls[0] < 0.0 or trouble[0] == 0 else TRIES_WITH_TOLL):
        toll = tolls[0]
        cost, done, memory = cheapest_roster(grid, person, cells + prices, off_ok, counted, toll, memory, trial)
        work += done
        if cost == INF:
            return INF, False, work, memory
        weekends = weekends_over(grid, person, trial) if toll >= 0.0 else 0
        count_over(grid, person, trial, over)
        paid = (prices * grid.most[person]).sum() + max(toll, 0.0) * grid.weekends[person]
        bound = max(bound, cost - paid)
        keeps = over.max() <= 0 and weekends <= 0
        if keeps:
            real = cost - paid - (prices * over).sum() - max(toll, 0.0) * weekends
            if real < best:
                best = real
                out[:] = trial
            if best - bound < enough:
                trouble[0] = 0 if tolls[0] < 0.0 else 1
                break
        else:
            broken[:] = np.maximum(broken, over)
            if count_one_more(grid, person, over, counted, SMALL) >= 0:
                without_price(counted, prices)
                continue
        step = raise_prices(grid, person, over, counted, cells, prices, tolls, weekends, step, keeps)
    if best == INF:
        best, done, memory = within_limits(grid, person, cells + prices, off_ok, counted, tolls[0], memory, out)
        work += done
        if best == INF and tolls[0] >= 0.0:
            best, done, memory = within_limits(grid, person, cells + prices, off_ok, counted, -1.0, memory, out)
            work += done
    if tolls[0] >= 0.0:
        trouble[0] = 1  # prices and toll are near where they should be: from now on a few steps do
    elif best - bound > 1e-3:
        trouble[0] += 1
        if trouble[0] >= PATIENCE and count_one_more(grid, person, broken, counted, len(out)) >= 0:
            without_price(counted, prices)
            trouble[0] = 0
    return bound, best < INF, work, memory


@compiled
def within_limits(
    grid: Grid, person: int, cells: Floats, off_ok: Flags, counted: Ints, toll: float, memory: Floats, out: Ints
) -> tuple[float, float, Floats]:
    """Some good roster that keeps every limit: where one is broken, only its cheapest days (or weekends) stay allowed.

    (Its cost or infinity, work, memory.)
    """
    work = 0.0
    for _ in range(cells.shape[1] + 2):
        cost, done, memory = cheapest_roster(grid, person, cells, off_ok, counted, toll, memory, out)
        work += done
        if cost == INF:
            break
        broken = -1
        for shift in range(cells.shape[1]):
            if (out == shift).sum() > grid.most[person, shift]:
                broken = shift
        if broken >= 0:
            keep_cheapest_days(cells, off_ok, out, broken, int(grid.most[person, broken]))
        elif toll >= 0.0 and weekends_over(grid, person, out) > 0:
            keep_cheapest_weekends(grid, cells, off_ok, out, int(grid.weekends[person]))
        else:
            return cost, work, memory
    return INF, work, memory


@compiled
def without_price(counted: Ints, prices: Floats) -> None:
    """What is counted needs no price."""
    for t in range(COUNTED):
        if counted[t] >= 0:
            prices[counted[t]] = 0.0


@compiled
def raise_prices(
    grid: Grid,
    person: int,
    over: Ints,
    counted: Ints,
    cells: Floats,
    prices: Floats,
    tolls: Floats,
    weekends: int,
    step: float,
    keeps: bool,
) -> float:
    """A step up the bound: dearer where a limit is broken, cheaper where a price was too high. Answers its length."""
    if step == 0.0:
        low, high = 0.0, 0.0
        for day in range(cells.shape[0]):
            for shift in range(cells.shape[1]):
                if cells[day, shift] < INF:
                    low, high = min(low, cells[day, shift]), max(high, cells[day, shift])
        step = (high - low) / 8
        if prices.max() > 0:
            step = min(step, 0.1 * prices.max())
    else:
        step *= 0.6 if keeps else 0.9
    for shift in range(len(prices)):
        exact = False
        for t in range(COUNTED):
            exact = exact or counted[t] == shift
        if not exact and grid.most[person, shift] > 0 and (over[shift] > 0 or prices[shift] > 0):
            prices[shift] = max(0.0, prices[shift] + step * min(over[shift], 3))
    if tolls[0] >= 0.0:
        tolls[0] = max(0.0, tolls[0] + step * min(weekends, 3))
    return step


@compiled
def count_over(grid: Grid, person: int, shifts: Ints, over: Ints) -> None:
    """How far the person is over the limit of each shift; below zero: how many are left."""
    over[:] = -grid.most[person]
    for day in range(len(shifts)):
        if shifts[day] >= 0:
            over[shifts[day]] += 1


@compiled
def weekends_over(grid: Grid, person: int, shifts: Ints) -> int:
    """How many weekends are worked above the limit."""
    count = -grid.weekends[person]
    for day in range(len(shifts)):
        if grid.touched[day, 0] > 0 and shifts[day] >= 0:
            same = day > 0 and not grid.begins[day] and grid.touched[day - 1, 0] > 0 and shifts[day - 1] >= 0
            count += not same
    return int(count)


@compiled
def price_everybody(
    grid: Grid,
    duals: Floats,
    fixed: "np.ndarray",
    counted: Ints,
    prices: Floats,
    tolls: Floats,
    trouble: Ints,
    enough: float,
    found: Ints,
    limits: Floats,
) -> float:
    """Fills each person's roster into `found` (its first entry -2 if there is none) and his limit; answers the work
    done."""
    people, days, shifts = grid.base.shape
    cells = np.empty((days, shifts))
    off_ok = np.empty(days, dtype=np.bool_)
    memory = np.empty(1)
    work = 0.0
    for person in range(people):
        cells_of(grid, person, duals, fixed, cells, off_ok)
        limits[person], keeps, done, memory = price_person(
            grid,
            person,
            cells,
            off_ok,
            counted[person],
            prices[person],
            tolls[person],
            trouble[person],
            enough,
            memory,
            found[person],
        )
        work += done
        if not keeps:
            found[person, 0] = -2
    return work
