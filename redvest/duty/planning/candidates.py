"""Who could take a shift, and which shift a person could take: each choice with its cost and faults, the best first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from redvest.duty.models import Roster, Shift
from redvest.duty.planning.findings import Effect, Overrides, effect_of, unpinned
from redvest.duty.planning.material import Material, gather
from redvest.duty.planning.problem import Cell, Plan, plan_for
from redvest.engine.roster.check import Change, Delta, additions, delta
from redvest.engine.roster.problem import Assignment

Pair = tuple[int, int]  # person, shift


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to fill a place. ``removes`` is what it takes away for it."""

    person: int
    shift: int
    effect: Effect
    removes: tuple[Pair, ...] = ()

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Free choices first, then those that need an override, then those nobody may make; cheaper ones before."""
        blocked = 2 if self.effect.forbidden else 1 if self.effect.to_override else 0
        return (blocked, self.effect.cost, self.person, self.shift)


def people_for(plan: Plan, shift: int, *, instead_of: int | None = None) -> list[Choice]:
    """Everybody who is not on the shift, the best first; ``instead_of`` leaves the shift when another comes."""
    if instead_of is None:
        return _ranked(plan, shift, plan.answer, Delta(0, (), ()), ())
    leaving = Assignment(str(instead_of), str(shift))
    freed = unpinned(plan)
    change = delta(freed.problem, freed.answer, Change(remove=frozenset({leaving})))
    return _ranked(freed, shift, freed.answer - {leaving}, change, ((instead_of, shift),))


def shifts_for(plan: Plan, person: int, shifts: Iterable[int]) -> list[Choice]:
    """Which of these shifts the person could take, the best first."""
    plan = unpinned(plan)
    overrides = Overrides(plan)
    mine = {cell.shift for cell in plan.cells if cell.person == person}
    choices = []
    for shift in shifts:
        if shift not in mine:
            change = Change(frozenset({Assignment(str(person), str(shift))}))
            found = effect_of(plan, delta(plan.problem, plan.answer, change), overrides, frozenset({(person, shift)}))
            choices.append(Choice(person, shift, found))
    return sorted(choices, key=lambda choice: choice.rank)


def _ranked(
    plan: Plan, shift: int, answer: frozenset[Assignment], first: Delta, removes: tuple[Pair, ...]
) -> list[Choice]:
    """The choices for a shift after what ``first`` did: somebody leaving it, or nothing."""
    overrides = Overrides(plan)
    gone = {person for person, _shift in removes}
    choices = []
    for key, then in additions(plan.problem, answer, str(shift)).items():
        person = int(key)
        if person not in gone:
            found = effect_of(plan, together(first, then), overrides, frozenset({(person, shift)}))
            choices.append(Choice(person, shift, found, removes))
    return sorted(choices, key=lambda choice: choice.rank)


def together(first: Delta, then: Delta) -> Delta:
    """Two changes one after the other as one: what the second takes back of the first never happened."""
    appears = {*first.appears} - {*then.disappears} | {*then.appears} - {*first.disappears}
    disappears = {*first.disappears} - {*then.appears} | {*then.disappears} - {*first.appears}
    order = [*first.appears, *then.appears, *first.disappears, *then.disappears]
    return Delta(
        first.cost + then.cost,
        tuple(finding for finding in dict.fromkeys(order) if finding in appears),
        tuple(finding for finding in dict.fromkeys(order) if finding in disappears),
    )


def same_shift_on(material: Material, shift: Shift, day: date) -> Shift | None:
    """The shift of the same post and turn on another duty day: where a chip lands that is dragged along its row."""
    for other in material.shifts.values():
        if other.post_id == shift.post_id and other.duty_day == day and other.label == shift.label:
            return other
    return None


def now_around(shift: Shift, now: datetime) -> Plan:
    """The places held on one shift as a plan that is not stored: who could stand there now, and what it would break.

    ``shift.post.area`` and ``shift.post.incident`` with its playbook and area should be selected.
    """
    roster = Roster(
        incident=shift.post.incident,
        area=shift.post.incident.area,
        first_day=shift.duty_day - timedelta(days=1),
        last_day=shift.duty_day + timedelta(days=1),
        settings={"with_standing_by": True},
    )
    # A shift that is running may still be filled: history ends where it begins.
    material = gather(roster, min(now, shift.starts - timedelta(seconds=1)), only=shift)
    return plan_for(material, [Cell(place.shift, place.person) for place in material.held])
