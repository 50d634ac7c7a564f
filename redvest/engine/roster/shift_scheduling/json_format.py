"""The same instances as JSON, as the XCSP3 collection carries them; and results."""

import json
from typing import Any

from redvest.engine.result import Result
from redvest.engine.roster.shift_scheduling.check import Broken
from redvest.engine.roster.shift_scheduling.instance import Cover, Instance, Person, Plan, Request, Shift
from redvest.engine.roster.shift_scheduling.text import from_text


def is_instance(text: str) -> bool:
    """Whether a file holds an instance of this benchmark, in either format."""
    head = text.lstrip("\ufeff \t\r\n")
    if not head.startswith("{"):
        return "SECTION_HORIZON" in text
    try:
        return "nDays" in json.loads(head)
    except ValueError:
        return False


def read(text: str) -> Instance:
    """An instance in either format."""
    return from_json(text) if text.lstrip("\ufeff \t\r\n").startswith("{") else from_text(text)


def from_json(text: str) -> Instance:
    """The instance; `ValueError` says what is missing or wrong."""
    try:
        data = json.loads(text)
        shifts = tuple(
            Shift(entry["id"], int(entry["length"]), frozenset(entry["forbiddenFollowingShifts"] or ()))
            for entry in data["shifts"]
        )
        names = [shift.id for shift in shifts]
        return Instance(
            days=int(data["nDays"]),
            shifts=shifts,
            people=tuple(_person(entry, names) for entry in data["staffs"]),
            requests=tuple(
                Request(entry["id"], int(wish["day"]), wish["shift"], int(wish["weight"]), wanted)
                for key, wanted in (("onRequests", True), ("offRequests", False))
                for entry in data["staffs"]
                for wish in entry[key] or ()
            ),
            covers=tuple(
                Cover(day, name, int(one["requirement"]), int(one["weightIfUnder"]), int(one["weightIfOver"]))
                for day, covers in enumerate(data["covers"])
                for name, one in zip(names, covers, strict=True)
            ),
        )
    except KeyError as missing:
        raise ValueError(f"{missing} is missing") from None
    except TypeError as wrong:
        raise ValueError(f"not an instance of shift scheduling: {wrong}") from None


def _person(entry: dict[str, Any], shifts: list[str]) -> Person:
    return Person(
        entry["id"],
        {shift: int(most) for shift, most in zip(shifts, entry["maxShifts"], strict=True)},
        max_minutes=int(entry["maxTotalMinutes"]),
        min_minutes=int(entry["minTotalMinutes"]),
        max_run=int(entry["maxConsecutiveShifts"]),
        min_run=int(entry["minConsecutiveShifts"]),
        min_off=int(entry["minConsecutiveDaysOff"]),
        max_weekends=int(entry["maxWeekends"]),
        days_off=frozenset(int(day) for day in entry["daysOff"] or ()),
    )


def to_json(instance: Instance) -> str:
    """The instance as JSON. Covers that are not there become covers without cost."""
    covers = {(cover.day, cover.shift): cover for cover in instance.covers}
    if len(covers) != len(instance.covers):
        raise ValueError("this format has one cover a shift and day, the instance has several")
    no_cover = Cover(0, "", 0, 0, 0)
    each = [[covers.get((day, shift.id), no_cover) for shift in instance.shifts] for day in range(instance.days)]
    return json.dumps(
        {
            "nDays": instance.days,
            "shifts": [
                {"id": shift.id, "length": shift.minutes, "forbiddenFollowingShifts": sorted(shift.not_before) or None}
                for shift in instance.shifts
            ],
            "staffs": [_person_to_json(person, instance) for person in instance.people],
            "covers": [
                [
                    {"requirement": cover.wanted, "weightIfUnder": cover.under, "weightIfOver": cover.over}
                    for cover in day
                ]
                for day in each
            ],
        }
    )


def _person_to_json(person: Person, instance: Instance) -> dict[str, Any]:
    wishes = [request for request in instance.requests if request.person == person.id]

    def asked(wanted: bool) -> list[dict[str, Any]] | None:
        chosen = [request for request in wishes if request.wanted is wanted]
        return [{"day": wish.day, "shift": wish.shift, "weight": wish.weight} for wish in chosen] or None

    return {
        "id": person.id,
        "maxShifts": [person.most.get(shift.id, instance.days) for shift in instance.shifts],
        "minTotalMinutes": person.min_minutes,
        "maxTotalMinutes": person.max_minutes,
        "minConsecutiveShifts": person.min_run,
        "maxConsecutiveShifts": person.max_run,
        "minConsecutiveDaysOff": person.min_off,
        "maxWeekends": person.max_weekends,
        "daysOff": sorted(person.days_off),
        "onRequests": asked(True),
        "offRequests": asked(False),
    }


def result_to_json(result: Result[Plan, Broken]) -> str:
    """What `roster solve` writes."""
    plan = result.best or {}
    return json.dumps(
        {
            "status": str(result.status),
            "cost": result.cost,
            "bound": result.bound,
            "seconds": round(result.seconds, 2),
            "seed": result.seed,
            "log": [[round(step.seconds, 2), step.cost, step.bound] for step in result.log],
            "assignments": {person: list(shifts) for person, shifts in plan.items()},
        },
        ensure_ascii=False,
        indent=None,
    )


def plan_from_json(text: str) -> Plan:
    """The roster in a result of `roster solve`, or of any other program that writes `assignments` the same way."""
    data = json.loads(text)
    assignments = data.get("assignments") if isinstance(data, dict) else None
    if not isinstance(assignments, dict) or not all(isinstance(shifts, list) for shifts in assignments.values()):
        raise ValueError('a result needs "assignments": for each person a list with a shift or null for each day')
    return {person: tuple(shift or None for shift in shifts) for person, shifts in assignments.items()}
