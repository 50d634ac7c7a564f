"""What `redvest rounds solve` and `check` do with files, ours (JSON) and public ones (VRPLIB). No Django, no database.

The words of the command line stand in `redvest.command.rounds`.
"""

import argparse
import sys
from pathlib import Path

from redvest.engine.result import Status
from redvest.engine.rounds.check import check
from redvest.engine.rounds.codec import from_json, plan_from_json, result_to_json
from redvest.engine.rounds.explain import unserved
from redvest.engine.rounds.problem import Plan
from redvest.engine.rounds.solve import solve
from redvest.engine.rounds.vrp import codec, instance
from redvest.engine.rounds.vrp.check import check as check_routes
from redvest.engine.rounds.vrp.solve import Limits
from redvest.engine.rounds.vrp.solve import solve as solve_routes

OK, WRONG, UNREADABLE = 0, 1, 2
"""Exit codes: done; the answer breaks a hard rule or there is none; a file is missing or not understood."""


def solve_command(arguments: argparse.Namespace) -> int:
    """`rounds solve`: progress to standard error, the result to a file or standard output."""
    if arguments.seconds <= 0 or (arguments.iterations is not None and arguments.iterations < 0):
        return _unreadable("--seconds must be above 0 and --iterations not below")
    try:
        public = _is_public(arguments.problem)
        text, good = _public_plan(arguments) if public else _own_plan(arguments)
    except (OSError, ValueError) as wrong:
        return _unreadable(f"{arguments.problem}: {wrong}")
    try:
        if arguments.out is None:
            sys.stdout.write(text + "\n")
        else:
            arguments.out.write_text(text + "\n", encoding="utf-8")
    except OSError as wrong:
        return _unreadable(f"{arguments.out}: {wrong}")
    return OK if good else WRONG


def check_command(arguments: argparse.Namespace) -> int:
    """`rounds check`: every broken rule, the cost, and what is left out and why; fails if a rule is broken."""
    try:
        if _is_public(arguments.problem):
            return _check_public(arguments)
        problem = from_json(arguments.problem.read_text(encoding="utf-8"))
        plan = plan_from_json(arguments.result.read_text(encoding="utf-8"))
        report = check(problem, plan)
    except (OSError, ValueError) as wrong:
        return _unreadable(str(wrong))
    for finding in report.hard:
        print(f"broken: {finding}")
    for rule, cost in report.cost_by_rule.items():
        print(f"{rule}: {cost}")
    for gap in unserved(problem, plan):
        print(gap)
    print(f"cost {report.cost}, {len(report.left_out)} stops left out, {len(report.hard)} hard rules broken")
    return WRONG if report.hard else OK


def _is_public(path: Path) -> bool:
    """Whether a file is in the VRPLIB format: what is not JSON is."""
    return not path.read_text(encoding="utf-8", errors="replace").lstrip("\ufeff \n\r\t").startswith("{")


def _own_plan(arguments: argparse.Namespace) -> tuple[str, bool]:
    problem = from_json(arguments.problem.read_text(encoding="utf-8"))
    result = solve(problem, arguments.seconds, arguments.seed, arguments.iterations, on_progress=_show)
    left = len(result.unmet)
    print(f"{result.status}: cost {result.cost}, no bound, {left} left out, {result.seconds:.1f} s", file=sys.stderr)
    return result_to_json(result, check(problem, result.best or ()).walks), result.status is not Status.NO_ANSWER


def _public_plan(arguments: argparse.Namespace) -> tuple[str, bool]:
    read = instance.read(arguments.problem, arguments.round)
    limits = Limits(arguments.seconds, arguments.iterations)
    result = solve_routes(arguments.problem, read, limits, arguments.seed, _show_length)
    verdict = check_routes(read, result.best or ())
    good = result.best is not None and verdict.feasible
    words = f"cost {verdict.cost:g}" if good else "no feasible routes found"
    print(f"{words}, no bound, rounding {read.rounding}, {result.seconds:.1f} s", file=sys.stderr)
    return codec.result_to_json(read, result, verdict), good


def _check_public(arguments: argparse.Namespace) -> int:
    routes, rounding = codec.routes_from_json(arguments.result.read_text(encoding="utf-8"))
    read = instance.read(arguments.problem, arguments.round or rounding)
    verdict = check_routes(read, routes)
    for fault in verdict.broken:
        print(f"broken: {fault}")
    state = "feasible" if verdict.feasible else f"not feasible, {len(verdict.broken)} faults"
    print(f"cost {verdict.cost:g} ({read.rounding}), {len(routes)} routes, {state}")
    return OK if verdict.feasible else WRONG


def _show(seconds: float, cost: int, _bound: int | None, _plan: Plan) -> None:
    print(f"{seconds:7.1f} s  cost {cost}", file=sys.stderr, flush=True)


def _show_length(seconds: float, cost: float) -> None:
    print(f"{seconds:7.1f} s  cost {cost:g}", file=sys.stderr, flush=True)


def _unreadable(message: str) -> int:
    print(message, file=sys.stderr)
    return UNREADABLE
