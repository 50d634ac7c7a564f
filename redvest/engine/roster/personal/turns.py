"""Turns: the shifts of a problem gathered by time and kind, and what two turns mean for one person, as arrays.

For one person all shifts of the same start, end and kind (standby, suit, heat) are the same work at different places.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from redvest.engine.roster.personal.fits import LONGEST
from redvest.engine.roster.problem import DAY, Duty, Problem, Shift
from redvest.engine.roster.rules import Rule

Array = NDArray[np.int64]
OFF, FORBID, PRICED = 0, 1, 2
NONE = -9
(
    DAY_HOURS,
    SUIT_HOURS,
    HEAT_HOURS,
    WEEK_HOURS,
    WEEK_WANTED,
    NIGHTS,
    NIGHTS_WANTED,
    AFTER_NIGHTS,
    DAYS,
    DAYS_OFF,
) = range(10)
RULES = (
    "day_hours",
    "suit_hours",
    "heat_hours",
    "week_hours",
    "week_hours_wanted",
    "nights_in_row",
    "nights_in_row_wanted",
    "rest_after_nights",
    "days_in_row",
    "days_off",
)
"""The rows of `Tables.rules`: severity, value, price."""


class Tables(NamedTuple):
    """What the compiled code sees of a problem. Turns are in order of start; days count from the first turn's."""

    start: Array
    end: Array
    day: Array
    counted: Array  # [turn, 3]: minutes of service, in a suit, in the heat
    nights: Array  # nights worked, as bits
    night_count: Array
    dusk: Array  # first night worked, NONE without
    dawn: Array  # last night worked
    pair: Array  # [turn, later turn]: price of both, -1 where they exclude each other
    alone: Array  # price of the turn beside nothing else
    shifts: Array  # shift numbers, turn after turn
    first: Array  # where each turn's shifts begin in it
    post: Array  # of each shift
    rules: Array  # [rule, 3]
    span: Array  # first and last day that weekly rules look at
    before_rest: int
    days: int
    reach: int  # minutes after a duty's end from which it does not matter to the next one, apart from runs and weeks
    most_in_week: int  # no more service than this comes together in 7 days
    continuity: int


@dataclass(frozen=True, slots=True)
class Turns:
    """The tables with the keys that lead back to the problem."""

    tables: Tables
    number_of: dict[tuple[int, int, bool, bool, int], int]


def kind_of(duty: Shift | Duty) -> tuple[int, int, bool, bool, int]:
    """What makes two duties the same turn."""
    return (duty.start, duty.end, duty.standby, duty.suit, duty.band)


def turns_of(problem: Problem) -> Turns:
    """All turns of a problem: those of its shifts and those of fixed duties."""
    members: dict[tuple[int, int, bool, bool, int], list[int]] = defaultdict(list)
    example: dict[tuple[int, int, bool, bool, int], Shift | Duty] = {}
    for number, shift in enumerate(problem.shifts):
        members[kind_of(shift)].append(number)
        example.setdefault(kind_of(shift), shift)
    for person in problem.people:
        for duty in person.fixed:
            example.setdefault(kind_of(duty), duty)
    keys = sorted(example)
    duties = [example[key] for key in keys]
    base = min([problem.day_of(duty) for duty in duties] + list(problem.days[:1]), default=0) - 1
    days = [problem.day_of(duty) - base for duty in duties]
    nights = [[night - base for night in problem.nights_of(duty)] for duty in duties]
    last = max([*days, *(night for some in nights for night in some), problem.days[-1] - base if problem.days else 0])
    posts = {post: number for number, post in enumerate(sorted({shift.post for shift in problem.shifts}))}
    rules = problem.rules
    service = [[0 if duty.standby else duty.end - duty.start for duty in duties]]
    suit = [[duty.end - duty.start if duty.suit else 0 for duty in duties]]
    hot = [[duty.end - duty.start if duty.band >= rules.hot_band else 0 for duty in duties]]
    tables = Tables(
        start=_array(duty.start for duty in duties),
        end=_array(duty.end for duty in duties),
        day=_array(days),
        counted=np.array(service + suit + hot, np.int64).T.copy().reshape(len(duties), 3),
        nights=_array(sum(1 << night for night in some) if last <= LONGEST else 0 for some in nights),
        night_count=_array(len(some) for some in nights),
        dusk=_array(min(some, default=NONE) for some in nights),
        dawn=_array(max(some, default=NONE) for some in nights),
        pair=np.zeros((len(duties), len(duties)), np.int64),
        alone=np.zeros(len(duties), np.int64),
        shifts=_array(number for key in keys for number in members.get(key, ())),
        first=np.concatenate(([0], np.cumsum([len(members.get(key, ())) for key in keys]))).astype(np.int64),
        post=_array(posts[shift.post] for shift in problem.shifts),
        rules=np.array([_plain(getattr(rules, name)) for name in RULES], np.int64),
        span=_array([problem.days[0] - base, problem.days[-1] - base] if problem.days else [1, 0]),
        before_rest=rules.nights_before_rest,
        days=last + 1,
        reach=max(DAY, *(rule.value for rule in (rules.rest, rules.rest_floor, rules.rest_after_nights) if rule.on), 0),
        most_in_week=_most_in_week(days, service[0]),
        continuity=problem.prices.continuity,
    )
    _pair_up(problem, tables)
    return Turns(tables, {key: number for number, key in enumerate(keys)})


def _most_in_week(days: list[int], minutes: list[int]) -> int:
    """All turns of the fullest 7 days together."""
    return max((sum(m for d, m in zip(days, minutes, strict=True) if last - 7 < d <= last) for last in days), default=0)


def _array(values: Iterable[int]) -> Array:
    return np.array(list(values), np.int64)


def _plain(rule: Rule) -> tuple[int, int, int]:
    return (FORBID if rule.forbids else PRICED if rule.priced else OFF, rule.value, rule.price)


def _pair_up(problem: Problem, tables: Tables) -> None:
    """`overlap`, `rest_floor` and `rest` of each two turns; the hours of one turn, and of two in a day."""
    gap = tables.start[None, :] - tables.end[:, None]
    for rule in (problem.rules.rest_floor, problem.rules.rest):
        short = (gap >= 0) & (gap < rule.value)
        if rule.forbids:
            tables.pair[short] = -1
        elif rule.priced:
            hours = -(-(rule.value - gap) // 60)
            tables.pair[short & (tables.pair >= 0)] += (rule.price * hours)[short & (tables.pair >= 0)]
    tables.pair[gap < 0] = -1
    begins, until = tables.start[None, :], tables.start[:, None] + DAY
    for kind, rule_number in enumerate((DAY_HOURS, SUIT_HOURS, HEAT_HOURS)):
        severity, value, price = tables.rules[rule_number]
        over = np.minimum(tables.counted[:, kind], DAY) - value
        if severity == FORBID:
            tables.alone[over > 0] = -1
            later = np.where(tables.counted[None, :, kind] > 0, np.minimum(tables.end[None, :], until) - begins, 0)
            tables.pair[(begins < until) & (later > 0) & (tables.counted[:, None, kind] + later > value)] = -1
        elif severity == PRICED:
            dear = (over > 0) & (tables.alone >= 0)
            tables.alone[dear] += price * -(-over[dear] // 60)
