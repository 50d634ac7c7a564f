"""The inbox: one's own messages, in the frame of the phone and of the desk."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from redvest.core import messages
from redvest.core.models import Message
from redvest.people.models import Account
from redvest.web.inbox import parts_of
from tests.world import World

TEXTS = {"zh-hans": ("排班", "请看"), "en": ("Roster", "Please look: {link}")}


def tell(account: Account, link: str = "/me/shifts/") -> Message:
    account.language = "en"
    return messages.tell_text([account], TEXTS, link=link)[0]


def test_an_empty_inbox_says_what_will_come(world: World) -> None:
    text = world.client("veteran").get("/me/inbox/").content.decode()
    assert "No messages yet" in text
    assert "You need not do anything now" in text


def test_opening_a_message_marks_it_as_read_and_leads_on(world: World) -> None:
    row = tell(world.veteran)
    client = world.client("veteran")
    page = client.get("/me/inbox/")
    assert page.context["unread"] == 1
    assert "Roster" in page.content.decode()
    opened = client.get(f"/me/inbox/{row.pk}/").content.decode()
    assert 'href="/me/shifts/"' in opened
    row.refresh_from_db()
    assert row.read_at is not None
    assert client.get("/me/inbox/").context["unread"] == 0


def test_all_are_marked_as_read_and_only_ones_own(world: World) -> None:
    tell(world.veteran)
    others = tell(world.newcomer)
    assert world.client("veteran").post("/me/inbox/read/")["Location"] == "/me/inbox/"
    others.refresh_from_db()
    assert others.read_at is None


def test_a_stranger_gets_404_for_somebody_elses_message(world: World) -> None:
    row = tell(world.veteran)
    for name in ("newcomer", "administrator", "stranger"):
        assert world.client(name).get(f"/me/inbox/{row.pk}/").status_code == 404
    row.refresh_from_db()
    assert row.read_at is None


def test_a_link_that_leaves_the_site_is_no_button(world: World) -> None:
    row = tell(world.veteran, link="https://evil.invalid/")
    assert not world.client("veteran").get(f"/me/inbox/{row.pk}/").context["has_link"]


def test_the_desk_has_the_same_inbox_in_its_own_frame(world: World, settings: Any) -> None:
    settings.REQUIRE_TOTP = False
    row = tell(world.office)
    client = world.client("office")
    assert 'data-look="coordinator"' in client.get("/coordinator/inbox/").content.decode()
    assert client.get(f"/coordinator/inbox/{row.pk}/").status_code == 200


def test_the_bell_counts_what_is_unread(world: World) -> None:
    tell(world.veteran)
    tell(world.veteran)
    page = world.client("veteran").get("/account/")
    assert page.context["inbox"]["count"] == 2


def test_a_full_inbox_costs_as_many_queries_as_an_empty_one(world: World) -> None:
    client = world.client("veteran")
    client.get("/me/inbox/")
    with CaptureQueriesContext(connection) as empty:
        client.get("/me/inbox/")
    for _number in range(40):
        tell(world.veteran)
    with CaptureQueriesContext(connection) as full:
        client.get("/me/inbox/")
    assert len(full) <= len(empty) + 1  # the page of rows itself
    assert len(full) <= 8


@pytest.mark.parametrize(
    ("body", "text", "button"),
    [
        ("You have 3 shifts. See all: {link}", "You have 3 shifts.", "See all"),
        ("您有3个班次。查看全部：{link}", "您有3个班次。", "查看全部"),
        ("请在21:42前答复：{link} 来不了没有关系。", "请在21:42前答复。来不了没有关系。", ""),
        ("Say so here: {link} Thank you.", "Say so here. Thank you.", ""),
        ("Please look: {link}", "Please look", ""),
        ("Nothing to open.", "Nothing to open.", ""),
    ],
)
def test_the_words_before_an_address_stand_on_its_button(body: str, text: str, button: str) -> None:
    link = "/me/shifts/"
    row = Message(body=body.replace("{link}", messages.absolute(link)), link=link)
    assert parts_of(row) == (text, button)
