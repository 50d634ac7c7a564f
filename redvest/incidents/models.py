"""Incidents and what they set in motion: playbooks, call-ups and their answers, the team, its deployment, offers."""

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


class Playbook(models.Model):
    """A version of a playbook's TOML. What is special to a kind of emergency lives in it, never in code.

    An installed version never changes, because incidents were run by it; a better one is a new version.
    """

    slug = models.SlugField(max_length=40)
    version = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    text = models.TextField()
    is_current = models.BooleanField(default=True)
    installed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["slug", "-installed_at"]
        constraints = [
            models.UniqueConstraint(fields=["slug", "version"], name="playbook_version_once"),
            models.UniqueConstraint(fields=["slug"], condition=Q(is_current=True), name="playbook_one_current"),
        ]
        triggers = [pgtrigger.ReadOnly(name="playbook_version_stays", fields=["slug", "version", "text"])]

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


@pghistory.track()
class Incident(Scoped):
    """An emergency from activation to closing, run by a version of a playbook in an area."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        CLOSED = "closed", _("Closed")

    playbook = models.ForeignKey(Playbook, models.PROTECT, related_name="incidents")
    area = models.ForeignKey("places.Area", models.PROTECT, related_name="incidents")
    title = models.CharField(max_length=120)
    level = models.PositiveSmallIntegerField(help_text=_("Response level: 1 is the highest"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    is_drill = models.BooleanField(default=False)
    focus = models.JSONField(default=list, help_text=_("Keys of the communities that get posts; empty: all of them"))
    starts = models.DateTimeField()
    expected_end = models.DateTimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    checklist_done = models.JSONField(default=dict)
    activated_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-starts"]
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="incident_level_1_to_4"),
            models.CheckConstraint(
                condition=Q(expected_end=None) | Q(expected_end__gt=F("starts")), name="incident_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | Q(state="active", closed_at=None),
                name="incident_closed_has_time",
            ),
        ]
        triggers = [pgtrigger.FSM(name="incident_states", field="state", transitions=[("active", "closed")])]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class HandsWanted(Scoped):
    """How many people an area of an incident could use: counted from its posts, or typed by a coordinator."""

    area_lookups: ClassVar[tuple[str, ...]] = ("area", "incident__area")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="hands_wanted")
    area = models.ForeignKey("places.Area", models.PROTECT, related_name="hands_wanted")
    wanted = models.PositiveSmallIntegerField()
    is_typed = models.BooleanField(default=False)
    skills = models.JSONField(default=dict, help_text=_("{skill: heads} among the people wanted"))
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "area"], name="hands_wanted_once_per_area")]


@pghistory.track()
class CallUp(Scoped):
    """A call to people of an organisation or a filter: "37 people, now"."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    area_lookups: ClassVar[tuple[str, ...]] = ("incident__area",)

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="call_ups")
    title = models.CharField(max_length=120)
    wanted = models.PositiveIntegerField()
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, blank=True, related_name="+")
    filter = models.JSONField(default=dict)
    text = models.TextField(blank=True)
    meet_at = models.DateTimeField(null=True, blank=True)
    meet_place = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    answer_minutes = models.PositiveIntegerField(default=30)
    made_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(wanted__gte=1), name="call_up_wants_someone"),
            models.CheckConstraint(condition=~Q(state="open") | Q(sent_at__isnull=False), name="open_call_up_was_sent"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at=None)),
                name="closed_call_up_has_time",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="call_up_states",
                field="state",
                transitions=[("draft", "open"), ("open", "closed"), ("draft", "closed")],
            )
        ]


@pghistory.track()
class CallUpReply(Scoped):
    """One person asked in a call-up, and his answer. A no costs nothing. Unreachable is computed from ``asked_at``."""

    class Answer(models.TextChoices):
        NONE = "none", _("No answer yet")
        YES = "yes", _("Can come")
        YES_FROM = "yes_from", _("Can come later")
        NO = "no", _("Cannot come")
        LATER = "later", _("Will say later")

    area_lookups: ClassVar[tuple[str, ...]] = ("call_up__incident__area",)
    own_lookup = "person__account"

    call_up = models.ForeignKey(CallUp, models.CASCADE, related_name="replies")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="call_up_replies")
    wave = models.PositiveSmallIntegerField(default=1)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.NONE)
    available_from = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_via = models.CharField(max_length=10, blank=True)
    noted_by = models.ForeignKey(ACCOUNT, models.SET_NULL, null=True, blank=True, related_name="+")
    nudged_at = models.DateTimeField(null=True, blank=True)
    stood_down_at = models.DateTimeField(null=True, blank=True)
    message = models.ForeignKey("core.Message", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call_up", "person"], name="call_up_asks_once"),
            models.CheckConstraint(
                condition=(Q(answer="yes_from") & Q(available_from__isnull=False)) | ~Q(answer="yes_from"),
                name="yes_from_has_time",
            ),
            models.CheckConstraint(
                condition=Q(answer="none", answered_at=None) | (~Q(answer="none") & Q(answered_at__isnull=False)),
                name="answer_has_time",
            ),
        ]
        indexes = [models.Index(fields=["call_up", "answer"], name="reply_by_answer")]
        triggers = [
            # An answer may change, but nobody can be put back to "not asked".
            pgtrigger.Protect(
                name="reply_answer_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__answer="none") & ~pgtrigger.Q(old__answer="none"),
            ),
            pgtrigger.Trigger(
                name="reply_only_while_open",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("answer", "available_from"),  # type: ignore[no-untyped-call]
                func="""
                    IF (SELECT state FROM incidents_callup WHERE id = NEW.call_up_id) <> 'open' THEN
                        RAISE EXCEPTION 'the call-up is not open, its answers stay' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]


_JOINING = pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]
    "person_id", "incident_id", "reply_id", "offer_id", "state"
)


@pghistory.track()
class TeamMember(Scoped):
    """A person who serves in an incident by his own yes (or, for staff, by order of his unit and confirmed by him)."""

    class State(models.TextChoices):
        STANDING_BY = "standing_by", _("Standing by")
        DEPLOYED = "deployed", _("Deployed")
        RELEASED = "released", _("Released")

    area_lookups: ClassVar[tuple[str, ...]] = ("incident__area", "deployments__area")
    own_lookup = "person__account"

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="team")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="teams")
    reply = models.ForeignKey(CallUpReply, models.PROTECT, null=True, blank=True, related_name="+")
    offer = models.ForeignKey("incidents.Offer", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.STANDING_BY)
    available_from = models.DateTimeField()
    joined_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    pair_with = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "person"], name="team_member_once"),
            models.CheckConstraint(
                condition=Q(state="released", released_at__isnull=False) | (~Q(state="released") & Q(released_at=None)),
                name="released_has_time",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="team_member_states",
                field="state",
                transitions=[
                    ("standing_by", "deployed"),
                    ("deployed", "standing_by"),
                    ("standing_by", "released"),
                    ("deployed", "released"),
                    ("released", "standing_by"),
                ],
            ),
            # Nobody enters the team without his own yes: an answer to a call-up, or an offer that was accepted.
            pgtrigger.Trigger(
                name="team_member_said_yes",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | _JOINING,
                func="""
                    IF NEW.state = 'released' OR EXISTS (
                        SELECT FROM incidents_callupreply reply
                        JOIN incidents_callup call ON call.id = reply.call_up_id
                        WHERE reply.id = NEW.reply_id AND reply.person_id = NEW.person_id
                          AND call.incident_id = NEW.incident_id AND reply.answer IN ('yes', 'yes_from')
                    ) OR EXISTS (
                        SELECT FROM incidents_offer offer
                        WHERE offer.id = NEW.offer_id AND offer.person_id = NEW.person_id
                          AND offer.incident_id = NEW.incident_id AND offer.state = 'accepted'
                    ) THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'nobody joins a team without a yes of his own' USING ERRCODE = 'check_violation';
                """,
            ),
        ]


@pghistory.track()
class Deployment(Scoped):
    """Where a team member is sent. A proposal is a draft until a coordinator publishes it; then it is an order."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        PUBLISHED = "published", _("Published")
        ENDED = "ended", _("Ended")

    area_lookups: ClassVar[tuple[str, ...]] = ("area", "member__incident__area")
    own_lookup = "member__person__account"

    member = models.ForeignKey(TeamMember, models.PROTECT, related_name="deployments")
    area = models.ForeignKey("places.Area", models.PROTECT, related_name="deployments")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)
    by_hand = models.BooleanField(default=False)
    reasons = models.JSONField(default=list)
    meet_place = models.CharField(max_length=120, blank=True)
    contact_name = models.CharField(max_length=40, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    kit = models.JSONField(default=list)
    published_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=Q(state="proposed"), name="one_proposal_per_member"),
            models.UniqueConstraint(fields=["member"], condition=Q(state="published"), name="one_order_per_member"),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")), name="deployment_ends_after_start"
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="deployment_states",
                field="state",
                transitions=[("proposed", "published"), ("published", "ended"), ("proposed", "ended")],
            )
        ]


@pghistory.track()
class Offer(Scoped):
    """A person steps forward for a place that lacks hands (主动请缨); the place accepts or declines."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Not needed now")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    area_lookups: ClassVar[tuple[str, ...]] = ("area", "incident__area")
    own_lookup = "person__account"

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="offers")
    area = models.ForeignKey("places.Area", models.PROTECT, related_name="offers")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="offers")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    note = models.CharField(max_length=300, blank=True)
    offered_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(ACCOUNT, models.SET_NULL, null=True, blank=True, related_name="+")
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "area", "person"], condition=Q(state="open"), name="one_open_offer_per_place"
            )
        ]
        triggers = [
            pgtrigger.FSM(
                name="offer_states",
                field="state",
                transitions=[("open", "accepted"), ("open", "declined"), ("open", "withdrawn")],
            )
        ]
