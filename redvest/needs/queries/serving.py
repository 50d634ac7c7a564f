"""Who answers for a place: its active incident, the kinds of requests there, the desk and the post that see to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from redvest.core import access
from redvest.duty.models import Post
from redvest.incidents.models import Incident
from redvest.incidents.playbooks.schema import Playbook, RequestKind
from redvest.incidents.queries.incidents import playbook_of
from redvest.places.models import Area

DESKS = (Area.Level.COMMUNITY, Area.Level.VILLAGE)


@dataclass(frozen=True, slots=True)
class Service:
    """What runs for residents at a place."""

    incident: Incident
    book: Playbook
    desk: Area

    @property
    def kinds(self) -> dict[str, RequestKind]:
        return dict(self.book.requests)

    @property
    def choices(self) -> list[RequestKind]:
        """What the resident's own page offers, the most urgent first."""
        mine = [kind for kind in self.book.requests.values() if kind.for_residents]
        return sorted(mine, key=lambda kind: kind.priority)


def serving(area: Area) -> Service | None:
    """The newest active incident around the place whose playbook knows requests; a real one before a drill."""
    around = [*access.ancestors(area.path), area.path]
    rows = Incident.objects.filter(state=Incident.State.ACTIVE, area__path__in=around).select_related("playbook")
    for incident in rows.order_by("is_drill", "-starts"):
        book = playbook_of(incident)
        if book.requests:
            return Service(incident, book, desk_of(area))
    return None


def desk_of(area: Area) -> Area:
    """The community or village around a place; where there is none (a street asks for itself) the place itself."""
    if area.level in DESKS:
        return area
    above = Area.objects.filter(path__in=access.ancestors(area.path), level__in=DESKS).order_by("-depth").first()
    return above or area


def post_for(incident: Incident, kind: RequestKind, area: Area) -> Post | None:
    """The open post that sees to this kind, nearest in the tree first; None where the desk has to do it itself."""
    around = [*access.ancestors(area.path), area.path]
    rows = Post.objects.filter(
        incident=incident, state=Post.State.OPEN, kind__in=kind.posts, area__path__in=around
    ).select_related("area")
    return _best(list(rows), kind.posts)


def _best(posts: Sequence[Post], kinds: Sequence[str]) -> Post | None:
    return min(posts, key=lambda post: (-post.area.depth, kinds.index(post.kind), post.number, post.pk), default=None)
