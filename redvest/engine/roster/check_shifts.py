"""The checker's view of one shift: who stands on it together. Each rule a function of its name; no solver code."""

from collections.abc import Callable, Iterator, Sequence

from redvest.engine.roster.problem import Person, Problem, Shift
from redvest.engine.roster.rules import Rule, Severity
from redvest.engine.roster.violation import Violation

People = Sequence[Person]
Found = Iterator[Violation]


def findings(problem: Problem, shift: Shift, people: People) -> Found:
    """All that is broken or priced about one shift held by these people."""
    for rule in TOGETHER:
        yield from rule(problem, shift, people)


def over_maximum(problem: Problem, shift: Shift, people: People) -> Found:
    heads = len(people)
    if heads > shift.maximum:
        yield from _broken(problem, problem.rules.over_maximum, shift, heads - shift.maximum, heads, shift.maximum)


def skills(problem: Problem, shift: Shift, people: People) -> Found:
    """Of all places of a shift, those that need a skill are kept for people who have it."""
    for need in shift.skills:
        without = sum(need.skill not in person.skills for person in people)
        open_places = shift.maximum - need.heads
        if without > open_places:
            over = without - open_places
            yield from _broken(problem, problem.rules.skills, shift, over, without, open_places, need.skill)


def experience(problem: Problem, shift: Shift, people: People) -> Found:
    """Newcomers serve only beside enough experienced people; the experienced may stand by themselves."""
    old_hands = sum(person.experienced for person in people)
    if old_hands < shift.experienced and old_hands < len(people):
        missing = shift.experienced - old_hands
        yield from _broken(problem, problem.rules.experience, shift, missing, old_hands, shift.experienced)


def alone(problem: Problem, shift: Shift, people: People) -> Found:
    if shift.never_alone and len(people) == 1:
        yield from _broken(problem, problem.rules.alone, shift, 1, 1, 0)


def under_minimum(problem: Problem, shift: Shift, people: People) -> Found:
    missing = shift.minimum - len(people)
    if missing > 0:
        price = problem.prices.under_minimum * shift.priority
        yield _term(problem, "under_minimum", shift, missing, price, len(people), shift.minimum)


def under_wanted(problem: Problem, shift: Shift, people: People) -> Found:
    missing = shift.wanted - max(shift.minimum, len(people))
    if missing > 0:
        price = problem.prices.under_wanted * shift.priority
        yield _term(problem, "under_wanted", shift, missing, price, len(people), shift.wanted)


def under_skill(problem: Problem, shift: Shift, people: People) -> Found:
    for need in shift.skills:
        skilled = sum(need.skill in person.skills for person in people)
        if skilled < need.heads:
            price = problem.prices.under_skill * shift.priority
            yield _term(problem, "under_skill", shift, need.heads - skilled, price, skilled, need.heads, need.skill)


def over_wanted(problem: Problem, shift: Shift, people: People) -> Found:
    over = len(people) - shift.wanted
    if over > 0:
        yield _term(problem, "over_wanted", shift, over, problem.prices.over_wanted, len(people), shift.wanted)


TOGETHER: tuple[Callable[[Problem, Shift, People], Found], ...] = (
    over_maximum,
    skills,
    experience,
    alone,
    under_minimum,
    under_wanted,
    under_skill,
    over_wanted,
)


def _broken(
    problem: Problem, rule: Rule, shift: Shift, amount: int, found: int, limit: int, subject: str = ""
) -> Found:
    if rule.on:
        cost = rule.price * amount if rule.priced else 0
        where = (shift.start, problem.day_of(shift), None, (shift.id,), subject)
        yield Violation(rule.name, rule.severity, amount, cost, found, limit, *where)


def _term(
    problem: Problem, name: str, shift: Shift, amount: int, price: int, found: int, limit: int, subject: str = ""
) -> Violation:
    where = (shift.start, problem.day_of(shift), None, (shift.id,), subject)
    return Violation(name, Severity.PRICED, amount, price * amount, found, limit, *where)
