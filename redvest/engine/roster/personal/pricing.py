"""Everyone's best rosters for given prices of places: the door to the compiled code."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from redvest.engine.roster.check_people import findings
from redvest.engine.roster.personal.cells import cells_of
from redvest.engine.roster.personal.fits import MOST_SHIFTS_A_PERSON
from redvest.engine.roster.personal.outlook import CLOSED, FORCED, OPEN, first_turns
from redvest.engine.roster.personal.rosters import Found, price_people
from redvest.engine.roster.personal.turns import kind_of, turns_of
from redvest.engine.roster.problem import Person, Problem

Numbers = NDArray[np.float64]
ARENA = 100_000


@dataclass(frozen=True, slots=True)
class Column:
    """One person's whole roster: who, on which shifts, what it costs him and what it costs at the given prices."""

    person: int
    shifts: tuple[int, ...]
    cost: int
    reduced: float


class Pricing:
    """The arrays of one problem, and the rosters found for prices of places."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        cells, turns = cells_of(problem), turns_of(problem)
        self.cells, self.tables = cells, turns.tables
        self.begins = first_turns(turns.tables)
        people = problem.people
        self.turn_of = np.array([turns.number_of[kind_of(shift)] for shift in problem.shifts], np.int64)
        self.fixed = np.zeros((len(people), len(turns.tables.start)), bool)
        for row, person in enumerate(people):
            for duty in person.fixed:
                self.fixed[row, turns.number_of[kind_of(duty)]] = True
        self.odd = np.array([self._breaks_by_itself(person) for person in people], bool)
        posts = sorted({shift.post for shift in problem.shifts})
        self.knows = np.array([[post in person.knows for post in posts] for person in people], bool).reshape(
            len(people), len(posts)
        )
        self.people = np.array([_totals(person) for person in people], np.int64).reshape(len(people), 4)
        own = problem.rules.week_hours.value
        self.week_limits = np.array(
            [own if person.max_minutes_7d is None else person.max_minutes_7d for person in people], np.int64
        )
        prices = problem.prices
        self.prices = (prices.fairness_minutes, prices.fairness_nights)
        self.steps = np.array(prices.fairness_steps, np.int64)
        self.unit = max(1, gcd(*(int(minutes) for minutes in turns.tables.counted[:, 0])))
        self.rates = np.zeros((len(people), 2))
        self.states = self.states_of(cells.open, cells.pinned)
        self._room = threading.local()
        self.posts_expected = np.zeros(len(people), np.int64)

    @property
    def ways(self) -> NDArray[np.int64]:
        """The shifts of everyone's relaxed roster behind the last bounds that this thread asked for; -1 is none."""
        return np.asarray(self._buffers(1)[-1])

    def _buffers(self, most: int) -> tuple[NDArray[Any], ...]:
        """Room for what the compiled code fills: made once, used by every call of this thread."""
        known: dict[int, tuple[NDArray[Any], ...]] = self._room.__dict__.setdefault("known", {})
        if most not in known:
            number = len(self.problem.people)
            known[most] = (
                np.zeros(number, np.int64),
                np.zeros((number, most), np.int64),
                np.zeros((number, most, MOST_SHIFTS_A_PERSON), np.int64),
                np.zeros((number, most), np.int64),
                np.zeros((number, most)),
                np.zeros(number),
                np.zeros((number, 2), np.int64),
                np.zeros((number, MOST_SHIFTS_A_PERSON), np.int64),
            )
        return known[most]

    def states_of(self, is_open: NDArray[np.bool_], pinned: NDArray[np.bool_]) -> NDArray[np.int64]:
        """For each person which turns are closed, open or forced, when these cells are open and these decided."""
        states = np.full(self.fixed.shape, CLOSED, np.int64)
        tables = self.tables
        filled = np.flatnonzero(np.diff(tables.first))
        if len(filled):
            begins, order = tables.first[filled], tables.shifts
            can = np.logical_or.reduceat(is_open[:, order], begins, axis=1)
            must = np.logical_or.reduceat(pinned[:, order], begins, axis=1)
            can[:, tables.alone[filled] < 0] = False
            states[:, filled] = np.where(must, FORCED, np.where(can, OPEN, CLOSED))
        states[self.fixed] = FORCED
        return states

    def _breaks_by_itself(self, person: Person) -> bool:
        """Whether what is decided breaks a hard rule about how duties follow each other, pins or fixed duties."""
        pinned = [self.problem.shift_of[shift] for who, shift in self.problem.pinned if who == person.id]
        if not pinned and not person.fixed:
            return False
        severe = (finding for finding in findings(self.problem, person, pinned) if finding.severity == "forbid")
        return any(finding.rule not in ONE_SHIFT for finding in severe)

    def best(
        self,
        paid: Numbers,
        kind: NDArray[np.int64],
        cutoffs: Numbers,
        is_open: NDArray[np.bool_],
        pinned: NDArray[np.bool_],
        people: Sequence[int] | None = None,
        beam: int = 60,
        most: int = 4,
        rounds: int = 3,
        workers: int = 1,
        rates: Numbers | None = None,
    ) -> tuple[list[Column], Numbers, tuple[int, int]]:
        """Rosters that cost less than the person's cutoff at these prices, best first, and everyone's bound.

        `paid[kind[person], shift]` is what a place is worth that this person takes; `is_open` and `pinned` say which
        cells he may and must take. Last come the steps and the labels that this took.
        """
        who = np.arange(len(self.problem.people)) if people is None else np.array(people, np.int64)
        buffers = self._buffers(most)
        counts, lengths, picks, costs, reduced, bounds, work, ways = buffers
        found = Found(counts, lengths, picks, costs, reduced)
        counts[who], work[who], ways[who] = 0, 0, -1
        if is_open is not self.cells.open or pinned is not self.cells.pinned:
            states = self.states_of(is_open, pinned)
        else:
            states = self.states
        charges = self.rates if rates is None else rates

        def some(part: NDArray[np.int64]) -> None:
            price_people(
                self.tables, self.begins, part, states, is_open, pinned, self.cells.cost,
                self.cells.constant, paid, kind, self.knows, self.people, self.week_limits, self.prices, self.steps,
                self.unit, self.odd, charges, self.posts_expected, rounds, cutoffs, beam, ARENA,
                found, bounds, ways, work,
            )  # fmt: skip

        if workers == 1 or len(who) < 8:
            some(who)
        else:
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(some, [who[part::workers] for part in range(workers)]))
        columns = [
            Column(
                int(person),
                tuple(sorted(int(shift) for shift in picks[person, place, : lengths[person, place]])),
                int(costs[person, place]),
                float(reduced[person, place]),
            )
            for person in who
            for place in range(counts[person])
        ]
        return columns, bounds.copy(), (int(work[who, 0].sum()), int(work[who, 1].sum()))


ONE_SHIFT = frozenset(
    {
        "availability",
        "day_off",
        "perimeter",
        "reach",
        "group",
        "shift_length",
        "night_length",
        "suit_length",
        "heat_stop",
    }
)


def _totals(person: Person) -> tuple[int, int, int, int]:
    """Past and share of minutes, past and share of nights; a share of -1 is not looked at."""
    minutes = -1 if person.fair_minutes is None else person.fair_minutes
    nights = -1 if person.fair_nights is None else person.fair_nights
    return (person.past_minutes, minutes, person.past_nights, nights)
