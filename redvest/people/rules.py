"""Pure decisions about people: whether somebody fits a task, and if not why; when he can serve.

Everything is decided on loaded facts; the answers are enums with a sentence. Political status and the like are no
facts here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from redvest.places.rules import distance_km


class SpokenLanguage(models.TextChoices):
    """Languages that help at a door or on the phone; codes of ISO 639."""

    MANDARIN = "cmn", _("Mandarin")
    CHONGQING = "cmn-cq", _("Chongqing dialect")
    CANTONESE = "yue", _("Cantonese")
    SIGN = "csl", _("Chinese sign language")
    ENGLISH = "en", _("English")
    JAPANESE = "ja", _("Japanese")
    KOREAN = "ko", _("Korean")
    FRENCH = "fr", _("French")
    RUSSIAN = "ru", _("Russian")
    SPANISH = "es", _("Spanish")
    VIETNAMESE = "vi", _("Vietnamese")
    TIBETAN = "bo", _("Tibetan")
    UYGHUR = "ug", _("Uyghur")
    YI = "ii", _("Yi")


class PoliticalStatus(models.TextChoices):
    """An optional field of the national volunteer record. It decides nothing and gates nothing."""

    PARTY_MEMBER = "party_member", _("Party member")
    LEAGUE_MEMBER = "league_member", _("League member")
    OTHER_PARTY = "other_party", _("Member of another party")
    PUBLIC = "public", _("Not in a party")


class Unfit(StrEnum):
    """Why somebody is not the one for a task."""

    LEFT = "left"
    NOT_VERIFIED = "not_verified"
    NO_CONSENT = "no_consent"
    AGE_UNKNOWN = "age_unknown"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    UNSKILLED = "unskilled"
    LANGUAGE = "language"
    UNAVAILABLE = "unavailable"
    TOO_FAR = "too_far"


SENTENCES = {
    Unfit.LEFT: _("Has left the volunteers."),
    Unfit.NOT_VERIFIED: _("Is registered, but not yet verified. A community worker can verify this person."),
    Unfit.NO_CONSENT: _("Has not agreed to serve. Ask this person to agree in “My details”."),
    Unfit.AGE_UNKNOWN: _("The year of birth is not known, and this task has an age limit. Enter the year first."),
    Unfit.TOO_YOUNG: _("Is younger than the %(limit)s years that this task asks for."),
    Unfit.TOO_OLD: _("Is older than the %(limit)s years up to which this task may be done."),
    Unfit.UNSKILLED: _("Lacks the skill: %(missing)s."),
    Unfit.LANGUAGE: _("Does not speak %(missing)s."),
    Unfit.UNAVAILABLE: _("Has not offered this time."),
    Unfit.TOO_FAR: _("Lives %(distance)s km away and offered to travel %(limit)s km."),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with the figures of its sentence."""

    unfit: Unfit
    fields: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return str(SENTENCES[self.unfit]) % dict(self.fields)


@dataclass(frozen=True, slots=True)
class Span:
    """What somebody said about his time: can or cannot, from a moment to a moment or with an open end, daily hours.

    An open end stands for "until the zone is lifted" and the like: the event will close it.
    """

    can: bool
    starts: datetime
    ends: datetime | None = None
    daily: tuple[time, time] | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision about fitness looks at."""

    verified: bool = True
    left: bool = False
    consented: bool = True
    is_staff: bool = False
    birth_year: int | None = None
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    spans: tuple[Span, ...] = ()
    home: tuple[float, float] | None = None
    max_distance_km: float | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What a task asks for. ``place`` and ``starts``/``ends`` are absent where they do not matter."""

    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    least_age: int | None = None
    most_age: int | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    place: tuple[float, float] | None = None


def reasons_against(person: Facts, task: Task, *, year: int, zone: ZoneInfo) -> list[Reason]:
    """Every reason why this person is not the one for the task; none means fit. ``year`` is the current year."""
    found = [*_standing(person), *_age(person, task, year)]
    missing = sorted(task.skills - person.skills)
    if missing:
        found.append(Reason(Unfit.UNSKILLED, (("missing", ", ".join(missing)),)))
    unspoken = sorted(task.languages - person.languages)
    if unspoken:
        names = ", ".join(str(SpokenLanguage(code).label) for code in unspoken)
        found.append(Reason(Unfit.LANGUAGE, (("missing", names),)))
    if task.starts and task.ends and not is_available(person.spans, task.starts, task.ends, zone):
        found.append(Reason(Unfit.UNAVAILABLE))
    return [*found, *_distance(person, task)]


def _standing(person: Facts) -> list[Reason]:
    if person.left:
        return [Reason(Unfit.LEFT)]
    found = [] if person.verified else [Reason(Unfit.NOT_VERIFIED)]
    # Staff are on official secondment: that is duty, and consent is not asked for.
    if not person.consented and not person.is_staff:
        found.append(Reason(Unfit.NO_CONSENT))
    return found


def _age(person: Facts, task: Task, year: int) -> list[Reason]:
    if task.least_age is None and task.most_age is None:
        return []
    if person.birth_year is None:
        return [Reason(Unfit.AGE_UNKNOWN)]
    # Only the year is known: who turns the limit this year is given the benefit at the upper end, not at the lower.
    age = year - person.birth_year
    if task.least_age is not None and age - 1 < task.least_age:
        return [Reason(Unfit.TOO_YOUNG, (("limit", task.least_age),))]
    if task.most_age is not None and age - 1 > task.most_age:
        return [Reason(Unfit.TOO_OLD, (("limit", task.most_age),))]
    return []


def _distance(person: Facts, task: Task) -> list[Reason]:
    if person.home is None or task.place is None or person.max_distance_km is None:
        return []
    away = distance_km(*person.home, *task.place)
    if away <= person.max_distance_km:
        return []
    return [Reason(Unfit.TOO_FAR, (("distance", f"{away:.1f}"), ("limit", f"{person.max_distance_km:g}")))]


def is_available(spans: Iterable[Span], starts: datetime, ends: datetime, zone: ZoneInfo) -> bool:
    """Whether the whole time from ``starts`` to ``ends`` is offered and no part of it is excepted.

    Who has said nothing about when he can serve is asked like everybody else, so that counts as offered.
    """
    listed = list(spans)
    if any(not span.can and _touches(span, starts, ends, zone) for span in listed):
        return False
    offers = [span for span in listed if span.can]
    return not offers or any(_covers(span, starts, ends, zone) for span in offers)


def _touches(span: Span, starts: datetime, ends: datetime, zone: ZoneInfo) -> bool:
    if span.starts >= ends or (span.ends is not None and span.ends <= starts):
        return False
    return span.daily is None or any(
        begin < ends and end > starts for begin, end in _daily(span.daily, starts, ends, zone)
    )


def _covers(span: Span, starts: datetime, ends: datetime, zone: ZoneInfo) -> bool:
    if span.starts > starts or (span.ends is not None and span.ends < ends):
        return False
    return span.daily is None or any(
        begin <= starts and ends <= end for begin, end in _daily(span.daily, starts, ends, zone)
    )


def _daily(
    hours: tuple[time, time], starts: datetime, ends: datetime, zone: ZoneInfo
) -> Sequence[tuple[datetime, datetime]]:
    """The daily hours around a time, in real moments; hours such as 19:00-07:00 cross midnight."""
    day = starts.astimezone(zone).date() - timedelta(days=1)
    last = ends.astimezone(zone).date()
    windows = []
    while day <= last:
        begin = datetime.combine(day, hours[0], tzinfo=zone)
        end_day = day if hours[1] > hours[0] else day + timedelta(days=1)
        windows.append((begin, datetime.combine(end_day, hours[1], tzinfo=zone)))
        day += timedelta(days=1)
    return windows
