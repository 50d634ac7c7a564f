"""A request comes in: at the phone desk, at the door, from a list, or by the code on the building's paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live, outbox
from redvest.core.errors import Refused
from redvest.core.messages import Urgency
from redvest.core.sheets import cells
from redvest.needs import rules
from redvest.needs.actions import notices
from redvest.needs.actions.common import TOPIC, Kind, State
from redvest.needs.models import OPEN, Request, RequestNote, ResidentCode
from redvest.needs.queries.serving import Service, post_for, serving
from redvest.people.models import Account
from redvest.places.models import Area, Household

Source = Request.Source

# What one door, and one building's code, may send before somebody has to look: a joke or a stuck phone, no need.
MOST_FROM_A_DOOR = 8
MOST_FROM_A_CODE = 120
WINDOW = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody needs, as it was taken down. ``household`` or ``room`` where the door is known."""

    area: int
    kind: str
    words: str = ""
    household: int | None = None
    room: str = ""
    items: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    contact_name: str = ""
    contact_phone: str = ""
    source: str = Source.PHONE
    priority: int | None = None


@transaction.atomic
def ask(actor: Account, asked: Asked, *, key: str | None = None) -> dict[str, Any]:
    """Take a request down for a resident: it is checked by being spoken, and goes to the post that sees to it."""

    def run() -> dict[str, Any]:
        area = access.fetch(actor, "needs.enter", Area.objects.select_related("parent__parent"), pk=asked.area)
        household = None
        if asked.household is not None:
            doors = Household.objects.select_related("area__parent__parent")
            household = access.fetch(actor, "needs.enter", doors, pk=asked.household)
        request = _create(actor, asked, area, household, State.VERIFIED)
        return {"request": request.pk}

    return outbox.once(actor, key, "needs.ask", run)


@transaction.atomic
def ask_by_code(token: str, asked: Asked, *, anyway: bool = False) -> Request:
    """A resident asks on the page of his building's code. Who asks again for the same opens what is open already.

    ``asked.area`` and ``asked.source`` are given by the code. With ``anyway`` he said that it is something else.
    """
    # Locked, so that a form sent twice at once finds the request that the first one made.
    codes = ResidentCode.objects.select_for_update(of=("self",)).select_related("area__parent__parent")
    code = codes.filter(token=token).first()
    if code is None:
        raise Refused(_("This code is not in use any more. Ask your community for the new paper."))
    system = Account.objects.system()
    household = _at_door(code.area, asked.room)
    with audit.via("link"):
        again = None if anyway else _same(household, code.area, asked)
        if again is not None:
            return _once_more(system, again, asked)
        _refuse_flood(code.area, household, asked.room)
        return _create(system, asked, code.area, household, State.NEW)


def _create(actor: Account, asked: Asked, area: Area, household: Household | None, state: str) -> Request:
    now = timezone.now()
    service = _service(area)
    kind = service.kinds.get(asked.kind)
    if kind is None:
        raise Refused(_("This kind of request is not known here. Choose one of the list."))
    words, items = asked.words.strip(), _items(asked.items)
    where = household.area if household is not None else area
    clock = rules.clock_of(kind, now)
    request = Request.objects.create(
        incident=service.incident,
        area=where,
        household=household,
        room=(household.room if household is not None else asked.room.strip())[:20],
        kind=kind.slug,
        priority=_priority(asked.priority, kind.priority),
        is_vulnerable=household is not None and rules.goes_first(household.needs),
        words=words or ("" if items else str(kind.ask)),
        items=items,
        contact_name=asked.contact_name.strip()[:40] or (household.contact_name if household else ""),
        contact_phone=_phone(asked.contact_phone) or (household.contact_phone if household else ""),
        source=asked.source,
        state=state,
        desk=service.desk,
        post=post_for(service.incident, kind, where),
        taken_by=None if actor.is_system else actor,
        asked_at=now,
        contact_by=clock.contact_by,
        due_at=clock.due_at,
        contacted_at=now if state == State.VERIFIED else None,
    )
    RequestNote.objects.create(
        request=request, kind=Kind.ASKED, state=state, words=request.words[:500], made_by=actor, made_at=now
    )
    audit.record(actor, "needs.asked", request, area_path=where.path, detail={"source": str(request.source)})
    live.announce(TOPIC, where.path)
    if request.priority == rules.LIFE:
        _cry_out(request)
    return request


def _service(area: Area) -> Service:
    found = serving(area)
    if found is None:
        raise Refused(_("No emergency service is running here at present. Call the community office."))
    return found


def _cry_out(request: Request) -> None:
    people = {account.pk: account for account in [*notices.desk(request), *notices.coordinators(request)]}
    notices.to(list(people.values()), request, notices.LIFE, Urgency.URGENT, dedupe=f"needs-life:{request.pk}")


def _priority(wanted: int | None, usual: int) -> int:
    if wanted is None:
        return usual
    if wanted not in (1, 2, 3, 4):
        raise Refused(_("The urgency is a number from 1 (life in danger) to 4 (convenience)."))
    return wanted


def _items(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    kept = []
    for item in items:
        name = str(item.get("name", "")).strip()[:60]
        if not name:
            raise Refused(_("Every item needs a name. Remove the empty line."))
        kept.append({"name": name, "quantity": item.get("quantity", 1), "unit": str(item.get("unit", ""))[:10]})
    return kept


def _phone(text: str) -> str:
    """The number in one spelling; what is no number is refused, for nobody could be called back."""
    if not text.strip():
        return ""
    try:
        return str(cells.phone(text).value)
    except cells.Wrong as error:
        raise Refused(_("This is no telephone number. Correct it, or leave it empty.")) from error


def _at_door(area: Area, room: str) -> Household | None:
    """The one registered household with this room below the code's area; None where there are none or several."""
    try:
        spelled = cells.room(room).value if room.strip() else None
    except cells.Wrong:  # kept as it was written; whoever calls back finds the door
        spelled = None
    if not spelled:
        return None
    rows = Household.objects.filter(area__path__startswith=area.path, room=spelled)
    found = list(rows.select_related("area__parent__parent")[:2])
    return found[0] if len(found) == 1 else None


def _same(household: Household | None, area: Area, asked: Asked) -> Request | None:
    """An open request of the same kind from the same door, or the same phone."""
    phone = _phone(asked.contact_phone)
    same = Q(household=household) if household is not None else Q(pk__in=[])
    if phone:
        same |= Q(contact_phone=phone, area__path__startswith=area.path)
    rows = Request.objects.select_for_update(of=("self",)).filter(same, state__in=OPEN, kind=asked.kind)
    return rows.select_related("area").order_by("-asked_at").first()


def _once_more(system: Account, request: Request, asked: Asked) -> Request:
    now = timezone.now()
    words = asked.words.strip() or _("Asked once more.")
    RequestNote.objects.create(
        request=request, kind=Kind.RESIDENT, state=request.state, words=words[:500], made_by=system, made_at=now
    )
    audit.record(system, "needs.asked_again", request, area_path=request.area.path)
    live.announce(TOPIC, request.area.path)
    return request


def _refuse_flood(area: Area, household: Household | None, room: str) -> None:
    since: datetime = timezone.now() - WINDOW
    recent = Request.objects.filter(source=Source.CODE, asked_at__gte=since, area__path__startswith=area.path)
    door = recent.filter(household=household) if household is not None else recent.filter(room=room.strip()[:20])
    if door.count() >= MOST_FROM_A_DOOR or recent.count() >= MOST_FROM_A_CODE:
        raise Refused(_("Very much was asked from here just now. Please call the community office instead."))
