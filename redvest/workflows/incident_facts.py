"""What duty has seen done for an incident: the next steps of its checklist tick themselves."""

from dataclasses import dataclass

from redvest.duty.models import Post, Roster
from redvest.incidents.models import Incident


@dataclass(frozen=True, slots=True)
class DutyFacts:
    posts: int
    facts: frozenset[str]


def duty_facts(incident: Incident) -> DutyFacts:
    """The incident was found by `queries.incidents.incident`, so the actor may know how its posts and rosters stand."""
    posts = Post.objects.filter(incident=incident, state=Post.State.OPEN).count()
    published = Roster.objects.filter(incident=incident, state=Roster.State.PUBLISHED).exists()
    found = {name for name, done in (("posts_opened", posts > 0), ("roster_published", published)) if done}
    return DutyFacts(posts, frozenset(found))
