"""A small problem for column generation whose answers can be counted: who sits in which room, at most two rooms a
person."""

from itertools import combinations, product

import numpy as np

from redvest.engine.roster.columns.pool import Columns
from redvest.engine.roster.columns.pricing import REFUSES, TAKES, Fixed, Priced
from redvest.engine.roster.columns.rows import Floats, Row, Rows


class Rooms:
    """Each person takes up to two rooms, each at a price of his own; each room wants some heads."""

    def __init__(self, prices: list[list[float]], rows: list[Row]) -> None:
        self.prices = np.array(prices, dtype=np.float64)
        self.rows = Rows.of(rows)
        self.persons = len(prices)
        rooms = range(len(rows))
        self.sets = [hits for size in range(3) for hits in combinations(rooms, size)]

    def columns_of(self, person: int) -> list[tuple[int, float, tuple[int, ...]]]:
        return [(person, float(self.prices[person, list(hits)].sum()), hits) for hits in self.sets]

    def price(self, duals: Floats, fixed: Fixed | None = None) -> Priced:
        best, limits = [], np.full(self.persons, np.inf)
        for person in range(self.persons):
            found: tuple[int, float, tuple[int, ...]] = (person, 0.0, ())
            for _, cost, hits in self.columns_of(person):
                said = None if fixed is None else fixed[person]
                if said is not None and (
                    (said[list(hits)] == REFUSES).any() or set(np.flatnonzero(said == TAKES)) - set(hits)
                ):
                    continue
                paid = cost + float(duals[list(hits)].sum())
                if paid < limits[person] - 1e-12:
                    limits[person] = paid
                    found = (person, cost, hits)
            if np.isfinite(limits[person]):
                best.append(found)
        return Priced(Columns.of(best), limits, 1e-6 * self.persons)

    def cheapest(self) -> float:
        """The least cost of all, by trying everything."""
        costs = []
        for choice in product(*(self.columns_of(person) for person in range(self.persons))):
            activity = np.bincount([room for *_, hits in choice for room in hits], minlength=len(self.rows)).astype(
                float
            )
            costs.append(sum(cost for _, cost, _ in choice) + self.rows.cost(activity))
        return min(costs)
