"""Instances of the public benchmark's kind, small and invented; and all rosters of tiny ones."""

from itertools import product

from hypothesis import strategies as st

from redvest.engine.roster.shift_scheduling.check import check
from redvest.engine.roster.shift_scheduling.instance import Cover, Instance, Person, Request, Shift

EARLY, LATE, NIGHT = (
    Shift("E", 480, frozenset()),
    Shift("L", 480, frozenset({"E"})),
    Shift("N", 600, frozenset({"E", "L"})),
)


@st.composite
def instances(
    draw: st.DrawFn, days: int = 10, people: int = 4, shifts: tuple[Shift, ...] = (EARLY, LATE, NIGHT)
) -> Instance:
    """Up to so many days and people, with rules that often bind; some have no answer at all."""
    horizon = draw(st.integers(1, days))
    names = [shift.id for shift in shifts]
    staff = tuple(draw(_person(f"P{number}", horizon, names)) for number in range(draw(st.integers(1, people))))
    day, weight = st.integers(0, horizon - 1), st.integers(0, 9)
    requests = st.builds(
        Request, st.sampled_from([one.id for one in staff]), day, st.sampled_from(names), weight, st.booleans()
    )
    covers = st.builds(Cover, day, st.sampled_from(names), st.integers(0, 2), st.integers(0, 100), st.integers(0, 3))
    return Instance(
        horizon,
        shifts,
        staff,
        tuple(sorted(draw(st.lists(requests, max_size=8)), key=lambda request: not request.wanted)),
        tuple(draw(st.lists(covers, max_size=2 * horizon, unique_by=lambda cover: (cover.day, cover.shift)))),
    )


@st.composite
def _person(draw: st.DrawFn, name: str, days: int, shifts: list[str]) -> Person:
    longest = draw(st.integers(1, 5))
    hours = 8 * days
    return Person(
        name,
        {shift: draw(st.sampled_from([0, 1, 2, days, days])) for shift in shifts},
        max_minutes=60 * draw(st.integers(hours // 2, hours)),
        min_minutes=60 * draw(st.integers(0, hours // 3)),
        max_run=longest,
        min_run=draw(st.integers(1, min(longest, 3))),
        min_off=draw(st.integers(1, 3)),
        max_weekends=draw(st.integers(0, 2)),
        days_off=draw(st.frozensets(st.integers(0, days - 1), max_size=1)),
    )


def rosters(instance: Instance, person: Person) -> list[tuple[str | None, ...]]:
    """Everything that one person may do, by asking the checker about everything."""
    alone = Instance(instance.days, instance.shifts, (person,), (), ())
    choices = [None, *(shift.id for shift in instance.shifts)]
    return [shifts for shifts in product(choices, repeat=instance.days) if not check(alone, {person.id: shifts}).broken]


def cheapest(instance: Instance) -> int | None:
    """The least cost of any roster, by trying all of them; None if there is none."""
    each = [rosters(instance, person) for person in instance.people]
    costs = [
        check(instance, dict(zip((person.id for person in instance.people), choice, strict=True))).cost
        for choice in product(*each)
    ]
    return min(costs, default=None)
