"""A deployment in a moment: the direst shortage first, to it the helper it gains most from; a pair goes together."""

from redvest.engine.matching.check import check
from redvest.engine.matching.problem import Deployment, Helper, Place, Sending
from redvest.engine.roster.problem import metres


def may_go(problem: Deployment, helper: Helper, place: Place) -> bool:
    """Whether he agreed to go there."""
    if any(name == helper.id for name, _ in problem.pinned):
        return (helper.id, place.id) in problem.pinned
    if helper.places is not None and place.id not in helper.places:
        return False
    return helper.max_distance is None or metres(helper.home, place.location) <= helper.max_distance


def greedy(problem: Deployment) -> Sending:
    """Sends helpers one by one as long as each lowers the cost."""
    sending: Sending = dict(problem.pinned)
    cost = check(problem, sending).cost
    helpers = {helper.id: helper for helper in problem.helpers}
    partner = {one: other for pair in problem.pairs for one, other in (pair, pair[::-1])}
    for place in sorted(problem.places, key=lambda place: (-place.priority * place.minimum, place.id)):
        nearest = sorted(problem.helpers, key=lambda helper: (metres(helper.home, place.location), helper.id))
        for helper in nearest:
            team = [helpers[name] for name in (helper.id, partner.get(helper.id)) if name and name not in sending]
            if helper.id in sending or not all(may_go(problem, one, place) for one in team):
                continue
            trial = sending | {one.id: place.id for one in team}
            report = check(problem, trial)
            if not report.broken and report.cost < cost:
                sending, cost = trial, report.cost
    return sending
