"""May this person take this shift by his own tap? One answer, with its sentence and what would help."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from redvest.duty.rules.limits import Breach, breaches, clash
from redvest.duty.rules.stretches import Limits, Stretch


class SignUp(StrEnum):
    """Every answer there is. ``OPEN`` and ``FULL`` leave something to do here: take it, or join the waiting list."""

    OPEN = "open"
    ALREADY_YOURS = "already_yours"
    WAITING = "waiting"
    OFFERED = "offered"
    STARTED = "started"
    CLOSED = "closed"
    NOT_IN_TEAM = "not_in_team"
    NOT_VERIFIED = "not_verified"
    NOT_CONSENTED = "not_consented"
    CLASHES = "clashes"
    RESTING = "resting"
    TOO_CLOSE = "too_close"
    SHORT_REST = "short_rest"
    OVER_DAY = "over_day"
    OVER_SUIT = "over_suit"
    OVER_WEEK = "over_week"
    TOO_MANY_NIGHTS = "too_many_nights"
    AFTER_NIGHTS = "after_nights"
    TOO_MANY_DAYS = "too_many_days"
    TOO_FAR = "too_far"
    LACKS_SKILL = "lacks_skill"
    NEEDS_EXPERIENCED = "needs_experienced"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Taker:
    """What is known about the person who would take a shift."""

    is_in_team: bool
    is_verified: bool
    has_consented: bool
    skills: frozenset[str] = frozenset()
    is_experienced: bool = False
    most_km: int | None = None
    duties: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known about the shift. Missing are the skilled and experienced heads that nobody on it covers yet."""

    stretch: Stretch
    is_open: bool
    taken: int
    maximum: int
    metres: int | None = None
    mine: str = ""
    missing_skills: Mapping[str, int] = field(default_factory=dict)
    skill_names: Mapping[str, str] = field(default_factory=dict)
    missing_experienced: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer and the fields of its sentence. ``warnings`` do not stop him; he should know them."""

    code: SignUp
    details: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple["Answer", ...] = ()
    may_override: bool = False

    @property
    def is_open(self) -> bool:
        return self.code is SignUp.OPEN

    @property
    def may_wait(self) -> bool:
        return self.code is SignUp.FULL

    def sentence(self, zone: str) -> str:
        """The answer in words, in the language in force; times in the incident's zone."""
        text = SENTENCES[self.code](Words(self.details, ZoneInfo(zone)))
        if self.may_override:
            text = _("%(reason)s A coordinator may allow it by name.") % {"reason": text}
        return text


BY_LIMIT = {
    "day_hours": SignUp.OVER_DAY,
    "suit_hours": SignUp.OVER_SUIT,
    "week_hours": SignUp.OVER_WEEK,
    "week_hours_wanted": SignUp.OVER_WEEK,
    "nights_in_row": SignUp.TOO_MANY_NIGHTS,
    "nights_in_row_wanted": SignUp.TOO_MANY_NIGHTS,
    "rest_after_nights": SignUp.AFTER_NIGHTS,
    "days_in_row": SignUp.TOO_MANY_DAYS,
}
MINE = {"confirmed": SignUp.ALREADY_YOURS, "waiting": SignUp.WAITING, "offered": SignUp.OFFERED}


def may_sign_up(taker: Taker, opening: Opening, limits: Limits, now: datetime) -> Answer:
    """The first thing that stands in the way; ``FULL`` last, because then the waiting list is of use."""
    stretch = opening.stretch
    if opening.mine:
        return Answer(MINE[opening.mine])
    if stretch.starts <= now:
        return Answer(SignUp.STARTED)
    if not opening.is_open:
        return Answer(SignUp.CLOSED)
    if not taker.is_in_team:
        return Answer(SignUp.NOT_IN_TEAM)
    if not taker.is_verified:
        return Answer(SignUp.NOT_VERIFIED)
    if not taker.has_consented:
        return Answer(SignUp.NOT_CONSENTED)
    other = clash(stretch, taker.duties)
    if other is not None:
        return Answer(SignUp.CLASHES, {"post": other.post, "starts": other.starts, "ends": other.ends})
    found = breaches(stretch, taker.duties, limits)
    if found and found[0].limit.stops:
        return _stopped(found[0])
    kept = _too_far(taker, opening, limits) or _kept_for_others(taker, opening, limits)
    if kept is not None:
        return kept
    if opening.taken >= opening.maximum:
        return Answer(SignUp.FULL, {"waiting": opening.waiting})
    return Answer(SignUp.OPEN, warnings=tuple(_stopped(breach) for breach in found))


def _stopped(breach: Breach) -> Answer:
    if breach.limit.name in ("rest", "rest_floor") and not breach.limit.stops:
        code = SignUp.SHORT_REST
    elif breach.limit.name in ("rest", "rest_floor"):
        code = SignUp.RESTING if "until" in breach.details else SignUp.TOO_CLOSE
    else:
        code = BY_LIMIT[breach.limit.name]
    return Answer(code, breach.details, may_override=breach.limit.severity == "override")


def _too_far(taker: Taker, opening: Opening, limits: Limits) -> Answer | None:
    if taker.most_km is None or opening.metres is None or not limits["reach"].stops:
        return None
    if opening.metres <= taker.most_km * 1000:
        return None
    return Answer(SignUp.TOO_FAR, {"metres": opening.metres, "most": taker.most_km})


def _kept_for_others(taker: Taker, opening: Opening, limits: Limits) -> Answer | None:
    """The last places are kept for the skilled and the experienced heads that the shift still lacks."""
    left = opening.maximum - opening.taken
    if limits["skills"].stops:
        lacking = {code: heads for code, heads in opening.missing_skills.items() if heads > 0}
        if lacking and not taker.skills & lacking.keys() and 0 < left <= max(lacking.values()):
            names = [opening.skill_names.get(code, code) for code in lacking]
            return Answer(SignUp.LACKS_SKILL, {"skill": ", ".join(names)})
    if limits["experience"].stops and not taker.is_experienced and 0 < left <= opening.missing_experienced:
        return Answer(SignUp.NEEDS_EXPERIENCED, may_override=limits["experience"].severity == "override")
    return None


@dataclass(frozen=True, slots=True)
class Words:
    """Fields of a sentence, formatted for a person."""

    details: Mapping[str, Any]
    zone: ZoneInfo

    def clock(self, name: str) -> str:
        return clock(self.details[name], self.zone)

    def span(self, starts: str, ends: str) -> str:
        """``03-02 22:00–06:00``: the end without its day, which is the same night or day."""
        return f"{self.clock(starts)}–{self.details[ends].astimezone(self.zone):%H:%M}"

    def hours(self, name: str) -> str:
        minutes = int(self.details[name])
        return str(minutes // 60) if minutes % 60 == 0 else f"{minutes / 60:.1f}"

    def __getitem__(self, name: str) -> Any:
        return self.details[name]


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as month, day and time, the same in both languages: 03-02 22:00."""
    return moment.astimezone(zone).strftime("%m-%d %H:%M")


SENTENCES: Mapping[SignUp, Callable[[Words], str]] = {
    SignUp.OPEN: lambda words: _("You can take this shift."),
    SignUp.ALREADY_YOURS: lambda words: _("You are on this shift."),
    SignUp.WAITING: lambda words: _("You are on the waiting list. We tell you when a place is free."),
    SignUp.OFFERED: lambda words: _("A place is kept for you. Confirm it or pass it on."),
    SignUp.STARTED: lambda words: _("The shift has begun. Ask the post lead if hands are needed."),
    SignUp.CLOSED: lambda words: _("Sign-up is closed. Choose another shift."),
    SignUp.NOT_IN_TEAM: lambda words: _("You are not in this team yet. Offer your help first."),
    SignUp.NOT_VERIFIED: lambda words: _(
        "Your community has not confirmed your registration yet. Ask your community worker."
    ),
    SignUp.NOT_CONSENTED: lambda words: _("Read and accept what serving means first, on the page about you."),
    SignUp.CLASHES: lambda words: (
        _("You are on duty at %(post)s then (%(span)s).")
        % {"post": words["post"], "span": words.span("starts", "ends")}
    ),
    SignUp.RESTING: lambda words: (
        _("Rest comes first: you can start again at %(until)s.") % {"until": words.clock("until")}
    ),
    SignUp.TOO_CLOSE: lambda words: (
        _("Too close to your next shift (%(post)s, %(next)s): %(hours)s hours of rest between.")
        % {"post": words["post"], "next": words.clock("next"), "hours": words.hours("minutes")}
    ),
    SignUp.SHORT_REST: lambda words: (
        _("Short rest: less than %(hours)s hours between this and another shift of yours.")
        % {"hours": words.hours("minutes")}
    ),
    SignUp.OVER_DAY: lambda words: (
        _("That would be %(hours)s hours in 24; the limit is %(most)s.")
        % {"hours": words.hours("minutes"), "most": words.hours("most")}
    ),
    SignUp.OVER_SUIT: lambda words: (
        _("That would be %(hours)s hours in a suit within 24; the limit is %(most)s.")
        % {"hours": words.hours("minutes"), "most": words.hours("most")}
    ),
    SignUp.OVER_WEEK: lambda words: (
        _("That would be %(hours)s hours in 7 days; the limit is %(most)s.")
        % {"hours": words.hours("minutes"), "most": words.hours("most")}
    ),
    SignUp.TOO_MANY_NIGHTS: lambda words: (
        ngettext(
            "That would be more than %(most)s night in a row.",
            "That would be more than %(most)s nights in a row.",
            words["most"],
        )
        % {"most": words["most"]}
    ),
    SignUp.AFTER_NIGHTS: lambda words: (
        _("After your nights you rest until %(until)s.") % {"until": words.clock("until")}
    ),
    SignUp.TOO_MANY_DAYS: lambda words: (
        _("You have served %(days)s days in a row. Take a day off first.") % {"days": words["days"]}
    ),
    SignUp.TOO_FAR: lambda words: (
        _("%(km)s km away; you said at most %(most)s km.")
        % {"km": f"{words['metres'] / 1000:.1f}", "most": words["most"]}
    ),
    SignUp.LACKS_SKILL: lambda words: (
        _("The places left are kept for people who can do this: %(skill)s.") % {"skill": words["skill"]}
    ),
    SignUp.NEEDS_EXPERIENCED: lambda words: _("The last place is kept for somebody experienced."),
    SignUp.FULL: lambda words: _("All places are taken. You can join the waiting list."),
}
