"""Deployment proposed and published: incidents moves the people, duty says what each place wants and hands out."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from redvest.core import access
from redvest.duty.models import Post
from redvest.incidents import actions, queries
from redvest.incidents.queries.incidents import HOST_LEVELS
from redvest.places.models import Area
from redvest.workflows.count_hands import count_hands

if TYPE_CHECKING:
    from redvest.people.models import Account


@transaction.atomic
def propose_deployment(actor: "Account", incident: int) -> int:
    """Count the hands that the posts want now, then let the engine propose."""
    count_hands(actor, incident)
    return actions.propose_deployment(actor, incident)


@transaction.atomic
def publish_deployment(
    actor: "Account", incident: int, *, meet_at: datetime | None = None, places: Mapping[int, str] | None = None
) -> int:
    """Publish the drafts; an order names the protection that the posts of its place hand out."""
    return actions.publish_deployment(actor, incident, meet_at=meet_at, places=places, kit=_kits(actor, incident))


def _kits(actor: "Account", incident: int) -> dict[int, list[dict[str, Any]]]:
    """By community: each item of its posts' kits once."""
    row = queries.incidents.incident(actor, incident)
    posts = Post.objects.filter(incident=row, state=Post.State.OPEN).select_related("area")
    hosts = dict(Area.objects.filter(path__startswith=row.area.path, level__in=HOST_LEVELS).values_list("path", "pk"))
    found: defaultdict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    for post in access.scope(actor, "duty.see", posts):
        above = (post.area.path, *access.ancestors(post.area.path))
        place = next((hosts[path] for path in above if path in hosts), row.area_id)
        for item in post.kit:
            found[place].setdefault(item["item"], item)
    return {place: list(items.values()) for place, items in found.items()}
