"""The documents say what the code does."""

import ast
import re
from pathlib import Path

from redvest.config.environment import PROJECT

_READERS = {"text", "flag", "integer", "list", "hours", "url", "time_zone", "language", "kept_secret"}
_MODULES = sorted((PROJECT / "redvest").rglob("*.py"))


def _read_variables() -> set[str]:
    names = {"REDVEST_DATA"}
    for path in _MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in _READERS
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "environment"
            ):
                first = node.args[0]
                assert isinstance(first, ast.Constant), f"{path}: a variable's name must be written out"
                names.add(str(first.value))
    return names


def test_every_variable_is_documented_and_no_other() -> None:
    page = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))
    assert documented == _read_variables()


def test_the_environment_is_read_in_one_place() -> None:
    allowed = {"config/environment.py", "config/postgres.py", "config/embedded.py"}
    for path in _MODULES:
        name = path.relative_to(PROJECT / "redvest").as_posix()
        if name in allowed or name.startswith(("command/", "demo/")):  # they ask for the terminal's language
            continue
        assert not re.search(r"os\.(environ\[|environ\.get|getenv)", path.read_text(encoding="utf-8")), name


def test_every_target_of_the_makefile_is_explained() -> None:
    text = (PROJECT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    assert phony is not None
    for target in phony.group(1).split():
        assert re.search(rf"^{target}:.*## \w", text, re.MULTILINE), target


def test_deployment_examples_start_commands_that_exist() -> None:
    from redvest.command import parser

    units = list(Path(PROJECT / "deploy").glob("*.service"))
    assert len(units) >= 2
    for unit in units:
        for words in re.findall(r"^ExecStart=\S+/redvest (\S+)", unit.read_text(encoding="utf-8"), re.MULTILINE):
            assert words in parser().format_help()
