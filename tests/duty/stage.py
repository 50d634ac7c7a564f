"""Posts and shifts for the tests of duty, in few words: ``gate = a_post(world)``, ``shift = a_shift(gate, 22, 6)``."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from redvest.duty.models import Assignment, Post, Shift
from redvest.incidents.models import Incident
from redvest.people.models import Account
from tests.world import World

ZONE = ZoneInfo("Asia/Shanghai")


def local(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """A local moment in the month of the tests; the clock stands at ``local(2, 9)``."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def a_post(world: World, *, incident: Incident | None = None, **fields: Any) -> Post:
    """A gate in 海棠社区 with two places, 500 metres from the middle of the community."""
    values = {
        "area": world.community,
        "kind": "gate",
        "name": "望江苑南门卡口",
        "minimum": 1,
        "wanted": 2,
        "maximum": 2,
        "latitude": 29.38,
        "longitude": 106.585,
    }
    return Post.objects.create(incident=incident or world.incident(), **(values | fields))


def a_shift(post: Post, day: int, hour: int, hours: float = 8, **fields: Any) -> Shift:
    """An open shift of a post, ``hours`` long, from a local hour of a day in March 2026."""
    starts = local(day, hour)
    duty_day = (starts - timedelta(hours=6)).date()
    values = {"minimum": post.minimum, "wanted": post.wanted, "maximum": post.maximum, "state": "open"}
    ends = starts + timedelta(hours=hours)
    return Shift.objects.create(post=post, starts=starts, ends=ends, duty_day=duty_day, **(values | fields))


def on(shift: Shift, account: Account, **fields: Any) -> Assignment:
    """Put somebody on a shift, as a published roster does."""
    values = {"source": "roster", "state": "confirmed"}
    return Assignment.objects.create(shift=shift, person=account.person, **(values | fields))
