"""Questions about a roster for the child process, and its answers as plain data: repairs, what if, how many hands.

Engine only, no Django: the parent reads the rows before and puts the words to the answers afterwards.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from redvest.engine.roster.how_many import Hands, how_many
from redvest.engine.roster.problem import Assignment, Problem, Roster
from redvest.engine.roster.repair import Repair, repair
from redvest.engine.roster.what_if import (
    Figures,
    ordinary_people,
    what_if,
    with_people,
    with_post,
    with_rule,
    without_people,
)

if TYPE_CHECKING:
    from redvest.core.child import Line

POST, FEWER, MORE, RULE, HANDS = "post", "fewer", "more", "rule", "hands"
RULES = ("rest_floor", "day_hours", "week_hours", "nights_in_row", "days_in_row")
"""Limits that one may ask about. In hours where the rule counts minutes."""
IN_MINUTES = frozenset({"rest_floor", "day_hours", "week_hours"})


def repair_in_child(line: "Line", problem: Problem, told: Roster, seconds: float) -> dict[str, Any]:
    """The menu of repairs."""
    menu = repair(
        problem,
        told,
        seconds,
        on_progress=lambda done, total: line.send({"done": done, "total": total}),
        should_stop=lambda: line.stopped,
    )
    return {
        "hurt": [int(shift) for shift in menu.hurt],
        "bare": _repair(menu.bare),
        "repairs": [_repair(each) for each in menu.repairs],
    }


def _repair(each: Repair) -> dict[str, Any]:
    return {
        "aim": each.aim,
        "comes": _pairs(each.comes),
        "goes": _pairs(each.goes),
        "cost": each.cost,
        "gaps": [[gap.rule, int(gap.shifts[0]), gap.amount, gap.subject] for gap in each.gaps],
    }


def _pairs(cells: Roster) -> list[list[int]]:
    return sorted([int(cell.person), int(cell.shift)] for cell in cells)


def ask_in_child(
    line: "Line", problem: Problem, roster: Roster, question: Mapping[str, Any], seconds: float
) -> dict[str, Any]:
    """The answer to one question."""
    if question["kind"] == HANDS:
        found = {}
        for name, wanted in (("minimum", False), ("wanted", True)):
            hands = how_many(problem, roster, wanted=wanted, seconds=seconds / 2, should_stop=lambda: line.stopped)
            found[name] = _hands(hands)
        return found
    after = asked(problem, roster, question)
    compared = what_if(problem, after, roster, seconds / 2, should_stop=lambda: line.stopped)
    return {
        "before": _figures(compared.before),
        "after": _figures(compared.after),
        "loads": _loads(compared.before, compared.after),
        "lost": sorted(int(person) for person in problem.person_of.keys() - after.person_of.keys()),
    }


def asked(problem: Problem, roster: Roster, question: Mapping[str, Any]) -> Problem:
    """The problem under the circumstances that the question names."""
    match question["kind"]:
        case "post":
            return with_post(problem, str(question["like"]), question["count"])
        case "fewer":
            named = [str(person) for person in question["people"]]
            return without_people(problem, named or ordinary_people(problem, roster, question["count"]))
        case "more":
            return with_people(problem, question["count"], question["skills"])
        case "rule":
            return with_rule(problem, question["rule"], question["value"])
    raise ValueError(f"there is no question of the kind {question['kind']}")


def _figures(found: Figures) -> dict[str, Any]:
    return {
        "short": found.short,
        "wanted": found.wanted,
        "unskilled": found.unskilled,
        "cost": found.cost,
        "minutes": list(found.minutes),
        "nights": list(found.nights),
        "serving": found.serving,
        "gaps": [[gap.rule, *_shift(gap.shifts[0]), gap.amount, gap.subject] for gap in found.gaps],
    }


def _shift(name: str) -> tuple[int, int]:
    """The key of the shift, and which copy of it (0: itself), as ``with_post`` names them."""
    key, _copy, number = name.partition(" copy ")
    return int(key), int(number or 0)


def _loads(before: Figures, after: Figures) -> list[list[int]]:
    """Person, minutes and nights before, minutes and nights after; newcomers have no key and are left out."""
    return [
        [int(person), was.minutes, was.nights, after.loads[person].minutes, after.loads[person].nights]
        for person, was in before.loads.items()
        if person in after.loads
    ]


def _hands(found: Hands) -> dict[str, Any]:
    return {
        "recruits": [
            [[int(shift) for shift in each.shifts], each.minutes, sorted(each.skills), each.experienced]
            for each in found.recruits
        ],
        "at_least": found.at_least,
        "heads": found.heads,
        "closed": [int(shift) for shift in found.closed],
    }


def as_roster(pairs: list[list[int]]) -> Roster:
    """Stored pairs as assignments of the engine."""
    return frozenset(Assignment(str(person), str(shift)) for person, shift in pairs)
