"""How a request is named on screens and in messages: its door without more than that, and its kind."""

from redvest.incidents.playbooks.schema import RequestKind
from redvest.incidents.queries.incidents import playbook_of
from redvest.needs.models import Request
from redvest.places.models import Area

UNITS = (Area.Level.BUILDING, Area.Level.UNIT)


def kind_of(request: Request) -> RequestKind | None:
    """The kind in the incident's playbook. ``incident__playbook`` should be selected."""
    return playbook_of(request.incident).requests.get(request.kind)


def kind_name(request: Request) -> str:
    """The kind in the reader's language; its bare name when the playbook has forgotten it."""
    found = kind_of(request)
    return str(found.name) if found else request.kind


def door_words(request: Request) -> str:
    """``望江苑 3栋2单元 1203``; the area alone where no door is known."""
    return door_of(request.area, request.room)


def door_of(area: Area, room: str) -> str:
    """The place from the estate down, and the room."""
    names = [area.name]
    node = area
    while node.level in UNITS and node.parent is not None:
        node = node.parent
        names.insert(0, node.name)
    # An estate stands apart from the building, building and unit stand together: 望江苑 3栋2单元 1203.
    if node.level not in UNITS and len(names) > 1:
        names = [names[0] + " " + "".join(names[1:])]
    return " ".join(["".join(names), room]).strip()
