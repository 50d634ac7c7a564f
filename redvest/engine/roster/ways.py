"""Ways to fill an empty place: who may simply come, who could come if another stood in for him, whom one could ask."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from redvest.engine.roster.check import Change, Delta, additions, delta
from redvest.engine.roster.problem import Assignment, Problem, Roster
from redvest.engine.roster.violation import GAPS, Violation

MOVES_TRIED, CHAINS_TRIED = 60, 6
OWN_WORD = frozenset({"availability", "day_off", "reach"})
"""Rules that stand for what a person said: he alone can give way."""


class Kind(StrEnum):
    COMES = "comes"  # may take the place as things are
    MOVES = "moves"  # leaves another place of his, which can stay empty or is taken by a stand-in
    ASK = "ask"  # a rule is in the way that somebody could give way on


@dataclass(frozen=True, slots=True)
class Way:
    """One way to fill the place, with all that changes, what it costs, and what would have to give.

    `cost` is the change of the roster's cost; `price` is what is paid for closing the gap, the gap's own price apart.
    """

    kind: Kind
    person: str
    change: Change
    cost: int
    price: int
    gives: tuple[Violation, ...] = ()
    leaves: str | None = None  # the shift he gives up
    stand_in: str | None = None  # who takes that one

    @property
    def rank(self) -> tuple[int, int, int, str]:
        return (list(Kind).index(self.kind), len({block.rule for block in self.gives}), self.cost, self.person)


def ways(
    problem: Problem,
    assignments: Iterable[Assignment],
    shift: str,
    *,
    waivable: frozenset[str] = OWN_WORD,
    most: int = 3,
    changes: dict[str, Delta] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> tuple[Way, ...]:
    """At most so many ways of each kind, the best first. `waivable` are rules that somebody could give way on.

    `changes` is what adding each person would do, where that is known already.
    """
    roster = frozenset(assignments)
    changes = additions(problem, roster, shift) if changes is None else changes
    comes, asks = [], []
    for person, effect in changes.items():
        change = Change(add=frozenset({Assignment(person, shift)}))
        blocks = effect.blocks
        if not blocks:
            comes.append(Way(Kind.COMES, person, change, effect.cost, _price(effect, shift)))
        elif {block.rule for block in blocks} <= waivable:
            asks.append(Way(Kind.ASK, person, change, effect.cost, _price(effect, shift), blocks))
    moves = _moves(problem, roster, shift, changes, most, should_stop)
    found = [sorted(some, key=lambda way: way.rank)[:most] for some in (comes, moves, asks)]
    return tuple(way for some in found for way in some)


def closing_cost(found: Iterable[Way]) -> int | None:
    """What filling the place costs at least, by the ways that break no rule; None: none was found."""
    return min((way.price for way in found if not way.gives), default=None)


def _moves(
    problem: Problem,
    roster: Roster,
    shift: str,
    changes: dict[str, Delta],
    most: int,
    should_stop: Callable[[], bool] | None,
) -> list[Way]:
    """People whom only another place of theirs keeps from this one: leave it, and find somebody for it."""
    found = [way for way in _leaving(problem, roster, shift, changes) if way is not None]
    found.sort(key=lambda way: way.rank)
    kept: list[Way] = []
    stand_ins: dict[str, dict[str, Delta]] = {}
    for way in found[:CHAINS_TRIED]:
        if should_stop is not None and should_stop():
            break
        kept.append(_with_stand_in(problem, roster, shift, way, stand_ins))
    return [way for way in kept if way.cost < 0]  # else the gap would only be elsewhere


def _leaving(problem: Problem, roster: Roster, shift: str, changes: dict[str, Delta]) -> Iterable[Way | None]:
    """Each person and each place of his whose giving up would make room, with the hole that it leaves behind."""
    tried = 0
    for person, effect in sorted(changes.items(), key=lambda item: (len(item[1].appears), item[1].cost, item[0])):
        if any(block.rule in ALONE for block in effect.blocks):
            continue
        for other in sorted({name for block in effect.blocks for name in block.shifts} - {shift}):
            cell = Assignment(person, other)
            if cell not in roster or cell in problem.pinned or tried >= MOVES_TRIED:
                continue
            tried += 1
            change = Change(add=frozenset({Assignment(person, shift)}), remove=frozenset({cell}))
            moved = delta(problem, roster, change)
            if moved.allowed:
                yield Way(Kind.MOVES, person, change, moved.cost, _price(moved, shift), leaves=other)


def _with_stand_in(problem: Problem, roster: Roster, shift: str, way: Way, known: dict[str, dict[str, Delta]]) -> Way:
    """The way with the cheapest stand-in for the place it leaves, if having one costs less than the hole."""
    left = str(way.leaves)
    if left not in known:
        known[left] = additions(problem, roster - way.change.remove, left)
    best = way
    options = sorted((effect.cost, name) for name, effect in known[left].items() if effect.allowed)
    for _cost, name in options[:3]:
        if name == way.person:
            continue
        change = Change(way.change.add | {Assignment(name, left)}, way.change.remove)
        both = delta(problem, roster, change)
        if both.allowed and both.cost < best.cost:
            price = _price(both, shift)
            best = Way(Kind.MOVES, way.person, change, both.cost, price, leaves=left, stand_in=name)
    return best


def _price(effect: Delta, shift: str) -> int:
    """What a change costs besides the gap at this shift that it closes."""
    closed = sum(finding.cost for finding in effect.disappears if finding.rule in GAPS and shift in finding.shifts)
    left = sum(finding.cost for finding in effect.appears if finding.rule in GAPS and shift in finding.shifts)
    return effect.cost + closed - left


ALONE = frozenset(
    {
        "availability",
        "day_off",
        "perimeter",
        "reach",
        "group",
        "shift_length",
        "night_length",
        "suit_length",
        "heat_stop",
        "over_maximum",
        "skills",
        "experience",
    }
)
"""Rules that giving up another place does not mend."""
