"""Screens of deployment, orders and offers."""

from django.urls import reverse

from redvest.incidents import actions
from redvest.incidents.models import Deployment, HandsWanted, Offer, TeamMember
from tests.incidents.test_deployment import ready
from tests.web.test_incidents import text_of
from tests.world import World


def test_propose_move_review_and_publish(world: World) -> None:
    incident = ready(world)
    client = world.client("office")
    board = reverse("coordinator:deploy", args=[incident.pk])
    assert "Without a place" in text_of(client.get(board))
    client.post(reverse("coordinator:deploy_propose", args=[incident.pk]))
    page = text_of(client.get(board))
    assert "lives here" in page
    member = TeamMember.objects.get(person=world.newcomer.person)
    move = reverse("coordinator:deploy_move", args=[incident.pk])
    moved = client.post(move, {"member": member.pk, "area": world.other_community.pk}, headers={"HX-Request": "true"})
    assert "put here by hand" in text_of(moved)
    assert "<html" not in moved.content.decode()
    review = reverse("coordinator:deploy_publish", args=[incident.pk])
    assert "3 people get a new order" in text_of(client.get(review))
    given = {"meet_at": "2026-03-02T11:00", f"place-{world.community.pk}": "社区广场"}
    client.post(review, given)
    order = Deployment.objects.get(member__person=world.veteran.person, state="published")
    assert order.meet_place == "社区广场"
    assert "nothing to publish" in text_of(client.get(review))


def test_a_typed_number_of_hands_and_back_to_the_posts(world: World) -> None:
    incident = ready(world)
    client = world.client("office")
    want = reverse("coordinator:deploy_want", args=[incident.pk])
    client.post(want, {"area": world.community.pk, "wanted": "7"})
    assert HandsWanted.objects.get(area=world.community).wanted == 7
    assert client.post(want, {"area": world.community.pk, "wanted": "many"}).status_code == 409
    client.post(want, {"area": world.community.pk, "wanted": ""})
    assert not HandsWanted.objects.get(area=world.community).is_typed


def test_the_person_reads_his_order_and_the_coordinator_sees_it(world: World) -> None:
    incident = ready(world)
    actions.propose_deployment(world.office, incident.pk)
    actions.publish_deployment(world.office, incident.pk)
    order = Deployment.objects.get(member__person=world.veteran.person, state="published")
    client = world.client("veteran")
    assert "new, please read" in text_of(client.get(reverse("volunteer:orders")))
    url = reverse("volunteer:order", args=[order.pk])
    page = text_of(client.get(url))
    assert 'href="geo:29.38,' in page
    assert "罗素芬" in page
    client.post(url)
    board = text_of(world.client("office").get(reverse("coordinator:deploy", args=[incident.pk])))
    assert "has read it" in board
    assert world.client("newcomer").get(url).status_code == 404


def test_somebody_steps_forward_on_the_phone_and_the_community_accepts(world: World) -> None:
    incident = world.incident()
    HandsWanted.objects.create(incident=incident, area=world.community, wanted=2)
    phone = world.client("neighbour")
    assert "I offer to help here" in text_of(phone.get(reverse("volunteer:offers")))
    phone.post(reverse("volunteer:offer", args=[incident.pk, world.community.pk]), {"note": "隔离点经验"})
    desk = world.client("worker")
    assert "隔离点经验" in text_of(desk.get(reverse("coordinator:offers")))
    desk.post(reverse("coordinator:offer_decide", args=[Offer.objects.get().pk]), {"accept": "1"})
    assert Deployment.objects.get().area == world.community
    assert "海棠社区" in text_of(phone.get(reverse("volunteer:orders")))


def test_why_nobody_may_offer_stands_beside_the_button(world: World) -> None:
    incident = world.incident()
    HandsWanted.objects.create(incident=incident, area=world.community, wanted=2)
    world.neighbour.person.consents.all().delete()
    page = text_of(world.client("neighbour").get(reverse("volunteer:offers")))
    assert "Agree to serve first" in page
    assert 'aria-disabled="true"' in page


def test_without_an_incident_the_deployment_page_says_what_to_do_first(world: World) -> None:
    assert "Activate an incident" in text_of(world.client("office").get(reverse("coordinator:deployment")))
