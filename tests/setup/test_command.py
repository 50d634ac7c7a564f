"""The `redvest` command: help, exit codes, sentences instead of tracebacks."""

import re
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from redvest.command import parser
from tests.setup.processes import redvest

COMMANDS = ["run", "serve", "work", "demo", "import", "intake", "roster", "rounds", "database", "doctor"]


def test_help_names_every_command_and_loads_no_heavy_library(data: Path) -> None:
    began = time.monotonic()
    done = redvest("--help", data=data)
    assert done.returncode == 0
    for name in [*COMMANDS, "manage"]:
        assert re.search(rf"^    {name}\b", done.stdout, re.MULTILINE), name
    assert "Exit codes" in done.stdout
    assert list(data.iterdir()) == [], "help must not touch the data folder"
    assert time.monotonic() - began < 5
    loaded = redvest_modules()
    assert not {"django", "psycopg", "ortools", "numpy", "granian", "procrastinate"} & loaded


def redvest_modules() -> set[str]:
    """The libraries that building the whole command line loads."""
    import subprocess

    source = "import sys; from redvest.command import parser; parser(); print(*{m.split('.')[0] for m in sys.modules})"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parser([name]).parse_args([name, "--help"])
    assert end.value.code == 0
    assert f"usage: redvest {name}" in capsys.readouterr().out


def test_an_unknown_command_is_not_understood(data: Path) -> None:
    assert redvest("dance", data=data).returncode == 2


def test_a_wrong_setting_is_a_sentence_and_exit_code_2(data: Path) -> None:
    done = redvest("doctor", data=data, DEBUG="perhaps")
    assert done.returncode == 2
    assert done.stderr == "redvest: DEBUG is 'perhaps'; it must be yes or no (also 1 or 0, true or false, on or off).\n"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("CHANNELS", "console,pigeon", "CHANNELS names 'pigeon'; it may name: console, email, sms, feishu, wecom."),
        ("QUIET_HOURS", "25:00-x", "QUIET_HOURS is '25:00-x'; it must be two times of the day, such as 22:00-06:00."),
        ("TIME_ZONE", "Mars/Base", "TIME_ZONE is 'Mars/Base'; it must be a time zone name such as Asia/Shanghai."),
    ],
)
def test_no_server_starts_on_a_setting_that_cannot_be_understood(
    data: Path, name: str, value: str, sentence: str
) -> None:
    wrong: dict[str, Any] = {name: value}
    done = redvest("serve", data=data, **wrong, PORT="8197", DATABASE_URL="postgresql://red@127.0.0.1:1/vest")
    assert done.returncode == 2
    assert done.stderr == f"redvest: {sentence}\n"


@pytest.mark.parametrize("command", ["serve", "work"])
def test_without_its_database_nothing_starts_and_a_sentence_says_why(data: Path, command: str) -> None:
    done = redvest(command, data=data, PORT="8198", DATABASE_URL="postgresql://red@127.0.0.1:1/vest?connect_timeout=2")
    assert done.returncode == 3
    assert "Check DATABASE_URL, and that the server runs." in done.stderr
    assert "Traceback" not in done.stderr


def test_the_channels_that_a_setting_may_name_are_those_that_exist() -> None:
    from redvest.config import environment
    from redvest.core.channels import KINDS

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHANNELS", ",".join(KINDS))
        assert environment.list("CHANNELS", choices=["console", "email", "sms", "feishu", "wecom"]) == list(KINDS)


def test_a_missing_file_is_a_sentence_and_exit_code_3(data: Path) -> None:
    done = redvest("import", "areas", "nowhere.csv", data=data)
    assert done.returncode == 3
    assert done.stderr == "redvest: There is no file nowhere.csv.\n"


def test_a_port_in_use_is_a_sentence(data: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = redvest("serve", data=data, PORT=str(taken.getsockname()[1]))
    assert done.returncode == 3
    assert "Choose another port" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_line_speaks_chinese_in_a_chinese_terminal(data: Path) -> None:
    assert "退出码" in redvest("--help", data=data, LANGUAGE="", LANG="zh_CN.UTF-8").stdout


def test_doctor_says_what_to_do_when_the_database_is_gone(data: Path) -> None:
    done = redvest("doctor", data=data, DATABASE_URL="postgresql://red@127.0.0.1:1/vest?connect_timeout=2")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("FIX  database:"))
    assert "-> Is the server of DATABASE_URL running" in lines[at + 1]
    assert any(line.startswith("ok   disk:") for line in lines), "the other questions are asked all the same"
    assert "Traceback" not in done.stdout + done.stderr


def test_doctor_finds_missing_tables_and_a_missing_worker(data: Path) -> None:
    done = redvest("doctor", data=data)
    assert done.returncode == 1
    assert "ok   database: PostgreSQL" in done.stdout
    assert re.search(r"FIX  tables: \d+ migrations are missing\n     -> Run `redvest manage migrate`", done.stdout)
    assert re.search(r"FIX  worker: .*\n     -> Start one: `redvest work`", done.stdout)


def test_the_demo_never_empties_a_database_of_ones_own(data: Path) -> None:
    import psycopg

    from redvest.config import postgres

    postgres.attach(durable=False)
    url = postgres.database_url()
    done = redvest("demo", "--fresh", data=data, DATABASE_URL=url)
    assert done.returncode == 3
    assert "DATABASE_URL names a database of your own" in done.stderr
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'public'").fetchone()


def test_a_dump_brings_everything_back_and_never_overwrites_unasked(data: Path) -> None:
    made = redvest(
        "manage",
        "shell",
        "-c",
        _SQL.format("CREATE TABLE vest (colour text); INSERT INTO vest VALUES ('红')"),
        data=data,
    )
    assert made.returncode == 0, made.stderr
    file = data / "a backup.dump"
    assert redvest("database", "dump", str(file), data=data).returncode == 0
    refused = redvest("database", "restore", str(file), data=data)
    assert refused.returncode == 3
    assert "not empty" in refused.stderr
    redvest("manage", "shell", "-c", _SQL.format("UPDATE vest SET colour = 'blue'; CREATE TABLE newer ()"), data=data)
    restored = redvest("database", "restore", "--replace", str(file), data=data)
    assert restored.returncode == 0, restored.stderr
    shown = redvest(
        "manage", "shell", "-c", _SQL.format("SELECT colour FROM vest") + "; print(c.fetchone())", data=data
    )
    assert "('红',)" in shown.stdout
    assert redvest("manage", "shell", "-c", _SQL.format("SELECT 1 FROM newer"), data=data).returncode != 0
    assert redvest("database", "dump", str(file), data=data).returncode == 0, "also after the schema was made anew"
    assert redvest("database", "restore", "--replace", str(file), data=data).returncode == 0


_SQL = 'from django.db import connection; c = connection.cursor(); c.execute("{}")'
