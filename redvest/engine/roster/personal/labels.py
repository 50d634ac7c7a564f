"""Good rosters for one person: labels over turns in time order, exact in every rule, guided by the outlook.

A label is a partial roster. It remembers its predecessor, so that every rolling rule is computed from the duties
themselves. After each day only the labels with the best prospects are kept (a beam); of labels alike in everything that
later rules look at, one. Irnich and Desaulniers (2005), "Shortest path problems with resource constraints".
"""

import numpy as np

from redvest.engine.roster.columns.compiled import inlined
from redvest.engine.roster.personal.outlook import FORCED, WEEK, early, run_of_nights
from redvest.engine.roster.personal.turns import (
    AFTER_NIGHTS,
    DAY_HOURS,
    DAYS,
    DAYS_OFF,
    FORBID,
    NONE,
    OFF,
    PRICED,
    WEEK_HOURS,
    WEEK_WANTED,
    Array,
    Tables,
)

ALL_DAY = 1440
PARENT, AT, PICK, WORKED, NIGHTS_WORKED, MINUTES, NIGHT_TOTAL, POSTS, SPENT = range(9)
"""What a label holds: its predecessor, its last turn (-1 for none) and that turn's shift (-1 for a fixed duty), days
and nights worked as bits, minutes of service and nights without fixed duties, known posts as bits, what it costs so
far."""


@inlined
def row_to(bits: int, last: int) -> int:
    """How many days in a row the bits hold that end with this one."""
    length = 0
    while last >= 0 and (bits >> last) & 1:
        length += 1
        last -= 1
    return length


@inlined
def ones(bits: int) -> int:
    count = 0
    while bits:
        bits &= bits - 1
        count += 1
    return count


@inlined
def within_a_day(tables: Tables, labels: Array, label: int, turn: int) -> int:
    """`day_hours`, `suit_hours`, `heat_hours` in the 24 hours from each earlier duty: what the turn adds, or -1."""
    price = 0
    first = label
    while first >= 0 and labels[first, AT] >= 0:
        begin = tables.start[labels[first, AT]]
        until = begin + ALL_DAY
        if tables.start[turn] >= until:
            break
        for kind in range(3):
            severity, value, each = tables.rules[DAY_HOURS + kind]
            if severity == OFF or tables.counted[turn, kind] == 0:
                continue
            minutes, other = 0, label
            while True:
                if tables.counted[labels[other, AT], kind] > 0:
                    minutes += min(tables.end[labels[other, AT]], until) - tables.start[labels[other, AT]]
                if other == first:
                    break
                other = labels[other, PARENT]
            more = minutes + min(tables.end[turn], until) - tables.start[turn]
            if more > value:
                if severity == FORBID:
                    return -1
                price += each * (-(-(more - value) // 60) - -(-max(0, minutes - value) // 60))
        first = labels[first, PARENT]
    return price


@inlined
def week_minutes(tables: Tables, labels: Array, label: int, last: int) -> int:
    """Service in the 7 days that end with `last`."""
    minutes = 0
    while label >= 0 and labels[label, AT] >= 0 and tables.day[labels[label, AT]] > last - WEEK:
        if tables.day[labels[label, AT]] <= last:
            minutes += tables.counted[labels[label, AT], 0]
        label = labels[label, PARENT]
    return minutes


@inlined
def beside(
    tables: Tables, state: Array, labels: Array, label: int, turn: int,
    week_limit: int,
) -> int:  # fmt: skip
    """What the turn costs after the duties of a label, or -1 if a hard rule forbids it."""
    rules, day = tables.rules, tables.day[turn]
    both_forced = state[turn] == FORCED
    price = 0
    other = label
    while other >= 0 and labels[other, AT] >= 0:
        before = labels[other, AT]
        gap = tables.start[turn] - tables.end[before]
        if gap >= tables.reach:
            break
        pair = tables.pair[before, turn]
        if pair < 0 and not (both_forced and state[before] == FORCED):
            return -1
        price += max(0, pair)
        if tables.night_count[before] and gap < rules[AFTER_NIGHTS, 1]:
            row = row_to(labels[label, NIGHTS_WORKED], tables.dawn[before])
            rest = early(tables, before, row, turn)
            if rest < 0:
                return -1
            price += rest
        other = labels[other, PARENT]
    within = within_a_day(tables, labels, label, turn)
    if within < 0:
        return -1
    price += within
    in_span = tables.span[0] <= day <= tables.span[1]
    for rule, limit in ((WEEK_HOURS, week_limit), (WEEK_WANTED, rules[WEEK_WANTED, 1])):
        matters = rules[rule, 0] == FORBID and in_span and tables.counted[turn, 0] > 0 and tables.most_in_week > limit
        if matters and week_minutes(tables, labels, label, day) + tables.counted[turn, 0] > limit:
            return -1
    if not (labels[label, WORKED] >> day) & 1:
        worked = labels[label, WORKED] | (np.int64(1) << day)
        if rules[DAYS, 0] != OFF and row_to(worked, day) > rules[DAYS, 1]:
            if rules[DAYS, 0] == FORBID:
                return -1
            price += rules[DAYS, 2]
        free = WEEK - ones((worked >> max(0, day - 6)) & 127)
        if rules[DAYS_OFF, 0] == FORBID and in_span and free < rules[DAYS_OFF, 1]:
            return -1
    if tables.night_count[turn]:
        length, dawn = 0, NONE
        for back in range(2):
            if (
                length == 0
                and tables.dusk[turn] >= back
                and (labels[label, NIGHTS_WORKED] >> (tables.dusk[turn] - back)) & 1
            ):
                length = row_to(labels[label, NIGHTS_WORKED], tables.dusk[turn] - back)
                dawn = tables.dusk[turn] - back
        _, of_nights = run_of_nights(tables, dawn, turn, length, 99)
        if of_nights < 0:
            return -1
        price += of_nights
    return price


@inlined
def closing(tables: Tables, labels: Array, label: int, day: int, week_limit: int) -> int:
    """What priced weekly rules cost at the end of a day."""
    rules, price = tables.rules, 0
    if not tables.span[0] <= day <= tables.span[1]:
        return 0
    for rule, limit in ((WEEK_HOURS, week_limit), (WEEK_WANTED, rules[WEEK_WANTED, 1])):
        if rules[rule, 0] == PRICED and tables.most_in_week > limit:
            over = week_minutes(tables, labels, label, day) - limit
            if over > 0:
                price += rules[rule, 2] * -(-over // 60)
    if rules[DAYS_OFF, 0] == PRICED:
        free = WEEK - ones((labels[label, WORKED] >> max(0, day - 6)) & 127)
        price += rules[DAYS_OFF, 2] * max(0, rules[DAYS_OFF, 1] - free)
    return price
