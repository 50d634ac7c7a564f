"""The master problem by a primal-dual first-order method, compiled.

Each person's weights lie on a simplex (they are shares of one roster) and each row's price between the row's first
and last slope, so both steps of the method are cheap, and the gap between its two sides is known at any time.
Chambolle and Pock (2011), "A first-order primal-dual algorithm for convex problems with applications to imaging";
restarts and the balance of the two step lengths after Applegate and others (2021), "Practical large-scale linear
programming using primal-dual hybrid gradient". Strandmark, Qu and Curtois (2020), "First-order linear programming in
a column generation-based heuristic approach to the nurse rostering problem", showed that such prices serve column
generation well.
"""

from typing import NamedTuple

import numpy as np

from redvest.engine.roster.columns.compiled import compiled
from redvest.engine.roster.columns.rows import Floats, Ints

CHECK = 40
"""Iterations between two looks at the gap."""


@compiled
def onto_simplex(values: Floats, out: Floats) -> None:
    """The nearest point whose entries are shares of one (Held, Wolfe and Crowder 1974, by bisection-free narrowing)."""
    count = len(values)
    total = 0.0
    for j in range(count):
        total += values[j]
    level = (total - 1.0) / count
    while True:  # entries below the level are out for good; the level only rises
        total, kept = 0.0, 0
        for j in range(count):
            if values[j] > level:
                total += values[j]
                kept += 1
        higher = (total - 1.0) / kept if kept else level
        if higher <= level + 1e-12:
            break
        level = higher
    for j in range(count):
        out[j] = max(0.0, values[j] - level)


@compiled
def count_hits(start: Ints, row: Ints, factor: Floats, weights: Floats, out: Floats) -> None:
    """How often each row is hit."""
    out[:] = 0.0
    for j in range(len(weights)):
        if weights[j] != 0.0:
            for k in range(start[j], start[j + 1]):
                out[row[k]] += weights[j] * factor[k]


@compiled
def pay(cost: Floats, start: Ints, row: Ints, factor: Floats, duals: Floats, out: Floats) -> None:
    """What each column costs with its hits paid."""
    for j in range(len(cost)):
        paid = cost[j]
        for k in range(start[j], start[j + 1]):
            paid += duals[row[k]] * factor[k]
        out[j] = paid


@compiled
def rows_cost(points: Floats, slopes: Floats, at_first: Floats, activity: Floats) -> float:
    """What the rows cost at these counts."""
    total = 0.0
    last = points.shape[1] - 1
    for r in range(len(activity)):
        a = activity[r]
        total += at_first[r]
        if a < points[r, 0]:
            total += slopes[r, 0] * (a - points[r, 0])
        for k in range(1, last + 1):
            total += slopes[r, k] * max(0.0, min(a, points[r, k]) - points[r, k - 1])
        if a > points[r, last]:
            total += slopes[r, last + 1] * (a - points[r, last])
    return total


@compiled
def rows_conjugate(points: Floats, slopes: Floats, at_first: Floats, duals: Floats) -> float:
    """The most that price x count minus cost can be, summed over rows."""
    total = 0.0
    for r in range(len(duals)):
        height = at_first[r]
        best = duals[r] * points[r, 0] - height
        for k in range(1, points.shape[1]):
            height += slopes[r, k] * (points[r, k] - points[r, k - 1])
            best = max(best, duals[r] * points[r, k] - height)
        total += best
    return total


@compiled
def step_prices(points: Floats, slopes: Floats, duals: Floats, activity: Floats, sigma: float) -> None:
    """Moves each price along its row's count and back to where the row's cost is a tangent."""
    width = points.shape[1]
    for r in range(len(duals)):
        moved = duals[r] + sigma * activity[r]
        price = slopes[r, width]
        for k in range(width):
            t = moved - sigma * points[r, k]
            if t < slopes[r, k]:
                price = slopes[r, k]
                break
            if t <= slopes[r, k + 1]:
                price = t
                break
        duals[r] = price


@compiled
def lowest_sum(first: Ints, paid: Floats) -> float:
    """Each person's cheapest column, summed."""
    total = 0.0
    for p in range(len(first) - 1):
        if first[p] < first[p + 1]:
            total += paid[first[p] : first[p + 1]].min()
    return total


@compiled
def largest_stretch(first: Ints, start: Ints, row: Ints, factor: Floats, rows: int) -> float:
    """The norm of the matrix of hits for changes of weights that leave each person's sum alone, by the power method,
    a little above."""
    columns = len(start) - 1
    weights = np.empty(columns)
    activity, paid, zero = np.zeros(rows), np.zeros(columns), np.zeros(columns)
    for j in range(columns):
        weights[j] = 1.0 + (j * 7919 % 101) / 101.0
    size = 1.0
    for _ in range(20):
        for p in range(len(first) - 1):
            if first[p] < first[p + 1]:
                weights[first[p] : first[p + 1]] -= weights[first[p] : first[p + 1]].mean()
        size = np.sqrt((weights * weights).sum())
        if size < 1e-12:
            return 1.0
        weights /= size
        count_hits(start, row, factor, weights, activity)
        pay(zero, start, row, factor, activity, paid)
        weights[:] = paid
    return float(np.sqrt(size)) * 1.05


class Hits(NamedTuple):
    """Columns in order of persons: where each person's begin, what each costs, and which rows it hits how often."""

    first: Ints
    cost: Floats
    start: Ints
    row: Ints
    factor: Floats


class Slopes(NamedTuple):
    """The rows' costs, as in `Rows`."""

    points: Floats
    slopes: Floats
    at_first: Floats


@compiled
def measure(
    hits: Hits, rows: Slopes, weights: Floats, duals: Floats, seen: Floats, paid: Floats
) -> tuple[float, float]:
    """(value of the weights, bound by the duals)."""
    count_hits(hits.start, hits.row, hits.factor, weights, seen)
    value = (hits.cost * weights).sum() + rows_cost(rows.points, rows.slopes, rows.at_first, seen)
    pay(hits.cost, hits.start, hits.row, hits.factor, duals, paid)
    bound = lowest_sum(hits.first, paid) - rows_conjugate(rows.points, rows.slopes, rows.at_first, duals)
    return value, bound


@compiled
def move(
    hits: Hits,
    rows: Slopes,
    weights: Floats,
    duals: Floats,
    activity: Floats,
    ahead: Floats,
    paid: Floats,
    tau: float,
    sigma: float,
) -> None:
    """One step of both sides: weights down their price, prices up their row's count."""
    pay(hits.cost, hits.start, hits.row, hits.factor, duals, paid)
    for j in range(len(weights)):
        paid[j] = weights[j] - tau * paid[j]
    for p in range(len(hits.first) - 1):
        if hits.first[p] < hits.first[p + 1]:
            onto_simplex(paid[hits.first[p] : hits.first[p + 1]], weights[hits.first[p] : hits.first[p + 1]])
    ahead[:] = activity
    count_hits(hits.start, hits.row, hits.factor, weights, activity)
    for r in range(len(duals)):
        ahead[r] = 2.0 * activity[r] - ahead[r]
    step_prices(rows.points, rows.slopes, duals, ahead, sigma)


@compiled
def balanced(weights: Floats, duals: Floats, from_weights: Floats, from_duals: Floats, balance: float) -> float:
    """The balance of the two step lengths after how far each side has come since the last restart."""
    far_x = np.sqrt(((weights - from_weights) ** 2).sum())
    far_y = np.sqrt(((duals - from_duals) ** 2).sum())
    if far_x > 1e-9 and far_y > 1e-9:
        return float(np.exp(0.5 * np.log(far_y / far_x) + 0.5 * np.log(balance)))
    return balance


@compiled
def descend(
    hits: Hits, rows: Slopes, weights: Floats, duals: Floats, balance: float, tolerance: float, iterations: int
) -> tuple[float, float, float, int]:
    """Improves weights and duals in place until the gap is within the tolerance: (value, bound, balance, iterations).

    Every so often the present point and the mean since the last restart are measured; the nearer one goes on.
    """
    columns, count = len(weights), len(duals)
    activity, ahead, seen, paid = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(columns)
    mean_weights, mean_duals = np.zeros(columns), np.zeros(count)
    from_weights, from_duals = weights.copy(), duals.copy()
    best_weights, best_duals = weights.copy(), duals.copy()
    best_value, best_bound, gap_then = np.inf, -np.inf, np.inf
    step = 0.95 / largest_stretch(hits.first, hits.start, hits.row, hits.factor, count)
    since, averaged, done = 0, 0, 0
    count_hits(hits.start, hits.row, hits.factor, weights, activity)
    while True:
        if done % CHECK == 0:
            nearest, use_mean = np.inf, False
            for which in range(2 if averaged >= CHECK else 1):
                x = mean_weights / averaged if which else weights
                y = mean_duals / averaged if which else duals
                value, bound = measure(hits, rows, x, y, seen, paid)
                if value < best_value:
                    best_value, best_weights[:] = value, x
                if bound > best_bound:
                    best_bound, best_duals[:] = bound, y
                if value - bound < nearest:
                    nearest, use_mean = value - bound, which == 1
            if best_value - best_bound <= tolerance or done >= iterations:
                break
            gap_then = nearest if gap_then == np.inf else gap_then
            if averaged >= CHECK and (nearest <= 0.3 * gap_then or since > 0.3 * done + 200):
                if use_mean:
                    weights[:], duals[:] = mean_weights / averaged, mean_duals / averaged
                    count_hits(hits.start, hits.row, hits.factor, weights, activity)
                balance = balanced(weights, duals, from_weights, from_duals, balance)
                from_weights[:], from_duals[:] = weights, duals
                mean_weights[:], mean_duals[:] = 0.0, 0.0
                averaged, since, gap_then = 0, 0, nearest
        move(hits, rows, weights, duals, activity, ahead, paid, step / balance, step * balance)
        mean_weights += weights
        mean_duals += duals
        averaged, since, done = averaged + 1, since + 1, done + 1
    weights[:], duals[:] = best_weights, best_duals
    return best_value, best_bound, balance, done
