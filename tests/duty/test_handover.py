"""Handover from shift to shift: written by who serves, taken over once, by somebody else."""

import pytest
import time_machine
from django.http import Http404

from redvest.core.errors import Refused
from redvest.duty.actions import handover
from redvest.duty.models import Assignment, HandoverNote
from redvest.duty.queries import own
from tests.duty.stage import a_post, a_shift, local, on
from tests.world import World

ITEMS = [("体温枪", 2), ("对讲机", 3), ("  ", 1)]


def _night(world: World) -> tuple[Assignment, Assignment]:
    post = a_post(world)
    return on(a_shift(post, 2, 22), world.veteran), on(a_shift(post, 3, 6), world.newcomer)


def test_the_next_shift_finds_the_note_at_check_in(world: World, clock: time_machine.Traveller) -> None:
    night, morning = _night(world)
    clock.move_to(local(3, 5, 50))
    handover.write_handover(world.veteran, night.shift_id, items=ITEMS, open_matters="3栋502明早透析")
    (note,), _earlier = own.handover_for(world.newcomer, own.my_shift(world.newcomer, morning.pk))
    assert note.items == [{"name": "体温枪", "count": 2}, {"name": "对讲机", "count": 3}]
    handover.take_over(world.newcomer, note.pk)
    note.refresh_from_db()
    assert (note.taken_by, note.taken_at) == (world.newcomer.person, local(3, 5, 50))


def test_the_author_cannot_sign_for_the_other_side(world: World) -> None:
    night, _morning = _night(world)
    note = handover.write_handover(world.veteran, night.shift_id, open_matters="x")["note"]
    with pytest.raises(Refused):
        handover.take_over(world.veteran, note)


def test_a_note_changes_until_it_is_taken_over(world: World) -> None:
    night, _morning = _night(world)
    first = handover.write_handover(world.veteran, night.shift_id, open_matters="x")["note"]
    assert handover.write_handover(world.veteran, night.shift_id, open_matters="y")["note"] == first
    handover.take_over(world.newcomer, first)
    with pytest.raises(Refused):
        handover.write_handover(world.veteran, night.shift_id, open_matters="z")
    assert HandoverNote.objects.get().open_matters == "y"


def test_an_empty_note_and_absurd_counts_are_refused(world: World) -> None:
    night, _morning = _night(world)
    for items in ([], [("体温枪", 10000)], [("体温枪", -1)]):
        with pytest.raises(Refused):
            handover.write_handover(world.veteran, night.shift_id, items=items)


def test_who_does_not_serve_there_neither_writes_nor_takes_over(world: World) -> None:
    night, _morning = _night(world)
    note = handover.write_handover(world.veteran, night.shift_id, open_matters="x")["note"]
    with pytest.raises(Http404):
        handover.write_handover(world.neighbour, night.shift_id, open_matters="x")
    with pytest.raises(Http404):
        handover.take_over(world.neighbour, note)


def test_the_post_lead_may_take_over_for_a_shift_that_did_not_come(world: World) -> None:
    night, _morning = _night(world)
    note = handover.write_handover(world.veteran, night.shift_id, open_matters="x")["note"]
    handover.take_over(world.lead, note)
    assert HandoverNote.objects.get().taken_by == world.lead.person
