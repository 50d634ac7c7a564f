"""Decisions about loaded rows of incidents: who may be called, how an answer stands, what an area lacks. No queries."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from redvest.incidents.models import CallUp, CallUpReply
from redvest.incidents.playbooks.schema import CallUpTimes, Checklist, ChecklistItem

# What one person may be asked for in a week so that a roster stays below its warning line (48 hours).
MINUTES_PER_WEEK = 48 * 60
NUDGE_PAUSE = timedelta(minutes=10)


class Excluded(StrEnum):
    """Why a person who matches a call-up is not asked; the first that applies, each with its sentence."""

    UNVERIFIED = "unverified"
    NO_CONSENT = "no_consent"
    IN_TEAM = "in_team"
    ASKED = "asked"
    RESTING = "resting"
    UNAVAILABLE = "unavailable"
    NO_CHANNEL = "no_channel"

    @property
    def sentence(self) -> str | Promise:
        return _EXCLUDED[self]


_EXCLUDED: Mapping[Excluded, Promise] = {
    Excluded.UNVERIFIED: _("Not verified yet: a community worker can verify them on the people page."),
    Excluded.NO_CONSENT: _("Have not consented to serve: ask them first, nobody serves without it."),
    Excluded.IN_TEAM: _("Already serve in a team."),
    Excluded.ASKED: _("Are being asked by an open call-up already."),
    Excluded.RESTING: _("On post, or resting after a shift."),
    Excluded.UNAVAILABLE: _("Have said that they cannot serve now."),
    Excluded.NO_CHANNEL: _("Nobody knows how to reach them: add a phone number or an account."),
}


class Standing(StrEnum):
    """How one asked person's answer stands now; unreachable is only a matter of time, an answer ends it."""

    YES = "yes"
    YES_FROM = "yes_from"
    LATER = "later"
    WAITING = "waiting"
    UNREACHABLE = "unreachable"
    NO = "no"

    @property
    def label(self) -> str | Promise:
        return _STANDING[self]


_STANDING: Mapping[Standing, Promise] = {
    Standing.YES: _("Can come"),
    Standing.YES_FROM: _("Can come later"),
    Standing.LATER: _("Will say later"),
    Standing.WAITING: _("No answer yet"),
    Standing.UNREACHABLE: _("Unreachable"),
    Standing.NO: _("Cannot come"),
}

ANSWERS = [choice for choice in CallUpReply.Answer.choices if choice[0] != CallUpReply.Answer.NONE]
COMING = (CallUpReply.Answer.YES, CallUpReply.Answer.YES_FROM)


def standing(reply: CallUpReply, now: datetime, unreachable_minutes: int) -> Standing:
    """Waiting turns into unreachable when nothing came back for `unreachable_minutes` after the last asking."""
    if reply.answer != CallUpReply.Answer.NONE:
        return Standing(reply.answer)
    late = reply.asked_at + timedelta(minutes=unreachable_minutes)
    return Standing.UNREACHABLE if now >= late else Standing.WAITING


class LinkState(StrEnum):
    """Whether a personal answer link still takes an answer, and if not, what to do."""

    OPEN = "open"
    CLOSED = "closed"
    EXPIRED = "expired"

    @property
    def sentence(self) -> str | Promise:
        return _LINK[self]


_LINK: Mapping[LinkState, Promise] = {
    LinkState.OPEN: _("Please answer."),
    LinkState.CLOSED: _("This call-up is closed and your answer stays. If something changed, call the contact below."),
    LinkState.EXPIRED: _("This link is too old to answer. Sign in and answer there, or call the contact below."),
}


def link_state(reply: CallUpReply, call_up: CallUp, now: datetime, times: CallUpTimes) -> LinkState:
    """A link opens one answer only, for `link_hours` after the asking and while the call-up is open."""
    if call_up.state != CallUp.State.OPEN:
        return LinkState.CLOSED
    return LinkState.EXPIRED if now > reply.asked_at + timedelta(hours=times.link_hours) else LinkState.OPEN


def may_nudge(reply: CallUpReply, now: datetime) -> bool:
    """Nobody is nudged twice within ten minutes, and only who has not answered yes or no."""
    last = max(filter(None, (reply.asked_at, reply.nudged_at)))
    return reply.answer in (CallUpReply.Answer.NONE, CallUpReply.Answer.LATER) and now - last >= NUDGE_PAUSE


def people_for(heads: int, minutes: int) -> int:
    """How many people it takes to keep `heads` on a post for `minutes` a day, nobody above 48 hours a week.

    A pair around the clock is 336 person-hours a week: seven people.
    """
    return math.ceil(heads * minutes * 7 / MINUTES_PER_WEEK)


@dataclass(frozen=True, slots=True)
class AreaGap:
    """What an area could use and what it has."""

    wanted: int
    has: int
    coming: int = 0  # proposed and not published yet

    @property
    def lacks(self) -> int:
        return max(0, self.wanted - self.has)

    @property
    def lacks_then(self) -> int:
        """What would still be missing once the proposal is published."""
        return max(0, self.wanted - self.has - self.coming)


class MayOffer(StrEnum):
    """Whether a person may step forward for an area, or why not."""

    OPEN = "open"
    OFFERED = "offered"
    THERE = "there"
    ENOUGH = "enough"
    NO_CONSENT = "no_consent"
    UNVERIFIED = "unverified"

    @property
    def sentence(self) -> str | Promise:
        return _OFFER[self]


_OFFER: Mapping[MayOffer, Promise] = {
    MayOffer.OPEN: _("Hands are needed here."),
    MayOffer.OFFERED: _("You have offered; the community will answer."),
    MayOffer.THERE: _("You serve here already."),
    MayOffer.ENOUGH: _("This place has enough people now."),
    MayOffer.NO_CONSENT: _("Agree to serve first, in your own details."),
    MayOffer.UNVERIFIED: _("Your registration is not verified yet; your community worker can do it."),
}


def may_offer(*, gap: AreaGap, offered: bool, there: bool, consents: bool, verified: bool) -> MayOffer:
    """The first reason that applies; a shortage is not needed to offer at a place that only just has enough."""
    if there:
        return MayOffer.THERE
    if offered:
        return MayOffer.OFFERED
    if not verified:
        return MayOffer.UNVERIFIED
    if not consents:
        return MayOffer.NO_CONSENT
    return MayOffer.OPEN if gap.lacks else MayOffer.ENOUGH


@dataclass(frozen=True, slots=True)
class Step:
    """A line of an incident's checklist as it stands: done (by a person, or seen by the system), due, or late."""

    item: ChecklistItem
    done: bool
    seen: bool
    by: str
    at: datetime | None
    due: datetime | None
    late: bool


def steps(
    checklist: Checklist, ticked: Mapping[str, Any], facts: Collection[str], starts: datetime, now: datetime
) -> Sequence[Step]:
    """The checklist with the open ones first, by the time they are due."""
    found = []
    for item in checklist.items:
        tick = ticked.get(f"{checklist.slug}.{item.slug}", {})
        seen = bool(item.fact) and item.fact in facts
        due = starts + timedelta(minutes=item.within_minutes) if item.within_minutes else None
        done = seen or bool(tick)
        at = datetime.fromisoformat(tick["at"]) if tick else None
        late = due is not None and now > due and not done
        found.append(Step(item, done, seen, str(tick.get("by", "")), at, due, late))
    return sorted(found, key=lambda step: (step.done, step.due is None, step.due or starts))


_REASONS: Mapping[str, Promise] = {
    "home": _("lives here"),
    "near": _("%(km)s km from home"),
    "far": _("%(km)s km from home, far"),
    "skill": _("has a skill wanted here: %(skills)s"),
    "shortage": _("%(lacks)s people were missing here"),
    "pair": _("stays together with %(name)s"),
    "by_hand": _("put here by hand"),
    "offered": _("offered to serve here"),
}


def reason(data: Mapping[str, Any]) -> str:
    """One stored reason of a deployment as words in the reader's language."""
    sentence = _REASONS.get(str(data.get("kind", "")))
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    fields = {key: value[language] if isinstance(value, dict) else value for key, value in data.items()}
    return str(sentence) % fields if sentence else ""


def kit_lines(kit: Sequence[Mapping[str, Any]]) -> list[str]:
    """An order's protection, item by item, in the reader's language."""
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return [f"{line['name'][language]} {line['quantity']} {line['unit'][language]}" for line in kit]
