"""What would be if, and how many people are missing: the questions one may ask of a roster, the answers in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redvest.core import access
from redvest.core.models import Job
from redvest.duty.actions.answering import ASK
from redvest.duty.models import Roster, Shift
from redvest.duty.planning import answers
from redvest.duty.planning.book import kind_name, playbook_of, short_name
from redvest.duty.planning.material import gather
from redvest.duty.planning.naming import skill_names
from redvest.duty.planning.rulebook import rulebook
from redvest.duty.planning.sentences import hours, rule_name
from redvest.duty.queries.answer_words import Words, gap_words, job_about
from redvest.duty.queries.grid import roster_row
from redvest.people.models import Account, Person

MOST_PEOPLE = 12  # in the table of those whose hours change most


@dataclass(frozen=True, slots=True)
class QuestionChoices:
    """What the form of a question offers."""

    roster: Roster
    posts: list[tuple[int, str]]
    people: list[tuple[int, str]]
    skills: list[tuple[str, str]]
    rules: list[tuple[str, str]]


def question_choices(actor: Account, pk: int) -> QuestionChoices:
    """Posts, people, skills and limits that one may ask about."""
    roster = roster_row(actor, pk)
    access.require(actor, "duty.plan", roster.area)
    material = gather(roster, timezone.now())
    used = {shift.post_id for shift in material.shifts.values()}
    posts = [
        (key, f"{short_name(material.book, post)} · {post.name}") for key, post in material.posts.items() if key in used
    ]
    people = sorted(((key, each.person.name) for key, each in material.members.items()), key=lambda each: each[1])
    rules = rulebook(material.book).rules
    limits = [
        (
            name,
            _("%(rule)s (now %(limit)s)")
            % {"rule": rule_name(name, material.book), "limit": limit_words(name, getattr(rules, name).value)},
        )
        for name in answers.RULES
    ]
    return QuestionChoices(roster, posts, people, sorted(skill_names(material.book).items()), limits)


def limit_words(rule: str, value: int) -> str:
    """``10 h`` for rules that count minutes, ``3`` for the others."""
    return hours(value) if rule in answers.IN_MINUTES else str(value)


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure before and after; ``tone`` says whether the change is a shortage, good, or neither."""

    name: str
    before: str
    after: str
    tone: str


@dataclass(frozen=True, slots=True)
class LoadLine:
    """One person's hours and nights before and after."""

    name: str
    before: str
    after: str
    nights_before: int
    nights_after: int


@dataclass(frozen=True, slots=True)
class HandsView:
    """How many people are missing for one aim, and what they must be able to do."""

    title: str
    verdict: str
    lines: list[str]
    closed: list[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question about a roster; while the search runs, the job alone."""

    roster: Roster
    job: Job
    question: str
    figures: list[FigureLine]
    loads: list[LoadLine]
    gaps: list[str]
    lost: list[str]
    hands: list[HandsView]

    @property
    def is_ready(self) -> bool:
        return bool(self.figures or self.hands)


def answer(actor: Account, pk: int, job_pk: int) -> Answer:
    """What the engine found."""
    roster = roster_row(actor, pk)
    access.require(actor, "duty.plan", roster.area)
    job = job_about(actor, roster, job_pk, ASK)
    question = job.arguments["question"]
    found = job.result if job.state == Job.State.DONE and job.result else None
    if found is None:
        return Answer(roster, job, question_words(roster, question), [], [], [], [], [])
    names = Words(roster, found)
    asked = question_words(roster, question)
    if question["kind"] == answers.HANDS:
        hands = [
            _hands(names, _("To reach every minimum"), found["minimum"]),
            _hands(names, _("To fill all that is wanted"), found["wanted"]),
        ]
        return Answer(roster, job, asked, [], [], [], [], hands)
    known = {tuple(gap) for gap in found["before"]["gaps"]}
    gaps = [gap_words(names, *gap) for gap in found["after"]["gaps"] if tuple(gap) not in known]
    lost = [names.person(person) for person in found["lost"]]
    return Answer(roster, job, asked, _figures(found["before"], found["after"]), _loads(names, found), gaps, lost, [])


def question_words(roster: Roster, question: Mapping[str, Any]) -> str:
    """The question as it was asked: ``What if there were 2 fewer people?``"""
    book = playbook_of(roster.incident)
    count = question.get("count", 1)
    kind = question["kind"]
    if kind == answers.HANDS:
        return _("How many people would close all gaps?")
    if kind == answers.POST:
        shift = Shift.objects.filter(post=question["like"]).select_related("post").first()
        name = kind_name(book, shift.post.kind) if shift else ""
        text = ngettext(
            "What if there were %(count)s more post like %(post)s?",
            "What if there were %(count)s more posts like %(post)s?",
            count,
        )
        return text % {"count": count, "post": short_name(book, shift.post) if shift else name}
    if kind == answers.FEWER:
        people = Person.objects.filter(pk__in=question["people"]).order_by("name").values_list("name", flat=True)
        if people:
            return _("What if these people were not there: %(names)s?") % {"names": _(", ").join(people)}
        text = ngettext(
            "What if there were %(count)s person fewer?", "What if there were %(count)s people fewer?", count
        )
        return text % {"count": count}
    if kind == answers.MORE:
        text = ngettext("What if there were %(count)s more person?", "What if there were %(count)s more people?", count)
        skills = _(", ").join(skill_names(book).get(skill, skill) for skill in question["skills"])
        return text % {"count": count} + (f" ({skills})" if skills else "")
    fields = {"rule": rule_name(question["rule"], book), "limit": limit_words(question["rule"], question["value"])}
    return _("What if “%(rule)s” were %(limit)s?") % fields


def _figures(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FigureLine]:
    counted = (
        (_("Heads below the minimum"), "short"),
        (_("Heads with a skill missing"), "unskilled"),
        (_("More heads wanted"), "wanted"),
    )
    lines = [_line(name, before[key], after[key], str) for name, key in counted]
    lines.append(FigureLine(_("People who serve"), str(before["serving"]), str(after["serving"]), ""))
    spread = _("least %(least)s, half of them up to %(median)s, most %(most)s")
    for name, key, words in ((_("Hours per person"), "minutes", hours), (_("Nights per person"), "nights", str)):
        texts = [
            spread % dict(zip(("least", "median", "most"), map(words, figures[key]), strict=True))
            for figures in (before, after)
        ]
        lines.append(FigureLine(name, texts[0], texts[1], ""))
    lines.append(_line(_("Cost"), before["cost"], after["cost"], str))
    return lines


def _line(name: str, before: int, after: int, words: Any) -> FigureLine:
    tone = "short" if after > before else "ok" if after < before else ""
    return FigureLine(name, words(before), words(after), tone)


def _loads(names: Words, found: Mapping[str, Any]) -> list[LoadLine]:
    """Those whose hours change most, the gravest first."""
    rows = sorted(found["loads"], key=lambda row: (-abs(row[3] - row[1]) - 240 * abs(row[4] - row[2]), row[0]))
    return [
        LoadLine(names.person(person), hours(was), hours(becomes), nights, later)
        for person, was, nights, becomes, later in rows[:MOST_PEOPLE]
        if (was, nights) != (becomes, later)
    ]


def _hands(names: Words, title: str, found: Mapping[str, Any]) -> HandsView:
    recruits = found["recruits"]
    count = len(recruits)
    if not found["heads"]:
        verdict = _("Nobody is missing.")
    elif found["at_least"] == count:
        verdict = ngettext(
            "%(count)s more person, and no fewer, while nobody else moves.",
            "%(count)s more people, and no fewer, while nobody else moves.",
            count,
        )
    else:
        verdict = ngettext(
            "%(count)s more person is enough; fewer than %(least)s are not, while nobody else moves.",
            "%(count)s more people are enough; fewer than %(least)s are not, while nobody else moves.",
            count,
        )
    return HandsView(
        title,
        verdict % {"count": count, "least": found["at_least"]},
        [_recruit(names, *each) for each in recruits],
        [names.shift(shift) for shift in found["closed"]],
    )


def _recruit(names: Words, shifts: list[int], minutes: int, skills: Iterable[str], experienced: bool) -> str:
    """``3 shifts, 24 h; able to: sampling; experienced``."""
    text = ngettext("%(count)s shift, %(hours)s", "%(count)s shifts, %(hours)s", len(shifts))
    parts = [text % {"count": len(shifts), "hours": hours(minutes)}]
    able = _(", ").join(names.skills.get(skill, skill) for skill in skills)
    if able:
        parts.append(_("must have: %(skills)s") % {"skills": able})
    if experienced:
        parts.append(_("experienced"))
    return _("; ").join(parts)
