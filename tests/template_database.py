"""A database with all tables and no rows, made once for each state of the migrations; test databases are copies of it.

Running every migration takes half a minute, copying the result a fraction of a second.
"""

import fcntl
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from redvest.config import environment, postgres

_PREFIX = "tables_of_"


def ensure() -> str:
    """The name of the template, which is made now when the migrations are not those of the last one."""
    name = _PREFIX + _digest()
    url = postgres.database_url()
    with (environment.data_folder() / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the workers of one run arrive together
        with psycopg.connect(url, dbname="postgres", autocommit=True) as server:
            known = {row[0] for row in server.execute("SELECT datname FROM pg_database").fetchall()}
            if name in known:
                return name
            for old in known:
                if old.startswith(_PREFIX):
                    server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(old)))
            unfinished = f"{_PREFIX}new"
            server.execute(SQL("CREATE DATABASE {}").format(Identifier(unfinished)))
            _migrate(url.replace("/redvest?", f"/{unfinished}?"))
            server.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(unfinished), Identifier(name)))
    return name


def _digest() -> str:
    digest = sha256()
    package = environment.PROJECT / "redvest"
    files: list[Path] = [*package.glob("*/migrations/*.py"), *package.glob("**/*.sql")]
    files += [environment.PROJECT / "requirements.txt", package / "config" / "settings.py"]
    for path in sorted(files):
        digest.update(str(path.relative_to(environment.PROJECT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _migrate(url: str) -> None:
    words = [sys.executable, "-m", "redvest.command", "manage", "migrate", "--verbosity", "0"]
    subprocess.run(words, env=os.environ | {"DATABASE_URL": url}, stdin=subprocess.DEVNULL, check=True)
