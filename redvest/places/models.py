"""One tree of areas, from the district down to the stairwell unit, and the households in it."""

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from redvest.core.access import Scoped


@pghistory.track(exclude=["path", "depth"])
class Area(Scoped):
    """A node of the tree. Its ``path`` holds the keys from the root down (``/1/2/7/``) and always ends in a slash,
    so that ``/1/2/`` is no prefix of ``/1/23/``. Names are not unique; official codes are.
    """

    area_lookups: ClassVar[tuple[str, ...]] = ("",)

    class Level(models.TextChoices):
        """Unlike nodes: an estate may hang from a community or from a grid; a village has groups."""

        CITY = "city", _("City")
        DISTRICT = "district", _("District")
        STREET = "street", _("Subdistrict or town")
        COMMUNITY = "community", _("Community")
        VILLAGE = "village", _("Village")
        GROUP = "group", _("Village group")
        GRID = "grid", _("Grid")
        ESTATE = "estate", _("Estate")
        BUILDING = "building", _("Building")
        UNIT = "unit", _("Stairwell unit")

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, unique=True)
    depth = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=10, choices=Level.choices)
    code = models.CharField(
        max_length=12, null=True, blank=True, unique=True, help_text=_("GB/T 2260 or 12-digit code")
    )
    name = models.CharField(max_length=60)
    full_name = models.CharField(max_length=120, blank=True)
    order = models.PositiveIntegerField(default=0)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    floors = models.PositiveSmallIntegerField(null=True, blank=True)
    has_lift = models.BooleanField(null=True, blank=True)
    address = models.CharField(max_length=120, blank=True)
    contact_name = models.CharField(max_length=40, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(path__regex=r"^(/[0-9]+)+/$"), name="area_path_ends_in_slash"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,  # a comparison with NULL is unknown, and CHECK lets the unknown pass
                    longitude__isnull=False,
                    latitude__gte=-90,
                    latitude__lte=90,
                    longitude__gte=-180,
                    longitude__lte=180,
                ),
                name="area_coordinates_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="area_path_prefix", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["parent", "order"], name="area_children"),
            models.Index(fields=["level"], name="area_level"),
        ]

    def __str__(self) -> str:
        return self.name


class NeedFlag(models.TextChoices):
    """Why a household may need help first (domain.md section 3)."""

    LONE_ELDERLY = "lone_elderly", _("Elderly person living alone")
    ELDERLY_COUPLE = "elderly_couple", _("Elderly couple")
    DISABLED = "disabled", _("Disabled")
    BEDRIDDEN = "bedridden", _("Bed-ridden")
    DIALYSIS = "dialysis", _("Dialysis")
    CHEMOTHERAPY = "chemotherapy", _("Chemotherapy or radiotherapy")
    PREGNANT = "pregnant", _("Pregnant")
    INFANT = "infant", _("Infant")
    CHILD_ALONE = "child_alone", _("Child alone")
    CHRONIC_MEDICINE = "chronic_medicine", _("Long-term medicine")
    OXYGEN = "oxygen", _("Oxygen or ventilator")
    INSULIN = "insulin", _("Insulin")
    NO_SMARTPHONE = "no_smartphone", _("No smartphone")
    HARD_OF_HEARING = "hard_of_hearing", _("Hard of hearing")
    DIALECT = "dialect", _("Dialect only")
    LOW_INCOME = "low_income", _("Low income")
    PETS = "pets", _("Pets")


@pghistory.track()
class Household(Scoped):
    """A door: the people behind it, counted, and what they may need. The contact is personal data."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="households")
    room = models.CharField(max_length=20)
    floor = models.SmallIntegerField(null=True, blank=True)
    people = models.PositiveSmallIntegerField()
    needs = ArrayField(models.CharField(max_length=20, choices=NeedFlag.choices), default=list, blank=True)
    contact_name = models.CharField(max_length=40, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "room"], name="household_once_per_door"),
            models.CheckConstraint(condition=~Q(room=""), name="household_has_room"),
        ]
        indexes = [models.Index(fields=["area", "floor", "room"], name="household_doors")]
