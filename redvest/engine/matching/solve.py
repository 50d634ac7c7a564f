"""Solves a deployment to the end with CP-SAT: shortage first, then skills, pairs and the way; explains every choice."""

import time
from dataclasses import dataclass
from math import ceil

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import CpModel, CpSolver, IntVar, LinearExpr

from redvest.engine.matching.check import Shortage, check
from redvest.engine.matching.greedy import greedy, may_go
from redvest.engine.matching.problem import Deployment, Helper, Place, Sending
from redvest.engine.result import Progress, Result, Status
from redvest.engine.roster.problem import metres

Goes = dict[tuple[str, str], IntVar]


@dataclass(frozen=True, slots=True)
class Choice:
    """Why this helper goes to this place."""

    helper: str
    place: str
    metres: int
    skills: frozenset[str]  # his skills the place asks for
    partner: str | None  # who goes with him
    pinned: bool
    short: bool  # without him the place would be below what it wants


def solve(problem: Deployment, seconds: float = 5, seed: int = 0, workers: int = 2) -> Result[Sending, Shortage]:
    """The best deployment, nearly always proven within a second for a district's call-up."""
    began = time.monotonic()
    best, bound, proven = greedy(problem), None, False
    solver = CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = workers
    model, goes = _model(problem)
    for (helper, place), go in goes.items():
        model.add_hint(go, int(best.get(helper) == place))
    status = solver.solve(model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        found = {helper: place for (helper, place), go in goes.items() if solver.boolean_value(go)}
        report = check(problem, found)
        if not report.broken and report.cost <= check(problem, best).cost:
            best = found
        bound = ceil(solver.best_objective_bound - 1e-6)
        proven = status == cp_model.OPTIMAL
    report = check(problem, best)
    took = time.monotonic() - began
    state = Status.OPTIMAL if proven else Status.FEASIBLE
    log = (Progress(took, report.cost, bound),)
    return Result(state, best, report.cost, bound, took, seed, report.shortages, log)


def choices(problem: Deployment, sending: Sending) -> tuple[Choice, ...]:
    """Every helper who is sent, with the reasons a coordinator may ask for."""
    helpers = {helper.id: helper for helper in problem.helpers}
    places = {place.id: place for place in problem.places}
    partner = {one: other for pair in problem.pairs for one, other in (pair, pair[::-1])}
    found = []
    for name, target in sorted(sending.items()):
        helper, place = helpers[name], places[target]
        together = partner.get(name)
        found.append(
            Choice(
                name,
                target,
                metres(helper.home, place.location),
                frozenset(need.skill for need in place.skills) & helper.skills,
                together if together is not None and sending.get(together) == target else None,
                (name, target) in problem.pinned,
                list(sending.values()).count(target) <= place.wanted,
            )
        )
    return tuple(found)


def _model(problem: Deployment) -> tuple[CpModel, Goes]:
    model = CpModel()
    goes: Goes = {
        (helper.id, place.id): model.new_bool_var("")
        for helper in problem.helpers
        for place in problem.places
        if may_go(problem, helper, place)
    }
    costs: list[LinearExpr | int] = []
    for helper in problem.helpers:
        model.add_at_most_one(_options(problem, goes, helper))
    for cell in problem.pinned:
        model.add(goes[cell] == 1)
    for place in problem.places:
        costs += _place(model, problem, goes, place)
    for pair in problem.pairs:
        costs.append(problem.weights.pair_apart * _apart(model, problem, goes, pair))
    model.minimize(LinearExpr.sum(costs))
    return model, goes


def _options(problem: Deployment, goes: Goes, helper: Helper) -> list[IntVar]:
    return [goes[helper.id, place.id] for place in problem.places if (helper.id, place.id) in goes]


def _place(model: CpModel, problem: Deployment, goes: Goes, place: Place) -> list[LinearExpr | int]:
    """Heads, shortages and ways of one place."""
    weights = problem.weights
    here = [helper for helper in problem.helpers if (helper.id, place.id) in goes]
    heads = LinearExpr.sum([goes[helper.id, place.id] for helper in here])
    pinned = sum(target == place.id for _, target in problem.pinned)
    model.add(heads <= max(place.maximum, pinned))
    to_minimum = model.new_int_var(0, place.minimum, "")
    to_wanted = model.new_int_var(0, place.wanted - place.minimum, "")
    model.add(heads + to_minimum + to_wanted >= place.wanted)
    costs: list[LinearExpr | int] = [
        weights.under_minimum * place.priority * to_minimum,
        weights.under_wanted * place.priority * to_wanted,
    ]
    for need in place.skills:
        missing = model.new_int_var(0, need.heads, "")
        skilled = [goes[helper.id, place.id] for helper in here if need.skill in helper.skills]
        model.add(LinearExpr.sum(skilled) + missing >= need.heads)
        costs.append(weights.under_skill * place.priority * missing)
    for helper in here:
        way = metres(helper.home, place.location)
        costs.append((weights.kilometre * way // 1000) * goes[helper.id, place.id])
    return costs


def _apart(model: CpModel, problem: Deployment, goes: Goes, pair: tuple[str, str]) -> IntVar:
    """1 if the two are not sent to the same place, or only one of them is sent."""
    apart = model.new_bool_var("")
    for place in problem.places:
        one, other = (goes.get((name, place.id), 0) for name in pair)
        model.add(one - other <= apart)
        model.add(other - one <= apart)
    return apart
