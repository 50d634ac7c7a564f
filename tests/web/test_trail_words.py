"""The trail, the table of roles and a person's history speak in words, in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation

import redvest
from redvest.core.roles import ACTIONS as ROLES
from redvest.web.templatetags.trail_words import ACTIONS, MODELS, VERBS
from tests.world import World


def recorded() -> Iterator[str]:
    """Every verb that some action writes into the trail, as far as it stands there as plain text."""
    for file in Path(redvest.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                yield from (
                    each.value
                    for argument in node.args[1:2]
                    for each in ast.walk(argument)
                    if isinstance(each, ast.Constant) and isinstance(each.value, str) and "." in each.value[1:-1]
                )


def test_every_verb_of_the_trail_has_a_word() -> None:
    found = set(recorded())
    assert len(found) > 60
    assert found - set(VERBS) == set()


def test_every_action_of_the_table_of_roles_has_a_word() -> None:
    assert set(ROLES) == set(ACTIONS)


def test_the_models_are_real() -> None:
    assert set(MODELS) <= {model._meta.label_lower for model in apps.get_models()}


def test_every_word_is_translated() -> None:
    for words in (VERBS, MODELS, ACTIONS):
        for word in words.values():
            with translation.override("en"):
                english = str(word)
            with translation.override("zh-hans"):
                assert str(word) != english


@pytest.mark.django_db
def test_the_trail_is_searched_by_its_words(world: World) -> None:
    address = f"/coordinator/places/{world.community.pk}/add/"
    world.client("office").post(address, {"level": "grid", "name": "第七网格"})
    text = world.client("administrator", language="zh-hans").get("/coordinator/trail/?q=添加地点").content.decode()
    assert "添加地点" in text
    assert "places.area_added</td>" not in text
