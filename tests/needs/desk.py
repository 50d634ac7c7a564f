"""A small desk for the tests: an incident with a supply point, people on duty there, and requests."""

from datetime import timedelta
from typing import Any

from redvest.duty.models import Post
from redvest.incidents.models import Incident
from redvest.needs.actions.entering import Asked, ask
from redvest.needs.models import Request
from redvest.people.models import Account
from redvest.places.models import Area
from tests.duty.stage import a_post, a_shift, on
from tests.world import World


class Stage:
    """海棠社区 in an epidemic: a supply point where the veteran and the newcomer are on duty right now."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.incident: Incident = world.incident()
        self.post: Post = a_post(world, incident=self.incident, kind="supply", name="海棠社区物资保供点")
        self.shift = a_shift(self.post, 2, 8, hours=6)
        world.team(self.incident, area=world.community)
        self.on_duty = [on(self.shift, world.veteran), on(self.shift, world.newcomer)]

    def request(self, kind: str = "daily_goods", *, by: Account | None = None, **fields: Any) -> Request:
        """A request taken down by the community worker, from the first household unless told otherwise."""
        values: dict[str, Any] = {
            "area": self.world.building.pk,
            "household": self.world.households[0].pk,
            "kind": kind,
            "words": "家里没有米和菜了",
        }
        made = ask(by or self.world.worker, Asked(**(values | fields)))
        return Request.objects.get(pk=made["request"])

    def far(self) -> Area:
        return self.world.far_community


def again(request: Request) -> Request:
    """The row as it is in the database now."""
    return Request.objects.get(pk=request.pk)


LATER = timedelta(hours=1)
