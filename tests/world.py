"""The small world in which tests are told: a district, its people by name, and an incident on request.

    巴南区                      bureau (coordinator), observer, administrator
    ├── 李家沱街道              office (coordinator)
    │   ├── 海棠社区            worker (community worker), lead (post lead), veteran and newcomer live here
    │   │   └── 望江苑          buildings 1栋 and 2栋, three households
    │   └── 青山社区            neighbour lives here
    └── 鱼洞街道                stranger (coordinator of this street only)
        └── 老街社区

All names are invented. ``World.build`` writes it in a few bulk inserts, so every test may have its own.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.utils import timezone

from redvest.core import access
from redvest.core.models import Grant
from redvest.core.roles import Role
from redvest.incidents.models import CallUp, CallUpReply, Deployment, Incident, Playbook, TeamMember
from redvest.incidents.playbooks import loader
from redvest.people.models import Account, Consent, Organisation, Person, PersonSkill, Skill
from redvest.places.models import Area, Household

# A Monday, 09:00 in Chongqing. The fixture ``world`` stops the clock here; ``clock.move_to(...)`` moves it.
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@cache
def _hashed_password() -> str:
    # One Argon2 hash for everybody: making one takes longer than building the whole world.
    return make_password(PASSWORD)


class World:
    """People are attributes, an ``Account`` each. Volunteers and ``lead`` have a ``Person``: ``world.lead.person``."""

    district: Area
    street: Area
    community: Area
    other_community: Area
    estate: Area
    building: Area
    building_2: Area
    far_street: Area
    far_community: Area

    administrator: Account
    """Holds every reference and grant, at the district. He directs nothing."""
    bureau: Account
    """Coordinator of the whole district."""
    office: Account
    """Coordinator of the street 李家沱街道 and its two communities."""
    worker: Account
    """Community worker of 海棠社区."""
    lead: Account
    """Post lead in 海棠社区; a person who serves as well."""
    observer: Account
    """Sees the district and changes nothing."""
    stranger: Account
    """Coordinator of another street: must never see a row of 李家沱街道."""
    veteran: Account
    """Experienced volunteer of 海棠社区: a certified sampling helper, first aid."""
    newcomer: Account
    """Volunteer of 海棠社区 without experience or skills."""
    neighbour: Account
    """Volunteer of 青山社区, the other community."""

    organisation: Organisation
    households: list[Household]

    @classmethod
    def build(cls) -> "World":
        world = cls()
        world._build_places()
        world._build_accounts()
        world._build_people()
        return world

    # --- reading -----------------------------------------------------------------------------------------------

    @property
    def accounts(self) -> dict[str, Account]:
        """Every account by its name in the tests."""
        return {name: getattr(self, name) for name in ACCOUNTS}

    def client(self, name: str = "", *, language: str = "en", **headers: Any) -> Client:
        """A browser in which ``name`` is signed in (nobody, without a name), in English unless told otherwise."""
        client = Client(**headers)
        client.cookies["language"] = language
        if name:
            client.force_login(self.accounts[name], backend=_BACKEND)
            # As if they had shown their second factor; how that is asked for is tested in web/test_sign_in.py.
            session = client.session
            session["has_second_factor"] = True
            session.save()
        return client

    # --- making more -------------------------------------------------------------------------------------------

    def grant(self, name: str, role: Role, area: Area) -> Grant:
        """One more role for somebody."""
        access.forget(self.accounts[name])
        return Grant.objects.create(account=self.accounts[name], area=area, role=role)

    def person(self, name: str, *, home: Area | None = None, **fields: Any) -> Person:
        """One more volunteer, with an account of the same name who is not in ``accounts``; living in 海棠社区."""
        number = f"T{Person.objects.count() + 1:05d}"
        account = Account.objects.create(username=number.lower(), name=name, password=_hashed_password())
        return Person.objects.create(
            account=account, number=number, name=name, home=home or self.community, state="verified", **fields
        )

    def playbook(self, file: str = "epidemic_control.toml") -> Playbook:
        """The playbook of that file as it ships, installed."""
        text = loader.shipped()[file]
        read = loader.load(file, text)
        names = {"name_zh": read.name.zh, "name_en": read.name.en, "text": text}
        return Playbook.objects.get_or_create(slug=read.slug, version=str(read.version), defaults=names)[0]

    def incident(self, *, area: Area | None = None, level: int = 2, **fields: Any) -> Incident:
        """An active epidemic incident in the street (or ``area``), begun an hour ago, expected to last 14 days."""
        now = timezone.now()
        values = {
            "title": "李家沱街道疫情处置",
            "starts": now - timedelta(hours=1),
            "expected_end": now + timedelta(days=14),
            "activated_by": self.bureau,
        }
        return Incident.objects.create(
            playbook=self.playbook(), area=area or self.street, level=level, **(values | fields)
        )

    def team(self, incident: Incident, *people: Person, area: Area | None = None) -> list[TeamMember]:
        """These people (else veteran, newcomer and neighbour) in the incident's team, deployed to ``area`` if given."""
        now = timezone.now()
        chosen: Sequence[Person] = people or [
            account.person for account in (self.veteran, self.newcomer, self.neighbour)
        ]
        call_up = CallUp.objects.create(
            incident=incident, title="召集", wanted=len(chosen), state="open", sent_at=now, made_by=self.bureau
        )
        answers = CallUpReply.objects.bulk_create(
            CallUpReply(call_up=call_up, person=person, asked_at=now, answer="yes", answered_at=now)
            for person in chosen
        )
        state = TeamMember.State.DEPLOYED if area else TeamMember.State.STANDING_BY
        members = TeamMember.objects.bulk_create(
            TeamMember(
                incident=incident, person=answer.person, reply=answer, state=state, available_from=now, joined_at=now
            )
            for answer in answers
        )
        if area is not None:
            Deployment.objects.bulk_create(
                Deployment(member=member, area=area, state="published", starts=now, published_at=now)
                for member in members
            )
        return members

    # --- building ----------------------------------------------------------------------------------------------

    def _build_places(self) -> None:
        keys = _next_keys("places_area", len(AREAS))
        rows: dict[str, Area] = {}
        for key, (attribute, parent, level, name, code) in zip(keys, AREAS, strict=True):
            above = rows.get(parent)
            rows[attribute] = Area(
                pk=key,
                parent=above,
                path=f"{above.path if above else '/'}{key}/",
                depth=above.depth + 1 if above else 0,
                level=level,
                name=name,
                code=code,
                order=key,
                latitude=29.38 if level == "community" else None,
                longitude=106.54 + 0.01 * len(rows) if level == "community" else None,
            )
        Area.objects.bulk_create(rows.values())
        for attribute, area in rows.items():
            setattr(self, attribute, area)
        self.households = Household.objects.bulk_create(
            [
                Household(area=self.building, room="101", floor=1, people=3, contact_name="钱一帆"),
                Household(area=self.building, room="502", floor=5, people=1, needs=["lone_elderly"]),
                Household(area=self.building_2, room="301", floor=3, people=4),
            ]
        )

    def _build_accounts(self) -> None:
        made = Account.objects.bulk_create(
            Account(username=key, name=name, phone=phone, password=_hashed_password(), email=f"{key}@example.invalid")
            for key, (name, phone, _role, _area) in ACCOUNTS.items()
        )
        grants = []
        for account, (key, (_name, _phone, role, area)) in zip(made, ACCOUNTS.items(), strict=True):
            setattr(self, key, account)
            if role:
                grants.append(Grant(account=account, role=role, area=getattr(self, area)))
        Grant.objects.bulk_create(grants)

    def _build_people(self) -> None:
        self.organisation = Organisation.objects.create(name="海棠志愿服务队", area=self.community)
        skills = {
            code: Skill.objects.get_or_create(code=code, defaults={"name_zh": zh, "name_en": en})[0]
            for code, zh, en in SKILLS
        }
        homes = {"neighbour": self.other_community}
        people = Person.objects.bulk_create(
            Person(
                account=getattr(self, key),
                number=f"T{number:05d}",
                name=ACCOUNTS[key][0],
                phone=ACCOUNTS[key][1],
                state="verified",
                home=homes.get(key, self.community),
                organisation=None if key in homes else self.organisation,
                experience="2022 核酸采样点、卡口值守" if key in ("veteran", "lead") else "",
            )
            for number, key in enumerate(PEOPLE, start=1)
        )
        now = timezone.now()
        Consent.objects.bulk_create(
            Consent(person=person, kind=kind, given_at=now) for person in people for kind in ("serve", "data")
        )
        PersonSkill.objects.bulk_create(
            PersonSkill(person=self.veteran.person, skill=skill, source="certified") for skill in skills.values()
        )


def _next_keys(table: str, count: int) -> list[int]:
    """Keys taken from the table's own sequence, so that paths can be written in the first insert."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [int(row[0]) for row in cursor.fetchall()]


# (attribute, attribute of the parent, level, name, official code)
AREAS: list[tuple[str, str, str, str, str | None]] = [
    ("district", "", "district", "巴南区", "500113"),
    ("street", "district", "street", "李家沱街道", "500113801"),
    ("community", "street", "community", "海棠社区", "500113801901"),
    ("other_community", "street", "community", "青山社区", "500113801902"),
    ("estate", "community", "estate", "望江苑", None),
    ("building", "estate", "building", "1栋", None),
    ("building_2", "estate", "building", "2栋", None),
    ("far_street", "district", "street", "鱼洞街道", "500113802"),
    ("far_community", "far_street", "community", "老街社区", "500113802901"),
]

# name in the tests: (name, phone, role, attribute of the area)
ACCOUNTS: dict[str, tuple[str, str, str, str]] = {
    "administrator": ("管一心", "+8613800000001", Role.ADMINISTRATOR, "district"),
    "bureau": ("周启明", "+8613800000002", Role.COORDINATOR, "district"),
    "office": ("罗素芬", "+8613800000003", Role.COORDINATOR, "street"),
    "worker": ("蒋小琴", "+8613800000004", Role.COMMUNITY_WORKER, "community"),
    "lead": ("陶立新", "+8613800000005", Role.POST_LEAD, "community"),
    "observer": ("段望", "+8613800000006", Role.OBSERVER, "district"),
    "stranger": ("魏远", "+8613800000007", Role.COORDINATOR, "far_street"),
    "veteran": ("陈老练", "+8613800000008", "", ""),
    "newcomer": ("林新来", "+8613800000009", "", ""),
    "neighbour": ("何邻", "+8613800000010", "", ""),
}
PEOPLE = ("veteran", "newcomer", "neighbour", "lead")
SKILLS = [("sampling_helper", "采样协助", "Sampling helper"), ("first_aid", "急救", "First aid")]
