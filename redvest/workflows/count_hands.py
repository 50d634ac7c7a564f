"""How many people the open posts of an incident want, by community: duty knows the posts, incidents the gaps."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction

from redvest.core import access
from redvest.duty.actions import posts as changing
from redvest.duty.models import Post
from redvest.incidents import actions, queries, rules
from redvest.incidents.models import Incident
from redvest.incidents.queries.incidents import HOST_LEVELS
from redvest.places.models import Area

if TYPE_CHECKING:
    from redvest.people.models import Account

Needs = dict[int, tuple[int, dict[str, int]]]  # area -> (people, {skill: heads})


@transaction.atomic
def count_hands(actor: "Account", incident: int) -> None:
    """Bring the wanted hands of every area up to date with its open posts; typed numbers stay as they are."""
    row = queries.incidents.incident(actor, incident)
    posts = Post.objects.filter(incident=row, state=Post.State.OPEN).select_related("area")
    actions.count_hands(actor, row.pk, _needs(row, access.scope(actor, "duty.see", posts), _hosts(row.area)))


@transaction.atomic
def open_post(actor: "Account", incident: int, area: int, kind: str, **changes: Any) -> Post:
    """Open one more post, and count the hands that its community wants now."""
    return _counted(actor, changing.open_post(actor, incident, area, kind, **changes))


@transaction.atomic
def edit_post(actor: "Account", pk: int, changes: Mapping[str, Any], *, carry_to_shifts: bool = False) -> Post:
    """Change a post: more heads or another pattern want more hands."""
    return _counted(actor, changing.edit_post(actor, pk, changes, carry_to_shifts=carry_to_shifts))


@transaction.atomic
def close_post(actor: "Account", pk: int) -> Post:
    """Close a post: its hands are wanted no longer."""
    return _counted(actor, changing.close_post(actor, pk))


@transaction.atomic
def reopen_post(actor: "Account", pk: int) -> Post:
    """Open a closed post again."""
    return _counted(actor, changing.reopen_post(actor, pk))


def _counted(actor: "Account", post: Post) -> Post:
    """Count anew the community of a post that somebody has just changed; he may plan there."""
    incident = Incident.objects.select_related("area", "playbook").get(pk=post.incident_id)
    hosts = _hosts(incident.area)
    host = _host(post.area, hosts, incident.area_id)
    open_ones = Post.objects.filter(incident=incident, state=Post.State.OPEN).select_related("area")
    here = [each for each in open_ones if _host(each.area, hosts, incident.area_id) == host]
    people, skills = _needs(incident, here, hosts).get(host, (0, {}))
    actions.count_hands_at(actor, incident.pk, post.area, host, people, skills)
    return post


def _needs(incident: Incident, posts: Iterable[Post], hosts: dict[str, int]) -> Needs:
    content = queries.incidents.playbook_of(incident)
    people: defaultdict[int, int] = defaultdict(int)
    skills: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for post in posts:
        place = _host(post.area, hosts, incident.area_id)
        pattern = content.patterns.get(post.pattern)
        minutes = sum(shift.minutes for shift in pattern.shifts) if pattern else 8 * 60
        people[place] += rules.people_for(post.wanted, minutes)
        for need in post.skills:
            skills[place][need["skill"]] += rules.people_for(need["heads"], minutes)
    return {area: (number, dict(skills[area])) for area, number in people.items()}


def _hosts(area: Area) -> dict[str, int]:
    rows = Area.objects.filter(path__startswith=area.path, level__in=HOST_LEVELS)
    return dict(rows.values_list("path", "pk"))


def _host(area: Area, hosts: dict[str, int], whole: int) -> int:
    """The community that a post at a gate or an estate belongs to; a post of the whole area stays with the area."""
    return next((hosts[path] for path in (area.path, *access.ancestors(area.path)[::-1]) if path in hosts), whole)
