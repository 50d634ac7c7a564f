"""The world of the tests is what its docstring says."""

from redvest.core import access
from tests.world import NOW, World


def test_grants_cover_the_subtree_and_nothing_else(world: World) -> None:
    assert access.can(world.bureau, "incidents.activate", world.building)
    assert access.can(world.office, "incidents.activate", world.community)
    assert not access.can(world.office, "incidents.activate", world.district)
    assert not access.can(world.stranger, "places.see", world.community)
    assert access.can(world.worker, "duty.plan", world.estate)
    assert not access.can(world.worker, "duty.plan", world.other_community)
    assert not access.can(world.veteran, "people.see", world.community)


def test_an_incident_and_its_team_stand_on_request(world: World) -> None:
    incident = world.incident()
    members = world.team(incident, area=world.community)
    assert {member.person.name for member in members} == {"陈老练", "林新来", "何邻"}
    assert incident.starts < NOW < (incident.expected_end or NOW)


def test_a_person_can_be_added(world: World) -> None:
    person = world.person("袁小满")
    assert person.home == world.community
    assert world.veteran.person.skills.count() == 2


def test_somebody_is_signed_in(world: World) -> None:
    session = world.client("office").session
    assert session["_auth_user_id"] == str(world.office.pk)
