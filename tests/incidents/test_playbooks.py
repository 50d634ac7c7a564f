"""Playbooks: those that ship are sound, and a wrong one is told what is wrong, where, and what is allowed."""

import re
import tomllib
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redvest.engine.roster.rules import Rule, Rules
from redvest.incidents.playbooks import loader, schema
from redvest.incidents.playbooks.reader import PlaybookInvalid, Words

EPIDEMIC = loader.shipped()["epidemic_control.toml"]


def problems(text: str, file: str = "epidemic_control.toml") -> list[str]:
    with pytest.raises(PlaybookInvalid) as caught:
        loader.load(file, text)
    return list(caught.value.problems)


def changed(old: str, new: str, count: int = 1) -> str:
    assert old in EPIDEMIC
    return EPIDEMIC.replace(old, new, count)


@pytest.mark.parametrize("file", sorted(loader.shipped()))
def test_the_playbooks_that_ship_are_sound(file: str) -> None:
    playbook = loader.load(file, loader.shipped()[file])
    assert set(playbook.levels) == {1, 2, 3, 4}
    assert set(playbook.messages) == set(schema.MESSAGES)
    assert set(playbook.warnings) == set(schema.WARNING_COLOURS)


def test_every_rule_a_playbook_may_set_is_a_rule_of_the_engine() -> None:
    engine = {field.name for field in fields(Rules) if isinstance(getattr(Rules(), field.name), Rule)}
    assert set(loader.RULE_UNITS) <= engine
    # The two that can only forbid are not for a playbook to change.
    assert engine - set(loader.RULE_UNITS) == {"overlap", "over_maximum"}


def test_raising_the_level_adds_posts_and_takes_none_away() -> None:
    playbook = loader.load("epidemic_control.toml", EPIDEMIC)
    assert [plan.kind for plan in playbook.added(4)] == ["standby_desk", "supply"]
    assert playbook.added(2) == playbook.added(3) + playbook.added(2, before=3)
    assert playbook.added(1, before=1) == ()
    assert len(playbook.added(1)) > len(playbook.added(2)) > len(playbook.added(4))


def test_sampling_stations_follow_the_number_of_residents() -> None:
    plan = schema.PostPlan("sampling", "residents", 1, 7000)
    assert [plan.number(residents) for residents in (0, 1, 7000, 7001, 21000)] == [1, 1, 1, 2, 3]


def test_a_shift_may_cross_midnight_and_its_night_is_counted() -> None:
    pattern = loader.load("epidemic_control.toml", EPIDEMIC).patterns["gate"]
    hours = {shift.slug: (shift.minutes, shift.night_minutes) for shift in pattern.shifts}
    assert hours == {"morning": (300, 0), "afternoon": (360, 0), "evening": (450, 180), "dawn": (330, 300)}


def test_a_word_in_place_of_a_number_is_named_with_file_path_and_what_is_allowed() -> None:
    found = problems(changed("heads = { minimum = 2, wanted = 2, maximum = 3 }", 'heads = { minimum = "two" }'))
    assert "epidemic_control.toml: posts.gate.heads.minimum must be a whole number of 1 or more, not 'two'" in found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("pair = true", "pairs = true", "posts.gate.pairs is not a known key; did you mean pair?"),
        ('kit = "gate"', 'kit = "gates"', "posts.gate.kit names gates, which is not among the kits of this file"),
        ('pattern = "gate"', 'pattern = "none"', "posts.gate.pattern names none"),
        ('skill = "sampling_helper"', 'skill = "sampler"', "posts.sampling.skills[1].skill names sampler"),
        ('checklist = "gate_briefing"', 'checklist = "activation"', "posts.gate.checklist must name a list"),
        ('start = "06:30", end = "11:30"', 'start = "6:30", end = "11:30"', "must be a time of day such as 06:30"),
        ('start = "06:30", end = "11:30"', 'start = "06:30", end = "12:30"', "overlap: morning and afternoon"),
        ('start = "01:00", end = "06:30"', 'start = "01:00", end = "05:30"', "leave part of the day without anybody"),
        ("experienced = 1", "experienced = 3", "posts.gate.experienced must not be more than heads.minimum (2)"),
        ("minimum = 2, wanted = 2, maximum = 3", "minimum = 1", "nobody stands alone at night"),
        ("minimum = 2, wanted = 2, maximum = 3", "minimum = 4, wanted = 2", "must not be less than minimum (4)"),
        ("level = 4", "level = 5", "levels[1].level must be a whole number from 1 to 4, not 5"),
        ("level = 4", "level = 3", "levels[2].level is given twice"),
        ('per = "estate"', 'per = "house"', "must be one of incident, street, community, estate, residents"),
        ("pair = true", "pair = 1", "posts.gate.pair must be true or false, not 1"),
        ('severity = "override"', 'severity = "strict"', "must be one of forbid, override, warn, off, not 'strict'"),
        ("[rules.rest]", "[rules.nap]", "rules.nap is no rule of the roster; the rules are: alone"),
        ('source = "fatigue_default"', 'source = "hearsay"', "rules.shift_length.source names hearsay"),
        ('en = "Red warning (grade 1)"', 'en = "红色"', "warnings.red.en must be written in English"),
        ('zh = "红色预警（一级）"', 'zh = "Red"', "warnings.red.zh must be written in Chinese"),
        (', en = "Red warning (grade 1)"', "", "warnings.red.en is missing"),
        ("{answer_by}前答复能否参加", "{deadline}前答复", "has the unknown placeholder {deadline}"),
        ("参加：{link} ", "参加：", "messages.call_up must contain {link} in its title or body (zh)"),
        ("{answer_by}前答复能否参加", "{answer_by前答复", "has a brace without its partner"),
        ("format = 1", "format = 2", "format must be a whole number from 1 to 1, not 2"),
        ('slug = "epidemic_control"', 'slug = "plague"', "slug must be the name of the file without .toml"),
        ("unreachable_minutes = 60", "unreachable_minutes = 10", "must not be less than answer_minutes (30)"),
        ('dated = "2022-11"', 'dated = "November"', "dated must be a year and month such as 2022-11, not 'November'"),
        ('fact = "call_up_sent"', 'fact = "sent"', "checklists.activation.items[3].fact must be one of posts_opened"),
        ("value = 360\n", "value = 200\n", "posts.sampling.pattern has shift first of 255 minutes with handover"),
    ],
)  # fmt: skip
def test_a_wrong_playbook_says_where_and_why(old: str, new: str, expected: str) -> None:
    text = changed(old, new, EPIDEMIC.count(old) if old.startswith("value") else 1)
    found = problems(text)
    assert any(expected in problem for problem in found), found
    assert all(problem.startswith("epidemic_control.toml: ") for problem in found)


def test_all_problems_are_told_at_once() -> None:
    text = changed("pair = true", "pairs = true").replace('kit = "gate"', 'kit = "gates"', 1)
    assert len(problems(text)) == 2


def test_a_text_that_is_not_toml_says_so() -> None:
    (problem,) = problems("format = = 1")
    assert problem.startswith("epidemic_control.toml: is not readable as TOML")


@given(
    st.sampled_from(sorted(set(re.findall(r"(?m)^(\w+) = ", EPIDEMIC)))),
    st.sampled_from(["-7", '""', "[1]", "{}", "1.5"]),
)
def test_nonsense_anywhere_is_a_sentence_and_never_a_crash(key: str, nonsense: str) -> None:
    text = re.sub(rf"(?m)^{key} = .*$", f"{key} = {nonsense}", EPIDEMIC)
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        text = re.sub(rf"(?ms)^{key} = \[\n.*?^\]$", f"{key} = {nonsense}", EPIDEMIC)
    found = problems(text)
    assert found
    assert all(key in problem or "posts" in problem or "TOML" in problem for problem in found[:1])


def test_a_filled_message_never_evaluates_a_value() -> None:
    words = Words("{name}，去{area}", "{name}, go to {area}")
    assert words.fill("en", {"name": "{area.__class__}", "area": "A"}) == "{area.__class__}, go to A"
    assert words.fill("zh-hans", {"name": "李", "area": "甲"}) == "李，去甲"
