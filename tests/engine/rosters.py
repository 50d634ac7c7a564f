"""Small roster problems for the tests: random ones, and all rosters of tiny ones. No solver code here."""

from collections.abc import Iterator
from itertools import chain, combinations

from hypothesis import strategies as st

from redvest.engine.roster import (
    Assignment,
    Duty,
    Person,
    Point,
    Problem,
    Roster,
    Rules,
    Severity,
    Shift,
    SkillNeed,
    Stay,
    Window,
)
from redvest.engine.roster.check import check

DAY = 1440
HOUR = 60
TIMES = ((6, 14), (14, 22), (22, 30), (6, 12), (17, 25), (25, 30), (8, 20))
FREE_SEVERITY = [rule.name for rule in Rules() if rule.name not in ("overlap", "over_maximum")]


@st.composite
def problems(draw: st.DrawFn, people: int = 4, shifts: int = 5) -> Problem:
    """A random problem with every kind of rule in it; severities are drawn too."""
    rules = Rules()
    for name in draw(st.lists(st.sampled_from(FREE_SEVERITY), max_size=6, unique=True)):
        severity = draw(st.sampled_from(list(Severity)))
        rules = rules.changed(name, severity=severity, price=draw(st.integers(0, 50)))
    if draw(st.booleans()):  # limits tight enough to matter in a few days
        rules = rules.changed("week_hours", value=draw(st.sampled_from([480, 960, 1200])))
        rules = rules.changed("nights_in_row", value=draw(st.integers(1, 2)))
        rules = rules.changed("days_in_row", value=draw(st.integers(1, 3)))
        rules = rules.changed("days_off", value=draw(st.integers(1, 5)))
    some_shifts = tuple(draw(_shifts(f"s{number}")) for number in range(draw(st.integers(1, shifts))))
    some_people = tuple(draw(_people(f"p{number}", some_shifts)) for number in range(draw(st.integers(1, people))))
    cells = [Assignment(person.id, shift.id) for person in some_people for shift in some_shifts]
    published = frozenset(draw(st.lists(st.sampled_from(cells), max_size=3)))
    pinned = draw(st.lists(st.sampled_from(cells), max_size=2, unique=True))
    try:
        return Problem("2026-03-02", some_people, some_shifts, rules, pinned=frozenset(pinned), published=published)
    except ValueError:  # pinned on two shifts at the same time
        return Problem("2026-03-02", some_people, some_shifts, rules, published=published)


@st.composite
def _shifts(draw: st.DrawFn, name: str) -> Shift:
    day = draw(st.integers(0, 3))
    start, end = draw(st.sampled_from(TIMES))
    minimum = draw(st.integers(0, 2))
    wanted = minimum + draw(st.integers(0, 1))
    maximum = max(1, wanted + draw(st.integers(0, 1)))
    return Shift(
        name,
        draw(st.sampled_from(["gate", "store"])),
        day * DAY + start * HOUR,
        day * DAY + end * HOUR,
        minimum,
        wanted,
        maximum,
        skills=(SkillNeed("medic", draw(st.integers(1, maximum))),) if draw(st.booleans()) else (),
        experienced=draw(st.integers(0, min(2, maximum))),
        never_alone=draw(st.booleans()),
        group=draw(st.sampled_from([None, "A"])),
        standby=draw(st.booleans()),
        outdoor=draw(st.booleans()),
        suit=draw(st.booleans()),
        heat=draw(st.integers(0, 2)),
        perimeter=draw(st.sampled_from([None, None, "zone"])),
        location=draw(st.sampled_from([None, Point(29.4, 106.5)])),
        priority=draw(st.integers(1, 2)),
    )


@st.composite
def _people(draw: st.DrawFn, name: str, shifts: tuple[Shift, ...]) -> Person:
    wishes = draw(st.dictionaries(st.sampled_from([shift.id for shift in shifts]), st.integers(-30, 30), max_size=2))
    return Person(
        name,
        skills=frozenset({"medic"} if draw(st.booleans()) else ()),
        experienced=draw(st.booleans()),
        group=draw(st.sampled_from([None, "A"])),
        available=draw(st.sampled_from([None, None, (Window(0, 2 * DAY),), (Window(0, 900), Window(900, 5 * DAY))])),
        days_off=frozenset({1} if draw(st.integers(0, 4)) == 0 else ()),
        stays=(Stay("zone", 0, 2 * DAY),) if draw(st.integers(0, 3)) == 0 else (),
        fixed=(Duty(f"before-{name}", -500, -20),) if draw(st.integers(0, 3)) == 0 else (),
        past_minutes=draw(st.sampled_from([0, 500])),
        past_nights=draw(st.integers(0, 1)),
        fair_minutes=draw(st.sampled_from([None, 480, 500])),
        fair_nights=draw(st.sampled_from([None, 1])),
        max_minutes_7d=draw(st.sampled_from([None, None, 960])),
        home=draw(st.sampled_from([None, Point(29.45, 106.5)])),
        max_distance=draw(st.sampled_from([None, None, 3000])),
        knows=frozenset({"gate"} if draw(st.booleans()) else ()),
        preferences=wishes,
    )


def all_rosters(problem: Problem) -> Iterator[Roster]:
    """Every set of assignments that holds the pinned ones."""
    free = [
        Assignment(person.id, shift.id)
        for person in problem.people
        for shift in problem.shifts
        if Assignment(person.id, shift.id) not in problem.pinned
    ]
    for some in chain.from_iterable(combinations(free, count) for count in range(len(free) + 1)):
        yield problem.pinned | frozenset(some)


def best_of_all(problem: Problem) -> int:
    """The lowest cost of any roster without a hard violation, by trying them all."""
    reports = (check(problem, roster) for roster in all_rosters(problem))
    return min(report.cost for report in reports if not report.hard)
