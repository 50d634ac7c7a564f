"""The rules and prices of a roster as data: name, value, severity, source. No rule is applied here."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from enum import StrEnum


class Severity(StrEnum):
    FORBID = "forbid"  # no answer may break it
    PRICED = "priced"  # breaking it costs `price` for each unit
    OFF = "off"  # not looked at


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. What `value` counts (minutes, nights, days, metres) and what a unit of breakage is: see `Rules`."""

    name: str
    value: int
    severity: Severity
    price: int = 0
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "severity", Severity(self.severity))
        if self.price < 0:
            raise ValueError(f"rule {self.name} has a negative price")

    @property
    def forbids(self) -> bool:
        return self.severity is Severity.FORBID

    @property
    def priced(self) -> bool:
        return self.severity is Severity.PRICED

    @property
    def on(self) -> bool:
        return self.severity is not Severity.OFF


FORBID, PRICED, OFF = Severity.FORBID, Severity.PRICED, Severity.OFF
FATIGUE = "fatigue guidance, adjustable default"


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a roster. A field has its rule's name; solver and checker each have one function of that name.

    "Duty" is every shift, standby too; "service" is duty that is not standby. The duty day of a shift is the one it
    starts in. A broken rule is counted in the unit named below; hours are started hours (61 minutes are 2).
    """

    # May this person take this shift? Counted once for each assignment.
    availability: Rule = Rule("availability", 0, FORBID, source="consent: no one serves outside the time he offered")
    day_off: Rule = Rule("day_off", 0, FORBID, source="agreed days off")
    perimeter: Rule = Rule("perimeter", 0, FORBID, source="control zones: nobody crosses a closed perimeter")
    reach: Rule = Rule("reach", 0, FORBID, source="the farthest a person offered to go; metres over his limit")
    group: Rule = Rule("group", 0, PRICED, 40, source="groups rotate together")
    shift_length: Rule = Rule("shift_length", 720, FORBID, source=FATIGUE)  # minutes of one duty
    night_length: Rule = Rule("night_length", 600, FORBID, source=FATIGUE)  # minutes of one service that works a night
    suit_length: Rule = Rule("suit_length", 360, FORBID, source="coverall: 6 hours at most")  # minutes in one suit
    heat_stop: Rule = Rule("heat_stop", 3, FORBID, source="no outdoor work at 40 degrees and above")  # heat band

    # How a person's duties follow each other.
    overlap: Rule = Rule("overlap", 0, FORBID, source="nobody is in two places")  # each pair of duties
    rest_floor: Rule = Rule("rest_floor", 480, FORBID, source=FATIGUE)  # minutes between two duties; hours missing
    rest: Rule = Rule("rest", 660, PRICED, 10, source="2003/88/EC art. 3, as a benchmark")  # the same
    day_hours: Rule = Rule("day_hours", 720, FORBID, source=FATIGUE)  # service minutes in the 24 h from a duty's start
    suit_hours: Rule = Rule("suit_hours", 360, FORBID, source=FATIGUE)  # minutes in suits in the same 24 h
    heat_hours: Rule = Rule(
        "heat_hours", 360, FORBID, source="37 to 40 degrees: 6 outdoor hours"
    )  # hot minutes, same 24 h
    week_hours: Rule = Rule("week_hours", 3600, FORBID, source=FATIGUE)  # service minutes in 7 duty days
    week_hours_wanted: Rule = Rule("week_hours_wanted", 2880, PRICED, 4, source=FATIGUE)  # the same; hours over
    nights_in_row: Rule = Rule("nights_in_row", 3, FORBID, source=FATIGUE)  # each run of value + 1 nights
    nights_in_row_wanted: Rule = Rule("nights_in_row_wanted", 2, PRICED, 30, source=FATIGUE)  # the same
    rest_after_nights: Rule = Rule("rest_after_nights", 1440, FORBID, source=FATIGUE)  # minutes; each early duty
    days_in_row: Rule = Rule("days_in_row", 6, FORBID, source=FATIGUE)  # each run of value + 1 duty days
    days_off: Rule = Rule(
        "days_off", 1, FORBID, source="a day of rest a week"
    )  # free days in 7 duty days; days missing

    # Who stands together on a shift.
    over_maximum: Rule = Rule("over_maximum", 0, FORBID, source="no more people than places")  # heads over
    skills: Rule = Rule("skills", 0, FORBID, source="a place that needs a skill is kept for it")  # places misused
    experience: Rule = Rule(
        "experience", 0, FORBID, source="newcomers serve beside an experienced one"
    )  # heads missing
    alone: Rule = Rule("alone", 0, PRICED, 200, source="pairs are never alone")  # each shift held by one person

    # What the words above mean.
    duty_day_start: int = 360  # a duty day starts at 06:00
    night_start: int = 1320  # the night of a duty day is 22:00 to 06:00
    night_end: int = 1800
    night_minutes: int = 180  # a shift works a night from so many minutes of it on
    nights_before_rest: int = 2  # from so many nights in a row on, `rest_after_nights` holds
    hot_band: int = 2  # from this heat band on, minutes count for `heat_hours`

    def __post_init__(self) -> None:
        for field in fields(self):
            rule = getattr(self, field.name)
            if isinstance(rule, Rule) and rule.name != field.name:
                raise ValueError(f"rule {rule.name} stands in the place of {field.name}")
        for rule in (self.overlap, self.over_maximum):
            if not rule.forbids:
                raise ValueError(f"rule {rule.name} can only forbid")
        if not self.night_start < self.night_end <= self.night_start + 1440:
            raise ValueError("the night ends before it starts, or lasts more than a day")

    def __iter__(self) -> Iterator[Rule]:
        for field in fields(self):
            rule = getattr(self, field.name)
            if isinstance(rule, Rule):
                yield rule

    def changed(self, name: str, **changes: object) -> "Rules":
        """The same rules with one of them changed: `rules.changed("rest", value=600, severity="forbid")`."""
        rules = {rule.name: rule for rule in self}
        if name not in rules:
            raise ValueError(f"there is no rule named {name}")
        return replace(self, **{name: replace(rules[name], **changes)})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Prices:
    """What an answer pays for, apart from priced rules. Whole numbers; only their proportions matter."""

    under_minimum: int = 1000  # each head missing below the minimum, times the shift's priority
    under_wanted: int = 100  # each head missing between minimum and wanted, times the shift's priority
    under_skill: int = 400  # each head missing of a needed skill, times the shift's priority
    over_wanted: int = 60  # each head above wanted
    preference: int = 1  # each point of a person's own price for a shift
    distance: int = 2  # each kilometre between home and shift, rounded down to the price unit
    continuity: int = 5  # each post a person serves that he does not know
    fairness_minutes: int = 3  # each started hour above a person's fair share of service; see `fairness_steps`
    fairness_nights: int = 20  # each night above a person's fair share
    fairness_steps: tuple[int, ...] = (
        0,
        480,
        960,
    )  # minutes above the share at which the hourly price applies once more
    change: int = 50  # each published assignment dropped, and each new one on a published shift

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, int) and value < 0:
                raise ValueError(f"price {field.name} is negative")
        if self.under_minimum < self.under_wanted:
            raise ValueError("a head below the minimum must cost at least as much as one below wanted")
        if list(self.fairness_steps) != sorted(set(self.fairness_steps)) or min(self.fairness_steps, default=0) < 0:
            raise ValueError("fairness steps must rise from 0 or more")
