"""The original text format: sections with comma-separated lines; # starts a comment line."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from redvest.engine.roster.shift_scheduling.instance import Cover, Instance, Person, Request, Shift

SECTIONS = ("HORIZON", "SHIFTS", "STAFF", "DAYS_OFF", "SHIFT_ON_REQUESTS", "SHIFT_OFF_REQUESTS", "COVER")


def from_text(text: str) -> Instance:
    """The instance; `ValueError` names the line that is not understood."""
    sections = _sections(text)
    horizon = _read(sections["HORIZON"], 1, lambda words: int(words[0]))
    if len(horizon) != 1:
        raise ValueError("SECTION_HORIZON must hold one line, the number of days")
    days_off: dict[str, set[int]] = {}
    for person, days in _read(
        sections["DAYS_OFF"], 1, lambda words: (words[0], [int(day) for day in words[1:] if day])
    ):
        days_off.setdefault(person, set()).update(days)
    people = _read(sections["STAFF"], 8, lambda words: _person(words, days_off))
    strangers = set(days_off) - {person.id for person in people}
    if strangers:
        raise ValueError(f"SECTION_DAYS_OFF names {min(strangers)}, who is not in SECTION_STAFF")
    return Instance(
        days=horizon[0],
        shifts=tuple(_read(sections["SHIFTS"], 2, _shift)),
        people=tuple(people),
        requests=(
            *_read(sections["SHIFT_ON_REQUESTS"], 4, lambda words: _request(words, True)),
            *_read(sections["SHIFT_OFF_REQUESTS"], 4, lambda words: _request(words, False)),
        ),
        covers=tuple(
            _read(
                sections["COVER"],
                5,
                lambda words: Cover(int(words[0]), words[1], int(words[2]), int(words[3]), int(words[4])),
            )
        ),
    )


Line = tuple[int, list[str]]
Entry = TypeVar("Entry")


def _sections(text: str) -> dict[str, list[Line]]:
    """The lines of each section, split at commas, with their numbers."""
    found: dict[str, list[Line]] = {name: [] for name in SECTIONS}
    current: list[Line] | None = None
    for number, line in _lines(text):
        if line.startswith("SECTION_"):
            name = line.removeprefix("SECTION_")
            if name not in found:
                raise ValueError(f"line {number}: {line} is no section of this format")
            current = found[name]
        elif current is None:
            raise ValueError(f"line {number}: expected SECTION_HORIZON or another section, found {line!r}")
        else:
            current.append((number, [word.strip() for word in line.split(",")]))
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        words = line.strip()
        if words and not words.startswith("#"):
            yield number, words


def _read(lines: list[Line], fewest: int, make: Callable[[list[str]], Entry]) -> list[Entry]:
    entries = []
    for number, words in lines:
        if len(words) < fewest:
            raise ValueError(f"line {number}: {len(words)} values, at least {fewest} are needed")
        try:
            entries.append(make(words))
        except ValueError as wrong:
            raise ValueError(f"line {number}: {wrong}") from None
    return entries


def _shift(words: list[str]) -> Shift:
    names = words[2].split("|") if len(words) > 2 else []
    return Shift(words[0], int(words[1]), frozenset(name for name in names if name))


def _person(words: list[str], days_off: dict[str, set[int]]) -> Person:
    most = {}
    for limit in words[1].split("|"):
        if limit:
            shift, sign, number = limit.partition("=")
            if not sign:
                raise ValueError(f"{limit!r} must say how often, such as {limit}=14")
            most[shift] = int(number)
    longest, least, max_run, min_run, min_off, weekends = (int(word) for word in words[2:8])
    off = frozenset(days_off.get(words[0], ()))
    return Person(words[0], most, longest, least, max_run, min_run, min_off, weekends, off)


def _request(words: list[str], wanted: bool) -> Request:
    return Request(words[0], int(words[1]), words[2], int(words[3]), wanted)


def to_text(instance: Instance) -> str:
    """The instance in the same format."""
    lines = ["SECTION_HORIZON", str(instance.days), "", "SECTION_SHIFTS"]
    lines += [f"{shift.id},{shift.minutes},{'|'.join(sorted(shift.not_before))}" for shift in instance.shifts]
    lines += ["", "SECTION_STAFF"]
    for person in instance.people:
        most = "|".join(f"{shift}={number}" for shift, number in person.most.items())
        numbers = (person.max_minutes, person.min_minutes, person.max_run, person.min_run, person.min_off)
        lines.append(",".join([person.id, most, *map(str, numbers), str(person.max_weekends)]))
    lines += ["", "SECTION_DAYS_OFF"]
    lines += [
        ",".join([person.id, *map(str, sorted(person.days_off))]) for person in instance.people if person.days_off
    ]
    for title, wanted in (("SECTION_SHIFT_ON_REQUESTS", True), ("SECTION_SHIFT_OFF_REQUESTS", False)):
        lines += ["", title]
        lines += [
            f"{request.person},{request.day},{request.shift},{request.weight}"
            for request in instance.requests
            if request.wanted is wanted
        ]
    lines += ["", "SECTION_COVER"]
    lines += [f"{cover.day},{cover.shift},{cover.wanted},{cover.under},{cover.over}" for cover in instance.covers]
    return "\n".join(lines) + "\n"
