"""How fast a roster answers: who can replace somebody, whom to ask, how to mend it. 200 people x 14 days x 40 posts.

Figures are processor time of this process and counts; a repair is held against drafting the same days anew.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from benchmarks.harness import table
from redvest.engine.matching.replace import candidates
from redvest.engine.roster import Assignment, Problem, Roster, Window
from redvest.engine.roster.check import Change, check, delta
from redvest.engine.roster.codec import from_json
from redvest.engine.roster.how_many import how_many
from redvest.engine.roster.repair import repair
from redvest.engine.roster.settle import settle
from redvest.engine.roster.solve import solve
from redvest.engine.roster.ways import ways

TITLE = "Answers about a roster"
PROBLEM = Path(__file__).parent / "problems" / "street200.json"
DAY = 1440
SECONDS = 4
Found = TypeVar("Found")


def measure(quick: bool = False) -> str:
    """One roster, drafted for a while, then asked."""
    problem = from_json(PROBLEM.read_text(encoding="utf-8"))
    drafted = solve(problem, 5 if quick else 60, seed=0, workers=2)
    told = drafted.best or frozenset()
    size = f"{len(problem.people)} people, {len(problem.shifts)} shifts, {len(told)} places"
    parts = [
        f"{size}, drafted at a cost of {drafted.cost} with {len(drafted.unmet)} gaps.",
        _ranking(problem, told, rounds=3 if quick else 15),
        _repairs(problem, told),
    ]
    return "\n\n".join(parts)


def _ranking(problem: Problem, told: Roster, rounds: int) -> str:
    """Who stands in for somebody, of all people; beside it the same by judging each change as a whole."""
    places = sorted(told)[:: max(1, len(told) // rounds)][:rounds]
    ranked, one_by_one, asked = [], [], []
    for place in places:
        ranked.append(_cpu(candidates, problem, told, place.shift, place.person)[0])
        left = told - {place}
        one_by_one.append(_cpu(_each, problem, left, place.shift)[0])
        asked.append(_cpu(ways, problem, left, place.shift)[0])
    quick, slow = statistics.median(ranked), statistics.median(one_by_one)
    rows: list[tuple[object, ...]] = [
        ("rank everybody for a place, with reasons", quick * 1000, 1.0),
        ("the same, each change judged as a whole", slow * 1000, slow / quick),
        ("whom to ask: who may come, who could move, who would have to give way", statistics.median(asked) * 1000,
         statistics.median(asked) / quick),
    ]  # fmt: skip
    return table(("question", "processor ms, median", "ratio"), rows)


def _each(problem: Problem, roster: Roster, shift: str) -> list[object]:
    return [delta(problem, roster, Change(frozenset({Assignment(each.id, shift)}))) for each in problem.people]


def _repairs(problem: Problem, told: Roster) -> str:
    rows: list[tuple[object, ...]] = []
    for name, after in _blows(problem):
        wall = time.perf_counter()
        cpu, menu = _cpu(repair, after, told, SECONDS)
        seconds = time.perf_counter() - wall
        first, last = menu.repairs[0], menu.repairs[-1]
        anew = solve(replace(after, prices=replace(after.prices, change=0)), SECONDS, seed=0, workers=2)
        again = anew.best or frozenset()
        rows.append(
            (
                name,
                cpu,
                seconds,
                menu.bare.short,
                f"{first.short} with {first.changes}",
                f"{last.short} with {last.changes}",
                f"{_short(after, again)} with {len(again ^ told)}",
            )
        )
    gone = dict(_blows(problem))[TEN]
    cpu, hands = _cpu(how_many, gone, settle(gone, told))
    text = table(
        (
            "what happened",
            "processor s",
            "wall s",
            "heads short",
            "fewest changes",
            "last of the menu",
            f"drafted anew in {SECONDS} s",
        ),
        rows,
    )
    return (
        f"{text}\n\nHeads short of the minimum with so many changes to what people were told. {TEN}: "
        f"{len(hands.recruits)} more people would close all gaps, at least {hands.at_least}; found in {cpu:.2f} s of "
        "processor time."
    )


TEN = "Ten people out for three days"


def _blows(problem: Problem) -> list[tuple[str, Problem]]:
    people = [person.id for person in problem.people]
    fourth = [shift for shift in problem.shifts if shift.post == problem.shifts[0].post]
    more = tuple(replace(shift, id=f"new {shift.id}", post="new") for shift in fourth)
    hot = tuple(
        replace(shift, heat=3) if shift.outdoor and problem.day_of(shift) == 5 and int(shift.post[-1]) == 0 else shift
        for shift in problem.shifts
    )
    return [
        ("One person out for good", _without(problem, people[10:11], 0, 20 * DAY)),
        (TEN, _without(problem, people[::20], 3 * DAY, 6 * DAY)),
        ("A new post", replace(problem, shifts=(*problem.shifts, *more))),
        ("40 degrees at some outdoor posts on one day", replace(problem, shifts=hot)),
    ]


def _without(problem: Problem, gone: list[str], start: int, end: int) -> Problem:
    whole = (Window(-9 * DAY, 40 * DAY),)
    people = []
    for person in problem.people:
        if person.id in gone:
            windows = [
                part
                for window in person.available or whole
                for part in (Window(window.start, min(window.end, start)), Window(max(window.start, end), window.end))
            ]
            person = replace(person, available=tuple(part for part in windows if part.start < part.end))
        people.append(person)
    return replace(problem, people=tuple(people))


def _short(problem: Problem, roster: Roster) -> int:
    return sum(gap.amount for gap in check(problem, roster).gaps if gap.rule == "under_minimum")


def _cpu(run: Callable[..., Found], *arguments: object) -> tuple[float, Found]:
    began = time.process_time()
    found = run(*arguments)
    return time.process_time() - began, found
