"""A usable roster in milliseconds: shift by shift in time order, to the cheapest and least burdened person who may.

Breaks no hard rule. It is the first answer, the start of the search, and the answer when there is no time for more.
"""

from collections import Counter
from collections.abc import Iterable

from redvest.engine.roster.fit import Diary, broken_by
from redvest.engine.roster.problem import Assignment, Person, Problem, Roster, Shift
from redvest.engine.roster.rules import Severity


def greedy(problem: Problem, start: Iterable[Assignment] = ()) -> Roster:
    """A roster that keeps every hard rule: what is pinned, then what can be kept of `start`, then new assignments."""
    desk = _Desk(problem)
    for cell in sorted(problem.pinned):
        desk.put(problem.person_of[cell.person], problem.shift_of[cell.shift])
    kept = frozenset(start) - problem.pinned
    for cell in sorted(kept, key=lambda cell: (not problem.person_of[cell.person].experienced, cell)):
        desk.try_to_put(problem.person_of[cell.person], problem.shift_of[cell.shift])
    order = desk.in_time_order()
    for shift in order:
        desk.fill(shift, shift.minimum)
    for shift in order:
        if problem.prices.under_wanted:
            desk.fill(shift, shift.wanted)
    desk.leave_nobody_alone()
    return desk.roster()


class _Desk:
    """The state of the work: everyone's diary, who stands on each shift, and what each person would cost there."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.diaries = {person.id: Diary(problem, person) for person in problem.people}
        self.held: dict[str, dict[str, Person]] = {shift.id: {} for shift in problem.shifts}
        self.hours = {person.id: person.past_minutes / 60 for person in problem.people}
        self.nights = {person.id: float(person.past_nights) for person in problem.people}
        self.fitting: dict[str, list[tuple[float, Person]]] = {
            shift.id: self._fitting(shift) for shift in problem.shifts
        }
        wanted = Counter(need.skill for shift in problem.shifts for need in shift.skills for _ in range(need.heads))
        owners = Counter(skill for person in problem.people for skill in person.skills)
        self.rarity = {skill: wanted[skill] / owners[skill] for skill in wanted if owners[skill]}

    def _fitting(self, shift: Shift) -> list[tuple[float, Person]]:
        """Who may take the shift at all, each with the price that does not depend on the rest of the roster."""
        problem, prices = self.problem, self.problem.prices
        found = []
        for person in problem.people:
            broken = broken_by(problem, person, shift)
            if any(rule.severity is Severity.FORBID for rule in broken):
                continue
            price = float(sum(rule.price for rule in broken))
            price += prices.preference * person.preferences.get(shift.id, 0)
            price += prices.distance * problem.distance(person, shift) / 1000
            if shift.post not in person.knows:
                price += prices.continuity
            if shift.id in problem.published_shifts:
                price += prices.change if Assignment(person.id, shift.id) not in problem.published else -prices.change
            found.append((price, person))
        return found

    def in_time_order(self) -> list[Shift]:
        """In the order in which they start: rest is then found easily. Of those that start together the urgent first,
        then those that few people may take."""
        return sorted(
            self.problem.shifts,
            key=lambda shift: (shift.start, -shift.priority, len(self.fitting[shift.id]), shift.id),
        )

    def fill(self, shift: Shift, heads: int) -> None:
        """Up to so many heads, as far as people can be found."""
        while len(self.held[shift.id]) < heads:
            person = self._best(shift)
            if person is None:
                return
            self.put(person, shift)

    def _best(self, shift: Shift) -> Person | None:
        by_night = bool(self.problem.nights_of(shift))
        needed = {need.skill for need in shift.skills}
        spare = shift.experienced <= sum(other.experienced for other in self.held[shift.id].values())
        ranked = sorted(
            (price + self._burden(person, by_night, needed, spare), person.id, person)
            for price, person in self.fitting[shift.id]
        )
        return next((person for _, _, person in ranked if self._may(person, shift)), None)

    def _burden(self, person: Person, by_night: bool, needed: set[str], spare_experienced: bool) -> float:
        """What speaks for sparing this person: duty so far, and skills that are rare and not needed here."""
        prices = self.problem.prices
        burden = prices.fairness_minutes * self.hours[person.id]
        if by_night:
            burden += prices.fairness_nights * self.nights[person.id]
        if spare_experienced:
            burden += 20 * person.experienced
        return burden + sum(10 * self.rarity.get(skill, 0) for skill in person.skills - needed)

    def _may(self, person: Person, shift: Shift) -> bool:
        held = self.held[shift.id]
        return (
            person.id not in held
            and self._fits_beside(person, shift, list(held.values()))
            and self.diaries[person.id].admits(shift)
        )

    def _fits_beside(self, person: Person, shift: Shift, held: list[Person]) -> bool:
        """`over_maximum`, `skills` and `experience`, in the order in which the places are filled."""
        if len(held) >= shift.maximum:
            return False
        old_hands = sum(other.experienced for other in held)
        if self.problem.rules.experience.on and not person.experienced and old_hands < shift.experienced:
            return False
        if not self.problem.rules.skills.on:
            return True
        for need in shift.skills:
            without = sum(need.skill not in other.skills for other in held)
            if need.skill not in person.skills and without >= shift.maximum - need.heads:
                return False
        return True

    def try_to_put(self, person: Person, shift: Shift) -> None:
        if any(person is other for _, other in self.fitting[shift.id]) and self._may(person, shift):
            self.put(person, shift)

    def put(self, person: Person, shift: Shift) -> None:
        self.held[shift.id][person.id] = person
        self.diaries[person.id].add(shift)
        if not shift.standby:
            self.hours[person.id] += shift.minutes / 60
        self.nights[person.id] += len(self.problem.nights_of(shift))

    def leave_nobody_alone(self) -> None:
        """`alone`, where it forbids: better nobody than one."""
        if not self.problem.rules.alone.forbids:
            return
        for shift in self.problem.shifts:
            held = self.held[shift.id]
            if not shift.never_alone or len(held) != 1:
                continue
            (person,) = held
            if Assignment(person, shift.id) not in self.problem.pinned:
                self.diaries[person].remove(shift)
                held.clear()

    def roster(self) -> Roster:
        return frozenset(Assignment(person, shift) for shift, people in self.held.items() for person in people)
