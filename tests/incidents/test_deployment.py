"""Deployment and stepping forward: what the engine proposes, what people change, who is told, and what is refused."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.http import Http404
from django.utils import timezone

from redvest.core.errors import Denied, Refused
from redvest.core.models import Message
from redvest.incidents import actions, queries, rules
from redvest.incidents.models import Deployment, HandsWanted, Incident, Offer, TeamMember
from redvest.workflows import publish_deployment as deploying
from tests.world import World


def ready(world: World, **wanted: int) -> Incident:
    """A team of three (two of 海棠社区, one of 青山社区), and so many hands wanted in each community."""
    incident = world.incident()
    world.team(incident)
    for name, number in (wanted or {"community": 2, "other_community": 1}).items():
        HandsWanted.objects.create(incident=incident, area=getattr(world, name), wanted=number, is_typed=True)
    return incident


def places(incident: Incident, state: str = "proposed") -> dict[str, str]:
    rows = Deployment.objects.filter(member__incident=incident, state=state)
    return dict(rows.values_list("member__person__name", "area__name"))


def test_people_are_proposed_where_they_live_when_hands_are_short_there(world: World) -> None:
    incident = ready(world)
    assert actions.propose_deployment(world.office, incident.pk) == 3
    assert places(incident) == {"陈老练": "海棠社区", "林新来": "海棠社区", "何邻": "青山社区"}
    board = queries.deployment.deployment_board(world.office, incident.pk)
    reasons = {card.member.person.name: card.reasons for place in board.places for card in place.cards}
    assert "lives here" in reasons["何邻"]
    assert any("missing here" in reason for reason in reasons["何邻"])


def test_with_fewer_people_than_wanted_every_place_gets_its_share(world: World) -> None:
    incident = ready(world, community=20, other_community=10)
    actions.propose_deployment(world.office, incident.pk)
    assert sorted(places(incident).values()) == ["海棠社区", "海棠社区", "青山社区"]


def test_a_pair_is_sent_to_the_same_place(world: World) -> None:
    incident = ready(world, community=2, other_community=2)
    one = TeamMember.objects.get(person=world.veteran.person)
    other = TeamMember.objects.get(person=world.neighbour.person)
    actions.pair_members(world.office, one.pk, other.pk)
    actions.propose_deployment(world.office, incident.pk)
    found = places(incident)
    assert found["陈老练"] == found["何邻"]


def test_nobody_beyond_what_is_wanted_is_sent(world: World) -> None:
    incident = ready(world, community=1)
    assert actions.propose_deployment(world.office, incident.pk) == 1
    assert len(queries.deployment.deployment_board(world.office, incident.pk).pool) == 2


def test_a_proposal_tells_nobody_and_publishing_tells_everybody_with_a_new_order(world: World) -> None:
    incident = ready(world)
    actions.propose_deployment(world.office, incident.pk)
    assert Message.objects.count() == 0
    assert actions.publish_deployment(world.office, incident.pk) == 3
    assert Message.objects.filter(template="incidents.orders").count() == 3
    world.veteran.person.refresh_from_db()
    assert world.veteran.person.host == world.community
    assert set(TeamMember.objects.values_list("state", flat=True)) == {"deployed"}


def test_publishing_again_tells_only_whose_order_changed(world: World) -> None:
    incident = ready(world)
    actions.propose_deployment(world.office, incident.pk)
    actions.publish_deployment(world.office, incident.pk)
    with pytest.raises(Refused, match="nothing to publish"):
        actions.publish_deployment(world.office, incident.pk)
    member = TeamMember.objects.get(person=world.newcomer.person)
    actions.move_member(world.office, member.pk, world.other_community.pk)
    assert actions.publish_deployment(world.office, incident.pk) == 1
    told = Message.objects.filter(template="incidents.orders")
    assert (told.count(), told.filter(account=world.newcomer).count()) == (4, 2)
    assert places(incident, "published")["林新来"] == "青山社区"


def test_moving_somebody_back_to_his_order_drops_the_draft(world: World) -> None:
    incident = ready(world)
    actions.propose_deployment(world.office, incident.pk)
    actions.publish_deployment(world.office, incident.pk)
    member = TeamMember.objects.get(person=world.newcomer.person)
    actions.move_member(world.office, member.pk, world.other_community.pk)
    actions.move_member(world.office, member.pk, world.community.pk)
    assert places(incident) == {}
    with pytest.raises(Refused, match="Recall"):
        actions.move_member(world.office, member.pk, None)


def test_what_was_moved_by_hand_survives_a_new_proposal(world: World) -> None:
    incident = ready(world)
    member = TeamMember.objects.get(person=world.neighbour.person)
    actions.move_member(world.office, member.pk, world.community.pk)
    actions.propose_deployment(world.office, incident.pk)
    actions.propose_deployment(world.office, incident.pk)
    assert places(incident)["何邻"] == "海棠社区"
    assert Deployment.objects.filter(state="proposed").count() == 3


def test_a_recalled_member_stands_by_and_is_told(world: World) -> None:
    incident = ready(world)
    actions.propose_deployment(world.office, incident.pk)
    actions.publish_deployment(world.office, incident.pk)
    member = TeamMember.objects.get(person=world.veteran.person)
    assert actions.recall_member(world.office, member.pk).state == "standing_by"
    assert Message.objects.filter(template="incidents.stand_down", account=world.veteran).count() == 1
    world.veteran.person.refresh_from_db()
    assert world.veteran.person.host is None


def test_an_order_names_place_contact_and_the_protection_of_the_posts(world: World) -> None:
    from redvest.duty.actions.posts import open_posts_from_playbook

    incident = ready(world)
    open_posts_from_playbook(world.office, incident, 2, incident.area)
    actions.propose_deployment(world.office, incident.pk)
    deploying.publish_deployment(world.office, incident.pk, places={world.community.pk: "社区广场"})
    order = Deployment.objects.get(member__person=world.veteran.person, state="published")
    assert (order.meet_place, order.contact_name) == ("社区广场", "罗素芬")
    assert {"mask_n95", "thermometer", "gown"} <= {line["item"] for line in order.kit}
    assert "N95" in Message.objects.get(template="incidents.orders", account=world.veteran).body


def test_only_its_owner_can_say_that_an_order_was_read(world: World) -> None:
    incident = ready(world)
    actions.propose_deployment(world.office, incident.pk)
    actions.publish_deployment(world.office, incident.pk)
    order = Deployment.objects.get(member__person=world.veteran.person, state="published")
    with pytest.raises(Refused):
        actions.read_order(world.office, order.pk)
    with pytest.raises(Http404):
        actions.read_order(world.newcomer, order.pk)
    with pytest.raises(Http404):
        queries.deployment.my_order(world.stranger, order.pk)
    first = actions.read_order(world.veteran, order.pk).seen_at
    assert actions.read_order(world.veteran, order.pk).seen_at == first


@pytest.mark.parametrize("name", ["stranger", "worker", "observer", "administrator", "veteran"])
def test_only_coordinators_of_the_area_deploy(world: World, name: str) -> None:
    incident = ready(world)
    member = TeamMember.objects.get(person=world.veteran.person)
    somebody = world.accounts[name]
    for attempt in (
        lambda: actions.propose_deployment(somebody, incident.pk),
        lambda: actions.move_member(somebody, member.pk, world.community.pk),
        lambda: actions.publish_deployment(somebody, incident.pk),
        lambda: actions.recall_member(somebody, member.pk),
        lambda: actions.pair_members(somebody, member.pk, None),
        lambda: queries.deployment.deployment_board(somebody, incident.pk),
    ):
        with pytest.raises((Http404, Denied)):
            attempt()


def test_nobody_is_sent_outside_the_incident(world: World) -> None:
    ready(world)
    member = TeamMember.objects.get(person=world.veteran.person)
    for area in (world.far_community, world.building):
        with pytest.raises(Refused, match="community inside"):
            actions.move_member(world.office, member.pk, area.pk)


SECOND_ORDER = """
    INSERT INTO incidents_deployment
        (member_id, area_id, state, starts, by_hand, reasons, meet_place, contact_name, contact_phone, kit)
    SELECT member_id, area_id, 'published', now(), true, '[]', '', '', '', '[]' FROM incidents_deployment
"""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incidents_deployment SET state = 'proposed' WHERE state = 'published'",
        SECOND_ORDER,
        "UPDATE incidents_deployment SET ends = starts - interval '1 hour'",
        "UPDATE incidents_teammember SET state = 'released'",
    ],
)  # fmt: skip
def test_raw_sql_cannot_give_two_orders_or_unsay_one(world: World, statement: str) -> None:
    incident = ready(world)
    actions.propose_deployment(world.office, incident.pk)
    actions.publish_deployment(world.office, incident.pk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# --- stepping forward ----------------------------------------------------------------------------------------------


def test_a_person_sees_where_hands_are_short_and_offers_once(world: World) -> None:
    incident = world.incident()
    HandsWanted.objects.create(incident=incident, area=world.other_community, wanted=2)
    (place,) = queries.deployment.open_places(world.veteran)
    assert (place.area, place.may, place.gap.lacks) == (world.other_community, rules.MayOffer.OPEN, 2)
    offer = actions.offer_help(world.veteran, incident.pk, place.area.pk, "隔离点经验")
    assert actions.offer_help(world.veteran, incident.pk, place.area.pk) == offer
    assert Offer.objects.count() == 1
    assert queries.deployment.open_places(world.veteran)[0].may is rules.MayOffer.OFFERED


def test_an_accepted_offer_joins_the_team_and_orders_at_once(world: World) -> None:
    incident = world.incident()
    HandsWanted.objects.create(incident=incident, area=world.community, wanted=2)
    offer = actions.offer_help(world.neighbour, incident.pk, world.community.pk)
    (line,) = queries.deployment.open_offers(world.worker)
    assert line.offer == offer
    actions.accept_offer(world.worker, offer.pk)
    member = TeamMember.objects.get(person=world.neighbour.person)
    assert (member.state, member.offer) == ("deployed", offer)
    assert places(incident, "published") == {"何邻": "海棠社区"}
    assert Message.objects.filter(template="incidents.offer_accepted", account=world.neighbour).count() == 1
    with pytest.raises(Refused, match="decided already"):
        actions.decline_offer(world.worker, offer.pk)


def test_who_is_deployed_may_offer_for_another_place_and_moves_when_accepted(world: World) -> None:
    incident = ready(world)
    actions.propose_deployment(world.office, incident.pk)
    actions.publish_deployment(world.office, incident.pk)
    actions.want_hands(world.office, incident.pk, world.other_community.pk, 5)
    offer = actions.offer_help(world.veteran, incident.pk, world.other_community.pk)
    actions.accept_offer(world.office, offer.pk)
    assert places(incident, "published")["陈老练"] == "青山社区"


def test_a_declined_offer_is_thanked_and_may_be_made_again(world: World) -> None:
    incident = world.incident()
    HandsWanted.objects.create(incident=incident, area=world.community, wanted=2)
    offer = actions.offer_help(world.neighbour, incident.pk, world.community.pk)
    actions.decline_offer(world.worker, offer.pk, "谢谢，目前够了")
    assert Message.objects.filter(template="incidents.offer_declined").count() == 1
    assert TeamMember.objects.count() == 0
    assert actions.offer_help(world.neighbour, incident.pk, world.community.pk) != offer


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("consent", rules.MayOffer.NO_CONSENT),
        ("state", rules.MayOffer.UNVERIFIED),
        ("enough", rules.MayOffer.ENOUGH),
    ],
)
def test_a_refused_offer_says_why(world: World, change: str, why: rules.MayOffer) -> None:
    incident = world.incident()
    HandsWanted.objects.create(incident=incident, area=world.community, wanted=0 if change == "enough" else 1)
    if change == "consent":
        world.neighbour.person.consents.all().delete()
    elif change == "state":
        world.neighbour.person.state = "registered"
        world.neighbour.person.save()
    with pytest.raises(Refused) as refusal:
        actions.offer_help(world.neighbour, incident.pk, world.community.pk)
    assert refusal.value.code == why.value


def test_offers_are_answered_only_in_ones_own_area_and_taken_back_only_by_oneself(world: World) -> None:
    incident = world.incident()
    HandsWanted.objects.create(incident=incident, area=world.other_community, wanted=2)
    offer = actions.offer_help(world.veteran, incident.pk, world.other_community.pk)
    for name in ("worker", "stranger", "observer", "veteran"):
        with pytest.raises((Http404, Denied)):
            actions.accept_offer(world.accounts[name], offer.pk)
    with pytest.raises(Http404):
        actions.withdraw_offer(world.newcomer, offer.pk)
    assert actions.withdraw_offer(world.veteran, offer.pk).state == "withdrawn"
    with pytest.raises(Refused, match="decided already"):
        actions.accept_offer(world.office, offer.pk)


def test_an_emergency_elsewhere_is_no_open_place(world: World) -> None:
    incident = world.incident(area=world.far_street)
    HandsWanted.objects.create(incident=incident, area=world.far_community, wanted=2)
    assert queries.deployment.open_places(world.veteran) == []
    with pytest.raises(Http404):
        actions.offer_help(world.veteran, incident.pk, world.far_community.pk)


# --- at the same moment --------------------------------------------------------------------------------------------


def together(*calls: object) -> list[str]:
    """Run the calls at the same moment, each on its own connection; the names of the errors they ended in."""
    barrier, errors = threading.Barrier(len(calls)), []

    def run(call) -> None:  # type: ignore[no-untyped-def]
        barrier.wait()
        try:
            call()
        except Exception as error:
            errors.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.fixture
def shared(transactional_db: None) -> World:
    """The world, committed, so that several connections see it."""
    return World.build()


def test_two_coordinators_who_publish_at_once_give_one_order_each(shared: World) -> None:
    incident = ready(shared)
    actions.propose_deployment(shared.office, incident.pk)
    errors = together(
        lambda: actions.publish_deployment(shared.office, incident.pk),
        lambda: actions.publish_deployment(shared.bureau, incident.pk),
    )
    assert errors == ["Refused"]
    assert Message.objects.filter(template="incidents.orders").count() == 3


def test_two_coordinators_who_call_up_at_once_ask_nobody_twice(shared: World) -> None:
    from redvest.incidents.queries.call_ups import Criteria

    incident = shared.incident()
    errors = together(
        *(
            lambda who=who: actions.send_call_up(who, incident.pk, criteria=Criteria(kind="volunteer"), wanted=3)
            for who in (shared.office, shared.bureau)
        )
    )
    assert errors == ["Refused"]
    assert Message.objects.filter(template="incidents.call_up").count() == 4


def test_answering_while_the_call_up_closes_is_either_counted_or_refused(shared: World) -> None:
    from redvest.incidents.queries.call_ups import Criteria

    incident = shared.incident()
    call_up = actions.send_call_up(shared.office, incident.pk, criteria=Criteria(kind="volunteer"), wanted=3)
    tokens = list(call_up.replies.values_list("token", flat=True))
    errors = together(
        *(lambda token=token: actions.answer_by_link(None, token, "yes") for token in tokens),
        lambda: actions.close_call_up(shared.office, call_up.pk),
    )
    assert set(errors) <= {"Refused"}
    assert TeamMember.objects.count() == call_up.replies.filter(answer="yes").count() == len(tokens) - len(errors)


def test_the_same_link_tapped_ten_times_at_once_joins_once(shared: World) -> None:
    from redvest.incidents.queries.call_ups import Criteria

    incident = shared.incident()
    call_up = actions.send_call_up(shared.office, incident.pk, criteria=Criteria(kind="volunteer"), wanted=3)
    token = call_up.replies.values_list("token", flat=True)[0]
    assert together(*[lambda: actions.answer_by_link(None, token, "yes")] * 10) == []
    assert TeamMember.objects.count() == 1
    assert timezone.now() - TeamMember.objects.get().joined_at < timedelta(minutes=5)
