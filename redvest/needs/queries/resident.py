"""What residents see without an account: the page of their building's code, and how their request stands."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from redvest.incidents.playbooks.schema import RequestKind
from redvest.needs.models import OPEN, Request, RequestNote, ResidentCode
from redvest.needs.queries.serving import Service, serving
from redvest.needs.queries.words import door_of, kind_name, kind_of
from redvest.needs.rules import Lateness, lateness
from redvest.places.models import Area


@dataclass(frozen=True, slots=True)
class CodePage:
    """The page behind the paper in a building. ``service`` is None while no incident with a desk is active."""

    code: ResidentCode
    place: str
    service: Service | None
    desk: Area | None

    @property
    def choices(self) -> list[RequestKind]:
        return self.service.choices if self.service else []


@dataclass(frozen=True, slots=True)
class Standing:
    """How a request stands, in a resident's words: nothing that others could not know who hold the link."""

    request: Request
    number: int
    kind: str
    advice: str
    door: str
    state: str
    state_label: str
    is_open: bool
    lateness: Lateness
    due_at: datetime
    helper: str
    desk: Area
    lines: list[tuple[datetime, str]]


def by_code(token: str) -> CodePage | None:
    """The page of a code, or None for a code that does not exist (any more)."""
    code = ResidentCode.objects.select_related("area__parent__parent").filter(token=token).first()
    if code is None:
        return None
    service = serving(code.area)
    return CodePage(code, door_of(code.area, ""), service, service.desk if service else None)


def standing(token: str) -> Standing | None:
    """How the request of this link stands; a merged one shows how the other goes on, under the number he knows."""
    rows = Request.objects.select_related("area__parent__parent", "incident__playbook", "desk", "person")
    found = rows.filter(token=token).first()
    if found is None:
        return None
    number, own = found.pk, found
    if found.merged_into_id is not None:
        found = rows.get(pk=found.merged_into_id)
    kind = kind_of(own)
    return Standing(
        request=found,
        number=number,
        kind=kind_name(own),
        advice=str(kind.advice) if kind else "",
        door=door_of(own.area, own.room),
        state=str(found.state),
        state_label=str(found.get_state_display()),
        is_open=found.state in OPEN,
        lateness=lateness(found, timezone.now()),
        due_at=found.due_at,
        helper=found.person.name[:1] if found.person and found.state in ("accepted", "under_way") else "",
        desk=found.desk,
        lines=[(note.made_at, str(Request.State(note.state).label)) for note in _steps(found)],
    )


def _steps(request: Request) -> list[RequestNote]:
    """When its state changed: the first line of each state in a row."""
    kept: list[RequestNote] = []
    for note in request.notes.filter(~Q(kind="alarm")):
        if not kept or kept[-1].state != note.state:
            kept.append(note)
    return kept
