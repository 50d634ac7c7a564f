"""The master problem with HiGHS: exact prices by the simplex method, and the best choice of whole columns.

Huangfu and Hall (2018), "Parallelizing the dual revised simplex method".
"""

import highspy
import numpy as np

from redvest.engine.roster.columns.effort import Effort
from redvest.engine.roster.columns.master import Mixture
from redvest.engine.roster.columns.pool import Columns
from redvest.engine.roster.columns.rows import Ints, Rows

WORK_PER_ITERATION = 4e-9
"""Work of one simplex iteration for each hit."""


def relax(rows: Rows, persons: int, columns: Columns, effort: Effort) -> Mixture:
    """Exact weights and prices. A hard end counts as a very high price here, so that there is always an answer."""
    soft = _without_hard_ends(rows)
    solver = _model(soft, persons, columns, whole=False)
    solver.setOptionValue("time_limit", min(effort.seconds_left, 1e6))
    solver.run()
    found = solver.getSolution()
    weights = np.array(found.col_value[: len(columns)])
    duals = soft.clipped(np.array(found.row_dual[: len(rows)]) * -1.0)
    value = float(columns.cost @ weights) + soft.cost(columns.activity(len(rows), weights))
    paid = columns.reduced(duals)
    lowest = np.full(persons, np.inf)
    np.minimum.at(lowest, columns.person, paid)
    bound = float(lowest.sum()) - soft.conjugate(duals)
    effort.spend(WORK_PER_ITERATION * len(columns.row) * max(1, solver.getInfo().simplex_iteration_count))
    return Mixture(weights, duals, value, min(bound, value))


def pick(
    rows: Rows,
    persons: int,
    columns: Columns,
    effort: Effort,
    start: Ints | None = None,
    below: float = np.inf,
    nodes: int = 1000,
) -> Ints | None:
    """The cheapest choice of one whole column for each person, as numbers of columns in order of persons.

    `start` is a choice to improve on; only one that costs less than `below` is wanted. None: no such choice was
    found. What is found need not be the best: the search stops after so many nodes, and when the effort is over.
    """
    soft = _without_hard_ends(rows)
    solver = _model(soft, persons, columns, whole=True)
    solver.setOptionValue("time_limit", max(0.05, min(effort.seconds_left, 1e6)))
    solver.setOptionValue("mip_max_nodes", nodes)
    if np.isfinite(below):
        solver.setOptionValue("objective_bound", below)
    if start is not None:
        _start_from(solver, soft, columns, start)
    _stop_with(solver, effort)
    solver.run()
    effort.spend(WORK_PER_ITERATION * len(columns.row) * max(1, solver.getInfo().simplex_iteration_count))
    found = solver.getSolution()
    if not found.value_valid:
        return None
    values = np.array(found.col_value[: len(columns)])
    chosen = np.full(persons, -1, dtype=np.int32)
    taken = np.flatnonzero(values > 0.5).astype(np.int32)
    chosen[columns.person[taken]] = taken
    if (chosen < 0).any():
        return None
    cost = float(columns.cost[chosen].sum()) + rows.cost(columns.take(chosen).activity(len(rows)))
    return chosen if cost < below - 1e-6 else None


class _Quiet(highspy.Highs):
    """HiGHS that says nothing: it greets on standard output as soon as callbacks are enabled, which is where results
    go."""

    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()
        self.setOptionValue("output_flag", False)
        self.setOptionValue("threads", 1)
        kinds = range(int(highspy.cb.HighsCallbackType.kCallbackMax) + 1)
        self.callbacks = [highspy.HighsCallback(highspy.cb.HighsCallbackType(kind), self) for kind in kinds]
        self.enableCallbacks()  # type: ignore[no-untyped-call]


def _without_hard_ends(rows: Rows) -> Rows:
    """The same rows with a very high price instead of a hard end."""
    if not rows.has_hard_ends:
        return rows
    finite = np.abs(rows.slopes[np.isfinite(rows.slopes)])
    much = 1e4 * max(1.0, float(finite.max(initial=1.0)))
    return Rows(rows.points, np.clip(rows.slopes, -much, much), rows.at_first, rows.is_cell)


def _model(rows: Rows, persons: int, columns: Columns, whole: bool) -> highspy.Highs:
    """Columns, then for each row its count split into pieces: `hits + lacking - pieces over = first point`."""
    count, width = rows.points.shape
    n = len(columns)
    pieces = width + 1  # lacking, between points, beyond the last
    lp = highspy.HighsLp()
    lp.num_col_ = n + count * pieces
    lp.num_row_ = count + persons
    row_numbers = np.repeat(np.arange(count), pieces)
    kinds = np.tile(np.arange(pieces), count)
    slopes = rows.slopes.ravel()
    room = np.full((count, pieces), highspy.kHighsInf)
    room[:, 1:width] = np.diff(rows.points, axis=1)
    lp.col_cost_ = np.concatenate([columns.cost, np.where(kinds == 0, -slopes, slopes)])
    lp.col_lower_ = np.zeros(lp.num_col_)
    lp.col_upper_ = np.concatenate([np.ones(n), room.ravel()])
    sides = np.concatenate([rows.points[:, 0], np.ones(persons)])
    lp.row_lower_ = lp.row_upper_ = sides
    lp.offset_ = float(rows.at_first.sum())
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lengths = np.concatenate([np.diff(columns.start) + 1, np.ones(count * pieces, dtype=np.int32)])
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    index = np.empty(starts[-1], dtype=np.int32)
    value = np.empty(starts[-1])
    at = starts[columns.owner] + np.arange(len(columns.row)) - columns.start[columns.owner]
    index[at], value[at] = columns.row, columns.factor
    index[starts[1 : n + 1] - 1], value[starts[1 : n + 1] - 1] = count + columns.person, 1.0
    index[starts[n:-1]], value[starts[n:-1]] = row_numbers, np.where(kinds == 0, 1.0, -1.0)
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = starts, index, value
    if whole:
        kinds_of = [highspy.HighsVarType.kInteger] * n + [highspy.HighsVarType.kContinuous] * (count * pieces)
        lp.integrality_ = kinds_of
    solver = _Quiet()
    solver.passModel(lp)
    return solver


def _start_from(solver: highspy.Highs, rows: Rows, columns: Columns, chosen: Ints) -> None:
    solution = highspy.HighsSolution()
    values = np.zeros(solver.getNumCol())
    values[chosen] = 1.0
    activity = columns.take(chosen).activity(len(rows))
    count, width = rows.points.shape
    parts = np.zeros((count, width + 1))
    parts[:, 0] = np.maximum(rows.points[:, 0] - activity, 0)
    for k in range(1, width):
        parts[:, k] = np.clip(activity, rows.points[:, k - 1], rows.points[:, k]) - rows.points[:, k - 1]
    parts[:, width] = np.maximum(activity - rows.points[:, -1], 0)
    values[len(columns) :] = parts.ravel()
    solution.col_value = list(values)
    solver.setSolution(solution)


def _stop_with(solver: highspy.Highs, effort: Effort) -> None:
    """Asks again and again whether the effort is over. Where work is counted, only the clock and a request to stop
    can say so meanwhile, as HiGHS tells how much it did when it is done."""

    def look(event: "highspy.HighsCallbackEvent") -> None:
        event.interrupt(effort.over)

    solver.cbMipInterrupt += look
