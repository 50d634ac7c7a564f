"""Tables of the mechanisms: grants, the trail, live topics, messages, jobs, offline keys, import batches."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from redvest.core.access import Scoped
from redvest.core.roles import Role

ACCOUNT = settings.AUTH_USER_MODEL


def append_only(name: str) -> pgtrigger.Protect:
    """A trigger that refuses to change or delete a row, also for raw SQL."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


@pghistory.track()
class Grant(Scoped):
    """An account's role at an area. It covers everything below the area, until it expires."""

    account = models.ForeignKey(ACCOUNT, models.CASCADE, related_name="grants")
    area = models.ForeignKey("places.Area", models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    granted_by = models.ForeignKey(ACCOUNT, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "area", "role"], name="grant_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="grant_role_known"),
        ]


class Entry(Scoped):
    """One line of the trail: an actor did a verb to a row. Entries never change."""

    area_lookups = ()
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(ACCOUNT, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    model = models.CharField(max_length=60)
    row_id = models.CharField(max_length=40)
    area_path = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    via = models.CharField(max_length=10)

    class Meta:
        indexes = [
            models.Index(fields=["model", "row_id", "-at"], name="entry_of_row"),
            models.Index(fields=["area_path", "-at"], name="entry_of_area", opclasses=["varchar_pattern_ops", ""]),
        ]
        triggers = [append_only("entry_never_changes")]


class Viewed(models.Model):
    """Somebody had personal fields of a row revealed, with the purpose given. Never changes."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    model = models.CharField(max_length=60)
    row_id = models.CharField(max_length=40)
    fields = models.JSONField(default=list)
    purpose = models.CharField(max_length=200)
    area_path = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(purpose=""), name="viewed_has_purpose")]
        triggers = [append_only("viewed_never_changes")]

    def __str__(self) -> str:
        return f"{self.model} {self.row_id}"


class LiveTopic(models.Model):
    """The time of the last change of a topic at an area, in microseconds (``core.live``)."""

    pk = models.CompositePrimaryKey("topic", "area_path")
    topic = models.CharField(max_length=40)
    area_path = models.CharField(max_length=200)
    version = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.topic} {self.area_path}"


class OutboxKey(models.Model):
    """A key that a sender made for one intention, and what the action answered (``core.outbox``)."""

    key = models.UUIDField(primary_key=True)
    account = models.ForeignKey(ACCOUNT, models.CASCADE, related_name="+")
    action = models.CharField(max_length=60)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.action} {self.key}"


class Urgency(models.TextChoices):
    """How much a message may disturb. Only urgent ones pass quiet hours."""

    URGENT = "urgent", _("Urgent")
    NORMAL = "normal", _("Normal")
    QUIET = "quiet", _("Quiet")


class Message(Scoped):
    """What somebody is told. Every message is in his inbox; deliveries carry it to him."""

    area_lookups = ()
    own_lookup = "account"
    account = models.ForeignKey(ACCOUNT, models.CASCADE, related_name="messages")
    template = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    link = models.CharField(max_length=300, blank=True)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.NORMAL)
    area_path = models.CharField(max_length=200, blank=True)
    dedupe = models.CharField(max_length=120, blank=True, help_text=_("The same key is told to an account only once"))
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "dedupe"], condition=~Q(dedupe=""), name="message_told_once")
        ]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="message_inbox"),
            models.Index(fields=["account"], condition=Q(read_at=None), name="message_unread"),
        ]


class Delivery(Scoped):
    """One try to bring a message to somebody over one channel."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        HELD = "held", _("Held for quiet hours")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        GIVEN_UP = "given_up", _("Given up")

    area_lookups = ()
    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "channel"], name="delivery_once_per_channel")]
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(state__in=["waiting", "held", "failed"]), name="delivery_due"
            )
        ]


class Job(Scoped):
    """Long work that an account asked for: progress, cancel and result of a procrastinate job (``core.jobs``)."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    own_lookup = "account"
    kind = models.CharField(max_length=40)
    account = models.ForeignKey(ACCOUNT, models.CASCADE, related_name="jobs")
    area = models.ForeignKey("places.Area", models.CASCADE, null=True, blank=True, related_name="+")
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    result = models.JSONField(null=True, blank=True)
    error = models.TextField(blank=True)
    cancel_asked = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-created_at"], name="job_of_account"),
            models.Index(fields=["heartbeat_at"], condition=Q(state="running"), name="job_running"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(total=None) | Q(done__lte=F("total")), name="job_done_within_total")
        ]
        triggers = [
            pgtrigger.FSM(
                name="job_states",
                field="state",
                transitions=[
                    ("queued", "running"),
                    ("queued", "cancelled"),
                    ("queued", "failed"),
                    ("running", "queued"),
                    ("running", "done"),
                    ("running", "failed"),
                    ("running", "cancelled"),
                ],
            )
        ]


class ImportBatch(Scoped):
    """A file that somebody brings in: previewed, confirmed in one transaction, undone as a whole."""

    class State(models.TextChoices):
        READING = "reading", _("Reading")
        PREVIEW = "preview", _("Preview")
        CONFIRMED = "confirmed", _("Confirmed")
        UNDONE = "undone", _("Undone")
        DISCARDED = "discarded", _("Discarded")
        BROKEN = "broken", _("Not readable")

    own_lookup = "account"
    kind = models.CharField(max_length=20)
    account = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(max_length=200)
    file = models.BinaryField(null=True)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    counts = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    problem = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [
            pgtrigger.FSM(
                name="import_states",
                field="state",
                transitions=[
                    ("reading", "preview"),
                    ("reading", "broken"),
                    ("preview", "confirmed"),
                    ("preview", "discarded"),
                    ("confirmed", "undone"),
                ],
            )
        ]


class ImportRow(models.Model):
    """One row of a batch: what will happen to it, or why it is refused; after confirming, what it made or changed."""

    class Verdict(models.TextChoices):
        CREATE = "create", _("New")
        CHANGE = "change", _("Changed")
        SKIP = "skip", _("Unchanged")
        REFUSE = "refuse", _("Refused")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=60, blank=True)
    number = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    values = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    row_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["batch", "verdict", "number"], name="import_row_page")]

    def __str__(self) -> str:
        return f"{self.sheet} {self.number}"
