"""Deployment: rows to an engine problem, and back to choices with reasons. Only this file imports the engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from redvest.engine.matching import problem as engine
from redvest.engine.matching.solve import Choice as Chosen
from redvest.engine.matching.solve import choices, solve
from redvest.engine.roster.problem import Point, SkillNeed
from redvest.incidents.models import Deployment, HandsWanted, Incident, TeamMember
from redvest.incidents.queries.deployment import home_point
from redvest.people.models import Skill
from redvest.places.models import Area

SECONDS = 5.0
NEAR_METRES = 5000


@dataclass(frozen=True, slots=True)
class Choice:
    """One member sent to one place, and why."""

    member: TeamMember
    area: Area
    reasons: list[dict[str, Any]]


def deployment(incident: Incident, members: Sequence[TeamMember], *, seed: int = 0) -> list[Choice]:
    """Who of `members` goes to which place of the incident that lacks hands; whoever has a place already keeps it.

    With fewer people than are wanted, every place first gets its share in proportion to what it wants: its minimum.
    """
    wanted = {row.area_id: row for row in HandsWanted.objects.filter(incident=incident).select_related("area")}
    if not members or not any(row.wanted for row in wanted.values()):
        return []
    placed = _placed(incident)
    problem = _problem(wanted, members, placed)
    # One worker and a seed: the same team gets the same proposal.
    result = solve(problem, SECONDS, seed, workers=1)
    free = {str(member.pk): member for member in members}
    names = {str(member.pk): member.person.name for member in (*members, *placed)}
    told = [choice for choice in choices(problem, result.best or {}) if choice.helper in free]
    skills = Skill.objects.in_bulk(field_name="code")
    return [
        Choice(
            member=free[choice.helper],
            area=wanted[int(choice.place)].area,
            reasons=_reasons(choice, free[choice.helper], wanted[int(choice.place)], problem, names, skills),
        )
        for choice in told
    ]


def _placed(incident: Incident) -> dict[TeamMember, int]:
    """Members who have a place: by a draft made by hand, else by their order."""
    rows = Deployment.objects.filter(member__incident=incident).exclude(state=Deployment.State.ENDED)
    ordered = rows.select_related("member__person__home").prefetch_related("member__person__skills__skill")
    # Orders first, so that a draft overrides the order it changes.
    found = sorted(ordered, key=lambda row: row.state == Deployment.State.PROPOSED)
    by_member = {row.member_id: row for row in found}
    return {row.member: row.area_id for row in by_member.values()}


def _problem(
    wanted: Mapping[int, HandsWanted], members: Sequence[TeamMember], placed: Mapping[TeamMember, int]
) -> engine.Deployment:
    people = [*members, *placed]
    known = {member.pk for member in people}
    pairs = {
        (str(member.pk), str(member.pair_with_id))
        for member in people
        if member.pair_with_id in known and member.pk < (member.pair_with_id or 0)
    }
    return engine.Deployment(
        helpers=tuple(_helper(member) for member in sorted(people, key=lambda member: member.pk)),
        places=_places(wanted, len(people), set(placed.values())),
        pairs=tuple(sorted(pairs)),
        pinned=frozenset((str(member.pk), str(area)) for member, area in placed.items()),
    )


def _helper(member: TeamMember) -> engine.Helper:
    person = member.person
    return engine.Helper(
        id=str(member.pk),
        home=_point(*home_point(person)),
        skills=frozenset(each.skill.code for each in person.skills.all()),
        max_distance=person.max_distance_km * 1000 if person.max_distance_km else None,
    )


def _places(wanted: Mapping[int, HandsWanted], people: int, taken: set[int]) -> tuple[engine.Place, ...]:
    total = sum(row.wanted for row in wanted.values())
    share = min(1.0, people / total) if total else 0.0
    found = []
    for key in sorted({*wanted, *taken}):
        row = wanted.get(key)
        heads = row.wanted if row else 0
        minimum = int(heads * share)
        skills = [SkillNeed(code, min(number, minimum)) for code, number in sorted(row.skills.items())] if row else []
        found.append(
            engine.Place(
                id=str(key),
                minimum=minimum,
                wanted=heads,
                maximum=heads,
                skills=tuple(need for need in skills if need.heads),
                location=_point(row.area.latitude, row.area.longitude) if row else None,
            )
        )
    return tuple(found)


def _point(latitude: float | None, longitude: float | None) -> Point | None:
    return None if latitude is None or longitude is None else Point(latitude, longitude)


def _reasons(
    choice: Chosen,
    member: TeamMember,
    wanted: HandsWanted,
    problem: engine.Deployment,
    names: Mapping[str, str],
    skills: Mapping[str, Skill],
) -> list[dict[str, Any]]:
    """Why this person goes there, as data; rules.reason says it in the reader's language."""
    found: list[dict[str, Any]] = []
    home = member.person.home
    if home is not None and home.path.startswith(wanted.area.path):
        found.append({"kind": "home"})
    elif choice.metres:
        kilometres = round(choice.metres / 1000, 1)
        found.append({"kind": "near" if choice.metres <= NEAR_METRES else "far", "km": kilometres})
    if choice.skills:
        having = [skills[code] for code in sorted(choice.skills) if code in skills]
        names_zh = "、".join(skill.name_zh for skill in having)  # i18n: data
        both = {"zh": names_zh, "en": ", ".join(skill.name_en for skill in having)}
        found.append({"kind": "skill", "skills": both})
    if choice.partner is not None:
        found.append({"kind": "pair", "name": names[choice.partner]})
    pinned = sum(place == choice.place for _, place in problem.pinned)
    if choice.short and wanted.wanted > pinned:
        found.append({"kind": "shortage", "lacks": wanted.wanted - pinned})
    return found
