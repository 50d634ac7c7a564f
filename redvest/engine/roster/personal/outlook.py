"""What the rest of a person's roster costs at least, from each turn on: a backward recursion over turns.

The state after a turn is how many days in a row, and how many nights in a row, end with it. Rolling hours and free days
in seven are left out, as are prices that depend on totals, so that the result is a lower bound; `look_ahead` gives
totals a price for each minute and night. The method is the state space relaxation of
Christofides, Mingozzi and Toth (1981).
"""

import numpy as np

from redvest.engine.roster.columns.compiled import compiled, inlined
from redvest.engine.roster.columns.rows import Floats
from redvest.engine.roster.personal.turns import (
    AFTER_NIGHTS,
    DAYS,
    DAYS_OFF,
    FORBID,
    NIGHTS,
    NIGHTS_WANTED,
    NONE,
    OFF,
    Array,
    Tables,
)

INFINITE = 1e15
CLOSED, OPEN, FORCED = 0, 1, 2
WEEK = 7


@compiled
def sizes(tables: Tables) -> tuple[int, int]:
    """How long runs of days and of nights have to be told apart."""
    rules = tables.rules
    days, nights = 1, max(1, tables.before_rest)
    if rules[DAYS, 0] != OFF:
        days = max(days, rules[DAYS, 1] + 1)
    if rules[DAYS_OFF, 0] == FORBID:
        days = max(days, WEEK + 1 - rules[DAYS_OFF, 1])
    for rule in (NIGHTS, NIGHTS_WANTED):
        if rules[rule, 0] != OFF:
            nights = max(nights, rules[rule, 1] + 1)
    return days, nights


@inlined
def run_of_days(tables: Tables, before: int, day: int, length: int, most: int) -> tuple[int, int]:
    """The run that a duty on `day` ends after one of `length` that ended on day `before`, and its price; -1 forbids."""
    if before == day:
        return length, 0
    run = min(most, length + 1) if before == day - 1 else 1
    rules, price = tables.rules, 0
    if rules[DAYS, 0] != OFF and run > rules[DAYS, 1]:
        if rules[DAYS, 0] == FORBID:
            return run, -1
        price = rules[DAYS, 2]
    in_span = tables.span[0] <= day <= tables.span[1]
    if rules[DAYS_OFF, 0] == FORBID and in_span and run > WEEK - rules[DAYS_OFF, 1]:
        return run, -1
    return run, price


@inlined
def run_of_nights(tables: Tables, dawn: int, turn: int, length: int, most: int) -> tuple[int, int]:
    """The same for the nights of a turn after a run of `length` that ended with night `dawn`."""
    count = tables.night_count[turn]
    if count == 0:
        return 0, 0
    known = 0
    if length > 0 and dawn == tables.dusk[turn]:
        known = 1
    elif length == 0 or dawn != tables.dusk[turn] - 1:
        length = 0
    price = 0
    for run in range(length + 1, length + count - known + 1):
        for rule in (NIGHTS, NIGHTS_WANTED):
            if tables.rules[rule, 0] != OFF and run > tables.rules[rule, 1]:
                if tables.rules[rule, 0] == FORBID:
                    return min(most, run), -1
                price += tables.rules[rule, 2]
    return min(most, length + count - known), price


@inlined
def early(tables: Tables, first: int, nights_in_row: int, second: int) -> int:
    """`rest_after_nights` of two duties of which the first ends a run of nights."""
    severity, value, price = tables.rules[AFTER_NIGHTS]
    gap = tables.start[second] - tables.end[first]
    if severity == OFF or tables.night_count[first] == 0 or nights_in_row < tables.before_rest or gap >= value:
        return 0
    worked = tables.nights[second]
    if worked & (np.int64(3) << tables.dawn[first]):
        return 0
    return -1 if severity == FORBID else price


@inlined
def step(
    tables: Tables, state: Array, turn: int, days: int, nights: int, then: int, most_days: int, most_nights: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Price of the next turn after one with these runs (-1: forbidden), and the runs it ends."""
    price = tables.pair[turn, then]
    both = state[turn] == FORCED and state[then] == FORCED
    if price < 0:
        if not both:
            return -1, 0, 0
        price = 0
    rest = early(tables, turn, nights, then)
    run, of_days = run_of_days(tables, tables.day[turn], tables.day[then], days, most_days)
    row, of_nights = run_of_nights(tables, tables.dawn[turn], then, nights, most_nights)
    if rest < 0 or of_days < 0 or of_nights < 0:
        return -1, 0, 0
    return price + rest + of_days + of_nights, run, row


@compiled
def day_prices(tables: Tables, most_days: int, price: Array) -> None:
    """Price of each length of a run of days, -1 where it is forbidden within the span and after it (0 and 1)."""
    for run in range(most_days + 1):
        for place in range(2):
            day = tables.span[0] if place == 0 else tables.span[1] + 1
            price[place, run] = run_of_days(tables, day - 1, day, run - 1, most_days)[1] if run > 0 else 0


@compiled
def outlook(
    tables: Tables, state: Array, price: Floats, begins: Array, most_days: int, most_nights: int, of_days: Array,
    after: Floats, idle: Floats, fresh: Floats,
) -> int:  # fmt: skip
    """Fills `after` [look, turn, days in row, nights in row]: the least that follows a turn, from the same day on (0),
    from the next day on (1), from the day after that (2). Fills `idle`: the least from each turn on after a long rest,
    and `fresh`: the least of each turn and what follows, if taken after one.

    `price` is that of taking each turn; `begins` is the first turn of each day. Forced turns are not passed over.
    Says how many steps it looked at.
    """
    turns, steps = len(price), 0
    idle[turns] = 0.0
    forced = turns
    best = np.empty((most_days + 1, most_nights + 1))
    for turn in range(turns - 1, -1, -1):
        if state[turn] == CLOSED:
            idle[turn] = idle[turn + 1]
            fresh[turn] = INFINITE
            continue
        day, by_night = tables.day[turn], tables.night_count[turn] > 0
        first_row, last_row = (1, most_nights) if by_night else (0, 0)
        end = begins[day + 3]
        best[:] = idle[end] if end <= forced else INFINITE
        for look in (2, 1, 0):
            begin = turn + 1 if look == 0 else begins[day + look]
            for then in range(begin, min(end, forced + 1)):
                pair = tables.pair[turn, then]
                if pair < 0 and state[turn] == FORCED and state[then] == FORCED:
                    pair = 0
                if state[then] == CLOSED or pair < 0:
                    continue
                base, apart = pair + price[then], tables.day[then] - day
                place = 0 if tables.span[0] <= tables.day[then] <= tables.span[1] else 1
                for row in range(first_row, last_row + 1):
                    rest = early(tables, turn, row, then)
                    reached, of_nights = run_of_nights(tables, tables.dawn[turn], then, row, most_nights)
                    if rest < 0 or of_nights < 0:
                        continue
                    for run in range(1, most_days + 1):
                        then_run = run if apart == 0 else min(most_days, run + 1) if apart == 1 else 1
                        dear = of_days[place, then_run] if apart else 0
                        if dear >= 0:
                            cost = base + rest + of_nights + dear + after[0, then, then_run, reached]
                            best[run, row] = min(best[run, row], cost)
                steps += (last_row - first_row + 1) * most_days
            after[look, turn] = best
            end = begin
        row, cost = run_of_nights(tables, NONE, turn, 0, most_nights)
        alone = price[turn] + max(cost, 0) + after[0, turn, 1, row] if cost >= 0 or state[turn] == FORCED else INFINITE
        fresh[turn] = alone
        idle[turn] = alone if state[turn] == FORCED else min(alone, idle[turn + 1])
        if state[turn] == FORCED:
            forced = turn
    return steps


@compiled
def trace(
    tables: Tables, state: Array, price: Floats, begins: Array, most_days: int, most_nights: int, after: Floats,
    idle: Floats, path: Array,
) -> int:  # fmt: skip
    """The turns of a cheapest way through; how many there are."""
    turns, length, turn, days, nights = len(price), 0, -1, 0, 0
    at = 0
    while True:
        if turn < 0:  # after a long rest: the next turn that is worth it
            while at < turns and state[at] != FORCED and idle[at] == idle[at + 1]:
                at += 1
            if at == turns or idle[at] >= INFINITE:
                return length
            turn, days = at, 1
            nights, _ = run_of_nights(tables, NONE, at, 0, most_nights)
            path[length] = at
            length += 1
            continue
        left = after[0, turn, days, nights]
        found = -1
        for then in range(turn + 1, begins[tables.day[turn] + 3]):
            if state[then] == CLOSED:
                continue
            cost, run, row = step(tables, state, turn, days, nights, then, most_days, most_nights)
            if cost >= 0 and abs(cost + price[then] + after[0, then, run, row] - left) <= 1e-7:
                found = then
                turn, days, nights = then, run, row
                path[length] = then
                length += 1
                break
            if state[then] == FORCED:
                break
        if found < 0:
            at = begins[tables.day[turn] + 3]
            turn = -1


def first_turns(tables: Tables) -> Array:
    """The first turn of each day, for `outlook`."""
    return np.searchsorted(tables.day, np.arange(tables.days + 4)).astype(np.int64)
