"""A plan that keeps every hard rule, at once: block by block, the urgent first, each where it costs least.

It is the first answer, the start of the search, and the answer where there is no time for more.
"""

from redvest.engine.rounds.ground import Ground
from redvest.engine.rounds.insertion import Desk, blocks
from redvest.engine.rounds.problem import Plan, Problem


def greedy(problem: Problem, start: Plan = ()) -> Plan:
    """What can be kept of `start`, then everything that has room."""
    if not (problem.pairs and problem.stops):
        return ()
    ground = Ground(problem)
    return ground.plan(laid(ground, start).rounds)


def laid(ground: Ground, start: Plan = ()) -> Desk:
    """The same, as the desk on which the search goes on."""
    desk = Desk(ground)
    desk.adopt(ground.rounds(start))
    for block in blocks(ground):
        left = tuple(door for door in block if door in desk.out)
        if left:
            desk.put(left)
    desk.complete()
    return desk
