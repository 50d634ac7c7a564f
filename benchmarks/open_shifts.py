"""The page of open shifts: CPU of one request, queries and time, while the number of shifts grows a thousandfold."""

from datetime import timedelta

from benchmarks import harness

TITLE = "Open shifts on the phone"
SHIFTS = (500, 5_000, 50_000, 500_000)
ABOUT = """
One signed-in volunteer asks for the next 48 hours near his home, with the reason for each shift that he may not take:
the whole request through all middleware, in Chinese, asked of the WSGI application itself with connections kept open,
as the web server does (Django's test client adds 0.4 ms of its own). CPU is that of the Python process; the database
server's is in the wall time. The frame of the page is drawn once for all with the same language, roles and unread
count, and kept. Beside it the same page for a day without shifts: what frame, session, account and rules cost by
themselves. The aim is 4 ms; volunteer_planner's day page took 15 to 34 ms of CPU, its list 27 to 145 ms, at 500 and
5,000 shifts.
"""
QUICK = (500, 5_000)
PATH = "/me/open-shifts/"
EMPTY_DAY = 300  # so many days ahead nothing is planned
CONSENTS = """
    INSERT INTO people_consent (person_id, kind, given_at) SELECT id, 'serve', now() FROM people_person
"""
# Keeps the shifts nearest to the moment that the page looks at, so that it has the same 48 hours to show.
KEEP = """
    WITH kept AS (SELECT id FROM duty_shift ORDER BY abs(extract(epoch FROM starts - %(now)s)), id LIMIT %(count)s),
    freed AS (DELETE FROM duty_assignment WHERE shift_id NOT IN (SELECT id FROM kept))
    DELETE FROM duty_shift WHERE id NOT IN (SELECT id FROM kept)
"""


def measure(*, quick: bool) -> str:
    """A table by number of shifts."""
    harness.start_django()
    rows = [_size(count) for count in (QUICK if quick else SHIFTS)]
    head = ("shifts", "people", "shown", "queries", "CPU ms", "CPU ms without shifts", "wall ms", "bytes")
    first, last = rows[0], rows[-1]
    growth = f"{float(str(last[6])) / float(str(first[6])):.2f}"
    return "\n\n".join(
        [
            ABOUT.strip(),
            harness.table(head, rows),
            f"Wall time at {last[0]:,} shifts is {growth} times that at {first[0]:,}.",
        ]
    )


def _size(count: int) -> tuple[object, ...]:
    import time_machine
    from django.db import connection

    from benchmarks.population import fill

    with harness.database():
        people = max(1_000, count // 10_000 * 1_000)
        population = fill(people)
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            if count < population.shifts:
                cursor.execute(KEEP, {"now": population.now, "count": count})
            cursor.execute(CONSENTS)
            cursor.execute("SET session_replication_role = DEFAULT")
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("SELECT count(*) FROM duty_shift")
            shifts = int(cursor.fetchone()[0])
        with time_machine.travel(population.now + timedelta(minutes=5), tick=True):
            browser = harness.Browser(population.volunteer)
            shown = browser.get(PATH).count(b'class="grow"')
            measured = harness.page(browser, PATH, rounds=100, warm=10)
            day = (population.now + timedelta(days=EMPTY_DAY)).date()
            empty = harness.page(browser, f"{PATH}?day={day.isoformat()}", rounds=100, warm=10)
    return shifts, people, shown, measured.queries, measured.cpu, empty.cpu, measured.wall, measured.size
