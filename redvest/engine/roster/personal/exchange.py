"""Improving a roster by people: a few give their whole rosters back and take new ones, one after the other.

Each takes the best for him at what places are worth as things then stand, held down to market prices so that the first
does not take what the next could do better. Ruin and recreate after Schrimpf and others (2000); worse answers are taken
now and then, less and less (simulated annealing, Kirkpatrick and others 1983).
"""

from math import log
from random import Random

import numpy as np

from redvest.engine.roster.columns.rows import Floats
from redvest.engine.roster.personal.everyone import Everyone
from redvest.engine.roster.personal.standing import Standing

MOST_PEOPLE = 5
BEAM = 6
WARMTH = 10.0
"""What a worse answer may cost more at the start, on average."""
NOISE = 3.0


class Exchange:
    """The state of the improvement; `standing` is where it is, not the best it was."""

    def __init__(self, everyone: Everyone, standing: Standing, duals: Floats, rise: Floats, dice: Random) -> None:
        self.everyone = everyone
        self.standing = standing
        self.market = everyone.places.worth(duals)
        self.rise = rise
        self.dice = dice
        self.noise = np.random.default_rng(dice.randrange(2**31))
        self.movers = [person for person in range(everyone.persons) if not everyone.pricing.odd[person]]
        self.start = np.array([shift.start for shift in everyone.problem.shifts], np.int64)
        self.cost = standing.cost

    def step(self, left: float) -> float:
        """One exchange; `left` is the share of the whole time that is left. The cost where things stand then."""
        people = self._some()
        before = [(self.standing.held[person], float(self.standing.own[person])) for person in people]
        for person in people:
            self.standing.put(person, (), 0.0)
        self.dice.shuffle(order := list(range(len(people))))
        done = all(self._respond(people[place]) for place in order)
        cost = self.standing.cost
        if done and cost <= self.cost - WARMTH * left * log(1e-12 + self.dice.random()):
            self.cost = cost
            return cost
        for person in people:
            self.standing.put(person, (), 0.0)
        for person, (shifts, own) in zip(people, before, strict=True):
            self.standing.put(person, shifts, own)
        return self.cost

    def _respond(self, person: int) -> bool:
        worth = self.standing.worth(person)
        if self.dice.random() < 0.7:
            market = self.market[self.everyone.places.kind[person]] + self.rise
            worth = np.minimum(worth, market * (1 + 0.5 * self.dice.random()) + 30 * self.dice.random())
        if self.dice.random() < 0.5:
            worth = worth + self.noise.normal(0.0, NOISE, len(worth))
        answer = self.everyone.response(person, worth, BEAM)
        if answer is None:
            return False
        self.standing.put(person, answer.shifts, answer.cost)
        return True

    def _some(self) -> list[int]:
        """A few people: on duty about the same time, or anybody."""
        count = self.dice.randint(1, min(MOST_PEOPLE, len(self.movers)))
        if self.dice.random() < 0.5:
            moment = self.start[self.dice.randrange(len(self.start))]
            near = np.flatnonzero(np.abs(self.start - moment) < 1440)
            there = [person for person in self.standing.on_any_of(near) if not self.everyone.pricing.odd[person]]
            self.dice.shuffle(there)
            return there[:count] or [self.dice.choice(self.movers)]
        return self.dice.sample(self.movers, count)
