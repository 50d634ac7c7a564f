"""What holds under attack: real connections at once, raw SQL, the same key from many phones."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction

from redvest.core.errors import Refused
from redvest.duty.actions import signup, swaps
from redvest.duty.models import Assignment, Shift
from redvest.people.models import Account, Consent, Person
from tests.duty.stage import a_post, a_shift, local, on
from tests.world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> Iterator[World]:
    """The world in the real database, so that many connections see it; the clock stands still for all threads."""
    with time_machine.travel(NOW, tick=False):
        yield World.build()


def volunteers(world: World, count: int) -> list[Account]:
    people = [world.person(f"志愿者{number}") for number in range(count)]
    Consent.objects.bulk_create(Consent(person=person, kind="serve", given_at=NOW) for person in people)
    return [person.account for person in people if person.account is not None]


def of(row: Assignment) -> Account:
    assert row.person.account is not None
    return row.person.account


def at_once(tries: list[Callable[[], Any]]) -> Counter[str]:
    """Run all at the same moment, each on a connection of its own; what came of them."""
    start, outcomes = threading.Barrier(len(tries)), []

    def run(attempt: Callable[[], Any]) -> None:
        try:
            start.wait()
            attempt()
            outcomes.append("done")
        except Refused as refusal:
            outcomes.append(f"refused:{refusal.code}")
        except Exception as error:  # the test wants to see what no user may see
            outcomes.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(attempt,)) for attempt in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def test_fifty_sign_ups_at_once_for_one_place_give_it_to_exactly_one(town: World) -> None:
    shift = a_shift(a_post(town, wanted=1, maximum=1), 3, 8)
    outcomes = at_once([partial(signup.sign_up, who, shift.pk) for who in volunteers(town, 50)])
    assert outcomes == {"done": 1, "refused:full": 49}
    shift.refresh_from_db()
    assert (shift.taken, Assignment.objects.filter(state="confirmed").count()) == (1, 1)


def test_two_newcomers_at_once_leave_the_last_place_to_somebody_experienced(town: World) -> None:
    shift = a_shift(a_post(town, experienced=1), 3, 8)
    outcomes = at_once([partial(signup.sign_up, who, shift.pk) for who in volunteers(town, 8)])
    assert outcomes == {"done": 1, "refused:needs_experienced": 7}


def test_one_person_cannot_take_two_overlapping_shifts_at_once(town: World) -> None:
    post = a_post(town)
    shifts = [a_shift(post, 3, hour) for hour in (8, 9, 10, 11)]
    outcomes = at_once([partial(signup.sign_up, town.veteran, shift.pk) for shift in shifts])
    assert outcomes == {"done": 1, "refused:clashes": 3}


def test_one_person_cannot_cheat_rest_by_tapping_twice_at_once(town: World) -> None:
    post = a_post(town)
    shifts = [a_shift(post, 3, hour, 6) for hour in (6, 14, 22)]
    outcomes = at_once([partial(signup.sign_up, town.veteran, shift.pk) for shift in shifts])
    assert outcomes["done"] <= 2
    assert Assignment.objects.filter(state="confirmed").count() == outcomes["done"]
    held = sorted(Assignment.objects.values_list("shift__starts", "shift__ends"))
    assert all(after[0] - before[1] >= timedelta(hours=8) for before, after in pairwise(held))


def test_the_same_key_from_eight_tries_at_once_is_one_sign_up(town: World) -> None:
    shift, key = a_shift(a_post(town), 3, 8), str(uuid.uuid4())
    outcomes = at_once([lambda: signup.sign_up(town.veteran, shift.pk, key=key)] * 8)
    assert outcomes == {"done": 8}
    assert Assignment.objects.count() == 1


def test_withdrawing_and_signing_up_at_once_never_locks_up(town: World) -> None:
    post = a_post(town, wanted=1, maximum=1)
    shifts = [a_shift(post, day, 8) for day in range(3, 9)]
    crowd = volunteers(town, 6)
    for shift, who in zip(shifts, crowd, strict=True):
        signup.sign_up(who, shift.pk)
    waiting = [signup.join_waiting_list(crowd[(number + 1) % 6], shift.pk) for number, shift in enumerate(shifts)]
    assert len(waiting) == 6
    held = Assignment.objects.filter(state="confirmed").select_related("person__account")
    tries: list[Callable[[], Any]] = [partial(signup.withdraw, of(row), row.pk) for row in held]
    tries += [partial(signup.sign_up, who, shifts[0].pk) for who in crowd]
    outcomes = at_once(tries)
    assert not [outcome for outcome in outcomes if not outcome.startswith(("done", "refused"))], outcomes
    assert not Shift.objects.filter(taken__gt=1).exists()
    counted = Assignment.objects.filter(state__in=["confirmed", "offered"]).count()
    assert counted == sum(Shift.objects.values_list("taken", flat=True))


def test_two_approvals_of_one_swap_at_once_happen_once(town: World) -> None:
    post = a_post(town)
    mine, _his = on(a_shift(post, 3, 8), town.newcomer), on(a_shift(post, 5, 8), town.veteran)
    swap = swaps.ask_swap(town.newcomer, mine.pk, town.veteran.person.pk)["swap"]
    swaps.accept_swap(town.veteran, swap)
    outcomes = at_once([partial(swaps.approve_swap, who, swap) for who in (town.lead, town.worker, town.office)])
    assert outcomes == {"done": 1, "refused:": 2}
    assert Assignment.objects.filter(state="confirmed", shift=mine.shift).count() == 1


def test_a_swap_and_a_withdrawal_at_once_leave_one_truth(town: World) -> None:
    post = a_post(town)
    mine, _his = on(a_shift(post, 3, 8), town.newcomer), on(a_shift(post, 5, 8), town.veteran)
    swap = swaps.ask_swap(town.newcomer, mine.pk, town.veteran.person.pk)["swap"]
    swaps.accept_swap(town.veteran, swap)
    outcomes = at_once([lambda: swaps.approve_swap(town.lead, swap), lambda: signup.withdraw(town.newcomer, mine.pk)])
    assert outcomes["done"] == 1, outcomes
    held = Assignment.objects.filter(state="confirmed", shift=mine.shift).count()
    mine.shift.refresh_from_db()
    assert mine.shift.taken == held


PUT_ON = """
    INSERT INTO duty_assignment (shift_id, person_id, during, state, source, is_pinned, uid, made_at, reason)
    SELECT %(shift)s, %(person)s, 'empty', 'confirmed', 'by_hand', false, 'x', now(), ''
"""


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (PUT_ON, "shift_never_overfull"),
        ("UPDATE duty_assignment SET state = 'confirmed' WHERE state = 'withdrawn'", "[Ii]nvalid transition"),
        ("UPDATE duty_shift SET taken = 5 WHERE id = %(shift)s", "shift_never_overfull"),
        ("UPDATE duty_shift SET maximum = 0, wanted = 0, minimum = 0 WHERE id = %(shift)s", "violates check"),
    ],
)
def test_raw_sql_cannot_overfill_a_shift_or_wake_the_withdrawn(town: World, statement: str, why: str) -> None:
    shift = a_shift(a_post(town, wanted=1, maximum=1), 3, 8)
    signup.withdraw(town.veteran, signup.sign_up(town.veteran, shift.pk)["assignment"])
    on(shift, town.newcomer)
    other = Person.objects.get(account=town.neighbour)
    with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, {"shift": shift.pk, "person": other.pk})


def test_raw_sql_cannot_put_one_person_in_two_places(town: World) -> None:
    post = a_post(town)
    first, second = a_shift(post, 3, 8), a_shift(post, 6, 8)
    on(first, town.veteran)
    on(second, town.veteran)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE duty_shift SET starts = %s, ends = %s WHERE id = %s", [local(3, 10), local(3, 12), second.pk]
        )
