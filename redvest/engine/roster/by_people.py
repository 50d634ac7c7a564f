"""The search by people as a part of a search: which share of the time goes where, and what is told meanwhile."""

import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from redvest.engine.roster.greedy import greedy
from redvest.engine.roster.problem import Roster
from redvest.engine.roster.search import Search

if TYPE_CHECKING:
    from redvest.engine.roster.personal.solver import ByPeople

FOR_PRICES = 0.12
"""Share of the time until prices are good enough to begin with rosters."""
FOR_PARTS = 0.2
"""Share of the time for parts with CP-SAT, where somebody can only be moved by it."""


def improve_by_people(search: Search) -> None:
    """Prices, auction and exchanges. Until the compiled code is there, parts are solved with CP-SAT."""
    solver = _Loading(search).wait()
    if solver is None:
        return
    people = _Run(search, solver)
    people.prices()
    people.rosters()
    if solver.everyone.pricing.odd.any():
        search.improve()


class _Loading:
    """Loads or makes the compiled code beside the search: on a machine that never did, this takes half a minute."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.solver: ByPeople | None = None
        self.failure: Exception | None = None

    def wait(self) -> "ByPeople | None":
        """The solver; None if time was over first. One worker only waits, so that its answer does not depend on how
        long the loading took."""
        thread = threading.Thread(target=self._load, daemon=True)
        thread.start()
        thread.join(min(1.5, self.search.left))
        if thread.is_alive() and self.search.workers > 1:
            self.search.improve(until=lambda: not thread.is_alive())
        while thread.is_alive() and not self.search.over:
            thread.join(0.1)
        if self.failure is not None:
            raise self.failure
        return self.solver

    def _load(self) -> None:
        try:
            from redvest.engine.roster.personal.solver import ByPeople  # loads Numba

            self.solver = ByPeople(self.search.problem, self.search.seed)
        except Exception as wrong:  # told by the thread that waits
            self.failure = wrong


class _Run:
    """One run. With one worker everything is counted in work, with more the clock counts."""

    def __init__(self, search: Search, solver: "ByPeople") -> None:
        self.search = search
        self.solver = solver
        self.began = time.monotonic()
        self.span = max(0.05, search.until - self.began)
        self.work = max(1e-3, search.work_left)
        self.share = 1.0 - FOR_PARTS if solver.everyone.pricing.odd.any() else 1.0

    def left(self) -> float:
        """The share of the time or of the work that is left; 0 when it is over."""
        search = self.search
        if search.found_bound is not None:
            search.raise_bound(search.found_bound)
        if search.over:
            return 0.0
        if search.workers == 1:
            search.work_left = self.work - self.solver.work
            return max(0.0, 1.0 - self.solver.work / self.work / self.share)
        return max(0.0, 1.0 - (time.monotonic() - self.began) / self.span / self.share)

    def prices(self) -> None:
        """Prices to begin with; with more than one worker they go on beside the rosters, for the bound."""
        search = self.search
        until = 1.0 - FOR_PRICES
        bound = self.solver.prices(search.cost, lambda: self.left() <= until)
        if bound is not None:
            search.raise_bound(bound)
        if search.workers > 1 and not search.over:
            threading.Thread(target=self._climb, daemon=True).start()

    def _climb(self) -> None:
        while not self.search.over:
            pause = partial(self._is_past, time.monotonic() + self.span / 10)
            self.search.found_bound = self.solver.prices(self.search.cost, pause)
            if self.solver.ascent is None or self.solver.ascent.settled:
                return

    def _is_past(self, moment: float) -> bool:
        return self.search.over or time.monotonic() >= moment

    def rosters(self) -> None:
        self.solver.improve(self.search.best, self.left, self._offer)

    def _offer(self, roster: Roster) -> None:
        """Where a rule is only near in the exchanges, the checker may find it broken: then what can be kept is kept."""
        if not self.search.offer_if_whole(roster):
            self.search.offer(greedy(self.search.problem, roster))
