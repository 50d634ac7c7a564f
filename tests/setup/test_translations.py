"""The translation tool finds what is missing, what does not fit and what stands in the wrong place."""

import re
from pathlib import Path

import pytest

from redvest.config.environment import PROJECT
from tools.i18n import catalogs, checks, sources
from tools.i18n.sources import Key, Text

HELLO: Key = ("", "Hello, %(name)s", "")


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[Key, Text]]:
    """One room with one text, whose catalog is in a folder of its own."""
    monkeypatch.setattr(catalogs, "_FOLDER", tmp_path)
    monkeypatch.setattr(sources, "chinese_in_sources", lambda: iter(()))
    return {"duty": {HELLO: Text(HELLO, {"redvest/duty/actions.py"})}}


def test_a_translated_room_is_in_order(rooms: dict[str, dict[Key, Text]]) -> None:
    catalogs.save("duty", rooms["duty"], {HELLO: "%(name)s，您好"})
    assert list(checks.problems(rooms)) == []


def test_a_missing_translation_is_found(rooms: dict[str, dict[Key, Text]]) -> None:
    catalogs.save("duty", rooms["duty"], {})
    assert list(checks.problems(rooms)) == ["duty: 'Hello, %(name)s' has no Chinese translation."]


def test_a_catalog_that_lags_behind_the_sources_is_found(rooms: dict[str, dict[Key, Text]]) -> None:
    catalogs.save("duty", rooms["duty"], {HELLO: "%(name)s，您好"})
    more: Key = ("", "Bye", "")
    rooms["duty"][more] = Text(more)
    found = list(checks.problems(rooms))
    assert "duty: 'Bye' has no Chinese translation." in found
    assert any("not that of the sources" in line for line in found)


def test_a_placeholder_that_was_lost_is_found(rooms: dict[str, dict[Key, Text]]) -> None:
    catalogs.save("duty", rooms["duty"], {HELLO: "您好"})
    assert any("different placeholders" in line for line in checks.problems(rooms))


def test_two_rooms_that_disagree_are_found(rooms: dict[str, dict[Key, Text]]) -> None:
    rooms["people"] = {HELLO: Text(HELLO)}
    catalogs.save("duty", rooms["duty"], {HELLO: "%(name)s，您好"})
    catalogs.save("people", rooms["people"], {HELLO: "您好，%(name)s"})
    assert any("use one of them" in line for line in checks.problems(rooms))


def test_a_fuzzy_translation_does_not_count(rooms: dict[str, dict[Key, Text]]) -> None:
    catalogs.save("duty", rooms["duty"], {HELLO: "%(name)s，您好"})
    path = catalogs.path_of("duty")
    path.write_text(path.read_text().replace("#, python-format", "#, fuzzy, python-format"))
    assert any("has no Chinese translation" in line for line in checks.problems(rooms))


def test_a_chinese_message_id_is_found(rooms: dict[str, dict[Key, Text]]) -> None:
    wrong: Key = ("", "您好", "")
    rooms["duty"] = {wrong: Text(wrong)}
    catalogs.save("duty", rooms["duty"], {wrong: "您好"})
    assert any("ids are English" in line for line in checks.problems(rooms))


def test_what_is_compiled_is_what_django_reads(rooms: dict[str, dict[Key, Text]], tmp_path: Path) -> None:
    import gettext

    catalogs.save("duty", rooms["duty"], {HELLO: "%(name)s，您好"})
    assert catalogs.compile_all() == 1
    assert catalogs.compile_all() == 0, "what is fresh is not made again"
    compiled = gettext.translation("django", tmp_path / "duty", ["zh_Hans"])
    assert compiled.gettext("Hello, %(name)s") == "%(name)s，您好"


def test_texts_of_templates_are_found(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "{% load i18n %}\n  <p title=\"{% translate 'One' %}\">\n    {% blocktranslate trimmed count n=n %}\n"
        "      {{ n }} person\n    {% plural %}\n      {{ n }} people\n    {% endblocktranslate %}\n</p>"
        '{{ x|default:_("Three") }}{% translate "May" context "month" %}'
    )
    found = {key for key, _comments in sources._texts_of(page)}
    assert found == {("", "One", ""), ("", "%(n)s person", "%(n)s people"), ("", "Three", ""), ("month", "May", "")}


def test_rooms_follow_the_folders() -> None:
    rooms = {
        "duty/actions/posts.py": "duty",
        "web/coordinator/people.py": "web-coordinator",
        "web/templates/volunteer/shifts/open.html": "web-volunteer",
        "web/templates/base.html": "web",
        "web/middleware.py": "web",
        "command/run.py": "command",
    }
    assert {path: sources.room_of(sources.PACKAGE / path) for path in rooms} == rooms


def test_no_text_hides_from_the_extractor_behind_another_name() -> None:
    """``gettext as now`` is read by nobody: its texts would stay English for ever."""
    hidden = [
        f"{path}: {line.strip()}"
        for path in sorted((PROJECT / "redvest").rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"gettext(_lazy)? as (?!_\b)|ngettext(_lazy)? as ", line)
    ]
    assert not hidden
