"""Who stands on a shift together, in CP-SAT: one method for each rule and price, under its name."""

from ortools.sat.python.cp_model import CpModel, LinearExpr

from redvest.engine.roster.problem import Shift
from redvest.engine.roster.variables import Term, Variables


class ShiftRules:
    """Adds the rules about one shift to the model; `costs` collects (price, variable) of what is priced."""

    def __init__(self, model: CpModel, variables: Variables, shift: Shift) -> None:
        self.model = model
        self.problem = variables.problem
        self.shift = shift
        self.people = variables.people_of[shift.id]
        self.takers = variables.takers(shift)
        self.pinned = variables.pinned_on(shift)
        self.heads = LinearExpr.sum(self.takers)
        self.most = max(shift.maximum, len(self.pinned))
        self.costs: list[tuple[int, Term]] = []

    def add(self) -> None:
        self.over_maximum()
        self.skills()
        self.experience()
        self.alone()
        self.under_and_over()
        self.under_skill()

    def over_maximum(self) -> None:
        """No more people than places."""
        if len(self.takers) > self.most:
            self.model.add(self.heads <= self.most)

    def skills(self) -> None:
        """Places that need a skill are kept for people who have it."""
        rule = self.problem.rules.skills
        if not rule.on:
            return
        for need in self.shift.skills:
            without = self._those([need.skill not in person.skills for person in self.people])
            pinned = sum(need.skill not in person.skills for person in self.pinned)
            places = self.shift.maximum - need.heads
            if rule.forbids:
                self.model.add(LinearExpr.sum(without) <= max(places, pinned))
            else:
                misused = self._count(self.most)
                self.model.add(misused >= LinearExpr.sum(without) - places)
                self.costs.append((rule.price, misused))

    def experience(self) -> None:
        """A newcomer serves only beside so many experienced people."""
        rule, needed = self.problem.rules.experience, self.shift.experienced
        if not rule.on or not needed:
            return
        old_hands = sum(person.experienced for person in self.pinned)
        if rule.forbids and old_hands < min(needed, len(self.pinned)):
            return  # decided so: what is pinned breaks it by itself
        beside = self._count(len(self.takers))
        self.model.add(beside == LinearExpr.sum(self._those([person.experienced for person in self.people])))
        missing: Term = 0
        if rule.priced:
            missing = self._count(needed)
            self.costs.append((rule.price, missing))
        newcomers = self._those([not person.experienced for person in self.people])
        if needed == 1:
            self.model.add(LinearExpr.sum(newcomers) <= max(1, self.most - 1) * beside + self.most * missing)
            return
        for newcomer in newcomers:
            self.model.add(needed * newcomer <= beside + missing)

    def alone(self) -> None:
        """A pair is never one person alone."""
        rule = self.problem.rules.alone
        if not rule.on or not self.shift.never_alone:
            return
        if rule.forbids and len(self.pinned) == 1:
            return  # decided so
        occupied = self.model.new_bool_var("")
        self.model.add(self.heads <= self.most * occupied)
        alone: Term = 0
        if rule.priced:
            alone = self.model.new_bool_var("")
            self.costs.append((rule.price, alone))
        self.model.add(self.heads + alone >= 2 * occupied)

    def under_and_over(self) -> None:
        """`under_minimum`, `under_wanted`, `over_wanted`: heads and what is missing make up what is wanted."""
        shift, prices = self.shift, self.problem.prices
        under_minimum = self._count(shift.minimum)
        under_wanted = self._count(shift.wanted - shift.minimum)
        over_wanted = self._count(max(0, self.most - shift.wanted))
        self.model.add(self.heads + under_minimum + under_wanted - over_wanted == shift.wanted)
        self.costs.append((prices.under_minimum * shift.priority, under_minimum))
        self.costs.append((prices.under_wanted * shift.priority, under_wanted))
        self.costs.append((prices.over_wanted, over_wanted))

    def under_skill(self) -> None:
        """Heads with a needed skill that are missing."""
        for need in self.shift.skills:
            missing = self._count(need.heads)
            skilled = self._those([need.skill in person.skills for person in self.people])
            self.model.add(LinearExpr.sum(skilled) + missing >= need.heads)
            self.costs.append((self.problem.prices.under_skill * self.shift.priority, missing))

    def _those(self, which: list[bool]) -> list[Term]:
        return [taken for taken, wanted in zip(self.takers, which, strict=True) if wanted]

    def _count(self, most: int) -> Term:
        return self.model.new_int_var(0, most, "") if most else 0
