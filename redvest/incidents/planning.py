"""Deployment: rows to an engine problem, and back to choices with reasons. Only this file imports the engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redvest.incidents.models import Incident, TeamMember
from redvest.places.models import Area


@dataclass(frozen=True, slots=True)
class Choice:
    """One member sent to one place, and why."""

    member: TeamMember
    area: Area
    reasons: list[dict[str, Any]]


def deployment(incident: Incident, members: Sequence[TeamMember], *, seed: int = 0) -> list[Choice]:
    """Who of `members` goes to which place of the incident that lacks hands."""
    from redvest.engine.matching import deployment as engine  # noqa: F401

    raise NotImplementedError
