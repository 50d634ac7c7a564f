"""A street's roster is solved community by community: who and what belongs where, and what comes of it."""

from typing import Any

from redvest.duty.planning import pure
from redvest.duty.planning.communities import communities_of
from redvest.duty.planning.material import gather
from redvest.duty.planning.problem import plan_for
from redvest.engine.roster import Assignment
from redvest.engine.roster.check import check
from tests.duty.squad import draft, gate_with_shifts, squad
from tests.world import NOW, World


class Listener:
    """In place of the pipe to the parent process."""

    stopped = False

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    def send(self, message: dict[str, Any]) -> None:
        self.heard.append(message)


def test_posts_and_people_belong_to_communities_and_who_is_sent_to_the_street_helps_anywhere(
    world: World,
) -> None:
    incident = world.incident()
    east = squad(world, incident, 6)
    west = squad(world, incident, 6, area=world.other_community)
    (helper,) = squad(world, incident, 1, area=world.street)
    here, there = gate_with_shifts(world, incident), gate_with_shifts(world, incident, area=world.other_community)
    material = gather(draft(world, incident), NOW)
    assert communities_of(material) is None, "a small roster is solved whole"
    found = communities_of(material, large=0)
    assert found is not None
    assert {found.home_of[str(person.pk)] for person in east} == {world.community.path}
    assert {found.home_of[str(person.pk)] for person in west} == {world.other_community.path}
    assert str(helper.pk) not in found.home_of
    for post, area in ((here, world.community), (there, world.other_community)):
        assert {found.place_of[str(shift.pk)] for shift in post.shifts.all()} == {area.path}


def test_a_community_alone_is_not_split(world: World) -> None:
    incident = world.incident()
    squad(world, incident, 6)
    gate_with_shifts(world, incident)
    assert communities_of(gather(draft(world, incident, area=world.community), NOW), large=0) is None


def test_the_communities_rosters_join_to_one_that_keeps_every_rule(world: World) -> None:
    incident = world.incident()
    squad(world, incident, 8)
    squad(world, incident, 8, area=world.other_community)
    gate_with_shifts(world, incident)
    gate_with_shifts(world, incident, area=world.other_community)
    material = gather(draft(world, incident), NOW)
    plan, found = plan_for(material, ()), communities_of(material, large=0)
    assert found is not None
    line = Listener()
    answer = pure.solve_in_child(line, plan.problem, 4.0, 0, 2, plan.answer, (found.place_of, found.home_of))  # type: ignore[arg-type]
    report = check(plan.problem, [Assignment(person, shift) for person, shift in answer["answer"]])
    assert not report.hard
    assert report.cost == answer["cost"]
    assert line.heard[-1]["cost"] == answer["cost"]
