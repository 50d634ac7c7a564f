"""What runs in the child process that solves: engine only, no Django, nothing of the parent's."""

from functools import partial
from typing import TYPE_CHECKING, Any

from redvest.engine.result import Result
from redvest.engine.roster.apart import solve_apart
from redvest.engine.roster.problem import Problem, Roster
from redvest.engine.roster.solve import solve
from redvest.engine.roster.violation import Violation

if TYPE_CHECKING:
    from redvest.core.child import Line


def solve_in_child(
    line: "Line",
    problem: Problem,
    seconds: float,
    seed: int,
    workers: int,
    start: Roster,
    communities: tuple[dict[str, str], dict[str, str]] | None = None,
) -> dict[str, Any]:
    """Solve, telling the parent every better answer; what comes back is plain and picklable.

    With `communities` (the one of each shift, the one of each person) each is solved by itself, helpers after.
    """

    def better(elapsed: float, cost: int, bound: int | None, answer: Roster) -> None:
        line.send({"seconds": elapsed, "cost": cost, "bound": bound, "answer": sorted(answer)})

    solver = solve if communities is None else partial(solve_apart, place_of=communities[0], home_of=communities[1])
    result = solver(
        problem,
        seconds=seconds,
        seed=seed,
        workers=workers,
        start=start,
        on_progress=better,
        should_stop=lambda: line.stopped,
    )
    return as_found(result)


def solve_here(problem: Problem, seconds: float, seed: int, start: Roster) -> dict[str, Any]:
    """Solve in this process with one worker: the same seed gives the same roster (the demo)."""
    return as_found(solve(problem, seconds=seconds, seed=seed, workers=1, start=start))


def as_found(result: Result[Roster, Violation]) -> dict[str, Any]:
    """An outcome of the engine as plain data."""
    return {
        "status": str(result.status),
        "cost": result.cost,
        "bound": result.bound,
        "seconds": round(result.seconds, 2),
        "seed": result.seed,
        "answer": sorted(result.best or ()),
    }
