"""The pricing of a roster problem for column generation: everyone's rules on one side, the shared rows on the other."""

import numpy as np
from numpy.typing import NDArray

from redvest.engine.roster.check_people import findings
from redvest.engine.roster.columns.pool import Columns, Pool
from redvest.engine.roster.columns.pricing import REFUSES, TAKES, Fixed, Priced, allowed
from redvest.engine.roster.columns.rows import Floats, Rows
from redvest.engine.roster.personal.places import places_of
from redvest.engine.roster.personal.pricing import Column, Pricing
from redvest.engine.roster.personal.sharpening import sharpen
from redvest.engine.roster.problem import Assignment, Problem, Roster

WORK_PER_STEP = 5e-9
WORK_PER_LABEL = 2e-6
WORK_PER_CALL = 3e-4


class Everyone:
    """Columns are whole rosters of one person; rows those of `Places`."""

    def __init__(self, problem: Problem, workers: int = 1, beam: int = 20, most: int = 3, rounds: int = 2) -> None:
        self.problem = problem
        self.persons = len(problem.people)
        self.places = places_of(problem)
        self.pricing = Pricing(problem)
        self.workers, self.beam, self.most, self.rounds = workers, beam, most, rounds
        self.row_of_person = {person.id: row for row, person in enumerate(problem.people)}
        self.number_of_shift = {shift.id: number for number, shift in enumerate(problem.shifts)}
        self._further = self._by_kind_and_shift()
        self._one_kind = np.zeros(self.persons, np.int64)
        self._no_ceiling = np.full(self.persons, np.inf)
        self.work = 0.0  # of all responses
        self.known: Pool | None = None  # where the columns go; only cheaper ones than those in it are looked for

    @property
    def rows(self) -> Rows:
        return self.places.rows

    def _by_kind_and_shift(self) -> list[dict[int, tuple[list[int], list[float]]]]:
        """For each kind of person, which further rows a shift hits and how much."""
        shifts = len(self.problem.shifts)
        found: list[dict[int, tuple[list[int], list[float]]]] = []
        for factors in self.places.factor:
            hits: dict[int, tuple[list[int], list[float]]] = {}
            for number in np.flatnonzero(factors):
                rows, weights = hits.setdefault(int(self.places.shift[number]), ([], []))
                rows.append(shifts + int(number))
                weights.append(float(factors[number]))
            found.append(hits)
        return found

    def price(self, duals: Floats, fixed: Fixed | None = None) -> Priced:
        """Good rosters of everyone at these prices, and a bound for each."""
        is_open, pinned = self._decided(fixed)
        columns, bounds, work = self.pricing.best(
            self.places.worth(duals), self.places.kind, self._ceilings(duals, fixed), is_open, pinned,
            beam=self.beam, most=self.most, rounds=self.rounds, workers=self.workers,
        )  # fmt: skip
        return Priced(self.as_columns(columns), bounds, WORK_PER_STEP * work[0] + WORK_PER_LABEL * work[1])

    def relaxed(self, duals: Floats, rounds: int, rates: Floats) -> tuple[Floats, Floats, float]:
        """Everyone's bound at these prices, how often the relaxed rosters behind them hit each row, and the work.

        `rates` are everyone's charges for a minute and a night; each round improves them.
        """
        cells, places = self.pricing.cells, self.places
        everybody = np.full(self.persons, np.inf)
        _, bounds, work = self.pricing.best(
            places.worth(duals), places.kind, everybody, cells.open, cells.pinned,
            beam=0, most=1, rounds=rounds, rates=rates,
        )  # fmt: skip
        ways = self.pricing.ways
        there = ways >= 0
        kinds = np.repeat(places.kind, there.sum(axis=1))
        counts = np.zeros((len(places.factor), len(self.problem.shifts)))
        np.add.at(counts, (kinds, ways[there]), 1.0)
        weighed = (places.factor * counts[:, places.shift]).sum(axis=0)
        return bounds, np.concatenate([counts.sum(axis=0), weighed]), WORK_PER_STEP * work[0]

    def sharpened(self, duals: Floats, rates: Floats) -> tuple[Floats, float]:
        """Everyone's better bound at these prices and charges, and the work: with the price of new posts."""
        pricing = self.pricing
        bounds, work = np.zeros(self.persons), np.zeros(1, np.int64)
        sharpen(
            pricing.tables, pricing.begins, pricing.states, pricing.cells.open, pricing.cells.pinned,
            pricing.cells.cost, pricing.cells.constant, self.places.worth(duals), self.places.kind, pricing.knows,
            pricing.people, pricing.prices, pricing.steps, pricing.unit, pricing.odd, rates, bounds, work,
        )  # fmt: skip
        return bounds, WORK_PER_STEP * float(work[0])

    def response(self, person: int, worth: Floats, beam: int, rounds: int = 2) -> Column | None:
        """A good roster for one person at what places are worth to him. None if he can only stay as he is."""
        cells = self.pricing.cells
        columns, _, work = self.pricing.best(
            worth[None, :], self._one_kind, self._no_ceiling, cells.open, cells.pinned,
            people=(person,), beam=beam, most=1, rounds=rounds,
        )  # fmt: skip
        self.work += WORK_PER_CALL + WORK_PER_STEP * work[0] + WORK_PER_LABEL * work[1]
        return columns[0] if columns else None

    def _ceilings(self, duals: Floats, fixed: Fixed | None) -> Floats:
        """The cheapest of each person's known columns."""
        lowest = np.full(self.persons, np.inf)
        if self.known is not None and len(self.known):
            columns = self.known.columns
            paid = np.where(allowed(columns, fixed), columns.reduced(duals), np.inf)
            np.minimum.at(lowest, columns.person, paid)
        return lowest

    def _decided(self, fixed: Fixed | None) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        cells = self.pricing.cells
        if fixed is None:
            return cells.open, cells.pinned
        said = fixed[:, : len(self.problem.shifts)]
        return cells.open & (said != REFUSES), cells.pinned | (said == TAKES)

    def as_columns(self, columns: list[Column]) -> Columns:
        """Columns as the master knows them."""
        shifts = [np.array(column.shifts, np.int32) for column in columns]
        rows, factors, lengths = [], [], []
        for column in columns:
            hits, weights = list(column.shifts), [1.0] * len(column.shifts)
            further = self._further[self.places.kind[column.person]]
            for shift in column.shifts:
                if shift in further:
                    hits += further[shift][0]
                    weights += further[shift][1]
            rows += hits
            factors += weights
            lengths.append(len(hits))
        return Columns(
            np.array([column.person for column in columns], np.int32),
            np.array([column.cost for column in columns], np.float64),
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32) if shifts else np.zeros(1, np.int32),
            np.array(rows, np.int32),
            np.array(factors, np.float64),
        )

    def columns_of(self, roster: Roster) -> Columns:
        """A roster as one column a person, with the checker's own costs."""
        held: dict[str, list[int]] = {person.id: [] for person in self.problem.people}
        for person, shift in roster:
            held[person].append(self.number_of_shift[shift])
        return self.as_columns(
            [
                Column(number, tuple(sorted(held[person.id])), self.cost_of(number, held[person.id]), 0.0)
                for number, person in enumerate(self.problem.people)
            ]
        )

    def pinned_shifts(self, person: int) -> tuple[int, ...]:
        """What is decided about a person."""
        return tuple(int(shift) for shift in np.flatnonzero(self.pricing.cells.pinned[person]))

    def cost_of(self, person: int, shifts: list[int]) -> int:
        """What a person's roster costs him, by the checker."""
        someone = self.problem.people[person]
        return sum(found.cost for found in findings(self.problem, someone, [self.problem.shifts[s] for s in shifts]))

    def roster_of(self, columns: Columns) -> Roster:
        """Columns back as assignments."""
        shifts = len(self.problem.shifts)
        return frozenset(
            Assignment(self.problem.people[columns.person[owner]].id, self.problem.shifts[row].id)
            for owner, row in zip(columns.owner, columns.row, strict=True)
            if row < shifts
        )
