"""How fast rosters get usable and good: `python -m benchmarks.roster [team37|street200|street3|district|compare]`.

Costs are the checker's. `district [N]` solves N communities (default 4) with the same work each, in one process and in
two, and says what 313 would take. `compare` puts the engine beside plain CP-SAT and a rota of two fixed groups.
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.roster_problems import communities, community
from benchmarks.rule_of_thumb import two_groups
from redvest.engine.result import Result
from redvest.engine.roster import Problem, Roster
from redvest.engine.roster.apart import solve_apart
from redvest.engine.roster.check import check
from redvest.engine.roster.codec import from_json
from redvest.engine.roster.greedy import greedy
from redvest.engine.roster.model import RosterModel
from redvest.engine.roster.solve import solve
from redvest.engine.roster.violation import Violation

HERE = Path(__file__).parent / "problems"
RUNS = {"team37": (1, 5, 20), "street200": (5, 60)}
"""Problem, and the seconds after which it is looked at; the longest is the run's limit."""
DISTRICT = 313
COMMUNITY_SECONDS = 10.0


def load(name: str) -> Problem:
    return from_json((HERE / f"{name}.json").read_text(encoding="utf-8"))


def run(name: str, marks: tuple[int, ...]) -> None:
    """One run with 2 workers, looked at after each mark."""
    problem = load(name)
    began = time.process_time()
    result = solve(problem, marks[-1], seed=0, workers=2)
    print(f"{name}: {len(problem.people)} people, {len(problem.shifts)} shifts")
    told(problem, result, marks, time.process_time() - began)


def told(problem: Problem, result: Result[Roster, Violation], marks: tuple[int, ...], processor: float) -> None:
    """The cost and the bound after each mark, and what the cost is made of."""
    print(f"  usable after {result.log[0].seconds:.2f} s at cost {result.log[0].cost}")
    for mark in marks:
        steps = [step for step in result.log if step.seconds <= mark + 0.5]
        if steps:
            last = steps[-1]
            gap = "-" if last.bound is None else f"{100 * (last.cost - last.bound) / max(1, abs(last.cost)):.1f} %"
            print(f"  {mark:3} s: cost {last.cost}, bound {last.bound}, gap {gap}")
    print(f"  stopped after {result.seconds:.1f} s, processor {processor:.1f} s, {result.status} {result.notes}")
    for rule, cost in check(problem, result.best or ()).cost_by_rule.items():
        print(f"    {rule}: {cost}")


def street3() -> None:
    """A street's three communities with helpers, split by place."""
    problem, place_of, home_of = communities(3)
    began = time.process_time()
    result = solve_apart(problem, place_of, home_of, 60, seed=0, workers=2)
    print(f"street of 3 communities: {len(problem.people)} people, {len(problem.shifts)} shifts")
    told(problem, result, (60,), time.process_time() - began)


def one_community(seed: int) -> tuple[int, int, float, float]:
    """Cost of the first and of the last roster of one community, wall and processor seconds."""
    problem = community(seed)
    wall, processor = time.monotonic(), time.process_time()
    result = solve(problem, COMMUNITY_SECONDS, seed=0, workers=1)
    return result.log[0].cost, result.cost or 0, time.monotonic() - wall, time.process_time() - processor


def district(sample: int) -> None:
    """The same communities in one process and in two."""
    seeds = range(100, 100 + sample)
    for workers in (1, 2):
        began = time.monotonic()
        with ProcessPoolExecutor(workers) as pool:
            found = list(pool.map(one_community, seeds))
        wall, processor = time.monotonic() - began, sum(each[3] for each in found)
        first, last = sum(each[0] for each in found), sum(each[1] for each in found)
        print(
            f"{sample} communities, {workers} workers: {wall:.0f} s, processor {processor / sample:.1f} s each, "
            f"cost {first} -> {last}; {DISTRICT} would take {wall * DISTRICT / sample / 60:.0f} min of this machine, "
            f"{processor * DISTRICT / sample / 60 / workers:.0f} min of {workers} free cores"
        )


def compare(seconds: float = 20) -> None:
    """Engine, plain CP-SAT and the two-group rota on the same problem in one run."""
    problem = load("team37")
    began = time.process_time()
    ours = solve(problem, seconds, seed=0, workers=2)
    side_by_side("engine", problem, ours.best, time.process_time() - began)
    began = time.process_time()
    model = RosterModel(problem)
    model.start_from(greedy(problem))
    plain = model.solve(seconds, 0, 2)
    side_by_side("plain CP-SAT", problem, plain.roster, time.process_time() - began)
    began = time.process_time()
    side_by_side("two groups", problem, two_groups(problem), time.process_time() - began)


def side_by_side(name: str, problem: Problem, roster: Roster | None, processor: float) -> None:
    """One line: what stays empty, what is broken, how far apart the busiest and the idlest are."""
    if roster is None:
        print(f"  {name:13} no roster, processor {processor:.1f} s")
        return
    report = check(problem, roster)
    served = {person.id: person.past_minutes for person in problem.people}
    for person, shift in roster:
        served[person] += 0 if problem.shift_of[shift].standby else problem.shift_of[shift].minutes
    rest = [found for found in (*report.hard, *report.soft) if found.rule in ("rest", "rest_floor")]
    missing = sum(gap.amount for gap in report.gaps)
    print(
        f"  {name:13} cost {report.cost}, {missing} heads missing, {len(report.hard)} hard rules broken, "
        f"{len(rest)} rests too short, most and least hours {max(served.values()) / 60:.0f} and "
        f"{min(served.values()) / 60:.0f}, processor {processor:.1f} s"
    )


def main(chosen: list[str]) -> None:
    names = chosen or [*RUNS, "street3", "district", "compare"]
    for place, name in enumerate(names):
        if name in RUNS:
            run(name, RUNS[name])
        elif name == "street3":
            street3()
        elif name == "compare":
            compare()
        elif name == "district":
            sample = names[place + 1] if names[place + 1 : place + 2] and names[place + 1].isdigit() else "4"
            district(int(sample))


if __name__ == "__main__":
    main(sys.argv[1:])
