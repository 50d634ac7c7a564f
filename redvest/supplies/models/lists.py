"""Distribution lists: the published rule, who gets what, the trips that carry it, the signature at each door."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from redvest.core.access import Scoped
from redvest.core.models import append_only
from redvest.places.models import NeedFlag
from redvest.supplies.models.goods import Batch, Item, Store

ACCOUNT = settings.AUTH_USER_MODEL


@pghistory.track()
class Distribution(Scoped):
    """Goods of one store for the doors of an area, by a rule that everybody may read."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Being handed out")
        CLOSED = "closed", _("Closed")
        DROPPED = "dropped", _("Dropped")

    area = models.ForeignKey("places.Area", models.PROTECT, related_name="distributions")
    store = models.ForeignKey(Store, models.PROTECT, related_name="distributions")
    title = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    made_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(ACCOUNT, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    outcome = models.JSONField(default=list, help_text=_("Per portion: who got nothing and why, what stays"))
    closed_by = models.ForeignKey(ACCOUNT, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    difference = models.CharField(max_length=300, blank=True, help_text=_("Why not every box reached its door"))

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="distribution_has_title"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "dropped"]) | Q(published_at__isnull=False),
                name="distribution_published_at_a_time",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="distribution_states",
                field="state",
                transitions=[("draft", "published"), ("draft", "dropped"), ("published", "closed")],
            ),
            pgtrigger.Trigger(
                name="distribution_closes_reconciled",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Q(new__state="closed"),
                func="""
                    IF EXISTS (SELECT 1 FROM supplies_balance b JOIN supplies_location l ON l.id = b.location_id
                               JOIN supplies_trip t ON t.id = l.trip_id
                               WHERE t.distribution_id = NEW.id AND b.quantity <> 0)
                       OR EXISTS (SELECT 1 FROM supplies_reservation
                                  WHERE distribution_id = NEW.id AND state = 'held')
                       OR EXISTS (SELECT 1 FROM supplies_parcel
                                  WHERE distribution_id = NEW.id AND state IN ('waiting', 'out', 'absent')) THEN
                        RAISE EXCEPTION 'A list closes only when every box is accounted for.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class Portion(models.Model):
    """One line of the rule: so many units of an item for each household, or for every so many people behind a door."""

    distribution = models.ForeignKey(Distribution, models.CASCADE, related_name="portions")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    for_people = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("One lot for every so many people begun; empty: one lot for a household")
    )
    needs = ArrayField(models.CharField(max_length=20, choices=NeedFlag.choices), default=list, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["distribution", "item"], name="portion_once_per_item"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1) & (Q(for_people=None) | Q(for_people__gte=1)),
                name="portion_gives_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.quantity}"


@pghistory.track()
class Trip(Scoped):
    """One walk of a pair with parcels of a list. What they carry is at the trip's own location, in one name."""

    class State(models.TextChoices):
        OUT = "out", _("On the way")
        BACK = "back", _("Came back")

    area_lookups: ClassVar[tuple[str, ...]] = ("distribution__store__area",)
    own_lookup = "hands__person__account"

    distribution = models.ForeignKey(Distribution, models.PROTECT, related_name="trips")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OUT)
    sent_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    out_at = models.DateTimeField(default=timezone.now)
    back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["out_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="out", back_at=None) | Q(state="back", back_at__isnull=False),
                name="trip_back_at_a_time",
            )
        ]
        triggers = [pgtrigger.FSM(name="trip_states", field="state", transitions=[("out", "back")])]

    def __str__(self) -> str:
        return f"trip {self.pk}"


@pghistory.track()
class Hand(models.Model):
    """One of the people on a trip; the first answers for what is carried."""

    trip = models.ForeignKey(Trip, models.CASCADE, related_name="hands")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    is_carrier = models.BooleanField(default=False)

    class Meta:
        ordering = ["-is_carrier", "id"]
        constraints = [
            models.UniqueConstraint(fields=["trip", "person"], name="hand_once_per_trip"),
            models.UniqueConstraint(fields=["trip"], condition=Q(is_carrier=True), name="trip_one_carrier"),
        ]

    def __str__(self) -> str:
        return f"{self.trip_id}: {self.person_id}"


@pghistory.track()
class Parcel(Scoped):
    """What one door gets from a list, and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        OUT = "out", _("On the way")
        DELIVERED = "delivered", _("Delivered")
        PROXY = "proxy", _("Taken by somebody else")
        ABSENT = "absent", _("Nobody there")
        REFUSED = "refused", _("Turned down")
        LOST = "lost", _("Written off")
        UNSERVED = "unserved", _("Not delivered")

    OPEN = (State.WAITING, State.OUT, State.ABSENT)
    DONE = (State.DELIVERED, State.PROXY)
    CARRIED = (State.OUT, State.ABSENT, State.REFUSED)

    area_lookups: ClassVar[tuple[str, ...]] = ("building",)
    own_lookup = "trip__hands__person__account"

    distribution = models.ForeignKey(Distribution, models.PROTECT, related_name="parcels")
    household = models.ForeignKey("places.Household", models.PROTECT, related_name="parcels")
    building = models.ForeignKey("places.Area", models.PROTECT, related_name="+")
    trip = models.ForeignKey(Trip, models.PROTECT, null=True, blank=True, related_name="parcels")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    relation = models.CharField(max_length=40, blank=True, help_text=_("Who took it in the household's place"))
    note = models.CharField(max_length=200, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(ACCOUNT, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["distribution", "household"], name="parcel_once_per_door"),
            models.CheckConstraint(condition=~Q(state="proxy") | ~Q(relation=""), name="parcel_proxy_is_named"),
            models.CheckConstraint(
                condition=~Q(state__in=["delivered", "proxy", "absent", "refused", "lost"])
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="parcel_answer_is_signed",
            ),
            models.CheckConstraint(condition=~Q(state="lost") | ~Q(note=""), name="parcel_loss_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(state__in=["out", "absent"]) | Q(trip__isnull=False), name="parcel_is_carried_by_a_trip"
            ),
        ]
        indexes = [models.Index(fields=["distribution", "building", "state"], name="parcel_of_building")]
        triggers = [
            pgtrigger.FSM(
                name="parcel_states",
                field="state",
                transitions=[
                    ("waiting", "out"),
                    ("waiting", "delivered"),
                    ("waiting", "proxy"),
                    ("waiting", "unserved"),
                    ("out", "delivered"),
                    ("out", "proxy"),
                    ("out", "absent"),
                    ("out", "refused"),
                    ("out", "waiting"),
                    ("out", "lost"),
                    ("absent", "delivered"),
                    ("absent", "proxy"),
                    ("absent", "refused"),
                    ("absent", "waiting"),
                    ("absent", "lost"),
                    ("refused", "delivered"),
                    ("refused", "proxy"),
                    ("refused", "lost"),
                    # a wrong tap, put right while the trip is still out or at the desk
                    ("delivered", "out"),
                    ("proxy", "out"),
                    ("delivered", "waiting"),
                    ("proxy", "waiting"),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.distribution_id}: {self.household_id}"


class ParcelLine(models.Model):
    """So many units of a batch in a parcel, and why so many."""

    class Why(models.TextChoices):
        HOUSEHOLD = "household", _("for the household")
        PEOPLE = "people", _("by the number of people")

    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="lines")
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    why = models.CharField(max_length=10, choices=Why.choices)
    people = models.PositiveSmallIntegerField(default=0)
    need = models.CharField(max_length=20, blank=True, choices=NeedFlag.choices)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["parcel", "batch"], name="parcel_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="parcel_line_holds_something"),
        ]
        triggers = [append_only("parcel_line_never_changes")]

    def __str__(self) -> str:
        return f"{self.parcel_id}: {self.quantity}"
