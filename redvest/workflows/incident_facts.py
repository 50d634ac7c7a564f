"""What duty has seen done for an incident: the next steps of its checklist tick themselves."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from redvest.duty.models import Post, Roster
from redvest.incidents.models import Incident


@dataclass(frozen=True, slots=True)
class DutyFacts:
    posts: int
    facts: frozenset[str]


def duty_facts(incident: Incident) -> DutyFacts:
    """The incident was found by `queries.incidents.incident`, so the actor may know how its posts and rosters stand."""
    rosters = Roster.objects.filter(incident=OuterRef("pk"), state=Roster.State.PUBLISHED)
    counted = Incident.objects.annotate(
        posts_open=Count("posts", filter=Q(posts__state=Post.State.OPEN)), is_published=Exists(rosters)
    )
    posts, published = counted.values_list("posts_open", "is_published").get(pk=incident.pk)
    found = {name for name, done in (("posts_opened", posts > 0), ("roster_published", published)) if done}
    return DutyFacts(posts, frozenset(found))
