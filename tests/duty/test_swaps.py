"""Swaps: nothing changes before three sides agree, and then everything at once."""

import pytest
import time_machine
from django.http import Http404

from redvest.core.errors import Refused
from redvest.duty.actions import signup, swaps
from redvest.duty.models import Assignment, Post, Swap
from redvest.duty.queries import swaps as looking
from tests.duty.stage import a_post, a_shift, local, on
from tests.world import World


def _two(world: World) -> tuple[Post, Assignment, Assignment]:
    """The newcomer's shift on the 3rd, the veteran's on the 5th, at one post."""
    post = a_post(world)
    return post, on(a_shift(post, 3, 8), world.newcomer), on(a_shift(post, 5, 8), world.veteran)


def _agreed(world: World, mine: Assignment, wanted: int | None = None) -> int:
    swap = swaps.ask_swap(world.newcomer, mine.pk, world.veteran.person.pk, wanted_id=wanted)["swap"]
    swaps.accept_swap(world.veteran, swap)
    return int(swap)


def _login(row: Assignment) -> str:
    assert row.person.account is not None
    return row.person.account.username


def _holders() -> list[tuple[int, str]]:
    rows = Assignment.objects.filter(state="confirmed").order_by("shift__starts", "pk")
    return [(row.shift.starts.astimezone(local(1, 0).tzinfo).day, _login(row)) for row in rows]


def test_a_shift_is_handed_on_when_three_sides_agree(world: World) -> None:
    _post, mine, _his = _two(world)
    swap = _agreed(world, mine)
    assert _holders() == [(3, "newcomer"), (5, "veteran")]
    swaps.approve_swap(world.lead, swap)
    assert _holders() == [(3, "veteran"), (5, "veteran")]
    assert Swap.objects.get().decided_by == world.lead


def test_two_shifts_are_exchanged_in_one_moment(world: World) -> None:
    _post, mine, his = _two(world)
    swaps.approve_swap(world.lead, _agreed(world, mine, his.pk))
    assert _holders() == [(3, "veteran"), (5, "newcomer")]


def test_shifts_of_the_same_hours_can_be_exchanged(world: World) -> None:
    post = a_post(world)
    other = a_post(world, incident=post.incident, name="北门")
    mine, his = on(a_shift(post, 3, 8), world.newcomer), on(a_shift(other, 3, 8), world.veteran)
    swaps.approve_swap(world.lead, _agreed(world, mine, his.pk))
    posts = {_login(row): row.shift.post.name for row in Assignment.objects.filter(state="confirmed")}
    assert posts == {"newcomer": "北门", "veteran": "望江苑南门卡口"}


def test_a_colleague_who_must_rest_cannot_be_asked_and_nobody_learns_why(world: World) -> None:
    post, mine, _his = _two(world)
    on(a_shift(post, 2, 22), world.veteran)
    with pytest.raises(Refused) as refusal:
        swaps.ask_swap(world.newcomer, mine.pk, world.veteran.person.pk)
    assert "22:00" not in str(refusal.value)


def test_the_pair_rule_holds_for_swaps_too(world: World) -> None:
    """The experienced one cannot hand his place to a newcomer where nobody else is experienced."""
    post = a_post(world, experienced=1, wanted=1, maximum=1)
    held = on(a_shift(post, 3, 8), world.veteran)
    on(a_shift(post, 6, 8, maximum=2), world.neighbour)
    with pytest.raises(Refused):
        swaps.ask_swap(world.veteran, held.pk, world.neighbour.person.pk)


def test_strangers_and_the_uninvolved_see_no_swap(world: World) -> None:
    _post, mine, his = _two(world)
    swap = swaps.ask_swap(world.newcomer, mine.pk, world.veteran.person.pk)["swap"]
    for who in (world.neighbour, world.newcomer, world.stranger):
        with pytest.raises(Http404):
            swaps.accept_swap(who, swap)
    for who in (world.stranger, world.veteran, world.observer):
        with pytest.raises(Http404):
            swaps.approve_swap(who, swap)
    with pytest.raises(Http404):
        swaps.ask_swap(world.neighbour, his.pk, world.newcomer.person.pk)


def test_only_colleagues_of_the_place_can_be_asked(world: World) -> None:
    _post, mine, _his = _two(world)
    with pytest.raises(Http404):
        swaps.ask_swap(world.newcomer, mine.pk, world.neighbour.person.pk)


def test_nobody_approves_his_own_swap(world: World) -> None:
    post = a_post(world)
    mine = on(a_shift(post, 3, 8), world.lead)
    on(a_shift(post, 5, 8), world.veteran)
    swap = swaps.ask_swap(world.lead, mine.pk, world.veteran.person.pk)["swap"]
    swaps.accept_swap(world.veteran, swap)
    with pytest.raises(Refused):
        swaps.approve_swap(world.lead, swap)
    swaps.approve_swap(world.worker, swap)


def test_what_changed_meanwhile_stops_the_swap(world: World) -> None:
    _post, mine, _his = _two(world)
    swap = _agreed(world, mine)
    signup.withdraw(world.newcomer, mine.pk)
    with pytest.raises(Refused):
        swaps.approve_swap(world.lead, swap)
    assert Swap.objects.get().state == "accepted"


def test_a_clash_that_appeared_meanwhile_stops_the_swap(world: World) -> None:
    post, mine, _his = _two(world)
    swap = _agreed(world, mine)
    on(a_shift(a_post(world, incident=post.incident, name="北门"), 3, 10), world.veteran)
    with pytest.raises(Refused):
        swaps.approve_swap(world.lead, swap)
    assert (3, "newcomer") in _holders()


def test_an_approval_happens_once(world: World) -> None:
    _post, mine, _his = _two(world)
    swap = _agreed(world, mine)
    swaps.approve_swap(world.lead, swap)
    with pytest.raises(Refused):
        swaps.approve_swap(world.worker, swap)
    assert len(_holders()) == 2


def test_declining_taking_back_and_refusing_leave_all_as_it_was(world: World) -> None:
    _post, mine, _his = _two(world)
    for end in ("declined", "taken back", "refused"):
        swap = swaps.ask_swap(world.newcomer, mine.pk, world.veteran.person.pk)["swap"]
        if end == "declined":
            swaps.decline_swap(world.veteran, swap)
        elif end == "taken back":
            swaps.take_back_swap(world.newcomer, swap)
        else:
            swaps.accept_swap(world.veteran, swap)
            with pytest.raises(Refused):
                swaps.refuse_swap(world.lead, swap, answer=" ")
            swaps.refuse_swap(world.lead, swap, answer="需要熟手")
        assert _holders() == [(3, "newcomer"), (5, "veteran")], end


def test_one_shift_is_asked_about_once_at_a_time(world: World) -> None:
    _post, mine, _his = _two(world)
    swaps.ask_swap(world.newcomer, mine.pk, world.veteran.person.pk)
    with pytest.raises(Refused):
        swaps.ask_swap(world.newcomer, mine.pk, world.veteran.person.pk)


def test_a_shift_that_has_begun_is_not_swapped(world: World, clock: time_machine.Traveller) -> None:
    _post, mine, _his = _two(world)
    swap = _agreed(world, mine)
    clock.move_to(local(3, 8, 1))
    with pytest.raises(Refused):
        swaps.approve_swap(world.lead, swap)


def test_colleagues_who_are_free_come_first(world: World) -> None:
    post, mine, _theirs = _two(world)
    elsewhere = a_post(world, incident=post.incident, name="北门", area=world.other_community)
    busy = world.person("丁小红")
    world.team(post.incident, busy)
    assert busy.account is not None
    on(a_shift(post, 6, 8), busy.account)
    on(a_shift(elsewhere, 3, 10), busy.account)
    found = looking.colleagues(world.newcomer, mine.pk)
    assert [(each.name, each.is_free) for each in found] == [(world.veteran.name, True), ("丁小红", False)]
