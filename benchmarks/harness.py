"""What the benchmarks share: a database of their own, and the measuring of a page.

Machines are shared and noisy, so figures are counts, CPU time of this process, and ratios of one run;
never a pass or fail.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client


def start_django() -> None:
    """Settings, with the embedded server in the data folder of benchmarks (a named DATABASE_URL is respected)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redvest.config.settings")
    if "REDVEST_DATA" not in os.environ and "DATABASE_URL" not in os.environ:
        from redvest.config import environment

        os.environ["REDVEST_DATA"] = str(environment.data_folder().with_name(environment.data_folder().name + "-bench"))
    os.environ.setdefault("REQUIRE_TOTP", "no")  # the accounts of benchmarks have no second factor
    import django

    from redvest.config import postgres

    postgres.attach()
    django.setup()


@contextmanager
def database() -> Iterator[None]:
    """An empty, migrated database for the time of the block; it is dropped afterwards."""
    from django.db import connection

    kept = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(kept, verbosity=0)


@dataclass(frozen=True)
class Page:
    """How a page was made: statements sent, CPU milliseconds of this process and wall milliseconds, both medians."""

    queries: int
    cpu: float
    wall: float
    size: int


def page(client: "Client", path: str, *, rounds: int = 25, warm: int = 3, **headers: Any) -> Page:
    """Ask for ``path`` several times. A page that is not a 200 is an error: it would be measured for nothing."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path, headers=headers)
    queries = len(captured)  # now: the next request empties the log
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    cpu, wall = medians(lambda: client.get(path, headers=headers), rounds=rounds, warm=warm)
    return Page(queries, cpu, wall, len(answer.content))


def medians(run: Callable[[], object], *, rounds: int, warm: int = 3) -> tuple[float, float]:
    """Median CPU and wall milliseconds of ``run``."""
    for _ in range(warm):
        run()
    cpu, wall = [], []
    for _ in range(rounds):
        before_cpu, before_wall = time.process_time(), time.perf_counter()
        run()
        cpu.append((time.process_time() - before_cpu) * 1000)
        wall.append((time.perf_counter() - before_wall) * 1000)
    return statistics.median(cpu), statistics.median(wall)


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """A Markdown table; numbers are written as they come."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
