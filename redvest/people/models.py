"""Accounts, organisations and people: who they are, what they can do, when they can serve, what they agreed to."""

import secrets
from typing import Any, ClassVar

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Right
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from redvest.core.access import Scoped

SYSTEM_USERNAME = "system"


def new_token() -> str:
    """An unguessable token for a private link (192 bits)."""
    return secrets.token_urlsafe(24)


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; ``create_superuser`` is what Django's command calls."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "Account":
        account = self.model(username=username, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "Account":
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)

    def system(self) -> "Account":
        """The account in whose name clocks and jobs act when nobody asked."""
        return self.get_or_create(username=SYSTEM_USERNAME, defaults={"name": "RedVest", "is_system": True})[0]


@pghistory.track(exclude=["password", "last_login"])
class Account(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in. What he may do is in his grants, never here."""

    class Language(models.TextChoices):
        CHINESE = "zh-hans", "简体中文"  # i18n: data
        ENGLISH = "en", "English"

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    email = models.EmailField(blank=True)
    phone = models.CharField(
        max_length=20, null=True, blank=True, unique=True, help_text=_("E.164, like +8613800000000")
    )
    language = models.CharField(max_length=10, choices=Language.choices, default=Language.CHINESE)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_system = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_system"], condition=Q(is_system=True), name="account_one_system"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="account_quiet_hours_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


@pghistory.track()
class Organisation(Scoped):
    """A unit that people belong to: a bureau, a street office, a volunteer team."""

    class Kind(models.TextChoices):
        BUREAU = "bureau", _("Government bureau")
        OFFICE = "office", _("Subdistrict office or committee")
        TEAM = "team", _("Volunteer team")
        COMPANY = "company", _("Company")
        OTHER = "other", _("Other")

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TEAM)
    area = models.ForeignKey("places.Area", models.PROTECT, related_name="organisations")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    contact_name = models.CharField(max_length=40, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["area", "name"], name="organisation_once_per_area")]

    def __str__(self) -> str:
        return self.name


class Skill(models.Model):
    """Something that a post may ask for. Reference data, filled by playbooks and administrators."""

    code = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


@pghistory.track()
class Person(Scoped):
    """Somebody who serves: a volunteer, or staff on official secondment (a separate kind: duty, not volunteering).

    A person has a home unit (``organisation``), lives somewhere (``home``), may be hosted by a community (``host``) and
    is somewhere now (``place_now``). ``number`` is the volunteer number; it is not the identity number.
    """

    class Kind(models.TextChoices):
        VOLUNTEER = "volunteer", _("Volunteer")
        STAFF = "staff", _("Seconded staff")

    class State(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        VERIFIED = "verified", _("Verified")
        LEFT = "left", _("Left")

    area_lookups: ClassVar[tuple[str, ...]] = ("home", "host", "organisation__area")
    own_lookup = "account"

    account = models.OneToOneField("people.Account", models.SET_NULL, null=True, blank=True, related_name="person")
    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.VOLUNTEER)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REGISTERED)
    phone = models.CharField(
        max_length=20, null=True, blank=True, unique=True, help_text=_("E.164, like +8613800000000")
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="people")
    home = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="residents")
    home_address = models.CharField(max_length=120, blank=True)
    home_latitude = models.FloatField(null=True, blank=True)
    home_longitude = models.FloatField(null=True, blank=True)
    host = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="hosted_people")
    place_now = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="people_now")
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    political_status = models.CharField(max_length=20, blank=True, help_text=_("Optional. It decides nothing."))
    experience = models.CharField(max_length=300, blank=True)
    max_distance_km = models.PositiveSmallIntegerField(null=True, blank=True)
    emergency_contact = models.CharField(max_length=80, blank=True)
    calendar_token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="person_has_name"),
            models.CheckConstraint(
                condition=Q(birth_year=None) | Q(birth_year__gte=1900, birth_year__lte=2100), name="person_birth_year"
            ),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="person_by_name"),
            models.Index(fields=["organisation", "name"], name="person_of_organisation"),
            models.Index(fields=["home"], name="person_home_area"),
            models.Index(Right("phone", 4), name="person_phone_tail"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class PersonSkill(Scoped):
    """That a person has a skill: declared by himself, earned by duty done, or certified until a day."""

    class Source(models.TextChoices):
        DECLARED = "declared", _("Declared")
        EARNED = "earned", _("Earned by duty")
        CERTIFIED = "certified", _("Certified")

    area_lookups: ClassVar[tuple[str, ...]] = ("person__home", "person__host", "person__organisation__area")
    own_lookup = "person__account"

    person = models.ForeignKey(Person, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="people")
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.DECLARED)
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "skill"], name="person_skill_once")]


@pghistory.track()
class Availability(Scoped):
    """When a person can or cannot serve. It may end at an event ("until the zone is lifted") and not at a time."""

    class Kind(models.TextChoices):
        CAN = "can", _("Can serve")
        CANNOT = "cannot", _("Cannot serve")

    area_lookups: ClassVar[tuple[str, ...]] = ("person__home", "person__host", "person__organisation__area")
    own_lookup = "person__account"

    person = models.ForeignKey(Person, models.CASCADE, related_name="availability")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)
    until_event = models.CharField(max_length=120, blank=True)
    daily_from = models.TimeField(null=True, blank=True)
    daily_until = models.TimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["starts", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gt=F("starts")), name="availability_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(daily_from=None, daily_until=None) | Q(daily_from__isnull=False, daily_until__isnull=False),
                name="availability_daily_hours_whole",
            ),
        ]
        indexes = [models.Index(fields=["person", "starts"], name="availability_of_person")]


@pghistory.track()
class Consent(Scoped):
    """What a person agreed to, and when he took it back."""

    class Kind(models.TextChoices):
        SERVE = "serve", _("Serving as a volunteer and its risks")
        DATA = "data", _("Use of personal data for the emergency")
        PHOTO = "photo", _("Photographs")

    area_lookups: ClassVar[tuple[str, ...]] = ("person__home", "person__host", "person__organisation__area")
    own_lookup = "person__account"

    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(withdrawn_at=None), name="consent_one_in_force"
            )
        ]
