"""`redvest rounds` on files, without Django or a database."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from redvest.command import parser
from redvest.engine.rounds import Stop
from redvest.engine.rounds.codec import to_json
from tests.engine.round_problems import estate

SQUARE = """NAME : square
TYPE : CVRP
DIMENSION : 5
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 2
NODE_COORD_SECTION
1 0 0
2 10 0
3 10 1
4 -10 0
5 -10 1
DEMAND_SECTION
1 0
2 1
3 1
4 1
5 1
DEPOT_SECTION
1
-1
EOF
"""

OURS = to_json(estate(Stop("rice", "1-1", 3)))


def run(*arguments: str) -> int:
    words = ["rounds", *arguments]
    chosen = parser(words).parse_args(words)
    code: int = chosen.run(chosen)
    return code


def test_solve_writes_a_plan_that_check_accepts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, out = tmp_path / "problem.json", tmp_path / "result.json"
    stops = (Stop("rice", "1-1", 3), Stop("anvil", "2-1", grams=90_000))
    problem.write_text(to_json(estate(*stops)), encoding="utf-8")
    assert run("solve", str(problem), "--iterations", "50", "--out", str(out)) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    assert result["status"] == "feasible"
    assert result["bound"] is None
    assert result["trips"] == [{"pair": "Ling and Mei", "store": "gate", "stops": ["rice"]}]
    assert [(gap["stop"], gap["reason"]) for gap in result["unserved"]] == [("anvil", "heavy")]
    assert result["walks"][0]["trips"][0]["at"] == [["rice", 8 * 3600 + 470]]
    assert run("check", str(problem), str(out)) == 0
    assert "1 stops left out, 0 hard rules broken" in capsys.readouterr().out


def test_check_fails_when_a_rule_is_broken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, result = tmp_path / "problem.json", tmp_path / "result.json"
    problem.write_text(to_json(estate(Stop("anvil", "2-1", grams=90_000))), encoding="utf-8")
    trips = [{"pair": "Ling and Mei", "store": "gate", "stops": ["anvil"]}]
    result.write_text(json.dumps({"trips": trips}), encoding="utf-8")
    assert run("check", str(problem), str(result)) == 1
    assert "broken: Ling and Mei carries 90000 g on trip 1; 40000 g are allowed." in capsys.readouterr().out


def test_a_public_instance_is_solved_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance, out = tmp_path / "square.vrp", tmp_path / "square.json"
    instance.write_text(SQUARE, encoding="utf-8")
    assert run("solve", str(instance), "--iterations", "100", "--out", str(out)) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    assert result["feasible"] is True
    assert result["cost"] == 2 * (10 + 1 + 10), "out, one step, back; on both sides"
    assert sorted(sorted(route) for route in result["routes"]) == [[1, 2], [3, 4]]
    assert run("check", str(instance), str(out)) == 0
    result["routes"] = [[1, 2, 3], [4]]
    out.write_text(json.dumps(result), encoding="utf-8")
    assert run("check", str(instance), str(out)) == 1
    assert "broken: vehicle 1: it carries 3; 2 are allowed" in capsys.readouterr().out


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "the file is empty"),
        ("hello", "not understood"),
        ('{"format": "other"}', "its format is 'other'"),
        ("{", "not JSON"),
        (OURS.replace('"floor": 3', '"floor": 2.5'), "stop rice has floor 2.5"),
        (OURS.replace('"floor": 3', '"storey": 3'), "unknown field 'storey'"),
        (OURS.replace('"start": "2026-03-02"', '"start": "today"'), "not a date"),
        (OURS.replace('"stops"', '"doors_to_serve"'), "lacks 'stops'"),
        (SQUARE.replace("EUC_2D", "GEO"), "edge weight type GEO is not supported"),
        (SQUARE.replace("DEMAND_SECTION", "WEATHER_SECTION"), "section WEATHER is not supported"),
        (SQUARE.replace("CAPACITY : 2", "SEATS : 2"), "specification SEATS is not supported"),
        (SQUARE.replace("DIMENSION : 5\n", ""), "lacks DIMENSION"),
        (SQUARE.replace("DEPOT_SECTION\n1", "DEPOT_SECTION\n3"), "depots must be the first places"),
        (SQUARE.replace("CAPACITY : 2", "CAPACITY : lots"), "not understood"),
    ],
)
def test_a_file_that_is_not_understood_is_named_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: str
) -> None:
    problem = tmp_path / "problem"
    problem.write_text(text, encoding="utf-8")
    assert run("solve", str(problem)) == 2
    said = capsys.readouterr().err
    assert str(problem) in said
    assert words in said


def test_a_missing_file_and_a_wrong_limit_are_not_understood(tmp_path: Path) -> None:
    assert run("solve", str(tmp_path / "none.vrp")) == 2
    (tmp_path / "square.vrp").write_text(SQUARE, encoding="utf-8")
    assert run("solve", str(tmp_path / "square.vrp"), "--seconds", "0") == 2
    assert run("solve", str(tmp_path / "square.vrp"), "--round", "up") == 2


def test_planning_rounds_needs_no_django_and_naming_the_command_no_solver() -> None:
    code = "import sys, redvest.engine.rounds.cli; sys.exit(bool({'django', 'pyvrp', 'matplotlib'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
