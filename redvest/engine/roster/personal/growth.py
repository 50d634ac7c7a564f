"""The search over labels, day by day: `labels` says what a turn costs, this file which labels live."""

import numpy as np

from redvest.engine.roster.columns.compiled import compiled, inlined
from redvest.engine.roster.columns.rows import Floats
from redvest.engine.roster.personal.labels import beside, closing, ones, row_to
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


@inlined
def prospects(
    tables: Tables, after: Floats, idle: Floats, begins: Array, at: Array, days: Array, nights: Array, label: int,
    day: int, most_days: int, most_nights: int,
) -> float:  # fmt: skip
    """The least that can follow after the end of this day, or after the label's last turn on the day after it."""
    turn = at[label]
    if turn < 0 or day - tables.day[turn] > 1:
        return float(idle[begins[day + 1]])
    run = max(1, min(most_days, row_to(days[label], tables.day[turn])))
    row = 0
    if tables.night_count[turn]:
        row = min(most_nights, row_to(nights[label], tables.dawn[turn]))
    return float(after[1 + day - tables.day[turn], turn, run, row])


@inlined
def likeness(
    tables: Tables, at: Array, days: Array, nights: Array, minutes: Array, night_total: Array, posts: Array,
    label: int, day: int,
) -> int:  # fmt: skip
    """Labels of the same likeness have much the same future; only the cheapest of them is kept."""
    turn = at[label]
    key = 0
    if turn >= 0 and tables.day[turn] >= day - 1:
        key = turn + 1
    key = key * 64 + ((days[label] >> max(0, day - 5)) & 63)
    key = key * 8 + ((nights[label] >> max(0, day - 2)) & 7)
    key = key * 1024 + minutes[label] // 60
    key = key * 64 + night_total[label]
    return int(key * 1000003 + posts[label] * 7919)


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


@compiled
def grow(
    tables: Tables, state: Array, choice: Array, choices: Array, own: Array, paid: Floats, post_bit: Array,
    known: int, person: Array, week_limit: int, prices: tuple[int, int], steps: Array, posts_expected: int,
    after: Floats, idle: Floats, fresh: Floats, begins: Array, most_days: int, most_nights: int, rate: Floats,
    cutoff: float, beam: int, parent: Array, at: Array, pick: Array, days: Array, nights: Array, minutes: Array,
    night_total: Array, posts: Array, value: Floats, spent: Array, best: Array,
) -> tuple[int, int]:  # fmt: skip
    """Fills the label arrays and `best` with the labels of the best whole rosters, best first; how many there are,
    and how many labels it took.

    `choice[turn]` are the person's shifts of a turn by falling worth, `choices` how many; `own` and `paid` what he
    costs on each shift and what a place on it is worth. `rate` is what the outlook charges for a minute and a night.
    Nothing is followed up that cannot end below `cutoff`. Labels are ranked as if all came to `posts_expected`
    new posts.
    """
    capacity = len(parent)
    parent[0], at[0], pick[0] = -1, -1, -1
    days[0] = nights[0] = minutes[0] = night_total[0] = spent[0] = 0
    posts[0], value[0] = known, 0.0
    used = 1
    pool = np.empty(NEW_EACH_DAY, np.int64)
    rank = np.empty(NEW_EACH_DAY)
    key = np.empty(NEW_EACH_DAY, np.int64)
    slots = np.empty(KEYS, np.int64)
    keys = np.empty(KEYS, np.int64)
    pool[0], size = 0, 1
    hopeless = cutoff
    for day in range(tables.days):
        for turn in range(begins[day], begins[day + 1]):
            if state[turn] == CLOSED:
                continue
            before = size
            for place in range(before):
                label = pool[place]
                if used + 2 >= capacity or size + 2 >= NEW_EACH_DAY:
                    break
                base = value[label] + rate[0] * minutes[label] + rate[1] * night_total[label]
                if base + fresh[turn] >= hopeless:
                    continue
                price = beside(tables, state, parent, at, days, nights, label, turn, week_limit)
                if price < 0:
                    continue
                if tables.alone[turn] > 0:
                    price += tables.alone[turn]
                kept, kept_value, new, new_value = best_choices(
                    choice, choices, turn, own, paid, post_bit, posts[label], tables.continuity
                )
                for option in range(2):
                    shift, worth = (kept, kept_value) if option == 0 else (new, new_value)
                    if choices[turn] == 0:  # a fixed duty
                        if option == 1:
                            break
                        worth = 0.0
                    elif shift < 0 or (option == 1 and kept_value <= new_value - tables.continuity):
                        continue
                    parent[used], at[used], pick[used] = label, turn, shift
                    days[used] = days[label] | (np.int64(1) << tables.day[turn])
                    nights[used] = nights[label] | tables.nights[turn]
                    minutes[used], night_total[used] = minutes[label], night_total[label]
                    posts[used], spent[used] = posts[label], spent[label] + price
                    if shift >= 0:
                        minutes[used] += tables.counted[turn, 0]
                        night_total[used] += tables.night_count[turn]
                        spent[used] += own[shift]
                        if not posts[label] & post_bit[shift]:
                            spent[used] += tables.continuity
                            posts[used] |= post_bit[shift]
                    value[used] = value[label] + price + worth
                    ahead = prospects(
                        tables,
                        after,
                        idle,
                        begins,
                        at,
                        days,
                        nights,
                        used,
                        tables.day[turn] - 1,
                        most_days,
                        most_nights,
                    )
                    if value[used] + rate[0] * minutes[used] + rate[1] * night_total[used] + ahead >= hopeless:
                        continue
                    pool[size] = used
                    size += 1
                    used += 1
            if state[turn] == FORCED:
                for place in range(size - before):
                    pool[place] = pool[before + place]
                size -= before
        for place in range(size):
            label = pool[place]
            charge = closing(tables, parent, at, days, label, day, week_limit)
            spent[label] += charge
            value[label] += charge
            ahead = prospects(tables, after, idle, begins, at, days, nights, label, day, most_days, most_nights)
            rank[place] = value[label] + rate[0] * minutes[label] + rate[1] * night_total[label] + ahead
            if rank[place] >= cutoff:
                rank[place] = INFINITE
            new_posts = ones(posts[label] & ~known)
            rank[place] += tables.continuity * max(0, posts_expected - new_posts)
            key[place] = likeness(tables, at, days, nights, minutes, night_total, posts, label, day)
        if size > beam or day % 4 == 3:
            size, spread = keep_best(pool, size, rank, key, beam, slots, keys)
            hopeless = min(cutoff, spread)
    for place in range(size):
        label = pool[place]
        rank[place] = value[label] + totals_price(minutes[label], night_total[label], person, prices, steps)
    order = np.argsort(rank[:size])
    count = min(size, len(best))
    for place in range(count):
        best[place] = pool[order[place]]
    return count, used
