"""`redvest work`: the background worker, which also starts what is due by the clock."""

import argparse
import asyncio

from redvest.command.words import _


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    about = _("the background worker alone: messages, solvers, what is due by the clock")
    parser = commands.add_parser("work", help=about, description=about)
    parser.add_argument("--jobs", type=int, default=2, help=_("long jobs done at the same time (default: %(default)s)"))
    parser.add_argument("--once", action="store_true", help=_("do what is waiting, then end"))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Work until told to stop; jobs that are running get 20 seconds to end."""
    from redvest.command import children
    from redvest.command.start import require_database, start_django

    children.end_with_parent()
    require_database()
    start_django()

    from redvest.core.worker import work

    asyncio.run(work(long=options.jobs, wait=not options.once))
    return 0
