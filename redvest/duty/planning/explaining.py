"""Why, in words: why a place is empty and whom to ask, why somebody stands there and not another."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redvest.duty.models import Roster
from redvest.duty.planning.candidates import Choice
from redvest.duty.planning.events import DROP_OUT
from redvest.duty.planning.findings import violation_finding
from redvest.duty.planning.gaps import worst_of
from redvest.duty.planning.naming import shift_words
from redvest.duty.planning.problem import Plan
from redvest.duty.planning.sentences import Names, hours, reason_words, sentence
from redvest.engine.matching.replace import facts
from redvest.engine.roster.check import additions, violations_of
from redvest.engine.roster.explain import Emptiness, emptiness
from redvest.engine.roster.ways import OWN_WORD, Kind, Way, closing_cost, ways

__all__ = ["OWN_WORD", "WayView", "WaysView", "held_by", "standing_words", "ways_of", "why_person", "why_short"]

Pair = tuple[int, int]  # person, shift


@dataclass(frozen=True, slots=True)
class WayView:
    """One way to fill a place, in words; ``add`` and ``remove`` are what a draft would have to change for it."""

    kind: str
    person: int
    name: str
    text: str
    cost: int
    add: tuple[Pair, ...]
    remove: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class WaysView:
    """Why a place of a roster is empty, what closing it costs, and whom to ask."""

    roster: Roster
    shift: int
    title: str
    why: list[str]
    price: str
    moves: list[WayView]
    asks: list[WayView]
    comes: list[WayView]
    may_change: bool


def ways_of(plan: Plan, names: Names, shift: int) -> WaysView:
    """Why the shift is short, what filling it would cost, and whom to ask."""
    material = plan.material
    changes = additions(plan.problem, plan.answer, str(shift))
    found = ways(plan.problem, plan.answer, str(shift), changes=changes)
    told = emptiness(plan.problem, plan.answer, str(shift), changes)
    gone = {event["person"] for event in material.roster.settings.get("events", ()) if event["kind"] == DROP_OUT}
    views = {
        kind: [_way(plan, names, way) for way in found if way.kind is kind and int(way.person) not in gone]
        for kind in (Kind.COMES, Kind.MOVES, Kind.ASK)
    }
    return WaysView(
        material.roster,
        shift,
        shift_words(material.book, material.shifts[shift], material.zone),
        why_short(plan, names, told, changes_worst={person: worst_of(change) for person, change in changes.items()}),
        _price(closing_cost(found)),
        views[Kind.MOVES],
        views[Kind.ASK],
        views[Kind.COMES],
        material.roster.state == Roster.State.DRAFT,
    )


def why_short(plan: Plan, names: Names, told: Emptiness, changes_worst: dict[str, str]) -> list[str]:
    """Why a place is empty, the commonest reason first: each person counts once."""
    lines = []
    for lack in told.skills:
        fields = {"skill": names.skills.get(lack.skill, lack.skill), "count": len(lack.owners)}
        text = ngettext(
            "“%(skill)s” is missing; %(count)s person here has it",
            "“%(skill)s” is missing; %(count)s people here have it",
            len(lack.owners),
        )
        lines.append((text if lack.owners else _("nobody here has “%(skill)s”")) % fields)
    until = {obstacle.rule: obstacle.until for obstacle in told.obstacles if obstacle.until is not None}
    counts: dict[str, int] = {}
    for rule in changes_worst.values():
        counts[rule] = counts.get(rule, 0) + 1
    for rule, count in sorted(counts.items(), key=lambda item: -item[1]):
        words = reason_words(rule, count)
        if rule in until:
            words = _("%(reason)s, the first until %(time)s") % {
                "reason": words,
                "time": _clock(plan, until[rule]),
            }
        lines.append(words)
    return lines


def why_person(plan: Plan, names: Names, choices: Sequence[Choice], person: int, shift: int) -> list[str]:
    """Why this person stands here rather than another: what is priced about him, and how the others compare."""
    free = [choice for choice in choices if not choice.effect.forbidden and not choice.effect.to_override]
    cheaper = [choice for choice in free if choice.effect.cost < 0]
    total = len(choices) + 1
    lines = []
    fields = {"name": names.person(person), "free": len(free) + 1, "total": total}
    if not free:
        lines.append(_("Of %(total)s people nobody else may stand here under the rules.") % fields)
    elif not cheaper:
        lines.append(_("%(free)s of %(total)s people may stand here; nobody of them would cost less.") % fields)
    else:
        who = _(", ").join(
            _("%(name)s (−%(cost)s)") % {"name": names.person(choice.person), "cost": -choice.effect.cost}
            for choice in cheaper[:3]
        )
        lines.append(_("%(free)s of %(total)s people may stand here.") % fields)
        lines.append(_("Would cost less here, if others do not need them more: %(who)s.") % {"who": who})
    following = next((choice for choice in free if choice.effect.cost >= 0), None)
    if following is not None:
        fields = {"name": names.person(following.person), "cost": following.effect.cost}
        lines.append(_("Next would be %(name)s: cost +%(cost)s.") % fields)
    report = violations_of(plan.problem, plan.answer, str(person))
    priced = [
        finding
        for finding in report.soft
        if finding.cost > 0 and (str(shift) in finding.shifts or finding.rule.startswith("fairness"))
    ]
    lines += [sentence(violation_finding(plan, finding), names) for finding in priced[:3]]
    return lines


def standing_words(plan: Plan, held: dict[int, list[str]], person: int, shift: int) -> tuple[str, ...]:
    """How a person stands to a shift: ``rested 14 h · 1.2 km · 32 h this week``."""
    found = facts(plan.problem, held.get(person, ()), str(person), str(shift))
    words = [
        _("rested %(hours)s") % {"hours": hours(found.rest_before)}
        if found.rest_before is not None
        else _("no duty the day before")
    ]
    if found.rest_after is not None:
        words.append(_("%(hours)s to the next duty") % {"hours": hours(found.rest_after)})
    if found.metres:
        words.append(_("%(km)s km") % {"km": f"{found.metres / 1000:.1f}"})
    words.append(_("%(hours)s this week") % {"hours": hours(found.week_minutes)})
    return tuple(words)


def held_by(plan: Plan) -> dict[int, list[str]]:
    """The shifts of everybody in a plan."""
    held: dict[int, list[str]] = {}
    for cell in plan.cells:
        held.setdefault(cell.person, []).append(str(cell.shift))
    return held


def _way(plan: Plan, names: Names, way: Way) -> WayView:
    person = int(way.person)
    if way.kind is Kind.ASK:
        text = " ".join(sentence(violation_finding(plan, finding), names) for finding in way.gives)
    elif way.leaves is not None:
        fields = {"left": names.shifts[int(way.leaves)], "other": names.person(int(way.stand_in or 0))}
        text = _leaving(plan, way) % fields
    else:
        text = ""
    return WayView(
        str(way.kind),
        person,
        names.person(person),
        text,
        way.price,
        tuple((int(cell.person), int(cell.shift)) for cell in sorted(way.change.add)),
        tuple((int(cell.person), int(cell.shift)) for cell in sorted(way.change.remove)),
    )


def _leaving(plan: Plan, way: Way) -> str:
    """What becomes of the place that somebody leaves."""
    if way.stand_in:
        return _("leaves %(left)s, where %(other)s stands in")
    shift = plan.problem.shift_of[str(way.leaves)]
    heads = sum(cell.shift == shift.id for cell in plan.answer) - 1
    if heads < shift.minimum:
        return _("leaves %(left)s, which is then short of one")
    return _("leaves %(left)s, where one fewer is enough")


def _price(price: int | None) -> str:
    if price is None:
        return _("No way was found to fill it under the rules without asking somebody to give way.")
    if price <= 0:
        return _("Filling it would cost nothing else.")
    return _("Filling it would cost %(price)s in other wishes.") % {"price": price}


def _clock(plan: Plan, minute: int) -> str:
    zone: ZoneInfo = plan.material.zone
    return f"{plan.moment(minute).astimezone(zone):%H:%M}"
