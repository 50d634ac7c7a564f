"""The published rule: who gets how much, who not, and why; whatever the doors and the goods, nothing is lost."""

from hypothesis import given
from hypothesis import strategies as st

from redvest.supplies.rules.allocation import Door, Lot, No, Portion, allocate

VEGETABLES, RICE, MILK = 1, 2, 3
PLAIN = Door(1, 4, (), (1, 1), 5, "502")
OLD = Door(2, 1, ("lone_elderly",), (1, 2), 1, "101")
BABY = Door(3, 3, ("infant",), (2, 1), 7, "701")
NOBODY = Door(4, 0, (), (2, 1), 8, "801")
DOORS = [PLAIN, OLD, BABY, NOBODY]


def units(plan: object, door: Door) -> int:
    return sum(each.quantity for each in plan.given if each.door == door.pk)  # type: ignore[attr-defined]


def test_by_household_every_inhabited_door_gets_the_same() -> None:
    plan = allocate(DOORS, [Portion(VEGETABLES, 2)], [Lot(10, VEGETABLES, 100)])
    assert [units(plan, door) for door in DOORS] == [2, 2, 2, 0]
    (account,) = plan.accounts
    assert (account.given, account.left, account.without[No.EMPTY]) == (6, 94, [4])


def test_by_person_a_begun_lot_is_rounded_up() -> None:
    plan = allocate(DOORS, [Portion(RICE, 1, for_people=3)], [Lot(10, RICE, 100)])
    assert [units(plan, door) for door in DOORS] == [2, 1, 1, 0]
    assert {each.door: each.people for each in plan.given} == {1: 4, 2: 1, 3: 3}


def test_by_need_only_those_who_have_it() -> None:
    plan = allocate(DOORS, [Portion(MILK, 1, needs=("infant", "pregnant"))], [Lot(10, MILK, 9)])
    assert [each.door for each in plan.given] == [BABY.pk]
    assert plan.given[0].need == "infant"
    assert plan.accounts[0].without[No.NOT_MEANT] == [OLD.pk, PLAIN.pk, NOBODY.pk]


def test_where_it_does_not_suffice_the_vulnerable_are_first_and_no_door_gets_half() -> None:
    plan = allocate(DOORS, [Portion(RICE, 2, for_people=2)], [Lot(10, RICE, 7)])
    # due: infant 4, lone elderly 2, the plain household 4
    assert [(each.door, each.quantity) for each in plan.given] == [(BABY.pk, 4), (OLD.pk, 2)]
    account = plan.accounts[0]
    assert (account.without[No.RAN_OUT], account.left, account.short) == ([PLAIN.pk], 1, 3)


def test_what_expires_first_goes_first_and_a_door_may_get_from_two_batches() -> None:
    plan = allocate([PLAIN], [Portion(RICE, 5)], [Lot(10, RICE, 3), Lot(11, RICE, 9)])
    assert [(each.batch, each.quantity) for each in plan.given] == [(10, 3), (11, 2)]
    assert plan.accounts[0].batches == {10, 11}


doors = st.lists(
    st.builds(
        Door,
        pk=st.integers(1, 10_000),
        people=st.integers(0, 6),
        needs=st.lists(st.sampled_from(["infant", "lone_elderly", "oxygen"]), unique=True).map(tuple),
        place=st.tuples(st.integers(1, 3), st.integers(1, 3)),
        floor=st.integers(1, 30),
    ),
    unique_by=lambda door: door.pk,
    max_size=30,
)
portions = st.lists(
    st.builds(
        Portion,
        item=st.integers(1, 3),
        quantity=st.integers(1, 4),
        for_people=st.none() | st.integers(1, 4),
        needs=st.lists(st.sampled_from(["infant", "lone_elderly"]), unique=True).map(tuple),
    ),
    unique_by=lambda portion: portion.item,
    min_size=1,
    max_size=3,
)
lots = st.lists(
    st.builds(Lot, batch=st.integers(1, 20), item=st.integers(1, 3), free=st.integers(0, 40)),
    unique_by=lambda lot: lot.batch,
    max_size=6,
)


@given(doors, portions, lots)
def test_whatever_the_goods_each_door_gets_its_due_or_a_reason(
    doors: list[Door], portions: list[Portion], lots: list[Lot]
) -> None:
    plan = allocate(doors, portions, lots)
    free = {lot.batch: lot.free for lot in lots}
    for lot in lots:
        assert sum(each.quantity for each in plan.given if each.batch == lot.batch) <= free[lot.batch]
    for account in plan.accounts:
        mine = [each for each in plan.given if each.portion is account.portion]
        served = {each.door for each in mine}
        without = {pk for pks in account.without.values() for pk in pks}
        assert served | without == {door.pk for door in doors}
        assert not served & without
        assert account.given == sum(each.quantity for each in mine)
        assert account.left >= 0
        for door in doors:
            got = sum(each.quantity for each in mine if each.door == door.pk)
            assert got in (0, account.portion.units(door))
        # nobody is told that it ran out while what is left would have sufficed
        due = {door.pk: account.portion.units(door) for door in doors}
        assert all(due[pk] > account.left for pk in account.without[No.RAN_OUT])
    assert allocate(reversed(doors), portions, lots) == plan
