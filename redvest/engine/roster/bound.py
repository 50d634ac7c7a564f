"""Lower bounds of the cost of any roster: from each shift by itself, and from the linear relaxation."""

from math import ceil, inf

import numpy as np
from ortools.linear_solver.python import model_builder
from ortools.sat.python.cp_model import CpModel

from redvest.engine.roster.fit import broken_by
from redvest.engine.roster.problem import Problem, Shift

BIG = 10**15


def shift_bound(problem: Problem) -> int:
    """Each shift staffed by the cheapest people who may take it, as if nobody were needed twice."""
    return sum(_cheapest(problem, shift) for shift in problem.shifts)


def _cheapest(problem: Problem, shift: Shift) -> int:
    prices = problem.prices
    each = []
    for person in problem.people:
        broken = broken_by(problem, person, shift)
        if any(rule.forbids for rule in broken):
            continue
        price = sum(rule.price for rule in broken) + prices.preference * person.preferences.get(shift.id, 0)
        each.append(price + prices.distance * problem.distance(person, shift) // 1000)
    each.sort()
    pinned = sum(cell.shift == shift.id for cell in problem.pinned)
    if pinned:
        each = [min(0, price) for price in each] + [0] * pinned  # who is pinned may not fit: count him as free
        each.sort()
    best = None
    for heads in range(min(len(each), max(shift.maximum, pinned)) + 1):
        cost = prices.under_minimum * shift.priority * max(0, shift.minimum - heads)
        cost += prices.under_wanted * shift.priority * max(0, shift.wanted - max(shift.minimum, heads))
        cost += prices.over_wanted * max(0, heads - shift.wanted) + sum(each[:heads])
        best = cost if best is None else min(best, cost)
    return best or 0


def relaxation_bound(model: CpModel, seconds: float) -> int | None:
    """The bound of the linear relaxation, by a first-order method; None if it is not found in time.

    Whatever prices the method ends with, the bound is computed from them anew: it holds although they are inexact.
    Applegate and others (2021), "Practical large-scale linear programming using primal-dual hybrid gradient".
    """
    relaxed = _Relaxation(model)
    solver = model_builder.Solver("PDLP")
    solver.set_time_limit_in_seconds(seconds)
    if solver.solve(relaxed.model) is not model_builder.SolveStatus.OPTIMAL:
        return None
    duals = np.array([solver.dual_value(row) for row in relaxed.rows])
    return ceil(relaxed.lagrangian(duals) - 1e-6)


class _Relaxation:
    """The linear part of a CP-SAT model, rows as `low <= a x <= high`; what is conditional is left out."""

    def __init__(self, model: CpModel) -> None:
        self.model = model_builder.Model()  # type: ignore[no-untyped-call]
        self.rows: list[model_builder.LinearConstraint] = []
        self.sides: list[tuple[float, float]] = []
        self.entries: list[tuple[int, int, float]] = []
        proto = model.proto
        self.low = np.array([variable.domain[0] for variable in proto.variables], dtype=float)
        self.high = np.array([variable.domain[len(variable.domain) - 1] for variable in proto.variables], dtype=float)
        self.columns = [
            self.model.new_var(low, high, False, None) for low, high in zip(self.low, self.high, strict=True)
        ]
        for constraint in proto.constraints:
            if constraint.has_linear() and not len(constraint.enforcement_literal):
                line = constraint.linear
                low, high = line.domain[0], line.domain[len(line.domain) - 1]
                self._row(list(zip(line.vars, line.coeffs, strict=True)), low, high)
            elif constraint.has_at_most_one():
                self._literals(list(constraint.at_most_one.literals))
        self.prices = np.zeros(len(self.columns))
        for number, price in zip(proto.objective.vars, proto.objective.coeffs, strict=True):
            self.prices[number] += price
        self.offset = proto.objective.offset
        self.model.minimize(model_builder.LinearExpr.weighted_sum(self.columns, list(self.prices)) + self.offset)

    def _literals(self, literals: list[int]) -> None:
        """At most one of these; a negative number is the opposite of a variable."""
        terms = [(number, 1) if number >= 0 else (-number - 1, -1) for number in literals]
        self._row(terms, -BIG * 10, 1 - sum(number < 0 for number in literals))

    def _row(self, terms: list[tuple[int, int]], low: float, high: float) -> None:
        total = model_builder.LinearExpr.weighted_sum(
            [self.columns[number] for number, _ in terms], [factor for _, factor in terms]
        )
        for side, bound in ((low, (low, inf)), (high, (-inf, high))):
            if abs(side) < BIG:
                self.entries += [(len(self.rows), number, factor) for number, factor in terms]
                self.rows.append(self.model.add(total >= side if bound[1] == inf else total <= side))
                self.sides.append(bound)

    def lagrangian(self, duals: np.ndarray) -> float:
        """A valid bound for any row prices: those of the wrong sign count as 0, columns go to their better end."""
        low, high = (np.array(side) for side in zip(*self.sides, strict=True))
        duals = np.where(np.isfinite(low), np.maximum(duals, 0), np.minimum(duals, 0))
        sides = np.where(np.isfinite(low), low, high)
        rows, columns, factors = (np.array(part) for part in zip(*self.entries, strict=True))
        reduced = self.prices.copy()
        np.subtract.at(reduced, columns, duals[rows] * factors)
        return float(duals @ sides + np.minimum(reduced * self.low, reduced * self.high).sum() + self.offset)
