"""The engine on the command line: `roster solve` and `roster check`, on files alone. No Django, no database."""

import argparse
import sys
from pathlib import Path
from typing import Any

from redvest.engine.result import Result, Status
from redvest.engine.roster.check import check
from redvest.engine.roster.codec import from_json, result_to_json, roster_from_json
from redvest.engine.roster.problem import Problem
from redvest.engine.roster.solve import solve

ROSTER, SHIFT_SCHEDULING = "redvest", "shift-scheduling"
OK, WRONG, UNREADABLE = 0, 1, 2
"""Exit codes: done; the roster breaks a hard rule or there is none; a file is missing or not understood."""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `roster` with its subcommands to a command; the chosen function is `arguments.run(arguments)`."""
    roster = subparsers.add_parser("roster", help="make and check rosters from files")
    commands = roster.add_subparsers(required=True, metavar="COMMAND")
    solving = commands.add_parser("solve", help="make a roster", description="Make a roster from a problem file.")
    solving.add_argument("problem", type=Path, help="the problem (docs/engine.md)")
    solving.add_argument("--seconds", type=float, default=10, help="how long to search (default 10)")
    solving.add_argument("--out", type=Path, help="where to write the result; standard output if left out")
    solving.add_argument("--seed", type=int, default=0, help="same seed and one worker: same roster (default 0)")
    solving.add_argument("--workers", type=int, default=2, help="processor cores to use (default 2)")
    solving.add_argument(
        "--format",
        choices=("auto", ROSTER, SHIFT_SCHEDULING),
        default="auto",
        help="kind of the problem: RedVest's own, or the public benchmark; auto looks into the file",
    )
    solving.set_defaults(run=solve_command)
    preparing = commands.add_parser(
        "prepare", help="make the compiled code", description="Make the engine's compiled code now, once per machine."
    )
    preparing.set_defaults(run=prepare_command)
    checking = commands.add_parser("check", help="check a roster", description="Check a roster against its problem.")
    checking.add_argument("problem", type=Path, help="the problem")
    checking.add_argument("result", type=Path, help="a result of `roster solve`")
    checking.add_argument(
        "--format", choices=("auto", ROSTER, SHIFT_SCHEDULING), default="auto", help="kind of the problem file"
    )
    checking.set_defaults(run=check_command)


def solve_command(arguments: argparse.Namespace) -> int:
    """`roster solve`: progress to standard error, the result to a file or standard output."""
    if arguments.seconds <= 0 or arguments.workers < 1:
        return _unreadable("--seconds must be above 0 and --workers at least 1")
    try:
        text = arguments.problem.read_text(encoding="utf-8-sig")
        shift_scheduling = _is_shift_scheduling(arguments.format, text)
        limits = (arguments.seconds, arguments.seed, arguments.workers)
        result, written = (_solve_benchmark if shift_scheduling else _solve_own)(text, *limits)
    except OSError as wrong:
        return _unreadable(f"{arguments.problem} cannot be read: {wrong.strerror}")
    except ValueError as wrong:
        return _unreadable(f"{arguments.problem}: {wrong}")
    if arguments.out is None:
        sys.stdout.write(written + "\n")
    else:
        try:
            arguments.out.write_text(written + "\n", encoding="utf-8")
        except OSError as wrong:
            return _unreadable(f"{arguments.out} cannot be written: {wrong.strerror}")
    _summary(result)
    return WRONG if result.status in (Status.INFEASIBLE, Status.NO_ANSWER) else OK


def _is_shift_scheduling(chosen: str, text: str) -> bool:
    if chosen != "auto":
        return chosen == SHIFT_SCHEDULING
    from redvest.engine.roster.shift_scheduling.json_format import is_instance

    return is_instance(text)


def _solve_own(text: str, seconds: float, seed: int, workers: int) -> tuple[Result[Any, Any], str]:
    result = solve(from_json(text), seconds, seed, workers, on_progress=_show)
    return result, result_to_json(result)


def _solve_benchmark(text: str, seconds: float, seed: int, workers: int) -> tuple[Result[Any, Any], str]:
    from redvest.engine.roster.shift_scheduling import json_format, warm
    from redvest.engine.roster.shift_scheduling.solve import solve as solve_instance

    instance = json_format.read(text)
    print(f"machine code loaded in {warm.up():.1f} s, not counted below", file=sys.stderr, flush=True)
    result = solve_instance(instance, seconds, seed, workers, on_progress=_show)
    return result, json_format.result_to_json(result)


def prepare_command(_: argparse.Namespace) -> int:
    """`roster prepare`: so that the first roster of a machine is not found while its code is being made."""
    from redvest.engine.roster.shift_scheduling.warm import up  # loads Numba

    up()
    return OK


def check_command(arguments: argparse.Namespace) -> int:
    """`roster check`: every broken hard rule, the cost by rule and the gaps; fails if a hard rule is broken."""
    try:
        text = arguments.problem.read_text(encoding="utf-8-sig")
        result = arguments.result.read_text(encoding="utf-8-sig")
        if _is_shift_scheduling(arguments.format, text):
            return _check_benchmark(text, result)
        problem: Problem = from_json(text)
        report = check(problem, roster_from_json(result))
    except OSError as wrong:
        return _unreadable(f"{wrong.filename} cannot be read: {wrong.strerror}")
    except ValueError as wrong:
        return _unreadable(str(wrong))
    for finding in report.hard:
        print(f"broken: {finding}")
    for finding in report.accepted:
        print(f"accepted: {finding}")
    for rule, cost in report.cost_by_rule.items():
        print(f"{rule}: {cost}")
    print(f"cost {report.cost}, {len(report.gaps)} gaps, {len(report.hard)} hard rules broken")
    return WRONG if report.hard else OK


def _check_benchmark(text: str, result: str) -> int:
    from redvest.engine.roster.shift_scheduling import json_format
    from redvest.engine.roster.shift_scheduling.check import check as check_plan

    report = check_plan(json_format.read(text), json_format.plan_from_json(result))
    for broken in report.broken:
        print(f"broken: {broken}")
    print(f"requests: {report.requests}\nunder cover: {report.under}\nover cover: {report.over}")
    print(f"cost {report.cost}, {len(report.broken)} hard rules broken")
    return WRONG if report.broken else OK


def _show(seconds: float, cost: int, bound: int | None, _: object) -> None:
    print(f"{seconds:7.1f} s  cost {cost}  bound {'-' if bound is None else bound}", file=sys.stderr, flush=True)


def _summary(result: Result[Any, Any]) -> None:
    gap = "unknown" if result.gap is None else f"{100 * result.gap:.1f} %"
    gaps = f"{len(result.unmet)} gaps, " if result.unmet else ""
    print(
        f"{result.status}: cost {result.cost}, bound {result.bound}, gap {gap}, {gaps}{result.seconds:.1f} s",
        file=sys.stderr,
    )


def _unreadable(message: str) -> int:
    print(message, file=sys.stderr)
    return UNREADABLE
