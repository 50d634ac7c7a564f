"""Writes the roster problems of the benchmarks from a seed, people invented: `python -m benchmarks.roster_problems`."""

import random
from dataclasses import replace
from pathlib import Path

from redvest.engine.roster import Person, Point, Problem, Shift, SkillNeed, Window
from redvest.engine.roster.codec import to_json
from redvest.engine.roster.fairness import with_fair_shares

HERE = Path(__file__).parent / "problems"
DAY = 1440
CENTRE = Point(29.40, 106.54)
GATE_TURNS = ((390, 690), (690, 1050), (1050, 1500), (1500, 1830))
"""06:30, 11:30, 17:30 and 01:00: the pattern of a gate that is never left."""
THREE_TURNS = ((360, 840), (840, 1320), (1320, 1800))


def team(seed: int = 1, days: int = 14, heads: int = 37, number_of_gates: int = 3) -> Problem:
    """A team of 37: three gates held by pairs day and night, a sampling station, supplies, a standby desk."""
    dice = random.Random(seed)
    people = [_person(dice, f"p{number:02}", days, groups=("A", "B")) for number in range(heads)]
    shifts: list[Shift] = []
    gates = [_point(dice, 1.5) for _ in range(number_of_gates)]
    station, store, desk = (_point(dice, 1.5) for _ in range(3))
    for day in range(days):
        for gate, place in enumerate(gates):
            for turn, (start, end) in enumerate(GATE_TURNS):
                shifts.append(_gate(f"gate{gate}-d{day:02}-{turn}", f"gate{gate}", day, start, end, place))
        shifts += _day_posts(day, station, store)
        for name, start, group in (("day", 480, "A"), ("night", 1200, "B")):
            times = (day * DAY + start, day * DAY + start + 720)
            rota = group if day // 7 % 2 == 0 else {"A": "B", "B": "A"}[group]
            shifts.append(
                Shift(f"desk-d{day:02}-{name}", "desk", *times, 1, 2, 2, group=rota, standby=True, location=desk)
            )
    return with_fair_shares(Problem("2026-03-02", tuple(people), tuple(shifts)))


def community(seed: int, days: int = 14) -> Problem:
    """One of a district's communities: about 60 people, five gates held day and night and the other posts of a team."""
    return team(seed, days, heads=56 + seed % 9, number_of_gates=5)


def communities(number: int = 3, seed: int = 11, days: int = 14) -> tuple[Problem, dict[str, str], dict[str, str]]:
    """Some communities as one problem, every twentieth person without a home: a helper. With the place of each shift
    and the home of each person."""
    people: list[Person] = []
    shifts: list[Shift] = []
    place_of: dict[str, str] = {}
    home_of: dict[str, str] = {}
    for place in range(number):
        part = community(seed + place, days)
        for person in part.people:
            name = f"c{place}-{person.id}"
            people.append(replace(person, id=name))
            if len(people) % 20:
                home_of[name] = f"c{place}"
        for shift in part.shifts:
            shifts.append(replace(shift, id=f"c{place}-{shift.id}", post=f"c{place}-{shift.post}"))
            place_of[shifts[-1].id] = f"c{place}"
    return with_fair_shares(Problem("2026-03-02", tuple(people), tuple(shifts))), place_of, home_of


def street(seed: int = 2, days: int = 14, posts: int = 40, heads: int = 200) -> Problem:
    """A street office: 200 people and 40 posts in three turns of 8 hours; every fifth post is held by a pair."""
    dice = random.Random(seed)
    people = [_person(dice, f"p{number:03}", days, groups=("A", "B", "C")) for number in range(heads)]
    shifts: list[Shift] = []
    for post in range(posts):
        place = _point(dice, 4)
        turns = THREE_TURNS if post % 2 == 0 else THREE_TURNS[:2]
        skill = ("driver", "medic", None, None, None)[post % 5]
        for day in range(days):
            for turn, (start, end) in enumerate(turns):
                shifts.append(
                    Shift(
                        f"post{post:02}-d{day:02}-{turn}",
                        f"post{post:02}",
                        day * DAY + start,
                        day * DAY + end,
                        1,
                        1 + (post % 5 == 4),
                        2,
                        skills=(SkillNeed(skill, 1),) if skill else (),
                        experienced=int(post % 5 == 4),
                        location=place,
                        outdoor=post % 3 == 0,
                    )
                )
    return with_fair_shares(Problem("2026-03-02", tuple(people), tuple(shifts)))


def _gate(name: str, post: str, day: int, start: int, end: int, place: Point) -> Shift:
    times = (day * DAY + start, day * DAY + end)
    return Shift(name, post, *times, 2, 2, 2, experienced=1, never_alone=True, outdoor=True, location=place, priority=2)


def _day_posts(day: int, station: Point, store: Point) -> list[Shift]:
    """The sampling station in the morning and the supply point through the day."""
    morning = (day * DAY + 420, day * DAY + 660)
    early, late = (day * DAY + 480, day * DAY + 780), (day * DAY + 780, day * DAY + 1080)
    needs = (SkillNeed("sampling-helper", 2),)
    return [
        Shift(
            f"station-d{day:02}", "station", *morning, 3, 4, 5, skills=needs, outdoor=True, suit=True, location=station
        ),
        Shift(f"store-d{day:02}-early", "store", *early, 1, 2, 3, location=store),
        Shift(f"store-d{day:02}-late", "store", *late, 1, 2, 3, location=store),
    ]


def _person(dice: random.Random, name: str, days: int, groups: tuple[str, ...]) -> Person:
    skills = {
        skill for skill, share in (("sampling-helper", 0.35), ("driver", 0.3), ("medic", 0.2)) if dice.random() < share
    }
    absent = dice.randrange(days) if dice.random() < 0.25 else None
    first = absent * DAY + 360 if absent is not None else 0
    whole = Window(-2 * DAY, (days + 2) * DAY)
    windows: tuple[Window, ...] = (whole,)
    if absent is not None:
        windows = (Window(whole.start, first), Window(first + 2 * DAY, whole.end))
    if dice.random() < 0.15:  # some never serve at night
        windows = tuple(Window(day * DAY + 360, day * DAY + 1320) for day in range(days) if day != absent)
    return Person(
        name,
        skills=frozenset(skills),
        experienced=dice.random() < 0.5,
        group=groups[int(name[1:]) % len(groups)],
        available=windows,
        days_off=frozenset({dice.randrange(days)} if dice.random() < 0.5 else ()),
        past_minutes=dice.randrange(0, 1200, 60),
        past_nights=dice.randrange(3),
        home=_point(dice, 5),
    )


def _point(dice: random.Random, kilometres: float) -> Point:
    """Somewhere around the centre."""
    north, east = (dice.uniform(-kilometres, kilometres) for _ in range(2))
    return Point(round(CENTRE.latitude + north / 111.2, 6), round(CENTRE.longitude + east / 96.9, 6))


if __name__ == "__main__":
    for name, problem in (("team37", team()), ("street200", street())):
        (HERE / f"{name}.json").write_text(to_json(problem) + "\n", encoding="utf-8")
        print(f"{name}: {len(problem.people)} people, {len(problem.shifts)} shifts")
