"""What columns share: rows that count their hits and have a convex, piecewise-linear cost for the count."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]

NEVER = float("inf")
"""As a slope: a hard end. The count may not go there."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: slopes left of, between and right of its points, rising; its cost at the first point.

    Two heads wanted, 100 for each missing and 1 for each too many: `Row((2,), (-100, 1))`. At least one (500 each),
    two wanted (100 each), never above four: `Row((1, 2, 4), (-500, -100, 0, NEVER), at_first=100)`. `is_cell` says
    that hitting the row is a decision about the person, as working a shift is: dives and neighbourhoods fix cells. A
    row that only counts (skilled people on a shift, who already hit the shift itself) is none.
    """

    points: tuple[float, ...]
    slopes: tuple[float, ...]
    at_first: float = 0.0
    is_cell: bool = True

    def __post_init__(self) -> None:
        if len(self.slopes) != len(self.points) + 1 or not self.points:
            raise ValueError("a row has at least one point, and one slope more than points")
        if list(self.points) != sorted(self.points) or list(self.slopes) != sorted(self.slopes):
            raise ValueError("points and slopes of a row rise: its cost is convex")


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows as arrays; those with fewer points than others repeat their last."""

    points: Floats  # rows x points
    slopes: Floats  # rows x (points + 1)
    at_first: Floats
    is_cell: Flags
    _heights: Floats = field(init=False, repr=False)  # cost at each point

    def __post_init__(self) -> None:
        heights = np.empty_like(self.points)
        heights[:, 0] = self.at_first
        with np.errstate(invalid="ignore"):
            for k in range(1, self.points.shape[1]):
                step = self.points[:, k] - self.points[:, k - 1]
                heights[:, k] = heights[:, k - 1] + np.where(step > 0, step * self.slopes[:, k], 0.0)
        object.__setattr__(self, "_heights", heights)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Rows":
        """Rows from their descriptions, numbered in this order."""
        listed = list(rows)
        width = max((len(row.points) for row in listed), default=1)
        points = np.zeros((len(listed), width))
        slopes = np.zeros((len(listed), width + 1))
        for number, row in enumerate(listed):
            more = width - len(row.points)
            points[number] = row.points + row.points[-1:] * more
            slopes[number] = row.slopes + row.slopes[-1:] * more
        first = np.array([row.at_first for row in listed], dtype=np.float64)
        return cls(points, slopes, first, np.array([row.is_cell for row in listed], dtype=np.bool_))

    def __len__(self) -> int:
        return len(self.points)

    @property
    def has_hard_ends(self) -> bool:
        return not bool(np.isfinite(self.slopes).all())

    @property
    def lowest(self) -> Floats:
        """The least price that a row can have: what one more hit is worth where it lacks most."""
        return self.slopes[:, 0]

    @property
    def highest(self) -> Floats:
        return self.slopes[:, -1]

    def costs(self, activity: Floats) -> Floats:
        """What each row costs when it is hit that often."""
        first, last = self.points[:, 0], self.points[:, -1]
        below, above = np.maximum(first - activity, 0), np.maximum(activity - last, 0)
        with np.errstate(invalid="ignore"):
            cost = np.where(below > 0, -self.slopes[:, 0] * below, 0.0) + self.at_first
            cost += np.where(above > 0, self.slopes[:, -1] * above, 0.0)
            for k in range(1, self.points.shape[1]):
                inside = np.clip(activity, self.points[:, k - 1], self.points[:, k]) - self.points[:, k - 1]
                cost += np.where(inside > 0, inside * self.slopes[:, k], 0.0)
        return np.asarray(cost)

    def cost(self, activity: Floats) -> float:
        return float(self.costs(activity).sum())

    def clipped(self, duals: Floats) -> Floats:
        """Prices brought into the range of the rows' slopes."""
        return np.clip(duals, self.lowest, self.highest)

    def favoured(self, duals: Floats) -> NDArray[np.intp]:
        """Of each row the point that the conjugate takes."""
        return np.asarray((duals[:, None] * self.points - self._heights).argmax(axis=1))

    def conjugate(self, duals: Floats) -> float:
        """The sum over rows of the most that `dual x count - cost(count)` can be, for prices within the slopes."""
        return float((duals[:, None] * self.points - self._heights).max(axis=1).sum())
