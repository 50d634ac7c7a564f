"""What publishing a draft would change, and whether the draft still fits what has happened since it was made."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from redvest.duty.models import Assignment, Roster
from redvest.duty.planning.findings import Finding, concerns, findings
from redvest.duty.planning.material import Held, Material, gather
from redvest.duty.planning.naming import names_for
from redvest.duty.planning.problem import Plan, cells_of, plan_for
from redvest.duty.planning.sentences import Names, sentence
from redvest.engine.roster.check import check


class Misfit(StrEnum):
    """Why a draft cannot be published as it is."""

    CAME = "came"  # somebody took a place that the draft does not know
    LEFT = "left"  # somebody gave up a place that the draft still counts on
    OVER = "over"  # the shift began or was cancelled
    RULE = "rule"  # a rule forbids it
    OVERRIDE = "override"  # a rule asks for a named exception


@dataclass(frozen=True, slots=True)
class Conflict:
    """One reason, with its sentence in the reader's language."""

    kind: Misfit
    sentence: str
    person: int | None = None
    shift: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a person is told: the shifts that are new to him and those that he need not come to any more."""

    person: int
    new: tuple[int, ...]
    gone: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """A draft held against the places held now."""

    plan: Plan
    names: Names
    kept: tuple[Held, ...]
    dropped: tuple[Held, ...]
    added: tuple[tuple[int, int], ...]  # (shift, person)
    conflicts: tuple[Conflict, ...]

    @property
    def material(self) -> Material:
        return self.plan.material

    @property
    def differences(self) -> list[Difference]:
        """Who has to be told, by name."""
        new: dict[int, list[int]] = defaultdict(list)
        gone: dict[int, list[int]] = defaultdict(list)
        for shift, person in self.added:
            new[person].append(shift)
        for place in self.dropped:
            gone[place.person].append(place.shift)
        people = sorted({*new, *gone}, key=lambda person: self.names.people[person])
        return [Difference(person, self._in_time(new[person]), self._in_time(gone[person])) for person in people]

    def _in_time(self, shifts: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted(shifts, key=lambda shift: (self.material.shifts[shift].starts, shift)))


def publication_of(roster: Roster, now: datetime) -> Publication:
    """Read everything anew and compare. Nothing is written."""
    stored = cells_of(roster.pk)
    material = gather(roster, now, keep={cell.person for cell in stored})
    plan = plan_for(material, stored)
    names = names_for(material)
    wanted = {(cell.shift, cell.person) for cell in plan.cells}
    held = {(place.shift, place.person): place for place in material.held}
    known = {(shift, person) for shift, person, _source in roster.settings.get("seen", [])}
    conflicts = [
        *_came(names, held, wanted, known),
        *_left(names, held, wanted, known),
        *_over(names, material, {(cell.shift, cell.person) for cell in stored} - wanted),
        *_broken(plan, names),
    ]
    return Publication(
        plan=plan,
        names=names,
        kept=tuple(place for key, place in held.items() if key in wanted),
        dropped=tuple(place for key, place in held.items() if key not in wanted and key in known),
        added=tuple(sorted(wanted - set(held))),
        conflicts=tuple(conflicts),
    )


def _came(
    names: Names, held: dict[tuple[int, int], Held], wanted: set[tuple[int, int]], known: set[tuple[int, int]]
) -> Iterable[Conflict]:
    """Places taken since the draft was drawn up: publishing it would throw those people out."""
    for key, place in held.items():
        if key in wanted or key in known:
            continue
        said = (
            _("%(person)s signed up for %(shift)s in the meantime.")
            if place.source == Assignment.Source.SIGN_UP
            else _("%(person)s was put on %(shift)s in the meantime.")
        )
        fields = {"person": names.person(place.person), "shift": names.shifts[place.shift]}
        yield Conflict(Misfit.CAME, said % fields, place.person, place.shift)


def _left(
    names: Names, held: dict[tuple[int, int], Held], wanted: set[tuple[int, int]], known: set[tuple[int, int]]
) -> Iterable[Conflict]:
    """Places given up since: he said he cannot, so the draft must not put him back."""
    for shift, person in sorted((known & wanted) - set(held)):
        said = _("%(person)s is no longer on %(shift)s, but the draft counts on it.")
        fields = {"person": names.person(person), "shift": names.shifts[shift]}
        yield Conflict(Misfit.LEFT, said % fields, person, shift)


def _over(names: Names, material: Material, lost: set[tuple[int, int]]) -> Iterable[Conflict]:
    """Cells of shifts that are no longer there. Those that simply began are history and need nobody's attention."""
    for shift, person in sorted(lost):
        if shift in material.past:
            continue
        said = _("A shift of %(person)s was cancelled.") % {"person": names.person(person)}
        yield Conflict(Misfit.OVER, said, person, shift)


def _broken(plan: Plan, names: Names) -> Iterable[Conflict]:
    """Rules that the draft breaks by what is known now, and nobody has answered for."""
    for finding in faults(plan):
        kind = Misfit.OVERRIDE if finding.severity == "override" else Misfit.RULE
        shift = finding.shifts[-1] if finding.shifts else None
        yield Conflict(kind, sentence(finding, names), finding.person, shift)
    for cell in plan.lost_pins:
        said = _("%(person)s is on duty elsewhere at the time of %(shift)s.")
        fields = {"person": names.person(cell.person), "shift": names.shifts[cell.shift]}
        yield Conflict(Misfit.RULE, said % fields, cell.person, cell.shift)


def faults(plan: Plan) -> list[Finding]:
    """What stands in the way of publishing. A pin excuses no new place at a time that the person did not offer."""
    held = {(place.person, place.shift) for place in plan.material.held}
    return [
        finding
        for finding in findings(plan, check(plan.problem, plan.answer))
        if finding.stops
        or (
            finding.rule == "availability"
            and finding.severity == "accepted"
            and any((finding.person, shift) not in held for shift in finding.shifts)
        )
    ]


def faults_at(plan: Plan, person: int, shift: int) -> list[Finding]:
    """What stands in the way of publishing at one place."""
    return [finding for finding in faults(plan) if concerns(plan, finding, person, shift)]
