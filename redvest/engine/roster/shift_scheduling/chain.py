"""The second half of pricing, compiled: runs of work and of days off in turn, within what is limited over the whole
time.

Two tables over days: `ended[d]`, a run of work ended with the day before d; `rested[d]`, a run may begin on d. Each
holds, for weekends worked, counts of up to three limited shifts, and units of time, the least cost. A weekend belongs
to exactly one run, as a day off lies between two.
"""

from typing import NamedTuple

import numpy as np

from redvest.engine.roster.columns.compiled import compiled
from redvest.engine.roster.columns.rows import Flags, Floats, Ints


class Limits(NamedTuple):
    """One person's rules, and how a run's use is packed: time, then three counted shifts."""

    min_run: int
    max_run: int
    min_off: int
    low: int
    high: int
    weekends: int  # -1: not limited
    counts: Ints  # of three counted shifts: the most, 0 where none is counted
    shortest: int  # units of time of the shortest shift
    spread: int  # packed places for time
    width: int  # packed places for each counted shift


@compiled
def most_time(runs: Floats, begins: Flags, off_ok: Flags, limits: Limits) -> Ints:
    """For each day, the most units of time that can still be worked from there; -1 if there is no way to go on."""
    days = runs.shape[0]
    most = np.full(days + 1, -1, dtype=np.int32)
    most[days] = 0
    for day in range(days - 1, -1, -1):
        if off_ok[day]:
            most[day] = most[day + 1]
        for length in range(1, limits.max_run + 1):
            after = day + length
            if after > days:
                break
            then = most[after]
            if not begins[after] and after < days:
                then = most[after + 1] if off_ok[after] else -1
            if then >= 0:
                for use in range(runs.shape[2]):
                    if runs[day, length - 1, use] < np.inf:
                        time = length * limits.shortest + use % limits.spread
                        most[day] = max(most[day], then + time)
            if begins[after]:
                break
    return most


@compiled
def lower(into: Floats, other: Floats) -> None:
    """Keeps the smaller of each."""
    for w in range(into.shape[0]):
        for c in range(into.shape[1]):
            a, b = into[w, c], other[w, c]
            for m in range(len(a)):
                a[m] = min(a[m], b[m])


@compiled
def rest(day: int, ended: Floats, rested: Floats, begins: Flags, off_ok: Flags, min_off: int) -> None:
    """Fills `rested[day]` from the days before."""
    if off_ok[day - 1]:
        lower(rested[day], rested[day - 1])
    for off in range(min_off + 1):
        after = day - off
        if after < 1 or (off > 0 and (begins[after] or not off_ok[after])):
            break
        if off == min_off or begins[day]:
            lower(rested[day], ended[after])


@compiled
def work(
    length: int,
    touched: int,
    run: Floats,
    start: Floats,
    end: Floats,
    need: int,
    reach: int,
    weeks: int,
    limits: Limits,
) -> None:
    """Lets runs of one length follow on `start`, into `end`.

    At least `need` units of time have to have been worked by then; before the run at most `reach` and `weeks`
    weekends can have been.
    """
    spread, width = limits.spread, limits.width
    most1, most2, most3 = limits.counts[0], limits.counts[1], limits.counts[2]
    for use in range(len(run)):
        cost = run[use]
        if cost == np.inf:
            continue
        time = length * limits.shortest + use % spread
        left = use // spread
        c1, c2, c3 = left % width, left // width % width, left // (width * width)
        if c1 > most1 or c2 > most2 or c3 > most3 or time > limits.high:
            continue
        jump = (c1 * (most2 + 1) + c2) * (most3 + 1) + c3
        for w in range(min(start.shape[0] - touched, weeks + 1)):
            for a in range(most1 + 1 - c1):
                for b in range(most2 + 1 - c2):
                    for c in range(most3 + 1 - c3):
                        at = (a * (most2 + 1) + b) * (most3 + 1) + c
                        source, target = start[w, at], end[w + touched, at + jump]
                        for m in range(max(0, need - time), min(reach, limits.high - time) + 1):
                            target[m + time] = min(target[m + time], source[m] + cost)


@compiled
def chain(
    runs: Floats, begins: Flags, off_ok: Flags, touched: Ints, limits: Limits, ended: Floats, rested: Floats
) -> int:
    """Fills both tables; `rested[days]` is the end. Answers how many steps it took."""
    days = runs.shape[0]
    ended[:] = np.inf
    rested[:] = np.inf
    rested[0, 0, 0, 0] = 0.0
    future = most_time(runs, begins, off_ok, limits)
    reach = np.zeros(days + 1, dtype=np.int32)
    weekend_days, stretches = 0, 0
    steps = 0
    for day in range(days + 1):
        if day > 0:
            rest(day, ended, rested, begins, off_ok, limits.min_off)
            reach[day] = max(reach[day], reach[day - 1])
        stretches += begins[day]
        if day == days:
            break
        if future[day] < 0:
            weekend_days += touched[day, 0]
            continue
        for length in range(1, limits.max_run + 1):
            after = day + length
            if after > days:
                break
            if (length >= limits.min_run or begins[day] or begins[after]) and future_after(future, after, begins) >= 0:
                weekends = touched[day, length - 1] if limits.weekends >= 0 else 0
                need = limits.low - future_after(future, after, begins)
                weeks = (weekend_days + 1) // 2 + stretches
                run = runs[day, length - 1]
                work(length, weekends, run, rested[day], ended[after], need, int(reach[day]), weeks, limits)
                reach[after] = max(reach[after], reach[day] + length * limits.shortest + limits.spread - 1)
                steps += 1
            if begins[after]:
                break
        weekend_days += touched[day, 0]
    return steps


@compiled
def future_after(future: Ints, after: int, begins: Flags) -> int:
    """The most time that can be worked once a run has ended there."""
    if begins[after]:
        return int(future[after])
    return int(future[after + 1])


@compiled
def trace(
    runs: Floats,
    begins: Flags,
    off_ok: Flags,
    touched: Ints,
    limits: Limits,
    ended: Floats,
    rested: Floats,
    end: Ints,
    found: Ints,
) -> int:
    """From the state `end` (weekends, counts, time) back to the first day: writes day, length and use of each run
    into `found`. Answers how many runs there are."""
    day = runs.shape[0]
    w, c, m = end[0], end[1], end[2]
    count = 0
    while day > 0:
        value = rested[day, w, c, m]
        if off_ok[day - 1] and rested[day - 1, w, c, m] == value:
            day -= 1
            continue
        for off in range(limits.min_off + 1):
            after = day - off
            if after < 1 or (off > 0 and (begins[after] or not off_ok[after])):
                return -1
            if (off == limits.min_off or begins[day]) and ended[after, w, c, m] == value:
                day = after
                break
        day, w, c, m = before_run(day, w, c, m, runs, begins, touched, limits, ended, rested, found[count])
        if day < 0:
            return -1
        count += 1
    return count


@compiled
def before_run(
    day: int,
    w: int,
    c: int,
    m: int,
    runs: Floats,
    begins: Flags,
    touched: Ints,
    limits: Limits,
    ended: Floats,
    rested: Floats,
    found: Ints,
) -> tuple[int, int, int, int]:
    """The state before the run that ended with the day before; what run it was goes into `found`."""
    value = ended[day, w, c, m]
    most2, most3 = limits.counts[1], limits.counts[2]
    here3, here2, here1 = c % (most3 + 1), c // (most3 + 1) % (most2 + 1), c // ((most3 + 1) * (most2 + 1))
    for length in range(1, limits.max_run + 1):
        start = day - length
        if start < 0:
            break
        weekends = touched[start, length - 1] if limits.weekends >= 0 else 0
        allowed = length >= limits.min_run or begins[start] or begins[day]
        for use in range(runs.shape[2]):
            cost = runs[start, length - 1, use]
            if not allowed or cost == np.inf or weekends > w:
                continue
            time = length * limits.shortest + use % limits.spread
            left = use // limits.spread
            c1, c2, c3 = left % limits.width, left // limits.width % limits.width, left // limits.width**2
            if time > m or c1 > here1 or c2 > here2 or c3 > here3:
                continue
            at = ((here1 - c1) * (most2 + 1) + here2 - c2) * (most3 + 1) + here3 - c3
            if rested[start, w - weekends, at, m - time] + cost == value:
                found[0], found[1], found[2] = start, length, use
                return start, w - weekends, at, m - time
        if begins[start]:
            break
    return -1, 0, 0, 0
