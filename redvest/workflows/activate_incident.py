"""An emergency begins, or its level changes: the incident, the posts of its level, and the hands that they want."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from redvest.duty.actions.posts import open_posts_from_playbook
from redvest.duty.models import Post
from redvest.incidents import actions, queries
from redvest.incidents.models import Incident
from redvest.workflows.count_hands import count_hands

if TYPE_CHECKING:
    from redvest.people.models import Account


@dataclass(frozen=True, slots=True)
class Opened:
    incident: Incident
    posts: list[Post]


@transaction.atomic
def activate_incident(
    actor: "Account",
    *,
    playbook: int,
    area: int,
    level: int,
    title: str,
    starts: datetime,
    expected_end: datetime | None = None,
    is_drill: bool = False,
    focus: Collection[int] = (),
) -> Opened:
    """Activate, open the posts of the level, count the hands they want; all of it or nothing."""
    incident = actions.activate_incident(
        actor,
        playbook=playbook,
        area=area,
        level=level,
        title=title,
        starts=starts,
        expected_end=expected_end,
        is_drill=is_drill,
        focus=focus,
    )
    posts = open_posts_from_playbook(actor, incident, level, incident.area)
    count_hands(actor, incident.pk)
    return Opened(incident, posts)


@transaction.atomic
def change_level(actor: "Account", incident: int, level: int) -> Opened:
    """Raising the level opens the posts it adds; lowering closes none, people decide which to give up."""
    before = actions.change_level(actor, incident, level)
    row = queries.incidents.incident(actor, incident)
    posts = open_posts_from_playbook(actor, row, level, row.area) if level < before else []
    count_hands(actor, incident)
    return Opened(row, posts)
