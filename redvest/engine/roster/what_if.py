"""What if: the same roster under other circumstances, before anybody decides. Nothing is changed, only compared."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from statistics import median

from redvest.engine.roster.check import check
from redvest.engine.roster.fairness import with_fair_shares
from redvest.engine.roster.problem import Assignment, Person, Problem, Roster, Shift
from redvest.engine.roster.settle import settle
from redvest.engine.roster.solve import solve
from redvest.engine.roster.violation import Violation


@dataclass(frozen=True, slots=True)
class Load:
    """What a roster asks of one person: service minutes and nights, past duty not counted."""

    minutes: int
    nights: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What counts about a roster. Heads missing below the minimum, below wanted, and heads missing with a skill."""

    short: int
    wanted: int
    unskilled: int
    cost: int
    loads: dict[str, Load]
    gaps: tuple[Violation, ...]

    @property
    def minutes(self) -> tuple[int, int, int]:
        """Least, median and most service minutes of those who serve at all."""
        return _spread([load.minutes for load in self.loads.values() if load.minutes])

    @property
    def nights(self) -> tuple[int, int, int]:
        """The same for nights of everybody who serves."""
        return _spread([load.nights for load in self.loads.values() if load.minutes or load.nights])

    @property
    def serving(self) -> int:
        """How many people serve."""
        return sum(load.minutes > 0 for load in self.loads.values())


@dataclass(frozen=True, slots=True)
class Comparison:
    """Before and after, both searched equally long, so that the difference is not the search's."""

    before: Figures
    after: Figures
    roster: Roster  # under the other circumstances


def figures(problem: Problem, roster: Iterable[Assignment]) -> Figures:
    """The figures of a roster; the cost is the checker's, changes to published assignments apart."""
    held = frozenset(roster)
    report = check(replace(problem, prices=replace(problem.prices, change=0)), held)
    shifts: dict[str, list[Shift]] = {person.id: [] for person in problem.people}
    for cell in held:
        shifts[cell.person].append(problem.shift_of[cell.shift])

    def missing(rule: str) -> int:
        return sum(gap.amount for gap in report.gaps if gap.rule == rule)

    loads = {
        person: Load(
            sum(shift.minutes for shift in mine if not shift.standby),
            sum(len(problem.nights_of(shift)) for shift in mine),
        )
        for person, mine in shifts.items()
    }
    return Figures(
        missing("under_minimum"), missing("under_wanted"), missing("under_skill"), report.cost, loads, report.gaps
    )


def what_if(
    before: Problem,
    after: Problem,
    roster: Iterable[Assignment],
    seconds: float = 5,
    seed: int = 0,
    workers: int = 2,
    should_stop: Callable[[], bool] | None = None,
) -> Comparison:
    """Both problems solved from the same roster, each for so many seconds. Free to change: nothing was told yet."""
    held = frozenset(roster)
    found: list[tuple[Problem, Roster]] = []
    for problem in (before, after):
        free = replace(problem, prices=replace(problem.prices, change=0))
        start = settle(free, held)
        result = solve(free, seconds, seed, workers, start=start, should_stop=should_stop)
        found.append((free, result.best if result.best is not None else start))
    (old, was), (new, becomes) = found
    return Comparison(figures(old, was), figures(new, becomes), becomes)


# --- other circumstances ---------------------------------------------------------------------------------------------


def without_people(problem: Problem, people: Iterable[str]) -> Problem:
    """So many fewer people; what they hold and were told goes with them."""
    gone = frozenset(people)
    unknown = gone - problem.person_of.keys()
    if unknown:
        raise ValueError(f"there is no person {min(unknown)}")
    left = tuple(person for person in problem.people if person.id not in gone)
    pinned = frozenset(cell for cell in problem.pinned if cell.person not in gone)
    published = frozenset(cell for cell in problem.published if cell.person not in gone)
    return _shared_anew(replace(problem, people=left, pinned=pinned, published=published))


def ordinary_people(problem: Problem, roster: Iterable[Assignment], count: int) -> tuple[str, ...]:
    """So many people in the middle of the field by what they serve: whom one loses when nobody says who."""
    minutes = {person.id: 0 for person in problem.people}
    for person, shift in roster:
        minutes[person] += problem.shift_of[shift].minutes
    order = sorted(minutes, key=lambda person: (minutes[person], person))
    first = max(0, (len(order) - count) // 2)
    return tuple(order[first : first + count])


def with_people(problem: Problem, count: int, skills: Iterable[str] = (), *, experienced: bool = False) -> Problem:
    """So many more people, free all the time, who live nowhere in particular."""
    return _shared_anew(replace(problem, people=(*problem.people, *newcomers(count, skills, experienced=experienced))))


def newcomers(count: int, skills: Iterable[str], *, experienced: bool) -> tuple[Person, ...]:
    kept = frozenset(skills)
    return tuple(Person(f"{NEWCOMER} {number + 1}", skills=kept, experienced=experienced) for number in range(count))


def with_post(problem: Problem, like: str, count: int = 1) -> Problem:
    """So many more posts with the same shifts as the one named."""
    model = [shift for shift in problem.shifts if shift.post == like]
    if not model:
        raise ValueError(f"there is no post {like} with shifts")
    more = tuple(
        replace(shift, id=f"{shift.id} {COPY} {number + 1}", post=f"{like} {COPY} {number + 1}")
        for number in range(count)
        for shift in model
    )
    return _shared_anew(replace(problem, shifts=(*problem.shifts, *more)))


def with_rule(problem: Problem, name: str, value: int) -> Problem:
    """One rule with another limit, forbidding or priced as it is."""
    return replace(problem, rules=problem.rules.changed(name, value=value))


def _shared_anew(problem: Problem) -> Problem:
    """Fair shares follow from who is there and what is to be done."""
    had = any(person.fair_minutes is not None for person in problem.people)
    return with_fair_shares(problem) if had else problem


def _spread(values: list[int]) -> tuple[int, int, int]:
    return (min(values), round(median(values)), max(values)) if values else (0, 0, 0)


NEWCOMER, COPY = "newcomer", "copy"
