"""Each rule by example: the checker names it, and the solver stays clear of it."""

from dataclasses import replace

import pytest

from redvest.engine.roster import Assignment, Duty, Person, Point, Problem, Rules, Shift, SkillNeed, Stay, Window
from redvest.engine.roster.check import Change, check, delta, violations_of
from redvest.engine.roster.explain import why_empty, why_not
from redvest.engine.roster.solve import solve

DAY, HOUR = 1440, 60


def at(name: str, day: int, start: float, end: float, **more: object) -> Shift:
    """A shift of one head from hour to hour of a day; hours beyond 24 are the next morning."""
    return Shift(name, "gate", int(day * DAY + start * HOUR), int(day * DAY + end * HOUR), **more)  # type: ignore[arg-type]


def one(*shifts: Shift, rules: Rules | None = None, **more: object) -> Problem:
    """A problem of one person, Ling."""
    return Problem("2026-03-02", (Person("Ling", **more),), shifts, rules or Rules())  # type: ignore[arg-type]


def everywhere(problem: Problem) -> frozenset[Assignment]:
    return frozenset(Assignment(person.id, shift.id) for person in problem.people for shift in problem.shifts)


def broken(problem: Problem) -> set[str]:
    """The hard rules that break if everyone is on every shift; the solver must leave somebody out."""
    rules = {finding.rule for finding in check(problem, everywhere(problem)).hard}
    result = solve(problem, 5, workers=1)
    assert result.best is not None
    assert not check(problem, result.best).hard
    assert (result.best == everywhere(problem)) == (not rules)
    return rules


def soft(problem: Problem) -> dict[str, int]:
    return check(problem, everywhere(problem)).cost_by_rule


def test_less_than_eight_hours_of_rest_is_forbidden_even_across_midnight() -> None:
    late = at("late", 0, 17, 24.5)
    assert broken(one(late, at("early", 1, 8, 12))) == {"rest_floor"}
    assert broken(one(late, at("early", 1, 8.5, 12))) == set()


def test_between_eight_and_eleven_hours_of_rest_each_started_hour_costs() -> None:
    problem = one(at("late", 0, 14, 22), at("early", 1, 7.5, 11))
    assert soft(problem)["rest"] == 2 * problem.rules.rest.price


def test_a_fixed_duty_before_the_first_day_counts_as_duty() -> None:
    before = (Duty("yesterday", -4 * HOUR, 2 * HOUR),)
    assert broken(one(at("morning", 0, 8, 12), fixed=before)) == {"rest_floor"}


def test_standby_counts_against_rest_but_not_as_service() -> None:
    night = at("standby", 0, 20, 32, standby=True)
    assert broken(one(night, at("morning", 1, 10, 14))) == {"rest_floor"}
    week = [at(f"s{day}", day, 8, 20, standby=True) for day in range(6)]
    assert broken(one(*week)) == set()


def test_nobody_serves_more_than_twelve_hours_in_twenty_four() -> None:
    assert broken(one(at("first", 0, 6, 14), at("second", 0, 22, 29))) == {"day_hours"}


def test_nobody_serves_more_than_sixty_hours_in_seven_days() -> None:
    days = [at(f"d{day}", day, 6, 18) for day in range(6)]
    assert broken(one(*days)) == {"week_hours"}
    assert broken(one(*days[:5])) == set()
    assert broken(one(*days[:4], max_minutes_7d=40 * HOUR)) == {"week_hours"}


def test_above_forty_eight_hours_each_started_hour_costs() -> None:
    days = [at(f"d{day}", day, 6, 16.5) for day in range(5)]
    problem = one(*days)
    assert soft(problem)["week_hours_wanted"] == 5 * problem.rules.week_hours_wanted.price


def test_three_nights_in_a_row_are_the_most() -> None:
    nights = [at(f"n{day}", day, 22, 28) for day in range(4)]
    assert broken(one(*nights)) == {"nights_in_row"}
    assert broken(one(*nights[:3])) == set()
    assert soft(one(*nights[:3]))["nights_in_row_wanted"] == Rules().nights_in_row_wanted.price


def test_after_nights_in_a_row_comes_a_day_of_rest() -> None:
    nights = [at("n0", 0, 22, 28), at("n1", 1, 22, 28)]
    assert broken(one(*nights, at("soon", 2, 17, 21))) == {"rest_after_nights"}
    assert broken(one(*nights, at("later", 3, 4, 10))) == set()
    assert broken(one(nights[0], at("soon", 1, 17, 21))) == set()


def test_a_seventh_day_in_a_row_is_forbidden() -> None:
    days = [at(f"d{day}", day, 8, 12) for day in range(7)]
    assert broken(one(*days)) == {"days_in_row", "days_off"}
    assert broken(one(*days[:6])) == set()


def test_nobody_is_in_two_places() -> None:
    assert "overlap" in broken(one(at("a", 0, 8, 12), at("b", 0, 11, 15)))


def test_a_shift_longer_than_twelve_hours_is_for_nobody() -> None:
    assert broken(one(at("long", 0, 7, 20))) == {"shift_length", "day_hours"}


def test_a_night_longer_than_ten_hours_is_for_nobody_unless_it_is_standby() -> None:
    assert broken(one(at("night", 0, 20, 31))) == {"night_length"}
    assert broken(one(at("night", 0, 20, 31, standby=True))) == set()


def test_six_hours_in_a_suit_are_the_most() -> None:
    assert broken(one(at("suit", 0, 7, 13.5, suit=True))) == {"suit_length", "suit_hours"}
    rules = Rules().changed("rest_floor", value=0)
    halves = (at("a", 0, 7, 11, suit=True), at("b", 0, 13, 16, suit=True))
    assert broken(one(*halves, rules=rules)) == {"suit_hours"}


def test_a_suit_makes_a_hot_day_one_band_hotter() -> None:
    assert broken(one(at("hot", 0, 8, 12, outdoor=True, heat=2))) == set()
    assert broken(one(at("hot", 0, 8, 12, outdoor=True, heat=2, suit=True))) == {"heat_stop"}
    assert broken(one(at("hot", 0, 8, 15, outdoor=True, heat=2))) == {"heat_hours"}


def test_people_serve_only_when_they_offered_to() -> None:
    shift = at("s", 0, 8, 12)
    assert broken(one(shift, available=(Window(0, 600),))) == {"availability"}
    assert broken(one(shift, available=(Window(0, 600), Window(600, 800)))) == set()
    assert broken(one(at("night", 0, 25, 29), days_off=frozenset({0}))) == {"day_off"}


def test_nobody_crosses_a_perimeter() -> None:
    inside = (Stay("zone", 0, DAY),)
    assert broken(one(at("in", 0, 8, 12, perimeter="zone"), stays=inside)) == set()
    assert broken(one(at("in", 0, 8, 12, perimeter="zone"))) == {"perimeter"}
    assert broken(one(at("out", 0, 8, 12), stays=inside)) == {"perimeter"}
    assert broken(one(at("out", 1, 8, 12), stays=inside)) == set()


def test_nobody_is_sent_farther_than_he_offered() -> None:
    far = at("far", 0, 8, 12, location=Point(29.5, 106.5))
    assert broken(one(far, home=Point(29.4, 106.5), max_distance=5000)) == {"reach"}


def test_another_group_costs() -> None:
    problem = one(at("a", 0, 8, 12, group="A"), group="B")
    assert soft(problem)["group"] == problem.rules.group.price


def test_a_newcomer_serves_only_beside_an_experienced_one() -> None:
    pair = at("gate", 0, 8, 12, minimum=2, wanted=2, maximum=2, experienced=1)
    newcomers = Problem("2026-03-02", (Person("Ling"), Person("Mei")), (pair,))
    assert broken(newcomers) == {"experience"}
    mixed = Problem("2026-03-02", (Person("Ling"), Person("Tao", experienced=True)), (pair,))
    assert broken(mixed) == set()


def test_a_pair_held_by_one_costs_more_than_its_gap() -> None:
    pair = at("gate", 0, 8, 12, minimum=2, wanted=2, maximum=2, never_alone=True)
    problem = one(pair)
    assert soft(problem) == {"under_minimum": 1000, "alone": 200, "continuity": 5}
    strict = one(pair, rules=Rules().changed("alone", severity="forbid"))
    assert broken(strict) == {"alone"}


def test_places_that_need_a_skill_are_kept_for_it() -> None:
    shift = at("van", 0, 8, 12, minimum=2, wanted=2, maximum=2, skills=(SkillNeed("driver", 1),))
    assert broken(Problem("2026-03-02", (Person("Ling"), Person("Mei")), (shift,))) == {"skills"}
    driver = Person("Tao", skills=frozenset({"driver"}))
    assert broken(Problem("2026-03-02", (Person("Ling"), driver), (shift,))) == set()


def test_a_published_roster_is_changed_only_for_a_reason() -> None:
    people = (Person("Ling"), Person("Mei"))
    told = frozenset({Assignment("Mei", "s")})
    problem = Problem("2026-03-02", people, (at("s", 0, 8, 12),), published=told)
    assert solve(problem, 2, workers=1).best == told
    swapped = frozenset({Assignment("Ling", "s")})
    assert check(problem, swapped).cost_by_rule["change"] == 2 * problem.prices.change
    gone = replace(problem, people=(people[0], replace(people[1], available=())))
    assert solve(gone, 2, workers=1).best == swapped


def test_what_is_pinned_stays_and_what_it_breaks_is_accepted() -> None:
    shifts = (at("late", 0, 17, 24), at("early", 1, 6, 10))
    problem = replace(one(*shifts), pinned=everywhere(one(*shifts)))
    report = check(problem, problem.pinned)
    assert not report.hard
    assert {finding.rule for finding in report.accepted} == {"rest_floor"}
    assert solve(problem, 2, workers=1).best == problem.pinned
    assert check(problem, frozenset()).hard[0].rule == "pinned"


def test_fairness_counts_past_duty() -> None:
    rested, tired = Person("Ling", fair_minutes=600), Person("Mei", past_minutes=600, fair_minutes=600)
    problem = Problem("2026-03-02", (tired, rested), (at("s", 0, 8, 12),))
    assert solve(problem, 2, workers=1).best == frozenset({Assignment("Ling", "s")})


def test_a_row_of_the_grid_and_a_changed_cell_are_explained() -> None:
    problem = one(at("late", 0, 17, 24), at("early", 1, 6, 10))
    now = frozenset({Assignment("Ling", "late")})
    change = delta(problem, now, Change(add=frozenset({Assignment("Ling", "early")})))
    assert not change.allowed
    assert str(violations_of(problem, everywhere(problem), "Ling").hard[0]) == (
        "Ling rests 360 minutes between late and early; 480 is the least."
    )


def test_an_empty_place_says_who_could_rest_until_when() -> None:
    shifts = (at("late", 0, 17, 24), at("early", 1, 6, 10))
    people = (Person("Ling"), Person("Mei", available=()))
    problem = Problem("2026-03-02", people, shifts)
    why = why_empty(problem, {Assignment("Ling", "late")}, "early")
    assert why.missing == 1
    assert not why.free
    assert {obstacle.rule: obstacle.only for obstacle in why.obstacles} == {
        "rest_floor": ("Ling",),
        "availability": ("Mei",),
    }
    assert next(obstacle.until for obstacle in why.obstacles if obstacle.rule == "rest_floor") == DAY + 8 * HOUR
    assert [finding.rule for finding in why_not(problem, (), "Mei", "early")] == ["availability"]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Shift("s3", "gate", 600, 500), "shift s3 ends before it starts"),
        (lambda: Shift("s3", "gate", 0, 60, minimum=2), "shift s3 needs 0 <= minimum <= wanted <= maximum heads"),
        (lambda: Problem("monday", (), ()), "start 'monday' is not a date like 2026-03-02"),
        (lambda: Problem("2026-03-02", (Person("a"), Person("a")), ()), "there are two of person a"),
        (lambda: Rules().changed("sleep", value=1), "there is no rule named sleep"),
    ],
)
def test_a_wrong_problem_is_refused_in_a_sentence(make: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(")):
        make()  # type: ignore[operator]
