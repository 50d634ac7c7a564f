"""The roster commands on files, without Django or a database."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from redvest.engine.cli import register
from redvest.engine.roster import Person, Problem, Shift
from redvest.engine.roster.codec import to_json

PROBLEM = Problem("2026-03-02", (Person("Ling"), Person("Mei")), (Shift("s", "gate", 480, 720),))


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers(required=True))
    chosen = parser.parse_args(["roster", *arguments])
    code: int = chosen.run(chosen)
    return code


def test_solve_writes_a_result_that_check_accepts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, out = tmp_path / "problem.json", tmp_path / "result.json"
    problem.write_text(to_json(PROBLEM), encoding="utf-8")
    assert run("solve", str(problem), "--seconds", "2", "--out", str(out), "--workers", "1") == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    assert result["status"] == "optimal"
    assert len(result["assignments"]) == 1
    assert run("check", str(problem), str(out)) == 0
    assert "0 hard rules broken" in capsys.readouterr().out


def test_check_fails_when_a_hard_rule_is_broken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, result = tmp_path / "problem.json", tmp_path / "result.json"
    problem.write_text(to_json(PROBLEM), encoding="utf-8")
    result.write_text(json.dumps({"assignments": [["Ling", "s"], ["Mei", "s"]]}), encoding="utf-8")
    assert run("check", str(problem), str(result)) == 1
    assert "broken: s has 2 people on 1 places." in capsys.readouterr().out


def test_a_file_that_is_not_understood_is_named_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = tmp_path / "problem.json"
    problem.write_text('{"format": "other"}', encoding="utf-8")
    assert run("solve", str(problem)) == 2
    assert "its format is 'other'" in capsys.readouterr().err
    assert run("solve", str(tmp_path / "none.json")) == 2


def test_the_engine_needs_no_django() -> None:
    code = "import sys, redvest.engine.cli; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_prepare_makes_the_compiled_code_and_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("prepare") == 0
    assert capsys.readouterr().out == ""
