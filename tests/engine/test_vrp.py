"""VRPLIB instances: the reading, and every rule of the checker by a small example that breaks it."""

from pathlib import Path

import pytest
import pyvrp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyvrp.stop import MaxIterations

from redvest.engine.result import Status
from redvest.engine.rounds.vrp.check import Route, Verdict, check
from redvest.engine.rounds.vrp.instance import Instance, Misread, read
from redvest.engine.rounds.vrp.solve import Limits, data_of, routes_of, solve

# Four clients on a line, 10 apart; client k is 10 k from the depot.
LINE = """NAME : line
TYPE : {kind}
DIMENSION : 5
EDGE_WEIGHT_TYPE : EUC_2D
{specifications}NODE_COORD_SECTION
1 0 0
2 10 0
3 20 0
4 30 0
5 40 0
DEMAND_SECTION
1 0
2 3
3 3
4 3
5 3
{sections}DEPOT_SECTION
1
-1
EOF
"""


def path(folder: Path, specifications: str = "", sections: str = "", kind: str = "CVRP") -> Path:
    file = folder / "line.vrp"
    file.write_text(LINE.format(kind=kind, specifications=specifications, sections=sections), encoding="utf-8")
    return file


def rows(name: str, *values: object) -> str:
    return f"{name}_SECTION\n" + "".join(f"{number} {value}\n" for number, value in enumerate(values, 1))


def judge(instance: Instance, *routes: tuple[int, ...]) -> Verdict:
    return check(instance, [Route(number, row) for number, row in enumerate(routes, 1)])


@pytest.mark.parametrize(
    "specifications, sections, routes, fault",
    [
        ("CAPACITY : 6\n", "", [(1, 2, 3), (4,)], "it carries 9; 6 are allowed"),
        ("VEHICLES : 1\n", "", [(1, 2), (3, 4)], "there is no vehicle 2"),
        ("", "", [(1, 2, 3)], "client 4 is not served"),
        ("", "", [(1, 2, 3, 4, 1)], "client 1 is served 2 times"),
        ("VEHICLES_MAX_DISTANCE : 70\n", "", [(1, 2, 3, 4)], "its route is 80 long; 70 are allowed"),
        ("DISTANCE : 83\nSERVICE_TIME : 1\n", "", [(1, 2, 3, 4)], "it is 84 on the way; 83 are allowed"),
        ("", rows("VEHICLES_ALLOWED_CLIENTS", "2 3 4", "5", "5", "5"), [(1, 2, 3, 4)], "it may not serve client 4"),
        ("", "", [(1, 2, 0, 3, 4)], "it may not reload at depot 0"),
        (
            "VEHICLES_MAX_RELOADS : 1\n",
            rows("VEHICLES_RELOAD_DEPOT", 1, 1, 1, 1),
            [(1, 0, 2, 0, 3, 4)],
            "it reloads 2 times; 1 are allowed",
        ),
        ("", rows("MUTUALLY_EXCLUSIVE_GROUP", "2 3"), [(1, 2, 3, 4)], "of the group [1, 2] 2 are served, not one"),
    ],
)
def test_each_rule_is_seen_to_be_broken(
    tmp_path: Path, specifications: str, sections: str, routes: list[tuple[int, ...]], fault: str
) -> None:
    verdict = judge(read(path(tmp_path, specifications, sections)), *routes)
    assert not verdict.feasible
    assert any(fault in sentence for sentence in verdict.broken), verdict.broken


def test_windows_bound_the_start_of_service_and_cost_is_told_in_the_files_unit(tmp_path: Path) -> None:
    windows = rows("TIME_WINDOW", "0 100", "0 9.9", "0 100", "0 100", "0 100")
    instance = read(path(tmp_path, sections=windows, kind="CVRPTW"))
    assert (instance.rounding, instance.scale) == ("dimacs", 10)
    verdict = judge(instance, (1, 2, 3, 4))
    assert verdict.broken == ("vehicle 1: it starts client 1 at 100; it closes at 99",)
    assert (verdict.scaled, verdict.cost) == (800, 80.0)


def test_waiting_counts_as_duration_but_not_before_the_start(tmp_path: Path) -> None:
    windows = rows("TIME_WINDOW", "0 500", "200 500", "0 500", "300 500", "0 500")
    limit = "VEHICLES_MAX_DURATION : 160\n"
    instance = read(path(tmp_path, limit, windows), "round")
    # leaves at 190, client 1 at 200 or later; client 3 not before 300: at best 1 is started at 280, all is over at 350
    assert judge(instance, (1, 3, 2, 4)).feasible
    assert judge(read(path(tmp_path, "VEHICLES_MAX_DURATION : 79\n", windows), "round"), (1, 2, 3, 4)).broken == (
        "vehicle 1: it is 80 on the way; 79 are allowed",
    )


def test_a_trip_waits_for_its_goods(tmp_path: Path) -> None:
    windows = rows("TIME_WINDOW", "0 500", "0 40", "0 500", "0 500", "0 500")
    release = rows("RELEASE_TIME", 0, 0, 0, 0, 35)
    vehicles = rows("VEHICLES_RELOAD_DEPOT", 1, 1, 1, 1)
    instance = read(path(tmp_path, sections=windows + release + vehicles), "round")
    assert not judge(instance, (1, 2, 3, 4)).feasible
    assert judge(instance, (1, 2, 3, 0, 4)).feasible


def test_backhauls_come_after_deliveries(tmp_path: Path) -> None:
    text = (
        path(tmp_path, kind="VRPB").read_text(encoding="utf-8").replace("5 3\nDEPOT", "5 0\nBACKHAUL_SECTION\n{}DEPOT")
    )
    file = tmp_path / "back.vrp"
    file.write_text(text.format("1 0\n2 0\n3 0\n4 0\n5 4\n"), encoding="utf-8")
    instance = read(file)
    assert judge(instance, (1, 2, 3, 4)).feasible
    assert judge(instance, (1, 2, 4, 3)).broken == ("vehicle 1: a pickup comes before a delivery",)


def test_a_prize_that_is_not_collected_costs(tmp_path: Path) -> None:
    instance = read(path(tmp_path, sections=rows("PRIZE", 0, 0, 0, 0, 15)))
    assert judge(instance, (1, 2, 3)).cost == 60 + 15


def test_explicit_weights_are_taken_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "explicit.vrp"
    file.write_text(
        "NAME : e\nTYPE : CVRP\nDIMENSION : 3\nEDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : LOWER_ROW\n"
        "CAPACITY : 9\nEDGE_WEIGHT_SECTION\n5\n7 4\nDEMAND_SECTION\n1 0\n2 1\n3 1\nDEPOT_SECTION\n1\n-1\nEOF\n",
        encoding="utf-8",
    )
    assert judge(read(file), (1, 2)).cost == 5 + 4 + 7
    result = solve(file, read(file), Limits(2, iterations=50))
    assert result.cost == 16


@pytest.mark.parametrize(
    "specifications, sections, best",
    [
        ("CAPACITY : 6\n", "", 40 + 80),  # the two near ones, the two far ones
        ("CAPACITY : 6\nVEHICLES : 1\n", rows("VEHICLES_RELOAD_DEPOT", 1), 40 + 80),
        # trips of 40 and of 80, which do not both fit into the 100 of one vehicle
        ("CAPACITY : 6\nVEHICLES : 2\nDISTANCE : 100\n", rows("VEHICLES_RELOAD_DEPOT", 1, 1), 40 + 80),
        ("CAPACITY : 6\n", rows("PRIZE", 0, 0, 0, 7, 7), 40 + 7 + 7),
        ("DISTANCE : 83\nSERVICE_TIME : 1\n", "", 80 + 20),  # three doors in 83 with the far one; one alone
    ],
)
def test_the_solver_finds_what_is_plainly_best(tmp_path: Path, specifications: str, sections: str, best: int) -> None:
    file = path(tmp_path, specifications, sections)
    instance = read(file)
    result = solve(file, instance, Limits(10, iterations=300), seed=1)
    assert result.status is Status.FEASIBLE
    assert result.best is not None
    assert check(instance, result.best).feasible
    assert result.cost == best


def test_routes_that_cannot_be_found_are_no_answer(tmp_path: Path) -> None:
    file = path(tmp_path, "CAPACITY : 2\n")
    result = solve(file, read(file), Limits(2, iterations=20))
    assert result.status is Status.NO_ANSWER
    assert any("it carries" in fault for fault in result.unmet)


def test_a_section_of_the_wrong_length_is_not_understood(tmp_path: Path) -> None:
    with pytest.raises(Misread, match="2 rows"):
        read(path(tmp_path, sections=rows("SERVICE_TIME", 1, 2)))


@st.composite
def instances(draw: st.DrawFn) -> str:
    """A file with any mixture of what the format can say."""
    size, depots = draw(st.integers(4, 8)), draw(st.integers(1, 2))
    fleet = draw(st.integers(2, 5))
    places, clients = range(1, size + 1), range(depots + 1, size + 1)
    points = [(draw(st.integers(0, 50)), draw(st.integers(0, 50))) for _ in places]

    def perhaps(text: str) -> str:
        return text if draw(st.booleans()) else ""

    def each(low: int, high: int, free: int = 0) -> list[int]:
        return [free if place <= depots else draw(st.integers(low, high)) for place in places]

    opens = each(0, 60)
    windows = [
        f"{opened} {300 if place <= depots else opened + 120}" for place, opened in zip(places, opens, strict=True)
    ]
    reloads = [" ".join(str(depot) for depot in range(1, depots + 1)) for _ in range(fleet)]
    head = (
        perhaps("VEHICLES_MAX_DISTANCE : 260\n")
        + perhaps("VEHICLES_MAX_DURATION : 280\n")
        + perhaps("SERVICE_TIME : 5\n")
    )
    body = (
        perhaps(rows("TIME_WINDOW", *windows))
        + perhaps(rows("RELEASE_TIME", *each(0, 30)))
        + perhaps(rows("VEHICLES_RELOAD_DEPOT", *reloads) + rows("VEHICLES_MAX_RELOADS", *[2] * fleet))
        + perhaps(rows("VEHICLES_DEPOT", *[draw(st.integers(1, depots)) for _ in range(fleet)]))
        + perhaps(rows("PRIZE", *each(0, 40)))
        + perhaps(rows("BACKHAUL", *each(0, 3)))
        + perhaps(rows("VEHICLES_FIXED_COST", *[draw(st.integers(0, 9)) for _ in range(fleet)]))
        + perhaps(
            rows("VEHICLES_ALLOWED_CLIENTS", *[" ".join(map(str, clients)), *[f"{size} {size - 1}"] * (fleet - 1)])
        )
    )
    head = f"DIMENSION : {size}\nVEHICLES : {fleet}\nCAPACITY : 8\nEDGE_WEIGHT_TYPE : EUC_2D\n{head}"
    return (
        f"NAME : any\nTYPE : VRP\n{head}"
        + rows("NODE_COORD", *[f"{x} {y}" for x, y in points])
        + rows("DEMAND", *each(0, 3))
        + f"{body}DEPOT_SECTION\n{chr(10).join(str(depot) for depot in range(1, depots + 1))}\n-1\nEOF\n"
    )


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(text=instances())
def test_the_checker_agrees_with_the_solver_on_what_is_feasible_and_what_it_costs(tmp_path: Path, text: str) -> None:
    file = tmp_path / "any.vrp"
    file.write_text(text, encoding="utf-8")
    data = data_of(file, read(file))
    found = pyvrp.solve(data, MaxIterations(60), seed=1, display=False).best
    for solution in (
        found,
        *(pyvrp.Solution.make_random(data, pyvrp.RandomNumberGenerator(seed)) for seed in range(5)),
    ):
        verdict = check(read(file), routes_of(solution, data))
        cost = solution.distance_cost() + solution.fixed_vehicle_cost() + solution.uncollected_prizes()
        barred = cost >= 1 << 44  # a client that the vehicle may not serve is, to PyVRP, very far away
        assert verdict.feasible == (solution.is_feasible() and not barred), verdict.broken
        assert verdict.scaled == cost or barred
