"""Which problems the search by people can take on. What it cannot, CP-SAT does alone; the result says so."""

from redvest.engine.roster.problem import Duty, Problem, Shift

LONGEST = 60
"""Duty days, fixed duties included, that fit the bits of a label."""
MOST_SHIFTS_A_PERSON = 120
"""Shifts of one person that a roster of his has room for."""


def misfit(problem: Problem) -> str | None:
    """Why a problem does not fit, or None if it does."""
    duties: list[Shift | Duty] = [*problem.shifts, *(duty for person in problem.people for duty in person.fixed)]
    if not problem.people or not problem.shifts:
        return "nobody or nothing to plan"
    days = [problem.day_of(duty) for duty in duties] + [problem.days[0], problem.days[-1]]
    if max(days) - min(days) + 4 > LONGEST:
        return f"it spans more than {LONGEST - 4} duty days, fixed duties included"
    if any(len(problem.nights_of(duty)) > 1 for duty in duties):
        return "a duty works more than one night"
    runs = (problem.rules.days_in_row, problem.rules.nights_in_row, problem.rules.nights_in_row_wanted)
    if any(rule.on and rule.value > 14 for rule in runs) or problem.rules.nights_before_rest > 14:
        return "a rule looks at more than 14 days in a row"
    if not problem.rules.rest_floor.forbids and len(problem.shifts) > MOST_SHIFTS_A_PERSON:
        return "one person may take more shifts than a column holds"
    return None
