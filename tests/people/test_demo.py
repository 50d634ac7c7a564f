"""The demo population: the size that was promised, the same for the same seed, and nobody real to be called."""

from collections import Counter
from typing import Any

from redvest.config.demo_logins import LOGINS, PASSWORD, accounts
from redvest.demo import population
from redvest.people.models import Account, Organisation, Person
from redvest.places.models import Area, Household


def test_the_demo_has_its_promised_size_and_logins(db: None) -> None:
    population.build(7, lambda line: None)
    levels = Counter(Area.objects.values_list("level", flat=True))
    assert (levels["street"], levels["community"] + levels["village"]) == (23, 313)
    assert (levels["estate"], levels["building"]) == (9, 60)
    assert 130 <= levels["unit"] <= 150
    doors = list(Household.objects.all())
    assert 5_700 <= len(doors) <= 6_300
    assert 15_000 <= sum(door.people for door in doors) <= 17_000
    needs = Counter(need for door in doors for need in door.needs)
    assert (needs["lone_elderly"], needs["dialysis"], needs["pregnant"] + needs["infant"]) == (420, 12, 60)
    alone = [door for door in doors if door.needs in (["lone_elderly"], ["lone_elderly", "no_smartphone"])]
    assert alone
    assert all(door.people == 1 for door in alone)
    bureau = Organisation.objects.get(name=population.BUREAU)
    assert Person.objects.filter(kind="staff", organisation=bureau).count() == 37
    assert Person.objects.filter(kind="volunteer").count() == 180
    for login in LOGINS:
        account = Account.objects.get(username=login.username)
        assert account.name == login.name
        assert account.check_password(PASSWORD)
        assert login.username in accounts(zh=True)


def test_the_same_seed_makes_the_same_people(db: None) -> None:
    from django.db import transaction

    def drawn(seed: int) -> list[Any]:
        population.build(seed, lambda line: None)
        people = list(Person.objects.order_by("phone").values_list("name", "phone", "birth_year", "home__name"))
        doors = list(Household.objects.order_by("pk").values_list("room", "people", "contact_name")[:200])
        transaction.set_rollback(True)
        return [people, doors]

    results = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            results.append(drawn(seed))
    assert results[0] == results[1]
    assert results[0] != results[2]
