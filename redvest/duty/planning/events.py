"""What happened after a roster was told to people, as plain data, and what it means for the engine's problem.

An event stays with the draft that was made because of it (``settings["events"]``), so that every later look at it, the
solver's and the checker's, knows of it. Kinds: ``drop_out`` (person, since, until), ``perimeter`` (area, since,
until), ``heat`` (band, since, until), ``now`` (whatever changed in the rows: new posts, places given back).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from redvest.duty.planning.material import Material
from redvest.engine.roster import Problem, Stay, Window
from redvest.engine.roster.check_people import fits
from redvest.engine.roster.problem import DAY, Person

DROP_OUT, PERIMETER, HEAT, NOW = "drop_out", "perimeter", "heat", "now"
BANDS = (1, 2, 3)  # from 35, 37 and 40 degrees
FAR = 400 * DAY


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. ``until`` None: no end is known."""

    kind: str
    since: datetime
    until: datetime | None = None
    person: int | None = None
    area: int | None = None
    path: str = ""  # of the area, as it was then
    band: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "since": self.since.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "person": self.person,
            "area": self.area,
            "path": self.path,
            "band": self.band,
        }


def read(stored: Mapping[str, Any]) -> Event:
    """An event as ``as_json`` wrote it."""
    until = stored["until"]
    return Event(
        stored["kind"],
        datetime.fromisoformat(stored["since"]),
        datetime.fromisoformat(until) if until else None,
        stored["person"],
        stored["area"],
        stored["path"],
        stored["band"],
    )


def with_events(problem: Problem, material: Material, origin: datetime) -> Problem:
    """The problem as it is since the events of its roster. What was pinned and cannot be any more is released."""
    for stored in material.roster.settings.get("events", []):
        event = read(stored)
        span = _minutes(event, origin)
        changed = CHANGES[event.kind](problem, material, event, span)
        gone = {
            cell
            for cell in problem.pinned
            if fits(problem, problem.person_of[cell.person], problem.shift_of[cell.shift])
            and not fits(changed, changed.person_of[cell.person], changed.shift_of[cell.shift])
        }
        problem = replace(changed, pinned=changed.pinned - gone)
    return problem


def _minutes(event: Event, origin: datetime) -> Window:
    def minute(moment: datetime) -> int:
        return int((moment - origin).total_seconds() // 60)

    since = minute(event.since)
    return Window(since, minute(event.until) if event.until else since + FAR)


def _drop_out(problem: Problem, material: Material, event: Event, span: Window) -> Problem:
    """The person cannot serve for a while, whatever he offered before."""
    people = tuple(
        replace(person, available=_without(person, span)) if person.id == str(event.person) else person
        for person in problem.people
    )
    return replace(problem, people=people)


def _without(person: Person, span: Window) -> tuple[Window, ...]:
    windows: Iterable[Window] = (Window(-FAR, FAR),) if person.available is None else person.available
    parts = (
        part
        for start, end in windows
        for part in (Window(start, min(end, span.start)), Window(max(start, span.end), end))
    )
    return tuple(part for part in parts if part.start < part.end)


def _perimeter(problem: Problem, material: Material, event: Event, span: Window) -> Problem:
    """Nobody crosses: those who are inside serve inside, the others outside. Shifts under way go on to their end."""
    name = f"area {event.area}"
    inside = {str(key) for key, member in material.members.items() if member.where.startswith(event.path)}
    people = tuple(
        replace(person, stays=(*person.stays, Stay(name, span.start, span.end + DAY)))
        if person.id in inside
        else person
        for person in problem.people
    )
    shifts = tuple(
        replace(shift, perimeter=name)
        if span.start <= shift.start < span.end and material.shifts[int(shift.id)].post.area.path.startswith(event.path)
        else shift
        for shift in problem.shifts
    )
    return replace(problem, people=people, shifts=shifts)


def _heat(problem: Problem, material: Material, event: Event, span: Window) -> Problem:
    """Outdoor shifts in that time are in the heat band; what a band means is the playbook's rule."""
    shifts = tuple(
        replace(shift, heat=max(shift.heat, event.band))
        if shift.outdoor and shift.start < span.end and span.start < shift.end
        else shift
        for shift in problem.shifts
    )
    return replace(problem, shifts=shifts)


def _now(problem: Problem, material: Material, event: Event, span: Window) -> Problem:
    return problem


CHANGES = {DROP_OUT: _drop_out, PERIMETER: _perimeter, HEAT: _heat, NOW: _now}
