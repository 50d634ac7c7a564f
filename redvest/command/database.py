"""`redvest database`: the whole database into a file and back, for backups and for moving house."""

import argparse
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from redvest.command.trouble import Trouble
from redvest.command.words import _


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    about = _("dump the whole database into a file, restore it, print its address")
    parser = commands.add_parser("database", help=about, description=about)
    tasks = parser.add_subparsers(metavar=_("TASK"), required=True)

    task = tasks.add_parser("dump", help=_("write everything into a file"))
    task.add_argument("file", type=Path)
    task.set_defaults(run=dump)

    task = tasks.add_parser("restore", help=_("read a dump into an empty database"))
    task.add_argument("file", type=Path)
    task.add_argument("--replace", action="store_true", help=_("delete everything in the database first"))
    task.set_defaults(run=restore)

    task = tasks.add_parser(
        "url", help=_("print the address, e.g. for psql; the server stays up while Enter is awaited")
    )
    task.set_defaults(run=url)


def dump(options: argparse.Namespace) -> int:
    """Write a dump and read its table of contents back; a dump that cannot be read is not left behind."""
    from redvest.config import postgres

    unfinished = options.file.with_name(f"{options.file.name}.unfinished")
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={unfinished}", postgres.database_url())
    _run("pg_restore", "--list", str(unfinished))
    unfinished.replace(options.file)
    print(_("Written: {file} ({size:.1f} MB).").format(file=options.file, size=options.file.stat().st_size / 1e6))
    return 0


def restore(options: argparse.Namespace) -> int:
    """All or nothing: a restore that fails leaves the database as it was."""
    import psycopg

    from redvest.command.run import only_one
    from redvest.config import environment, postgres

    if not options.file.is_file():
        raise Trouble(_("There is no file {file}.").format(file=options.file))
    with only_one(environment.data_folder() / "running.lock"):
        address = postgres.database_url()
        with psycopg.connect(address) as connection:
            counted = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        if counted and counted[0] and not options.replace:
            raise Trouble(_("The database is not empty. `--replace` deletes everything in it first."))
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "restore.sql"
            _run("pg_restore", "--no-owner", "--no-acl", f"--file={script}", str(options.file))
            before = ["DROP SCHEMA IF EXISTS public CASCADE"]
            if not _creates_schema(script):
                before.append("CREATE SCHEMA public")
            words = ["--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--dbname={address}"]
            _run("psql", "--no-psqlrc", *words, *[f"--command={line}" for line in before], f"--file={script}")
    print(_("Restored. Run `redvest manage migrate` if the dump is of an older version."))
    return 0


def _creates_schema(script: Path) -> bool:
    """Dumps of a database that was emptied once make the schema themselves, others rely on it."""
    with script.open(encoding="utf-8") as lines:
        return any(line.startswith("CREATE SCHEMA public;") for line in lines)


def url(_options: argparse.Namespace) -> int:
    """Print the address; an embedded server started for it stays up until Enter is pressed."""
    import sys

    from redvest.config import postgres

    print(postgres.database_url(), flush=True)
    if postgres.is_embedded() and sys.stdin.isatty():
        input()
    return 0


def _run(program: str, *words: str) -> None:
    done = subprocess.run(
        [_program(program), *words], env=os.environ | {"LC_ALL": "C"}, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise Trouble(_("{program} failed: {reason}").format(program=program, reason=done.stderr.strip()))


def _program(name: str) -> str:
    """The embedded server's own program; for a server of one's own the machine's, which fits its version better."""
    from redvest.config import environment, postgres
    from redvest.config.embedded import Server

    own = str(Server(environment.data_folder()).programs / name)
    return own if postgres.is_embedded() else shutil.which(name) or own
