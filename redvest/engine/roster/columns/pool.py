"""Columns as arrays, and a pool that keeps each one once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from redvest.engine.roster.columns.rows import Flags, Floats, Ints


@dataclass(frozen=True, slots=True)
class Columns:
    """Many columns: whose each is, what it costs by itself, and its hits `row[start[i]:start[i + 1]]`.

    A hit counts `factor` in its row: 1 as a rule, other numbers where a row compares or weighs people. The hits of a
    column tell it from every other of the same person; give whatever has to be told apart a row, if need be one
    without cost.
    """

    person: Ints
    cost: Floats
    start: Ints
    row: Ints
    factor: Floats

    @classmethod
    def of(cls, columns: Iterable[tuple[int, float, Sequence[int]]]) -> "Columns":
        """From (person, cost, rows hit); a row named twice is hit twice."""
        listed = [
            (person, cost, *np.unique(np.array(hits, np.int32), return_counts=True)) for person, cost, hits in columns
        ]
        start = np.cumsum([0] + [len(rows) for _, _, rows, _ in listed])
        empty = np.empty(0)
        return cls(
            np.array([person for person, *_ in listed], dtype=np.int32),
            np.array([cost for _, cost, *_ in listed], dtype=np.float64),
            start.astype(np.int32),
            np.concatenate([empty, *(rows for *_, rows, _ in listed)]).astype(np.int32),
            np.concatenate([empty, *(counts for *_, counts in listed)]).astype(np.float64),
        )

    def __len__(self) -> int:
        return len(self.person)

    def hits(self, number: int) -> Ints:
        """The rows that one column hits."""
        return self.row[self.start[number] : self.start[number + 1]]

    @property
    def owner(self) -> Ints:
        """For each hit, the number of its column."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.start))

    def take(self, chosen: Flags | Ints) -> "Columns":
        """Only these columns, in the order given."""
        numbers = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
        lengths = np.diff(self.start)[numbers]
        start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        hits = np.arange(start[-1]) + np.repeat(self.start[numbers] - start[:-1], lengths)
        return Columns(self.person[numbers], self.cost[numbers], start, self.row[hits], self.factor[hits])

    @staticmethod
    def joined(parts: Sequence["Columns"]) -> "Columns":
        """Several batches as one."""
        if not parts:
            return Columns.of(())
        offsets = np.cumsum([0] + [len(part.row) for part in parts])
        starts = [part.start[:-1] + offset for part, offset in zip(parts, offsets, strict=False)]
        return Columns(
            np.concatenate([part.person for part in parts]),
            np.concatenate([part.cost for part in parts]),
            np.concatenate([*starts, offsets[-1:]]).astype(np.int32),
            np.concatenate([part.row for part in parts]),
            np.concatenate([part.factor for part in parts]),
        )

    def activity(self, rows: int, weights: Floats | None = None) -> Floats:
        """How often each row is hit by these columns, each taken as much as its weight says (or once)."""
        amounts = self.factor if weights is None else self.factor * weights[self.owner]
        return np.bincount(self.row, amounts, minlength=rows).astype(np.float64)

    def reduced(self, duals: Floats) -> Floats:
        """Each column's cost with its hits paid at these prices."""
        paid = np.bincount(self.owner, duals[self.row] * self.factor, minlength=len(self))
        return self.cost + paid


class Pool:
    """A growing set of columns. The same column is never kept twice."""

    def __init__(self, persons: int, rows: int) -> None:
        dice = np.random.default_rng(20260302)
        self.persons = persons
        self.rows = rows
        self.columns = Columns.of(())
        self._marks = dice.integers(1, 2**63, size=(2, rows), dtype=np.uint64)
        self._person_marks = dice.integers(1, 2**63, size=persons, dtype=np.uint64)
        self._known: set[int] = set()

    def __len__(self) -> int:
        return len(self.columns)

    def add(self, columns: Columns) -> int:
        """Takes the columns that are new; how many those were."""
        new = []
        for number, mark in enumerate(self._fingerprints(columns).tolist()):
            if mark not in self._known:
                self._known.add(mark)
                new.append(number)
        if new:
            self.columns = Columns.joined([self.columns, columns.take(np.array(new, dtype=np.int32))])
        return len(new)

    def keep(self, chosen: Flags) -> None:
        """Forgets all other columns; they may come again."""
        self.columns = self.columns.take(chosen)
        self._known = set(self._fingerprints(self.columns).tolist())

    def _fingerprints(self, columns: Columns) -> NDArray[np.uint64]:
        """A 64-bit number for each column, by its person, hits and factors: equal ones are the same column."""
        with np.errstate(over="ignore"):
            times = np.round(columns.factor * 64).astype(np.int64).view(np.uint64)
            each = self._marks[0, columns.row] * times + (self._marks[1, columns.row] ^ times)
            sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(each, dtype=np.uint64)])
            marks: NDArray[np.uint64] = sums[columns.start[1:]] - sums[columns.start[:-1]]
            return marks + self._person_marks[columns.person]
