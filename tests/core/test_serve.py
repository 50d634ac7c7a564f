"""The web server as a process of its own, on the database of this test."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from django.db import connection

from redvest.config import postgres
from redvest.config.environment import PROJECT

NAME = "redvest-serve-test"


@pytest.fixture
def address(transactional_db: None) -> Iterator[str]:
    """Where `redvest serve` with two processes answers; it ends with the test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    database = postgres.database_url().replace("/redvest?", f"/{connection.settings_dict['NAME']}?")
    environment = os.environ | {"DATABASE_URL": f"{database}&application_name={NAME}"}
    command = [sys.executable, "-m", "redvest.command", "serve", "--port", port, "--workers", "2"]
    server = subprocess.Popen(command, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=60)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def connections() -> set[int]:
    """The backends of PostgreSQL that serve the web server right now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [NAME])
        return {pid for (pid,) in cursor.fetchall()}


def test_each_web_process_keeps_its_connections_from_one_request_to_the_next(address: str) -> None:
    health, deadline = f"{address}/health/", time.monotonic() + 60
    while not answers(health):
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.2)
    opened: set[int] = connections()
    for _request in range(40):
        assert answers(health)
        opened |= connections()
    kept = connections()
    assert kept, "every request opened a connection and closed it: the processes share no pool"
    assert opened == kept, "a connection was closed between two requests"
