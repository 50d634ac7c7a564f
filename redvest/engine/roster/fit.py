"""The solvers' quick view of the rules: may this person take this shift, alone and beside his other duties?

Knows only which hard rules would break, not by how much; the checker has its own code for that.
"""

from bisect import insort
from dataclasses import dataclass, field

from redvest.engine.roster.problem import DAY, Duty, Person, Problem, Shift
from redvest.engine.roster.rules import Rule


def broken_by(problem: Problem, person: Person, shift: Shift) -> list[Rule]:
    """The rules about one person and one shift, priced ones too, that the assignment breaks."""
    rules = problem.rules
    tests = (
        (rules.availability, not _covered(person.available, shift)),
        (rules.day_off, bool(person.days_off) and problem.day_of(shift) in person.days_off),
        (rules.perimeter, not _on_the_right_side(person, shift)),
        (rules.reach, person.max_distance is not None and problem.distance(person, shift) > person.max_distance),
        (rules.group, shift.group not in (None, person.group)),
        (rules.shift_length, shift.minutes > rules.shift_length.value),
        (rules.night_length, _too_long_a_night(problem, shift)),
        (rules.suit_length, shift.suit and shift.minutes > rules.suit_length.value),
        (rules.heat_stop, shift.band >= rules.heat_stop.value),
    )
    return [rule for rule, broken in tests if broken and rule.on]


def _covered(windows: tuple[tuple[int, int], ...] | None, shift: Shift) -> bool:
    """Whether the windows, joined where they touch, hold the whole shift."""
    if windows is None or any(start <= shift.start and shift.end <= end for start, end in windows):
        return True
    reached = shift.start
    for start, end in sorted(windows):
        if start <= reached < end:
            reached = end
    return reached >= shift.end


def _on_the_right_side(person: Person, shift: Shift) -> bool:
    if shift.perimeter is None:
        return not any(stay.start < shift.end and stay.end > shift.start for stay in person.stays)
    inside = tuple((stay.start, stay.end) for stay in person.stays if stay.perimeter == shift.perimeter)
    return _covered(inside, shift)


def _too_long_a_night(problem: Problem, shift: Shift) -> bool:
    return not shift.standby and shift.minutes > problem.rules.night_length.value and bool(problem.nights_of(shift))


@dataclass(slots=True)
class Diary:
    """The duties one person has so far, in time order, with a quick answer to "may he take this shift too?"

    Where decided duties already break a rule, nothing more is put into that stretch of time.
    """

    problem: Problem
    person: Person
    duties: list[Shift | Duty] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.duties = sorted(self.person.fixed, key=_start)

    def add(self, shift: Shift) -> None:
        insort(self.duties, shift, key=_start)

    def remove(self, shift: Shift) -> None:
        self.duties.remove(shift)

    def admits(self, shift: Shift) -> bool:
        """Whether the shift breaks no hard rule beside the other duties."""
        if not self._rested(shift):
            return False
        duties = sorted([*self.duties, shift], key=_start)
        return (
            self._within_day(shift, duties)
            and self._within_week(shift, duties)
            and self._off_after_nights(shift, duties)
        )

    def _rested(self, shift: Shift) -> bool:
        """`overlap` and `rest_floor`."""
        floor = self.problem.rules.rest_floor
        least = floor.value if floor.forbids else 0
        return all(duty.end + least <= shift.start or shift.end + least <= duty.start for duty in self.duties)

    def _within_day(self, shift: Shift, duties: list[Shift | Duty]) -> bool:
        """`day_hours`, `suit_hours` and `heat_hours`: in the 24 hours from each duty near the shift."""
        rules = self.problem.rules
        near = [duty for duty in duties if abs(duty.start - shift.start) < 3 * DAY]
        for rule, counted in (
            (rules.day_hours, [duty for duty in near if not duty.standby]),
            (rules.suit_hours, [duty for duty in near if duty.suit]),
            (rules.heat_hours, [duty for duty in near if duty.band >= rules.hot_band]),
        ):
            if rule.forbids and any(_minutes(counted, duty.start, duty.start + DAY) > rule.value for duty in near):
                return False
        return True

    def _within_week(self, shift: Shift, duties: list[Shift | Duty]) -> bool:
        """`week_hours`, `days_off`, `days_in_row` and `nights_in_row`, in every stretch that holds the shift."""
        problem, rules = self.problem, self.problem.rules
        today = problem.day_of(shift)
        minutes: dict[int, int] = {}
        for duty in duties:
            day = problem.day_of(duty)
            minutes[day] = minutes.get(day, 0) + (0 if duty.standby else duty.end - duty.start)
        limit = rules.week_hours.value if self.person.max_minutes_7d is None else self.person.max_minutes_7d
        for last in range(today, today + 7):
            week = [minutes[day] for day in range(last - 6, last + 1) if day in minutes]
            if rules.week_hours.forbids and sum(week) > limit:
                return False
            if rules.days_off.forbids and last in problem.days and 7 - len(week) < rules.days_off.value:
                return False
        if rules.days_in_row.forbids and _run(set(minutes), today) > rules.days_in_row.value:
            return False
        if not rules.nights_in_row.forbids:
            return True
        nights = {night for duty in duties for night in problem.nights_of(duty)}
        return all(_run(nights, night) <= rules.nights_in_row.value for night in problem.nights_of(shift))

    def _off_after_nights(self, shift: Shift, duties: list[Shift | Duty]) -> bool:
        """`rest_after_nights`, among the duties near the shift."""
        rules = self.problem.rules
        if not rules.rest_after_nights.forbids:
            return True
        reach = (rules.nights_before_rest + 1) * DAY + rules.rest_after_nights.value
        duties = [duty for duty in duties if abs(duty.start - shift.start) <= reach]
        worked = [self.problem.nights_of(duty) for duty in duties]
        nights = {night for some in worked for night in some}
        for number, duty in enumerate(duties):
            for night in worked[number]:
                if not all(night - back in nights for back in range(rules.nights_before_rest)):
                    continue
                for other in range(number + 1, len(duties)):
                    if duties[other].start >= duty.end + rules.rest_after_nights.value:
                        break
                    if night not in worked[other] and night + 1 not in worked[other]:
                        return False
        return True


def _start(duty: Shift | Duty) -> int:
    return duty.start


def _minutes(duties: list[Shift | Duty], start: int, end: int) -> int:
    return sum(min(duty.end, end) - max(duty.start, start) for duty in duties if duty.start < end and duty.end > start)


def _run(days: set[int], day: int) -> int:
    """How many days in a row the set holds around this one."""
    first = last = day
    while first - 1 in days:
        first -= 1
    while last + 1 in days:
        last += 1
    return last - first + 1
