"""Rounds: how near to the best known on public instances, and how fast an estate is planned and planned anew."""

import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from random import Random

from benchmarks import harness
from benchmarks.rounds_problems import estate
from redvest.engine.rounds import Plan, Problem, Stop
from redvest.engine.rounds.check import check
from redvest.engine.rounds.problem import HOUR
from redvest.engine.rounds.solve import solve, with_fair_shares
from redvest.engine.rounds.vrp.check import Route
from redvest.engine.rounds.vrp.check import check as check_routes
from redvest.engine.rounds.vrp.instance import Instance, read
from redvest.engine.rounds.vrp.solve import Limits
from redvest.engine.rounds.vrp.solve import solve as solve_routes

TITLE = "Rounds"
MARKS, QUICK = (10, 60), (1, 2)
PUBLIC = ("E-n22-k4.txt", "C201R0.25.vrp", "RC208.vrp", "X115-HVRP.vrp", "pr107.tsp")
"""Of the instances in PyVRP's source distribution (MIT licence) those whose optimum or best known is known."""
KNOWN = {
    "E-n22-k4": 375.0,  # proven, stated in the file
    "pr107": 44303.0,  # proven, TSPLIB
}
FOLDER = "REDVEST_VRP"
"""A folder of more instances, each NAME.vrp with its best known in NAME.sol beside it."""

PUBLIC_WORDS = """\
Public instances are those in the source distribution of the installed PyVRP (MIT licence), fetched from the package
index when measured. The large sets (X, Gehring and Homberger) are not to be had there and were not measured. `planted`
are made so that the optimum is known. One run each with seed 0, one core; costs by our own checker."""
ESTATE_WORDS = """\
Made-up estates: two stairwells a building, food and medicine, windows, cold boxes, known faces, pairs on duty from 8 to
12. There is no bound; the cost is in the prices of `Prices`."""
COSTS = tuple(f"cost after {mark} s" for mark in (1, 2, 5))


def measure(quick: bool) -> str:
    """A section of docs/benchmarks.md."""
    marks = QUICK if quick else MARKS
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        files = [*_planted(here), *_public(here)]
        if FOLDER in os.environ:
            files += sorted(
                path for path in Path(os.environ[FOLDER]).glob("*.vrp") if path.with_suffix(".sol").exists()
            )
        rows = [_one(path, marks) for path in files]
    head = ("instance", "type", "places", "best known", *(f"gap after {mark} s" for mark in marks))
    problems = [_estate(220, 53, 8), *([] if quick else [_estate(1000, 120, 30)])]
    return "\n\n".join(
        (
            PUBLIC_WORDS,
            harness.table(head, rows),
            ESTATE_WORDS,
            harness.table(("pairs", "doors", "buildings", "first plan, s", *COSTS, "left out"), problems),
            "Planned anew after a change, 1.5 s allowed, with the plan of 5 s of the 220 doors as published:",
            harness.table(("change", "seconds", "other stops that changed pair", "left out"), _changes()),
        )
    )


def _public(folder: Path) -> list[Path]:
    """The instances of PyVRP's source distribution; none where the package index cannot be reached."""
    name = f"pyvrp=={version('pyvrp')}"
    words = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-binary",
        "pyvrp",
        "--dest",
        str(folder),
    ]
    if subprocess.run([*words, name], capture_output=True, check=False).returncode != 0:
        print("The package index cannot be reached; public instances are left out.", file=sys.stderr)
        return []
    with tarfile.open(next(folder.glob("pyvrp-*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    data = next(folder.glob("pyvrp-*/tests/data"))
    return [data / name for name in PUBLIC]


def _planted(folder: Path) -> Iterator[Path]:
    """Clients at four points 100 from the depot, in lots that fill three trips to each point exactly.

    Every trip is at least 200 long and the demand fills twelve trips, so 2,400 is the optimum; to find it, the lots
    must be found. The second has two vehicles that reload.
    """
    dice = Random(7)
    demands: list[tuple[int, int, int]] = []
    for x, y in ((100, 0), (0, 100), (-100, 0), (0, -100)):
        for _ in range(3):
            cuts = sorted(dice.sample(range(1, 100), 8))
            demands += [(x, y, b - a) for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    dice.shuffle(demands)
    places = [(0, 0, 0), *demands]
    for name, extra, section in (
        ("planted", "", ""),
        ("planted-trips", "VEHICLES : 2\n", "VEHICLES_RELOAD_DEPOT_SECTION\n1 1\n2 1\n"),
    ):
        file = folder / f"{name}.vrp"
        head = f"NAME : {name}\nTYPE : CVRP\nDIMENSION : {len(places)}\nEDGE_WEIGHT_TYPE : EUC_2D\nCAPACITY : 100\n"
        points = "".join(f"{number} {x} {y}\n" for number, (x, y, _) in enumerate(places, 1))
        loads = "".join(f"{number} {load}\n" for number, (_, _, load) in enumerate(places, 1))
        sections = f"NODE_COORD_SECTION\n{points}DEMAND_SECTION\n{loads}{section}DEPOT_SECTION\n1\n-1\nEOF\n"
        file.write_text(head + extra + sections)
        KNOWN[name] = 2400.0
        yield file


def _best_known(path: Path, instance: Instance) -> float:
    """From the list above, or what our checker says of the solution beside the file."""
    if instance.name in KNOWN:
        return KNOWN[instance.name]
    lines = re.findall(r"^Route #(\d+):(.*)$", path.with_suffix(".sol").read_text(), re.MULTILINE)
    routes = [Route(int(number), tuple(map(int, row.split()))) for number, row in lines if row.split()]
    verdict = check_routes(instance, routes)
    if not verdict.feasible:
        raise RuntimeError(f"the best known solution of {instance.name} is not feasible: {verdict.broken[0]}")
    return verdict.cost


def _one(path: Path, marks: tuple[int, ...]) -> tuple[object, ...]:
    instance = read(path)
    best = _best_known(path, instance)
    result = solve_routes(path, instance, Limits(marks[-1]), seed=0)
    gaps = []
    for mark in marks:
        costs = [step.cost / instance.scale for step in result.log if step.seconds <= 1.05 * mark]
        gaps.append(f"{100 * (min(costs) - best) / best:.2f} %" if costs and result.best is not None else "–")
    print(instance.name, *gaps, file=sys.stderr, flush=True)
    return instance.name, f"{instance.kind}, {instance.rounding}", instance.size, f"{best:,.1f}", *gaps


def _estate(doors: int, buildings: int, pairs: int) -> tuple[object, ...]:
    result = solve(with_fair_shares(estate(doors, buildings, pairs)), 5, seed=0)
    costs = [
        min(step.cost for step in result.log if step.seconds <= mark or step is result.log[0]) for mark in (1, 2, 5.5)
    ]
    return f"{pairs} pairs", doors, buildings, f"{result.log[0].seconds:.2f}", *costs, len(result.unmet)


def _changes() -> list[tuple[object, ...]]:
    problem = with_fair_shares(estate())
    told = replace(problem, published=solve(problem, 5, seed=0).best or ())
    well = problem.stairwells[30].id
    urgent = tuple(Stop(f"insulin {number}", well, 4, priority=2, due=9 * HOUR) for number in range(3))
    changes = {
        "three urgent doors more": replace(told, stops=(*told.stops, *urgent)),
        "a pair goes home": replace(told, pairs=told.pairs[1:], published=_without(told, told.pairs[0].id)),
        "ten doors no longer needed": replace(told, stops=told.stops[10:], published=_without_stops(told, 10)),
    }
    rows: list[tuple[object, ...]] = []
    for words, changed in changes.items():
        began = time.monotonic()
        result = solve(changed, 1.5, seed=0)
        seconds = time.monotonic() - began
        moved = sum(finding.rule == "moved" for finding in check(changed, result.best or ()).soft)
        rows.append((words, f"{seconds:.2f}", moved, len(result.unmet)))
    return rows


def _without(problem: Problem, pair: str) -> Plan:
    return tuple(trip for trip in problem.published if trip.pair != pair)


def _without_stops(problem: Problem, count: int) -> Plan:
    gone = {stop.id for stop in problem.stops[:count]}
    rows = [trip._replace(stops=tuple(s for s in trip.stops if s not in gone)) for trip in problem.published]
    return tuple(trip for trip in rows if trip.stops)
