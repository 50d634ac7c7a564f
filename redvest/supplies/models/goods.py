"""What lies in stores: items, stores, donations, and the batches in which items came."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from redvest.core.access import Scoped

ACCOUNT = settings.AUTH_USER_MODEL


@pghistory.track()
class Item(models.Model):
    """A kind of thing that is handed out, counted in one unit. Reference data: it says nothing of anybody."""

    class Kind(models.TextChoices):
        FOOD = "food", _("Food and water")
        DAILY = "daily", _("Daily goods")
        MEDICINE = "medicine", _("Medicine")
        PROTECTIVE = "protective", _("Protective kit")
        TOOL = "tool", _("Tools and equipment")
        OTHER = "other", _("Other")

    name = models.CharField(max_length=60)
    unit = models.CharField(max_length=12, help_text=_("What is counted: box, bottle, piece"))
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.DAILY)
    pack = models.PositiveIntegerField(default=1, help_text=_("How many units a carton holds; 1 when there are none"))
    weight_grams = models.PositiveIntegerField(null=True, blank=True, help_text=_("Of one unit"))
    is_cold = models.BooleanField(default=False, help_text=_("Must stay in the fridge"))
    shelf_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("How long it keeps, when not printed")
    )
    kit_code = models.SlugField(
        max_length=40, blank=True, help_text=_("The playbook's word for a part of a protective kit, such as mask_n95")
    )
    barcode = models.CharField(max_length=40, blank=True, help_text=_("What a scanner reads"))
    is_in_use = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["name", "unit"], name="item_once"),
            models.UniqueConstraint(fields=["barcode"], condition=~Q(barcode=""), name="item_barcode_once"),
            models.UniqueConstraint(fields=["kit_code"], condition=~Q(kit_code=""), name="item_kit_code_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(unit=""), name="item_has_name_and_unit"),
            models.CheckConstraint(condition=Q(pack__gte=1), name="item_pack_counts"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Store(Scoped):
    """A place where things lie: a community's store room, a tent at the gate, a cold box."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    area = models.ForeignKey("places.Area", models.PROTECT, related_name="stores")
    name = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    has_fridge = models.BooleanField(default=False)
    keeper = models.CharField(max_length=60, blank=True, help_text=_("Who holds the key"))
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["area_id", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="store_once_per_area"),
            models.CheckConstraint(condition=~Q(name=""), name="store_has_name"),
        ]
        triggers = [
            pgtrigger.FSM(name="store_states", field="state", transitions=[("open", "closed"), ("closed", "open")])
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Donation(Scoped):
    """What somebody gave: the list he wrote and the receipt he gets. What really arrived are its batches."""

    area = models.ForeignKey("places.Area", models.PROTECT, related_name="donations")
    donor = models.CharField(max_length=80)
    contact_phone = models.CharField(max_length=20, blank=True)
    is_named = models.BooleanField(default=True, help_text=_("The donor agrees to be named in the published totals"))
    wish = models.CharField(max_length=300, blank=True, help_text=_("What the donor wants it used for"))
    made_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(donor=""), name="donation_has_donor")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number on the receipt."""
        return f"{timezone.localtime(self.at):%Y%m%d}-{self.pk:05d}"


@pghistory.track()
class Batch(models.Model):
    """What one delivery brought of one item: announced and counted, in which condition, until when it keeps.

    Only its expiry and its printed number may be corrected; how much there is of it is what the legs add up to.
    """

    class Condition(models.TextChoices):
        GOOD = "good", _("Good")
        DAMAGED = "damaged", _("Partly damaged")
        DOUBTFUL = "doubtful", _("Doubtful, to be checked")

    item = models.ForeignKey(Item, models.PROTECT, related_name="batches")
    received = models.ForeignKey("supplies.Movement", models.PROTECT, related_name="batches")
    label = models.CharField(max_length=40, blank=True, help_text=_("The number printed on the packs"))
    source = models.CharField(max_length=80, blank=True)
    donation = models.ForeignKey(Donation, models.PROTECT, null=True, blank=True, related_name="batches")
    expires_on = models.DateField(null=True, blank=True)
    expected = models.PositiveIntegerField(null=True, blank=True)
    counted = models.PositiveIntegerField()
    condition = models.CharField(max_length=10, choices=Condition.choices, default=Condition.GOOD)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(counted__gte=1) | Q(expected__gte=1), name="batch_came_or_was_missed"),
            models.CheckConstraint(condition=Q(condition="good") | ~Q(note=""), name="batch_damage_is_described"),
        ]
        indexes = [models.Index(fields=["item", "expires_on"], name="batch_by_expiry")]
        triggers = [
            pgtrigger.ReadOnly(name="batch_stays_as_received", exclude=["expires_on", "label"]),
            pgtrigger.Protect(name="batch_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.label}"

    @property
    def missing(self) -> int:
        """How many of what was announced did not come."""
        return max(0, (self.expected or 0) - self.counted)
