"""A first roster from prices: everybody takes what is best for him at them; what stays empty becomes dearer.

Bertsekas (1988), "The auction algorithm: a distributed relaxation method for the assignment problem", with whole
rosters for bids.
"""

from collections.abc import Callable
from random import Random

import numpy as np

from redvest.engine.roster.columns.rows import Floats
from redvest.engine.roster.personal.everyone import Everyone
from redvest.engine.roster.personal.standing import Standing

SWEEPS = 20
RISE = 3.0
"""How much dearer a place gets for each head missing after a sweep."""
FADE = 0.98
FILLS = 4
BEAM = 5


def auction(everyone: Everyone, standing: Standing, duals: Floats, dice: Random, is_over: Callable[[], bool]) -> Floats:
    """Rounds of bids, everyone's old roster given back first; then everybody takes what is best as things stand. Leaves
    the result in `standing`, or the old roster where that was cheaper.

    Returns what each place was worth at last beyond the prices given: where people are scarce.
    """
    old = standing.cost, (list(standing.held), standing.own.copy())
    worth = everyone.places.worth(duals)
    kind = everyone.places.kind
    rise = np.zeros(standing.shifts)
    best, kept = np.inf, (list(standing.held), standing.own.copy())
    movers = [person for person in range(everyone.persons) if not everyone.pricing.odd[person]]
    for person in movers:
        stay = everyone.pinned_shifts(person)
        standing.put(person, stay, everyone.cost_of(person, list(stay)))
    for _ in range(SWEEPS):
        dice.shuffle(movers)
        for person in movers:
            if is_over():
                break
            standing.put(person, (), 0.0)
            answer = everyone.response(person, np.minimum(standing.worth(person), worth[kind[person]] + rise), BEAM)
            if answer is not None:
                standing.put(person, answer.shifts, answer.cost)
        missing = np.maximum(0, standing.wanted - standing.heads)
        rise = np.where(missing > 0, rise + RISE * missing, FADE * rise)
        if standing.cost < best:
            best, kept = standing.cost, (list(standing.held), standing.own.copy())
        if is_over() or not missing.any():
            break
    _restore(standing, kept)
    fill(everyone, standing, movers, is_over)
    if standing.cost > old[0]:
        _restore(standing, old[1])
        fill(everyone, standing, movers, is_over)
    return rise


def _restore(standing: Standing, kept: tuple[list[tuple[int, ...]], Floats]) -> None:
    for person, shifts in enumerate(kept[0]):
        standing.put(person, shifts, float(kept[1][person]))


def fill(everyone: Everyone, standing: Standing, movers: list[int], is_over: Callable[[], bool]) -> None:
    """Everybody in turn takes what is best as things stand, at its full worth, as long as that helps."""
    for _ in range(FILLS):
        before = standing.cost
        for person in movers:
            if is_over():
                return
            cost, shifts, own = standing.cost, standing.held[person], float(standing.own[person])
            standing.put(person, (), 0.0)
            answer = everyone.response(person, standing.worth(person), BEAM)
            if answer is not None:
                standing.put(person, answer.shifts, answer.cost)
            if answer is None or standing.cost > cost:
                standing.put(person, shifts, own)
        if standing.cost > 0.99 * before:
            return
