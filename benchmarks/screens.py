"""Do screens stay as fast when the database around them grows a hundredfold?

One street's coordinator opens his situation board, roster grid and attendance board, one volunteer his open shifts, in
databases of 1,000, 10,000 and 100,000 people with ten times as many shifts. What each page shows stays the same; the
rest grows.
"""

from datetime import timedelta

from benchmarks import harness

TITLE = "Screens while the database grows"
SIZES = (1_000, 10_000, 100_000)


def measure(quick: bool = False) -> str:
    """Counts of queries and median times by size, with the growth from the smallest to the largest."""
    harness.start_django()
    sizes = SIZES[:2] if quick else SIZES
    pages: dict[str, list[harness.Page]] = {}
    for people in sizes:
        with harness.database():
            for name, page in _pages(people).items():
                pages.setdefault(name, []).append(page)
    rows: list[tuple[object, ...]] = []
    for name, found in pages.items():
        queries = ", ".join(str(page.queries) for page in found)
        cpu = ", ".join(f"{page.cpu:.1f}" for page in found)
        times = ", ".join(f"{page.wall:.1f}" for page in found)
        growth = found[-1].wall / found[0].wall
        rows.append((name, queries, cpu, times, f"{growth:.2f}", f"{found[-1].size / 1024:.0f} kB"))
    head = (
        "page",
        f"queries at {_words(sizes)} people",
        "CPU ms of Python",
        "median ms at these",
        "growth",
        "size of the page",
    )
    return harness.table(head, rows) + (
        "\n\nThe aim: the same number of queries at every size, at most 12, and a median that grows less than 1.5"
        " times. Asked of the WSGI application in one process: the database's time counts, the network does not."
    )


def _pages(people: int) -> dict[str, harness.Page]:
    import time_machine
    from django.urls import reverse

    from benchmarks.population import fill

    population = fill(people)
    with time_machine.travel(population.now, tick=True):
        roster = _roster(population)
        desk, phone = harness.Browser(population.coordinator), harness.Browser(population.volunteer)
        return {
            "situation board": harness.page(desk, reverse("coordinator:situation")),
            "incident": harness.page(desk, reverse("coordinator:incident", args=[population.incident.pk])),
            "roster grid": harness.page(desk, reverse("coordinator:roster", args=[roster])),
            "attendance board": harness.page(desk, reverse("coordinator:attendance")),
            "wall screen": harness.page(desk, reverse("coordinator:wall_of", args=[population.street.pk])),
            "people": harness.page(desk, reverse("coordinator:people")),
            "open shifts": harness.page(phone, reverse("volunteer:open_shifts")),
            "volunteer's home": harness.page(phone, reverse("volunteer:home")),
        }


def _roster(population: "object") -> int:
    """A published roster of the first community for 14 days: the grid that is opened."""
    from benchmarks.population import Population
    from redvest.duty.models import Roster

    assert isinstance(population, Population)
    day = (population.now - timedelta(hours=6)).date()
    return Roster.objects.create(
        incident=population.incident,
        area=population.community,
        first_day=day - timedelta(days=3),
        last_day=day + timedelta(days=10),
        state="published",
        made_by=population.coordinator,
        published_by=population.coordinator,
        published_at=population.now,
    ).pk


def _words(sizes: tuple[int, ...]) -> str:
    return ", ".join(f"{size:,}" for size in sizes)
