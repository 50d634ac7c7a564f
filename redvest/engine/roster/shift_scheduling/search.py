"""The search for one instance: a root relaxation, dives from it, choices among all columns, and neighbourhoods solved
anew."""

import threading
import time
from random import Random

import numpy as np

from redvest.engine.roster.columns.dive import Choice, Pace, dive
from redvest.engine.roster.columns.effort import Effort
from redvest.engine.roster.columns.generate import Goal, Relaxation, generate
from redvest.engine.roster.columns.improve import Bandit, Care, excess, improve, picked
from redvest.engine.roster.columns.master import Master
from redvest.engine.roster.columns.pool import Pool
from redvest.engine.roster.columns.rows import Flags, Ints
from redvest.engine.roster.shift_scheduling.cut import cut, merged
from redvest.engine.roster.shift_scheduling.neighbourhoods import Size, choose, sizes
from redvest.engine.roster.shift_scheduling.part import Shifts
from redvest.engine.roster.shift_scheduling.pricing import PartPricing, columns_of, shifts_of
from redvest.engine.roster.shift_scheduling.state import Found

ROOT_GAP = 0.3
ROUNDS = 100
"""Rounds of pricing that a root takes as a rule; where they would not fit into its share of the time there is none."""
ROOT_SHARE = 0.6
MOST_ARCHIVED = 30_000
PICK_SECONDS, PICK_NODES = 4.0, 50
HOPE = 0.01
"""What a way that was never gone is expected to gain, as a share of the cost."""
LONG, SWEEP, CROWD = 100, 28, 2000
"""Days above which windows are swept first, the days of a window, and people x shifts from which it is half as long."""
DIVE, PICK = "dive", "pick"


def guess(size: Size) -> float:
    """The work that solving such a neighbourhood may take."""
    return float(2e-6 * size.cells**2)


class Search:
    """The workers of one search and what they share."""

    def __init__(self, found: Found, workers: int, seed: int) -> None:
        self.found = found
        self.whole = found.whole
        self.workers = workers
        self.dice = [Random(seed * 1000 + number) for number in range(workers)]
        self.pricing = PartPricing(self.whole)
        self.archive = Pool(self.pricing.persons, len(self.whole.rows))
        self.root: Relaxation | None = None
        self.ways: list[Size | str] = list(sizes(self.whole))
        hope = HOPE * found.cost
        self.bandit = Bandit([guess(size) for size in self.ways if isinstance(size, Size)], hope)
        self.proven: dict[bytes, int] = {}
        self.picked_at = 0
        self.busy = np.zeros(self.pricing.persons, dtype=np.bool_)
        self.lock = threading.Lock()
        self.failed: BaseException | None = None

    def run(self) -> None:
        """Works until the search is over; with two workers and more, each in a thread of its own."""
        threads = [threading.Thread(target=self._safely, args=(number,)) for number in range(1, self.workers)]
        for thread in threads:
            thread.start()
        self._safely(0)
        for thread in threads:
            thread.join()
        if self.failed is not None:
            raise self.failed

    def _safely(self, number: int) -> None:
        try:
            if number == 0:
                self.relax()
                if self.root is not None and not self.over:
                    self.dive(self.effort(), self.dice[0], Pace())
            if self.is_long and self.root is None:
                self.sweep(number, self.dice[number])
            self.work(self.dice[number])
        except BaseException as failure:
            self.failed = self.failed or failure

    @property
    def over(self) -> bool:
        return self.found.over or self.failed is not None

    def effort(self, seconds: float = np.inf) -> Effort:
        """A part of the whole effort, over as soon as the search is."""
        return self.found.effort.part(min(seconds, 1e6), lambda: self.over)

    def relax(self) -> None:
        """The root: a bound, and what dives start from."""
        pool = Pool(self.pricing.persons, len(self.whole.rows))
        plan, _, _ = self.found.snapshot()
        pool.add(columns_of(self.whole, np.arange(self.pricing.persons, dtype=np.int32), plan))
        master = Master(self.whole.rows, self.pricing.persons)
        once = self.pricing.price(master.duals)
        self.effort().spend(once.work)
        if ROUNDS * once.work > ROOT_SHARE * self.found.effort.left:
            return
        pool.add(once.columns)
        limit = self.effort(ROOT_SHARE * self.found.effort.left)
        root = generate(self.pricing, pool, master, limit, Goal(gap=ROOT_GAP))
        if root is None:
            return
        self.found.raise_bound(root.bound)
        with self.lock:
            self.archive.add(pool.columns)
            self.root = root
            for way in (DIVE, PICK):
                self.ways.append(way)
                self.bandit.add(1.0, HOPE * self.found.cost)

    @property
    def is_long(self) -> bool:
        return len(self.whole.days) > LONG

    def sweep(self, number: int, dice: Random) -> None:
        """Window after window over the whole time, twice: each worker with a share of the people, from a place of its
        own."""
        persons, days, shifts = self.whole.grid.base.shape
        window = SWEEP if persons * shifts < CROWD else SWEEP // 2
        people = -(-persons // self.workers)
        firsts = list(range(0, days - window // 2, window // 2))
        shift = number * len(firsts) // self.workers
        for first in 2 * (firsts[shift:] + firsts[:shift]):
            if self.over:
                break
            free = np.zeros(days, dtype=np.bool_)
            free[first : first + window] = True
            self._reserved(people, free, self.effort(), dice)

    def work(self, dice: Random) -> None:
        """One step after the other until the search is over."""
        while not self.over:
            with self.lock:
                way = self.bandit.choose(dice)
            effort = self.effort()
            gain = self.step(self.ways[way], effort, dice)
            with self.lock:
                self.bandit.learn(way, gain, effort.done)

    def step(self, kind: Size | str, effort: Effort, dice: Random) -> float:
        """One step of that kind; what it gained."""
        if kind == DIVE:
            return self.dive(effort, dice)
        if kind == PICK:
            return self.pick(effort)
        assert isinstance(kind, Size)
        return self.neighbourhood(kind, effort, dice)

    def dive(self, effort: Effort, dice: Random, pace: Pace | None = None) -> float:
        """A dive from the root, of random pace; its columns go to the archive."""
        root = self.root
        assert root is not None
        pace = pace or Pace(share=dice.choice((0.02, 0.04, 0.06)), noise=dice.choice((0.02, 0.1, 0.2)))
        pool = Pool(self.pricing.persons, len(self.whole.rows))
        pool.add(root.columns)
        pricing = PartPricing(self.whole)
        choice = dive(pricing, pool, root, effort, dice, pace)
        with self.lock:
            self.archive.add(pool.columns)
            if len(self.archive) > MOST_ARCHIVED:
                over = excess(self.archive.columns, root, self.pricing.persons)
                self.archive.keep(over <= np.partition(over, MOST_ARCHIVED // 2)[MOST_ARCHIVED // 2])
        return self._offer(choice)

    def pick(self, effort: Effort) -> float:
        """The best choice among all columns met, if there are new ones."""
        plan, _, _ = self.found.snapshot()
        everybody = np.arange(self.pricing.persons, dtype=np.int32)
        mine = columns_of(self.whole, everybody, plan)
        pool = Pool(self.pricing.persons, len(self.whole.rows))
        with self.lock:
            pool.add(self.archive.columns)
        pool.add(mine)
        effort.spend(0.05)
        if len(pool) == self.picked_at:
            return 0.0
        self.picked_at = len(pool)
        limited = self.effort(PICK_SECONDS)
        choice = picked(self.pricing, pool, limited, Choice.of(self.whole.rows, mine), PICK_NODES, self.root)
        effort.spend(limited.done)
        return self._offer(choice)

    def neighbourhood(self, size: Size, effort: Effort, dice: Random) -> float:
        """Some people and days solved anew."""
        plan, _, _ = self.found.snapshot()
        with self.lock:
            people, free = choose(self.whole, plan, size, dice, self._idle())
            self.busy[people] = True
        return self._anew_and_release(people, free, effort, dice)

    def _reserved(self, count: int, free: Flags, effort: Effort, dice: Random) -> float:
        """So many people whom no other worker has, on these days, solved anew."""
        with self.lock:
            idle = self._idle()
            people = np.array(sorted(dice.sample(idle.tolist(), min(count, len(idle)))), dtype=np.int32)
            self.busy[people] = True
        return self._anew_and_release(people, free, effort, dice)

    def _idle(self) -> Ints:
        return np.flatnonzero(~self.busy).astype(np.int32)

    def _anew_and_release(self, people: Ints, free: Flags, effort: Effort, dice: Random) -> float:
        plan, _, version = self.found.snapshot()
        try:
            return self._solve_anew(plan, version, people, free, effort, dice)
        finally:
            with self.lock:
                self.busy[people] = False

    def _solve_anew(self, plan: Shifts, version: int, people: Ints, free: Flags, effort: Effort, dice: Random) -> float:
        if len(people) == 0:
            effort.spend(0.01)
            time.sleep(0.02)  # another worker has everybody
            return 0.0
        name = people.tobytes() + free.tobytes()
        if self.proven.get(name) == version:
            effort.spend(0.001)
            return 0.0
        part = cut(self.whole, plan, people, free)
        everybody = np.arange(len(people), dtype=np.int32)
        now = Choice.of(part.rows, columns_of(part, everybody, plan[np.ix_(people, part.days)]))
        outcome = improve(PartPricing(part), now, effort, dice, Care())
        if outcome.proven and outcome.better is None:
            self.proven[name] = version
        if outcome.better is None:
            return 0.0
        theirs = shifts_of(part, outcome.better.columns)
        return self.found.offer(merged(plan, part, theirs), people, version)

    def _offer(self, choice: Choice | None) -> float:
        if choice is None:
            return 0.0
        return self.found.offer(shifts_of(self.whole, choice.columns))
