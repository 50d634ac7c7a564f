"""Rooms checked against the registry of the area in which a text was pasted, and completed where only one fits."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from redvest.needs.importing.doubts import Doubt, Reason, confidence
from redvest.needs.importing.rows import Intake, Row
from redvest.needs.importing.vocabulary import Kind

_BUILDING = re.compile(r"^(.+?)(?:栋|幢|座|号楼|号院|楼|#)$")
_UNIT = re.compile(r"^(.+?)(?:单元|门|梯)$")
_CHECKED = frozenset({Kind.HEAD_COUNT, Kind.ORDER, Kind.REQUEST, Kind.OFFER, Kind.AWAY, Kind.DONE, Kind.CANCELLED})


@dataclass(frozen=True, slots=True)
class Door:
    """A household of the registry by the names of the places around it."""

    household: int
    estate: str
    building: str
    unit: str
    room: str
    people: int

    @classmethod
    def named(cls, household: int, estate: str, building: str, unit: str, room: str, people: int) -> "Door":
        """From names as the registry has them: 3栋 and 3号楼 are 3, 2单元 is 2."""
        return cls(household, estate, _bare(building, _BUILDING), _bare(unit, _UNIT), room.upper(), people)


def _bare(name: str, ending: re.Pattern[str]) -> str:
    hit = ending.match(name)
    return (hit.group(1) if hit else name).upper()


@dataclass(slots=True)
class DoorBook:
    """The doors of one area, found by their room."""

    by_room: dict[str, list[Door]] = field(default_factory=dict)

    @classmethod
    def of(cls, doors: Iterable[Door]) -> "DoorBook":
        """A book of these doors."""
        book = cls()
        for door in doors:
            book.by_room.setdefault(door.room, []).append(door)
        return book

    def fitting(self, estate: str, building: str, unit: str, room: str) -> list[Door]:
        """The doors that the words can mean; what is not said may be anything."""
        return [
            door
            for door in self.by_room.get(room.upper(), ())
            if (not building or door.building == building.upper())
            and (not unit or not door.unit or door.unit == unit.upper())
            and (not estate or not door.estate or estate in door.estate or door.estate in estate)
        ]


def check(intake: Intake, book: DoorBook) -> Intake:
    """The same rows with their households, and with doubts where the registry knows better."""
    rows = [_checked(row, book) if row.room and row.kind in _CHECKED else row for row in intake.rows]
    return replace(intake, rows=tuple(_counted_twice(rows)))


def _checked(row: Row, book: DoorBook) -> Row:
    found = book.fitting(row.estate, row.building, row.unit, row.room)
    reasons: list[tuple[Reason, dict[str, str]]] = []
    if not found and row.building and not row.unit:
        # 2-1203 may be the second unit of the only building with such a door.
        found = [door for door in book.fitting(row.estate, "", row.building, row.room) if door.unit]
        if found:
            reasons.append((Reason.BUILDING_OR_UNIT, {"text": row.building}))
    if not found:
        return _doubted(row, [(Reason.ROOM_UNKNOWN, {})])
    if len(found) > 1:
        return _doubted(row, [*reasons, (Reason.ROOM_IN_SEVERAL, {})])
    door = found[0]
    if not row.building and door.building:
        reasons.append((Reason.PLACE_COMPLETED, {}))
    if door.people == 0 and row.kind is not Kind.AWAY:
        reasons.append((Reason.HOUSEHOLD_EMPTY, {}))
    elif row.people is not None and row.kind is Kind.HEAD_COUNT and row.people > door.people:
        reasons.append((Reason.MORE_THAN_KNOWN, {"known": str(door.people)}))
    completed = replace(
        row, household=door.household, estate=door.estate, building=door.building, unit=door.unit, room=door.room
    )
    return _doubted(completed, reasons)


def _counted_twice(rows: list[Row]) -> Iterable[Row]:
    """After completion, two spellings may turn out to be one door."""
    counts: dict[int, int] = {}
    for row in rows:
        if row.household is not None and row.kind in (Kind.HEAD_COUNT, Kind.AWAY):
            counts[row.household] = counts.get(row.household, 0) + 1
    for row in rows:
        twice = row.household is not None and counts.get(row.household, 0) > 1
        known = any(doubt.reason is Reason.SAME_ROOM for doubt in row.doubts)
        if twice and not known and row.kind in (Kind.HEAD_COUNT, Kind.AWAY):
            yield _doubted(row, [(Reason.SAME_ROOM, {})])
        else:
            yield row


def _doubted(row: Row, reasons: list[tuple[Reason, dict[str, str]]]) -> Row:
    if not reasons:
        return row
    doubts = (*row.doubts, *(Doubt(reason, row.start, row.end, fields) for reason, fields in reasons))
    return replace(row, doubts=doubts, confidence=confidence(doubts))
