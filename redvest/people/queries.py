"""Reads of people that screens and higher rooms need; the actor comes first, and sees only the people of his areas."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Right
from django.utils import timezone

from redvest.core import access, masking
from redvest.core.models import Entry
from redvest.people.models import Account, Availability, Consent, Organisation, Person, PersonSkill, Skill
from redvest.people.rules import Facts, PoliticalStatus, Span, SpokenLanguage
from redvest.places.models import Area
from redvest.places.queries import full_names


@dataclass(frozen=True, slots=True)
class Line:
    """A person as a list shows him: the phone masked."""

    pk: int
    number: str
    name: str
    kind: str
    state: str
    state_label: str
    kind_label: str
    phone: str
    organisation: str
    home: str
    skills: list[str]


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of people is narrowed to. ``text`` fits names, numbers and the last four digits of a phone."""

    text: str = ""
    organisation: int | None = None
    skill: str = ""
    area: Area | None = None
    kind: str = ""
    state: str = ""


def person_of(account: Account) -> Person | None:
    """The person of an account: himself, so no role is asked for."""
    return Person.objects.select_related("organisation", "home", "host").filter(account_id=account.pk).first()


def people(actor: Account, wanted: Filter, action: str = "people.see") -> QuerySet[Person]:
    """The people of the actor's areas that fit, by name."""
    rows = access.scope(actor, action, Person.objects.all())
    if wanted.text:
        rows = rows.filter(_text(wanted.text.strip()))
    if wanted.organisation is not None:
        rows = rows.filter(organisation_id=wanted.organisation)
    if wanted.skill:
        rows = rows.filter(Exists(PersonSkill.objects.filter(person=OuterRef("pk"), skill__code=wanted.skill)))
    if wanted.area is not None:
        path = wanted.area.path
        rows = rows.filter(
            Q(home__path__startswith=path)
            | Q(host__path__startswith=path)
            | Q(organisation__area__path__startswith=path)
        )
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    return rows.select_related("organisation", "home").order_by("name", "id")


def _text(text: str) -> Q:
    if text.isascii() and text.isdigit() and len(text) == 4:
        return Q(pk__in=Person.objects.annotate(tail=Right("phone", 4)).filter(tail=text).values("pk")) | Q(
            number__endswith=text
        )
    digits = "".join(character for character in text if character.isdigit())
    if len(digits) >= 11 and set(text) <= set("0123456789+- "):
        return Q(phone__endswith=digits[-11:])
    return Q(name__icontains=text) | Q(number__iexact=text)


def lines(page: Iterable[Person]) -> list[Line]:
    """A page of people as list lines: two more queries, however long the page."""
    rows = list(page)
    skills: dict[int, list[str]] = {}
    for found in PersonSkill.objects.filter(person__in=rows).select_related("skill"):
        skills.setdefault(found.person_id, []).append(str(found.skill))
    homes = full_names({row.home.pk: row.home for row in rows if row.home is not None}.values())
    return [
        Line(
            row.pk,
            row.number,
            row.name,
            row.kind,
            row.state,
            row.get_state_display(),
            row.get_kind_display(),
            masking.phone(row.phone),
            row.organisation.name if row.organisation is not None else "",
            homes.get(row.home_id or 0, ""),
            sorted(skills.get(row.pk, [])),
        )
        for row in rows
    ]


def person(actor: Account, pk: int, action: str = "people.see") -> Person:
    """One person, or a 404."""
    rows = Person.objects.select_related("organisation", "organisation__area", "home", "host", "place_now", "account")
    return access.fetch(actor, action, rows, pk=pk)


def may(actor: Account, action: str, row: Person) -> bool:
    """Whether a role of the actor (not his being this person) allows ``action`` on this person."""
    return any(access.can(actor, action, area) for area in areas_of(row))


def areas_of(row: Person) -> list[Area]:
    """The areas in which a person is looked after: home, host, organisation."""
    organisation = row.organisation.area if row.organisation is not None else None
    return [area for area in (organisation, row.home, row.host) if area is not None]


def area_path(row: Person) -> str:
    """The path under which a change to this person is recorded: his organisation's area, else his home's."""
    found = areas_of(row)
    return found[0].path if found else ""


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a person's history: when, who, what."""

    at: datetime
    actor: str
    verb: str


def history(actor: Account, row: Person, limit: int = 30) -> list[Event]:
    """Who did what to this person's entry, for those who may edit it."""
    access.fetch(actor, "people.see", Person.objects.all(), pk=row.pk)
    entries = Entry.objects.filter(model="people.person", row_id=str(row.pk)).select_related("actor").order_by("-at")
    return [Event(entry.at, str(entry.actor or ""), entry.verb) for entry in entries[:limit]]


def skills_of(row: Person) -> list[PersonSkill]:
    """A person's skills with where they come from."""
    return list(row.skills.select_related("skill").order_by("skill__code"))


def availability_of(row: Person, *, since: datetime | None = None) -> list[Availability]:
    """What a person said about his time, without what is over."""
    now = since or timezone.now()
    return list(row.availability.filter(Q(ends=None) | Q(ends__gt=now)))


def consents_of(row: Person) -> dict[str, Consent | None]:
    """For each kind the consent in force."""
    found = {consent.kind: consent for consent in row.consents.filter(withdrawn_at=None)}
    return {kind: found.get(kind) for kind in Consent.Kind.values}


def skills() -> list[Skill]:
    """Every skill: reference data, the same for everybody."""
    return list(Skill.objects.all())


def organisations(actor: Account, text: str = "", action: str = "people.see") -> QuerySet[Organisation]:
    """The organisations of the actor's areas with how many people each has."""
    rows = access.scope(actor, action, Organisation.objects.select_related("area", "parent"))
    if text:
        rows = rows.filter(name__icontains=text)
    here = Count("people", filter=~Q(people__state=Person.State.LEFT))
    return rows.annotate(people_count=here).order_by("area__path", "name")


def organisation(actor: Account, pk: int, action: str = "people.see") -> Organisation:
    """One organisation, or a 404."""
    return access.fetch(actor, action, Organisation.objects.select_related("area", "parent"), pk=pk)


@dataclass(frozen=True, slots=True)
class Totals:
    """The head of the people list."""

    people: int
    verified: int
    volunteers: int
    staff: int
    registered: int


def totals(actor: Account, wanted: Filter) -> Totals:
    """How many people fit, by state and kind; one query."""
    rows = people(actor, wanted).order_by()
    counted = rows.aggregate(
        people=Count("id"),
        verified=Count("id", filter=Q(state=Person.State.VERIFIED)),
        registered=Count("id", filter=Q(state=Person.State.REGISTERED)),
        volunteers=Count("id", filter=Q(kind=Person.Kind.VOLUNTEER)),
        staff=Count("id", filter=Q(kind=Person.Kind.STAFF)),
    )
    return Totals(**counted)


def facts(rows: Iterable[Person]) -> dict[int, Facts]:
    """What ``rules.reasons_against`` looks at, for many people with four queries. The caller has scoped the rows."""
    listed = list(rows)
    keys = [row.pk for row in listed]
    skilled: dict[int, set[str]] = {}
    today = timezone.localdate()
    valid = PersonSkill.objects.filter(Q(expires_on=None) | Q(expires_on__gte=today), person__in=keys)
    for person_id, code in valid.values_list("person_id", "skill__code"):
        skilled.setdefault(person_id, set()).add(code)
    spans: dict[int, list[Span]] = {}
    for row in Availability.objects.filter(person__in=keys):
        daily = (row.daily_from, row.daily_until) if row.daily_from and row.daily_until else None
        span = Span(row.kind == Availability.Kind.CAN, row.starts, row.ends, daily)
        spans.setdefault(row.person_id, []).append(span)
    serving = Consent.objects.filter(person__in=keys, kind=Consent.Kind.SERVE, withdrawn_at=None)
    consented = set(serving.values_list("person_id", flat=True))
    homes = Area.objects.in_bulk({row.home_id for row in listed if row.home_id})
    return {row.pk: _facts(row, consented, skilled, spans, homes) for row in listed}


def _facts(
    row: Person,
    consented: set[int],
    skilled: dict[int, set[str]],
    spans: dict[int, list[Span]],
    homes: dict[int, Area],
) -> Facts:
    home = homes.get(row.home_id or 0)
    latitude, longitude = row.home_latitude, row.home_longitude
    if (latitude is None or longitude is None) and home is not None:
        latitude, longitude = home.latitude, home.longitude
    return Facts(
        verified=row.state == Person.State.VERIFIED,
        left=row.state == Person.State.LEFT,
        consented=row.pk in consented,
        is_staff=row.kind == Person.Kind.STAFF,
        birth_year=row.birth_year,
        skills=frozenset(skilled.get(row.pk, ())),
        languages=frozenset(row.languages),
        spans=tuple(spans.get(row.pk, ())),
        home=(latitude, longitude) if latitude is not None and longitude is not None else None,
        max_distance_km=row.max_distance_km,
    )


def language_labels(row: Person) -> list[str]:
    """The languages of a person in the reader's language."""
    return [str(SpokenLanguage(code).label) for code in row.languages if code in SpokenLanguage.values]


def political_label(row: Person) -> str:
    """The optional political status in the reader's language."""
    known = row.political_status in PoliticalStatus.values
    return str(PoliticalStatus(row.political_status).label) if known else ""
