"""Sign-ups per second: 64 clients over HTTP against two web processes, and the action alone; nothing may be wrong."""

import contextlib
import http.client
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from benchmarks import harness, processes

TITLE = "Sign-ups at once"
CLIENTS = 64
PORT = 8169
PLACES = 2
WARM = 3  # sign-ups of each client before the clock runs
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SIZES = {"people": 4_000, "quick": 400}
ABOUT = f"""
{CLIENTS} clients at once, each person signs up once with an idempotency key; {WARM} of each client come before the
clock runs. The action runs in two processes of {CLIENTS // 2} threads; HTTP goes to `redvest serve` (granian, 2
processes x 8 threads) on this machine, by keep-alive connections with session, CSRF token and all middleware.
Database server, clients and web server share the same cores. CPU is that spent for one answer: in the Python that
runs the action (web server and all), in the database server, and in the clients of HTTP; two cores give 2,000 ms a
second for all three. The aim is 600 sign-ups a second. In a rush there are half as many places as people. Wrong
results are shifts with more people than places, counts that differ from the rows, people in two places, and places
left empty in a rush.
"""
WHO = ("action or web server", "database", "clients")
ACCOUNTS = """
    INSERT INTO people_account (username, name, password, is_superuser, email, language, is_active, is_staff, is_system,
                                date_joined)
    SELECT 'b' || id, name, '!', false, '', 'zh-hans', true, false, false, now()
    FROM people_person WHERE account_id IS NULL
"""


@dataclass(frozen=True)
class Run:
    """What came of one run: how many a second, the outcomes, and the waiting of one client in milliseconds."""

    seconds: float
    outcomes: Counter[str]
    waits: list[float]
    cpu: dict[str, float]

    @property
    def done(self) -> int:
        return self.outcomes["done"]

    def row(self, name: str, wrong: str) -> tuple[object, ...]:
        waits = sorted(self.waits)
        refused = sum(count for outcome, count in self.outcomes.items() if outcome.startswith("refused"))
        odd = sum(self.outcomes.values()) - self.done - refused
        rate = (self.done + refused) / self.seconds
        costs = (f"{self.cpu[name] * 1000 / len(waits):.1f}" if name in self.cpu else "–" for name in WHO)
        return (
            name,
            self.done,
            refused,
            odd,
            rate,
            self.done / self.seconds,
            statistics.median(waits),
            waits[int(len(waits) * 0.99)],
            *costs,
            wrong,
        )


def measure(*, quick: bool) -> str:
    """A table: each way of signing up, with and without a rush on the same places."""
    harness.start_django()
    people = SIZES["quick" if quick else "people"]
    rows = []
    for name, rush, way in (
        ("action, places enough", False, _by_action),
        ("action, rush on half the places", True, _by_action),
        ("HTTP, places enough", False, _by_http),
        ("HTTP, rush on half the places", True, _by_http),
    ):
        with harness.database():
            pairs = _fill(people, rush=rush)
            run = way(pairs)
            rows.append(run.row(name, _wrong(people, rush=rush)))
    head: tuple[str, ...] = ("way", "taken", "refused", "errors", "answers/s", "sign-ups/s", "median ms", "99% ms")
    head += (*(f"CPU ms {name}" for name in WHO), "wrong results")
    return f"{ABOUT.strip()}\n\n{harness.table(head, rows)}"


def _fill(people: int, *, rush: bool) -> list[tuple[int, int]]:
    """People with accounts and consent, shifts with two places each; (account, shift) for everybody."""
    import random
    from datetime import timedelta

    from django.db import connection
    from django.utils import timezone

    from benchmarks.open_shifts import CONSENTS
    from benchmarks.population import fill
    from redvest.duty.models import Assignment, Post, Shift
    from redvest.people.models import Person

    fill(max(1_000, people))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE duty_assignment, duty_shift CASCADE")
        cursor.execute(ACCOUNTS)
        cursor.execute(
            "UPDATE people_person p SET account_id = a.id FROM people_account a WHERE a.username = 'b' || p.id"
        )
        cursor.execute(CONSENTS)
        cursor.execute("SET session_replication_role = DEFAULT")
    starts = timezone.now() + timedelta(days=2)
    homes: dict[Any, list[int]] = {}
    chosen = Person.objects.filter(account__isnull=False).order_by("pk")[:people]
    for account, street in chosen.values_list("account_id", "home__parent_id"):
        homes.setdefault(street, []).append(account)
    pairs: list[tuple[int, int]] = []
    for street, accounts in homes.items():
        posts = list(Post.objects.filter(incident__area_id=street).values_list("pk", flat=True))
        wanted = -(-len(accounts) // (PLACES * (2 if rush else 1)))
        made = Shift.objects.bulk_create(
            Shift(
                post_id=posts[number % len(posts)],
                starts=starts + timedelta(minutes=number // len(posts)),
                ends=starts + timedelta(hours=8),
                duty_day=starts.date(),
                minimum=1,
                wanted=PLACES,
                maximum=PLACES,
                state="open",
            )
            for number in range(wanted)
        )
        pairs += [(account, made[number % wanted].pk) for number, account in enumerate(accounts)]
    random.Random(7).shuffle(pairs)
    assert not Assignment.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return pairs


def _wrong(people: int, *, rush: bool) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT (SELECT count(*) FROM duty_shift WHERE taken > maximum),
                   (SELECT count(*) FROM duty_shift s WHERE taken <> (
                        SELECT count(*) FROM duty_assignment a WHERE a.shift_id = s.id AND a.state = 'confirmed')),
                   (SELECT count(*) FROM (SELECT person_id FROM duty_assignment WHERE state = 'confirmed'
                        GROUP BY person_id HAVING count(*) > 1) doubled),
                   (SELECT coalesce(sum(maximum - taken), 0) FROM duty_shift),
                   (SELECT count(*) FROM duty_assignment)
        """)
        overfull, miscounted, doubled, empty, taken = cursor.fetchone()
    lost = empty if rush else people - taken
    return str(overfull + miscounted + doubled + max(0, lost))


# --- the action alone -----------------------------------------------------------------------------------------------


def _by_action(pairs: list[tuple[int, int]]) -> Run:
    """Two processes of 32 threads each call the action."""
    from django.db import connection

    return _together(_act, pairs, connection.settings_dict["NAME"])


def _together(target: Callable[..., None], work: list[Any], *first: Any, server: int = 0) -> Run:
    """Let two processes do half of the work each, from the same moment on, and add up what came of it and its CPU."""
    context = multiprocessing.get_context("spawn")
    ready, go, answers = context.Barrier(3), context.Event(), context.Queue()
    half = len(work) // 2
    parts = (work[:half], work[half:])
    crew = [context.Process(target=target, args=(*first, part, ready, go, answers)) for part in parts]
    for process in crew:
        process.start()
    ready.wait()
    watched = {"database": _postmaster()} | ({WHO[0]: server} if server else {})
    before = {name: processes.seconds(pid) for name, pid in watched.items()}
    started = time.perf_counter()
    go.set()
    found = [answers.get() for _ in crew]
    seconds = time.perf_counter() - started
    cpu = {name: processes.seconds(pid) - before[name] for name, pid in watched.items() if processes.is_known()}
    cpu["clients" if server else WHO[0]] = sum(part[2] for part in found)
    for process in crew:
        process.join()
    outcomes: Counter[str] = sum((part[0] for part in found), Counter())
    return Run(seconds, outcomes, [wait for part in found for wait in part[1]], cpu)


def _postmaster() -> int:
    """The process above all of the database server, when it runs on this machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return processes.parent(int(cursor.fetchone()[0]))


def _act(name: str, pairs: list[tuple[int, int]], ready: Any, go: Any, answers: Any) -> None:
    harness.start_django()
    from django.db import connections

    connections["default"].close()
    connections.settings["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name
    import uuid

    from redvest.core.errors import Refused
    from redvest.duty.actions import signup
    from redvest.people.models import Account

    accounts = Account.objects.in_bulk([account for account, _shift in pairs])

    def attempt(pair: tuple[int, int]) -> str:
        try:
            signup.sign_up(accounts[pair[0]], pair[1], key=str(uuid.uuid4()))
        except Refused as refusal:
            return f"refused:{refusal.code}"
        return "done"

    connections["default"].close()

    def start() -> None:
        ready.wait()
        go.wait()

    answers.put(_in_threads(pairs, CLIENTS // 2, lambda: (attempt, connections.close_all), start))


Worker = tuple[Callable[[Any], str], Callable[[], object]]


def _in_threads(
    pairs: list[Any], threads: int, worker: Callable[[], Worker], start: Callable[[], object]
) -> tuple[Counter[str], list[float], float]:
    """Let so many threads work through the pairs, each with a worker of its own, from ``start`` on.

    Before it every thread does a few: a server that runs has its connections open and its triggers loaded.
    """
    left: SimpleQueue[Any] = SimpleQueue()
    for pair in pairs:
        left.put(pair)
    outcomes: Counter[str] = Counter()
    waits: list[float] = []
    lock = threading.Lock()
    warm, begun = threading.Barrier(threads + 1), threading.Event()

    def run() -> None:
        attempt, end = worker()
        for _ in range(WARM):
            _outcome(attempt, left.get())
        warm.wait()
        begun.wait()
        mine: Counter[str] = Counter()
        my_waits: list[float] = []
        while True:
            try:
                pair = left.get_nowait()
            except Empty:
                break
            before = time.perf_counter()
            mine[_outcome(attempt, pair)] += 1
            my_waits.append((time.perf_counter() - before) * 1000)
        end()
        with lock:
            outcomes.update(mine)
            waits.extend(my_waits)

    crew = [threading.Thread(target=run) for _ in range(threads)]
    for thread in crew:
        thread.start()
    warm.wait()
    start()
    before = time.process_time()
    begun.set()
    for thread in crew:
        thread.join()
    return outcomes, waits, time.process_time() - before


def _outcome(attempt: Callable[[Any], str], pair: Any) -> str:
    try:
        return attempt(pair)
    except Exception as error:  # counted and shown; a benchmark does not hide errors
        return f"error:{type(error).__name__}: {error}"[:80]


# --- real HTTP ------------------------------------------------------------------------------------------------------


def _by_http(pairs: list[tuple[int, int]]) -> Run:
    """64 keep-alive connections in two processes; each request is one person's tap."""
    from django.db import connection

    requests = _requests(pairs)
    with _server(connection.settings_dict["NAME"]) as server:
        return _together(_tap, requests, server=server)


def _requests(pairs: list[tuple[int, int]]) -> list[tuple[str, dict[str, str]]]:
    """Path and headers of every tap; the sessions are made beforehand, as people are signed in already."""
    import uuid
    from datetime import timedelta

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.middleware.csrf import _get_new_csrf_string
    from django.utils import timezone

    from redvest.people.models import Account

    accounts = Account.objects.in_bulk([account for account, _shift in pairs])
    store, token = SessionStore(), _get_new_csrf_string()
    expires = timezone.now() + timedelta(days=1)
    sessions, requests = [], []
    for key, shift in pairs:
        account = accounts[key]
        data = {SESSION_KEY: str(key), BACKEND_SESSION_KEY: BACKEND, HASH_SESSION_KEY: account.get_session_auth_hash()}
        session = uuid.uuid4().hex
        sessions.append(Session(session_key=session, session_data=store.encode(data), expire_date=expires))
        headers = {
            "Cookie": f"sessionid={session}; csrftoken={token}; language=zh-hans",
            "X-CSRFToken": token,
            "X-Idempotency-Key": str(uuid.uuid4()),
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        requests.append((f"/me/open-shifts/{shift}/take/", headers))
    Session.objects.bulk_create(sessions)
    return requests


@contextlib.contextmanager
def _server(name: str) -> Iterator[int]:
    """`redvest serve` on the benchmark's database; its process."""
    from django.db import connection

    values = connection.settings_dict
    address = f"postgresql://{values['USER']}@/{name}?host={values['HOST']}"
    environment = {**os.environ, "DATABASE_URL": address, "PORT": str(PORT), "LOG_LEVEL": "ERROR"}
    environment.pop("DEBUG", None)
    process = subprocess.Popen([sys.executable, "-m", "redvest.command", "serve"], env=environment)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), contextlib.closing(http.client.HTTPConnection("127.0.0.1", PORT)) as ask:
                ask.request("GET", "/health/")
                if ask.getresponse().status == 200:
                    break
            time.sleep(0.1)
        else:
            raise RuntimeError("The web server did not come up.")
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


_TAKEN = re.compile(rb"/me/shifts/\d+/")


def _tap(requests: list[tuple[str, dict[str, str]]], ready: Any, go: Any, answers: Any) -> None:
    """One client process: 32 threads with a connection each."""

    def worker() -> Worker:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)

        def attempt(request: tuple[str, dict[str, str]]) -> str:
            connection.request("POST", request[0], body="", headers=request[1])
            answer = connection.getresponse()
            text = answer.read()
            if answer.status == 200 and _TAKEN.search(text):
                return "done"
            return "refused" if answer.status == 409 else f"error:{answer.status}"

        return attempt, connection.close

    def start() -> None:
        ready.wait()
        go.wait()

    answers.put(_in_threads(requests, CLIENTS // 2, worker, start))
