"""What coordinators and community workers do to a person's entry."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live, masking
from redvest.core.errors import Denied, Refused
from redvest.people import queries
from redvest.people.models import Account, Availability, Organisation, Person, PersonSkill, Skill
from redvest.places.models import Area

FIELDS = (
    "name",
    "kind",
    "phone",
    "organisation",
    "home",
    "home_address",
    "birth_year",
    "languages",
    "political_status",
    "experience",
    "max_distance_km",
    "emergency_contact",
)


@transaction.atomic
def add_person(actor: Account, **fields: Any) -> Person:
    """A new volunteer or member of staff. He needs a home or an organisation in the actor's areas."""
    row = Person(number=next_numbers(1)[0], **_known(fields))
    _require_place(actor, row)
    _save(row)
    audit.record(actor, "people.person_added", row, area_path=queries.area_path(row))
    live.announce("people", queries.area_path(row) or "/")
    return row


@transaction.atomic
def edit_person(actor: Account, pk: int, **fields: Any) -> Person:
    """Change what is known of a person. His own changes go through ``edit_my_details``."""
    row = _locked(actor, pk)
    changed = {key: value for key, value in _known(fields).items() if getattr(row, key) != value}
    for key, value in changed.items():
        setattr(row, key, value)
    if {"organisation", "home"} & changed.keys():
        _require_place(actor, row)
    _save(row)
    if "phone" in changed and row.account is not None:
        _move_phone(row.account, row.phone)
    audit.record(
        actor, "people.person_edited", row, area_path=queries.area_path(row), detail={"fields": sorted(changed)}
    )
    live.announce("people", queries.area_path(row) or "/")
    return row


@transaction.atomic
def verify_person(actor: Account, pk: int) -> Person:
    """Somebody has checked that this is who he says. Only verified people are called up and rostered."""
    row = _locked(actor, pk, "people.verify")
    if row.state == Person.State.VERIFIED:
        raise Refused(_("This person is already verified. Nothing needs to be done."))
    return _set_state(actor, row, Person.State.VERIFIED, "people.person_verified")


@transaction.atomic
def mark_left(actor: Account, pk: int) -> Person:
    """The person no longer serves. The entry stays: service records are kept for ten years."""
    row = _locked(actor, pk, "people.verify")
    if row.state == Person.State.LEFT:
        raise Refused(_("This person has already left. Use “Let serve again” if he comes back."))
    return _set_state(actor, row, Person.State.LEFT, "people.person_left")


@transaction.atomic
def take_back(actor: Account, pk: int) -> Person:
    """Somebody who had left serves again; he is verified anew."""
    row = _locked(actor, pk, "people.verify")
    if row.state != Person.State.LEFT:
        raise Refused(_("This person has not left. Nothing needs to be done."))
    return _set_state(actor, row, Person.State.REGISTERED, "people.person_taken_back")


@transaction.atomic
def set_skills(actor: Account, pk: int, codes: Collection[str]) -> Person:
    """Replace the declared skills; what duty or a certificate earned stays."""
    row = _locked(actor, pk)
    replace_declared_skills(row, codes)
    audit.record(actor, "people.skills_set", row, area_path=queries.area_path(row), detail={"skills": sorted(codes)})
    live.announce("people", queries.area_path(row) or "/")
    return row


@transaction.atomic
def certify_skill(actor: Account, pk: int, code: str, *, expires_on: date | None = None) -> PersonSkill:
    """Somebody has seen the certificate; until ``expires_on`` it counts."""
    row = _locked(actor, pk, "people.verify")
    skill = _skill(code)
    if expires_on is not None and expires_on < timezone.localdate():
        raise Refused(_("This certificate has already expired. Check the date, or ask for a new certificate."))
    held, _made = PersonSkill.objects.update_or_create(
        person=row, skill=skill, defaults={"source": PersonSkill.Source.CERTIFIED, "expires_on": expires_on}
    )
    audit.record(actor, "people.skill_certified", row, area_path=queries.area_path(row), detail={"skill": code})
    live.announce("people", queries.area_path(row) or "/")
    return held


@transaction.atomic
def remove_skill(actor: Account, pk: int, code: str) -> None:
    """A skill that turned out not to be there."""
    row = _locked(actor, pk, "people.verify")
    removed, _models = PersonSkill.objects.filter(person=row, skill__code=code).delete()
    if not removed:
        raise Refused(_("This person does not have this skill any more. Reload the page."))
    audit.record(actor, "people.skill_removed", row, area_path=queries.area_path(row), detail={"skill": code})
    live.announce("people", queries.area_path(row) or "/")


@transaction.atomic
def add_availability(actor: Account, pk: int, **fields: Any) -> Availability:
    """What a person said on the phone about his time; ``until_event`` keeps the end open."""
    row = _locked(actor, pk)
    said = save_availability(row, **fields)
    audit.record(actor, "people.availability_added", row, area_path=queries.area_path(row), detail={"id": said.pk})
    live.announce("people", queries.area_path(row) or "/")
    return said


@transaction.atomic
def remove_availability(actor: Account, pk: int, said: int) -> None:
    """Take an entry about somebody's time away."""
    row = _locked(actor, pk)
    delete_availability(row, said)
    audit.record(actor, "people.availability_removed", row, area_path=queries.area_path(row), detail={"id": said})
    live.announce("people", queries.area_path(row) or "/")


@transaction.atomic
def reveal_person(actor: Account, pk: int, *, purpose: str) -> Person:
    """The person with phone and emergency contact in clear, for the stated purpose; the look is recorded."""
    rows = Person.objects.select_related("organisation__area", "home", "host")
    row = access.fetch(actor, "people.reveal", rows, pk=pk)
    purpose = purpose.strip()
    if not purpose:
        raise Refused(_("Say why you need this phone number; the reason is recorded. Then it is shown."))
    audit.viewed(
        actor, row, ("phone", "emergency_contact", "home_address"), purpose[:200], area_path=queries.area_path(row)
    )
    return row


@transaction.atomic
def open_account(actor: Account, pk: int) -> Account:
    """An account with which the person signs in by a code sent to his phone; he is then reached in the app as well."""
    row = _locked(actor, pk)
    if row.account is not None:
        raise Refused(_("This person can already sign in. Nothing needs to be done."))
    if not row.phone:
        raise Refused(_("Signing in needs a phone number for the code. Enter the number first."))
    account = new_account(row)
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as error:
        raise Refused(_("Another account uses this phone number. Check whose number it is.")) from error
    row.account = account
    row.save(update_fields=["account"])
    audit.record(actor, "people.account_opened", row, area_path=queries.area_path(row))
    live.announce("people", queries.area_path(row) or "/")
    return account


# --- shared with ``mine`` and ``importing`` ------------------------------------------------------------------------


def next_numbers(count: int) -> list[str]:
    """New volunteer numbers, never given twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('people_person_number') FROM generate_series(1, %s)", [count])
        return [f"V{int(row[0]):08d}" for row in cursor.fetchall()]


def new_account(row: Person) -> Account:
    """An unsaved account for a person: no password, signs in by phone."""
    account = Account(username=row.number.lower(), name=row.name, phone=row.phone)
    account.set_unusable_password()
    return account


def replace_declared_skills(row: Person, codes: Collection[str]) -> None:
    """Declared skills become exactly ``codes``; earned and certified ones are left alone."""
    wanted = {skill.code: skill for skill in Skill.objects.filter(code__in=codes)}
    unknown = set(codes) - wanted.keys()
    if unknown:
        raise Refused(_("There is no such skill any more. Reload the page and choose again."))
    PersonSkill.objects.filter(person=row, source=PersonSkill.Source.DECLARED).exclude(skill__code__in=codes).delete()
    held = set(PersonSkill.objects.filter(person=row).values_list("skill__code", flat=True))
    PersonSkill.objects.bulk_create(PersonSkill(person=row, skill=wanted[code]) for code in wanted.keys() - held)


def save_availability(
    row: Person,
    *,
    kind: str,
    starts: datetime,
    ends: datetime | None = None,
    until_event: str = "",
    daily_from: time | None = None,
    daily_until: time | None = None,
    note: str = "",
) -> Availability:
    """Check and write what somebody said about his time."""
    if ends is not None and ends <= starts:
        raise Refused(_("The end lies before the start. Correct one of the two."))
    if ends is not None and until_event:
        raise Refused(_("Choose one end: a date, or an event such as “until the zone is lifted”."))
    if (daily_from is None) != (daily_until is None):
        raise Refused(_("Daily hours need a beginning and an end. Enter both, or neither."))
    return Availability.objects.create(
        person=row,
        kind=kind,
        starts=starts,
        ends=ends,
        until_event=until_event[:120],
        daily_from=daily_from,
        daily_until=daily_until,
        note=note[:200],
    )


def delete_availability(row: Person, said: int) -> None:
    """Delete one entry of this person, or say that it is gone."""
    removed, _models = Availability.objects.filter(person=row, pk=said).delete()
    if not removed:
        raise Refused(_("This entry is already gone. Reload the page."))


def _locked(actor: Account, pk: int, action: str = "people.edit") -> Person:
    """The person, locked, if a role of the actor allows this; being the person is not enough here."""
    rows = Person.objects.select_related("organisation__area", "home", "host", "account").select_for_update(
        of=("self",)
    )
    row = access.fetch(actor, action, rows, pk=pk)
    if not queries.may(actor, action, row):
        raise Denied(_("You can change your own entry in “My details” only."), code=action)
    return row


def _set_state(actor: Account, row: Person, state: str, verb: str) -> Person:
    row.state = state
    row.save(update_fields=["state"])
    audit.record(actor, verb, row, area_path=queries.area_path(row))
    live.announce("people", queries.area_path(row) or "/")
    return row


def _require_place(actor: Account, row: Person) -> None:
    found: list[Area] = queries.areas_of(row)
    if not found:
        raise Refused(_("Choose an organisation or a home community, so that somebody looks after this person."))
    if not any(access.can(actor, "people.edit", area) for area in found):
        raise Refused(_("Neither the organisation nor the home lies in your areas. Choose one that does."))


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = fields.keys() - set(FIELDS)
    if unknown:
        raise TypeError(f"These are no fields of this action: {', '.join(sorted(unknown))}.")
    organisation = fields.get("organisation")
    if organisation is not None and not isinstance(organisation, Organisation):
        raise TypeError("organisation must be a row, which the caller got through queries.")
    return fields


def _save(row: Person) -> None:
    row.phone = row.phone or None
    if not row.name.strip():
        raise Refused(_("A person needs a name. Enter it."))
    other = Person.objects.filter(phone=row.phone).exclude(pk=row.pk).first() if row.phone else None
    try:
        if other is None:
            with transaction.atomic():
                row.save()
            return
    except IntegrityError:
        other = Person.objects.filter(phone=row.phone).exclude(pk=row.pk).first()
    raise Refused(
        _("This phone number already belongs to %(who)s. Check the number, or open that entry.")
        % {"who": masking.name(other.name) if other else "?"}
    )


def _move_phone(account: Account, phone: str | None) -> None:
    account.phone = phone
    try:
        with transaction.atomic():
            account.save(update_fields=["phone"])
    except IntegrityError as error:
        raise Refused(_("Another account uses this phone number. Check whose number it is.")) from error


def _skill(code: str) -> Skill:
    skill = Skill.objects.filter(code=code).first()
    if skill is None:
        raise Refused(_("There is no such skill any more. Reload the page and choose again."))
    return skill
