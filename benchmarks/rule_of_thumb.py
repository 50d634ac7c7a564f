"""The rota that people make by hand: two fixed groups, one day on, one day off, places filled down the list."""

from collections import defaultdict

from redvest.engine.roster import Assignment, Problem, Roster, Shift
from redvest.engine.roster.fit import broken_by


def two_groups(problem: Problem) -> Roster:
    """Who is on today takes the next place in turn if he offered the time and is not on another post just then."""
    groups = (problem.people[::2], problem.people[1::2])
    turn = {0: 0, 1: 0}
    busy: dict[str, list[Shift]] = defaultdict(list)
    cells: set[Assignment] = set()
    for shift in sorted(problem.shifts, key=lambda shift: (shift.start, shift.id)):
        side = problem.day_of(shift) % 2
        group = groups[side]
        placed = 0
        for step in range(len(group)):
            person = group[(turn[side] + step) % len(group)]
            free = all(other.end <= shift.start or shift.end <= other.start for other in busy[person.id])
            if free and not any(rule.forbids for rule in broken_by(problem, person, shift)):
                busy[person.id].append(shift)
                cells.add(Assignment(person.id, shift.id))
                placed += 1
            if placed == shift.wanted:
                turn[side] += step + 1
                break
    return frozenset(cells)
