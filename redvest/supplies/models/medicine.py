"""Medicine runs: a household's card, cash, slip and empty box go to a pharmacy and come back with the medicine.

Each thing is always in somebody's hands. A hand-over names who gave and who took; the database refuses one from
somebody who does not hold the thing, and refuses to end a run while anything is not back at the door.
"""

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from redvest.core.access import Scoped
from redvest.core.models import append_only

ACCOUNT = settings.AUTH_USER_MODEL


@pghistory.track()
class MedicineRun(Scoped):
    """A household's medicine, fetched by somebody else. The household is named in lists only by door and surname."""

    class State(models.TextChoices):
        OPEN = "open", _("Under way")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Called off")

    own_lookup = "carrier__account"

    household = models.ForeignKey("places.Household", models.PROTECT, related_name="medicine_runs")
    area = models.ForeignKey("places.Area", models.PROTECT, related_name="+")
    drug = models.CharField(max_length=80)
    maker = models.CharField(max_length=80, blank=True)
    strength = models.CharField(max_length=60, blank=True)
    quantity = models.CharField(max_length=30)
    is_cold = models.BooleanField(default=False)
    hospital = models.CharField(max_length=80, blank=True)
    card_tail = models.CharField(max_length=4, blank=True, validators=[RegexValidator(r"^[0-9A-Za-z]{4}$")])
    runs_out_on = models.DateField(null=True, blank=True)
    carrier = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="medicine_runs")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    made_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(drug="") & ~Q(quantity=""), name="medicine_run_says_what"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="medicine_run_ends_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(card_tail="") | Q(card_tail__regex=r"^[0-9A-Za-z]{4}$"), name="medicine_card_only_its_tail"
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="medicine_run_states",
                field="state",
                transitions=[("open", "done"), ("open", "cancelled")],
            ),
            pgtrigger.Trigger(
                name="medicine_run_ends_with_everything_back",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
                condition=~pgtrigger.Q(new__state="open"),
                func="""
                    IF EXISTS (SELECT 1 FROM supplies_thing WHERE run_id = NEW.id AND holder NOT IN ('door', 'spent')
                               AND NOT (NEW.state = 'cancelled' AND kind IN ('medicine', 'receipt')
                                        AND holder = 'pharmacy')) THEN
                        RAISE EXCEPTION 'Something of this run is not back at the door.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.drug


class Holder(models.TextChoices):
    """Where a thing of a medicine run can be."""

    DOOR = "door", _("The household")
    PERSON = "person", _("A person")
    DESK = "desk", _("The community desk")
    PHARMACY = "pharmacy", _("Pharmacy or hospital")
    SPENT = "spent", _("Used up: paid, or kept by the pharmacy")


@pghistory.track()
class Thing(Scoped):
    """One thing of a medicine run, and who holds it now. Only hand-overs change the holder."""

    class Kind(models.TextChoices):
        CARD = "card", _("Insurance card")
        CASH = "cash", _("Cash")
        BOX = "box", _("Empty box")
        SLIP = "slip", _("Needs slip")
        MEDICINE = "medicine", _("Medicine")
        RECEIPT = "receipt", _("Receipt of payment")

    area_lookups: ClassVar[tuple[str, ...]] = ("run__area",)

    run = models.ForeignKey(MedicineRun, models.PROTECT, related_name="things")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, help_text=_("Cash in yuan"))
    holder = models.CharField(max_length=10, choices=Holder.choices)
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "kind"], name="thing_once_per_run"),
            models.CheckConstraint(
                condition=Q(holder="person", person__isnull=False) | (~Q(holder="person") & Q(person=None)),
                name="thing_is_in_named_hands",
            ),
            models.CheckConstraint(
                condition=Q(kind="cash", amount__gte=0) | (~Q(kind="cash") & Q(amount=None)),
                name="thing_cash_is_counted",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="thing_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="thing_moves_by_hand_over",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF pg_trigger_depth() < 2 THEN
                        RAISE EXCEPTION 'A thing changes hands only by a hand-over.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.kind}"


class HandOver(Scoped):
    """A thing went from one to another: who gave, who took, when. Never changes; the next one continues it."""

    area_lookups: ClassVar[tuple[str, ...]] = ("thing__run__area",)

    thing = models.ForeignKey(Thing, models.PROTECT, related_name="hand_overs")
    giver = models.CharField(max_length=10, choices=Holder.choices)
    giver_person = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    taker = models.CharField(max_length=10, choices=Holder.choices)
    taker_person = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    giver_name = models.CharField(max_length=60)
    taker_name = models.CharField(max_length=60)
    paid = models.DecimalField(
        max_digits=8, decimal_places=2, default=0, help_text=_("What of the cash was spent at this step")
    )
    at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(giver_name="") & ~Q(taker_name=""), name="hand_over_names_both"),
            models.CheckConstraint(
                condition=~Q(giver=F("taker"))
                | (Q(giver="person") & ~Q(giver_person=F("taker_person")))
                | Q(paid__gt=0),
                name="hand_over_changes_hands",
            ),
            models.CheckConstraint(condition=Q(paid__gte=0), name="hand_over_pays_nothing_back"),
        ]
        triggers = [
            append_only("hand_over_never_changes"),
            pgtrigger.Trigger(
                name="hand_over_continues_the_chain",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("held", "supplies_thing%ROWTYPE")],
                func="""
                    SELECT * INTO held FROM supplies_thing WHERE id = NEW.thing_id FOR UPDATE;
                    IF held.holder <> NEW.giver OR held.person_id IS DISTINCT FROM NEW.giver_person_id THEN
                        RAISE EXCEPTION 'Who does not hold a thing cannot give it.' USING ERRCODE = 'check_violation';
                    END IF;
                    IF held.holder = 'spent' THEN
                        RAISE EXCEPTION 'What is used up cannot be given.' USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.paid > 0 AND held.kind <> 'cash' THEN
                        RAISE EXCEPTION 'Only cash is paid with.' USING ERRCODE = 'check_violation';
                    END IF;
                    UPDATE supplies_thing SET holder = NEW.taker, person_id = NEW.taker_person_id,
                        amount = CASE WHEN kind = 'cash' THEN amount - NEW.paid ELSE NULL END
                        WHERE id = NEW.thing_id;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.thing_id}: {self.giver_name} → {self.taker_name}"
