"""What becomes of a row about a person: found by phone, else by name with organisation and year of birth, or new."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext as _

from redvest.core import access, batches, bulk, masking
from redvest.core.batches import Importer, Judged, Verdict
from redvest.core.errors import Refused
from redvest.core.models import ImportRow
from redvest.core.sheets.tables import Record
from redvest.core.sheets.troubles import Trouble
from redvest.people.actions.people import new_account, next_numbers
from redvest.people.importing.columns import COLUMNS, availability, plain
from redvest.people.importing.known_skills import held_skills, skill_names
from redvest.people.models import Account, Availability, Organisation, Person, PersonSkill, Skill
from redvest.people.rules import PoliticalStatus, SpokenLanguage
from redvest.places.models import Area
from redvest.places.queries import Gazetteer
from redvest.places.rules import OFFICIAL

Level = Area.Level
LABELS: dict[str, type[TextChoices]] = {
    "kind": Person.Kind,
    "languages": SpokenLanguage,
    "political_status": PoliticalStatus,
}
FIELDS = (
    "name",
    "phone",
    "kind",
    "organisation_id",
    "home_id",
    "home_address",
    "birth_year",
    "languages",
    "political_status",
    "experience",
    "max_distance_km",
    "emergency_contact",
)


class PeopleImporter(Importer):
    """``options``: ``organisation`` (id, for rows that name none), ``new_organisations`` (make unknown ones as teams in
    the batch's area), ``accounts`` (people with a phone can sign in by code and are reached in the app; on by default).
    """

    kind = "people"
    action = "people.import"
    topic = "people"
    columns = COLUMNS
    came_from = {"home_id": "community"}

    def __init__(self, actor: Account, batch: Any) -> None:
        super().__init__(actor, batch)
        self.paths = access.paths(actor, self.action)
        self.skills = skill_names()
        self.organisations: dict[str, list[Organisation]] = {}
        for row in Organisation.objects.select_related("area"):
            self.organisations.setdefault(row.name, []).append(row)
        self.default = Organisation.objects.filter(pk=self.options.get("organisation") or 0).first()
        # Homes may lie outside the actor's areas, names of areas are public: this is no scoped read.
        self.places = Gazetteer({})
        for area in Area.objects.filter(level__in=(*OFFICIAL, Level.GRID, Level.ESTATE)).order_by("path"):
            self.places.add(area)
        self.by_phone: dict[str, tuple[int, str]] = {}
        self.by_name: dict[tuple[Any, ...], int] = {}

    # --- judging -----------------------------------------------------------------------------------------------

    def judge(self, chunk: Sequence[Record]) -> list[Judged]:
        """Three queries for a chunk: people of these phones, people of these names, their skills."""
        prepared = [self._prepare(record) for record in chunk]
        phones = {values["phone"] for values in prepared if "phone" in values}
        names = {values["name"] for values in prepared}
        of_phone = {row.phone: row for row in Person.objects.filter(phone__in=phones)}
        of_name: dict[str, list[Person]] = {}
        for row in Person.objects.filter(name__in=names).exclude(organisation=None):
            of_name.setdefault(row.name, []).append(row)
        taken = set(Account.objects.filter(phone__in=phones, person=None).values_list("phone", flat=True))
        pairs = [self._match(record, values, of_phone, of_name) for record, values in zip(chunk, prepared, strict=True)]
        known = {row.pk: row for row in pairs if row is not None}
        held = held_skills(known)
        return [
            self._judge(record, values, old, held, taken)
            for record, values, old in zip(chunk, prepared, pairs, strict=True)
        ]

    def _prepare(self, record: Record) -> dict[str, Any]:
        """The row's values with names turned into keys."""
        values = {key: value for key, value in record.values.items() if key not in ("organisation", "skills")}
        for key in ("street", "community", "estate"):
            values.pop(key, None)
        self._organisation(record, values)
        self._home(record, values)
        self._skills(record, values)
        self._availability(record, values)
        return values

    def _organisation(self, record: Record, values: dict[str, Any]) -> None:
        name = record.values.get("organisation")
        if name is None:
            if self.default is not None:
                values["organisation_id"] = self.default.pk
            return
        found = self.organisations.get(name, [])
        mine = [row for row in found if self._within(row.area)]
        if len(mine) == 1:
            values["organisation_id"] = mine[0].pk
        elif mine:
            record.refuse(Trouble.SEVERAL_FOUND, "organisation", count=len(mine))
        elif found:
            record.refuse(Trouble.OUTSIDE_AREA, "organisation")
        elif self.options.get("new_organisations") and self.batch.area is not None:
            values["new_organisation"] = name
        else:
            record.refuse(Trouble.NOT_FOUND, "organisation")

    def _home(self, record: Record, values: dict[str, Any]) -> None:
        """By the columns of the place, else by what the address names; an unknown place stays text."""
        street = self._one(record, "street", (Level.STREET,), None)
        community = self._one(record, "community", (Level.COMMUNITY, Level.VILLAGE), street)
        home = self._one(record, "estate", (Level.ESTATE,), community or street) or community
        if home is None and "community" not in record.values:
            home = self.places.in_text(record.values.get("home_address", ""), under=street)
        if home is not None:
            values["home_id"] = home.pk

    def _one(self, record: Record, key: str, levels: tuple[str, ...], under: Area | None) -> Area | None:
        name = record.values.get(key)
        if name is None:
            return None
        found = self.places.named(name, levels=levels, under=under)
        if len(found) == 1:
            return found[0]
        if found:
            record.refuse(Trouble.SEVERAL_FOUND, key, count=len(found))
        else:
            record.refuse(Trouble.KEPT_AS_TEXT, key)
            address = record.values.get("home_address", "")
            if name not in address:
                record.values["home_address"] = f"{name}{address}"[:120]
        return None

    def _skills(self, record: Record, values: dict[str, Any]) -> None:
        named = record.values.get("skills", [])
        codes = {self.skills[name.lower()] for name in named if name.lower() in self.skills}
        unknown = [name for name in named if name.lower() not in self.skills]
        if unknown:
            text = "、".join(unknown)
            record.refuse(Trouble.SKILL_UNKNOWN, "skills", unknown=text[:60])
            values["experience"] = "；".join(filter(None, (values.get("experience"), text)))[:300]
        if codes:
            values["skills"] = sorted(codes)

    def _availability(self, record: Record, values: dict[str, Any]) -> None:
        starts, ends = values.get("available_from"), values.get("available_until")
        if isinstance(starts, date) and isinstance(ends, date) and ends < starts:
            record.refuse(Trouble.CONTRADICTION, "available_until", other=record.spelled.get("available_from", ""))
        if "home_address" in record.values:
            values["home_address"] = record.values["home_address"]
        for key in ("available_from", "available_until"):
            if key in values:
                values[key] = plain(values[key])

    def _within(self, area: Area | None) -> bool:
        return area is not None and any(area.path.startswith(path) for path in self.paths)

    def _match(
        self,
        record: Record,
        values: dict[str, Any],
        of_phone: dict[str | None, Person],
        of_name: dict[str, list[Person]],
    ) -> Person | None:
        """The person of this row: by phone, else by name and organisation and, if given, year of birth."""
        old = of_phone.get(values["phone"]) if "phone" in values else None
        if old is not None:
            if old.name != values["name"]:
                record.refuse(Trouble.TAKEN, "phone", who=masking.name(old.name))
            return old
        year = values.get("birth_year")
        same = [
            row
            for row in of_name.get(values["name"], ())
            if row.organisation_id == values.get("organisation_id") and (year is None or row.birth_year in (None, year))
        ]
        # A namesake with another phone is the same person only if the year of birth says so.
        if "phone" in values:
            same = [row for row in same if not row.phone or (year is not None and row.birth_year == year)]
        if len(same) > 1:
            record.refuse(Trouble.SEVERAL_FOUND, "name", count=len(same))
            return None
        return same[0] if same else None

    def _judge(
        self,
        record: Record,
        values: dict[str, Any],
        old: Person | None,
        held: dict[int, set[str]],
        taken: set[str | None],
    ) -> Judged:
        self._watch_duplicates(record, values)
        self._watch_place(record, values, old)
        if values.get("phone") in taken and (old is None or old.account_id is None):
            record.refuse(Trouble.TAKEN, "phone", who="?")
        if old is None:
            return Judged(Verdict.CREATE, values)
        if "languages" in values:  # a file adds languages, as it adds skills
            values["languages"] = [*old.languages, *(one for one in values["languages"] if one not in old.languages)]
        changes = {
            key: [getattr(old, key), values[key]]
            for key in FIELDS
            if key in values and (getattr(old, key) or "") != values[key]
        }
        new_skills = sorted(set(values.get("skills", ())) - held.get(old.pk, set()))
        if new_skills:
            changes["skills"] = [[], new_skills]
        if not changes:
            return Judged(Verdict.SKIP)
        return Judged(Verdict.CHANGE, values, old.pk, changes)

    def _watch_duplicates(self, record: Record, values: dict[str, Any]) -> None:
        phone = values.get("phone")
        if phone is not None:
            row, name = self.by_phone.setdefault(phone, (record.number, values["name"]))
            if row != record.number or name != values["name"]:
                record.refuse(Trouble.DUPLICATE_IN_FILE, "phone", row=row)
            return
        key = (values["name"], values.get("organisation_id"), values.get("new_organisation"), values.get("birth_year"))
        earlier = self.by_name.setdefault(key, record.number)
        if earlier != record.number:
            record.refuse(Trouble.DUPLICATE_IN_FILE, "name", row=earlier)

    def _watch_place(self, record: Record, values: dict[str, Any], old: Person | None) -> None:
        """Somebody must look after the person, and it must be the actor."""
        home = self.places.nodes.get(values.get("home_id") or 0)
        organised = bool({"organisation_id", "new_organisation"} & values.keys() or (old and old.organisation_id))
        if not organised and home is None and old is None:
            if any(problem.column == record.spelled.get("organisation") for problem in record.problems):
                return
            unknown = [problem for problem in record.problems if problem.trouble == Trouble.KEPT_AS_TEXT]
            if unknown:  # a place nobody knows is worth a note only where the organisation answers for the person
                record.problems[:] = [problem for problem in record.problems if problem not in unknown]
                record.refuse(Trouble.NOT_FOUND, "community" if "community" in record.spelled else "estate")
            else:
                record.refuse(Trouble.MISSING, "organisation" if "community" not in record.spelled else "community")
        elif not organised and home is not None and not self._within(home):
            record.refuse(Trouble.OUTSIDE_AREA, "community")
        if old is not None and not access.scope(self.actor, self.action, Person.objects.filter(pk=old.pk)).exists():
            record.refuse(Trouble.TAKEN, "phone" if "phone" in values else "name", who=masking.name(old.name))

    @classmethod
    def in_words(cls, key: str, value: Any) -> str:
        """Names for organisations, homes and skills; labels for codes."""
        if value in (None, "", []):
            return ""
        if key == "organisation_id":
            return str(Organisation.objects.get(pk=value))
        if key == "home_id":
            return str(Area.objects.get(pk=value))
        if key == "skills":
            return super().in_words(key, list(Skill.objects.filter(code__in=value)))
        if key in LABELS:
            choices = LABELS[key]
            return super().in_words(
                key, [choices(code).label for code in (value if isinstance(value, list) else [value])]
            )
        return super().in_words(key, value)

    # --- writing -----------------------------------------------------------------------------------------------

    def create(self, rows: Sequence[ImportRow]) -> None:
        """People, their accounts, skills and times: four bulk inserts for a chunk."""
        numbers = next_numbers(len(rows))
        people = [self._new(row.values["write"], number) for row, number in zip(rows, numbers, strict=True)]
        if self.options.get("accounts", True):
            holders = [person for person in people if person.phone]
            accounts = [new_account(person) for person in holders]
            bulk.insert(accounts)
            for person, account in zip(holders, accounts, strict=True):
                person.account = account
        bulk.insert(people)
        for row, person in zip(rows, people, strict=True):
            row.row_id = person.pk
        self._add_rest((person.pk, row.values["write"]) for row, person in zip(rows, people, strict=True))

    def _new(self, values: dict[str, Any], number: str) -> Person:
        fields = {key: values[key] for key in FIELDS if key in values}
        if "new_organisation" in values:
            fields["organisation_id"] = self._make_organisation(values["new_organisation"]).pk
        return Person(number=number, **fields)

    def _make_organisation(self, name: str) -> Organisation:
        """A team in the batch's area, once."""
        area = self.batch.area
        found = [row for row in self.organisations.get(name, []) if area is not None and row.area_id == area.pk]
        if found:
            return found[0]
        assert area is not None  # judged only with an area
        made = Organisation.objects.create(name=name, area=area)
        self.organisations.setdefault(name, []).append(made)
        self.options.setdefault("organisations_made", []).append(made.pk)
        return made

    def _add_rest(self, people: Iterable[tuple[int, dict[str, Any]]]) -> None:
        skills: list[PersonSkill] = []
        times: list[Availability] = []
        keys = dict(Skill.objects.values_list("code", "pk"))
        for pk, values in people:
            skills += [PersonSkill(person_id=pk, skill_id=keys[code]) for code in values.get("skills", ())]
            said = availability(pk, values)
            if said is not None:
                times.append(said)
        bulk.insert(skills)
        bulk.insert(times)

    def change(self, rows: Sequence[ImportRow]) -> None:
        """Only what the file fills in changes; skills are added, never taken away."""
        people = Person.objects.select_for_update().in_bulk([row.row_id for row in rows])
        keys = dict(Skill.objects.values_list("code", "pk"))
        skills: list[PersonSkill] = []
        for row in rows:
            person = people.get(row.row_id or 0)
            changes = {key: pair for key, pair in row.values["changes"].items() if key != "skills"}
            if person is None or any(getattr(person, key) != pair[0] for key, pair in changes.items()):
                raise batches.stale()
            added = row.values["changes"].get("skills", [[], []])[1]
            row.before = {"fields": {key: pair[0] for key, pair in changes.items()}, "skills": added}
            for key, pair in changes.items():
                setattr(person, key, pair[1])
            skills += [PersonSkill(person=person, skill_id=keys[code]) for code in added]
        Person.objects.bulk_update(people.values(), FIELDS, batch_size=500)
        PersonSkill.objects.bulk_create(skills)

    def finish(self) -> None:
        """Remember where the history stood."""
        self.options["marks"] = {
            model.__name__: bulk.history_mark(model) for model in (Person, PersonSkill, Availability)
        }

    def take_back(self, created: QuerySet[ImportRow]) -> None:
        """People, accounts, skills and times; refuses when one was worked with since or already serves."""
        keys = created.values("row_id")
        self._require_untouched(keys)
        people = Person.objects.filter(pk__in=keys)
        accounts = people.exclude(account=None).values("account_id")
        if Account.objects.filter(pk__in=accounts).exclude(last_login=None).exists():
            raise Refused(_("Some of these people have already signed in, so the import cannot be undone as a whole."))
        bulk.require_unused(Person, keys, own=("skills", "availability"))
        bulk.require_unused(Account, accounts, own=("person",))
        gone = list(accounts.values_list("account_id", flat=True))
        for model in (PersonSkill, Availability):
            bulk.delete(model._default_manager.filter(person__in=keys))
        bulk.delete(people)
        for group in bulk.chunked(gone):
            bulk.delete(Account.objects.filter(pk__in=group))

    def _require_untouched(self, keys: bulk.Keys) -> None:
        marks = self.options["marks"]
        if (
            bulk.worked_with(Person, keys, marks["Person"])
            or bulk.worked_with(PersonSkill, keys, marks["PersonSkill"], field_name="person_id")
            or bulk.worked_with(Availability, keys, marks["Availability"], field_name="person_id")
        ):
            raise Refused(
                _("Somebody has edited some of these people since, so the import cannot be undone as a whole.")
            )

    def restore(self, changed: Sequence[ImportRow]) -> None:
        """The fields as they were; skills that came with the file go."""
        self._require_untouched([row.row_id for row in changed if row.row_id])
        people = Person.objects.in_bulk([row.row_id for row in changed])
        for row in changed:
            before = row.before or {}
            for key, value in before.get("fields", {}).items():
                setattr(people[row.row_id or 0], key, value)
            if before.get("skills"):
                PersonSkill.objects.filter(person_id=row.row_id or 0, skill__code__in=before["skills"]).delete()
        if people:
            Person.objects.bulk_update(people.values(), FIELDS, batch_size=500)

    def take_back_rest(self) -> None:
        """The organisations that this import made."""
        made = self.options.get("organisations_made", [])
        bulk.require_unused(Organisation, made, own=())
        bulk.delete(Organisation.objects.filter(pk__in=made))
