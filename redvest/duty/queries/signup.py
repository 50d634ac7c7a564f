"""What a person may sign up for: open shifts near his home, and why not for each of the others."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Now, TruncDate
from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from redvest.core.access import ancestors
from redvest.core.errors import Denied
from redvest.duty.models import Assignment, Attendance, Post
from redvest.duty.queries.books import limits
from redvest.duty.rules.experience import ENOUGH_MINUTES, is_experienced
from redvest.duty.rules.signup import Answer, Opening, Taker, may_sign_up
from redvest.duty.rules.stretches import HORIZON, Stretch, metres_between, nights_worked
from redvest.incidents.models import Incident, TeamMember
from redvest.people.models import Account, Consent, Person, PersonSkill, Skill

HELD = (Assignment.State.OFFERED, Assignment.State.CONFIRMED)
LIVING = (Assignment.State.WAITING, *HELD)
PAGE = 24
SOON = timedelta(hours=48)


class Where(NamedTuple):
    """An active incident that concerns a person, and whether he is one of its people."""

    incident_id: int
    playbook_id: int
    zone: str
    area_path: str
    is_in_team: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who looks for a shift, with all that the rules ask about him."""

    person_id: int
    name: str
    is_verified: bool
    has_left: bool
    has_consented: bool
    skills: frozenset[str]
    is_experienced: bool
    most_km: int | None
    latitude: float | None
    longitude: float | None
    area_paths: tuple[str, ...]
    duties: tuple[Stretch, ...] = ()

    def taker(self, is_in_team: bool) -> Taker:
        return Taker(
            is_in_team=is_in_team and not self.has_left,
            is_verified=self.is_verified,
            has_consented=self.has_consented,
            skills=self.skills,
            is_experienced=self.is_experienced,
            most_km=self.most_km,
            duties=self.duties,
        )


@dataclass(frozen=True, slots=True)
class OpenShift:
    """An open shift as one person sees it."""

    shift_id: int
    post_id: int
    post: str
    kind: str
    area: str
    starts: datetime
    ends: datetime
    taken: int
    wanted: int
    maximum: int
    metres: int | None
    spot: tuple[float | None, float | None]
    nights: int
    is_standby: bool
    needs_suit: bool
    zone: str
    playbook_id: int
    assignment_id: int | None
    answer: Answer

    @property
    def places_left(self) -> int:
        return max(0, self.maximum - self.taken)


@dataclass(frozen=True, slots=True)
class Page:
    """Shifts in order of distance. ``more`` is where the next page starts."""

    shifts: tuple[OpenShift, ...]
    more: int | None
    is_anywhere: bool

    @property
    def open_now(self) -> list[OpenShift]:
        return [shift for shift in self.shifts if shift.answer.is_open]

    @property
    def others(self) -> list[OpenShift]:
        return [shift for shift in self.shifts if not shift.answer.is_open]


_VALID = Q(expires_on=None) | Q(expires_on__gte=TruncDate(Now()))
_CONSENTED = Consent.objects.filter(person=OuterRef("pk"), kind="serve", withdrawn_at=None)
_SKILLS = PersonSkill.objects.filter(_VALID, person=OuterRef("pk")).values("skill__code")
_SOURCES = PersonSkill.objects.filter(_VALID, person=OuterRef("pk")).values("source").distinct()
_SERVED = (
    Attendance.objects.filter(
        assignment__person=OuterRef("pk"), state="done", assignment__shift__post__is_standby=False
    )
    .order_by()
    .values("assignment__person")
    .annotate(total=Sum(F("left_at") - F("came_at")))
    .values("total")
)
_PERSON = (
    "id",
    "name",
    "kind",
    "state",
    "experience",
    "max_distance_km",
    "home_latitude",
    "home_longitude",
    "home__latitude",
    "home__longitude",
    "home__path",
    "host__path",
    "place_now__path",
)
_DUTY = (
    "shift_id",
    "shift__starts",
    "shift__ends",
    "shift__duty_day",
    "shift__post__name",
    "shift__post__is_standby",
    "shift__post__needs_suit",
    "shift__post__incident__time_zone",
)


def candidate_of(actor: Account, around: datetime, until: datetime | None = None, *, lock: bool = False) -> Candidate:
    """The actor's own person and his duties around a time. Raises ``Denied`` when the account belongs to no person.

    With ``lock`` the person's row is locked, so that two sign-ups of one person are judged one after the other.
    """
    rows: QuerySet[Person] = Person.objects.filter(account_id=actor.pk)
    return _candidate(rows, around, until, lock)


def candidate(person_id: int, around: datetime, *, lock: bool = False) -> Candidate:
    """The same for somebody else: for the waiting list and swaps, never for a screen."""
    return _candidate(Person.objects.filter(pk=person_id), around, None, lock)


def _candidate(rows: QuerySet[Person], around: datetime, until: datetime | None, lock: bool) -> Candidate:
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    row = (
        rows.annotate(
            consented=Exists(_CONSENTED),
            codes=ArraySubquery(_SKILLS),
            sources=ArraySubquery(_SOURCES),
            served=Subquery(_SERVED),
        )
        .order_by()
        .values_list(*_PERSON, "consented", "codes", "sources", "served")
        .first()
    )
    if row is None:
        raise Denied(_("Your account belongs to no volunteer yet. Ask your community worker to link it."))
    key, name, kind, state, experience, most_km, lat, lon, area_lat, area_lon, *rest = row
    *area_paths, consented, codes, sources, served = rest
    is_verified = state == Person.State.VERIFIED
    minutes = int(served.total_seconds() // 60) if served else 0
    return Candidate(
        person_id=key,
        name=name,
        is_verified=is_verified,
        has_left=state == Person.State.LEFT,
        # Seconded staff serve by order of their unit; the consent to the risks of volunteering is not theirs to give.
        has_consented=consented or kind == Person.Kind.STAFF,
        skills=frozenset(codes),
        is_experienced=is_experienced(said=experience, is_verified=is_verified, sources=sources, minutes=minutes),
        most_km=most_km,
        latitude=area_lat if lat is None else lat,
        longitude=area_lon if lon is None else lon,
        area_paths=tuple(path for path in area_paths if path),
        duties=duties_of(key, around - HORIZON, (until or around) + HORIZON),
    )


def duties_of(person_id: int, since: datetime, until: datetime) -> tuple[Stretch, ...]:
    """The shifts a person holds (confirmed, or a place kept for him) that start in a period."""
    rows = Assignment.objects.filter(
        person_id=person_id, state__in=HELD, shift__starts__gte=since, shift__starts__lt=until
    ).order_by()
    return tuple(
        Stretch(key, post, starts, ends, day, nights_worked(starts, ends, day, zone), standby, suit)
        for key, starts, ends, day, post, standby, suit, zone in rows.values_list(*_DUTY)
    )


def incidents_of(person: Candidate) -> dict[int, Where]:
    """The active incidents that concern a person: he is in the team, or lives, is hosted or stays in the area.

    A verified neighbour may sign up without having been called: his own tap is his yes. Who left the team is out.
    """
    above = {step for path in person.area_paths for step in (*ancestors(path), path)}
    team = TeamMember.objects.filter(incident=OuterRef("pk"), person_id=person.person_id)
    rows = (
        Incident.objects.filter(state=Incident.State.ACTIVE)
        .annotate(
            member=Exists(team.exclude(state=TeamMember.State.RELEASED)),
            released=Exists(team.filter(state=TeamMember.State.RELEASED)),
        )
        .filter(Q(member=True) | Q(area__path__in=above))
        .order_by()
    )
    found = rows.values_list("id", "playbook_id", "time_zone", "area__path", "member", "released")
    return {
        key: Where(key, playbook, zone, path, member or not released)
        for key, playbook, zone, path, member, released in found
    }


# Posts by distance from the index (KNN), the shifts of each by time; stops as soon as the page is full. Without a home
# the distance is the same for all, and the soonest shifts come first.
_NEAREST = """
    SELECT s.id, s.starts, s.ends, s.duty_day, s.taken, s.wanted, s.maximum, s.state,
           p.id, p.name, p.kind, p.latitude, p.longitude, p.skills, p.experienced, p.is_standby, p.needs_suit,
           p.state, p.incident_id, p.area_name, p.area_path
    FROM (SELECT post.*, area.name AS area_name, area.path AS area_path
          FROM duty_post post JOIN places_area area ON area.id = post.area_id
          WHERE post.incident_id = ANY(%(incidents)s) AND post.state = 'open'
          ORDER BY point(post.longitude, post.latitude) <-> point(%(longitude)s, %(latitude)s)) p
    CROSS JOIN LATERAL (
        SELECT * FROM duty_shift shift
        WHERE shift.post_id = p.id AND shift.starts >= %(since)s AND shift.starts < %(until)s AND shift.state = 'open'
        ORDER BY shift.starts) s
    LIMIT %(limit)s OFFSET %(offset)s
"""
_SOONEST = """
    SELECT s.id, s.starts, s.ends, s.duty_day, s.taken, s.wanted, s.maximum, s.state,
           p.id, p.name, p.kind, p.latitude, p.longitude, p.skills, p.experienced, p.is_standby, p.needs_suit,
           p.state, p.incident_id, area.name, area.path
    FROM duty_shift s JOIN duty_post p ON p.id = s.post_id JOIN places_area area ON area.id = p.area_id
    WHERE p.incident_id = ANY(%(incidents)s) AND p.state = 'open'
      AND s.starts >= %(since)s AND s.starts < %(until)s AND s.state = 'open'
    ORDER BY s.starts, s.id
    LIMIT %(limit)s OFFSET %(offset)s
"""
ONE = """
    SELECT s.id, s.starts, s.ends, s.duty_day, s.taken, s.wanted, s.maximum, s.state,
           p.id, p.name, p.kind, p.latitude, p.longitude, p.skills, p.experienced, p.is_standby, p.needs_suit,
           p.state, p.incident_id, area.name, area.path
    FROM duty_shift s JOIN duty_post p ON p.id = s.post_id JOIN places_area area ON area.id = p.area_id
    WHERE s.id = %(shift)s AND s.state <> 'cancelled'
"""


class ShiftRow(NamedTuple):
    """What the three statements above answer."""

    shift_id: int
    starts: datetime
    ends: datetime
    day: Any
    taken: int
    wanted: int
    maximum: int
    state: str
    post_id: int
    post: str
    kind: str
    latitude: float | None
    longitude: float | None
    skills: Any
    experienced: int
    is_standby: bool
    needs_suit: bool
    post_state: str
    incident_id: int
    area: str
    area_path: str


def rows(statement: str, parameters: Mapping[str, Any]) -> list[ShiftRow]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [ShiftRow._make(row) for row in cursor.fetchall()]


def open_shifts(actor: Account, *, since: datetime, until: datetime, start: int = 0, page: int = PAGE) -> Page:
    """Open shifts that begin in a period, nearest first, each with its answer for the actor."""
    now = timezone.now()
    person = candidate_of(actor, since, until)
    places = incidents_of(person)
    if not places:
        return Page((), None, False)
    parameters = {
        "incidents": list(places),
        "since": max(since, now),
        "until": until,
        "latitude": person.latitude,
        "longitude": person.longitude,
        "limit": page + 1,
        "offset": start,
    }
    found = rows(_SOONEST if person.latitude is None else _NEAREST, parameters)
    shown = found[:page]
    answered = answers(person, places, shown, now)
    return Page(tuple(answered), start + page if len(found) > page else None, True)


def open_shift(actor: Account, shift_id: int) -> OpenShift:
    """One shift as the actor sees it. A shift of an incident that does not concern him is a 404."""
    now = timezone.now()
    row, person, places = one(actor, shift_id)
    return next(iter(answers(person, places, [row], now)))


def about(shift: OpenShift) -> dict[str, Any]:
    """What else one should know before taking a shift that one may see: kit, meeting point, note, how many wait."""
    names = ("kit", "meeting_point", "note", "is_outdoor", "contact_name", "contact_phone")
    found = dict(Post.objects.values(*names).get(pk=shift.post_id))
    found["waiting"] = Assignment.objects.filter(shift_id=shift.shift_id, state=Assignment.State.WAITING).count()
    return found


def one(actor: Account, shift_id: int, *, lock: bool = False) -> tuple[ShiftRow, Candidate, dict[int, Where]]:
    """The shift, the actor's person and the incidents that concern him; a 404 when the shift is none of his concern."""
    found = rows(ONE, {"shift": shift_id})
    if not found:
        raise Http404(_("There is nothing here that you may see."))
    person = candidate_of(actor, found[0].starts, lock=lock)
    places = incidents_of(person)
    if found[0].incident_id not in places:
        raise Http404(_("There is nothing here that you may see."))
    return found[0], person, places


def answers(
    person: Candidate,
    places: Mapping[int, Where],
    found: Sequence[ShiftRow],
    now: datetime,
    *,
    ignore_own: bool = False,
    leaving: int = 0,
) -> Iterable[OpenShift]:
    """Each shift with its answer; at most three queries however many there are.

    ``leaving`` is a person who gives his place away: his skills no longer count. ``ignore_own`` leaves out of the
    question that this person is waiting already.
    """
    mine = {} if ignore_own else _mine(person.person_id, [row.shift_id for row in found])
    needs = missing_heads(person, found, leaving)
    names = skill_names({code for heads in needs.values() for code in heads[0]})
    takers = {key: person.taker(where.is_in_team) for key, where in places.items()}
    for row in found:
        where = places[row.incident_id]
        stretch = stretch_of(row, where.zone)
        key, state = mine.get(row.shift_id, (None, ""))
        skills, experienced = needs.get(row.shift_id, ({}, 0))
        opening = Opening(
            stretch=stretch,
            is_open=row.state == "open" and row.post_state == "open",
            taken=row.taken,
            maximum=row.maximum,
            metres=metres_between(person.latitude, person.longitude, row.latitude, row.longitude),
            mine=state,
            missing_skills=skills,
            skill_names=names,
            missing_experienced=experienced,
        )
        yield OpenShift(
            shift_id=row.shift_id,
            post_id=row.post_id,
            post=row.post,
            kind=row.kind,
            area=row.area,
            starts=row.starts,
            ends=row.ends,
            taken=row.taken,
            wanted=row.wanted,
            maximum=row.maximum,
            metres=opening.metres,
            spot=(row.latitude, row.longitude),
            nights=len(stretch.nights),
            is_standby=row.is_standby,
            needs_suit=row.needs_suit,
            zone=where.zone,
            playbook_id=where.playbook_id,
            assignment_id=key,
            answer=may_sign_up(takers[row.incident_id], opening, limits(where.playbook_id), now),
        )


def stretch_of(row: ShiftRow, zone: str) -> Stretch:
    nights = nights_worked(row.starts, row.ends, row.day, zone)
    return Stretch(row.shift_id, row.post, row.starts, row.ends, row.day, nights, row.is_standby, row.needs_suit)


def _mine(person_id: int, shift_ids: list[int]) -> dict[int, tuple[int, str]]:
    found = Assignment.objects.filter(person_id=person_id, shift_id__in=shift_ids, state__in=LIVING)
    return {shift: (key, state) for key, shift, state in found.order_by().values_list("id", "shift_id", "state")}


# Who is experienced is said in rules/experience.py; this counts the same over many people at once.
_HOLDERS = """
    SELECT a.shift_id,
           count(*) FILTER (WHERE (p.experience <> '' AND p.state = 'verified') OR EXISTS (
               SELECT 1 FROM people_personskill s WHERE s.person_id = p.id AND s.source IN ('earned', 'certified')
               AND (s.expires_on IS NULL OR s.expires_on >= current_date))
               OR (SELECT sum(t.left_at - t.came_at) FROM duty_attendance t
                   JOIN duty_assignment d ON d.id = t.assignment_id JOIN duty_shift ds ON ds.id = d.shift_id
                   JOIN duty_post dp ON dp.id = ds.post_id AND NOT dp.is_standby
                   WHERE d.person_id = p.id AND t.state = 'done') >= make_interval(mins => %s)),
           array(SELECT sk.code || ':' || count(*)
                 FROM duty_assignment b JOIN people_personskill s ON s.person_id = b.person_id
                 JOIN people_skill sk ON sk.id = s.skill_id
                 WHERE b.shift_id = a.shift_id AND b.state IN ('offered', 'confirmed')
                 AND b.person_id <> %s GROUP BY sk.code)
    FROM duty_assignment a JOIN people_person p ON p.id = a.person_id
    WHERE a.shift_id = ANY(%s) AND a.state IN ('offered', 'confirmed') AND a.person_id <> %s
    GROUP BY a.shift_id
"""


def missing_heads(
    person: Candidate, found: Sequence[ShiftRow], leaving: int = 0
) -> dict[int, tuple[dict[str, int], int]]:
    """For shifts whose last places may be kept: heads still missing of each skill, and of experienced people."""
    tight = [row for row in found if _may_be_kept(person, row)]
    if not tight:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, [ENOUGH_MINUTES, leaving, [row.shift_id for row in tight], leaving])
        there = {shift: (experienced, skills) for shift, experienced, skills in cursor.fetchall()}
    missing = {}
    for row in tight:
        experienced, skills = there.get(row.shift_id, (0, []))
        counts = {code: int(count) for code, count in (each.rsplit(":", 1) for each in skills)}
        lacking = {need["skill"]: need["heads"] - counts.get(need["skill"], 0) for need in _needs(row)}
        lacking = {code: heads for code, heads in lacking.items() if heads > 0}
        missing[row.shift_id] = (lacking, max(0, row.experienced - experienced))
    return missing


def _needs(row: ShiftRow) -> list[dict[str, Any]]:
    return json.loads(row.skills) if isinstance(row.skills, str) else list(row.skills or [])


def lacks_something(person: Candidate, row: ShiftRow) -> bool:
    """Whether places of this shift may be kept for others than this person."""
    lacks = row.experienced > 0 and not person.is_experienced
    return lacks or any(need["skill"] not in person.skills for need in _needs(row))


def _may_be_kept(person: Candidate, row: ShiftRow) -> bool:
    left = row.maximum - row.taken
    if left <= 0:
        return False
    if row.experienced and not person.is_experienced and left <= row.experienced:
        return True
    return any(need["skill"] not in person.skills and left <= need["heads"] for need in _needs(row))


def skill_names(codes: set[str]) -> dict[str, str]:
    """Skills in the reader's language."""
    if not codes:
        return {}
    column = "name_zh" if (get_language() or "").startswith("zh") else "name_en"
    return dict(Skill.objects.filter(code__in=codes).values_list("code", column))
