"""`redvest rounds`: delivery and visit rounds planned and checked from files; needs no database."""

import argparse
from pathlib import Path

from redvest.command.words import _


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    about = _("plan and check delivery and visit rounds from files")
    parser = commands.add_parser("rounds", help=about, description=about)
    tasks = parser.add_subparsers(metavar=_("TASK"), required=True)

    about = _("plan rounds: a usable plan at once, a better one the longer it may take")
    task = tasks.add_parser("solve", help=about, description=about)
    task.add_argument(
        "problem", type=Path, metavar="FILE", help=_("a problem as JSON, or an instance in VRPLIB format")
    )
    task.add_argument("--seconds", type=float, default=10, help=_("how long to search (default 10)"))
    task.add_argument("--iterations", type=int, help=_("stop after so many; the same seed then gives the same plan"))
    task.add_argument("--out", type=Path, help=_("where to write the result; standard output if left out"))
    task.add_argument("--seed", type=int, default=0, help=_("a number that starts the dice (default 0)"))
    _rounding(task)
    task.set_defaults(run=solve)

    about = _("say what a result breaks and costs; fails if it breaks a rule")
    task = tasks.add_parser("check", help=about, description=about)
    task.add_argument("problem", type=Path, metavar="FILE", help=_("the problem or instance"))
    task.add_argument("result", type=Path, metavar="RESULT", help=_("a result of `redvest rounds solve`"))
    _rounding(task)
    task.set_defaults(run=check)


def _rounding(task: argparse.ArgumentParser) -> None:
    about = _(
        "how lengths of a VRPLIB instance become whole numbers: round, trunc, dimacs or exact (default: by its type)"
    )
    task.add_argument("--round", metavar=_("HOW"), help=about)


def solve(options: argparse.Namespace) -> int:
    from redvest.engine.rounds import cli

    return cli.solve_command(options)


def check(options: argparse.Namespace) -> int:
    from redvest.engine.rounds import cli

    return cli.check_command(options)
