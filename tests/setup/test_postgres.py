"""The embedded database: shared by processes, stopped by the last one, and never fooled by what a crash left behind."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from redvest.config import postgres
from redvest.config.embedded import DatabaseTrouble, Server
from redvest.config.environment import BadSetting
from tests.setup.processes import python

_ATTACH = """
import psycopg
from redvest.config import postgres
postgres.attach(durable=False)
with psycopg.connect(postgres.database_url()) as connection:
    print(connection.execute("SELECT 40 + 2").fetchone()[0], flush=True)
input()
"""


def server_process(data: Path) -> int | None:
    try:
        number = int((data / "postgres" / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError):
        return None
    try:
        return number if psutil.Process(number).status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def until_gone(data: Path) -> bool:
    deadline = time.monotonic() + 20
    while server_process(data) and time.monotonic() < deadline:
        time.sleep(0.05)
    return server_process(data) is None


def test_two_processes_share_one_server_and_the_last_one_stops_it(data: Path) -> None:
    first, second = python(_ATTACH, data), python(_ATTACH, data)
    assert first.stdout is not None
    assert second.stdout is not None
    assert [first.stdout.readline(), second.stdout.readline()] == ["42\n", "42\n"]
    number = server_process(data)
    first.communicate("\n", timeout=30)
    assert server_process(data) == number, "the server must stay while the second process works with it"
    second.communicate("\n", timeout=30)
    assert until_gone(data)


def test_a_killed_process_does_not_keep_the_server_running_for_ever(data: Path) -> None:
    killed = python(_ATTACH, data)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "42\n"
    number = server_process(data)
    killed.kill()
    killed.communicate(timeout=30)
    assert server_process(data) == number, "nobody was left to stop it"
    heir = python(_ATTACH, data)
    assert heir.stdout is not None
    assert heir.stdout.readline() == "42\n"
    assert server_process(data) == number, "the next process goes on with the same server"
    heir.communicate("\n", timeout=30)
    assert until_gone(data)


def test_a_killed_server_is_started_again_although_it_left_its_number(data: Path) -> None:
    first = python(_ATTACH, data)
    assert first.stdout is not None
    assert first.stdout.readline() == "42\n"
    number = server_process(data)
    assert number is not None
    os.kill(number, signal.SIGKILL)
    first.kill()
    first.communicate(timeout=30)
    again = python(_ATTACH, data)
    assert again.stdout is not None
    assert again.stdout.readline() == "42\n"
    assert server_process(data) not in (None, number)
    again.communicate("\n", timeout=30)
    assert until_gone(data)


def test_after_a_reboot_the_old_number_may_belong_to_somebody_else(data: Path) -> None:
    first = python(_ATTACH, data)
    assert first.stdout is not None
    assert first.stdout.readline() == "42\n"
    left = (data / "postgres" / "postmaster.pid").read_text().split("\n")
    first.communicate("\n", timeout=30)
    assert until_gone(data)
    left[0] = str(os.getpid())  # alive, and no database server
    (data / "postgres" / "postmaster.pid").write_text("\n".join(left))
    again = python(_ATTACH, data)
    assert again.stdout is not None
    assert again.stdout.readline() == "42\n"
    again.communicate("\n", timeout=30)
    assert until_gone(data)


def test_an_interrupted_creation_is_done_again(data: Path) -> None:
    (data / "postgres.new").mkdir()
    (data / "postgres.new" / "PG_VERSION").write_text("18\n")
    process = python(_ATTACH, data)
    assert process.stdout is not None
    assert process.stdout.readline() == "42\n"
    process.communicate("\n", timeout=30)
    assert not (data / "postgres.new").exists()


def test_a_very_long_path_with_spaces_and_an_apostrophe_works(data: Path) -> None:
    deep = data / ("it's 长 folder, " * 6).strip()
    deep.mkdir()
    process = python(_ATTACH, deep)
    assert process.stdout is not None
    assert process.stdout.readline() == "42\n"
    assert len(os.fsencode(Server(deep).cluster)) > 100
    process.communicate("\n", timeout=30)
    assert until_gone(deep)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server another user")
def test_a_private_folder_is_refused_and_left_private(data: Path) -> None:
    private = data / "private"
    inner = private / "data"
    inner.mkdir(parents=True)
    private.chmod(0o700)
    with pytest.raises(DatabaseTrouble, match="Set REDVEST_DATA to a folder that is not inside a private one"):
        Server(inner).ensure_running(durable=False)
    assert private.stat().st_mode & 0o777 == 0o700


def test_settings_start_no_server(data: Path) -> None:
    process = python("from redvest.config import settings; print(settings.DATABASES['default']['NAME'])", data)
    assert process.communicate(timeout=60)[0] == "redvest\n"
    assert not (data / "postgres").exists()


def test_a_database_url_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://red:p%40ss@db.example:6432/vest?sslmode=require")
    entry = postgres.django_database()
    assert (entry["USER"], entry["PASSWORD"], entry["HOST"]) == ("red", "p@ss", "db.example")
    assert (entry["PORT"], entry["NAME"], entry["OPTIONS"]) == ("6432", "vest", {"sslmode": "require"})


@pytest.mark.parametrize(
    "value", ["mysql://u:hush@h/x", "redvest", "postgresql://u:hush@h:port/x", "postgresql://u:hush@h"]
)
def test_a_wrong_database_url_is_a_sentence_without_its_password(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DATABASE_URL", value)
    with pytest.raises(BadSetting, match="DATABASE_URL") as refusal:
        postgres.django_database()
    assert "hush" not in str(refusal.value)


def test_a_pool_is_made_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "pool" not in postgres.django_database()["OPTIONS"]
    monkeypatch.setenv("DATABASE_POOL", "8")
    assert postgres.django_database()["OPTIONS"]["pool"]["max_size"] == 8
