"""The search by people: prices, an auction, then exchanges, with the bound climbing beside them."""

from collections.abc import Callable
from random import Random

import numpy as np

from redvest.engine.roster.personal.ascent import Ascent
from redvest.engine.roster.personal.auction import auction
from redvest.engine.roster.personal.everyone import Everyone
from redvest.engine.roster.personal.exchange import Exchange
from redvest.engine.roster.personal.standing import Standing
from redvest.engine.roster.problem import Problem, Roster

STEPS = 25
"""Steps of the ascent between two looks at the time."""


class ByPeople:
    """One search on one problem. The compiled code is made or loaded when this is built."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem = problem
        self.dice = Random(seed)
        self.everyone = Everyone(problem)
        self.ascent: Ascent | None = None
        for beam in (0, 1):  # everything compiled is called once
            self.everyone.response(0, np.zeros(len(problem.shifts)), beam)
        self.everyone.work = 0.0
        self.everyone.pricing.rates[:] = 0.0
        self.everyone.pricing.posts_expected[:] = 0

    def prices(self, target: int, is_over: Callable[[], bool]) -> int | None:
        """Climbs until told to stop, or until it hardly moves; the bound."""
        if self.ascent is None:
            self.ascent = Ascent(self.everyone)
        while not self.ascent.settled and not is_over():
            self.ascent.climb(STEPS, float(target))
        if np.isfinite(self.ascent.best):
            self.ascent.sharpen()
        return self.ascent.bound

    @property
    def work(self) -> float:
        """What all of this took so far, counted, in what an ordinary core does in a second."""
        return self.everyone.work + (self.ascent.work if self.ascent is not None else 0.0)

    def improve(
        self,
        roster: Roster,
        left: Callable[[], float],
        offer: Callable[[Roster], None],
    ) -> None:
        """Auction and exchanges while `left()`, the share of the time, is above 0. Better rosters go to `offer`."""
        if self.ascent is None:
            raise RuntimeError("prices come first")
        self.everyone.pricing.rates[:] = self.ascent.best_rates
        standing = Standing(self.everyone, roster)
        best = standing.cost
        rise = auction(self.everyone, standing, self.ascent.duals, self.dice, lambda: left() <= 0)
        exchange = Exchange(self.everyone, standing, self.ascent.duals, rise, self.dice)
        if exchange.cost < best:
            best = exchange.cost
            offer(standing.roster)
        kept, pending, told = roster, False, left()
        while True:
            now = left()
            if pending and (now <= 0 or told - now > 0.01):
                offer(kept)
                pending, told = False, now
            if now <= 0 or not exchange.movers:
                return
            cost = exchange.step(now)
            if cost < best - 1e-6:
                best, kept, pending = cost, standing.roster, True
