"""The public benchmark: both formats, the checker, and a solver that keeps every rule and never claims too much."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redvest.engine.result import Status
from redvest.engine.roster.shift_scheduling.check import check
from redvest.engine.roster.shift_scheduling.instance import Cover, Instance, Person, Plan, Request, Shift
from redvest.engine.roster.shift_scheduling.json_format import (
    from_json,
    is_instance,
    plan_from_json,
    read,
    result_to_json,
    to_json,
)
from redvest.engine.roster.shift_scheduling.solve import solve
from redvest.engine.roster.shift_scheduling.text import from_text, to_text
from tests.engine.shift_instances import EARLY, LATE, NIGHT, cheapest, instances
from tests.engine.test_cli import run

TEXT = """SECTION_HORIZON
# All instances start on a Monday
7

SECTION_SHIFTS
# ShiftID, Length in mins, Shifts which cannot follow this shift | separated
E,480,
L,480,E

SECTION_STAFF
# ID, MaxShifts, MaxTotalMinutes, MinTotalMinutes, MaxConsecutiveShifts, ...
Ling,E=7|L=3,2400,960,4,2,2,1
Mei,E=0|L=7,2400,960,4,2,2,0

SECTION_DAYS_OFF
# EmployeeID, DayIndexes (start at zero)
Ling,0

SECTION_SHIFT_ON_REQUESTS
Ling,2,L,3

SECTION_SHIFT_OFF_REQUESTS
Mei,1,L,2

SECTION_COVER
# Day, ShiftID, Requirement, Weight for under, Weight for over
0,E,1,100,1
2,L,2,100,1
"""
LING = Person("Ling", {"E": 7, "L": 3}, 2400, 960, 4, 2, 2, 1, frozenset({0}))


def work(*shifts: str) -> tuple[str | None, ...]:
    """Shifts by letter, a dot for a day off."""
    return tuple(None if shift == "." else shift for shift in "".join(shifts))


def broken(person: Person, shifts: str) -> list[str]:
    alone = Instance(len(shifts), (EARLY, LATE, NIGHT), (person,), (), ())
    return [finding.rule for finding in check(alone, {person.id: work(shifts)}).broken]


def test_the_text_format_is_read() -> None:
    instance = from_text(TEXT)
    assert instance.days == 7
    assert instance.shifts[1] == Shift("L", 480, frozenset({"E"}))
    assert instance.people[0] == LING
    assert instance.requests == (Request("Ling", 2, "L", 3, True), Request("Mei", 1, "L", 2, False))
    assert instance.covers[1] == Cover(2, "L", 2, 100, 1)
    assert from_text(TEXT.replace("\n", "\r\n")) == instance


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("E,480,", "E", "line 7: 1 values, at least 2"),
        ("L,480,E", "L,480,X", "shift L is followed by X"),
        ("E=7|L=3", "E7", "line 12: 'E7' must say how often"),
        ("Ling,0", "Wei,0", "SECTION_DAYS_OFF names Wei"),
        ("Ling,2,L,3", "Ling,9,L,3", "lies on day 9"),
        ("Ling,2,L,3", "Ling,zwei,L,3", "line 20"),
        ("SECTION_COVER", "SECTION_LUNCH", "SECTION_LUNCH is no section"),
        ("SECTION_HORIZON", "HORIZON", "line 1: expected SECTION_HORIZON"),
        ("Mei,E", "Ling,E", "person Ling is there twice"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_with_a_sentence(old: str, new: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        from_text(TEXT.replace(old, new))


@given(instances())
def test_both_formats_say_the_same(instance: Instance) -> None:
    text, data = to_text(instance), to_json(instance)
    assert is_instance(text)
    assert is_instance(data)
    assert from_text(text) == read(text) == instance
    from_data = from_json(data)
    assert from_data == read(data)
    wanted = {cover for cover in instance.covers if (cover.wanted, cover.under, cover.over) != (0, 0, 0)}
    assert wanted == {cover for cover in from_data.covers if (cover.wanted, cover.under, cover.over) != (0, 0, 0)}
    assert set(from_data.requests) == set(instance.requests)
    assert replace(from_data, requests=(), covers=()) == replace(instance, requests=(), covers=())


def test_json_without_a_part_says_which() -> None:
    with pytest.raises(ValueError, match="'covers' is missing"):
        from_json(
            json.dumps({key: value for key, value in json.loads(to_json(from_text(TEXT))).items() if key != "covers"})
        )


def test_runs_at_the_border_may_be_short_and_others_not() -> None:
    assert broken(LING, ".EE..E.") == ["works 1 days in a row from day 5, at least 2 are needed"]
    assert broken(LING, ".EE...E") == []
    assert broken(LING, ".EE.EE.") == ["is off for 1 days from day 3, at least 2 are needed"]
    assert broken(LING, ".EEEE..") == []
    assert broken(replace(LING, days_off=frozenset()), "EEEEE..") == [
        "works 5 days in a row from day 0, at most 4 are allowed"
    ]


def test_every_rule_of_a_person_is_checked() -> None:
    assert broken(LING, "EE.....") == ["works on day 0, a day off"]
    assert broken(LING, "..LE...") == ["E on day 3 may not follow L"]
    assert broken(LING, ".LLLL..") == ["works L 4 times, at most 3 are allowed"]
    assert broken(LING, "......E") == ["works 480 minutes, allowed are 960 to 2400"]
    assert broken(replace(LING, max_weekends=0), "....EEE") == ["works 1 weekends, at most 0 are allowed"]
    assert broken(LING, "..NXN..") == ["works X, which the instance does not know"]
    assert check(from_text(TEXT), {}).broken[0].rule == "needs a shift or none on each of 7 days"


def test_requests_and_cover_cost_their_weights() -> None:
    instance = from_text(TEXT)
    report = check(instance, {"Ling": work(".EEE..."), "Mei": work(".LL....")})
    assert (report.requests, report.under, report.over, report.cost) == (5, 200, 0, 205)
    crowded = replace(instance, covers=(Cover(1, "L", 0, 100, 7),))
    assert check(crowded, {"Ling": work(".LL...."), "Mei": work(".LL....")}).over == 14


@pytest.fixture(scope="module")
def _compiled() -> None:
    """The first call of a machine compiles; no example waits for that."""
    solve(from_text(TEXT), 30, workers=1)


def solved(
    instance: Instance, seed: int = 0, seconds: float = 1.0
) -> tuple[Status, int | None, int | None, Plan | None]:
    result = solve(instance, seconds, seed, workers=1)
    return result.status, result.cost, result.bound, result.best


@pytest.mark.usefixtures("_compiled")
@settings(max_examples=25, deadline=None)
@given(instances(days=5, people=2, shifts=(EARLY, LATE)))
def test_nothing_is_better_than_a_proven_optimum_and_no_bound_is_too_high(instance: Instance) -> None:
    best = cheapest(instance)
    status, cost, bound, plan = solved(instance, seconds=0.4)
    if best is None:
        assert status is Status.INFEASIBLE
        return
    assert plan is not None
    assert cost is not None
    assert bound is not None
    assert not check(instance, plan).broken
    assert bound <= best <= cost == check(instance, plan).cost
    assert (status is Status.OPTIMAL) == (cost == bound)


@pytest.mark.usefixtures("_compiled")
@settings(max_examples=15, deadline=None)
@given(instances(days=16, people=6), st.integers(0, 3))
def test_answers_keep_every_rule(instance: Instance, seed: int) -> None:
    status, cost, bound, plan = solved(instance, seed, seconds=0.3)
    if status is Status.INFEASIBLE:
        assert any(not _alone_has_answer(instance, person) for person in instance.people)
        return
    assert plan is not None
    report = check(instance, plan)
    assert not report.broken
    assert report.cost == cost
    assert bound is not None
    assert bound <= report.cost


def _alone_has_answer(instance: Instance, person: Person) -> bool:
    alone = replace(instance, people=(person,), requests=(), covers=())
    return solved(alone, seconds=0.1)[0] is not Status.INFEASIBLE


@pytest.mark.usefixtures("_compiled")
def test_the_same_seed_gives_the_same_roster() -> None:
    instance = team()
    first, second = solve(instance, 2, seed=7, workers=1), solve(instance, 2, seed=7, workers=1)
    assert first.best == second.best
    assert [step.cost for step in first.log][-1] == [step.cost for step in second.log][-1]


@pytest.mark.usefixtures("_compiled")
def test_two_workers_prove_a_team_optimal() -> None:
    result = solve(team(), 30, workers=2)
    assert result.status is Status.OPTIMAL
    assert result.cost == result.bound == check(team(), result.best or {}).cost
    costs = [step.cost for step in result.log]
    assert costs == sorted(costs, reverse=True)


@pytest.mark.usefixtures("_compiled")
def test_a_search_stops_when_asked() -> None:
    costs: list[int] = []
    result = solve(
        team(), 60, on_progress=lambda _s, cost, _b, _p: costs.append(cost), should_stop=lambda: len(costs) >= 1
    )
    assert result.best is not None
    assert result.seconds < 20


def team() -> Instance:
    """Six people, two weeks, two shifts that have to be covered by two."""
    people = tuple(
        replace(LING, id=name, most={"E": 14, "L": 14}, max_minutes=4800, days_off=frozenset({number}))
        for number, name in enumerate(("Ling", "Mei", "Jun", "Wei", "Hua", "Bo"))
    )
    covers = tuple(Cover(day, shift, 2 if day % 3 else 1, 100, 1) for day in range(14) for shift in "EL")
    wishes = tuple(Request(person.id, 3 + number, "E", 2, bool(number % 2)) for number, person in enumerate(people))
    return Instance(14, (EARLY, LATE), people, wishes, covers)


def test_commands_know_the_kind_of_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, out = tmp_path / "instance.txt", tmp_path / "result.json"
    problem.write_text(TEXT, encoding="utf-8")
    arguments = ("solve", str(problem), "--format", "shift-scheduling", "--seconds", "5", "--out", str(out))
    assert run(*arguments, "--workers", "1") == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    assert set(result) >= {"status", "cost", "bound", "seconds", "assignments"}
    assert len(result["assignments"]["Ling"]) == 7
    assert run("check", str(problem), str(out)) == 0
    assert f"cost {result['cost']}, 0 hard rules broken" in capsys.readouterr().out
    result["assignments"]["Ling"][0] = "E"
    out.write_text(json.dumps(result), encoding="utf-8")
    assert run("check", str(problem), str(out)) == 1
    out.write_text('{"assignments": [1]}', encoding="utf-8")
    assert run("check", str(problem), str(out)) == 2


def test_a_result_is_read_back_as_it_was_written() -> None:
    result = solve(from_text(TEXT), 2, workers=1)
    assert plan_from_json(result_to_json(result)) == result.best
