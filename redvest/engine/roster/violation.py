"""What the checker finds: one record for each broken rule and each priced term, with the numbers a sentence needs."""

from dataclasses import dataclass

from redvest.engine.roster.rules import Severity

SENTENCES = {
    "availability": "{person} did not offer the time of {shifts}.",
    "day_off": "{person} has a day off when {shifts} starts.",
    "perimeter": "{person} is on the other side of a perimeter from {shifts}.",
    "reach": "{shifts} is {found} m from the home of {person}, who offered to go {limit} m.",
    "group": "{person} is not in the group of {shifts}.",
    "shift_length": "{shifts} lasts {found} minutes; {limit} are allowed.",
    "night_length": "{shifts} lasts {found} minutes and works a night; {limit} are allowed.",
    "suit_length": "{shifts} is worked in a suit for {found} minutes; {limit} are allowed.",
    "heat_stop": "{shifts} is outdoors in heat band {found}; work stops at {limit}.",
    "overlap": "{person} is on {shifts} at the same time.",
    "rest_floor": "{person} rests {found} minutes between {shifts}; {limit} is the least.",
    "rest": "{person} rests {found} minutes between {shifts}; {limit} are wanted.",
    "day_hours": "{person} serves {found} minutes in 24 hours from {shifts}; {limit} are allowed.",
    "suit_hours": "{person} wears a suit {found} minutes in 24 hours from {shifts}; {limit} are allowed.",
    "heat_hours": "{person} is in the heat {found} minutes in 24 hours from {shifts}; {limit} are allowed.",
    "week_hours": "{person} serves {found} minutes in the 7 days to day {day}; {limit} are allowed.",
    "week_hours_wanted": "{person} serves {found} minutes in the 7 days to day {day}; {limit} are wanted at most.",
    "nights_in_row": "{person} works {found} nights in a row to day {day}; {limit} are allowed.",
    "nights_in_row_wanted": "{person} works {found} nights in a row to day {day}; {limit} are wanted at most.",
    "rest_after_nights": "{person} rests {found} minutes between {shifts} after nights in a row; {limit} are needed.",
    "days_in_row": "{person} is on duty {found} days in a row to day {day}; {limit} are allowed.",
    "days_off": "{person} has {found} free days in the 7 days to day {day}; {limit} are needed.",
    "pinned": "{person} is pinned to {shifts} but not on it.",
    "over_maximum": "{shifts} has {found} people on {limit} places.",
    "skills": "{shifts} has {found} people without {subject}; {limit} places are open to them.",
    "experience": "{shifts} has newcomers with {found} experienced people; {limit} are needed.",
    "alone": "{shifts} is held by one person alone.",
    "under_minimum": "{shifts} has {found} people; {limit} is the minimum.",
    "under_wanted": "{shifts} has {found} people; {limit} are wanted.",
    "under_skill": "{shifts} has {found} people with {subject}; {limit} are needed.",
    "over_wanted": "{shifts} has {found} people; {limit} are wanted.",
    "preference": "{person} put a price of {found} on {shifts}.",
    "distance": "{shifts} is {found} m from the home of {person}.",
    "continuity": "{person} is new at the post {subject}.",
    "fairness_minutes": "{person} serves {found} minutes in all; a fair share is {limit}.",
    "fairness_nights": "{person} works {found} nights in all; a fair share is {limit}.",
    "change": "{person} and {shifts}: not as published.",
}
"""One English sentence for each rule and price. A product says them in its own languages, with the same fields."""

GAPS = ("under_minimum", "under_wanted", "under_skill")


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule (`forbid`) or a priced term: `amount` in the unit of the rule, `found` and `limit` as measured.

    `start` is the minute where it begins, `day` its duty day, `shifts` the duties concerned, in time order.
    """

    rule: str
    severity: Severity
    amount: int
    cost: int
    found: int
    limit: int
    start: int
    day: int
    person: str | None = None
    shifts: tuple[str, ...] = ()
    subject: str = ""

    @property
    def place(self) -> tuple[str, str | None, tuple[str, ...], int, str]:
        """What is broken where: the same for the same fault in two rosters, whatever its amount."""
        return (self.rule, self.person, self.shifts, self.start, self.subject)

    @property
    def excess(self) -> int:
        """How far beyond the limit, as measured."""
        return abs(self.found - self.limit)

    @property
    def fields(self) -> dict[str, str | int]:
        """What a sentence about it may name."""
        return {
            "person": self.person or "",
            "shifts": " and ".join(self.shifts),
            "subject": self.subject,
            "found": self.found,
            "limit": self.limit,
            "amount": self.amount,
            "day": self.day,
        }

    def __str__(self) -> str:
        return SENTENCES[self.rule].format(**self.fields)
