"""The pricing of the benchmark: one person's whole roster as a column of the machinery in `columns`."""

import numpy as np

from redvest.engine.roster.columns.pool import Columns
from redvest.engine.roster.columns.pricing import Fixed, Priced, nothing_fixed
from redvest.engine.roster.columns.rows import Floats, Ints, Rows
from redvest.engine.roster.shift_scheduling.part import Part, Shifts
from redvest.engine.roster.shift_scheduling.pricing_kernel import COUNTED, price_everybody

NO_ROSTER = -2
EXACT_UP_TO = 1e6
EXACT = 1e-6


class PartPricing:
    """A `Pricing` over one part. It remembers how each person's limits were dealt with.

    Up to so many states a person the limit of weekends is kept exactly, above that by a toll. Rosters that cost
    `enough` more than the proven limit are not improved on.
    """

    def __init__(self, part: Part, exact_up_to: float = EXACT_UP_TO, enough: float = EXACT) -> None:
        self.part = part
        self.enough = enough
        people, days, shifts = part.grid.base.shape
        self.counted = np.full((people, COUNTED), -1, dtype=np.int32)
        self.prices = np.zeros((people, shifts))
        states = days * (part.grid.weekends + 1.0) * (part.grid.high + 1.0)
        self.tolls = np.where(states > exact_up_to, 0.0, -1.0).reshape(people, 1)
        self.trouble = np.zeros((people, 1), dtype=np.int32)
        self.found = np.empty((people, days), dtype=np.int32)

    @property
    def persons(self) -> int:
        return len(self.part.people)

    @property
    def rows(self) -> Rows:
        return self.part.rows

    def price(self, duals: Floats, fixed: Fixed | None = None) -> Priced:
        limits = np.empty(self.persons)
        fixed = nothing_fixed(self) if fixed is None else fixed
        work = price_everybody(
            self.part.grid,
            duals,
            fixed,
            self.counted,
            self.prices,
            self.tolls,
            self.trouble,
            self.enough,
            self.found,
            limits,
        )
        having = np.flatnonzero(self.found[:, 0] != NO_ROSTER).astype(np.int32)
        return Priced(columns_of(self.part, having, self.found[having]), limits, work)


def columns_of(part: Part, people: Ints, shifts: Ints | Shifts) -> Columns:
    """Columns of these people (numbered within the part) from their shifts on the part's days."""
    who, day = np.nonzero(shifts >= 0)
    worked = shifts[who, day]
    row = part.grid.row[day, worked]
    counts = row >= 0
    who, day, worked, row = who[counts], day[counts], worked[counts], row[counts]
    cost = np.bincount(who, part.grid.base[people[who], day, worked], minlength=len(people))
    start = np.concatenate([[0], np.cumsum(np.bincount(who, minlength=len(people)))])
    return Columns(
        people.astype(np.int32),
        cost.astype(np.float64),
        start.astype(np.int32),
        row.astype(np.int32),
        np.ones(len(row)),
    )


def shifts_of(part: Part, columns: Columns) -> Shifts:
    """people x free days of the part: the shift that each column works there, or OFF."""
    out = np.full((len(columns), len(part.days)), -1, dtype=np.int16)
    day_of = np.empty(len(part.rows), dtype=np.int32)
    shift_of = np.empty(len(part.rows), dtype=np.int16)
    day, shift = np.nonzero(part.grid.row >= 0)
    day_of[part.grid.row[day, shift]], shift_of[part.grid.row[day, shift]] = day, shift
    out[columns.owner, day_of[columns.row]] = shift_of[columns.row]
    return out
