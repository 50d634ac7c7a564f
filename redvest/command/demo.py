"""`redvest demo`: invented data for a first look. What it consists of is decided in redvest/demo, here only when."""

import argparse
import importlib.util
import sys
import time

from redvest.command.words import _

SEED = 20221115


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    about = _("fill an empty database with invented people, places and an emergency")
    parser = commands.add_parser("demo", help=about, description=about)
    parser.add_argument("--fresh", action="store_true", help=_("delete everything in the database first"))
    parser.add_argument(
        "--force", action="store_true", help=_("with --fresh: also when DATABASE_URL names the database")
    )
    parser.add_argument("--seed", type=int, default=SEED, help=_("same seed, same demo (default: %(default)s)"))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Fill the database, or refuse when it is not empty."""
    from redvest.command.run import only_one
    from redvest.command.start import migrate, start_django
    from redvest.command.trouble import Trouble
    from redvest.config import environment

    with only_one(environment.data_folder() / "running.lock"):
        start_django()
        if options.fresh:
            empty_database(force=options.force)
        migrate()
        if not database_is_empty():
            raise Trouble(_("The database already holds people. `redvest demo --fresh` deletes everything first."))
        build(options.seed)
    print(accounts())
    return 0


def database_is_empty() -> bool:
    """Nobody has an account yet."""
    from django.contrib.auth import get_user_model

    return not get_user_model().objects.exists()


def empty_database(*, force: bool) -> None:
    """Drop every table. A database of one's own server is emptied only when forced."""
    from django.db import connection

    from redvest.command.trouble import Trouble
    from redvest.config import postgres

    if not postgres.is_embedded() and not force:
        raise Trouble(
            _("DATABASE_URL names a database of your own. To delete all it holds: `redvest demo --fresh --force`.")
        )
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()


def build(seed: int) -> None:
    """Make the demo data, telling how far it is."""
    import redvest.demo

    began = time.monotonic()
    print(_("Making the demo data."), flush=True)
    redvest.demo.build(seed=seed, say=lambda line: print(f"  {line}", file=sys.stderr, flush=True))
    print(_("The demo data is ready after {seconds:.0f} s.").format(seconds=time.monotonic() - began), flush=True)


def accounts() -> str:
    """Who may sign in to the demo and what to try first; empty when this is no demo."""
    from redvest.config import environment

    if not environment.flag("REDVEST_DEMO", False) or importlib.util.find_spec("redvest.demo") is None:
        return ""
    from redvest.command.words import is_chinese
    from redvest.config import demo_logins

    return demo_logins.accounts(zh=is_chinese())
