"""The protocol between the search and whoever knows the rules of one person."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from redvest.engine.roster.columns.pool import Columns
from redvest.engine.roster.columns.rows import Floats, Rows

FREE, TAKES, REFUSES = 0, 1, -1
Fixed = NDArray[np.int8]
"""persons x rows: for each cell, nothing is decided (FREE), the person takes it, or does not take it."""


@dataclass(frozen=True, slots=True)
class Priced:
    """Columns worth adding, and for each person a proven lower limit of the reduced cost of every column allowed.

    The reduced cost of a column is its own cost plus the prices of the rows it hits. A limit of infinity says that
    the person has no column at all under what is fixed. Columns need not be the cheapest, but if limit and cheapest
    column differ the bound of the whole is weaker by as much. `work` is what this cost, in the unit of `Effort`.
    """

    columns: Columns
    limits: Floats
    work: float


class Pricing(Protocol):
    """The rules of every person, and the rows they share."""

    @property
    def persons(self) -> int: ...

    @property
    def rows(self) -> Rows: ...

    def price(self, duals: Floats, fixed: Fixed | None = None) -> Priced:
        """The cheapest columns of every person when each hit of row r costs `duals[r]` more, and the limits.

        Several good and different columns a person are welcome. The same arguments get the same answer.
        """
        ...


def nothing_fixed(pricing: Pricing) -> Fixed:
    return np.zeros((pricing.persons, len(pricing.rows)), dtype=np.int8)


def allowed(columns: Columns, fixed: Fixed | None) -> NDArray[np.bool_]:
    """Which columns keep to what is fixed."""
    if fixed is None:
        return np.ones(len(columns), dtype=np.bool_)
    said = fixed[columns.person[columns.owner], columns.row]
    refused = np.bincount(columns.owner, said == REFUSES, minlength=len(columns)) > 0
    taken = np.bincount(columns.owner, said == TAKES, minlength=len(columns))
    complete: NDArray[np.bool_] = taken == (fixed == TAKES).sum(axis=1)[columns.person]
    return complete & ~refused
