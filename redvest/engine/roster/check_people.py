"""The checker's view of one person: each rule a function of its name. Shares no code with the solvers."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from redvest.engine.roster.problem import DAY, Duty, Person, Problem, Shift
from redvest.engine.roster.rules import Rule, Severity
from redvest.engine.roster.violation import Violation

WEEK = 7
Duties = Sequence[Shift | Duty]
Found = Iterator[Violation]


def findings(problem: Problem, person: Person, shifts: Sequence[Shift]) -> Found:
    """All that is broken or priced about one person who serves these shifts."""
    served = sorted(shifts, key=lambda shift: (shift.start, shift.id))
    for shift in served:
        for rule in FITS:
            yield from rule(problem, person, shift)
    duties: Duties = sorted([*served, *person.fixed], key=lambda duty: (duty.start, duty.id))
    for follows in FOLLOWS:
        yield from follows(problem, person, duties)
    for term in (*EACH, continuity, *WHOLE):
        yield from term(problem, person, served)


def one_more(
    problem: Problem, person: Person, shifts: Sequence[Shift], place: Shift
) -> tuple[list[Violation], list[Violation]]:
    """What is found about the person without and with one more shift, as far as that shift can change it.

    What concerns each shift by itself is the same in both and is left out: there is only the new one to look at.
    """
    served: list[Shift | Duty] = [*shifts, *person.fixed]
    before: Duties = sorted(served, key=lambda duty: (duty.start, duty.id))
    after: Duties = sorted([*served, place], key=lambda duty: (duty.start, duty.id))
    without: list[Violation] = []
    with_it = [finding for rule in FITS for finding in rule(problem, person, place)]
    with_it += [finding for term in EACH for finding in term(problem, person, (place,))]
    for follows in FOLLOWS:
        appears = list(follows(problem, person, after))
        if appears:  # another duty takes no fault of this kind away: what it lacks, the duties before lacked too
            without += follows(problem, person, before)
            with_it += appears
    if all(shift.post != place.post for shift in shifts):
        with_it += continuity(problem, person, (place,))
    for term in WHOLE:
        without += term(problem, person, shifts)
        with_it += term(problem, person, (*shifts, place))
    return without, with_it


def fits(problem: Problem, person: Person, shift: Shift) -> bool:
    """Whether nothing forbids the person this shift, whatever else he does."""
    return not any(finding.severity is Severity.FORBID for rule in FITS for finding in rule(problem, person, shift))


def availability(problem: Problem, person: Person, shift: Shift) -> Found:
    if person.available is None:
        return
    covered_to = shift.start
    for start, end in sorted(person.available):
        if start <= covered_to:
            covered_to = max(covered_to, end)
    if covered_to < shift.end:
        yield from _unfit(problem, problem.rules.availability, person, shift)


def day_off(problem: Problem, person: Person, shift: Shift) -> Found:
    if problem.day_of(shift) in person.days_off:
        yield from _unfit(problem, problem.rules.day_off, person, shift)


def perimeter(problem: Problem, person: Person, shift: Shift) -> Found:
    """He must be on the shift's side all the time: inside its perimeter, or outside every one."""
    if shift.perimeter is None:
        wrong = any(stay.start < shift.end and shift.start < stay.end for stay in person.stays)
    else:
        inside_to = shift.start
        for stay in sorted(person.stays, key=lambda stay: stay.start):
            if stay.perimeter == shift.perimeter and stay.start <= inside_to:
                inside_to = max(inside_to, stay.end)
        wrong = inside_to < shift.end
    if wrong:
        yield from _unfit(problem, problem.rules.perimeter, person, shift)


def reach(problem: Problem, person: Person, shift: Shift) -> Found:
    metres = problem.distance(person, shift)
    if person.max_distance is not None and metres > person.max_distance:
        yield from _unfit(problem, problem.rules.reach, person, shift, metres, person.max_distance)


def group(problem: Problem, person: Person, shift: Shift) -> Found:
    if shift.group is not None and person.group != shift.group:
        yield from _unfit(problem, problem.rules.group, person, shift)


def shift_length(problem: Problem, person: Person, shift: Shift) -> Found:
    rule = problem.rules.shift_length
    if shift.minutes > rule.value:
        yield from _unfit(problem, rule, person, shift, shift.minutes, rule.value)


def night_length(problem: Problem, person: Person, shift: Shift) -> Found:
    rule = problem.rules.night_length
    if not shift.standby and problem.nights_of(shift) and shift.minutes > rule.value:
        yield from _unfit(problem, rule, person, shift, shift.minutes, rule.value)


def suit_length(problem: Problem, person: Person, shift: Shift) -> Found:
    rule = problem.rules.suit_length
    if shift.suit and shift.minutes > rule.value:
        yield from _unfit(problem, rule, person, shift, shift.minutes, rule.value)


def heat_stop(problem: Problem, person: Person, shift: Shift) -> Found:
    rule = problem.rules.heat_stop
    if shift.band >= rule.value:
        yield from _unfit(problem, rule, person, shift, shift.band, rule.value)


def overlap(problem: Problem, person: Person, duties: Duties) -> Found:
    for number, first in enumerate(duties):
        for second in duties[number + 1 :]:
            if second.start >= first.end:
                break
            yield from _pair(problem, problem.rules.overlap, person, first, second, 1)


def rest_floor(problem: Problem, person: Person, duties: Duties) -> Found:
    yield from _rest(problem, problem.rules.rest_floor, person, duties)


def rest(problem: Problem, person: Person, duties: Duties) -> Found:
    yield from _rest(problem, problem.rules.rest, person, duties)


def day_hours(problem: Problem, person: Person, duties: Duties) -> Found:
    service = [duty for duty in duties if not duty.standby]
    yield from _day(problem, problem.rules.day_hours, person, duties, service)


def suit_hours(problem: Problem, person: Person, duties: Duties) -> Found:
    yield from _day(problem, problem.rules.suit_hours, person, duties, [duty for duty in duties if duty.suit])


def heat_hours(problem: Problem, person: Person, duties: Duties) -> Found:
    hot = [duty for duty in duties if duty.band >= problem.rules.hot_band]
    yield from _day(problem, problem.rules.heat_hours, person, duties, hot)


def week_hours(problem: Problem, person: Person, duties: Duties) -> Found:
    rule = problem.rules.week_hours
    own = person.max_minutes_7d
    yield from _week(problem, rule, person, duties, rule.value if own is None else own)


def week_hours_wanted(problem: Problem, person: Person, duties: Duties) -> Found:
    rule = problem.rules.week_hours_wanted
    yield from _week(problem, rule, person, duties, rule.value)


def nights_in_row(problem: Problem, person: Person, duties: Duties) -> Found:
    nights = {night for duty in duties for night in problem.nights_of(duty)}
    yield from _row(problem, problem.rules.nights_in_row, person, nights)


def nights_in_row_wanted(problem: Problem, person: Person, duties: Duties) -> Found:
    nights = {night for duty in duties for night in problem.nights_of(duty)}
    yield from _row(problem, problem.rules.nights_in_row_wanted, person, nights)


def rest_after_nights(problem: Problem, person: Person, duties: Duties) -> Found:
    """After the last of some nights in a row, no duty for a day, unless it is the next night of the same run."""
    rule = problem.rules.rest_after_nights
    nights = {night for duty in duties for night in problem.nights_of(duty)}
    for number, first in enumerate(duties):
        for second in duties[number + 1 :]:
            gap = second.start - first.end
            if gap >= rule.value:
                break
            if gap < 0:
                continue
            for night in problem.nights_of(first):
                run = all(night - back in nights for back in range(problem.rules.nights_before_rest))
                if run and not {night, night + 1} & set(problem.nights_of(second)):
                    yield from _pair(problem, rule, person, first, second, 1, gap, f"night {night}")


def days_in_row(problem: Problem, person: Person, duties: Duties) -> Found:
    yield from _row(problem, problem.rules.days_in_row, person, {problem.day_of(duty) for duty in duties})


def days_off(problem: Problem, person: Person, duties: Duties) -> Found:
    rule = problem.rules.days_off
    worked = {problem.day_of(duty) for duty in duties}
    if len(worked) <= WEEK - rule.value:
        return  # too few days in all to leave too few free in any week
    for day in problem.days:
        free = WEEK - sum(day - back in worked for back in range(WEEK))
        if free < rule.value:
            yield from _over_days(problem, rule, person, day, rule.value - free, free, rule.value)


def preference(problem: Problem, person: Person, shifts: Sequence[Shift]) -> Found:
    for shift in shifts:
        points = person.preferences.get(shift.id, 0)
        if points:
            yield _term(problem, "preference", person, points, problem.prices.preference * points, points, 0, shift)


def distance(problem: Problem, person: Person, shifts: Sequence[Shift]) -> Found:
    for shift in shifts:
        metres = problem.distance(person, shift)
        cost = problem.prices.distance * metres // 1000
        if cost:
            yield _term(problem, "distance", person, metres, cost, metres, 0, shift)


def continuity(problem: Problem, person: Person, shifts: Sequence[Shift]) -> Found:
    price = problem.prices.continuity
    for post in sorted({shift.post for shift in shifts} - person.knows):
        yield _term(problem, "continuity", person, 1, price, 1, 0, subject=post)


def fairness_minutes(problem: Problem, person: Person, shifts: Sequence[Shift]) -> Found:
    if person.fair_minutes is None:
        return
    minutes = person.past_minutes + sum(shift.minutes for shift in shifts if not shift.standby)
    hours = sum(-(-max(0, minutes - person.fair_minutes - step) // 60) for step in problem.prices.fairness_steps)
    if hours:
        price = problem.prices.fairness_minutes
        yield _term(problem, "fairness_minutes", person, hours, price * hours, minutes, person.fair_minutes)


def fairness_nights(problem: Problem, person: Person, shifts: Sequence[Shift]) -> Found:
    if person.fair_nights is None:
        return
    nights = person.past_nights + sum(len(problem.nights_of(shift)) for shift in shifts)
    over = max(0, nights - person.fair_nights)
    if over:
        price = problem.prices.fairness_nights
        yield _term(problem, "fairness_nights", person, over, price * over, nights, person.fair_nights)


def change(problem: Problem, person: Person, shifts: Sequence[Shift]) -> Found:
    told = problem.told.get(person.id, frozenset())
    now = {shift.id for shift in shifts}
    for shift in sorted((told - now) | ((now - told) & problem.published_shifts)):
        where = problem.shift_of[shift]
        yield _term(problem, "change", person, 1, problem.prices.change, int(shift in now), int(shift in told), where)


FITS: tuple[Callable[[Problem, Person, Shift], Found], ...] = (
    availability,
    day_off,
    perimeter,
    reach,
    group,
    shift_length,
    night_length,
    suit_length,
    heat_stop,
)
FOLLOWS: tuple[Callable[[Problem, Person, Duties], Found], ...] = (
    overlap,
    rest_floor,
    rest,
    day_hours,
    suit_hours,
    heat_hours,
    week_hours,
    week_hours_wanted,
    nights_in_row,
    nights_in_row_wanted,
    rest_after_nights,
    days_in_row,
    days_off,
)
EACH: tuple[Callable[[Problem, Person, Sequence[Shift]], Found], ...] = (preference, distance)
"""Prices of each shift by itself."""
WHOLE: tuple[Callable[[Problem, Person, Sequence[Shift]], Found], ...] = (fairness_minutes, fairness_nights, change)
"""Prices of all shifts of a person together."""


def _unfit(problem: Problem, rule: Rule, person: Person, shift: Shift, found: int = 1, limit: int = 0) -> Found:
    if rule.on:
        where = (shift.start, problem.day_of(shift), person.id, (shift.id,))
        yield Violation(rule.name, rule.severity, 1, _cost(rule, 1), found, limit, *where)


def _pair(
    problem: Problem,
    rule: Rule,
    person: Person,
    first: Shift | Duty,
    second: Shift | Duty,
    amount: int,
    found: int = 0,
    subject: str = "",
) -> Found:
    if rule.on:
        where = (second.start, problem.day_of(second), person.id, (first.id, second.id))
        yield Violation(rule.name, rule.severity, amount, _cost(rule, amount), found, rule.value, *where, subject)


def _rest(problem: Problem, rule: Rule, person: Person, duties: Duties) -> Found:
    """Any two duties with too little time between them; counted in started hours missing."""
    for number, first in enumerate(duties):
        for second in duties[number + 1 :]:
            gap = second.start - first.end
            if gap >= rule.value:
                break
            if gap >= 0:
                yield from _pair(problem, rule, person, first, second, -(-(rule.value - gap) // 60), gap)


def _day(problem: Problem, rule: Rule, person: Person, duties: Duties, counted: Duties) -> Found:
    """Minutes of the counted duties in the 24 hours from the start of any duty; counted in started hours over."""
    if not rule.on or sum(duty.end - duty.start for duty in counted) <= rule.value:
        return
    for first in duties:
        since, until, minutes = first.start, first.start + DAY, 0
        for duty in counted:
            if duty.start >= until:
                break
            if duty.end > since:
                minutes += min(duty.end, until) - max(duty.start, since)
        if minutes > rule.value:
            hours = -(-(minutes - rule.value) // 60)
            where = (first.start, problem.day_of(first), person.id, (first.id,))
            yield Violation(rule.name, rule.severity, hours, _cost(rule, hours), minutes, rule.value, *where)


def _week(problem: Problem, rule: Rule, person: Person, duties: Duties, limit: int) -> Found:
    """Service minutes of any 7 duty days that end within the problem; counted in started hours over."""
    service: dict[int, int] = defaultdict(int)
    for duty in duties:
        if not duty.standby:
            service[problem.day_of(duty)] += duty.end - duty.start
    for day in problem.days if sum(service.values()) > limit else ():
        minutes = sum(service[day - back] for back in range(WEEK) if day - back in service)
        if minutes > limit:
            yield from _over_days(problem, rule, person, day, -(-(minutes - limit) // 60), minutes, limit)


def _row(problem: Problem, rule: Rule, person: Person, days: set[int]) -> Found:
    """Each `value` + 1 days of the set in a row."""
    for day in sorted(days):
        if all(day - back in days for back in range(rule.value + 1)):
            yield from _over_days(problem, rule, person, day, 1, rule.value + 1, rule.value)


def _over_days(problem: Problem, rule: Rule, person: Person, day: int, amount: int, found: int, limit: int) -> Found:
    if rule.on:
        start = day * DAY + problem.rules.duty_day_start
        yield Violation(rule.name, rule.severity, amount, _cost(rule, amount), found, limit, start, day, person.id)


def _term(
    problem: Problem,
    name: str,
    person: Person,
    amount: int,
    cost: int,
    found: int,
    limit: int,
    shift: Shift | None = None,
    subject: str = "",
) -> Violation:
    start, day = (shift.start, problem.day_of(shift)) if shift else (0, 0)
    shifts = (shift.id,) if shift else ()
    return Violation(name, Severity.PRICED, amount, cost, found, limit, start, day, person.id, shifts, subject)


def _cost(rule: Rule, amount: int) -> int:
    return rule.price * amount if rule.priced else 0
