"""The public benchmark "shift scheduling" against everything published: `python -m benchmarks.shift_scheduling --help`.

The instances are not part of this repository. Set SHIFT_SCHEDULING to a folder with them, as text (`Instance5.txt`) or
JSON (`NurseRostering-05.json`); the last number in a file's name is the instance's.
"""

import argparse
import os
import re
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness import table
from redvest.engine.roster.shift_scheduling import warm
from redvest.engine.roster.shift_scheduling.check import check
from redvest.engine.roster.shift_scheduling.instance import Instance
from redvest.engine.roster.shift_scheduling.json_format import is_instance, read
from redvest.engine.roster.shift_scheduling.solve import solve

TITLE = "Rosters: the public benchmark"
FOLDER = "SHIFT_SCHEDULING"


@dataclass(frozen=True)
class Known:
    """What others reached: the best cost known, whether it could be confirmed, and published results."""

    best: int
    confirmed: bool = True
    neighbourhood: int | None = None  # integer programming and variable neighbourhood search, 10 minutes
    fixing: int | None = None  # fix, optimise and simulated annealing, 10 minutes
    hour: int | None = None  # the best of four methods after 60 minutes
    generation: int | None = None  # column generation, best reported, no time given


# Rahimian, Akartunali and Levine (2017); Turhan and Bilgen (2020); Curtois and Qu (2014); Strandmark, Qu and Curtois
# (2020) as reported on the benchmark's page.
KNOWN = {
    1: Known(607, True, 607, 607, 607),
    2: Known(828, True, 828, 828, 828),
    3: Known(1001, True, 1001, 1001, 1001),
    4: Known(1716, True, 1716, 1716, 1716),
    5: Known(1143, True, 1143, 1143, 1143),
    6: Known(1950, True, 1950, 1950, 1950),
    7: Known(1056, True, 1056, 1056, 1056),
    8: Known(1300, True, 1364, 1341, 1308),
    9: Known(439, True, 439, 439, 439),
    10: Known(4631, True, 4631, 4631, 4631),
    11: Known(3443, True, 3443, 3443, 3443),
    12: Known(4040, True, 4042, 4044, 4040),
    13: Known(1348, True, 3109, 3200, 1905, 1388),
    14: Known(1278, True, 1281, 1295, 1279),
    15: Known(3834, True, 4144, 4420, 3928, 4039),
    16: Known(3225, True, 3306, 3253, 3225),
    17: Known(5746, True, 5760, 6138, 5750),
    18: Known(4459, True, 5049, 5000, 4650),
    19: Known(3149, True, 3974, 3809, 3218, 3218),
    20: Known(4769, False, generation=4943),
    21: Known(21133, False, generation=21159),
    22: Known(30240, False, generation=33155),
    23: Known(16990, False, generation=17428),
    24: Known(42571, False, generation=48777),
}
WORDS = """Costs come from the independent checker. `gap` is the distance to the best known cost; "?" marks a best known
cost that was not confirmed from a source. The last columns are what others reported after 10 minutes (integer
programming with variable neighbourhood search; fixing with simulated annealing), the best of four methods after
60 minutes, and the best of another column generation (no time given). Others' machines differ; bounds are this
engine's own proofs."""


def instances(folder: Path) -> dict[int, Instance]:
    """The instances in a folder by their number."""
    found = {}
    for path in sorted(folder.iterdir()):
        number = re.findall(r"\d+", path.stem)
        if path.suffix in (".txt", ".json") and number:
            text = path.read_text(encoding="utf-8-sig")
            if is_instance(text):
                found[int(number[-1])] = read(text)
    return found


def run(number: int, instance: Instance, marks: tuple[int, ...], seed: int = 0) -> tuple[list[object], float | None]:
    """A row of the table, and the gap after the last mark."""
    known = KNOWN.get(number)
    result = solve(instance, marks[-1], seed, workers=2)
    assert result.best is not None
    report = check(instance, result.best)
    assert not report.broken
    assert report.cost == result.cost
    cells: list[object] = [number, f"{instance.days} x {len(instance.people)} x {len(instance.shifts)}"]
    for mark in marks:
        steps = [step for step in result.log if step.seconds <= mark]
        cells.append(steps[-1].cost if steps else "-")
    cells += [result.bound, "yes" if result.bound == report.cost else "no", round(result.seconds, 1)]
    gap = None
    if known is not None:
        gap = 100 * (report.cost - known.best) / known.best
        others = (known.neighbourhood, known.fixing, known.hour, known.generation)
        cells += [f"{known.best}{'' if known.confirmed else ' ?'}", f"{gap:.2f} %"]
        cells += ["-" if other is None else other for other in others]
    else:
        cells += ["-"] * 6
    return cells, gap


def report(folder: Path, marks: tuple[int, ...], only: set[int] | None = None) -> str:
    compiling = warm.up()
    rows, gaps = [], []
    for number, instance in sorted(instances(folder).items()):
        if number in KNOWN and (only is None or number in only):
            row, gap = run(number, instance, marks)
            print(*row, file=sys.stderr, flush=True)
            rows.append(tuple(row))
            if gap is not None and number <= 18:
                gaps.append(gap)
    seconds = tuple(f"cost {mark} s" for mark in marks)
    head = ("#", "days x people x shifts", *seconds, "bound", "proven", "s", "best known", "gap")
    head += ("IP+VNS 10'", "F&O+SA 10'", "best 60'", "other CG")
    mean = f"Mean gap of instances up to 18 after {marks[-1]} s: {statistics.mean(gaps):.2f} %. " if gaps else ""
    code = f"Loading or making machine code took {compiling:.1f} s, not counted above."
    return f"{WORDS}\n\n{table(head, rows)}\n\n{mean}{code}"


def measure(quick: bool) -> str:
    """The section of docs/benchmarks.md."""
    if FOLDER not in os.environ:
        return f"Not measured: set {FOLDER} to a folder with the instances."
    folder = Path(os.environ[FOLDER])
    return report(folder, (2,), {2, 4}) if quick else report(folder, (10, 60, 600))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", default="10,60", help="looked at after so many seconds; the last is the limit")
    parser.add_argument("--only", default="", help="numbers of instances, such as 2,8,18")
    parser.add_argument("--folder", type=Path, default=os.environ.get(FOLDER), help=f"default: {FOLDER}")
    chosen = parser.parse_args()
    if chosen.folder is None:
        parser.error(f"name a folder, or set {FOLDER}")
    numbers = {int(number) for number in chosen.only.split(",") if number} or None
    print(report(Path(chosen.folder), tuple(int(mark) for mark in chosen.seconds.split(",")), numbers))
