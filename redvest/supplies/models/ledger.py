"""The double-entry ledger: locations, movements with their legs, the balances that triggers keep, reservations.

A movement takes from some locations and gives to others; its legs sum to zero for each batch. Legs never change: a
mistake is put right by another movement. Stores and people hold what the balance says, and never less than nothing.
"""

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from redvest.core.access import Scoped
from redvest.core.models import append_only
from redvest.supplies.models.goods import Batch, Donation, Store

ACCOUNT = settings.AUTH_USER_MODEL


class Location(Scoped):
    """Where things can be. Stores and custody are ours and hold what they hold; the others are ends of the ledger."""

    own_lookup = "person__account"

    class Kind(models.TextChoices):
        STORE = "store", _("Store")
        CUSTODY = "custody", _("With a person")
        DOOR = "door", _("At a door")
        SOURCE = "source", _("Suppliers and donors")
        WRITTEN_OFF = "written_off", _("Written off")
        COUNT = "count", _("Differences found by counting")

    OURS = (Kind.STORE, Kind.CUSTODY)
    ENDS = (Kind.SOURCE, Kind.WRITTEN_OFF, Kind.COUNT)

    area = models.ForeignKey("places.Area", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    store = models.OneToOneField(Store, models.PROTECT, null=True, blank=True, related_name="location")
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    household = models.OneToOneField("places.Household", models.PROTECT, null=True, blank=True, related_name="+")
    trip = models.OneToOneField("supplies.Trip", models.PROTECT, null=True, blank=True, related_name="location")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="store", store__isnull=False, person=None, household=None)
                | Q(kind="custody", store=None, person__isnull=False, household=None)
                | Q(kind="door", store=None, person=None, household__isnull=False)
                | Q(kind__in=["source", "written_off", "count"], store=None, person=None, household=None),
                name="location_is_one_thing",
            ),
            models.CheckConstraint(condition=Q(trip=None) | Q(kind="custody"), name="location_trip_is_custody"),
            models.UniqueConstraint(fields=["person", "area"], condition=Q(trip=None), name="location_custody_once"),
            models.UniqueConstraint(
                fields=["kind", "area"],
                condition=Q(kind__in=["source", "written_off", "count"]),
                name="location_end_once",
            ),
        ]
        triggers = [append_only("location_never_changes")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Movement(Scoped):
    """Something that happened to stock, once and for all, at ``area``; ``other_area`` is the far end, if any."""

    class Kind(models.TextChoices):
        RECEIVE = "receive", _("Received")
        MOVE = "move", _("Moved")
        ISSUE = "issue", _("Handed to a person")
        DELIVER = "deliver", _("Delivered to a door")
        RETURN = "return", _("Brought back")
        WRITE_OFF = "write_off", _("Written off")
        COUNT = "count", _("Stock count")
        CORRECT = "correct", _("Corrected")

    area_lookups: ClassVar[tuple[str, ...]] = ("area", "other_area")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    area = models.ForeignKey("places.Area", models.PROTECT, related_name="+")
    other_area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, help_text=_("When it happened; not when it was written down"))
    written_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    counted_by = models.CharField(max_length=60, blank=True)
    witness = models.CharField(max_length=60, blank=True, help_text=_("The second person who counted"))
    handed_by = models.CharField(max_length=60, blank=True, help_text=_("Who brought it"))
    reason = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=120, blank=True)
    donation = models.ForeignKey(Donation, models.PROTECT, null=True, blank=True, related_name="movements")
    distribution = models.ForeignKey(
        "supplies.Distribution", models.PROTECT, null=True, blank=True, related_name="movements"
    )
    parcel = models.ForeignKey("supplies.Parcel", models.PROTECT, null=True, blank=True, related_name="movements")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    transaction = models.BigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="receive") | (~Q(counted_by="") & ~Q(witness="") & ~Q(counted_by=F("witness"))),
                name="receipt_counted_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["write_off", "count", "correct"]) | ~Q(reason=""), name="loss_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(kind="correct", corrects__isnull=False) | (~Q(kind="correct") & Q(corrects=None)),
                name="correction_names_its_movement",
            ),
        ]
        indexes = [
            models.Index(fields=["area", "-at"], name="movement_of_area"),
            models.Index(fields=["other_area", "-at"], name="movement_of_other_area"),
        ]
        triggers = [
            append_only("movement_never_changes"),
            pgtrigger.Trigger(
                name="movement_remembers_its_transaction",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="NEW.transaction := txid_current(); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Leg(models.Model):
    """One end of a movement: so much of a batch came to (positive) or left (negative) a location."""

    movement = models.ForeignKey(Movement, models.PROTECT, related_name="legs")
    location = models.ForeignKey(Location, models.PROTECT, related_name="legs")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="legs")
    quantity = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0), name="leg_moves_something"),
            models.UniqueConstraint(fields=["movement", "batch", "location"], name="leg_once_per_end"),
        ]
        indexes = [models.Index(fields=["location", "batch"], name="leg_of_location")]
        triggers = [
            append_only("leg_never_changes"),
            pgtrigger.Trigger(
                name="leg_comes_with_its_movement",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF (SELECT transaction FROM supplies_movement WHERE id = NEW.movement_id) <> txid_current() THEN
                        RAISE EXCEPTION 'A movement is complete: nothing is added to it later.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="leg_changes_the_balance",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                # First the update: an insert that would conflict is checked before the conflict is seen.
                func="""
                    UPDATE supplies_balance SET quantity = quantity + NEW.quantity
                        WHERE location_id = NEW.location_id AND batch_id = NEW.batch_id;
                    IF NOT FOUND THEN
                        INSERT INTO supplies_balance (location_id, batch_id, quantity, reserved, is_ours)
                            SELECT NEW.location_id, NEW.batch_id, NEW.quantity, 0, kind IN ('store', 'custody')
                                FROM supplies_location WHERE id = NEW.location_id
                            ON CONFLICT (location_id, batch_id)
                                DO UPDATE SET quantity = supplies_balance.quantity + NEW.quantity;
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="legs_sum_to_zero",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                    IF (SELECT sum(quantity) FROM supplies_leg
                            WHERE movement_id = NEW.movement_id AND batch_id = NEW.batch_id) <> 0 THEN
                        RAISE EXCEPTION 'What one end of a movement gives, another takes: the legs must sum to zero.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movement_id}: {self.quantity}"


class Balance(Scoped):
    """How much of a batch a location holds and how much of that is reserved. Only the triggers write it."""

    area_lookups: ClassVar[tuple[str, ...]] = ("location__area",)

    location = models.ForeignKey(Location, models.PROTECT, related_name="balances")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="balances")
    quantity = models.IntegerField()
    reserved = models.IntegerField(default=0)
    is_ours = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["location", "batch"], name="balance_once"),
            models.CheckConstraint(condition=Q(is_ours=False) | Q(quantity__gte=0), name="stock_never_below_zero"),
            models.CheckConstraint(
                condition=Q(reserved=0) | Q(is_ours=True, reserved__gt=0, reserved__lte=F("quantity")),
                name="reserved_within_stock",
            ),
        ]
        indexes = [
            models.Index(fields=["location"], condition=Q(is_ours=True, quantity__gt=0), name="balance_in_stock")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="balance_follows_the_legs",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF pg_trigger_depth() < 2 THEN
                        RAISE EXCEPTION 'A balance follows from its legs and reservations and is never set by hand.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.location_id}/{self.batch_id}: {self.quantity}"

    @property
    def free(self) -> int:
        """What nobody has been promised."""
        return self.quantity - self.reserved


@pghistory.track()
class Reservation(Scoped):
    """Stock that is promised to a purpose. ``left`` is what of it has neither been handed out nor released."""

    class State(models.TextChoices):
        HELD = "held", _("Reserved")
        USED = "used", _("Handed out")
        RELEASED = "released", _("Released")

    area_lookups: ClassVar[tuple[str, ...]] = ("location__area",)

    location = models.ForeignKey(Location, models.PROTECT, related_name="reservations")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="reservations")
    quantity = models.PositiveIntegerField()
    left = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    purpose = models.CharField(max_length=120)
    distribution = models.ForeignKey(
        "supplies.Distribution", models.PROTECT, null=True, blank=True, related_name="reservations"
    )
    made_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(left__lte=F("quantity"), quantity__gte=1), name="reservation_in_bounds"),
            models.CheckConstraint(
                condition=Q(state="held", left__gt=0, ended_at=None)
                | (~Q(state="held") & Q(left=0, ended_at__isnull=False)),
                name="reservation_holds_while_held",
            ),
            models.CheckConstraint(condition=~Q(purpose=""), name="reservation_has_purpose"),
        ]
        indexes = [models.Index(fields=["location", "batch"], condition=Q(state="held"), name="reservation_held")]
        triggers = [
            pgtrigger.FSM(
                name="reservation_states", field="state", transitions=[("held", "used"), ("held", "released")]
            ),
            pgtrigger.ReadOnly(
                name="reservation_stays_where_it_is",
                fields=["location", "batch", "quantity", "made_by", "made_at"],
            ),
            pgtrigger.Protect(name="reservation_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="reservation_changes_the_balance",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("more", "int")],
                func="""
                    more := NEW."left" - CASE WHEN TG_OP = 'UPDATE' THEN OLD."left" ELSE 0 END;
                    IF more <> 0 THEN
                        UPDATE supplies_balance SET reserved = reserved + more
                            WHERE location_id = NEW.location_id AND batch_id = NEW.batch_id;
                        IF NOT FOUND THEN
                            RAISE EXCEPTION 'There is nothing here that could be reserved.'
                                USING ERRCODE = 'check_violation';
                        END IF;
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.left}"


class Photo(Scoped):
    """A picture of a delivery, made smaller and without what cameras write into it."""

    area_lookups: ClassVar[tuple[str, ...]] = ("movement__area",)

    movement = models.OneToOneField(Movement, models.PROTECT, related_name="photo")
    image = models.BinaryField()
    taken_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [append_only("photo_never_changes")]

    def __str__(self) -> str:
        return f"photo of {self.movement_id}"
