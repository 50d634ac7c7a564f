"""Somebody who looks for a shift: what the rules ask about him, in raw statements, since every tap waits for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core.access import ancestors
from redvest.core.errors import Denied
from redvest.duty.rules.experience import is_experienced
from redvest.duty.rules.signup import Taker
from redvest.duty.rules.stretches import HORIZON, Stretch, nights_worked
from redvest.people.models import Account, Person


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


# What the rules ask about one person, in one statement: these reads stand in the way of every tap.
_PERSON = """
    SELECT p.id, p.name, p.kind, p.state, p.experience, p.max_distance_km,
           coalesce(p.home_latitude, home.latitude), coalesce(p.home_longitude, home.longitude),
           home.path, host.path, here.path,
           EXISTS (SELECT 1 FROM people_consent c
                   WHERE c.person_id = p.id AND c.kind = 'serve' AND c.withdrawn_at IS NULL),
           ARRAY(SELECT k.code FROM people_personskill s JOIN people_skill k ON k.id = s.skill_id
                 WHERE s.person_id = p.id AND (s.expires_on IS NULL OR s.expires_on >= %(today)s)),
           ARRAY(SELECT s.source FROM people_personskill s
                 WHERE s.person_id = p.id AND (s.expires_on IS NULL OR s.expires_on >= %(today)s)),
           (SELECT extract(epoch FROM sum(t.left_at - t.came_at))::int / 60 FROM duty_attendance t
            JOIN duty_assignment a ON a.id = t.assignment_id JOIN duty_shift sh ON sh.id = a.shift_id
            JOIN duty_post po ON po.id = sh.post_id
            WHERE a.person_id = p.id AND t.state = 'done' AND NOT po.is_standby)
    FROM people_person p
    LEFT JOIN places_area home ON home.id = p.home_id
    LEFT JOIN places_area host ON host.id = p.host_id
    LEFT JOIN places_area here ON here.id = p.place_now_id
    WHERE {which} = %(key)s
"""
_LOCKED = " FOR NO KEY UPDATE OF p"
_DUTIES = """
    SELECT s.id, s.starts, s.ends, s.duty_day, p.name, p.is_standby, p.needs_suit, i.time_zone
    FROM duty_assignment a JOIN duty_shift s ON s.id = a.shift_id JOIN duty_post p ON p.id = s.post_id
    JOIN incidents_incident i ON i.id = p.incident_id
    WHERE a.person_id = %s AND a.state IN ('offered', 'confirmed') AND s.starts >= %s AND s.starts < %s
"""
_INCIDENTS = """
    SELECT i.id, i.playbook_id, i.time_zone, area.path, coalesce(m.state, '') <> 'released'
    FROM incidents_incident i JOIN places_area area ON area.id = i.area_id
    LEFT JOIN incidents_teammember m ON m.incident_id = i.id AND m.person_id = %s
    WHERE i.state = 'active' AND (m.state <> 'released' OR area.path = ANY(%s))
"""


def ask(statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def candidate_of(actor: Account, around: datetime, until: datetime | None = None, *, lock: bool = False) -> Candidate:
    """The actor's own person and his duties around a time. Raises ``Denied`` when the account belongs to no person.

    With ``lock`` the person's row is locked, so that two sign-ups of one person are judged one after the other.
    """
    return _candidate("p.account_id", actor.pk, around, until, lock)


def candidate(person_id: int, around: datetime, *, lock: bool = False) -> Candidate:
    """The same for somebody else: for the waiting list and swaps, never for a screen."""
    return _candidate("p.id", person_id, around, None, lock)


def _candidate(which: str, key: int, around: datetime, until: datetime | None, lock: bool) -> Candidate:
    found = ask(_PERSON.format(which=which) + (_LOCKED if lock else ""), {"key": key, "today": timezone.localdate()})
    if not found:
        raise Denied(_("Your account belongs to no volunteer yet. Ask your community worker to link it."))
    pk, name, kind, state, said, most_km, latitude, longitude, *paths, consented, codes, sources, minutes = found[0]
    is_verified = state == Person.State.VERIFIED
    return Candidate(
        person_id=pk,
        name=name,
        is_verified=is_verified,
        has_left=state == Person.State.LEFT,
        # Seconded staff serve by order of their unit; the consent to the risks of volunteering is not theirs to give.
        has_consented=consented or kind == Person.Kind.STAFF,
        skills=frozenset(codes),
        is_experienced=is_experienced(said=said, is_verified=is_verified, sources=sources, minutes=minutes or 0),
        most_km=most_km,
        latitude=latitude,
        longitude=longitude,
        area_paths=tuple(path for path in paths if path),
        duties=duties_of(pk, around - HORIZON, (until or around) + HORIZON),
    )


def duties_of(person_id: int, since: datetime, until: datetime) -> tuple[Stretch, ...]:
    """The shifts a person holds (confirmed, or a place kept for him) that start in a period."""
    return tuple(
        Stretch(key, post, starts, ends, day, nights_worked(starts, ends, day, zone), standby, suit)
        for key, starts, ends, day, post, standby, suit, zone in ask(_DUTIES, [person_id, since, until])
    )


def incidents_of(person: Candidate) -> dict[int, Where]:
    """The active incidents that concern a person: he is in the team, or lives, is hosted or stays in the area.

    A verified neighbour may sign up without having been called: his own tap is his yes. Who left the team is out.
    """
    above = list({step for path in person.area_paths for step in (*ancestors(path), path)})
    return {row[0]: Where._make(row) for row in ask(_INCIDENTS, [person.person_id, above])}
