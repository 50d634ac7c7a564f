"""What runs in the child process that solves: engine only, no Django, nothing of the parent's."""

from typing import TYPE_CHECKING, Any

from redvest.engine.roster.problem import Assignment, Problem, Roster
from redvest.engine.roster.solve import solve

if TYPE_CHECKING:
    from redvest.core.child import Line


def solve_in_child(
    line: "Line", problem: Problem, seconds: float, seed: int, workers: int, start: Roster
) -> dict[str, Any]:
    """Solve, telling the parent every better answer; what comes back is plain and picklable."""

    def better(elapsed: float, cost: int, bound: int | None, answer: Roster) -> None:
        line.send({"seconds": elapsed, "cost": cost, "bound": bound, "answer": sorted(answer)})

    result = solve(
        problem,
        seconds=seconds,
        seed=seed,
        workers=workers,
        start=start,
        on_progress=better,
        should_stop=lambda: line.stopped,
    )
    return {
        "status": str(result.status),
        "cost": result.cost,
        "bound": result.bound,
        "seconds": round(result.seconds, 2),
        "seed": result.seed,
        "answer": sorted(result.best or ()),
    }


def as_answer(pairs: list[tuple[str, str]]) -> Roster:
    """The answer as the parent gets it, as the engine's."""
    return frozenset(Assignment(*pair) for pair in pairs)
