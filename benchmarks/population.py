"""A database of any size for the benchmarks: streets of 1,000 people each, with ten times as many shifts.

Every street is alike, so what one coordinator's screens show stays the same while the database around them grows. Rows
are made by the server itself (generate_series) with triggers off, and the columns that triggers keep are filled here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources

from django.db import connection, transaction

from redvest.core.models import Grant
from redvest.core.roles import Role
from redvest.incidents.models import Incident, Playbook
from redvest.people.models import Account, Organisation, Person
from redvest.places.models import Area

PEOPLE_PER_STREET = 1_000
COMMUNITIES_PER_STREET = 4
POSTS_PER_COMMUNITY = 10
SHIFTS_PER_POST = 250  # so that a street has 10,000 shifts: ten times its people
SHIFT_HOURS = 8
HISTORY_SHIFTS = 200  # of a post's shifts, how many lie before the start of the period

PLACES = """
    INSERT INTO places_area (parent_id, path, depth, level, code, name, full_name, "order", address, contact_name,
                             contact_phone, latitude, longitude)
    SELECT parent.id, '/0/' || parent.id || '/' || n || '/', parent.depth + 1, %(level)s, NULL, %(name)s || n, '', n,
           '', '', '', 29.3 + random() * 0.2, 106.4 + random() * 0.3
    FROM places_area parent, generate_series(1, %(count)s) n
    WHERE parent.level = %(parent_level)s
"""
PATHS = """
    UPDATE places_area area SET path = parent.path || area.id || '/'
    FROM places_area parent WHERE parent.id = area.parent_id AND area.path LIKE '/0/%'
"""
PEOPLE = """
    INSERT INTO people_person (number, name, kind, state, home_id, organisation_id, home_address, languages,
                               political_status, experience, emergency_contact, calendar_token, created_at,
                               home_latitude, home_longitude)
    SELECT 'B' || community.id || '-' || n, 'Person ' || community.id || '-' || n, 'volunteer', 'verified',
           community.id, %(organisation)s, '', '{}', '', '', '', 'token-' || community.id || '-' || n, now(),
           29.3 + random() * 0.2, 106.4 + random() * 0.3
    FROM places_area community, generate_series(1, %(count)s) n
    WHERE community.level = 'community'
"""
TEAM = """
    INSERT INTO incidents_teammember (incident_id, person_id, state, available_from, joined_at)
    SELECT incident.id, person.id, 'deployed', incident.starts, incident.starts
    FROM people_person person
    JOIN places_area community ON community.id = person.home_id
    JOIN incidents_incident incident ON incident.area_id = community.parent_id
"""
DEPLOYMENTS = """
    INSERT INTO incidents_deployment (member_id, area_id, state, starts, by_hand, reasons, meet_place, contact_name,
                                      contact_phone, kit, published_at)
    SELECT member.id, person.home_id, 'published', member.joined_at, false, '[]', '', '', '', '[]', member.joined_at
    FROM incidents_teammember member JOIN people_person person ON person.id = member.person_id
"""
POSTS = """
    INSERT INTO duty_post (incident_id, area_id, kind, name, state, meeting_point, contact_name, contact_phone, minimum,
                           wanted, maximum, skills, experienced, is_outdoor, needs_suit, is_standby, pattern, kit, note,
                           check_in_code, created_at, latitude, longitude, number, is_pair)
    SELECT incident.id, community.id, 'gate', 'Gate ' || n, 'open', '', '', '', 2, 2, 4, '[]', 0, true, false,
           false, '', '[]', '',
           'code-' || community.id || '-' || n, now(), community.latitude, community.longitude, 0, true
    FROM places_area community
    JOIN incidents_incident incident ON incident.area_id = community.parent_id, generate_series(1, %(count)s) n
    WHERE community.level = 'community'
"""
SHIFTS = """
    INSERT INTO duty_shift (post_id, starts, ends, duty_day, label, "group", minimum, wanted, maximum, taken,
                            overlap_minutes, state, made_as)
    SELECT post.id, moment, moment + make_interval(hours => %(hours)s),
           ((moment AT TIME ZONE 'Asia/Shanghai') - interval '6 hours')::date, '', '', 2, 2, 4, 2, 15, 'open', 'bench'
    FROM duty_post post,
         LATERAL (SELECT %(first)s::timestamptz + make_interval(hours => %(hours)s * n) AS moment
                  FROM generate_series(0, %(count)s - 1) n) moments
"""
# Two people of the post's own community on each shift, in turn, so that nobody is in two places.
ASSIGNMENTS = """
    WITH crew AS (
        SELECT id, home_id, row_number() OVER (PARTITION BY home_id ORDER BY id) - 1 AS rank FROM people_person
    ), place AS (
        SELECT id, area_id, row_number() OVER (PARTITION BY area_id ORDER BY id) - 1 AS rank FROM duty_post
    ), turn AS (
        SELECT shift.id, shift.starts, shift.ends, place.area_id, place.rank AS post,
               row_number() OVER (PARTITION BY shift.post_id ORDER BY shift.starts) - 1 AS n
        FROM duty_shift shift JOIN place ON place.id = shift.post_id
    )
    INSERT INTO duty_assignment (shift_id, person_id, during, state, source, is_pinned, uid, made_at, reason)
    SELECT turn.id, crew.id, tstzrange(turn.starts, turn.ends, '[)'), 'confirmed', 'roster', false,
           'uid-' || turn.id || '-' || crew.id, now(), ''
    FROM turn
    JOIN generate_series(0, 1) head ON true
    JOIN crew ON crew.home_id = turn.area_id
             AND crew.rank = turn.post * %(crew)s + ((turn.n * 2 + head) %% %(crew)s)
"""
TABLES = (
    "places_area",
    "people_person",
    "incidents_incident",
    "incidents_teammember",
    "incidents_deployment",
    "duty_post",
    "duty_shift",
    "duty_assignment",
    "core_grant",
)


@dataclass(frozen=True)
class Population:
    """What the benchmarks address: the first street, its coordinator, one of its volunteers, its incident."""

    people: int
    shifts: int
    now: datetime
    street: Area
    community: Area
    coordinator: Account
    volunteer: Account
    incident: Incident


def fill(people: int, *, start: datetime = datetime(2022, 11, 14, 22, tzinfo=UTC)) -> Population:
    """Fill the empty, migrated default database with ``people`` people (a multiple of 1,000) and ten times the shifts.

    ``start`` is the moment that the screens look at; most shifts lie before it, as they do late in an incident.
    """
    streets = people // PEOPLE_PER_STREET
    first = start - timedelta(hours=SHIFT_HOURS * HISTORY_SHIFTS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        district = Area.objects.create(name="District", level="district", path="/0/", depth=0)
        Area.objects.filter(pk=district.pk).update(path=f"/{district.pk}/")
        for level, name, parent, count in (
            ("street", "Street ", "district", streets),
            ("community", "Community ", "street", COMMUNITIES_PER_STREET),
        ):
            cursor.execute(PLACES, {"level": level, "name": name, "parent_level": parent, "count": count})
            cursor.execute(PATHS)
        organisation = Organisation.objects.create(name="Bench volunteers", area=district)
        coordinator = Account.objects.create_user("bench-coordinator", None, name="Coordinator")
        playbook = _playbook()
        Incident.objects.bulk_create(
            Incident(
                playbook=playbook,
                area=street,
                title=f"Incident {street}",
                level=2,
                starts=first,
                activated_by=coordinator,
            )
            for street in Area.objects.filter(level="street")
        )
        cursor.execute(PEOPLE, {"organisation": organisation.pk, "count": PEOPLE_PER_STREET // COMMUNITIES_PER_STREET})
        cursor.execute(TEAM)
        cursor.execute(DEPLOYMENTS)
        cursor.execute(POSTS, {"count": POSTS_PER_COMMUNITY})
        cursor.execute(SHIFTS, {"first": first, "hours": SHIFT_HOURS, "count": SHIFTS_PER_POST})
        cursor.execute(ASSIGNMENTS, {"crew": PEOPLE_PER_STREET // COMMUNITIES_PER_STREET // POSTS_PER_COMMUNITY})
        street = Area.objects.filter(level="street").earliest("pk")
        Grant.objects.create(account=coordinator, area=street, role=Role.COORDINATOR)
        community = Area.objects.filter(parent=street).earliest("pk")
        volunteer = Account.objects.create_user("bench-volunteer", None, name="Volunteer")
        # Somebody who is on no shift, so that every open shift of his community is in question.
        person = Person.objects.filter(home=community).latest("pk")
        cursor.execute(
            "UPDATE duty_shift SET taken = taken - 1"
            " WHERE id IN (SELECT shift_id FROM duty_assignment WHERE person_id = %s)",
            [person.pk],
        )
        cursor.execute("DELETE FROM duty_assignment WHERE person_id = %s", [person.pk])
        Person.objects.filter(pk=person.pk).update(account=volunteer)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")
    shifts = streets * COMMUNITIES_PER_STREET * POSTS_PER_COMMUNITY * SHIFTS_PER_POST
    incident = Incident.objects.get(area=street)
    return Population(people, shifts, start, street, community, coordinator, volunteer, incident)


def _playbook() -> Playbook:
    text = (resources.files("redvest.incidents.playbooks") / "epidemic_control.toml").read_text()
    return Playbook.objects.create(slug="epidemic_control", version="bench", name_zh="-", name_en="-", text=text)
