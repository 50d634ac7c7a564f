"""The engine on the command line: `roster solve` and `roster check`, on files alone. No Django, no database."""

import argparse
import sys
from pathlib import Path

from redvest.engine.result import Result, Status
from redvest.engine.roster.check import check
from redvest.engine.roster.codec import from_json, result_to_json, roster_from_json
from redvest.engine.roster.problem import Problem, Roster
from redvest.engine.roster.solve import solve
from redvest.engine.roster.violation import Violation

OK, WRONG, UNREADABLE = 0, 1, 2
"""Exit codes: done; the roster breaks a hard rule or there is none; a file is missing or not understood."""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `roster` with its subcommands to a command; the chosen function is `arguments.run(arguments)`."""
    roster = subparsers.add_parser("roster", help="make and check rosters from files")
    commands = roster.add_subparsers(required=True, metavar="COMMAND")
    solving = commands.add_parser("solve", help="make a roster", description="Make a roster from a problem file.")
    solving.add_argument("problem", type=Path, help="the problem, as JSON (docs/engine.md)")
    solving.add_argument("--seconds", type=float, default=10, help="how long to search (default 10)")
    solving.add_argument("--out", type=Path, help="where to write the result; standard output if left out")
    solving.add_argument("--seed", type=int, default=0, help="same seed and one worker: same roster (default 0)")
    solving.add_argument("--workers", type=int, default=2, help="processor cores to use (default 2)")
    solving.set_defaults(run=solve_command)
    checking = commands.add_parser("check", help="check a roster", description="Check a roster against its problem.")
    checking.add_argument("problem", type=Path, help="the problem, as JSON")
    checking.add_argument("result", type=Path, help="a result of `roster solve`")
    checking.set_defaults(run=check_command)


def solve_command(arguments: argparse.Namespace) -> int:
    """`roster solve`: progress to standard error, the result to a file or standard output."""
    if arguments.seconds <= 0 or arguments.workers < 1:
        return _unreadable("--seconds must be above 0 and --workers at least 1")
    try:
        problem = from_json(arguments.problem.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        return _unreadable(f"{arguments.problem}: {wrong}")
    result = solve(problem, arguments.seconds, arguments.seed, arguments.workers, on_progress=_show)
    text = result_to_json(result) + "\n"
    if arguments.out is None:
        sys.stdout.write(text)
    else:
        try:
            arguments.out.write_text(text, encoding="utf-8")
        except OSError as wrong:
            return _unreadable(f"{arguments.out}: {wrong}")
    _summary(result)
    return WRONG if result.status in (Status.INFEASIBLE, Status.NO_ANSWER) else OK


def check_command(arguments: argparse.Namespace) -> int:
    """`roster check`: every broken hard rule, the cost by rule and the gaps; fails if a hard rule is broken."""
    try:
        problem: Problem = from_json(arguments.problem.read_text(encoding="utf-8"))
        report = check(problem, roster_from_json(arguments.result.read_text(encoding="utf-8")))
    except (OSError, ValueError) as wrong:
        return _unreadable(str(wrong))
    for finding in report.hard:
        print(f"broken: {finding}")
    for finding in report.accepted:
        print(f"accepted: {finding}")
    for rule, cost in report.cost_by_rule.items():
        print(f"{rule}: {cost}")
    print(f"cost {report.cost}, {len(report.gaps)} gaps, {len(report.hard)} hard rules broken")
    return WRONG if report.hard else OK


def _show(seconds: float, cost: int, bound: int | None, _: Roster) -> None:
    print(f"{seconds:7.1f} s  cost {cost}  bound {'-' if bound is None else bound}", file=sys.stderr, flush=True)


def _summary(result: Result[Roster, Violation]) -> None:
    gap = "unknown" if result.gap is None else f"{100 * result.gap:.1f} %"
    print(
        f"{result.status}: cost {result.cost}, bound {result.bound}, gap {gap}, "
        f"{len(result.unmet)} gaps, {result.seconds:.1f} s",
        file=sys.stderr,
    )


def _unreadable(message: str) -> int:
    print(message, file=sys.stderr)
    return UNREADABLE
