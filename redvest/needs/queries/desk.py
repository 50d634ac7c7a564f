"""What the desk can choose from: the kinds of requests in force, the places it answers for."""

from dataclasses import dataclass

from redvest.core import access
from redvest.incidents.models import Incident
from redvest.incidents.playbooks.schema import RequestKind
from redvest.incidents.queries.incidents import playbook_of
from redvest.needs.models import Request
from redvest.people.models import Account
from redvest.places import queries as places
from redvest.places.models import Area


@dataclass(frozen=True, slots=True)
class Desk:
    """The actor's desk."""

    kinds: list[RequestKind]
    areas: list[Area]


def desk(actor: Account) -> Desk:
    """The kinds of the active incidents around the actor's areas, the most urgent first, and his communities."""
    communities = places.communities(actor, "needs.enter")
    around = {path for path in access.paths(actor, "needs.enter") for path in [*access.ancestors(path), path]}
    rows = Incident.objects.filter(state=Incident.State.ACTIVE).select_related("playbook", "area")
    kinds: dict[str, RequestKind] = {}
    for incident in rows.order_by("-starts"):
        below = any(incident.area.path.startswith(path) for path in access.paths(actor, "needs.enter"))
        if incident.area.path in around or below:
            for slug, kind in playbook_of(incident).requests.items():
                kinds.setdefault(slug, kind)
    return Desk(sorted(kinds.values(), key=lambda kind: kind.priority), communities)


def chats(actor: Account) -> list[tuple[Area, list[Area]]]:
    """The communities of the actor with their estates: each may have a chat of its own. Two queries."""
    communities = places.communities(actor, "needs.enter")
    rows = access.scope(actor, "needs.enter", Area.objects.filter(level=Area.Level.ESTATE)).order_by("order", "id")
    estates = list(rows)
    return [(area, [each for each in estates if each.path.startswith(area.path)]) for area in communities]


def kinds_of(request: Request) -> list[RequestKind]:
    """What the request could be sorted as."""
    return sorted(playbook_of(request.incident).requests.values(), key=lambda kind: kind.priority)
