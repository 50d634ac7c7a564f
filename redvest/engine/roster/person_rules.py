"""How one person's duties follow each other, in CP-SAT: one method for each rule, under the rule's name."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

from ortools.sat.python.cp_model import CpModel, IntVar, LinearExpr

from redvest.engine.roster.problem import DAY, Person, Shift
from redvest.engine.roster.rules import Rule
from redvest.engine.roster.variables import Term, Turn, Variables

WEEK = 7


class PersonRules:
    """Adds the rules about one person's duties to the model; `costs` collects (price, variable) of what is priced."""

    def __init__(self, model: CpModel, variables: Variables, person: Person) -> None:
        self.model = model
        self.problem = variables.problem
        self.rules = variables.problem.rules
        self.person = person
        self.turns = variables.turns[person.id]
        self.costs: list[tuple[int, Term]] = []
        self.clashes: set[tuple[int, int]] = set()
        self.days: dict[int, tuple[Term, bool]] = {}  # duty day -> on duty?, is that decided?
        self.nights: dict[int, tuple[Term, bool]] = {}

    def add(self) -> None:
        self.overlap()
        self.rest_floor()
        self.day_hours()
        self.suit_hours()
        self.heat_hours()
        self._at_most_one_of_clashing()
        self.days = self._worked([(turn.day,) for turn in self.turns])
        self.nights = self._worked([turn.nights for turn in self.turns])
        self.rest()
        self.week_hours()
        self.week_hours_wanted()
        self.nights_in_row()
        self.nights_in_row_wanted()
        self.rest_after_nights()
        self.days_in_row()
        self.days_off()

    def overlap(self) -> None:
        """Nobody is on two duties at the same time."""
        for i, j in self._pairs(until=0):
            self.clashes.add((i, j))

    def rest_floor(self) -> None:
        """Between two duties there is at least this rest."""
        self._rest(self.rules.rest_floor)

    def rest(self) -> None:
        """Between two duties there should be this rest; each started hour that is missing costs."""
        self._rest(self.rules.rest)

    def day_hours(self) -> None:
        """In the 24 hours from the start of any duty there is so much service at most."""
        self._in_a_day(self.rules.day_hours, [i for i, turn in enumerate(self.turns) if turn.service])

    def suit_hours(self) -> None:
        """In the same 24 hours there is so much time in suits at most."""
        self._in_a_day(self.rules.suit_hours, [i for i, turn in enumerate(self.turns) if turn.duty.suit])

    def heat_hours(self) -> None:
        """In the same 24 hours there is so much time in the heat at most."""
        hot = [i for i, turn in enumerate(self.turns) if turn.duty.band >= self.rules.hot_band]
        self._in_a_day(self.rules.heat_hours, hot)

    def week_hours(self) -> None:
        """In 7 duty days there is so much service at most; a person may have his own limit."""
        own = self.person.max_minutes_7d
        self._in_a_week(self.rules.week_hours, self.rules.week_hours.value if own is None else own)

    def week_hours_wanted(self) -> None:
        """In 7 duty days there should be so much service at most; each started hour above costs."""
        self._in_a_week(self.rules.week_hours_wanted, self.rules.week_hours_wanted.value)

    def nights_in_row(self) -> None:
        """So many nights in a row at most."""
        self._in_a_row(self.rules.nights_in_row, self.nights)

    def nights_in_row_wanted(self) -> None:
        """So many nights in a row should be the most; each night above costs."""
        self._in_a_row(self.rules.nights_in_row_wanted, self.nights)

    def rest_after_nights(self) -> None:
        """After the last of some nights in a row there is a long rest, unless the run goes on the next night."""
        rule = self.rules.rest_after_nights
        if not rule.on:
            return
        for i, j in self._pairs(until=rule.value):
            first, second = self.turns[i], self.turns[j]
            if second.start < first.end or self._clash(i, j):
                continue
            for night in first.nights:
                if night in second.nights or night + 1 in second.nights:
                    continue
                run = [night - back for back in range(1, self.rules.nights_before_rest)]
                if not all(other in self.nights for other in run):
                    continue
                early = [*(self.nights[other][0] for other in run), first.taken, second.taken]
                decided = [*(self.nights[other][1] for other in run), first.decided, second.decided]
                self._not_all(rule, early, all(decided))

    def days_in_row(self) -> None:
        """So many duty days in a row at most."""
        self._in_a_row(self.rules.days_in_row, self.days)

    def days_off(self) -> None:
        """In 7 duty days there are so many free ones at least; each one missing costs where it is priced."""
        rule = self.rules.days_off
        if not rule.on:
            return
        days = self.days
        for last in self.problem.days:
            week = [days[day] for day in range(last - WEEK + 1, last + 1) if day in days]
            most = WEEK - rule.value
            if len(week) > most:
                decided = sum(is_decided for _, is_decided in week)
                self._limit(rule, LinearExpr.sum([worked for worked, _ in week]), most, decided, 1)

    def exclusive(self, shifts: Iterable[Shift]) -> Iterable[list[Shift]]:
        """The shifts in groups of which the person can take one at most; in time order."""
        turn_of = {shift.id: number for number, turn in enumerate(self.turns) for shift in turn.shifts}
        together: list[Shift] = []
        for shift in sorted(shifts, key=lambda shift: (shift.start, shift.id)):
            number = turn_of[shift.id]
            others = {turn_of[other.id] for other in together}
            if not all(other == number or self._clash(other, number) for other in others):
                yield together
                together = []
            together.append(shift)
        if together:
            yield together

    def _pairs(self, until: int) -> Iterable[tuple[int, int]]:
        """Turns of which the second starts less than `until` minutes after the first has ended."""
        for i, first in enumerate(self.turns):
            for j in range(i + 1, len(self.turns)):
                if self.turns[j].start < first.end + until:
                    yield i, j
                elif self.turns[j].start >= first.end:
                    break

    def _clash(self, i: int, j: int) -> bool:
        return (min(i, j), max(i, j)) in self.clashes

    def _rest(self, rule: Rule) -> None:
        if not rule.on:
            return
        for i, j in self._pairs(until=rule.value):
            first, second = self.turns[i], self.turns[j]
            gap = second.start - first.end
            if gap < 0:
                continue
            if rule.priced:
                if not self._clash(i, j):
                    both = self._both(first, second)
                    self.costs.append((rule.price * -(-(rule.value - gap) // 60), both))
            elif not (first.decided and second.decided):
                self.clashes.add((i, j))

    def _both(self, first: Turn, second: Turn) -> Term:
        """At least 1 if both turns are taken; for prices only."""
        if first.decided:
            return second.taken
        if second.decided:
            return first.taken
        both = self.model.new_bool_var("")
        self.model.add(both >= first.taken + second.taken - 1)
        return both

    def _at_most_one_of_clashing(self) -> None:
        """Clashing turns, gathered into cliques: the fewer and larger, the better the bound."""
        left = set(self.clashes)
        for i, j in sorted(self.clashes):
            if (i, j) not in left:
                continue
            clique = [i, j]
            for k in range(j + 1, len(self.turns)):
                if all((other, k) in self.clashes for other in clique):
                    clique.append(k)
                elif self.turns[k].start > self.turns[i].end + 2 * DAY:
                    break
            left -= set(combinations(clique, 2))
            free = [self.turns[k].taken for k in clique if not self.turns[k].decided]
            if len(free) < len(clique):
                for taken in free:
                    self.model.add(taken == 0)
            else:
                self.model.add_at_most_one(free)

    def _in_a_day(self, rule: Rule, counted: list[int]) -> None:
        """Minutes of the counted turns in the 24 hours from the start of each duty."""
        if not rule.on or not counted:
            return
        decided = [i for i, turn in enumerate(self.turns) if turn.decided]
        for i, first in enumerate(self.turns):
            inside = {}
            for j in counted:
                other = self.turns[j]
                minutes = min(other.end, first.start + DAY) - max(other.start, first.start)
                if minutes > 0 and not self._clash(i, j):
                    inside[j] = minutes
            if self._at_most(inside) <= rule.value:
                continue
            if rule.forbids:
                fixed = sum(inside.get(j, 0) for j in decided) if first.decided else 0
                self._forbid_in_a_day(i, inside, max(rule.value, fixed))
            else:
                self._price_in_a_day(rule, i, inside)

    def _forbid_in_a_day(self, i: int, inside: dict[int, int], limit: int) -> None:
        """Two duties that are too long together clash; more than two are held by their sum."""
        free = [j for j in inside if not self.turns[j].decided]
        for j, k in combinations(sorted(inside), 2):
            if i in (j, k) and inside[j] + inside[k] > limit and not (self.turns[j].decided and self.turns[k].decided):
                self.clashes.add((j, k))
        rest = {j: inside[j] for j in inside if j == i or not self._clash(i, j)}
        if self._at_most(rest) > limit and free:
            total = LinearExpr.weighted_sum([self.turns[j].taken for j in rest], list(rest.values()))
            first = self.turns[i].taken
            within = self.model.add(total <= limit)
            if not isinstance(first, int):
                within.only_enforce_if(first)

    def _at_most(self, inside: dict[int, int]) -> int:
        """No more than this of the minutes can come together: one turn counts of each clique of clashing ones."""
        total = 0
        clique: list[int] = []
        for j in sorted(inside, key=lambda j: (self.turns[j].start, j)):
            if any(not self._clash(j, k) for k in clique):
                total += max(inside[k] for k in clique)
                clique = []
            clique.append(j)
        return total + max((inside[k] for k in clique), default=0)

    def _price_in_a_day(self, rule: Rule, i: int, inside: dict[int, int]) -> None:
        most = sum(inside.values())
        hours = self.model.new_int_var(0, -(-(most - rule.value) // 60), "")
        total = LinearExpr.weighted_sum([self.turns[j].taken for j in inside], list(inside.values()))
        self.model.add(60 * hours >= total - rule.value - most * (1 - self.turns[i].taken))
        self.costs.append((rule.price, hours))

    def _in_a_week(self, rule: Rule, limit: int) -> None:
        """Service minutes in each 7 duty days that end within the problem."""
        if not rule.on:
            return
        for last in self.problem.days:
            week = [turn for turn in self.turns if last - WEEK < turn.day <= last and turn.service]
            decided = sum(turn.service for turn in week if turn.decided)
            if sum(turn.service for turn in week) > limit:
                total = LinearExpr.weighted_sum([turn.taken for turn in week], [turn.service for turn in week])
                self._limit(rule, total, limit, decided, 60)

    def _limit(self, rule: Rule, total: Term, limit: int, decided: int, unit: int) -> None:
        """The total stays within the limit, or within what is decided already; or each started unit above costs."""
        if rule.forbids:
            self.model.add(total <= max(limit, decided))
            return
        over = self.model.new_int_var(0, 10**6, "")
        self.model.add(unit * over >= total - limit)
        self.costs.append((rule.price, over))

    def _in_a_row(self, rule: Rule, days: dict[int, tuple[Term, bool]]) -> None:
        """Not all of `value` + 1 days in a row."""
        if not rule.on:
            return
        for last in sorted(days):
            run = [last - back for back in range(rule.value + 1)]
            if all(day in days for day in run):
                self._not_all(rule, [days[day][0] for day in run], all(days[day][1] for day in run))

    def _not_all(self, rule: Rule, terms: list[Term], decided: bool) -> None:
        """Not all of these hold, or it costs; what is wholly decided stays."""
        total = LinearExpr.sum(terms)
        if rule.priced:
            broken = self.model.new_bool_var("")
            self.model.add(broken >= total - len(terms) + 1)
            self.costs.append((rule.price, broken))
        elif not decided:
            self.model.add(total <= len(terms) - 1)

    def _worked(self, days_of: list[tuple[int, ...]]) -> dict[int, tuple[Term, bool]]:
        """For each day, 1 if any of its turns is taken."""
        by_day: dict[int, list[int]] = defaultdict(list)
        for i, days in enumerate(days_of):
            for day in days:
                by_day[day].append(i)
        return {day: self._any(numbers) for day, numbers in by_day.items()}

    def _any(self, numbers: list[int]) -> tuple[Term, bool]:
        """The sum of turns that exclude each other, else a variable that is at least each of them."""
        if any(self.turns[i].decided for i in numbers):
            return 1, True
        if all(self._clash(i, j) for i, j in combinations(numbers, 2)):
            return LinearExpr.sum([self.turns[i].taken for i in numbers]), False
        worked: IntVar = self.model.new_bool_var("")
        for i in numbers:
            self.model.add(worked >= self.turns[i].taken)
        return worked, False
