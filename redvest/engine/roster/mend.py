"""The search behind a repair: what was hurt, who could help there, one small neighbourhood solved after the other."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from redvest.engine.roster.check import Change, additions, check, delta
from redvest.engine.roster.cut import cut, join, within
from redvest.engine.roster.greedy import greedy
from redvest.engine.roster.problem import Assignment, Problem, Roster
from redvest.engine.roster.solve import solve

CELLS = 1200
"""People x shifts of a neighbourhood: small enough to be solved to the end in a fraction of a second."""
NEIGHBOURHOODS = 16
COULD_COME, COULD_MOVE = 5, 4
"""So many people for each hurt shift: free ones, and those whom only another place of theirs keeps from it."""
BY_HAND = 80
"""Up to so many hurt shifts are looked at one by one; more are left to the greedy pass."""


@dataclass(frozen=True, slots=True)
class Helpers:
    """Who could come to a shift, cheapest first, and who would if he left another place of his."""

    comes: tuple[str, ...]
    moves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """People and days that are solved together, and the hurt shifts in them."""

    people: frozenset[str]
    days: range
    shifts: frozenset[str]


def hurt_by(problem: Problem, told: Roster, bare: Roster) -> list[str]:
    """Shifts that lost somebody, and those below their minimum or without a skill: the former first, in time order."""
    lost = {cell.shift for cell in told - bare}
    urgent = {gap.shifts[0] for gap in check(problem, bare).gaps if gap.rule != "under_wanted"}
    return sorted(lost | urgent, key=lambda name: (name not in lost, problem.shift_of[name].start, name))


def helpers_of(problem: Problem, bare: Roster, hurt: list[str]) -> dict[str, Helpers]:
    """For each hurt shift everybody who could help there; nobody where there are too many shifts to look at each."""
    found = {}
    for name in hurt if len(hurt) <= BY_HAND else ():
        comes, moves = [], []
        for person, change in additions(problem, bare, name, hopeful=True).items():
            blocks = change.blocks
            if not blocks:
                comes.append((change.cost, person))
            elif all(finding.rule in BY_OTHERS for finding in blocks):
                moves.append((change.cost, person))
        found[name] = Helpers(
            tuple(person for _cost, person in sorted(comes)), tuple(person for _cost, person in sorted(moves))
        )
    return found


def proposals(problem: Problem, bare: Roster, hurt: list[str], helpers: dict[str, Helpers]) -> list[Assignment]:
    """Who might simply come to each empty place, one by one; nobody is moved."""
    if len(hurt) > BY_HAND:
        return sorted(cell for cell in greedy(problem, bare) - bare if cell.shift in set(hurt))
    roster = bare
    for name in hurt:
        heads = sum(cell.shift == name for cell in bare)
        options = list(helpers[name].comes) if name in helpers else []
        for _ in range(max(0, problem.shift_of[name].wanted - heads)):
            here = next((cell for cell in _cells(options, name) if _pays(problem, roster, cell)), None)
            if here is None:
                break
            roster |= {here}
            options.remove(here.person)
    return sorted(roster - bare, key=lambda cell: (hurt.index(cell.shift), cell))


def worth_it(problem: Problem, bare: Roster, proposed: list[Assignment]) -> Roster:
    """The roster with those of the proposed assignments that cost less than the gap."""
    roster = bare
    for cell in proposed:
        if _pays(problem, roster, cell):
            roster |= {cell}
    return roster


def _cells(people: list[str], shift: str) -> Iterator[Assignment]:
    return (Assignment(person, shift) for person in people)


def _pays(problem: Problem, roster: Roster, cell: Assignment) -> bool:
    effect = delta(problem, roster, Change(add=frozenset({cell})))
    return effect.allowed and effect.cost < 0


def parts_around(problem: Problem, told: Roster, bare: Roster, helpers: dict[str, Helpers]) -> list[Part]:
    """Hurt shifts of the same days share a neighbourhood while it is small; those that nobody could help have none."""
    shifts_a_day = len(problem.shifts) / max(1, len(problem.days))
    most = max(6, int(CELLS / max(1.0, min(shifts_a_day * 3, 60.0))))
    found: list[tuple[set[str], range, set[str]]] = []
    for name in sorted(helpers, key=lambda name: (problem.shift_of[name].start, name)):
        day = problem.day_of(problem.shift_of[name])
        people = {*helpers[name].comes[:COULD_COME], *helpers[name].moves[:COULD_MOVE]}
        if not people:
            continue
        people |= {cell.person for cell in told | bare if cell.shift == name}
        if found:
            last, days, names = found[-1]
            if day - days.start <= 1 and len(last | people) <= most:
                found[-1] = (last | people, range(days.start, day + 1), names | {name})
                continue
        found.append((people, range(day, day + 1), {name}))
    return [
        Part(frozenset(people), range(days.start - 1, days.stop + 1), frozenset(names)) for people, days, names in found
    ]


class Mend:
    """One aim on its way: the best roster so far, and until when to look for better ones."""

    def __init__(
        self,
        problem: Problem,
        told: Roster,
        start: Roster,
        until: float,
        seed: int,
        workers: int,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.problem = problem
        self.told = told
        self.roster = start
        self.until = until
        self.seed = seed
        self.workers = workers
        self.should_stop = should_stop

    def improve(self, parts: list[Part], on_part: Callable[[int], None]) -> None:
        """Solves the neighbourhoods in turn, those with gaps first."""
        missing = {gap.shifts[0]: gap.cost for gap in check(self.problem, self.roster).gaps}
        order = sorted(parts, key=lambda part: -sum(missing.get(name, 0) for name in part.shifts))[:NEIGHBOURHOODS]
        for number, part in enumerate(order):
            on_part(number)
            seconds = (self.until - time.monotonic()) / (len(order) - number)
            if seconds <= 0 or (self.should_stop is not None and self.should_stop()):
                return
            self._solve(part, seconds)

    def _solve(self, where: Part, seconds: float) -> None:
        """A part's answer counts if the checker finds it whole and not dearer; then the whole roster is so, too."""
        part = cut(self.problem, self.roster, where.people, where.days)
        if not part.shifts:
            return
        now = within(self.roster, part)
        result = solve(part, seconds, self.seed, self.workers, start=now, should_stop=self.should_stop)
        if result.best is None:
            return
        report = check(part, result.best)
        if not report.hard and report.cost <= check(part, now).cost:
            self.roster = join(self.roster, part, result.best)


def with_change_price(problem: Problem, price: int) -> Problem:
    return replace(problem, prices=replace(problem.prices, change=price))


BY_OTHERS = frozenset({"overlap", "rest_floor", "rest", "day_hours", "suit_hours", "heat_hours", "rest_after_nights"})
"""Rules that stop holding when the person leaves another place near by."""
