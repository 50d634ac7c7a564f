"""For each person, from prices of places: the best rosters found, and a bound of what any roster of his costs."""

import numpy as np

from redvest.engine.roster.columns.compiled import compiled
from redvest.engine.roster.personal.growth import grow, totals_price
from redvest.engine.roster.personal.labels import ones
from redvest.engine.roster.personal.outlook import CLOSED, FORCED, INFINITE, day_prices, outlook, sizes, trace

CHOICES = 10
"""Shifts of one turn that are looked at, by worth."""


@compiled
def worth_of_turns(tables, state, is_open, pinned, own, paid, choice, choices, price):
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
def cheapest_total(kind, rate, person, prices, steps, unit, most):
    """The least of fairness minus rate over all totals of minutes (0) or nights (1), and the total where it is."""
    best, where = INFINITE, 0
    for total in range(0, most + 1, unit):
        cost = totals_price(total, 0, person, (prices[0], 0), steps) if kind == 0 else totals_price(0, total, person, (0, prices[1]), steps)
        cost -= rate * total
        if cost < best - 1e-9:
            best, where = cost, total
    return best, where


@compiled
def look_ahead(
    tables, state, choice, choices, price, begins, most_days, most_nights, person, prices, steps, unit, most_minutes, rate, rounds, of_days, after, idle, fresh, path, way, work,
):  # fmt: skip
    """The best bound over some rounds of prices for minutes and nights; `rate` and the outlook are left at it.

    Polyak (1969): a step along the difference between the totals of the cheapest way and the cheapest totals.
    """
    turns = len(state)
    charged = np.empty(turns)
    now = rate.copy()
    best = -INFINITE
    last_best = False
    for _ in range(rounds):
        for turn in range(turns):
            charged[turn] = price[turn]
            if choices[turn]:
                charged[turn] += now[0] * tables.counted[turn, 0] + now[1] * tables.night_count[turn]
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
        for turn in range(turns):
            charged[turn] = price[turn]
            if choices[turn]:
                charged[turn] += now[0] * tables.counted[turn, 0] + now[1] * tables.night_count[turn]
        work[0] += outlook(tables, state, charged, begins, most_days, most_nights, of_days, after, idle, fresh)
    return best


@compiled
def free_of_rules(is_open, pinned, own, paid):
    """A bound for somebody whose decided duties break rules by themselves: as if there were no rules."""
    total = 0.0
    for shift in range(len(own)):
        if pinned[shift]:
            total += own[shift] - paid[shift]
        elif is_open[shift]:
            total += min(0.0, own[shift] - paid[shift])
    return total


@compiled
def price_people(
    tables, begins, who, states, is_open, pinned, own, constant, paid, kind, knows, people, week_limits,
    prices, steps, unit, odd, rates, posts_expected, rounds, cutoffs, beam, arena,
    counts, lengths, picks, costs, reduced, bounds, ways, work,
):  # fmt: skip
    """Fills the rosters found for each of `who` (`counts`, `lengths`, `picks`, `costs`, `reduced`) and `bounds`."""
    turns = len(tables.start)
    most_days, most_nights = sizes(tables)
    after = np.empty((3, turns, most_days + 1, most_nights + 1))
    idle, fresh = np.empty(turns + 1), np.empty(turns)
    of_days = np.empty((2, most_days + 1), np.int64)
    day_prices(tables, most_days, of_days)
    path = np.empty(turns + 1, np.int64)
    choice = np.empty((turns, CHOICES), np.int64)
    choices = np.empty(turns, np.int64)
    price = np.empty(turns)
    most_minutes = unit * (1440 * tables.days // unit + 1)
    post_bit = np.empty(own.shape[1], np.int64)
    for shift in range(own.shape[1]):
        post_bit[shift] = np.int64(1) << (tables.post[shift] % 62)
    parent, at, pick, days, nights = _five(arena)
    minutes, night_total, posts, spent, _ = _five(arena)
    value = np.empty(arena)
    best = np.empty(counts_limit(picks), np.int64)
    for person in who:
        paid_here = paid[kind[person]]
        counts[person] = 0
        if odd[person]:
            bounds[person] = constant[person] + free_of_rules(is_open[person], pinned[person], own[person], paid_here)
            continue
        worth_of_turns(
            tables, states[person], is_open[person], pinned[person], own[person], paid_here, choice, choices, price
        )
        bound = look_ahead(
            tables, states[person], choice, choices, price, begins, most_days, most_nights, people[person], prices, steps,
            unit, most_minutes, rates[person], rounds, of_days, after, idle, fresh, path, ways[person], work[person],
        )  # fmt: skip
        bounds[person] = bound + constant[person]
        if beam == 0 or bound + constant[person] >= cutoffs[person] - 1e-6:
            continue
        known = np.int64(0)
        for post in range(knows.shape[1]):
            if knows[person, post]:
                known |= np.int64(1) << (post % 62)
        rate = rates[person]
        of_minutes, _ = cheapest_total(0, rate[0], people[person], prices, steps, unit, most_minutes)
        of_nights, _ = cheapest_total(1, rate[1], people[person], prices, steps, 1, most_minutes // 720)
        cutoff = cutoffs[person] - constant[person] - of_minutes - of_nights
        found, labels = grow(
            tables, states[person], choice, choices, own[person], paid_here, post_bit, known, people[person],
            week_limits[person], prices, steps, posts_expected[person], after, idle, fresh, begins, most_days, most_nights, rate, cutoff, beam,
            parent, at, pick, days, nights, minutes, night_total, posts, value, spent, best,
        )  # fmt: skip
        work[person, 1] += labels
        for number in range(found):
            label = best[number]
            totals = totals_price(minutes[label], night_total[label], people[person], prices, steps)
            if value[label] + totals + constant[person] >= cutoffs[person] - 1e-6:
                break
            length, back, new_posts, charged = 0, label, 0, posts[label] & ~known
            while back >= 0 and at[back] >= 0:
                if pick[back] >= 0:
                    new = not knows[person, tables.post[pick[back]]]
                    for place in range(length):
                        if tables.post[picks[person, number, place]] == tables.post[pick[back]]:
                            new = False
                    new_posts += new
                    picks[person, number, length] = pick[back]
                    length += 1
                back = parent[back]
            if number == 0:
                posts_expected[person] = new_posts
            new_posts -= ones(charged)
            counts[person] = number + 1
            lengths[person, number] = length
            costs[person, number] = spent[label] + totals + constant[person] + new_posts * tables.continuity
            reduced[person, number] = value[label] + totals + constant[person] + new_posts * tables.continuity


@compiled
def _five(size):
    return (
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
    )


@compiled
def counts_limit(picks):
    return picks.shape[1]
