"""What a roster pays for besides rules, in CP-SAT: one method for each price of one person, under its name."""

from collections import defaultdict

from ortools.sat.python.cp_model import CpModel, LinearExpr

from redvest.engine.roster.person_rules import PersonRules
from redvest.engine.roster.problem import Assignment, Person, Shift
from redvest.engine.roster.variables import Term, Variables


class Wishes:
    """Collects in `costs` the (price, variable) pairs of what one person's assignments cost."""

    def __init__(self, model: CpModel, variables: Variables, person: Person, rules: PersonRules) -> None:
        self.model = model
        self.problem = variables.problem
        self.prices = variables.problem.prices
        self.person = person
        self.rules = rules
        self.shifts = variables.shifts_of[person.id]
        self.takes = {shift.id: variables.takes[Assignment(person.id, shift.id)] for shift in self.shifts}
        self.breaks = {shift.id: variables.breaks[Assignment(person.id, shift.id)] for shift in self.shifts}
        self.costs: list[tuple[int, Term]] = []

    def add(self) -> None:
        self.fits()
        self.preference()
        self.distance()
        self.continuity()
        self.fairness_minutes()
        self.fairness_nights()
        self.change()

    def fits(self) -> None:
        """Priced rules about one person and one shift: `group` and its like."""
        for shift, taken in self.takes.items():
            self.costs += [(rule.price, taken) for rule in self.breaks[shift]]

    def preference(self) -> None:
        """The person's own price for a shift."""
        for shift, taken in self.takes.items():
            self.costs.append((self.prices.preference * self.person.preferences.get(shift, 0), taken))

    def distance(self) -> None:
        """The way from home."""
        for shift in self.shifts:
            metres = self.problem.distance(self.person, shift)
            self.costs.append((self.prices.distance * metres // 1000, self.takes[shift.id]))

    def continuity(self) -> None:
        """Each post that is new to the person, however often he serves it."""
        if not self.prices.continuity:
            return
        posts: dict[str, list[Shift]] = defaultdict(list)
        for shift in self.shifts:
            if shift.post not in self.person.knows:
                posts[shift.post].append(shift)
        for shifts in posts.values():
            serves = self.model.new_bool_var("")
            for together in self.rules.exclusive(shifts):
                self.model.add(LinearExpr.sum([self.takes[shift.id] for shift in together]) <= serves)
            self.costs.append((self.prices.continuity, serves))

    def fairness_minutes(self) -> None:
        """Each started hour above the fair share, and again above each further step."""
        share = self.person.fair_minutes
        if share is None or not self.prices.fairness_minutes:
            return
        service = {shift.id: shift.minutes for shift in self.shifts if not shift.standby}
        minutes = self.person.past_minutes + sum(self.takes[shift] * length for shift, length in service.items())
        most = self.person.past_minutes + sum(service.values())
        for step in self.prices.fairness_steps:
            hours = self._count(-(-max(0, most - share - step) // 60))
            self.model.add(60 * hours >= minutes - share - step)
            self.costs.append((self.prices.fairness_minutes, hours))

    def fairness_nights(self) -> None:
        """Each night above the fair share."""
        share = self.person.fair_nights
        if share is None or not self.prices.fairness_nights:
            return
        worked = {shift.id: len(self.problem.nights_of(shift)) for shift in self.shifts}
        nights = self.person.past_nights + sum(self.takes[shift] * count for shift, count in worked.items() if count)
        over = self._count(max(0, self.person.past_nights + sum(worked.values()) - share))
        self.model.add(over >= nights - share)
        self.costs.append((self.prices.fairness_nights, over))

    def change(self) -> None:
        """A published assignment dropped, or a new one on a published shift."""
        told = self.problem.told.get(self.person.id, frozenset())
        for shift in sorted(told):
            self.costs.append((self.prices.change, 1 - self.takes.get(shift, 0)))
        for shift, taken in self.takes.items():
            if shift in self.problem.published_shifts and shift not in told:
                self.costs.append((self.prices.change, taken))

    def _count(self, most: int) -> Term:
        return self.model.new_int_var(0, most, "")
