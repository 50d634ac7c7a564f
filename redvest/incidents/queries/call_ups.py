"""Reads of call-ups: who would be asked and who not and why, how the answers stand, what a person is asked."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, masking
from redvest.core.models import Delivery
from redvest.incidents import rules
from redvest.incidents.models import CallUp, CallUpReply, Incident, TeamMember
from redvest.incidents.playbooks import loader
from redvest.incidents.playbooks.schema import CallUpTimes
from redvest.people.models import Availability, Consent, Organisation, Person, PersonSkill, Skill
from redvest.places.models import Area

if TYPE_CHECKING:
    from redvest.people.models import Account

RECENT = timedelta(days=30)
CALLED = "incidents.call_up"
# On the board first whom somebody must call, last who needs nothing more.
LINE_ORDER = (
    rules.Standing.UNREACHABLE,
    rules.Standing.WAITING,
    rules.Standing.LATER,
    rules.Standing.YES_FROM,
    rules.Standing.YES,
    rules.Standing.NO,
)


@dataclass(frozen=True, slots=True)
class Criteria:
    """Whom a call-up is for: an organisation, an area of residence, a kind of person, one of some skills."""

    organisation: int | None = None
    area: int | None = None
    kind: str = ""
    skills: tuple[str, ...] = ()
    at_most: int | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"skills": list(self.skills)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Criteria":
        known = {key: data[key] for key in ("organisation", "area", "kind", "at_most") if key in data}
        return cls(skills=tuple(data.get("skills", ())), **known)


def matching(actor: "Account", criteria: Criteria) -> QuerySet[Person]:
    """People in the actor's areas whom the criteria mean, whether they can be asked or not."""
    rows = access.scope(actor, CALLED, Person.objects.exclude(state=Person.State.LEFT))
    if criteria.organisation:
        unit = Q(organisation=criteria.organisation)
        rows = rows.filter(unit | Q(organisation__parent=criteria.organisation))
    if criteria.area:
        place = access.fetch(actor, CALLED, Area.objects.all(), pk=criteria.area)
        rows = rows.filter(Q(home__path__startswith=place.path) | Q(host__path__startswith=place.path))
    if criteria.kind:
        rows = rows.filter(kind=criteria.kind)
    if criteria.skills:
        today = timezone.localdate()
        has = PersonSkill.objects.filter(person=OuterRef("pk"), skill__code__in=criteria.skills)
        rows = rows.filter(Exists(has.filter(Q(expires_on=None) | Q(expires_on__gte=today))))
    # An area lookup may match a person twice (home and host): distinct by key.
    return Person.objects.filter(pk__in=rows.values("pk"))


def judged(rows: QuerySet[Person], incident: Incident, resting: Collection[int], now: datetime) -> QuerySet[Person]:
    """The same people with `why`: the first reason of rules.Excluded that applies, or an empty text."""
    consents = Consent.objects.filter(person=OuterRef("pk"), kind=Consent.Kind.SERVE, withdrawn_at=None)
    # A drill takes nobody out of a real response, and neither asks the other's people again.
    teams = TeamMember.objects.filter(
        person=OuterRef("pk"), incident__state=Incident.State.ACTIVE, incident__is_drill=incident.is_drill
    ).exclude(state=TeamMember.State.RELEASED)
    asked = CallUpReply.objects.filter(
        person=OuterRef("pk"), call_up__state=CallUp.State.OPEN, call_up__incident__is_drill=incident.is_drill
    )
    cannot = Availability.objects.filter(
        Q(ends=None) | Q(ends__gt=now),
        person=OuterRef("pk"),
        kind=Availability.Kind.CANNOT,
        starts__lte=now,
        daily_from=None,
    )
    excluded = rules.Excluded
    return rows.annotate(
        why=Case(
            When(~Q(state=Person.State.VERIFIED), then=Value(excluded.UNVERIFIED.value)),
            When(Q(kind=Person.Kind.VOLUNTEER) & ~Exists(consents), then=Value(excluded.NO_CONSENT.value)),
            When(Exists(teams), then=Value(excluded.IN_TEAM.value)),
            When(Exists(asked), then=Value(excluded.ASKED.value)),
            When(pk__in=list(resting), then=Value(excluded.RESTING.value)),
            When(Exists(cannot), then=Value(excluded.UNAVAILABLE.value)),
            When(account=None, phone=None, then=Value(excluded.NO_CHANNEL.value)),
            default=Value(""),
            output_field=CharField(),
        )
    )


def to_ask(
    actor: "Account", incident: Incident, criteria: Criteria, resting: Collection[int], now: datetime
) -> QuerySet[Person]:
    """Those who will be asked. With a limit, whoever was called least in the last 30 days comes first."""
    recent = Count("call_up_replies", filter=Q(call_up_replies__asked_at__gte=now - RECENT))
    rows = judged(matching(actor, criteria), incident, resting, now).filter(Q(why=""))
    rows = rows.annotate(recent_calls=recent).order_by("recent_calls", "pk").select_related("account", "organisation")
    return rows[: criteria.at_most] if criteria.at_most else rows


@dataclass(frozen=True, slots=True)
class Preview:
    """What a call-up would do before it is sent."""

    matches: int
    asked: int
    excluded: list[tuple[rules.Excluded, int]]
    channels: list[tuple[str, int]]
    by_hand: int
    sample: list[Person]


def preview(actor: "Account", incident: Incident, criteria: Criteria, resting: Collection[int]) -> Preview:
    """How many match, how many are asked by which channel, who is left out and why. Three queries and no write."""
    now = timezone.now()
    rows = judged(matching(actor, criteria), incident, resting, now)
    counts = dict(rows.order_by().values_list(F("why")).annotate(number=Count("pk")))
    asked = to_ask(actor, incident, criteria, resting, now)
    keys = Person.objects.filter(pk__in=asked.values("pk")).order_by()
    numbers = keys.aggregate(
        all=Count("pk"),
        inbox=Count("account"),
        sms=Count("account__phone"),
        by_hand=Count("pk", filter=Q(account=None)),
    )
    email = keys.filter(account__email__gt="").count() if "email" in settings.CHANNELS else 0
    channels = {"inbox": numbers["inbox"], "sms": numbers["sms"], "email": email, "console": numbers["inbox"]}
    return Preview(
        matches=sum(counts.values()),
        asked=numbers["all"],
        excluded=[(reason, counts[reason.value]) for reason in rules.Excluded if counts.get(reason.value)],
        channels=[(name, channels[name]) for name in ("inbox", *settings.CHANNELS) if name in channels],
        by_hand=numbers["by_hand"],
        sample=list(asked[:12]),
    )


def choices(actor: "Account") -> dict[str, Any]:
    """What a call-up can be narrowed to: organisations, areas and skills of the actor."""
    # The unit that answers first in an emergency stands first: a bureau, then whoever has most people.
    first = Case(When(kind=Organisation.Kind.BUREAU, then=Value(1)), default=Value(0))
    units = access.scope(actor, CALLED, Organisation.objects.select_related("area"))
    levels = (Area.Level.STREET, Area.Level.COMMUNITY, Area.Level.VILLAGE)
    areas = access.scope(actor, CALLED, Area.objects.filter(level__in=levels)).annotate(parent_name=F("parent__name"))
    return {
        "organisations": list(
            units.annotate(number=Count("people"), first=first).order_by("-first", "-number", "name")
        ),
        "areas": list(areas.order_by("path")),
        "skills": list(Skill.objects.all()),
    }


def times_of(call_up: CallUp) -> CallUpTimes:
    """The clocks of the incident's playbook; select `incident__playbook` with the call-up."""
    plan = call_up.incident.playbook
    return loader.installed(plan.slug, plan.text).call_up


def call_up(actor: "Account", pk: int) -> CallUp:
    """One call-up of an incident in the actor's areas."""
    rows = CallUp.objects.select_related("incident__area", "incident__playbook", "organisation", "area", "made_by")
    return access.fetch(actor, CALLED, rows, pk=pk)


def call_ups(actor: "Account", incident: Incident | None = None) -> list[CallUp]:
    """Call-ups with their numbers, the open ones first."""
    rows = access.scope(actor, CALLED, CallUp.objects.select_related("incident__area", "incident__playbook"))
    if incident is not None:
        rows = rows.filter(incident=incident)
    answered = ~Q(replies__answer=CallUpReply.Answer.NONE)
    rows = rows.annotate(
        asked=Count("replies"),
        answered=Count("replies", filter=answered),
        coming=Count("replies", filter=Q(replies__answer__in=rules.COMING)),
    )
    return sorted(rows.order_by("-created_at")[:50], key=lambda row: row.state != CallUp.State.OPEN)


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """One asked person on the board."""

    reply: CallUpReply
    standing: rules.Standing
    phone: str
    failed: bool
    delivered: bool
    may_nudge: bool


@dataclass(frozen=True, slots=True)
class Board:
    call_up: CallUp
    counts: dict[str, int]
    asked: int
    coming: int
    missing: int
    lines: list[ReplyLine]
    times: CallUpTimes


def board(actor: "Account", pk: int, standing: str = "") -> Board:
    """How the answers stand. Once the call-up is closed, decliners are a number and no names: a no costs nothing."""
    row = call_up(actor, pk)
    times, now = times_of(row), timezone.now()
    replies = row.replies.select_related("person__organisation", "noted_by").order_by("-answered_at", "person__name")
    lines = [_line(reply, now, times) for reply in replies.annotate(**_deliveries())]
    counts = {each.value: 0 for each in rules.Standing}
    for line in lines:
        counts[line.standing.value] += 1
    shown = [line for line in lines if not (row.state == CallUp.State.CLOSED and line.standing == rules.Standing.NO)]
    if standing:
        shown = [line for line in shown if line.standing.value == standing]
    coming = counts["yes"] + counts["yes_from"]
    shown.sort(key=lambda line: LINE_ORDER.index(line.standing))
    return Board(row, counts, len(lines), coming, max(0, row.wanted - coming), shown, times)


def _deliveries() -> dict[str, Any]:
    tries = Delivery.objects.filter(message=OuterRef("message"))
    lost = (Delivery.State.GIVEN_UP, Delivery.State.FAILED)
    return {
        "was_sent": Exists(tries.filter(state=Delivery.State.SENT)),
        "was_lost": Exists(tries.filter(state__in=lost)) & ~Exists(tries.exclude(state__in=lost)),
    }


def _line(reply: CallUpReply, now: datetime, times: CallUpTimes) -> ReplyLine:
    return ReplyLine(
        reply=reply,
        standing=rules.standing(reply, now, times.unreachable_minutes),
        phone=masking.phone(reply.person.phone),
        failed=bool(reply.__dict__["was_lost"]),
        delivered=bool(reply.__dict__["was_sent"]),
        may_nudge=rules.may_nudge(reply, now),
    )


_ASKED = CallUpReply.objects.select_related(
    "call_up__incident__area", "call_up__incident__playbook", "call_up__made_by", "person__account"
)


def my_call_ups(actor: "Account") -> list[CallUpReply]:
    """What the actor is asked now, the newest first; answered ones too, because answers may change."""
    mine = access.scope(actor, "incidents.answer", _ASKED.all())
    return list(mine.filter(call_up__state=CallUp.State.OPEN).order_by("-asked_at"))


def my_call_up(actor: "Account", pk: int) -> CallUpReply:
    """One of the actor's own."""
    return access.fetch(actor, "incidents.answer", _ASKED.all(), pk=pk)


def by_link(token: str) -> tuple[CallUpReply, rules.LinkState]:
    """The reply that a private link opens, and whether it still takes an answer. The token is the permission."""
    reply = _ASKED.filter(token=token).first()
    if reply is None:
        raise Http404(_("This link is not complete. Open it again from the message you got."))
    return reply, rules.link_state(reply, reply.call_up, timezone.now(), times_of(reply.call_up))
