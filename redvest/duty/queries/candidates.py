"""Somebody who looks for a shift: what the rules ask about him, in raw statements, since every tap waits for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

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
                 WHERE s.person_id = p.id AND (s.expires_on IS NULL OR s.expires_on >= $2)),
           ARRAY(SELECT s.source FROM people_personskill s
                 WHERE s.person_id = p.id AND (s.expires_on IS NULL OR s.expires_on >= $2)),
           (SELECT extract(epoch FROM sum(t.left_at - t.came_at))::int / 60 FROM duty_attendance t
            JOIN duty_assignment a ON a.id = t.assignment_id JOIN duty_shift sh ON sh.id = a.shift_id
            JOIN duty_post po ON po.id = sh.post_id
            WHERE a.person_id = p.id AND t.state = 'done' AND NOT po.is_standby)
    FROM people_person p
    LEFT JOIN places_area home ON home.id = p.home_id
    LEFT JOIN places_area host ON host.id = p.host_id
    LEFT JOIN places_area here ON here.id = p.place_now_id
    WHERE {which} = $1
"""
_LOCKED = " FOR NO KEY UPDATE OF p"
_DUTIES = """
    SELECT s.id, s.starts, s.ends, s.duty_day, p.name, p.is_standby, p.needs_suit, i.time_zone
    FROM duty_assignment a JOIN duty_shift s ON s.id = a.shift_id JOIN duty_post p ON p.id = s.post_id
    JOIN incidents_incident i ON i.id = p.incident_id
    WHERE a.person_id = $1 AND a.state IN ('offered', 'confirmed') AND s.starts >= $2 AND s.starts < $3
"""
_INCIDENTS = """
    SELECT i.id, i.playbook_id, i.time_zone, area.path, coalesce(m.state, '') <> 'released'
    FROM incidents_incident i JOIN places_area area ON area.id = i.area_id
    LEFT JOIN incidents_teammember m ON m.incident_id = i.id AND m.person_id = $1
    WHERE i.state = 'active' AND (m.state <> 'released' OR area.path = ANY($2))
"""


class Prepared(NamedTuple):
    """A statement that the server plans once for each connection: planning takes five times as long as running it."""

    name: str
    text: str


PERSON = {
    (which, lock): Prepared(f"redvest_person_{which}{'_locked' if lock else ''}", text + (_LOCKED if lock else ""))
    for which, text in (
        ("account", _PERSON.format(which="p.account_id")),
        ("key", _PERSON.format(which="p.id")),
    )
    for lock in (False, True)
}
DUTIES = Prepared("redvest_duties", _DUTIES)
INCIDENTS = Prepared("redvest_incidents", _INCIDENTS)
# What each connection has prepared; a statement lives as long as its connection, also over a rollback.
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def ask(statement: str | Prepared, parameters: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        if isinstance(statement, str):
            cursor.execute(statement, parameters)
        else:
            known = _known.setdefault(connection.connection, set())
            if statement.name not in known:
                cursor.execute(f"PREPARE {statement.name} AS {statement.text}")
                known.add(statement.name)
            places = ", ".join(["%s"] * len(parameters))
            cursor.execute(f"EXECUTE {statement.name} ({places})", parameters)
        return list(cursor.fetchall())


def candidate_of(actor: Account, around: datetime, until: datetime | None = None, *, lock: bool = False) -> Candidate:
    """The actor's own person and his duties around a time. Raises ``Denied`` when the account belongs to no person.

    With ``lock`` the person's row is locked, so that two sign-ups of one person are judged one after the other.
    """
    return _candidate("account", actor.pk, around, until, lock)


def candidate(person_id: int, around: datetime, *, lock: bool = False) -> Candidate:
    """The same for somebody else: for the waiting list and swaps, never for a screen."""
    return _candidate("key", person_id, around, None, lock)


def _candidate(which: str, key: int, around: datetime, until: datetime | None, lock: bool) -> Candidate:
    found = ask(PERSON[which, lock], [key, timezone.localdate()])
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
        for key, starts, ends, day, post, standby, suit, zone in ask(DUTIES, [person_id, since, until])
    )


def incidents_of(person: Candidate) -> dict[int, Where]:
    """The active incidents that concern a person: he is in the team, or lives, is hosted or stays in the area.

    A verified neighbour may sign up without having been called: his own tap is his yes. Who left the team is out.
    """
    above = list({step for path in person.area_paths for step in (*ancestors(path), path)})
    return {row[0]: Where._make(row) for row in ask(INCIDENTS, [person.person_id, above])}
