"""For each person, from prices of places: the best rosters found, and a bound of what any roster of his costs."""

from typing import NamedTuple

import numpy as np

from redvest.engine.roster.columns.compiled import compiled
from redvest.engine.roster.columns.rows import Flags, Floats
from redvest.engine.roster.personal.growth import View, grow, totals_price
from redvest.engine.roster.personal.labels import AT, MINUTES, NIGHT_TOTAL, PARENT, PICK, POSTS, SPENT, ones
from redvest.engine.roster.personal.outlook import CLOSED, INFINITE, day_prices, outlook, sizes, trace
from redvest.engine.roster.personal.turns import Array, Tables

CHOICES = 10
"""Shifts of one turn that are looked at, by worth."""


@compiled
def worth_of_turns(
    tables: Tables, state: Array, is_open: Flags, pinned: Flags, own: Array, paid: Floats, choice: Array,
    choices: Array, price: Floats,
) -> None:  # fmt: skip
    """Each turn's shifts by worth, and the price of the turn at its best."""
    for turn in range(len(state)):
        choices[turn] = 0
        price[turn] = tables.alone[turn] if tables.alone[turn] > 0 else 0.0
        if state[turn] == CLOSED:
            continue
        found, decided = 0, False
        for place in range(tables.first[turn], tables.first[turn + 1]):
            decided = decided or pinned[tables.shifts[place]]
        for place in range(tables.first[turn], tables.first[turn + 1]):
            shift = tables.shifts[place]
            if not (pinned[shift] if decided else is_open[shift]):
                continue
            worth = own[shift] - paid[shift]
            spot = min(found, CHOICES - 1)
            if found >= CHOICES and worth >= own[choice[turn, spot]] - paid[choice[turn, spot]]:
                continue
            while spot > 0 and own[choice[turn, spot - 1]] - paid[choice[turn, spot - 1]] > worth:
                choice[turn, spot] = choice[turn, spot - 1]
                spot -= 1
            choice[turn, spot] = shift
            found = min(found + 1, CHOICES)
        choices[turn] = found
        if found:
            price[turn] += own[choice[turn, 0]] - paid[choice[turn, 0]]


@compiled
def cheapest_total(
    kind: int, rate: float, person: Array, prices: tuple[int, int], steps: Array, unit: int, most: int,
) -> tuple[float, int]:  # fmt: skip
    """The least of fairness minus rate over all totals of minutes (0) or nights (1), and the total where it is."""
    best, where, cost = INFINITE, 0, 0.0
    for total in range(0, most + 1, unit):
        if kind == 0:
            cost = totals_price(total, 0, person, (prices[0], 0), steps) - rate * total
        else:
            cost = totals_price(0, total, person, (0, prices[1]), steps) - rate * total
        if cost < best - 1e-9:
            best, where = cost, total
    return best, where


@compiled
def bits_of(knows: Flags) -> int:
    """Known posts as bits; where there are many, some share one."""
    known = 0
    for post in range(len(knows)):
        if knows[post]:
            known |= 1 << (post % 62)
    return known


@compiled
def charge(tables: Tables, choices: Array, price: Floats, rate: Floats, charged: Floats) -> None:
    """The price of each turn with what its minutes and nights are charged."""
    for turn in range(len(price)):
        charged[turn] = price[turn]
        if choices[turn]:
            charged[turn] += rate[0] * tables.counted[turn, 0] + rate[1] * tables.night_count[turn]


@compiled
def look_ahead(
    tables: Tables, state: Array, choice: Array, choices: Array, price: Floats, begins: Array, most_days: int,
    most_nights: int, person: Array, prices: tuple[int, int], steps: Array, unit: int, most_minutes: int,
    rate: Floats, rounds: int, of_days: Array, after: Floats, idle: Floats, fresh: Floats, path: Array, way: Array,
    work: Array,
) -> float:  # fmt: skip
    """The best bound over some rounds of prices for minutes and nights; `rate` and the outlook are left at it.

    Polyak (1969): a step along the difference between the totals of the cheapest way and the cheapest totals.
    """
    turns = len(state)
    charged = np.empty(turns)
    now = rate.copy()
    best = -INFINITE
    last_best = False
    for _ in range(rounds):
        charge(tables, choices, price, now, charged)
        work[0] += outlook(tables, state, charged, begins, most_days, most_nights, of_days, after, idle, fresh)
        if idle[0] >= INFINITE / 2:
            return INFINITE
        of_minutes, minutes_wanted = cheapest_total(0, now[0], person, prices, steps, unit, most_minutes)
        of_nights, nights_wanted = cheapest_total(1, now[1], person, prices, steps, 1, most_minutes // 720)
        bound = idle[0] + of_minutes + of_nights
        last_best = bound > best
        if last_best:
            best = bound
            rate[:] = now
        way[:] = -1
        length = trace(tables, state, charged, begins, most_days, most_nights, after, idle, path)
        minutes = nights = 0
        for place in range(length):
            if choices[path[place]]:
                way[place] = choice[path[place], 0]
                minutes += tables.counted[path[place], 0]
                nights += tables.night_count[path[place]]
        distance = totals_price(minutes, nights, person, prices, steps) - now[0] * minutes - now[1] * nights
        distance -= of_minutes + of_nights
        towards = (minutes - minutes_wanted) / 480.0
        by_night = float(nights - nights_wanted)
        size = towards * towards + by_night * by_night
        if size == 0.0 or distance <= 1e-6:
            break
        length_of_step = 0.7 * distance / size
        now[0] = max(0.0, now[0] + length_of_step * towards / 480.0)
        now[1] = max(0.0, now[1] + length_of_step * by_night)
    if not last_best:
        now[:] = rate
        charge(tables, choices, price, now, charged)
        work[0] += outlook(tables, state, charged, begins, most_days, most_nights, of_days, after, idle, fresh)
    return best


@compiled
def free_of_rules(is_open: Flags, pinned: Flags, own: Array, paid: Floats) -> float:
    """A bound for somebody whose decided duties break rules by themselves: as if there were no rules."""
    total = 0.0
    for shift in range(len(own)):
        if pinned[shift]:
            total += own[shift] - paid[shift]
        elif is_open[shift]:
            total += min(0.0, own[shift] - paid[shift])
    return total


class Found(NamedTuple):
    """Room for rosters: of each person how many were found, and of each its shifts, its cost and its reduced cost."""

    counts: Array
    lengths: Array
    picks: Array
    costs: Array
    reduced: Floats


@compiled
def hand_over(
    tables: Tables, knows: Flags, totals: Array, prices: tuple[int, int], steps: Array, person: int, known: int,
    count: int, best: Array, labels: Array, value: Floats, constant: int, cutoff: float, posts_expected: Array,
    found: Found,
) -> None:  # fmt: skip
    """Writes down the rosters that the best labels stand for; new posts are counted anew, each once."""
    picks = found.picks
    for number in range(count):
        label = best[number]
        price = totals_price(labels[label, MINUTES], labels[label, NIGHT_TOTAL], totals, prices, steps) + constant
        if value[label] + price >= cutoff - 1e-6:
            break
        length, back, new_posts = 0, label, 0
        while back >= 0 and labels[back, AT] >= 0:
            shift = labels[back, PICK]
            if shift >= 0:
                new = not knows[person, tables.post[shift]]
                for place in range(length):
                    if tables.post[picks[person, number, place]] == tables.post[shift]:
                        new = False
                new_posts += new
                picks[person, number, length] = shift
                length += 1
            back = labels[back, PARENT]
        if number == 0:
            posts_expected[person] = new_posts
        price += (new_posts - ones(labels[label, POSTS] & ~known)) * tables.continuity
        found.counts[person], found.lengths[person, number] = number + 1, length
        found.costs[person, number] = labels[label, SPENT] + price
        found.reduced[person, number] = value[label] + price


@compiled
def bits_of_posts(post: Array) -> Array:
    """The bit of each shift's post."""
    bits = np.empty(len(post), np.int64)
    for shift in range(len(post)):
        bits[shift] = np.int64(1) << (post[shift] % 62)
    return bits


@compiled
def price_people(
    tables: Tables, begins: Array, who: Array, states: Array, is_open: Flags, pinned: Flags, own: Array,
    constant: Array, paid: Floats, kind: Array, knows: Flags, people: Array, week_limits: Array,
    prices: tuple[int, int], steps: Array, unit: int, odd: Flags, rates: Floats, posts_expected: Array, rounds: int,
    cutoffs: Floats, beam: int, arena: int, found: Found, bounds: Floats, ways: Array, work: Array,
) -> None:  # fmt: skip
    """Fills the rosters found for each of `who`, and `bounds`, with the relaxed rosters (`ways`) behind them."""
    turns = len(tables.start)
    most_days, most_nights = sizes(tables)
    after = np.empty((3, turns, most_days + 1, most_nights + 1))
    idle, fresh, price = np.empty(turns + 1), np.empty(turns), np.empty(turns)
    of_days, path = np.empty((2, most_days + 1), np.int64), np.empty(turns + 1, np.int64)
    day_prices(tables, most_days, of_days)
    choice, choices = np.empty((turns, CHOICES), np.int64), np.empty(turns, np.int64)
    most_minutes = unit * (1440 * tables.days // unit + 1)
    post_bit, labels, best = (
        bits_of_posts(tables.post),
        np.empty((arena, 9), np.int64),
        np.empty(found.picks.shape[1], np.int64),
    )
    value = np.empty(arena)
    for person in who:
        mine, totals, rate, fixed = paid[kind[person]], people[person], rates[person], constant[person]
        if odd[person]:
            bounds[person] = fixed + free_of_rules(is_open[person], pinned[person], own[person], mine)
            continue
        worth_of_turns(
            tables, states[person], is_open[person], pinned[person], own[person], mine, choice, choices, price
        )
        bounds[person] = fixed + look_ahead(
            tables, states[person], choice, choices, price, begins, most_days, most_nights, totals, prices, steps,
            unit, most_minutes, rate, rounds, of_days, after, idle, fresh, path, ways[person], work[person],
        )  # fmt: skip
        if beam == 0 or bounds[person] >= cutoffs[person] - 1e-6:
            continue
        of_minutes, _ = cheapest_total(0, rate[0], totals, prices, steps, unit, most_minutes)
        of_nights, _ = cheapest_total(1, rate[1], totals, prices, steps, 1, most_minutes // 720)
        view, known = View(after, idle, fresh, begins, most_days, most_nights, rate), bits_of(knows[person])
        count, used = grow(
            tables, view, labels, value, states[person], choice, choices, own[person], mine, post_bit, known, totals,
            week_limits[person], prices, steps, posts_expected[person],
            cutoffs[person] - fixed - of_minutes - of_nights, beam, best,
        )  # fmt: skip
        work[person, 1] += used
        hand_over(
            tables, knows, totals, prices, steps, person, known, count, best, labels, value, fixed, cutoffs[person],
            posts_expected, found,
        )  # fmt: skip
