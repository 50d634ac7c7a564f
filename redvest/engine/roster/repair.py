"""Mends a roster that people were told already: few changes, cheap, or good again; a menu of up to three.

What no longer holds goes (`settle`); the empty places get who costs least there; then only the neighbourhoods of what
was hurt are solved anew: some days, the people on the hurt shifts and those who could come, all else as it stands. The
aims differ in how many changes of what people were told they make for a gap. The problem is that of Bard and Purnomo
(2005), "Short-term nurse scheduling in response to daily fluctuations in supply and demand".
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from redvest.engine.roster.check import check
from redvest.engine.roster.mend import Mend, helpers_of, hurt_by, parts_around, proposals, with_change_price, worth_it
from redvest.engine.roster.problem import Problem, Roster
from redvest.engine.roster.rules import Prices
from redvest.engine.roster.settle import settle
from redvest.engine.roster.violation import Violation

WEIGHT = 4
"""Gaps and changes weigh so much more than usual: nobody is told something else only to make a roster nicer."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What a repair is after: for which kind of gap it makes how many changes."""

    name: str
    change: Callable[[Prices], int]

    def prices(self, problem: Problem) -> Problem:
        """The problem with the prices of this aim."""
        usual = problem.prices
        prices = replace(
            usual,
            under_minimum=WEIGHT * usual.under_minimum,
            under_wanted=WEIGHT * usual.under_wanted,
            under_skill=WEIGHT * usual.under_skill,
            change=WEIGHT * self.change(usual),
        )
        return replace(problem, prices=prices)


AIMS = (
    # Three changes for a head below the minimum: somebody leaves a place and comes here, another stands in for him.
    Aim("fewest", lambda prices: max(1, (prices.under_minimum - 1) // 3)),
    # One change for a head that is wanted, too.
    Aim("balanced", lambda prices: max(1, (prices.under_wanted * 9) // 10)),
    # Three changes also for that.
    Aim("fullest", lambda prices: max(1, (prices.under_wanted - 1) // 3)),
)


@dataclass(frozen=True, slots=True)
class Repair:
    """A roster after the mending, and how it differs from what people were told."""

    aim: str
    roster: Roster
    comes: Roster
    goes: Roster
    cost: int  # by the problem's own prices, changes apart
    gaps: tuple[Violation, ...]

    @property
    def changes(self) -> int:
        return len(self.comes) + len(self.goes)

    @property
    def missing(self) -> int:
        """What the gaps that are left cost."""
        return sum(gap.cost for gap in self.gaps)

    @property
    def short(self) -> int:
        """Heads below the minimum."""
        return sum(gap.amount for gap in self.gaps if gap.rule == "under_minimum")

    @property
    def told(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """What each person would be told: shifts that are new to him, and those that he need not come to any more."""
        new: dict[str, list[str]] = defaultdict(list)
        gone: dict[str, list[str]] = defaultdict(list)
        for person, shift in sorted(self.comes):
            new[person].append(shift)
        for person, shift in sorted(self.goes):
            gone[person].append(shift)
        return {person: (tuple(new[person]), tuple(gone[person])) for person in sorted({*new, *gone})}


@dataclass(frozen=True, slots=True)
class Menu:
    """`bare` is what is left if nobody does anything; `repairs` by the number of their changes."""

    hurt: tuple[str, ...]  # the shifts that lose somebody or lack somebody now, in time order
    bare: Repair
    repairs: tuple[Repair, ...]


def repair(
    problem: Problem,
    told: Roster,
    seconds: float = 4,
    seed: int = 0,
    workers: int = 2,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Menu:
    """Up to three ways to mend what people were `told` so that it fits the problem as it is now."""
    began = time.monotonic()
    told = frozenset(cell for cell in told if cell.person in problem.person_of and cell.shift in problem.shift_of)
    problem = replace(problem, published=told)
    bare = settle(problem, told)
    hurt = hurt_by(problem, told, bare)
    unpriced = with_change_price(problem, 0)
    helpers = helpers_of(unpriced, bare, hurt)
    proposed = proposals(unpriced, bare, hurt, helpers)
    parts = parts_around(problem, told, bare, helpers)
    found = []
    for number, aim in enumerate(AIMS):
        aimed = aim.prices(problem)
        share = (began + seconds - time.monotonic()) / (len(AIMS) - number)
        until = time.monotonic() + max(0.0, share)
        start = worth_it(aimed, bare, proposed)
        mend = Mend(aimed, told, start, until, seed, workers, should_stop)
        mend.improve(parts, _teller(on_progress, number, len(parts)))
        found.append(_as_repair(problem, aim.name, told, mend.roster))
    in_time = sorted(hurt, key=lambda name: (problem.shift_of[name].start, name))
    return Menu(tuple(in_time), _as_repair(problem, "bare", told, bare), _menu(found))


def _teller(on_progress: Callable[[int, int], None] | None, aim: int, parts: int) -> Callable[[int], None]:
    def tell(part: int) -> None:
        if on_progress is not None:
            on_progress(aim * parts + part, len(AIMS) * parts)

    return tell


def _as_repair(problem: Problem, aim: str, told: Iterable[object], roster: Roster) -> Repair:
    report = check(with_change_price(problem, 0), roster)
    if report.hard:
        raise AssertionError(f"a repair breaks a rule: {report.hard[0]}")
    before = frozenset(told)
    return Repair(aim, roster, roster - before, problem.published - roster, report.cost, report.gaps)


def _menu(found: list[Repair]) -> tuple[Repair, ...]:
    """Each repair once, by the number of changes; one that changes more must leave less missing."""
    kept: list[Repair] = []
    for each in sorted(found, key=lambda each: (each.changes, each.missing, each.cost)):
        if all(each.missing < other.missing for other in kept):
            kept.append(each)
    return tuple(kept)
