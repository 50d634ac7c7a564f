"""Posts, shifts, assignments, rosters and attendance. The database holds: nobody in two places, no shift overfull."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from redvest.core.access import Scoped
from redvest.people.models import new_token

ACCOUNT = settings.AUTH_USER_MODEL


class SameKey(Func):
    """``int8range(x, x, '[]')``: equality as an overlap, since the embedded server has no btree_gist."""

    function = "int8range"

    def __init__(self, field: str) -> None:
        as_bigint = Func(F(field), function="int8", template="%(expressions)s::bigint")
        super().__init__(as_bigint, as_bigint.copy(), Value("[]"))

    def deconstruct(self) -> tuple[str, tuple[str], dict[str, str]]:
        """How migrations write it."""
        field = self.get_source_expressions()[0].get_source_expressions()[0]
        return f"{type(self).__module__}.{type(self).__qualname__}", (field.name,), {}


class Spot(Func):
    """``point(longitude, latitude)``: lets an index find the nearest posts first, whatever their number."""

    function = "point"

    def __init__(self, longitude: str = "longitude", latitude: str = "latitude") -> None:
        super().__init__(F(longitude), F(latitude), output_field=models.TextField())

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, str]]:
        """How migrations write it."""
        return f"{type(self).__module__}.{type(self).__qualname__}", (), {}


@pghistory.track()
class Post(Scoped):
    """A place where people stand or work: a gate, a sampling station, a supply point, a standby desk."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    area_lookups: ClassVar[tuple[str, ...]] = ("area",)

    incident = models.ForeignKey("incidents.Incident", models.PROTECT, related_name="posts")
    area = models.ForeignKey("places.Area", models.PROTECT, related_name="posts")
    kind = models.SlugField(max_length=40, help_text=_("A post kind of the incident's playbook"))
    number = models.PositiveSmallIntegerField(
        default=0, help_text=_("Counts the posts of a kind within an incident: Checkpoint 3. 0: not counted")
    )
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    meeting_point = models.CharField(max_length=120, blank=True)
    contact_name = models.CharField(max_length=40, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    minimum = models.PositiveSmallIntegerField(default=1)
    wanted = models.PositiveSmallIntegerField(default=1)
    maximum = models.PositiveSmallIntegerField(default=1)
    skills = models.JSONField(default=list, help_text=_("[{skill, heads}] per shift"))
    experienced = models.PositiveSmallIntegerField(default=0, help_text=_("How many of a shift must be experienced"))
    is_pair = models.BooleanField(default=False, help_text=_("Nobody stands here alone"))
    is_outdoor = models.BooleanField(default=False)
    needs_suit = models.BooleanField(default=False)
    is_standby = models.BooleanField(default=False)
    pattern = models.SlugField(max_length=40, blank=True)
    kit = models.JSONField(default=list)
    note = models.CharField(max_length=300, blank=True)
    check_in_code = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["area_id", "name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum__lte=F("wanted")) & Q(wanted__lte=F("maximum")) & Q(maximum__gte=1),
                name="post_heads_in_order",
            ),
            models.CheckConstraint(condition=Q(experienced__lte=F("maximum")), name="post_experienced_fit"),
            models.UniqueConstraint(
                fields=["incident", "kind", "number"], condition=Q(number__gt=0), name="post_number_once"
            ),
        ]
        indexes = [GistIndex(Spot(), name="post_nearest", condition=Q(state="open"))]
        triggers = [
            pgtrigger.FSM(name="post_states", field="state", transitions=[("open", "closed"), ("closed", "open")])
        ]

    def __str__(self) -> str:
        return self.name


# How many are on a shift follows from the history of its assignments; a second history of it would double each sign-up.
@pghistory.track(exclude=["taken"])
class Shift(Scoped):
    """A stretch of time at a post. ``taken`` counts confirmed people; a trigger keeps it, a CHECK bounds it.

    ``duty_day`` is the local day that the shift belongs to; a duty day starts at 06:00 local time.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        OPEN = "open", _("Open for sign-up")
        CANCELLED = "cancelled", _("Cancelled")

    area_lookups: ClassVar[tuple[str, ...]] = ("post__area",)

    post = models.ForeignKey(Post, models.PROTECT, related_name="shifts")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    duty_day = models.DateField()
    label = models.CharField(max_length=20, blank=True)
    group = models.CharField(max_length=20, blank=True)
    minimum = models.PositiveSmallIntegerField()
    wanted = models.PositiveSmallIntegerField()
    maximum = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0, editable=False)
    overlap_minutes = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    made_as = models.CharField(max_length=40, blank=True, help_text=_("The batch that generated it"))
    lead = models.ForeignKey("people.Person", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["starts", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="shift_ends_after_start"),
            models.CheckConstraint(condition=Q(taken__lte=F("maximum")), name="shift_never_overfull"),
            models.CheckConstraint(
                condition=Q(minimum__lte=F("wanted")) & Q(wanted__lte=F("maximum")) & Q(maximum__gte=1),
                name="shift_heads_in_order",
            ),
            models.UniqueConstraint(fields=["post", "starts", "ends", "group"], name="shift_once"),
        ]
        indexes = [
            models.Index(fields=["post", "starts"], name="shift_of_post"),
            models.Index(fields=["duty_day", "post"], name="shift_of_day"),
            models.Index(fields=["starts"], name="shift_by_start"),
            # No index holds ``taken``: a sign-up changes the row in place, without touching any index.
        ]
        triggers = [
            pgtrigger.FSM(
                name="shift_states",
                field="state",
                transitions=[
                    ("planned", "open"),
                    ("open", "planned"),
                    ("planned", "cancelled"),
                    ("open", "cancelled"),
                ],
            ),
            # A shift that is moved takes its people along, and is refused where one of them would be in two places.
            pgtrigger.Trigger(
                name="shift_moves_its_people",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("starts", "ends"),  # type: ignore[no-untyped-call]
                func="""
                    UPDATE duty_assignment SET during = tstzrange(NEW.starts, NEW.ends, '[)') WHERE shift_id = NEW.id;
                    RETURN NULL;
                """,
            ),
        ]


@pghistory.track(exclude=["during"])
class Assignment(Scoped):
    """A person on a shift. While it holds (``offered`` or ``confirmed``) nobody can be on two overlapping ones.

    ``waiting`` is a place in the waiting list; ``offered`` a freed place held for him until ``confirm_by``.
    ``during`` repeats the shift's time; a trigger keeps it, the exclusion constraint needs it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("On the waiting list")
        OFFERED = "offered", _("Place offered")
        CONFIRMED = "confirmed", _("Confirmed")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REMOVED = "removed", _("Taken off")
        EXPIRED = "expired", _("Not confirmed in time")

    class Source(models.TextChoices):
        ROSTER = "roster", _("Roster")
        SIGN_UP = "sign_up", _("Signed up")
        BY_HAND = "by_hand", _("By hand")
        SWAP = "swap", _("Swap")

    area_lookups: ClassVar[tuple[str, ...]] = ("shift__post__area",)
    own_lookup = "person__account"

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="assignments")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="assignments")
    during = DateTimeRangeField(editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CONFIRMED)
    source = models.CharField(max_length=10, choices=Source.choices)
    is_pinned = models.BooleanField(default=False)
    confirm_by = models.DateTimeField(null=True, blank=True)
    uid = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["shift_id", "id"]
        constraints = [
            ExclusionConstraint(
                name="one_place_at_a_time",
                expressions=[(SameKey("person"), RangeOperators.OVERLAPS), ("during", RangeOperators.OVERLAPS)],
                condition=Q(state__in=["offered", "confirmed"]),
            ),
            models.UniqueConstraint(
                fields=["shift", "person"],
                condition=Q(state__in=["waiting", "offered", "confirmed"]),
                name="one_assignment_per_shift",
            ),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(confirm_by__isnull=False), name="offered_has_deadline"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "state"], name="assignment_of_person"),
            models.Index(fields=["shift", "state"], name="assignment_of_shift"),
            models.Index(fields=["confirm_by"], condition=Q(state="offered"), name="assignment_offers_end"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="assignment_states",
                field="state",
                transitions=[
                    ("waiting", "offered"),
                    ("waiting", "confirmed"),
                    ("waiting", "withdrawn"),
                    ("waiting", "removed"),
                    ("offered", "confirmed"),
                    ("offered", "withdrawn"),
                    ("offered", "expired"),
                    ("offered", "removed"),
                    ("confirmed", "withdrawn"),
                    ("confirmed", "removed"),
                ],
            ),
            pgtrigger.Trigger(
                name="assignment_during",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    SELECT tstzrange(starts, ends, '[)') INTO NEW.during FROM duty_shift WHERE id = NEW.shift_id;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="assignment_counts",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("gone", "int"), ("came", "int")],
                # An update of the shift's row is the lock that makes simultaneous sign-ups wait for one another.
                func="""
                    gone := CASE WHEN TG_OP <> 'INSERT' AND OLD.state IN ('offered', 'confirmed') THEN 1 ELSE 0 END;
                    came := CASE WHEN TG_OP <> 'DELETE' AND NEW.state IN ('offered', 'confirmed') THEN 1 ELSE 0 END;
                    IF TG_OP = 'UPDATE' AND OLD.shift_id = NEW.shift_id THEN
                        came := came - gone; gone := 0;
                    END IF;
                    IF gone <> 0 THEN
                        UPDATE duty_shift SET taken = taken - gone WHERE id = OLD.shift_id;
                    END IF;
                    IF came <> 0 THEN
                        UPDATE duty_shift SET taken = taken + came WHERE id = NEW.shift_id;
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]


@pghistory.track()
class Swap(Scoped):
    """An exchange or hand-on of a shift: asked by one, accepted by the other, approved by the post's side."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        ACCEPTED = "accepted", _("Accepted, waiting for approval")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    area_lookups: ClassVar[tuple[str, ...]] = ("given__shift__post__area",)

    given = models.ForeignKey(Assignment, models.PROTECT, related_name="swaps_given")
    wanted = models.ForeignKey(Assignment, models.PROTECT, null=True, blank=True, related_name="swaps_wanted")
    other = models.ForeignKey("people.Person", models.PROTECT, related_name="swaps_asked")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    note = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(ACCOUNT, models.SET_NULL, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["given"], condition=Q(state__in=["asked", "accepted"]), name="one_open_swap_per_assignment"
            )
        ]
        triggers = [
            pgtrigger.FSM(
                name="swap_states",
                field="state",
                transitions=[
                    ("asked", "accepted"),
                    ("asked", "declined"),
                    ("asked", "withdrawn"),
                    ("accepted", "approved"),
                    ("accepted", "declined"),
                    ("accepted", "withdrawn"),
                ],
            )
        ]


@pghistory.track()
class Roster(Scoped):
    """A plan for an incident's posts in an area and period. The engine drafts it; a person publishes it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        DISCARDED = "discarded", _("Discarded")

    area_lookups: ClassVar[tuple[str, ...]] = ("area",)

    incident = models.ForeignKey("incidents.Incident", models.PROTECT, related_name="rosters")
    area = models.ForeignKey("places.Area", models.PROTECT, related_name="rosters")
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    based_on = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    settings = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict, help_text=_("status, cost, bound, seconds, seed, gaps"))
    revision = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(ACCOUNT, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="roster_days_in_order"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False, published_by__isnull=False),
                name="published_by_a_person",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="roster_states", field="state", transitions=[("draft", "published"), ("draft", "discarded")]
            )
        ]


class DraftCell(models.Model):
    """A person on a shift in a draft roster: pinned by the coordinator, or put there by the engine."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="cells")
    shift = models.ForeignKey(Shift, models.CASCADE, related_name="+")
    person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    is_pinned = models.BooleanField(default=False)
    is_experienced_lead = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "shift", "person"], name="draft_cell_once")]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.shift_id}"


class DraftEdit(models.Model):
    """One step in the making of a draft: the cells it added and took away, so that it can be undone."""

    class Kind(models.TextChoices):
        HAND = "hand", _("Changed by hand")
        PIN = "pin", _("Pinned or released")
        SOLVE = "solve", _("Solved")
        REFRESH = "refresh", _("Brought up to date")

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="edits")
    revision = models.PositiveIntegerField(help_text=_("The roster's revision after this step"))
    kind = models.CharField(max_length=10, choices=Kind.choices)
    added = models.JSONField(default=list, help_text=_("[[shift, person, pinned]]"))
    removed = models.JSONField(default=list, help_text=_("[[shift, person, pinned]]"))
    made_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-revision"]
        constraints = [models.UniqueConstraint(fields=["roster", "revision"], name="draft_edit_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.revision}"


class Override(Scoped):
    """A rule broken on purpose: by name, with a reason and an end (domain.md section 6). Never changes."""

    area_lookups: ClassVar[tuple[str, ...]] = ("shift__post__area",)

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="overrides")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    rule = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    valid_until = models.DateTimeField()
    made_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="override_has_reason")]
        triggers = [pgtrigger.Protect(name="override_never_changes", operation=pgtrigger.Update | pgtrigger.Delete)]


@pghistory.track()
class Attendance(Scoped):
    """When somebody really was there. Minutes are kept exactly; standby is counted apart (``post.is_standby``)."""

    class Way(models.TextChoices):
        CODE = "code", _("Code at the post")
        LEAD = "lead", _("By the post lead")
        SELF = "self", _("By himself")
        CORRECTED = "corrected", _("Corrected")

    class State(models.TextChoices):
        PRESENT = "present", _("On post")
        DONE = "done", _("Done")
        NO_SHOW = "no_show", _("Did not come")

    area_lookups: ClassVar[tuple[str, ...]] = ("assignment__shift__post__area",)
    own_lookup = "assignment__person__account"

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="attendance")
    state = models.CharField(max_length=10, choices=State.choices)
    came_at = models.DateTimeField(null=True, blank=True)
    came_by = models.CharField(max_length=10, choices=Way.choices, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    left_by = models.CharField(max_length=10, choices=Way.choices, blank=True)
    left_early_reason = models.CharField(max_length=200, blank=True)
    is_fit = models.BooleanField(null=True, blank=True)
    noted_by = models.ForeignKey(ACCOUNT, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("came_at")), name="attendance_leaves_after_coming"
            ),
            models.CheckConstraint(
                condition=Q(state="no_show", came_at=None, left_at=None)
                | Q(state="present", came_at__isnull=False, left_at=None)
                | Q(state="done", came_at__isnull=False, left_at__isnull=False),
                name="attendance_state_fits_times",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="attendance_states",
                field="state",
                transitions=[
                    ("present", "done"),
                    ("no_show", "present"),
                    ("no_show", "done"),
                    ("present", "no_show"),
                    ("done", "present"),
                    ("done", "no_show"),
                ],
            )
        ]


class AttendanceCorrection(Scoped):
    """What an attendance was before somebody corrected it, and why. Never changes."""

    area_lookups: ClassVar[tuple[str, ...]] = ("attendance__assignment__shift__post__area",)

    attendance = models.ForeignKey(Attendance, models.PROTECT, related_name="corrections")
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(max_length=200)
    made_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="correction_has_reason")]
        triggers = [pgtrigger.Protect(name="correction_never_changes", operation=pgtrigger.Update | pgtrigger.Delete)]


@pghistory.track()
class HandoverNote(Scoped):
    """What one shift leaves to the next at a post: things counted, open matters, anything unusual."""

    area_lookups: ClassVar[tuple[str, ...]] = ("shift__post__area",)

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="handover_notes")
    author = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    items = models.JSONField(default=list)
    open_matters = models.TextField(blank=True)
    unusual = models.TextField(blank=True)
    written_at = models.DateTimeField(auto_now_add=True)
    taken_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-written_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_at=None, taken_by=None) | Q(taken_at__isnull=False, taken_by__isnull=False),
                name="handover_taken_by_someone",
            )
        ]


@pghistory.track()
class WallLink(Scoped):
    """A private address of the wall screen of an area, for a monitor where nobody signs in. It shows no full names."""

    area_lookups: ClassVar[tuple[str, ...]] = ("area",)

    area = models.ForeignKey("places.Area", models.CASCADE, related_name="+")
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    note = models.CharField(max_length=80, blank=True)
    made_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
