"""`redvest doctor`: is this installation in order? One line a question: ok, or what to do."""

import argparse
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from redvest.command.trouble import NOT_GOOD
from redvest.command.words import _

_FRESH_HEARTBEAT = 60  # seconds; a worker reports every ten
_LEAST_FREE = 1 << 30  # bytes
_CLOCK_DRIFT = 2.0  # seconds between us and the database
_OLDEST_POSTGRES = 150000


@dataclass(frozen=True)
class Finding:
    """The answer to one question. `advice` is empty when all is well."""

    state: str
    advice: str = ""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    about = _("check this installation; each line says ok or what to do")
    parser = commands.add_parser("doctor", help=about, description=about)
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Ask every question, whatever the others answered; 1 when one of them is not ok."""
    import django

    django.setup()
    good = True
    for subject, question in _questions():
        try:
            finding = question()
        except Exception as error:  # a question that cannot be asked is an answer, too
            finding = Finding(str(error).strip() or type(error).__name__, _("See docs/deploy.md."))
        good = good and not finding.advice
        mark = _("FIX") if finding.advice else _("ok ")
        print(f"{mark}  {subject}: {finding.state}")
        if finding.advice:
            print(f"     -> {finding.advice}")
    return 0 if good else NOT_GOOD


def _questions() -> list[tuple[str, Callable[[], Finding]]]:
    return [
        (_("settings"), _settings),
        (_("database"), _database),
        (_("tables"), _tables),
        (_("worker"), _worker),
        (_("channels"), _channels),
        (_("web files"), _web_files),
        (_("fonts"), _fonts),
        (_("disk"), _disk),
        (_("clock"), _clock),
        (_("time zone"), _time_zone),
    ]


def _settings() -> Finding:
    from urllib.parse import urlsplit

    from django.conf import settings

    if settings.DEBUG:
        return Finding(_("DEBUG is on"), _("Unset DEBUG: error pages would show the inside of the system to everyone."))
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    local = host in {"127.0.0.1", "localhost", "::1"}
    if not local and not settings.PUBLIC_URL.startswith("https://"):
        return Finding(settings.PUBLIC_URL, _("Put the site behind HTTPS and set PUBLIC_URL to its https address."))
    if not local and host not in settings.ALLOWED_HOSTS:
        return Finding(settings.PUBLIC_URL, _("Add {host} to ALLOWED_HOSTS.").format(host=host))
    return Finding(settings.PUBLIC_URL)


def _database() -> Finding:
    from django.db import OperationalError, connection

    from redvest.config import postgres

    try:
        postgres.attach()
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_encoding')")
            number, encoding = cursor.fetchone()
    except (OperationalError, postgres.DatabaseTrouble) as error:
        reason = str(error).strip().splitlines()[0]
        if postgres.is_embedded():
            advice = _("Read the log server.log in the folder postgres of the data folder; is the disk full?")
        else:
            advice = _("Is the server of DATABASE_URL running, and may this machine and user connect to it?")
        return Finding(reason, advice)
    kind = _("embedded") if postgres.is_embedded() else _("by DATABASE_URL")
    state = f"PostgreSQL {number // 10000}.{number % 10000}, {kind}"
    if number < _OLDEST_POSTGRES:
        return Finding(state, _("PostgreSQL 15 or newer is needed."))
    if encoding != "UTF8":
        return Finding(f"{state}, {encoding}", _("Make the database anew with the encoding UTF8."))
    return Finding(state)


def _tables() -> Finding:
    from redvest.command.start import migrations_missing

    missing = migrations_missing()
    if missing:
        return Finding(_("{number} migrations are missing").format(number=missing), _("Run `redvest manage migrate`."))
    return Finding(_("up to date"))


def _worker() -> Finding:
    from django.db import connection

    last = None
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('procrastinate_workers') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
            last = cursor.fetchone()[0]
    advice = _("Start one: `redvest work`, or the service redvest-work. Until then no message is sent.")
    if last is None:
        return Finding(_("none is running"), advice)
    seconds = (datetime.now(UTC) - last).total_seconds()
    state = _("last heard of {seconds:.0f} s ago").format(seconds=seconds)
    return Finding(state, advice if seconds > _FRESH_HEARTBEAT else "")


def _channels() -> Finding:
    from django.conf import settings

    from redvest.core import channels

    named = list(settings.CHANNELS)
    state = ", ".join(named) or _("none")
    troubles = channels.troubles()
    if troubles:
        return Finding(state, " ".join(troubles))
    if not set(named) - {"console"} and not settings.IS_DEMO:
        return Finding(
            state, _("Nobody can be reached outside this site. Set CHANNELS to sms, feishu, wecom or email.")
        )
    return Finding(state)


def _web_files() -> Finding:
    from django.conf import settings

    if settings.DEBUG or (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return Finding(_("collected"))
    return Finding(_("not collected"), _("Run `make setup`, then `redvest manage collectstatic --noinput`."))


def _fonts() -> Finding:
    advice = _("Install a Chinese font, e.g. `apt-get install fonts-noto-cjk`; printed lists would show empty boxes.")
    if shutil.which("fc-list") is None:
        return Finding(_("cannot be listed"), _("Install fontconfig and a Chinese font (fonts-noto-cjk)."))
    found = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    return Finding(found[0], "") if found[0] else Finding(_("no Chinese font"), advice)


def _disk() -> Finding:
    from redvest.config import environment

    folder = environment.data_folder()
    usage = shutil.disk_usage(folder)
    state = _("{free:.1f} GB free in {folder}").format(free=usage.free / (1 << 30), folder=folder)
    if usage.free < _LEAST_FREE or usage.free < usage.total * 0.02:
        return Finding(state, _("Make room: the database stops when the disk is full."))
    if not os.access(folder, os.W_OK):
        return Finding(state, _("Give this user the right to write there."))
    return Finding(state)


def _clock() -> Finding:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    drift = abs(time.time() - theirs.timestamp())
    state = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if drift > _CLOCK_DRIFT:
        state = _("{state}, {drift:.0f} s from the database's").format(state=state, drift=drift)
        return Finding(state, _("Set the clocks of both machines by NTP; shifts and codes depend on them."))
    return Finding(state)


def _time_zone() -> Finding:
    from django.conf import settings
    from django.utils import timezone

    now = timezone.localtime()
    return Finding(f"{settings.TIME_ZONE}, {now:%H:%M} ({now:%z})")
