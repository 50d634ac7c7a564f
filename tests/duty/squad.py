"""A bigger stage for rosters: a squad deployed to the communities, posts with shifts, a draft and a quick solver."""

from collections.abc import Sequence
from datetime import date, timedelta

from redvest.duty.actions.posts import open_post
from redvest.duty.actions.rosters import create_roster, refresh_roster
from redvest.duty.actions.shifts import generate_shifts
from redvest.duty.actions.solving import store_solution
from redvest.duty.models import Post, Roster, Shift
from redvest.duty.planning.material import gather
from redvest.duty.planning.problem import cells_of, plan_for
from redvest.engine.roster.check import check
from redvest.engine.roster.greedy import greedy
from redvest.incidents.models import Incident
from redvest.people.models import Consent, Person, PersonSkill, Skill
from redvest.places.models import Area
from tests.world import NOW, World

FIRST = date(2026, 3, 3)  # the day after the tests' Monday


def squad(world: World, incident: Incident, size: int = 8, *, area: Area | None = None) -> list[Person]:
    """So many verified volunteers with consent, deployed to ``area`` (海棠社区); every third is an old hand."""
    where = area or world.community
    first = Person.objects.count() + 1
    people = Person.objects.bulk_create(
        Person(
            number=f"T{first + number:05d}",
            name=f"队员{first + number:03d}",
            state="verified",
            home=where,
            experience="2022 卡口值守" if number % 3 == 0 else "",
        )
        for number in range(size)
    )
    Consent.objects.bulk_create(Consent(person=person, kind="serve", given_at=NOW) for person in people)
    skill = Skill.objects.get(code="sampling_helper")
    PersonSkill.objects.bulk_create(
        PersonSkill(person=person, skill=skill) for number, person in enumerate(people) if number % 3 == 0
    )
    world.team(incident, *people, area=where)
    return people


def gate_with_shifts(
    world: World, incident: Incident, days: int = 3, *, kind: str = "gate", area: Area | None = None
) -> Post:
    """A post with the shifts of its own pattern from the tests' Tuesday on."""
    post = open_post(world.office, incident.pk, (area or world.community).pk, kind)
    generate_shifts(world.office, [post.pk], FIRST, FIRST + timedelta(days=days - 1))
    return post


def draft(world: World, incident: Incident, days: int = 3, *, area: Area | None = None) -> Roster:
    return create_roster(world.office, incident.pk, (area or world.street).pk, FIRST, FIRST + timedelta(days=days - 1))


def solve(world: World, roster: Roster) -> Roster:
    """What the job does, with the quick answer of the engine in place of the long search."""
    row = refresh_roster(world.office, roster.pk)
    stored = cells_of(row.pk)
    plan = plan_for(gather(row, NOW, keep={cell.person for cell in stored}), stored)
    answer = greedy(plan.problem, plan.answer)
    cost = check(plan.problem, answer).cost
    found = {"status": "feasible", "cost": cost, "bound": None, "seconds": 0.0, "seed": 0, "answer": sorted(answer)}
    return store_solution(world.office, plan, found)


def shifts_of(post: Post) -> Sequence[Shift]:
    return list(Shift.objects.filter(post=post).order_by("starts"))
