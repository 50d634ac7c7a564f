"""Skills as spreadsheets name them, and the skills that people have already."""

from redvest.people.models import Person, PersonSkill, Skill


def skill_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for skill in Skill.objects.all():
        names |= {name.lower(): skill.code for name in (skill.code, skill.name_zh, skill.name_en)}
    return names


def held_skills(people: dict[int, Person]) -> dict[int, set[str]]:
    held: dict[int, set[str]] = {}
    for pk, code in PersonSkill.objects.filter(person__in=people).values_list("person_id", "skill__code"):
        held.setdefault(pk, set()).add(code)
    return held
