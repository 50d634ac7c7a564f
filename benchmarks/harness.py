"""What the benchmarks share: a database of their own, and the measuring of a page.

Machines are shared and noisy, so figures are counts, CPU time of this process, and ratios of one run;
never a pass or fail.
"""

import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core import signals
from django.db import close_old_connections

if TYPE_CHECKING:
    from redvest.people.models import Account


TOKEN = "t" * 32  # as a browser that was here before has one


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


class Browser:
    """Asks our WSGI application itself, as the web server does: no test client whose own work would count.

    Database connections stay open between requests, as the pool of ``redvest serve`` keeps them.
    """

    def __init__(self, account: "Account", language: str = "zh-hans") -> None:
        from django.core.wsgi import get_wsgi_application
        from django.test import Client

        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        self.cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}; language={language}"
        self.application = get_wsgi_application()
        for signal in (signals.request_started, signals.request_finished):
            signal.disconnect(close_old_connections)

    def get(self, address: str) -> bytes:
        """The body of a page. One that is not a 200 is an error: it would be measured for nothing."""
        path, _mark, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_COOKIE": self.cookies,
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
        }
        answered: list[str] = []

        def start(status: str, _headers: object, _error: object = None, /) -> "Callable[[bytes], object]":
            answered.append(status)
            return len

        answer = self.application(environ, start)
        body = b"".join(answer)
        answer.close()
        if not answered[0].startswith("200"):
            raise RuntimeError(f"{address} answered {answered[0]}")
        return body


def page(browser: Browser, path: str, *, rounds: int = 25, warm: int = 3) -> Page:
    """Ask for ``path`` several times."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser.get(path)  # a new connection prepares its statements once
    with CaptureQueriesContext(connection) as captured:
        body = browser.get(path)
    queries = len(captured)  # now: the next request empties the log
    cpu, wall = medians(lambda: browser.get(path), rounds=rounds, warm=warm)
    return Page(queries, cpu, wall, len(body))


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
