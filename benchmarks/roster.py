"""How fast rosters get usable and good: `python -m benchmarks.roster [team37|street200]`. Costs from the checker."""

import sys
import time
from pathlib import Path

from redvest.engine.roster.check import check
from redvest.engine.roster.codec import from_json
from redvest.engine.roster.solve import solve

HERE = Path(__file__).parent / "problems"
RUNS = {"team37": (1, 5, 20), "street200": (5, 60)}
"""Problem, and the seconds after which it is looked at; the longest is the run's limit."""


def run(name: str, marks: tuple[int, ...]) -> None:
    """One run with 2 workers, looked at after each mark."""
    problem = from_json((HERE / f"{name}.json").read_text(encoding="utf-8"))
    began = time.process_time()
    result = solve(problem, marks[-1], seed=0, workers=2)
    print(f"{name}: {len(problem.people)} people, {len(problem.shifts)} shifts")
    print(f"  usable after {result.log[0].seconds:.2f} s at cost {result.log[0].cost}")
    for mark in marks:
        steps = [step for step in result.log if step.seconds <= mark + 0.5]
        if steps:
            last = steps[-1]
            gap = "-" if last.bound is None else f"{100 * (last.cost - last.bound) / max(1, abs(last.cost)):.1f} %"
            print(f"  {mark:3} s: cost {last.cost}, bound {last.bound}, gap {gap}")
    print(f"  stopped after {result.seconds:.1f} s, processor {time.process_time() - began:.1f} s, {result.status}")
    for rule, cost in check(problem, result.best or ()).cost_by_rule.items():
        print(f"    {rule}: {cost}")


if __name__ == "__main__":
    for chosen in sys.argv[1:] or RUNS:
        run(chosen, RUNS[chosen])
