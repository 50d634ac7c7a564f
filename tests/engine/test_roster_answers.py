"""The answers about a roster: why, who instead, how to mend it, what if. Each is held against the checker."""

from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from redvest.engine.matching.replace import candidates
from redvest.engine.roster import Assignment, Person, Point, Problem, Roster, Rules, Shift, SkillNeed, Window
from redvest.engine.roster.check import additions, check, violations_of
from redvest.engine.roster.explain import why_empty, why_here, why_not
from redvest.engine.roster.greedy import greedy
from redvest.engine.roster.how_many import how_many
from redvest.engine.roster.repair import AIMS, repair
from redvest.engine.roster.settle import settle
from redvest.engine.roster.ways import Kind, closing_cost, ways
from redvest.engine.roster.what_if import (
    figures,
    ordinary_people,
    what_if,
    with_people,
    with_post,
    with_rule,
    without_people,
)
from tests.engine.rosters import all_rosters, problems

quick = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
slow = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
DAY = 1440
EARLY, LATE, NIGHT = (360, 840), (840, 1320), (1320, 1800)


def shift(name: str, day: int, times: tuple[int, int] = EARLY, **fields: object) -> Shift:
    return Shift(name, "gate", day * DAY + times[0], day * DAY + times[1], **fields)  # type: ignore[arg-type]


def on(*cells: tuple[str, str]) -> Roster:
    return frozenset(Assignment(*cell) for cell in cells)


# --- one more on a shift, judged quickly --------------------------------------------------------------------------


@quick
@given(problems(people=6, shifts=8), st.data())
def test_the_quick_look_at_one_more_person_says_what_the_whole_checker_says(
    problem: Problem, data: st.DataObject
) -> None:
    roster = greedy(problem)
    place = data.draw(st.sampled_from(problem.shifts)).id
    before = check(problem, roster)
    for person, change in additions(problem, roster, place).items():
        after = check(problem, roster | {Assignment(person, place)})
        assert change.cost == after.cost - before.cost
        assert change.allowed == (not after.hard or not set(after.hard) - set(before.hard))


@quick
@given(problems(people=6, shifts=8), st.data())
def test_the_hopeful_look_leaves_out_only_people_who_may_not_come(problem: Problem, data: st.DataObject) -> None:
    roster = greedy(problem)
    place = data.draw(st.sampled_from(problem.shifts)).id
    everybody, hopeful = additions(problem, roster, place), additions(problem, roster, place, hopeful=True)
    assert all(hopeful[person] == everybody[person] for person in hopeful)
    assert not any(change.allowed for person, change in everybody.items() if person not in hopeful)


@quick
@given(problems(people=6, shifts=8), st.data())
def test_the_ranking_of_replacements_agrees_with_the_checker_about_each_candidate(
    problem: Problem, data: st.DataObject
) -> None:
    roster = greedy(problem)
    assume(roster - problem.pinned)
    leaving = data.draw(st.sampled_from(sorted(roster - problem.pinned)))
    left = roster - {leaving}
    assume(not check(problem, left).hard)
    ranked = candidates(problem, roster, leaving.shift, leaving=leaving.person)
    for candidate in ranked:
        after = check(problem, left | {Assignment(candidate.person, leaving.shift)})
        assert candidate.cost == after.cost - check(problem, left).cost
        assert (not candidate.blocks) == (not after.hard)
    assert [bool(candidate.blocks) for candidate in ranked] == sorted(bool(candidate.blocks) for candidate in ranked)


# --- why ----------------------------------------------------------------------------------------------------------


@quick
@given(problems(people=6, shifts=8), st.data())
def test_an_explanation_names_a_true_reason(problem: Problem, data: st.DataObject) -> None:
    roster = greedy(problem)
    place = data.draw(st.sampled_from(problem.shifts)).id
    told = why_empty(problem, roster, place)
    for obstacle in told.obstacles:
        for person in obstacle.people:
            with_him = roster | {Assignment(person, place)}
            broken = {finding.rule for finding in check(problem, with_him).hard}
            assert obstacle.rule in broken
            assert obstacle.rule in {finding.rule for finding in why_not(problem, roster, person, place)}
    free = {person for person, _cost in told.free}
    kept = {person for obstacle in told.obstacles for person in obstacle.people}
    there = {cell.person for cell in roster if cell.shift == place}
    assert free | kept | there == set(problem.person_of)
    assert not free & kept


def test_a_place_is_empty_for_want_of_a_skill_or_because_the_able_must_rest() -> None:
    people = (
        Person("Ling", skills=frozenset({"medic"})),
        Person("Mei", skills=frozenset({"medic"}), available=(Window(0, DAY),)),
        Person("Hua"),
    )
    shifts = (shift("night", 0, NIGHT), shift("early", 1, (600, 840), skills=(SkillNeed("medic", 1),)))
    problem = Problem("2026-03-02", people, shifts)
    told = why_empty(problem, on(("Ling", "night")), "early")
    by_rule = {obstacle.rule: obstacle for obstacle in told.obstacles}
    assert by_rule["rest_floor"].only == ("Ling",)
    assert by_rule["rest_floor"].until == 1800 + 480
    assert by_rule["availability"].only == ("Mei",)
    assert by_rule["skills"].only == ("Hua",)
    assert [(lack.skill, lack.heads, lack.owners) for lack in told.skills] == [("medic", 1, ("Ling", "Mei"))]


def test_it_is_said_why_this_person_rather_than_another() -> None:
    home, far = Point(29.40, 106.50), Point(29.45, 106.50)
    people = (Person("Near", home=home), Person("Far", home=far), Person("Away", available=()))
    problem = Problem("2026-03-02", people, (shift("early", 0, location=home),))
    chosen = why_here(problem, on(("Far", "early")), "Far", "early")
    assert chosen.cheaper == 1
    assert chosen.others[0][0] == "Near"
    assert chosen.others[0][1] < 0
    assert chosen.forbidden == 1
    assert "distance" in {finding.rule for finding in chosen.speaks}


@quick
@given(problems(people=6, shifts=8), st.data())
def test_every_way_to_fill_a_place_costs_what_it_says_and_breaks_only_what_it_names(
    problem: Problem, data: st.DataObject
) -> None:
    roster = greedy(problem)
    place = data.draw(st.sampled_from(problem.shifts)).id
    before = check(problem, roster)
    for way in ways(problem, roster, place):
        after = check(problem, (roster - way.change.remove) | way.change.add)
        assert way.cost == after.cost - before.cost
        assert Assignment(way.person, place) in way.change.add
        broken = {finding.rule for finding in after.hard} - {finding.rule for finding in before.hard}
        assert broken <= {finding.rule for finding in way.gives}
        assert (way.kind is Kind.ASK) == bool(way.gives)


def test_somebody_comes_from_another_place_when_another_stands_in_for_him() -> None:
    people = (Person("Ling", skills=frozenset({"medic"})), Person("Mei"))
    shifts = (shift("store", 0), shift("station", 0, skills=(SkillNeed("medic", 1),)))
    problem = Problem("2026-03-02", people, shifts)
    found = ways(problem, on(("Ling", "store")), "station")
    (move,) = [way for way in found if way.kind is Kind.MOVES]
    assert (move.person, move.leaves, move.stand_in) == ("Ling", "store", "Mei")
    price = closing_cost(found)
    assert price == move.price
    assert price is not None
    assert price < problem.prices.under_minimum


# --- repair -------------------------------------------------------------------------------------------------------


def struck(problem: Problem, data: st.DataObject) -> Problem:
    """Something happens: somebody cannot come from some moment on."""
    who = data.draw(st.sampled_from([person.id for person in problem.people]))
    since = data.draw(st.integers(0, 3)) * DAY
    windows = tuple(
        Window(start, min(end, since))
        for start, end in problem.person_of[who].available or (Window(-5 * DAY, 20 * DAY),)
        if start < since
    )
    people = tuple(replace(person, available=windows) if person.id == who else person for person in problem.people)
    return replace(problem, people=people, pinned=frozenset())


@quick
@given(problems(people=6, shifts=8), st.data())
def test_what_stays_after_a_blow_breaks_no_rule_and_nobody_is_put_anywhere(
    problem: Problem, data: st.DataObject
) -> None:
    told = greedy(problem)
    after = struck(problem, data)
    left = settle(after, told)
    assert left <= told
    assert not check(after, left).hard
    assert settle(after, left) == left


@slow
@given(problems(people=5, shifts=7), st.data())
def test_a_repair_breaks_no_rule_and_is_worth_its_changes(problem: Problem, data: st.DataObject) -> None:
    told = greedy(problem)
    after = struck(problem, data)
    menu = repair(after, told, seconds=1, workers=1)
    assert 1 <= len(menu.repairs) <= 3
    for each in menu.repairs:
        assert not check(after, each.roster).hard
        assert each.roster == (told - each.goes) | each.comes
        aim = next(aim for aim in AIMS if aim.name == each.aim)
        priced = aim.prices(replace(after, published=told))
        assert check(priced, each.roster).cost <= check(priced, menu.bare.roster).cost
    assert [each.changes for each in menu.repairs] == sorted(each.changes for each in menu.repairs)
    missing = [each.missing for each in menu.repairs]
    assert missing == sorted(set(missing), reverse=True), "more changes leave less missing"


@slow
@given(problems(people=3, shifts=3), st.data())
def test_no_repair_of_a_tiny_roster_could_do_with_fewer_changes(problem: Problem, data: st.DataObject) -> None:
    told = greedy(problem)
    after = replace(struck(problem, data), published=told)
    menu = repair(after, told, seconds=4, workers=1)
    first = menu.repairs[0]
    others = (roster for roster in all_rosters(after) if not check(after, roster).hard)
    assert not [
        sorted(roster)
        for roster in others
        if len(roster ^ told) < first.changes and _gaps(after, roster) <= _gaps(after, first.roster)
    ]


def _gaps(problem: Problem, roster: Roster) -> int:
    return sum(gap.cost for gap in check(problem, roster).gaps)


def test_a_drop_out_is_mended_by_one_call_and_nobody_else_is_moved() -> None:
    people = tuple(Person(name) for name in ("Ling", "Mei", "Hua", "Ying"))
    shifts = tuple(shift(f"d{day}", day) for day in range(3))
    problem = Problem("2026-03-02", people, shifts)
    told = on(("Ling", "d0"), ("Mei", "d1"), ("Ling", "d2"))
    gone = replace(problem, people=(replace(people[0], available=(Window(0, DAY),)), *people[1:]))
    menu = repair(gone, told, seconds=2, workers=1)
    assert menu.hurt == ("d2",)
    assert menu.bare.short == 1
    first = menu.repairs[0]
    assert first.changes == 2
    assert first.short == 0
    assert first.goes == on(("Ling", "d2"))
    (new,) = first.told.keys() - {"Ling"}
    assert first.told == {"Ling": ((), ("d2",)), new: (("d2",), ())}


def test_a_hot_day_and_a_new_post_are_mended_too() -> None:
    people = tuple(Person(name) for name in ("Ling", "Mei", "Hua"))
    shifts = (shift("outside", 0, outdoor=True), shift("inside", 0))
    problem = Problem("2026-03-02", people, shifts)
    told = on(("Ling", "outside"), ("Mei", "inside"))
    hot = replace(problem, shifts=(replace(shifts[0], heat=3), shifts[1]))
    menu = repair(hot, told, seconds=1, workers=1)
    assert menu.repairs[0].goes == on(("Ling", "outside"))
    assert menu.repairs[0].short == 1  # nobody may stand there in that heat
    more = replace(problem, shifts=(*shifts, shift("new", 0)))
    menu = repair(more, told, seconds=1, workers=1)
    assert menu.bare.changes == 0
    assert menu.repairs[0].comes == on(("Hua", "new"))


# --- what if ------------------------------------------------------------------------------------------------------


def small_team() -> tuple[Problem, Roster]:
    people = tuple(Person(f"p{number}", skills=frozenset({"medic"} if number == 0 else ())) for number in range(4))
    shifts = tuple(
        shift(f"d{day}-{number}", day, times) for day in range(2) for number, times in enumerate((EARLY, LATE))
    )
    problem = Problem("2026-03-02", people, shifts)
    return problem, greedy(problem)


def test_one_more_post_and_fewer_people_leave_gaps_that_are_counted_and_change_nothing() -> None:
    problem, roster = small_team()
    assert figures(problem, roster).short == 0
    found = what_if(problem, without_people(problem, ["p1", "p2", "p3"]), roster, seconds=1, workers=1)
    assert found.before.short == 0
    assert found.after.short == 2  # p0 alone: one duty a day
    assert set(found.after.loads) == {"p0"}
    more = what_if(problem, with_post(problem, "gate", 4), roster, seconds=1, workers=1)
    assert more.after.short > 0
    assert problem == small_team()[0]


def test_a_longer_rest_takes_back_what_it_forbids() -> None:
    people = (Person("Ling"),)
    problem = Problem("2026-03-02", people, (shift("late", 0, (1080, 1320)), shift("early", 1)))
    roster = on(("Ling", "late"), ("Ling", "early"))
    assert not check(problem, roster).hard
    longer = with_rule(problem, "rest_floor", 600)
    found = what_if(problem, longer, roster, seconds=1, workers=1)
    assert (found.before.short, found.after.short) == (0, 1)
    assert not check(longer, found.roster).hard


def test_those_who_are_lost_without_a_name_are_ordinary_people() -> None:
    problem, roster = small_team()
    assert len(ordinary_people(problem, roster, 2)) == 2
    assert ordinary_people(problem, on(("p0", "d0-0"), ("p1", "d0-1")), 4) == ("p2", "p3", "p0", "p1")


def test_it_is_said_how_many_people_are_missing_and_what_they_must_be_able_to_do() -> None:
    shifts = (
        shift("a", 0, skills=(SkillNeed("medic", 1),)),
        shift("b", 0),
        shift("c", 0, LATE),
        shift("hot", 1, outdoor=True, heat=3),
    )
    problem = Problem("2026-03-02", (Person("Ling"),), shifts)
    hands = how_many(problem, on(("Ling", "b")), seconds=2, workers=1)
    assert len(hands.recruits) == hands.at_least == 2  # eight hours of rest lie between the early and the late shift
    assert hands.closed == ("hot",)
    assert sorted(sorted(each.skills) for each in hands.recruits) == [[], ["medic"]]
    assert how_many(problem, on(("Ling", "b")), wanted=False, seconds=1, workers=1).heads == 2


@slow
@given(problems(people=4, shifts=6))
def test_the_people_who_are_missing_do_close_the_gaps(problem: Problem) -> None:
    roster = greedy(problem)
    hands = how_many(problem, roster, seconds=1, workers=1)
    assert hands.at_least <= len(hands.recruits)
    skills = {need.skill for each in problem.shifts for need in each.skills}
    more = with_people(problem, len(hands.recruits), skills, experienced=True)
    new = [person.id for person in more.people[len(problem.people) :]]
    cells = {Assignment(new[number], name) for number, each in enumerate(hands.recruits) for name in each.shifts}
    after = check(more, roster | cells)
    assert not after.hard
    open_shifts = {gap.shifts[0] for gap in after.gaps if gap.rule in ("under_minimum", "under_wanted")}
    assert open_shifts <= set(hands.closed)
    assert all(violations_of(more, roster | cells, name).hard == () for name in new)


def test_rules_are_not_changed_by_asking() -> None:
    problem, _roster = small_team()
    assert with_rule(problem, "rest_floor", 600).rules.rest_floor.value == 600
    assert problem.rules == Rules()
