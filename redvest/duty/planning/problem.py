"""A roster's rows as a problem of the engine: ids are the rows' keys as text, times minutes from the first midnight."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from redvest.duty.models import DraftCell, Roster, Shift
from redvest.duty.planning.events import with_events
from redvest.duty.planning.material import Held, Material, Member, Served, gather
from redvest.duty.planning.rulebook import Rulebook, rulebook
from redvest.duty.rules.experience import is_experienced
from redvest.engine.roster import Assignment, Duty, Person, Point, Prices, Problem, SkillNeed, Window
from redvest.engine.roster import Shift as Task
from redvest.engine.roster.fairness import with_fair_shares

# Serving outside the community one is sent to costs less than a head missing there, but more than most else.
OUTSIDE_HIS_AREA = 80
FROZEN = "frozen"  # before the name of a duty that is not ours to plan


@dataclass(frozen=True, slots=True)
class Cell:
    """A person on a shift of a draft."""

    shift: int
    person: int
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A problem with what is needed to read its answers."""

    material: Material
    problem: Problem
    book: Rulebook
    cells: frozenset[Cell]
    origin: datetime
    lost_pins: tuple[Cell, ...]  # pins that can no longer hold: the person is elsewhere at that time

    @property
    def answer(self) -> frozenset[Assignment]:
        """The draft as an answer of the engine."""
        return frozenset(Assignment(str(cell.person), str(cell.shift)) for cell in self.cells)

    def moment(self, minute: int) -> datetime:
        return self.origin + timedelta(minutes=minute)


def cells_of(roster_pk: int) -> frozenset[Cell]:
    """The draft as it is stored."""
    rows = DraftCell.objects.filter(roster_id=roster_pk).values_list("shift_id", "person_id", "is_pinned")
    return frozenset(Cell(*row) for row in rows)


def plan_for(material: Material, cells: Iterable[Cell]) -> Plan:
    """The engine's problem of a roster and its draft. Cells of shifts that began or were cancelled fall away."""
    origin = datetime.combine(material.roster.first_day, time(), material.zone)
    here = frozenset(cell for cell in cells if cell.shift in material.shifts and cell.person in material.members)
    clock = _Clock(origin)
    people = tuple(_person(material, member, clock) for member in material.members.values())
    pinned, lost = _pins(here, material)
    rules = rulebook(material.book)
    problem = Problem(
        start=material.roster.first_day.isoformat(),
        people=people,
        shifts=tuple(_task(material, shift, clock) for shift in material.shifts.values()),
        rules=rules.rules,
        prices=_prices(material),
        pinned=frozenset(_as_assignment(cell) for cell in pinned),
        published=frozenset(Assignment(str(place.person), str(place.shift)) for place in material.held),
        span=(0, material.number_of_days - 1),
    )
    problem = with_fair_shares(with_events(problem, material, origin))
    return Plan(material, problem, rules, here, origin, tuple(lost))


def seen_plan(roster: Roster, now: datetime) -> Plan:
    """The roster as it is seen: a draft's cells, or, once it is published, the places held now."""
    stored = cells_of(roster.pk) if roster.state == Roster.State.DRAFT else None
    material = gather(roster, now, keep={cell.person for cell in stored or ()})
    return plan_for(material, kept_places(material.held) if stored is None else stored)


def kept_places(held: Iterable[Held]) -> frozenset[Cell]:
    """The places that a draft begins with: promises and what was put by hand are pinned, the old roster is not."""
    return frozenset(Cell(place.shift, place.person, place.is_kept) for place in held)


@dataclass(frozen=True, slots=True)
class _Clock:
    origin: datetime

    def minute(self, moment: datetime) -> int:
        return int((moment - self.origin).total_seconds() // 60)


def _as_assignment(cell: Cell) -> Assignment:
    return Assignment(str(cell.person), str(cell.shift))


def _pins(cells: frozenset[Cell], material: Material) -> tuple[list[Cell], list[Cell]]:
    """The pinned cells; apart from them those that clash with another pin or with a duty elsewhere."""
    good: list[Cell] = []
    lost: list[Cell] = []
    for cell in sorted((each for each in cells if each.is_pinned), key=lambda each: (each.person, each.shift)):
        shift = material.shifts[cell.shift]
        others = [material.shifts[each.shift] for each in good if each.person == cell.person]
        elsewhere = [duty for duty in material.members[cell.person].served if duty.shift not in material.shifts]
        busy: list[Shift | Served] = [*others, *elsewhere]
        clash = any(duty.starts < shift.ends and shift.starts < duty.ends for duty in busy)
        (lost if clash else good).append(cell)
    return good, lost


def _task(material: Material, shift: Shift, clock: _Clock) -> Task:
    post = shift.post
    return Task(
        id=str(shift.pk),
        post=str(post.pk),
        start=clock.minute(shift.starts),
        end=clock.minute(shift.ends),
        minimum=shift.minimum,
        wanted=shift.wanted,
        maximum=shift.maximum,
        skills=tuple(SkillNeed(need["skill"], min(need["heads"], shift.maximum)) for need in post.skills),
        experienced=min(post.experienced, shift.maximum),
        never_alone=post.is_pair,
        group=shift.group if shift.group and material.roster.settings.get("groups") else None,
        standby=post.is_standby,
        outdoor=post.is_outdoor,
        suit=post.needs_suit,
        location=_point(post.latitude, post.longitude) or _point(post.area.latitude, post.area.longitude),
    )


def _person(material: Material, member: Member, clock: _Clock) -> Person:
    person = member.person
    ours = [duty for duty in member.served if duty.shift not in material.shifts]
    done = [duty for duty in ours if duty.in_incident and not duty.standby]
    attended = sum(duty.minutes for duty in done if duty.ends <= material.after)
    home = _point(person.home_latitude, person.home_longitude)
    if home is None and person.home is not None:
        home = _point(person.home.latitude, person.home.longitude)
    group = material.group_of(person.pk)
    return Person(
        id=str(person.pk),
        skills=member.skills,
        experienced=is_experienced(
            said=person.experience,
            is_verified=person.state == "verified",
            sources=member.sources,
            minutes=attended,
        ),
        group=group or None,
        available=_available(material, member, clock),
        fixed=tuple(_fixed(duty, clock) for duty in ours),
        past_minutes=sum(duty.minutes for duty in done),
        past_nights=sum(_is_night(duty, material) for duty in ours if duty.in_incident),
        home=home,
        max_distance=person.max_distance_km * 1000 if person.max_distance_km else None,
        knows=frozenset(str(duty.post) for duty in ours),
        preferences=_preferences(material, member),
    )


def _available(material: Material, member: Member, clock: _Clock) -> tuple[Window, ...] | None:
    whole = (material.span.starts, material.span.ends + timedelta(days=1))
    if [tuple(span) for span in member.available] == [whole]:
        return None
    return tuple(Window(clock.minute(span.starts), clock.minute(span.ends)) for span in member.available)


def _fixed(duty: Served, clock: _Clock) -> Duty:
    start = clock.minute(duty.starts)
    return Duty(f"{FROZEN} {duty.shift}", start, clock.minute(duty.ends), standby=duty.standby, suit=duty.suit)


def _is_night(duty: Served, material: Material) -> bool:
    """Whether a duty works a night: three hours of 22:00 to 06:00, as the engine counts it."""
    first = (duty.starts.astimezone(material.zone) - timedelta(days=1)).date()
    for number in range(3):
        evening = datetime.combine(first + timedelta(days=number), time(22), material.zone)
        worked = min(duty.ends, evening + timedelta(hours=8)) - max(duty.starts, evening)
        if worked >= timedelta(hours=3):
            return True
    return False


def _preferences(material: Material, member: Member) -> dict[str, int]:
    if member.area is None:
        return {}
    path = member.area.path
    return {
        str(shift.pk): OUTSIDE_HIS_AREA
        for shift in material.shifts.values()
        if not (shift.post.area.path.startswith(path) or path.startswith(shift.post.area.path))
    }


def _prices(material: Material) -> Prices:
    """Once people were told, a change costs them and us; a first roster changes nothing."""
    return Prices(change=50 if material.held else 0)


def _point(latitude: float | None, longitude: float | None) -> Point | None:
    return None if latitude is None or longitude is None else Point(latitude, longitude)
