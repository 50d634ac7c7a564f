"""A better bound where posts that are new to a person cost: by which new posts he serves.

The outlook knows no such price, since a post costs once however often it is served. So it is asked for each small set
of new posts by itself, with the price of the set; whoever serves more posts than that pays for one more at least.
"""

import numpy as np

from redvest.engine.roster.columns.compiled import compiled
from redvest.engine.roster.columns.rows import Flags, Floats
from redvest.engine.roster.personal.outlook import INFINITE, day_prices, outlook, sizes
from redvest.engine.roster.personal.rosters import CHOICES, charge, cheapest_total, free_of_rules, worth_of_turns
from redvest.engine.roster.personal.turns import Array, Tables

FEW, VERY_FEW = 12, 7
"""New posts up to which pairs of them, and sets of three, are looked at."""


@compiled
def new_posts(
    tables: Tables, is_open: Flags, pinned: Flags, knows: Flags, found: Array, decided: Flags,
) -> tuple[int, int]:  # fmt: skip
    """The posts that are new to a person and open to him; how many, and on how many of all new ones he is pinned."""
    posts, count, pins = len(knows), 0, 0
    seen = np.zeros(posts, np.bool_)
    decided[:] = knows
    for shift in range(len(is_open)):
        post = tables.post[shift]
        if pinned[shift] and not decided[post]:
            decided[post] = True
            pins += 1
    for shift in range(len(is_open)):
        post = tables.post[shift]
        if is_open[shift] and not decided[post] and not seen[post]:
            seen[post] = True
            found[count] = post
            count += 1
    return count, pins


@compiled
def sharpen(
    tables: Tables, begins: Array, states: Array, is_open: Flags, pinned: Flags, own: Array, constant: Array,
    paid: Floats, kind: Array, knows: Flags, people: Array, prices: tuple[int, int], steps: Array, unit: int,
    odd: Flags, rates: Floats, bounds: Floats, work: Array,
) -> None:  # fmt: skip
    """Fills `bounds` for everybody, at these prices and charges."""
    turns, posts = len(tables.start), knows.shape[1]
    most_days, most_nights = sizes(tables)
    after = np.empty((3, turns, most_days + 1, most_nights + 1))
    idle, fresh, price, charged = np.empty(turns + 1), np.empty(turns), np.empty(turns), np.empty(turns)
    of_days = np.empty((2, most_days + 1), np.int64)
    day_prices(tables, most_days, of_days)
    choice, choices = np.empty((turns, CHOICES), np.int64), np.empty(turns, np.int64)
    new, chosen = np.empty(posts, np.int64), np.empty(3, np.int64)
    allowed, here = np.empty(posts, np.bool_), np.empty(own.shape[1], np.bool_)
    most_minutes = unit * (1440 * tables.days // unit + 1)
    for person in range(len(people)):
        paid_here = paid[kind[person]]
        if odd[person]:
            bounds[person] = constant[person] + free_of_rules(is_open[person], pinned[person], own[person], paid_here)
            continue
        rate = rates[person]
        of_minutes, _ = cheapest_total(0, rate[0], people[person], prices, steps, unit, most_minutes)
        of_nights, _ = cheapest_total(1, rate[1], people[person], prices, steps, 1, most_minutes // 720)
        count, pins = new_posts(tables, is_open[person], pinned[person], knows[person], new, allowed)
        depth = 3 if count <= VERY_FEW else 2 if count <= FEW else 1
        least = INFINITE
        for size in range(depth + 2):  # one more than `depth`: any posts at all
            first = size > depth
            for place in range(min(size, 3)):
                chosen[place] = place
            while size <= count:
                for shift in range(len(here)):
                    post = tables.post[shift]
                    fits = allowed[post] or first
                    for place in range(size if not first else 0):
                        fits = fits or new[chosen[place]] == post
                    here[shift] = is_open[person, shift] and fits
                worth_of_turns(
                    tables, states[person], here, pinned[person], own[person], paid_here, choice, choices, price
                )
                for turn in range(turns):
                    if choices[turn] == 0 and states[person, turn] == 1:
                        price[turn] = INFINITE
                charge(tables, choices, price, rate, charged)
                work[0] += outlook(
                    tables, states[person], charged, begins, most_days, most_nights, of_days, after, idle, fresh
                )
                least = min(least, idle[0] + tables.continuity * size)
                if first or not next_set(chosen, size, count):
                    break
        bounds[person] = least + of_minutes + of_nights + tables.continuity * pins + constant[person]


@compiled
def next_set(chosen: Array, size: int, count: int) -> bool:
    """The next set of so many numbers below `count`, in order; False after the last."""
    place = size - 1
    while place >= 0 and chosen[place] == count - size + place:
        place -= 1
    if place < 0:
        return False
    chosen[place] += 1
    for later in range(place + 1, size):
        chosen[later] = chosen[later - 1] + 1
    return True
