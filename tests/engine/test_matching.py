"""Sending helpers to communities, and finding someone to stand in."""

from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redvest.engine.matching.check import check
from redvest.engine.matching.greedy import greedy
from redvest.engine.matching.problem import Deployment, Helper, Place
from redvest.engine.matching.replace import candidates
from redvest.engine.matching.solve import choices, solve
from redvest.engine.result import Status
from redvest.engine.roster import Assignment, Person, Point, Problem, Shift, SkillNeed

HERE, NEAR, FAR = Point(29.40, 106.50), Point(29.41, 106.50), Point(29.60, 106.50)
quick = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@st.composite
def deployments(draw: st.DrawFn) -> Deployment:
    places = []
    for number in range(draw(st.integers(1, 2))):
        minimum = draw(st.integers(0, 2))
        wanted = minimum + draw(st.integers(0, 1))
        needs = (SkillNeed("medic", 1),) if draw(st.booleans()) else ()
        location = draw(st.sampled_from([HERE, FAR]))
        places.append(Place(f"c{number}", minimum, wanted, wanted + 1, needs, location, draw(st.integers(1, 2))))
    helpers = tuple(
        Helper(
            f"h{number}",
            draw(st.sampled_from([HERE, NEAR, None])),
            frozenset({"medic"} if draw(st.booleans()) else ()),
            draw(st.sampled_from([None, frozenset({"c0"})])),
            draw(st.sampled_from([None, 5000])),
        )
        for number in range(draw(st.integers(1, 5)))
    )
    pairs = (("h0", "h1"),) if len(helpers) > 1 and draw(st.booleans()) else ()
    return Deployment(helpers, tuple(places), pairs)


@quick
@given(deployments())
def test_no_deployment_is_better_than_the_proven_one(problem: Deployment) -> None:
    result = solve(problem, 5, workers=1)
    assert result.status is Status.OPTIMAL
    assert result.best is not None
    assert not check(problem, result.best).broken
    names = [helper.id for helper in problem.helpers]
    options = product([None, *(place.id for place in problem.places)], repeat=len(names))
    sendings = ({name: place for name, place in zip(names, some, strict=True) if place} for some in options)
    reports = (check(problem, sending) for sending in sendings)
    assert result.cost == min(report.cost for report in reports if not report.broken) == result.bound


@quick
@given(deployments())
def test_the_greedy_deployment_breaks_nothing(problem: Deployment) -> None:
    assert not check(problem, greedy(problem)).broken


def test_the_place_in_direst_need_gets_the_helper_and_the_choice_is_explained() -> None:
    places = (Place("calm", 0, 1, 1, location=HERE), Place("dire", 1, 1, 1, (SkillNeed("medic", 1),), FAR))
    problem = Deployment((Helper("Ling", HERE, frozenset({"medic"})),), places)
    result = solve(problem, workers=1)
    assert result.best == {"Ling": "dire"}
    (choice,) = choices(problem, result.best)
    assert choice.skills == {"medic"}
    assert choice.short
    assert choice.metres > 20_000
    assert [short.place for short in result.unmet] == ["calm"]


def test_a_pair_stays_together() -> None:
    places = (Place("a", 1, 1, 2, location=HERE), Place("b", 0, 0, 2, location=NEAR))
    problem = Deployment((Helper("Ling", HERE), Helper("Mei", NEAR)), places, pairs=(("Ling", "Mei"),))
    result = solve(problem, workers=1)
    assert result.best == {"Ling": "a", "Mei": "a"}


def test_who_can_stand_in_is_ranked_with_reasons() -> None:
    shift = Shift("s", "gate", 1920, 2160, location=HERE)
    late = Shift("late", "gate", 1200, 1500)
    people = (Person("Ling", home=HERE), Person("Mei", home=FAR), Person("Tao", home=HERE), Person("Hua"))
    problem = Problem("2026-03-02", people, (shift, late))
    now = {Assignment("Tao", "late"), Assignment("Hua", "s")}
    ranked = candidates(problem, now, "s", leaving="Hua")
    assert [candidate.person for candidate in ranked] == ["Ling", "Mei", "Tao"]
    assert [block.rule for block in ranked[-1].blocks] == ["rest_floor"]
    assert ranked[-1].rest_before == 420
    assert ranked[1].metres > ranked[0].metres == 0
