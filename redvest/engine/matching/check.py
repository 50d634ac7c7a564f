"""The independent checker of a deployment: what it breaks and what it costs, from problem and answer alone."""

from dataclasses import dataclass

from redvest.engine.matching.problem import Deployment, Helper, Place, Sending
from redvest.engine.roster.problem import metres


@dataclass(frozen=True, slots=True)
class Shortage:
    """What a place still lacks: heads to its minimum and to what is wanted, and skilled heads."""

    place: str
    to_minimum: int
    to_wanted: int
    skills: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Report:
    broken: tuple[str, ...]
    shortages: tuple[Shortage, ...]
    pairs_apart: tuple[tuple[str, str], ...]
    cost: int


def check(problem: Deployment, sending: Sending) -> Report:
    """All that is broken, short or apart, and the cost. Raises KeyError for unknown helpers or places."""
    helpers = {helper.id: helper for helper in problem.helpers}
    places = {place.id: place for place in problem.places}
    sent: dict[str, list[Helper]] = {place.id: [] for place in problem.places}
    cost = 0
    broken = [f"{name} is pinned to {place}" for name, place in sorted(problem.pinned) if sending.get(name) != place]
    for name, place in sorted(sending.items()):
        helper, target = helpers[name], places[place]
        sent[place].append(helper)
        way = metres(helper.home, target.location)
        cost += problem.weights.kilometre * way // 1000
        if (name, place) not in problem.pinned and not _agreed(helper, place, way):
            broken.append(f"{name} did not agree to go to {place}")
    for target in problem.places:
        pinned = sum(place == target.id for _, place in problem.pinned)
        if len(sent[target.id]) > max(target.maximum, pinned):
            broken.append(f"{target.id} has more people than places")
    shortages = [_shortage(target, sent[target.id]) for target in problem.places]
    apart = tuple(pair for pair in problem.pairs if sending.get(pair[0]) != sending.get(pair[1]))
    cost += problem.weights.pair_apart * len(apart)
    cost += sum(_price(problem, target, short) for target, short in zip(problem.places, shortages, strict=True))
    return Report(tuple(broken), tuple(short for short in shortages if _any(short)), apart, cost)


def _agreed(helper: Helper, place: str, way: int) -> bool:
    near = helper.max_distance is None or way <= helper.max_distance
    return near and (helper.places is None or place in helper.places)


def _shortage(place: Place, people: list[Helper]) -> Shortage:
    missing = []
    for need in place.skills:
        skilled = sum(need.skill in helper.skills for helper in people)
        if skilled < need.heads:
            missing.append((need.skill, need.heads - skilled))
    to_minimum = max(0, place.minimum - len(people))
    return Shortage(place.id, to_minimum, max(0, place.wanted - len(people)) - to_minimum, tuple(missing))


def _price(problem: Deployment, place: Place, short: Shortage) -> int:
    weights = problem.weights
    heads = weights.under_minimum * short.to_minimum + weights.under_wanted * short.to_wanted
    return place.priority * (heads + weights.under_skill * sum(count for _, count in short.skills))


def _any(short: Shortage) -> bool:
    return bool(short.to_minimum or short.to_wanted or short.skills)
