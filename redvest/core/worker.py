"""The background worker: two sets of hands, so that messages and clocks never wait behind a solver."""

import asyncio

from procrastinate.contrib.django import app

from redvest.core import queue

_GRACE_SECONDS = 20


async def work(*, long: int = 2, short: int = 2, wait: bool = True) -> None:
    """Work until told to stop (or, without ``wait``, until the queue is empty): ``long`` jobs and ``short`` ones at a
    time. Queues of other names are served with the short ones.
    """
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector):
        async with app.open_async():
            short_work = asyncio.create_task(_hands("short", [queue.SHORT, "default", "builtin"], short, wait))
            long_work = asyncio.create_task(_hands("long", [queue.LONG], long, wait))
            # The signal that stops reaches the long ones only; when they end, the short ones are asked to, too.
            try:
                await long_work
            finally:
                if wait:
                    short_work.cancel()
                await asyncio.gather(short_work, return_exceptions=True)


async def _hands(name: str, queues: list[str], number: int, wait: bool) -> None:
    await app.run_worker_async(
        name=f"redvest {name}",
        queues=queues,
        concurrency=number,
        wait=wait,
        shutdown_graceful_timeout=_GRACE_SECONDS,
        delete_jobs="successful",
        install_signal_handlers=name == "long",
    )
