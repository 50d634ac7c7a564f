"""Why places stay empty: for each gap of a draft, how many could not take it for which reason, and how many could."""

from collections import Counter

from redvest.duty.planning.problem import Plan
from redvest.engine.roster.check import Delta, additions, check

# Explaining every gap of a hopeless roster would take longer than solving it; the worst come first.
MOST = 60
FREE = "free"  # could take it: leaving the place empty cost less than what it would bring along


def reasons_for(plan: Plan) -> dict[str, dict[str, int]]:
    """``{shift: {rule: people}}`` for the shifts with gaps: each person counts once, with what hinders him most."""
    gaps = sorted(check(plan.problem, plan.answer).gaps, key=lambda gap: (-gap.cost, gap.start))
    shifts = list(dict.fromkeys(int(gap.shifts[0]) for gap in gaps))[:MOST]
    return {str(shift): why_empty(plan, shift) for shift in shifts}


def why_empty(plan: Plan, shift: int) -> dict[str, int]:
    """What keeps everybody else from one shift: rule and number of people, the most frequent first."""
    hindered: Counter[str] = Counter()
    for change in additions(plan.problem, plan.answer, str(shift)).values():
        hindered[worst_of(change)] += 1
    return dict(hindered.most_common())


def worst_of(change: Delta) -> str:
    """The one reason to name: time and place come before limits, limits before skills."""
    broken = {finding.rule for finding in change.blocks}
    if not broken:
        return FREE
    return next((rule for rule in ORDER if rule in broken), next(iter(sorted(broken)), FREE))


ORDER = (
    "availability",
    "overlap",
    "perimeter",
    "reach",
    "rest_floor",
    "rest_after_nights",
    "nights_in_row",
    "day_hours",
    "suit_hours",
    "heat_hours",
    "week_hours",
    "days_off",
    "days_in_row",
    "skills",
    "experience",
)
