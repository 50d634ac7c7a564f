"""Solves a part anew: columns, dives, a choice among all columns met; takes the result only if it is better.

The step of a large neighbourhood search. A part is a problem like any other, so the same machinery serves; the bound
also tells when a part cannot be improved, and then no dive is wasted on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from redvest.engine.roster.columns.dive import Choice, Pace, dive
from redvest.engine.roster.columns.effort import Effort
from redvest.engine.roster.columns.generate import Goal, Relaxation, generate
from redvest.engine.roster.columns.master import Master
from redvest.engine.roster.columns.pool import Columns, Pool
from redvest.engine.roster.columns.pricing import Pricing
from redvest.engine.roster.columns.rows import Floats

QUICK = Pace(share=0.06, rounds=2)


@dataclass(frozen=True, slots=True)
class Care:
    """How carefully a part is solved: the gap of its root, the pace of its dives and their number, and up to how many
    columns a choice among all of them is worth its time."""

    gap: float = 0.5
    pace: Pace = QUICK
    dives: int = 1
    pick_up_to: int = 0
    nodes: int = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a part: something better or None, and whether it is proven that nothing better exists."""

    better: Choice | None
    proven: bool


def improve(
    pricing: Pricing,
    incumbent: Choice,
    effort: Effort,
    dice: Random,
    care: Care = Care(),
    whole_costs: bool = True,
) -> Outcome:
    """Looks for something better than the incumbent."""
    pool = Pool(pricing.persons, len(pricing.rows))
    pool.add(incumbent.columns)
    master = Master(pricing.rows, pricing.persons)
    goal = Goal(gap=care.gap, cutoff=incumbent.cost, whole_costs=whole_costs)
    root = generate(pricing, pool, master, effort, goal)
    if root is None:
        return Outcome(None, False)
    if goal.is_hopeless(root.bound):
        return Outcome(None, True)
    best = incumbent
    for _ in range(care.dives):
        found = dive(pricing, pool, root, effort, dice, care.pace, best.cost)
        if found is not None and found.cost < best.cost - 1e-6:
            best = found
        if effort.over or goal.is_hopeless(root.bound) or best.cost <= root.bound + 1e-6:
            break
    if len(pool) <= care.pick_up_to and best.cost > root.bound + 1 and not effort.over:
        best = picked(pricing, pool, effort, best, care.nodes) or best
    return Outcome(best if best.cost < incumbent.cost - 1e-6 else None, best.cost <= root.bound + 1e-6)


def picked(
    pricing: Pricing,
    pool: Pool,
    effort: Effort,
    best: Choice,
    nodes: int,
    root: Relaxation | None = None,
    most: int = 1500,
) -> Choice | None:
    """The best choice among columns of the pool, if it beats the best known.

    With a root, columns that are dearer than the gap between its bound and the best cost are left out: no better
    choice can hold one. If more than `most` are left, only the cheapest are looked at.
    """
    from redvest.engine.roster.columns.simplex import pick

    columns = pool.columns
    if root is not None:
        over = excess(columns, root, pricing.persons)
        order = np.argsort(over, kind="stable")[:most]
        columns = columns.take(np.sort(order[over[order] <= best.cost - root.bound]).astype(np.int32))
    if len(np.unique(columns.person)) < pricing.persons:
        return None
    chosen = pick(pricing.rows, pricing.persons, columns, effort, None, best.cost, nodes)
    return None if chosen is None else Choice.of(pricing.rows, columns.take(chosen))


def excess(columns: Columns, root: Relaxation, persons: int) -> Floats:
    """How much dearer each column is, at the root's prices, than its person's cheapest."""
    paid = columns.reduced(root.duals)
    lowest = np.full(persons, np.inf)
    np.minimum.at(lowest, columns.person, paid)
    return np.asarray(paid - lowest[columns.person])


class Bandit:
    """Chooses among ways to go on by what each gained for its work, and gives each of them a little work now and then.

    Ways begin with a guess of their work and a hope of gain. What was gained long ago fades, so that a way which
    helped early is left when it helps no more.
    """

    def __init__(self, guesses: Sequence[float], hope: float, fade: float = 0.9, curiosity: float = 0.15) -> None:
        self.fade = fade
        self.curiosity = curiosity
        self.gains = [hope] * len(guesses)
        self.works = list(guesses)
        self.tries = [1.0] * len(guesses)

    def add(self, guess: float, hope: float) -> None:
        """One more way."""
        self.gains.append(hope)
        self.works.append(guess)
        self.tries.append(1.0)

    def choose(self, dice: Random) -> int:
        """The number of the way to go."""
        ways = range(len(self.works))
        rates = [gain / work for gain, work in zip(self.gains, self.works, strict=True)]
        if dice.random() < self.curiosity or sum(rates) <= 0:
            rates = [tries / work for tries, work in zip(self.tries, self.works, strict=True)]
        return dice.choices(ways, rates)[0]

    def learn(self, way: int, gain: float, work: float) -> None:
        """Says what came of it."""
        self.gains[way] = self.gains[way] * self.fade + gain
        self.works[way] = self.works[way] * self.fade + max(work, 1e-6)
        self.tries[way] = self.tries[way] * self.fade + 1.0
