"""`redvest serve`: the web server."""

import argparse
import os

from redvest.command.words import _

WORKERS = 2
THREADS = 8


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    about = _("the web server alone")
    parser = commands.add_parser("serve", help=about, description=about)
    add_address(parser)
    parser.add_argument("--workers", type=int, default=WORKERS, help=_("processes (default: %(default)s)"))
    parser.add_argument("--threads", type=int, default=THREADS, help=_("threads of each (default: %(default)s)"))
    parser.set_defaults(run=run)


def add_address(parser: argparse.ArgumentParser) -> None:
    """HOST and PORT, from the command line or the environment."""
    parser.add_argument("--host", help=_("the address to listen on (HOST; default: 127.0.0.1)"))
    parser.add_argument("--port", type=int, help=_("the port to listen on (PORT; default: 8000)"))


def address(options: argparse.Namespace) -> tuple[str, int]:
    """Where to listen."""
    from redvest.config import environment

    host = options.host or environment.text("HOST", "127.0.0.1")
    return host, options.port or environment.integer("PORT", 8000, minimum=1, maximum=65535)


def require_free(host: str, port: int) -> None:
    """Say at once, in a sentence, when somebody else listens there."""
    import socket

    from redvest.command.trouble import Trouble

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sentence = _("{host}:{port} cannot be used ({error}). Choose another port, e.g. PORT=8080.")
            raise Trouble(sentence.format(host=host, port=port, error=error.strerror)) from None


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from redvest.command import children
    from redvest.command.start import require_database

    host, port = address(options)
    require_free(host, port)
    children.end_with_parent()
    # Each process shares as many connections as it has threads. Before anything reads the settings: they are read once,
    # and a connection made anew for each request costs the database more than the request itself.
    os.environ.setdefault("DATABASE_POOL", str(options.threads))
    require_database()
    Server(
        "redvest.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=options.workers,
        blocking_threads=options.threads,
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        websockets=False,
        log_level=LogLevels.error,
    ).serve()
    return 0
