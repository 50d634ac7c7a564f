"""The decisions of the CP-SAT model: who takes which shift, and when each person is on duty."""

from collections import defaultdict
from dataclasses import dataclass

from ortools.sat.python.cp_model import CpModel, IntVar, LinearExpr

from redvest.engine.roster.fit import broken_by
from redvest.engine.roster.problem import Assignment, Duty, Person, Problem, Shift
from redvest.engine.roster.rules import Rule

Term = LinearExpr | int
"""Something the solver decides, or a number where it is decided."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of time a person may be on duty: all his possible shifts of the same times and kind, one at most.

    `taken` is 1 where he is on duty whatever the solver does (`decided`: by a pin, or by another roster).
    """

    duty: Shift | Duty
    shifts: tuple[Shift, ...]
    day: int
    nights: tuple[int, ...]
    taken: IntVar | int
    decided: bool

    @property
    def start(self) -> int:
        return self.duty.start

    @property
    def end(self) -> int:
        return self.duty.end

    @property
    def service(self) -> int:
        """Minutes of service: none on standby."""
        return 0 if self.duty.standby else self.end - self.start


class Variables:
    """`takes[person, shift]` for every assignment that no hard rule forbids, and `turns[person]` in time order."""

    def __init__(self, model: CpModel, problem: Problem) -> None:
        self.problem = problem
        self.takes: dict[Assignment, IntVar] = {}
        self.breaks: dict[Assignment, list[Rule]] = {}  # priced rules an assignment breaks
        self.shifts_of: dict[str, list[Shift]] = defaultdict(list)
        self.people_of: dict[str, list[Person]] = defaultdict(list)
        self.turns: dict[str, list[Turn]] = {}
        for person in problem.people:
            self._assignments(model, person)
            self.turns[person.id] = sorted(self._turns(model, person), key=lambda turn: (turn.start, turn.end))

    def _assignments(self, model: CpModel, person: Person) -> None:
        for shift in self.problem.shifts:
            cell = Assignment(person.id, shift.id)
            broken = broken_by(self.problem, person, shift)
            pinned = cell in self.problem.pinned
            if pinned or not any(rule.forbids for rule in broken):
                self.takes[cell] = (
                    model.new_constant(1) if pinned else model.new_bool_var(f"{person.id} takes {shift.id}")
                )
                self.breaks[cell] = [rule for rule in broken if rule.priced]
                self.shifts_of[person.id].append(shift)
                self.people_of[shift.id].append(person)

    def _turns(self, model: CpModel, person: Person) -> list[Turn]:
        alike: dict[tuple[int, int, bool, bool, int], list[Shift]] = defaultdict(list)
        for shift in self.shifts_of[person.id]:
            alike[shift.start, shift.end, shift.standby, shift.suit, shift.band].append(shift)
        turns = [self._turn(model, person, shifts) for shifts in alike.values()]
        for duty in person.fixed:
            turns.append(Turn(duty, (), self.problem.day_of(duty), self.problem.nights_of(duty), 1, True))
        return turns

    def _turn(self, model: CpModel, person: Person, shifts: list[Shift]) -> Turn:
        """One turn of some shifts of the same times: taken if one of them is."""
        first = shifts[0]
        cells = [Assignment(person.id, shift.id) for shift in shifts]
        decided = any(cell in self.problem.pinned for cell in cells)
        takes = [self.takes[cell] for cell in cells]
        taken: IntVar | int = 1 if decided else takes[0]
        if len(takes) > 1:
            if not decided:
                taken = model.new_bool_var(f"{person.id} on duty at {first.start}")
            model.add(LinearExpr.sum(takes) == taken)
        return Turn(first, tuple(shifts), self.problem.day_of(first), self.problem.nights_of(first), taken, decided)

    def takers(self, shift: Shift) -> list[IntVar]:
        """Everyone's decision about one shift."""
        return [self.takes[Assignment(person.id, shift.id)] for person in self.people_of[shift.id]]

    def pinned_on(self, shift: Shift) -> list[Person]:
        return [person for person in self.people_of[shift.id] if (person.id, shift.id) in self.problem.pinned]
