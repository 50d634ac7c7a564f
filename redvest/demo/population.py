"""The demo's people: the bureau with its 37, 180 local volunteers, and those who sign in with a role."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from redvest.config.demo_logins import LOGINS, PASSWORD
from redvest.core.models import Grant
from redvest.core.roles import Role
from redvest.demo import names, places
from redvest.demo.places import Town
from redvest.incidents.actions.playbooks import install_shipped_playbooks
from redvest.people.actions import next_numbers
from redvest.people.models import Account, Availability, Consent, Organisation, Person, PersonSkill, Skill
from redvest.people.rules import PoliticalStatus, SpokenLanguage
from redvest.places.models import Area

BUREAU = "巴南区应急管理局"
STAFF = 37
VOLUNTEERS = 180
EXPERIENCES = (
    "2022年社区核酸采样点秩序维护",
    "2022年小区卡口夜间值守",
    "2022年物资分拣与送货上门",
    "集中隔离点服务两个月",
    "2020年防汛巡堤",
    "退役军人，熟悉无线电",
    "退休护士，社区急救培训员",
    "物业维修，懂水电",
    "大学生暑期社区实践",
    "货车司机，驾龄十年",
)


@transaction.atomic
def build(seed: int, say: Callable[[str], None]) -> None:
    """Everything in one transaction: a demo that was broken off leaves an empty database."""
    town = places.build(seed)
    say(f"{len(town.buildings)} buildings")
    dice = Random(f"{seed} people")
    install_shipped_playbooks(Account.objects.system())
    password = make_password(PASSWORD)
    officials = _officials(town, password)
    teams = _organisations(town)
    people = [*_staff(dice, town, teams[BUREAU]), *_volunteers(dice, town, teams)]
    _accounts(people, password)
    Person.objects.bulk_create(people)
    _rest(dice, people)
    say(f"{len(people)} people, {len(officials)} officials")


def _officials(town: Town, password: str) -> dict[str, Account]:
    """Those who sign in with a role and serve at a desk."""
    names_of = {login.username: login.name for login in LOGINS}
    grants = {
        "admin": (Role.ADMINISTRATOR, town.district),
        "bureau": (Role.COORDINATOR, town.district),
        "street": (Role.COORDINATOR, town.street),
        "worker1": (Role.COMMUNITY_WORKER, town.communities[0]),
        "worker2": (Role.COMMUNITY_WORKER, town.communities[1]),
        "worker3": (Role.COMMUNITY_WORKER, town.communities[2]),
    }
    rows = [
        Account(username=username, name=names_of[username], password=password, phone=f"+86199100000{number:02d}")
        for number, username in enumerate(grants)
    ]
    made = {row.username: row for row in Account.objects.bulk_create(rows)}
    Grant.objects.bulk_create(
        Grant(account=made[username], role=role, area=area) for username, (role, area) in grants.items()
    )
    return made


def _organisations(town: Town) -> dict[str, Organisation]:
    rows = [
        Organisation(name=BUREAU, kind=Organisation.Kind.BUREAU, area=town.district, contact_name="周启明"),
        Organisation(name="李家沱街道办事处", kind=Organisation.Kind.OFFICE, area=town.street, contact_name="罗素芬"),
        Organisation(name="李家沱街道青年突击队", kind=Organisation.Kind.TEAM, area=town.street),
        *(
            Organisation(name=f"{community.name}志愿服务队", kind=Organisation.Kind.TEAM, area=community)
            for community in town.communities
        ),
    ]
    return {row.name: row for row in Organisation.objects.bulk_create(rows)}


def _staff(dice: Random, town: Town, bureau: Organisation) -> list[Person]:
    """The bureau's own people live all over the district; two live in another one, like the man of scene S3."""
    rows = []
    for number, key in enumerate(next_numbers(STAFF), 1):
        person = Person(
            number=key,
            name="汪立诚" if number == 1 else names.person(dice),
            kind=Person.Kind.STAFF,
            state=Person.State.VERIFIED,
            organisation=bureau,
            phone=f"+8619920000{number:03d}",
            birth_year=dice.randint(1968, 1999),
            max_distance_km=None,
            experience=dice.choice(EXPERIENCES) if dice.random() < 0.6 else "",
            political_status=PoliticalStatus.PARTY_MEMBER if dice.random() < 0.6 else PoliticalStatus.PUBLIC,
        )
        if number in (5, 23):
            person.home_address = f"重庆市江北区观音桥街道建新北路{number}号"
            person.home_latitude, person.home_longitude = 29.576 + number / 10_000, 106.534
        else:
            _live_in(dice, person, dice.choice(town.communities if dice.random() < 0.35 else town.elsewhere[:110]))
        rows.append(person)
    return rows


def _volunteers(dice: Random, town: Town, teams: dict[str, Organisation]) -> list[Person]:
    rows = []
    for number, key in enumerate(next_numbers(VOLUNTEERS), 1):
        home = town.estates[0] if number == 1 else dice.choice(town.estates)
        community = next(area for area in town.communities if home.path.startswith(area.path))
        team = teams["李家沱街道青年突击队"] if dice.random() < 0.15 else teams[f"{community.name}志愿服务队"]
        person = Person(
            number=key,
            name="沈雨桐" if number == 1 else names.person(dice),
            state=Person.State.VERIFIED if number == 1 or dice.random() < 0.92 else Person.State.REGISTERED,
            organisation=team,
            phone=f"+8619930000{number:03d}",
            birth_year=dice.randint(1956, 2007),
            max_distance_km=dice.choice((1, 2, 3, 5, 10)),
            experience=dice.choice(EXPERIENCES) if dice.random() < 0.45 else "",
            emergency_contact=f"{names.person(dice)} +86199400{number:05d}",
        )
        _live_in(dice, person, home)
        buildings = [area for area in town.buildings if area.path.startswith(home.path)]
        person.home_address = f"{home.name}{dice.choice(buildings).name}"
        rows.append(person)
    return rows


def _live_in(dice: Random, person: Person, area: Area) -> None:
    person.home = area
    if area.latitude is not None and area.longitude is not None:
        person.home_latitude = round(area.latitude + dice.uniform(-0.001, 0.001), 5)
        person.home_longitude = round(area.longitude + dice.uniform(-0.001, 0.001), 5)


def _accounts(people: list[Person], password: str) -> None:
    staff = volunteers = 0
    accounts = []
    for person in people:
        if person.kind == Person.Kind.STAFF:
            staff += 1
            username = f"staff{staff:02d}"
        else:
            volunteers += 1
            username = f"v{volunteers:03d}"
        accounts.append(Account(username=username, name=person.name, phone=person.phone, password=password))
    for person, account in zip(people, Account.objects.bulk_create(accounts), strict=True):
        person.account = account


def _rest(dice: Random, people: list[Person]) -> None:
    """Skills, languages, consent and what they said about their time."""
    skills = {skill.code: skill for skill in Skill.objects.all()}
    common: list[str] = [
        code for code in ("sampling_helper", "first_aid", "driving", "disinfection", "isolation_site") if code in skills
    ]
    rare = sorted(skills.keys() - set(common))
    held: list[PersonSkill] = []
    consents: list[Consent] = []
    said: list[Availability] = []
    now = timezone.now()
    for person in people:
        staff = person.kind == Person.Kind.STAFF
        chosen = dice.sample(common, dice.choices((0, 1, 2, 3), (2, 4, 3, 1) if staff else (5, 4, 2, 1))[0])
        if rare and dice.random() < 0.15:
            chosen.append(dice.choice(rare))
        if person.experience.startswith("集中隔离点") and "isolation_site" in skills:
            chosen.append("isolation_site")
        held += [
            PersonSkill(
                person=person,
                skill=skills[code],
                source=PersonSkill.Source.CERTIFIED if dice.random() < 0.3 else PersonSkill.Source.DECLARED,
            )
            for code in dict.fromkeys(chosen)
        ]
        person.languages = _languages(dice)
        kinds = (Consent.Kind.SERVE, Consent.Kind.DATA) if staff or dice.random() < 0.96 else (Consent.Kind.DATA,)
        consents += [Consent(person=person, kind=kind, given_at=now - timedelta(days=30)) for kind in kinds]
        said += _times(dice, person, now)
    Person.objects.bulk_update(people, ["languages"])
    PersonSkill.objects.bulk_create(held)
    Consent.objects.bulk_create(consents)
    Availability.objects.bulk_create(said)


def _languages(dice: Random) -> list[str]:
    spoken = [str(SpokenLanguage.MANDARIN)]
    if dice.random() < 0.85:
        spoken.append(str(SpokenLanguage.CHONGQING))
    for language, share in (
        (SpokenLanguage.ENGLISH, 0.12),
        (SpokenLanguage.SIGN, 0.02),
        (SpokenLanguage.CANTONESE, 0.03),
    ):
        if dice.random() < share:
            spoken.append(str(language))
    return spoken


def _times(dice: Random, person: Person, now: datetime) -> list[Availability]:
    """Staff are there; volunteers say always, daytime, nights or nothing; a few are away for some days."""
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    rows: list[Availability] = []
    if person.kind == Person.Kind.VOLUNTEER:
        hours = dice.choices(((None, None), (time(6), time(20)), (time(18), time(7)), "nothing"), (30, 40, 15, 15))[0]
        if hours != "nothing":
            rows.append(
                Availability(
                    person=person,
                    kind=Availability.Kind.CAN,
                    starts=start,
                    until_event="解封为止" if dice.random() < 0.7 else "",
                    daily_from=hours[0],
                    daily_until=hours[1],
                )
            )
    if dice.random() < 0.1:
        first = start + timedelta(days=dice.randint(1, 10))
        rows.append(
            Availability(
                person=person,
                kind=Availability.Kind.CANNOT,
                starts=first,
                ends=first + timedelta(days=dice.randint(1, 3)),
                note=dice.choice(("陪家人就医", "单位值班", "外出")),
            )
        )
    return rows
