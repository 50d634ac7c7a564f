"""`redvest intake`: a list from a file or a pipe, as objects or as a table; a database only for an area."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from redvest.command import main, parser, words
from redvest.config.environment import PROJECT
from tests.setup.processes import redvest, surroundings
from tests.world import World

LIST = "#接龙\n3号楼核酸，报房号和人数\n例 2701 2\n1. 2707 1\n2. 9o2 3人\n3. 今天天气不错\n晚上8点截止\n"
Command = Callable[..., tuple[int, str, str]]
KEYS = ["entry", "building", "unit", "room", "people", "items", "kind", "note", "confidence", "doubts", "raw"]


@pytest.fixture
def pasted(tmp_path: Path) -> Path:
    path = tmp_path / "list.txt"
    path.write_text(LIST, encoding="utf-8")
    return path


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command in this process, which shares the test's database: exit code, output, complaints."""
    monkeypatch.setattr("redvest.command.start.start_django", lambda: None)
    monkeypatch.setenv("LANGUAGE", "en")
    words._catalog.cache_clear()

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["intake", *arguments])
        return (code, *capsys.readouterr())

    return run


def objects(command: Command, *arguments: str) -> list[dict[str, Any]]:
    code, out, err = command(*arguments, "--json")
    assert code == 0, err
    answer: list[dict[str, Any]] = json.loads(out)
    return answer


def test_no_database_is_started(pasted: Path, tmp_path: Path) -> None:
    done = redvest("intake", str(pasted), "--json", data=tmp_path / "data")
    assert done.returncode == 0
    assert len(json.loads(done.stdout)) == 3
    assert not (tmp_path / "data").exists()


def test_it_prints_a_list_of_objects(pasted: Path, command: Command) -> None:
    rows = objects(command, str(pasted))
    assert [row["room"] for row in rows] == ["2707", "902", ""]
    assert all(key in row for row in rows for key in KEYS)
    assert rows[0]["people"] == 1
    assert rows[1]["doubts"] == [
        "The building or unit was taken from the heading above.",
        "Letters were read as digits: 9o2. Check the room.",
    ]
    start, end = rows[1]["marks"][1]["start"], rows[1]["marks"][1]["end"]
    assert LIST[start:end] == "9o2"


def test_what_is_not_understood_is_kept_whole(pasted: Path, command: Command) -> None:
    rows = objects(command, str(pasted))
    shown = "\n".join([row["raw"] for row in rows] + [line["text"] for row in rows for line in row["context"]])
    for line in LIST.split("\n"):
        assert line in shown
    assert {line["role"] for row in rows for line in row["context"]} >= {"title", "example", "closing"}


def test_titles_alone_are_shown_whole(tmp_path: Path, command: Command) -> None:
    path = tmp_path / "title.txt"
    path.write_text("#接龙\n3号楼\n", encoding="utf-8")
    (row,) = objects(command, str(path))
    assert (row["kind"], row["raw"]) == ("unread", "#接龙\n3号楼")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_usual_encoding_is_read(encoding: str, tmp_path: Path, command: Command) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(LIST.encode(encoding))
    assert [row["room"] for row in objects(command, str(path))] == ["2707", "902", ""]


def test_a_dash_reads_standard_input(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "redvest.command", "intake", "-", "--json"],
        cwd=PROJECT, env=surroundings(tmp_path / "data"), input=LIST, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [row["entry"] for row in json.loads(done.stdout)] == [1, 2, 3]


def test_the_table_says_what_to_look_at(pasted: Path, command: Command) -> None:
    code, out, _err = command(str(pasted))
    assert code == 0
    assert "3-902" in out
    assert "? Letters were read as digits: 9o2. Check the room." in out
    assert "[closing line] 晚上8点截止" in out
    assert "3 rows, 2 to look at." in out


def test_doubts_speak_chinese_in_a_chinese_terminal(pasted: Path, tmp_path: Path) -> None:
    done = redvest("intake", str(pasted), "--json", data=tmp_path / "data", LANGUAGE="", LANG="zh_CN.UTF-8")
    rows = json.loads(done.stdout)
    assert rows[1]["doubts"][1] == "把字母读成了数字：9o2。请核对房号。"


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (b"", 1, "The file holds no words."),
        (b" \n\t\n", 1, "The file holds no words."),
        (b"PK\x03\x04\x00\x00\x00\x00", 2, "is no text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00", 2, "is no text"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(
    content: bytes, code: int, sentence: str, tmp_path: Path, command: Command
) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    found, _out, err = command(str(path))
    assert found == code
    assert sentence in err


def test_a_missing_file_is_exit_code_3(command: Command) -> None:
    code, _out, err = command("nowhere.txt")
    assert (code, err) == (3, "redvest: There is no file nowhere.txt.\n")


def test_the_library_needs_no_django() -> None:
    source = "import sys, redvest.needs.importing; print('django' in sys.modules, 'redvest.places' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", source], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


class TestArea:
    def test_rooms_are_checked_against_the_area(self, world: World, tmp_path: Path, command: Command) -> None:
        path = tmp_path / "list.txt"
        path.write_text("核酸接龙\n1. 502 1人\n2. 1栋101 3人\n3. 2栋999 1人\n", encoding="utf-8")
        code, out, _err = command(str(path), "--json", "--area", str(world.community.code))
        rows = json.loads(out)
        assert code == 0
        assert [row["household"] for row in rows] == [world.households[1].pk, world.households[0].pk, None]
        assert (rows[0]["building"], rows[0]["estate"]) == ("1", "望江苑")
        assert {mark["reason"] for mark in rows[2]["marks"]} == {"room_unknown"}

    def test_an_area_without_an_official_code_is_named_by_its_number(
        self, world: World, tmp_path: Path, command: Command
    ) -> None:
        path = tmp_path / "list.txt"
        path.write_text("核酸接龙\n1. 1栋101 3人\n", encoding="utf-8")
        _code, out, _err = command(str(path), "--json", "--area", str(world.estate.pk))
        assert json.loads(out)[0]["household"] == world.households[0].pk

    def test_an_unknown_area_is_a_sentence(self, world: World, tmp_path: Path, command: Command) -> None:
        path = tmp_path / "list.txt"
        path.write_text("1. 101 3人", encoding="utf-8")
        code, _out, err = command(str(path), "--area", "999999999")
        assert code == 3
        assert "999999999" in err


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser(["intake"]).parse_args(["intake", "--help"])
    out = capsys.readouterr().out
    for word in ("--json", "--area", "file", "0", "1", "2", "3"):
        assert word in out
