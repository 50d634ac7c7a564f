"""`redvest work`: the background worker, which also starts what is due by the clock."""

import argparse
import asyncio

from redvest.command.words import _


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    about = _("the background worker alone: messages, solvers, what is due by the clock")
    parser = commands.add_parser("work", help=about, description=about)
    parser.add_argument("--jobs", type=int, default=2, help=_("jobs done at the same time (default: %(default)s)"))
    parser.add_argument("--once", action="store_true", help=_("do what is waiting, then end"))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Work until told to stop; jobs that are running get 20 seconds to end."""
    from redvest.command import children
    from redvest.command.start import start_django

    children.end_with_parent()
    start_django()
    asyncio.run(_work(options.jobs, wait=not options.once))
    return 0


async def _work(jobs: int, *, wait: bool) -> None:
    from procrastinate.contrib.django import app

    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector):
        async with app.open_async():
            await app.run_worker_async(
                name="redvest work", concurrency=jobs, wait=wait, shutdown_graceful_timeout=20, delete_jobs="successful"
            )
