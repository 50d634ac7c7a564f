"""What a person may sign up for: open shifts near his home, and why not for each of the others."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from redvest.duty.models import Assignment, Post
from redvest.duty.queries.books import limits
from redvest.duty.queries.candidates import Candidate, Prepared, Where, ask, candidate_of, incidents_of
from redvest.duty.rules.experience import ENOUGH_MINUTES
from redvest.duty.rules.signup import Answer, Opening, may_sign_up
from redvest.duty.rules.stretches import Stretch, metres_between, nights_worked
from redvest.people.models import Account, Skill

PAGE = 16
SOON = timedelta(hours=48)
EVER = timedelta(days=3650)


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


# Posts by distance from the index (KNN), the shifts of each by time; stops as soon as the page is full. Without a home
# the distance is the same for all, and the soonest shifts come first.
_NEAREST = """
    SELECT s.id, s.starts, s.ends, s.duty_day, s.taken, s.wanted, s.maximum, s.state,
           p.id, p.name, p.kind, p.latitude, p.longitude, p.skills, p.experienced, p.is_standby, p.needs_suit,
           p.state, p.incident_id, p.area_name, p.area_path, mine.id, mine.state
    FROM (SELECT post.*, area.name AS area_name, area.path AS area_path
          FROM duty_post post JOIN places_area area ON area.id = post.area_id
          WHERE post.incident_id = ANY(%(incidents)s) AND post.state = 'open'
          ORDER BY point(post.longitude, post.latitude) <-> point(%(longitude)s, %(latitude)s)) p
    CROSS JOIN LATERAL (
        SELECT * FROM duty_shift shift
        WHERE shift.post_id = p.id AND shift.starts >= %(since)s AND shift.starts < %(until)s AND shift.state = 'open'
        ORDER BY shift.starts) s
    LEFT JOIN duty_assignment mine ON mine.shift_id = s.id AND mine.person_id = %(person)s
              AND mine.state IN ('waiting', 'offered', 'confirmed')
    LIMIT %(limit)s OFFSET %(offset)s
"""
_SOONEST = """
    SELECT s.id, s.starts, s.ends, s.duty_day, s.taken, s.wanted, s.maximum, s.state,
           p.id, p.name, p.kind, p.latitude, p.longitude, p.skills, p.experienced, p.is_standby, p.needs_suit,
           p.state, p.incident_id, area.name, area.path, mine.id, mine.state
    FROM duty_shift s JOIN duty_post p ON p.id = s.post_id JOIN places_area area ON area.id = p.area_id
    LEFT JOIN duty_assignment mine ON mine.shift_id = s.id AND mine.person_id = %(person)s
              AND mine.state IN ('waiting', 'offered', 'confirmed')
    WHERE p.incident_id = ANY(%(incidents)s) AND p.state = 'open'
      AND s.starts >= %(since)s AND s.starts < %(until)s AND s.state = 'open'
    ORDER BY s.starts, s.id
    LIMIT %(limit)s OFFSET %(offset)s
"""
_ONE = """
    SELECT s.id, s.starts, s.ends, s.duty_day, s.taken, s.wanted, s.maximum, s.state,
           p.id, p.name, p.kind, p.latitude, p.longitude, p.skills, p.experienced, p.is_standby, p.needs_suit,
           p.state, p.incident_id, area.name, area.path, mine.id, mine.state
    FROM duty_shift s JOIN duty_post p ON p.id = s.post_id JOIN places_area area ON area.id = p.area_id
    LEFT JOIN duty_assignment mine ON mine.shift_id = s.id AND mine.person_id = $2
              AND mine.state IN ('waiting', 'offered', 'confirmed')
    WHERE s.id = $1 AND s.state <> 'cancelled'
"""
ONE = Prepared("redvest_shift", _ONE)


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
    mine_id: int | None
    mine_state: str | None


def shift_row(shift_id: int, person_id: int = 0) -> ShiftRow | None:
    """One shift, and the place that this person has on it."""
    found = ask(ONE, [shift_id, person_id])
    return ShiftRow._make(found[0]) if found else None


def rows(statement: str, parameters: Mapping[str, Any]) -> list[ShiftRow]:
    """The shifts that one of the first two statements finds."""
    return [ShiftRow._make(row) for row in ask(statement, parameters)]


def open_shifts(actor: Account, *, since: datetime, until: datetime, start: int = 0, page: int = PAGE) -> Page:
    """Open shifts that begin in a period, nearest first, each with its answer for the actor."""
    now = timezone.now()
    person = candidate_of(actor, since, until)
    places = incidents_of(person)
    if not places:
        return Page((), None, False)
    parameters = {
        "person": person.person_id,
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
    now = timezone.now()
    person = candidate_of(actor, now, now + EVER, lock=lock)
    places = incidents_of(person)
    found = shift_row(shift_id, person.person_id)
    if found is None or found.incident_id not in places:
        raise Http404(_("There is nothing here that you may see."))
    return found, person, places


def answers(
    person: Candidate,
    places: Mapping[int, Where],
    found: Sequence[ShiftRow],
    now: datetime,
    *,
    ignore_own: bool = False,
    leaving: int = 0,
) -> Iterable[OpenShift]:
    """Each shift with its answer; at most two queries however many there are.

    ``leaving`` is a person who gives his place away: his skills no longer count. ``ignore_own`` leaves out of the
    question that this person is waiting already.
    """
    needs = missing_heads(person, found, leaving)
    names = skill_names({code for heads in needs.values() for code in heads[0]})
    takers = {key: person.taker(where.is_in_team) for key, where in places.items()}
    for row in found:
        where = places[row.incident_id]
        stretch = stretch_of(row, where.zone)
        state = "" if ignore_own else row.mine_state or ""
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
            assignment_id=row.mine_id,
            answer=may_sign_up(takers[row.incident_id], opening, limits(where.playbook_id), now),
        )


def stretch_of(row: ShiftRow, zone: str) -> Stretch:
    nights = nights_worked(row.starts, row.ends, row.day, zone)
    return Stretch(row.shift_id, row.post, row.starts, row.ends, row.day, nights, row.is_standby, row.needs_suit)


# Who is experienced is said in rules/experience.py; this counts the same over many people at once.
_HOLDERS = """
    SELECT a.shift_id,
           count(*) FILTER (WHERE (p.experience <> '' AND p.state = 'verified') OR EXISTS (
               SELECT 1 FROM people_personskill s WHERE s.person_id = p.id AND s.source IN ('earned', 'certified')
               AND (s.expires_on IS NULL OR s.expires_on >= %(today)s))
               OR (SELECT sum(t.left_at - t.came_at) FROM duty_attendance t
                   JOIN duty_assignment d ON d.id = t.assignment_id JOIN duty_shift ds ON ds.id = d.shift_id
                   JOIN duty_post dp ON dp.id = ds.post_id AND NOT dp.is_standby
                   WHERE d.person_id = p.id AND t.state = 'done') >= make_interval(mins => %(enough)s)),
           array(SELECT sk.code || ':' || count(*)
                 FROM duty_assignment b JOIN people_personskill s ON s.person_id = b.person_id
                 JOIN people_skill sk ON sk.id = s.skill_id
                 WHERE b.shift_id = a.shift_id AND b.state IN ('offered', 'confirmed')
                 AND b.person_id <> %(leaving)s GROUP BY sk.code)
    FROM duty_assignment a JOIN people_person p ON p.id = a.person_id
    WHERE a.shift_id = ANY(%(shifts)s) AND a.state IN ('offered', 'confirmed') AND a.person_id <> %(leaving)s
    GROUP BY a.shift_id
"""


def missing_heads(
    person: Candidate, found: Sequence[ShiftRow], leaving: int = 0
) -> dict[int, tuple[dict[str, int], int]]:
    """For shifts whose last places may be kept: heads still missing of each skill, and of experienced people."""
    tight = [row for row in found if _may_be_kept(person, row)]
    if not tight:
        return {}
    known = {
        "enough": ENOUGH_MINUTES,
        "leaving": leaving,
        "shifts": [row.shift_id for row in tight],
        "today": timezone.localdate(),
    }
    there = {shift: (experienced, skills) for shift, experienced, skills in ask(_HOLDERS, known)}
    missing = {}
    for row in tight:
        experienced, skills = there.get(row.shift_id, (0, []))
        counts = {code: int(count) for code, count in (each.rsplit(":", 1) for each in skills)}
        lacking = {need["skill"]: need["heads"] - counts.get(need["skill"], 0) for need in _needs(row)}
        lacking = {code: heads for code, heads in lacking.items() if heads > 0}
        missing[row.shift_id] = (lacking, max(0, row.experienced - experienced))
    return missing


def _needs(row: ShiftRow) -> list[dict[str, Any]]:
    if row.skills == "[]":
        return []
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
