"""Ruin and recreate on the exact cost: takes some doors out, puts them back where they cost least, again and again.

It sees what the model leaves out: lateness by the minute, the row that was published, pins, faces counted once a
building. Schrimpf et al. (2000), "Record breaking optimization results using the ruin and recreate principle".
"""

import random
from collections.abc import Callable

from redvest.engine.rounds.ground import Row
from redvest.engine.rounds.insertion import Desk

LARGEST = 12
"""Visits of stairwells taken out at a time."""
RETRIED = 8
"""Doors that are out and tried again in each round."""
COOLING = 0.003
"""How much worse, as a share of the cost, a plan may be and still be walked on from; falls to nothing."""


def polish(
    desk: Desk,
    seed: int,
    over: Callable[[], bool],
    steps: int | None = None,
    found: Callable[[Desk], None] | None = None,
) -> Desk:
    """The best desk found until `over()` or after so many steps."""
    dice = random.Random(seed)
    best = here = desk
    step = 0
    while not over() and (steps is None or step < steps):
        step += 1
        there = here.copy()
        taken = _ruin(there, dice)
        if not taken and not there.out:
            break
        _recreate(there, taken, dice)
        warmth = COOLING * (1 - step / steps if steps else 1 / (1 + step / 200))
        if there.cost <= here.cost or there.cost < best.cost * (1 + warmth * dice.random()):
            here = there
        if there.cost < best.cost:
            best = there
            if found is not None:
                found(best)
    best = best.copy()
    best.complete()
    return best


def _visits(desk: Desk) -> list[tuple[int, Row]]:
    """Every visit of a stairwell in the rounds, with its pair."""
    wells = desk.ground.wells
    found: list[tuple[int, Row]] = []
    for pair, trips in enumerate(desk.rounds):
        for _, row in trips:
            start = 0
            for end in range(1, len(row) + 1):
                if end == len(row) or wells[row[end]] != wells[row[start]]:
                    found.append((pair, row[start:end]))
                    start = end
    return found


def _ruin(desk: Desk, dice: random.Random) -> list[Row]:
    """Takes some visits out: near each other, or of one pair, or anywhere."""
    visits = _visits(desk)
    if not visits:
        return []
    heads = min(len(visits), dice.randint(1, LARGEST))
    pair, centre = dice.choice(visits)
    way = dice.random()
    if way < 0.6:
        out = sorted(desk.out)
        middle = dice.choice(out) if out and dice.random() < 0.5 else centre[0]
        leg = desk.ground.leg[middle]
        visits.sort(key=lambda visit: (min(leg[visit[1][0]], desk.ground.leg[visit[1][0]][middle]), visit[1][0]))
        row = [visit for _, visit in visits[: heads * 3]]
        row = dice.sample(row, min(heads, len(row)))
    elif way < 0.8:
        row = [visit for owner, visit in visits if owner == pair]
        at = row.index(centre)
        row = row[max(0, at - heads // 2) : at + heads // 2 + 1]
    else:
        row = [visit for _, visit in dice.sample(visits, heads)]
    desk.take_out(door for visit in row for door in visit)
    return row


def _recreate(desk: Desk, taken: list[Row], dice: random.Random) -> None:
    """Puts back what was taken out, and tries some of what was out before; the urgent first, or in any order."""
    known = {door for visit in taken for door in visit}
    waiting = sorted(desk.out - known)
    row = taken + [(door,) for door in dice.sample(waiting, min(RETRIED, len(waiting)))]
    dice.shuffle(row)
    if dice.random() < 0.5:
        stops = desk.ground.problem.stops
        row.sort(key=lambda visit: min(stops[door].priority for door in visit))
    for visit in row:
        left = tuple(door for door in visit if door in desk.out)
        if not left:
            continue
        if len(left) > 1 and dice.random() < 0.2:
            cut = dice.randint(1, len(left) - 1)
            desk.put(left[:cut])
            left = left[cut:]
        desk.put(left)
