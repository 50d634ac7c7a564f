"""How many people the open posts of an incident want, by community: duty knows the posts, incidents the gaps."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from django.db import transaction

from redvest.core import access
from redvest.duty.models import Post
from redvest.incidents import actions, queries, rules
from redvest.incidents.queries.incidents import HOST_LEVELS
from redvest.places.models import Area

if TYPE_CHECKING:
    from redvest.people.models import Account


@transaction.atomic
def count_hands(actor: "Account", incident: int) -> None:
    """Bring the wanted hands of every area up to date with its open posts; typed numbers stay as they are."""
    row = queries.incidents.incident(actor, incident)
    content = queries.incidents.playbook_of(row)
    posts = Post.objects.filter(incident=row, state=Post.State.OPEN).select_related("area")
    hosts = _hosts(row.area)
    people: defaultdict[int, int] = defaultdict(int)
    skills: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for post in access.scope(actor, "duty.see", posts):
        place = _host(post.area, hosts, row.area_id)
        pattern = content.patterns.get(post.pattern)
        minutes = sum(shift.minutes for shift in pattern.shifts) if pattern else 8 * 60
        people[place] += rules.people_for(post.wanted, minutes)
        for need in post.skills:
            skills[place][need["skill"]] += rules.people_for(need["heads"], minutes)
    actions.count_hands(actor, row.pk, {area: (number, dict(skills[area])) for area, number in people.items()})


def _hosts(area: Area) -> dict[str, int]:
    rows = Area.objects.filter(path__startswith=area.path, level__in=HOST_LEVELS)
    return dict(rows.values_list("path", "pk"))


def _host(area: Area, hosts: dict[str, int], whole: int) -> int:
    """The community that a post at a gate or an estate belongs to; a post of the whole area stays with the area."""
    return next((hosts[path] for path in (area.path, *access.ancestors(area.path)[::-1]) if path in hosts), whole)
