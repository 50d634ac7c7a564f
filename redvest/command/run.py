"""`redvest run`: everything at once on one machine, for a first look, a demo and development."""

import argparse
import contextlib
import fcntl
import http.client
import os
import time
from collections.abc import Iterator

from redvest.command.words import _


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from redvest.command import serve

    about = _("everything at once: database, worker, web server, and demo data in an empty database")
    parser = commands.add_parser("run", help=about, description=about)
    serve.add_address(parser)
    parser.add_argument("--fresh", action="store_true", help=_("delete everything and make the demo data afresh"))
    parser.add_argument("--no-demo", action="store_true", help=_("leave an empty database empty"))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Start all parts, say where to look, and keep them running until told to stop."""
    from redvest.command import serve
    from redvest.config import environment, postgres

    began = time.monotonic()
    host, port = serve.address(options)
    serve.require_free(host, port)
    os.environ.setdefault("PUBLIC_URL", f"http://{host}:{port}")
    if postgres.is_embedded() and not options.no_demo:
        os.environ.setdefault("REDVEST_DEMO", "yes")
    with only_one(environment.data_folder() / "running.lock"):
        _say(_("Starting the database."))
        _prepare(options)
        _watch(host, port, began)
    return 0


@contextlib.contextmanager
def only_one(path: "os.PathLike[str]") -> Iterator[None]:
    """Refuse while another `redvest run` uses this data folder; its end, however it comes, gives the lock back."""
    from redvest.command.trouble import Trouble

    with open(path, "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            sentence = _("RedVest is already running with this data (process {process}). Stop it first.")
            raise Trouble(sentence.format(process=lock.read().strip())) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _prepare(options: argparse.Namespace) -> None:
    from redvest.command import demo
    from redvest.command.start import collect_static_files, migrate, start_django
    from redvest.config import postgres

    start_django()
    if options.fresh:
        demo.empty_database(force=False)
    number = migrate()
    if number:
        _say(_("The tables are up to date ({number} migrations).").format(number=number))
    if postgres.is_embedded() and not options.no_demo and demo.database_is_empty():
        demo.build(demo.SEED)
    collect_static_files()

    from django.db import connections

    connections.close_all()


def _watch(host: str, port: int, began: float) -> None:
    from redvest.command.children import Child, stop, watch

    web = Child(_("web server"), ["serve", "--host", host, "--port", str(port)])
    children = [web, Child(_("background worker"), ["work"])]
    try:
        for child in children:
            child.start()
        _wait_until_answering(host, port)
        _welcome(host, port, time.monotonic() - began)
    except BaseException:
        stop(children)
        raise
    try:
        # Ctrl-C is how one ends it, so that is no failure.
        with contextlib.suppress(KeyboardInterrupt):
            watch(children, _say)
    finally:
        _say(_("Stopped. The data is kept; `make run` goes on from here."))


def _wait_until_answering(host: str, port: int) -> None:
    """Until a page is answered: the port is open long before the product behind it is loaded."""
    deadline = time.monotonic() + 60
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened on
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(address, port, timeout=10)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("HEAD", "/", headers={"Host": "localhost"})
            connection.getresponse()
            return
        time.sleep(0.1)


def _welcome(host: str, port: int, seconds: float) -> None:
    from redvest.command import demo

    _say("")
    _say(
        _("RedVest is ready after {seconds:.1f} s:  http://{host}:{port}").format(seconds=seconds, host=host, port=port)
    )
    accounts = demo.accounts()
    if accounts:
        _say("")
        _say(accounts)
    _say("")
    _say(_("Ctrl-C stops it."))


def _say(line: str) -> None:
    print(line, flush=True)
