"""The roster as a CP-SAT model: the reference for every rule, with a proven bound. Solves it within a time limit."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import CpModel, CpSolver, LinearExpr

from redvest.engine.roster.person_rules import PersonRules
from redvest.engine.roster.problem import Assignment, Problem, Roster
from redvest.engine.roster.shift_rules import ShiftRules
from redvest.engine.roster.variables import Term, Variables
from redvest.engine.roster.wishes import Wishes

OnAnswer = Callable[[Roster], object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What CP-SAT found: the best roster or None, a bound or None, and whether the roster is proven best."""

    roster: Roster | None
    bound: int | None
    proven: bool
    work: float  # in CP-SAT's deterministic units


class RosterModel:
    """A CP-SAT model of the whole problem. `cost` in the model is the checker's cost, term by term."""

    def __init__(self, problem: Problem) -> None:
        self.model = CpModel()
        self.variables = Variables(self.model, problem)
        costs: list[tuple[int, Term]] = []
        for person in problem.people:
            rules = PersonRules(self.model, self.variables, person)
            rules.add()
            wishes = Wishes(self.model, self.variables, person, rules)
            wishes.add()
            costs += rules.costs + wishes.costs
        for shift in problem.shifts:
            cover = ShiftRules(self.model, self.variables, shift)
            cover.add()
            costs += cover.costs
        self.model.minimize(LinearExpr.sum([price * term for price, term in costs if price]))

    def start_from(self, roster: Iterable[Assignment]) -> None:
        """Gives the solver a roster to begin with."""
        held = frozenset(roster)
        pinned = self.variables.problem.pinned
        for cell, taken in self.variables.takes.items():
            if cell not in pinned:
                self.model.add_hint(taken, int(cell in held))

    def solve(
        self,
        seconds: float,
        seed: int,
        workers: int,
        work: float | None = None,
        on_answer: OnAnswer | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> Outcome:
        """The best roster within the time and, if given, the work in CP-SAT's own units, which no clock disturbs.

        With one worker the same seed and the same limit of work give the same roster.
        """
        solver = CpSolver()
        solver.parameters.random_seed = seed
        solver.parameters.num_workers = workers
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.linearization_level = 2
        if work is not None:
            solver.parameters.max_deterministic_time = work
        with _Watch(solver, should_stop):
            status = solver.solve(self.model, _Answers(self.variables, on_answer))
        if status == cp_model.MODEL_INVALID:
            raise AssertionError(self.model.validate() or "CP-SAT refused the model or its hint")
        work = solver.response_proto.deterministic_time
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Outcome(None, None, False, work)
        roster = frozenset(cell for cell, taken in self.variables.takes.items() if solver.boolean_value(taken))
        return Outcome(roster, ceil(solver.best_objective_bound - 1e-6), status == cp_model.OPTIMAL, work)


class _Answers(cp_model.CpSolverSolutionCallback):
    """Hands every better roster on."""

    def __init__(self, variables: Variables, on_answer: OnAnswer | None) -> None:
        super().__init__()
        self.variables = variables
        self.on_answer = on_answer

    def on_solution_callback(self) -> None:
        if self.on_answer is not None:
            takes = self.variables.takes.items()
            self.on_answer(frozenset(cell for cell, taken in takes if self.boolean_value(taken)))


class _Watch:
    """Stops a running solver soon after the caller asks for it."""

    def __init__(self, solver: CpSolver, should_stop: Callable[[], bool] | None) -> None:
        self.solver = solver
        self.should_stop = should_stop
        self.over = threading.Event()

    def __enter__(self) -> None:
        if self.should_stop is not None:
            threading.Thread(target=self._watch, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self.over.set()

    def _watch(self) -> None:
        while self.should_stop is not None and not self.over.wait(0.1):
            if self.should_stop():
                self.solver.stop_search()
                return
