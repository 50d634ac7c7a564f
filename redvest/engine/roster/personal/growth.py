"""The search over labels, day by day: `labels` says what a turn costs, this file which labels live."""

from typing import NamedTuple

import numpy as np

from redvest.engine.roster.columns.compiled import compiled, inlined
from redvest.engine.roster.columns.rows import Floats
from redvest.engine.roster.personal.labels import (
    AT,
    MINUTES,
    NIGHT_TOTAL,
    NIGHTS_WORKED,
    PARENT,
    PICK,
    POSTS,
    SPENT,
    WORKED,
    beside,
    closing,
    ones,
    row_to,
)
from redvest.engine.roster.personal.outlook import CLOSED, FORCED, INFINITE
from redvest.engine.roster.personal.turns import Array, Tables

NEW_EACH_DAY = 20000
KEYS = 4096


@compiled
def fairness(total: int, share: int, steps: Array, price: int) -> int:
    """Each started hour above the share, and again above each further step."""
    hours = 0
    for step in steps:
        hours += -(-max(0, total - share - step) // 60)
    return price * hours


@compiled
def totals_price(minutes: int, nights: int, person: Array, prices: tuple[int, int], steps: Array) -> int:
    """Fairness of one person for what is added to his past: `person` is his past and share of minutes and nights."""
    price = 0
    if person[1] >= 0:
        price += fairness(person[0] + minutes, person[1], steps, prices[0])
    if person[3] >= 0:
        price += prices[1] * max(0, person[2] + nights - person[3])
    return price


class View(NamedTuple):
    """What lies ahead, by the outlook, and what it charges for a minute and a night."""

    after: Floats
    idle: Floats
    fresh: Floats
    begins: Array
    most_days: int
    most_nights: int
    rate: Floats


@inlined
def prospects(tables: Tables, view: View, labels: Array, value: Floats, label: int, day: int) -> float:
    """The least that can come of a label: its value, the charges, and the least that can follow after this day, or
    after the label's last turn if that is on the day after it."""
    turn = labels[label, AT]
    known = value[label] + view.rate[0] * labels[label, MINUTES] + view.rate[1] * labels[label, NIGHT_TOTAL]
    if turn < 0 or day - tables.day[turn] > 1:
        return float(known + view.idle[view.begins[day + 1]])
    run = max(1, min(view.most_days, row_to(labels[label, WORKED], tables.day[turn])))
    row = 0
    if tables.night_count[turn]:
        row = min(view.most_nights, row_to(labels[label, NIGHTS_WORKED], tables.dawn[turn]))
    return float(known + view.after[1 + day - tables.day[turn], turn, run, row])


@inlined
def likeness(tables: Tables, labels: Array, label: int, day: int) -> int:
    """Labels of the same likeness have much the same future; only the cheapest of them is kept."""
    turn = labels[label, AT]
    key = 0
    if turn >= 0 and tables.day[turn] >= day - 1:
        key = turn + 1
    key = key * 64 + ((labels[label, WORKED] >> max(0, day - 5)) & 63)
    key = key * 8 + ((labels[label, NIGHTS_WORKED] >> max(0, day - 2)) & 7)
    key = key * 1024 + labels[label, MINUTES] // 60
    key = key * 64 + labels[label, NIGHT_TOTAL]
    return int(key * 1000003 + labels[label, POSTS] * 7919)


@compiled
def keep_best(
    pool: Array, size: int, rank: Floats, key: Array, beam: int, slots: Array, keys: Array,
) -> tuple[int, float]:  # fmt: skip
    """The labels of the best rank, one of each likeness, at the front of the pool; how many, and a rank that is out of
    reach of a full beam."""
    order = np.argsort(rank[:size])
    chosen = np.empty(min(size, beam), np.int64)
    slots[:] = -1
    count, worst = 0, INFINITE
    for place in order:
        if count == beam or rank[place] >= INFINITE / 2:
            break
        spot = (key[place] * 40503) % KEYS
        known = False
        while slots[spot] >= 0:
            if keys[spot] == key[place]:
                known = True
                break
            spot = (spot + 1) % KEYS
        if known:
            continue
        slots[spot] = 1
        keys[spot] = key[place]
        chosen[count] = pool[place]
        worst = rank[place]
        count += 1
    for place in range(count):
        pool[place] = chosen[place]
    if count < beam:
        return count, INFINITE
    return count, worst + (worst - rank[order[0]])


@inlined
def best_choices(
    choice: Array, choices: Array, turn: int, own: Array, paid: Floats, post_bit: Array, posts: int, continuity: int
) -> tuple[int, float, int, float]:
    """Of a turn's shifts the best at a post that was served before, and the best at a new one; -1 is none."""
    kept, new = -1, -1
    kept_value = new_value = INFINITE
    for number in range(choices[turn]):
        shift = choice[turn, number]
        worth = own[shift] - paid[shift]
        if posts & post_bit[shift]:
            if worth < kept_value:
                kept, kept_value = shift, worth
        elif worth + continuity < new_value:
            new, new_value = shift, worth + continuity
    return kept, kept_value, new, new_value


@inlined
def add(
    tables: Tables, labels: Array, value: Floats, new: int, label: int, turn: int, shift: int, price: int, worth: float,
    own: Array, post_bit: Array,
) -> None:  # fmt: skip
    """Label number `new`: the turn on this shift after another label."""
    labels[new, PARENT], labels[new, AT], labels[new, PICK] = label, turn, shift
    labels[new, WORKED] = labels[label, WORKED] | (np.int64(1) << tables.day[turn])
    labels[new, NIGHTS_WORKED] = labels[label, NIGHTS_WORKED] | tables.nights[turn]
    labels[new, MINUTES], labels[new, NIGHT_TOTAL] = labels[label, MINUTES], labels[label, NIGHT_TOTAL]
    labels[new, POSTS], labels[new, SPENT] = labels[label, POSTS], labels[label, SPENT] + price
    value[new] = value[label] + price + worth
    if shift >= 0:
        labels[new, MINUTES] += tables.counted[turn, 0]
        labels[new, NIGHT_TOTAL] += tables.night_count[turn]
        labels[new, SPENT] += own[shift]
        if not labels[label, POSTS] & post_bit[shift]:
            labels[new, SPENT] += tables.continuity
            labels[new, POSTS] |= post_bit[shift]


@inlined
def extend(
    tables: Tables, view: View, labels: Array, value: Floats, state: Array, choice: Array, choices: Array, own: Array,
    paid: Floats, post_bit: Array, week_limit: int, turn: int, label: int, hopeless: float, pool: Array,
    size: int, used: int,
) -> tuple[int, int]:  # fmt: skip
    """Puts the turn after one label, at a known post and at a new one. The pool's size and the labels used then."""
    charged = value[label] + view.rate[0] * labels[label, MINUTES] + view.rate[1] * labels[label, NIGHT_TOTAL]
    price = -1
    if charged + view.fresh[turn] < hopeless:
        price = beside(
            tables, state, labels, label, turn, week_limit
        )  # fmt: skip
    if price >= 0:
        price += max(0, tables.alone[turn])
        kept, kept_value, new, new_value = best_choices(
            choice, choices, turn, own, paid, post_bit, labels[label, POSTS], tables.continuity
        )
        for option in range(2):
            shift, worth = (kept, kept_value) if option == 0 else (new, new_value)
            if choices[turn] == 0:  # a fixed duty
                shift, worth = (-1, 0.0) if option == 0 else (-1, INFINITE)
            elif option == 1 and kept_value <= new_value - tables.continuity:
                worth = INFINITE
            if worth < INFINITE / 2:
                add(tables, labels, value, used, label, turn, shift, price, worth, own, post_bit)
                if prospects(tables, view, labels, value, used, tables.day[turn] - 1) < hopeless:
                    pool[size] = used
                    size += 1
                    used += 1
    return size, used


@inlined
def close_day(
    tables: Tables, view: View, labels: Array, value: Floats, day: int, week_limit: int, known: int,
    posts_expected: int, cutoff: float, pool: Array, size: int, rank: Floats, key: Array,
) -> None:  # fmt: skip
    """Charges what weeks that end today cost, and ranks the labels."""
    for place in range(size):
        label = pool[place]
        charge = closing(tables, labels, label, day, week_limit)
        labels[label, SPENT] += charge
        value[label] += charge
        rank[place] = prospects(tables, view, labels, value, label, day)
        if rank[place] >= cutoff:
            rank[place] = INFINITE
        rank[place] += tables.continuity * max(0, posts_expected - ones(labels[label, POSTS] & ~known))
        key[place] = likeness(tables, labels, label, day)


@compiled
def grow(
    tables: Tables, view: View, labels: Array, value: Floats, state: Array, choice: Array, choices: Array, own: Array,
    paid: Floats, post_bit: Array, known: int, person: Array, week_limit: int, prices: tuple[int, int], steps: Array,
    posts_expected: int, cutoff: float, beam: int, best: Array,
) -> tuple[int, int]:  # fmt: skip
    """Fills the labels, and `best` with those of the best whole rosters, best first; how many, and how many labels.

    `choice[turn]` are the person's shifts of a turn by falling worth, `choices` how many; `own` and `paid` what he
    costs on each shift and what a place on it is worth. Nothing is followed up that cannot end below `cutoff`. Labels
    are ranked as if all came to `posts_expected` new posts.
    """
    labels[0, PARENT], labels[0, AT], labels[0, PICK], labels[0, POSTS], value[0] = -1, -1, -1, known, 0.0
    labels[0, WORKED] = labels[0, NIGHTS_WORKED] = labels[0, MINUTES] = labels[0, NIGHT_TOTAL] = labels[0, SPENT] = 0
    pool, rank, key = np.empty(NEW_EACH_DAY, np.int64), np.empty(NEW_EACH_DAY), np.empty(NEW_EACH_DAY, np.int64)
    slots, keys = np.empty(KEYS, np.int64), np.empty(KEYS, np.int64)
    pool[0], size, used, hopeless = 0, 1, 1, cutoff
    for day in range(tables.days):
        for turn in range(view.begins[day], view.begins[day + 1]):
            if state[turn] == CLOSED:
                continue
            before = size
            for place in range(before):
                if used + 2 < len(labels) and size + 2 < NEW_EACH_DAY:
                    size, used = extend(
                        tables, view, labels, value, state, choice, choices, own, paid, post_bit, week_limit, turn,
                        pool[place], hopeless, pool, size, used,
                    )  # fmt: skip
            if state[turn] == FORCED:
                pool[: size - before] = pool[before:size].copy()
                size -= before
        close_day(
            tables, view, labels, value, day, week_limit, known, posts_expected, cutoff, pool, size, rank, key
        )  # fmt: skip
        if size > beam or day % 4 == 3:
            size, spread = keep_best(pool, size, rank, key, beam, slots, keys)
            hopeless = min(cutoff, spread)
    for place in range(size):
        label = pool[place]
        totals = totals_price(labels[label, MINUTES], labels[label, NIGHT_TOTAL], person, prices, steps)
        rank[place] = value[label] + totals
    order = np.argsort(rank[:size])
    count = min(size, len(best))
    best[:count] = pool[order[:count]]
    return count, used
