"""Residents' requests. The database holds: open with an owner and a deadline, or ended with a reason and a name."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from redvest.core.access import Scoped
from redvest.people.models import new_token

ACCOUNT = settings.AUTH_USER_MODEL

# Nobody has it yet; it waits at its post, or at the community's desk where no post sees to it.
WAITING = ("new", "verified")
# Somebody has it.
IN_HAND = ("assigned", "accepted", "under_way")
# Settled one way or another; the resident is still to be called back.
SETTLED = ("done", "not_done", "referred")
OPEN = (*WAITING, *IN_HAND, *SETTLED, "unknown")
ENDED = ("closed", "merged")


@pghistory.track()
class Request(Scoped):
    """Something that a resident needs, from the first word to the call back. Its number is its key, and stays.

    It belongs to the desk of its community and, where one sees to its kind, to a post; ``person`` has it in hand for
    the time being. ``area`` is the nearest known place (a stairwell unit, a building, an estate); ``household`` is
    known where the door is registered.
    """

    class State(models.TextChoices):
        NEW = "new", _("Just come in")
        VERIFIED = "verified", _("Checked, waiting")
        ASSIGNED = "assigned", _("Given to somebody")
        ACCEPTED = "accepted", _("Taken on")
        UNDER_WAY = "under_way", _("On the way")
        DONE = "done", _("Done")
        NOT_DONE = "not_done", _("Could not be done")
        REFERRED = "referred", _("Passed on")
        UNKNOWN = "unknown", _("State unknown")
        CLOSED = "closed", _("Closed")
        MERGED = "merged", _("Merged")

    class Source(models.TextChoices):
        CODE = "code", _("Resident's page")
        PHONE = "phone", _("Phone")
        CHAT = "chat", _("Chat list")
        SHEET = "sheet", _("Spreadsheet")
        DOOR = "door", _("At the door")

    area_lookups: ClassVar[tuple[str, ...]] = ("area",)
    own_lookup = "person__account"

    incident = models.ForeignKey("incidents.Incident", models.PROTECT, related_name="requests")
    area = models.ForeignKey("places.Area", models.PROTECT, related_name="requests")
    household = models.ForeignKey("places.Household", models.PROTECT, null=True, blank=True, related_name="requests")
    room = models.CharField(max_length=20, blank=True)
    kind = models.SlugField(max_length=40, help_text=_("A kind of request of the incident's playbook"))
    priority = models.PositiveSmallIntegerField(help_text=_("1: life in danger, 4: convenience"))
    is_vulnerable = models.BooleanField(default=False, help_text=_("The household has a need flag that goes first"))
    words = models.TextField(help_text=_("What is needed, as it was said"))
    items = models.JSONField(default=list, help_text="[{name, quantity, unit}]")
    contact_name = models.CharField(max_length=40, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    desk = models.ForeignKey("places.Area", models.PROTECT, related_name="+", help_text=_("Whose desk answers for it"))
    post = models.ForeignKey("duty.Post", models.PROTECT, null=True, blank=True, related_name="requests")
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="requests")
    in_hand_since = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(ACCOUNT, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    contact_by = models.DateTimeField()
    due_at = models.DateTimeField()
    contacted_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    called_back_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(ACCOUNT, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=300, blank=True, help_text=_("Why not, where to, or how it ended"))
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    reopened = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["priority", "due_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=4), name="request_priority_1_to_4"),
            models.CheckConstraint(condition=Q(contact_by__lte=F("due_at")), name="request_contact_before_end"),
            models.CheckConstraint(condition=~Q(words="") | ~Q(items=[]), name="request_says_something"),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False, ended_by__isnull=False) & ~Q(outcome="")
                | Q(state__in=OPEN, ended_at=None, ended_by=None),
                name="request_ended_with_reason_and_name",
            ),
            models.CheckConstraint(
                condition=Q(state__in=IN_HAND, person__isnull=False, in_hand_since__isnull=False)
                | Q(state__in=(*SETTLED, *ENDED))
                | Q(state__in=(*WAITING, "unknown"), person=None),
                name="request_in_hand_has_person",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False) & ~Q(merged_into=F("id"))
                | (~Q(state="merged") & Q(merged_into=None)),
                name="request_merged_into_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("not_done", "referred")) | ~Q(outcome=""), name="request_outcome_said"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SETTLED) | Q(settled_at__isnull=False), name="request_settled_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["desk", "priority", "due_at"], condition=Q(state__in=OPEN), name="request_open"),
            models.Index(fields=["post", "priority"], condition=Q(state__in=OPEN), name="request_of_post"),
            models.Index(fields=["person"], condition=Q(state__in=IN_HAND), name="request_in_hand"),
            models.Index(fields=["household"], condition=Q(state__in=OPEN), name="request_of_household"),
            models.Index(fields=["contact_phone"], condition=Q(state__in=OPEN), name="request_of_phone"),
            models.Index(fields=["due_at"], condition=Q(state__in=OPEN), name="request_due"),
            models.Index(fields=["area", "asked_at"], name="request_of_area"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="request_states",
                field="state",
                transitions=[
                    *((start, end) for start in WAITING for end in (*IN_HAND, *SETTLED, "unknown", *ENDED)),
                    ("new", "verified"),
                    *((start, end) for start in IN_HAND for end in ("verified", *SETTLED, "unknown", *ENDED)),
                    ("assigned", "accepted"),
                    ("assigned", "under_way"),
                    ("accepted", "assigned"),
                    ("accepted", "under_way"),
                    ("under_way", "assigned"),
                    ("unknown", "verified"),
                    *(("unknown", end) for end in (*SETTLED, *ENDED)),
                    *((start, end) for start in SETTLED for end in ("verified", "closed")),
                    ("not_done", "referred"),
                    ("closed", "verified"),
                    ("merged", "verified"),
                ],
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Somebody still has to do something about it."""
        return self.state in OPEN


class RequestNote(Scoped):
    """A line in the history of a request that people read: what was said, tried, decided. Lines never change."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("Request made")
        STATE = "state", _("Step")
        CONTACT = "contact", _("Spoke with the resident")
        RESIDENT = "resident", _("From the resident")
        NOTE = "note", _("Note")
        ALARM = "alarm", _("Alarm")

    area_lookups: ClassVar[tuple[str, ...]] = ("request__area",)

    request = models.ForeignKey(Request, models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=Request.State.choices, help_text=_("The state that held after it"))
    words = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["made_at", "id"]
        indexes = [models.Index(fields=["request", "made_at"], name="request_notes")]
        triggers = [pgtrigger.Protect(name="request_notes_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"


class ResidentCode(Scoped):
    """The code on the paper that hangs in a building: whoever scans it asks for help there, without an account."""

    area = models.OneToOneField("places.Area", models.PROTECT, related_name="resident_code")
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    made_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["area"]

    def __str__(self) -> str:
        return f"code of {self.area_id}"


class Paste(Scoped):
    """A chat list or message as it was pasted, until each of its rows is taken or put aside. Nothing of it is lost."""

    area_lookups: ClassVar[tuple[str, ...]] = ("area",)

    area = models.ForeignKey("places.Area", models.PROTECT, related_name="pastes")
    text = models.TextField()
    kind = models.CharField(max_length=12, help_text=_("What the list counts, as it was read"))
    kept = models.JSONField(default=list, help_text="[{role, text}]")
    made_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="paste_says_something")]
        indexes = [models.Index(fields=["area", "-made_at"], name="paste_of_area")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class PastedRow(Scoped):
    """One row of a pasted list: taken as a request, put aside, or still to be looked at."""

    class State(models.TextChoices):
        OPEN = "open", _("To look at")
        TAKEN = "taken", _("Taken")
        ASIDE = "aside", _("Put aside")

    area_lookups: ClassVar[tuple[str, ...]] = ("paste__area",)

    paste = models.ForeignKey(Paste, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    read = models.JSONField(help_text=_("The row as it was read"))
    confidence = models.FloatField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    request = models.OneToOneField(Request, models.PROTECT, null=True, blank=True, related_name="pasted_row")
    decided_by = models.ForeignKey(ACCOUNT, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["paste", "position"], name="pasted_row_once"),
            models.CheckConstraint(
                condition=Q(state="taken", request__isnull=False, decided_by__isnull=False)
                | Q(state="aside", request=None, decided_by__isnull=False)
                | Q(state="open", request=None, decided_by=None),
                name="pasted_row_decided_whole",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="pasted_row_states",
                field="state",
                transitions=[("open", "taken"), ("open", "aside"), ("aside", "open")],
            )
        ]

    def __str__(self) -> str:
        return f"{self.paste_id}:{self.position}"
