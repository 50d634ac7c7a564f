"""What a command does before it works: attach to the database, load the product, bring tables and files up to date."""

from pathlib import Path

from redvest.command.words import _

_UNUSED = ["admin"]


def start_django() -> None:
    """Attach to the database (the embedded one is started when it is not running) and load the product."""
    import django

    from redvest.config import postgres

    postgres.attach()
    django.setup()


def require_database() -> None:
    """Say in a sentence, before anything is started, that a setting is wrong or the database is not as it must be.

    A web server or worker without it would try again for ever, and tell nobody but its log.
    """
    import psycopg
    from django.conf import settings

    from redvest.command.trouble import Trouble
    from redvest.config import postgres

    postgres.attach()
    values = settings.DATABASES["default"]
    options = {"connect_timeout": 10} | {name: value for name, value in values["OPTIONS"].items() if name != "pool"}
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    address = {name: values[key] for name, key in names.items() if values.get(key)}
    try:
        with psycopg.connect(**address, **options) as connection:
            row = connection.execute("SELECT to_regclass('django_migrations') IS NULL").fetchone()
    except psycopg.OperationalError as error:
        sentence = _("The database does not answer: {error}\nCheck DATABASE_URL, and that the server runs.")
        raise Trouble(sentence.format(error=str(error).strip())) from None
    if row is None or row[0]:
        raise Trouble(_("The database has no tables yet. Run `redvest manage migrate` first."))


def migrations_missing() -> int:
    """How many migrations the database has not seen yet."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> int:
    """Bring the tables up to date; returns how many migrations were run."""
    from django.core.management import call_command

    missing = migrations_missing()
    if missing:
        call_command("migrate", interactive=False, verbosity=0)
    return missing


def collect_static_files() -> None:
    """Gather and fingerprint the files that browsers load, unless that was done after the last of them changed.

    Django's admin is left out: it is served with DEBUG only, and then nothing is collected.
    """
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    if settings.DEBUG:
        return
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    made = manifest.stat().st_mtime if manifest.exists() else 0.0
    for finder in get_finders():
        for path, storage in finder.list(_UNUSED):
            if Path(storage.path(path)).stat().st_mtime > made:
                call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=_UNUSED)
                return
