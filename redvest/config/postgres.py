"""Which database the product uses: the one of DATABASE_URL, or an embedded PostgreSQL server in the data folder.

The embedded server belongs to the processes that are attached to it. Each holds a shared lock on one file; whoever
leaves and finds that nobody else holds it stops the server. The kernel drops the lock of a process however it ends, so
neither a killed process nor a reboot leaves a wrong count behind. Importing this module, or Django's settings, starts
nothing.
"""

import atexit
import fcntl
import os
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from redvest.config import environment
from redvest.config.embedded import MAX_CONNECTIONS, NAME, DatabaseTrouble, Server

__all__ = ["DatabaseTrouble", "attach", "database_url", "detach", "django_database", "is_embedded"]


def is_embedded() -> bool:
    """Whether this installation keeps its own server, because no DATABASE_URL is set."""
    return not os.environ.get("DATABASE_URL", "").strip()


def django_database() -> dict[str, Any]:
    """The entry for Django's DATABASES. It never starts a server: a command that needs one calls `attach` first."""
    entry: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {}, "CONN_HEALTH_CHECKS": True}
    pool = environment.integer("DATABASE_POOL", 0, minimum=0, maximum=MAX_CONNECTIONS)
    if pool:
        # Threads of one web process share these; `redvest serve` asks for them. A short command needs no pool.
        entry["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
    if is_embedded():
        server = _server()
        return entry | {"NAME": NAME, "USER": NAME, "HOST": str(server.socket_folder), "PORT": "5432"}
    parts = urlsplit(_external())
    if not parts.path.strip("/"):
        raise environment.BadSetting(
            "DATABASE_URL names no database; write it like postgresql://user:secret@host/redvest."
        )
    entry["OPTIONS"] |= dict(parse_qsl(parts.query))
    return entry | {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
    }


def database_url() -> str:
    """The database's address for programs other than ours (pg_dump, psql); starts the embedded server if needed."""
    if not is_embedded():
        return _external()
    attach()
    return f"postgresql://{NAME}@/{NAME}?host={quote(str(_server().socket_folder), safe='/')}"


def _external() -> str:
    """DATABASE_URL. It may lack a host: postgresql:///redvest means the local socket, ?host=/folder another one."""
    address = environment.text("DATABASE_URL")
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("postgresql", "postgres"):
        # The value may hold a password, so it is not repeated.
        raise environment.BadSetting(
            "DATABASE_URL cannot be understood; write it like postgresql://user:secret@host:5432/redvest."
        )
    return address


def attach(*, durable: bool = True) -> None:
    """Make sure that the embedded server runs, and keep it running until this process ends. Free to call again.

    With `durable=False` the server trades safety against power cuts for speed; only tests may want that.
    """
    global _holding
    if not is_embedded() or (_holding is not None and _holding.process == os.getpid()):
        return
    server = _server()
    with server.exclusive():
        holding = _Holding(os.getpid(), server, (server.folder / "attached.lock").open("a"))
        fcntl.flock(holding.lock, fcntl.LOCK_SH)
        server.ensure_running(durable=durable)
    _holding = holding
    atexit.register(detach)


def detach() -> None:
    """Let the embedded server go; the last process to do so stops it."""
    global _holding
    holding = _holding
    if holding is None or holding.process != os.getpid():
        return
    _holding = None
    atexit.unregister(detach)
    with holding.server.exclusive():
        try:
            fcntl.flock(holding.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass  # somebody else still works with it
        else:
            holding.server.stop()
        finally:
            holding.lock.close()


@dataclass
class _Holding:
    """This process's claim on the running server."""

    process: int
    server: Server
    lock: IO[str]


_holding: _Holding | None = None


def _server() -> Server:
    return Server(environment.data_folder())
