"""How the open posts stand now, and what the next 24 hours lack: the duty side of the situation board."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from redvest.core import access
from redvest.duty.models import Post, Shift
from redvest.duty.queries.attendance import LONGEST, ShiftNow, lines_on
from redvest.duty.rules.attendance import Seen
from redvest.people.models import Account

AHEAD = timedelta(hours=24)


@dataclass(slots=True)
class Standing:
    """One open post. Heads ``short`` lie below the minimum, in the 24 hours to come; standby counts apart."""

    incident_id: int
    area_id: int
    area_name: str
    area_path: str
    is_standby: bool
    present: int = 0
    expected: int = 0
    missing: int = 0
    on_standby: int = 0
    have: int = 0
    wanted: int = 0
    short: int = 0


def standings(actor: Account, incidents: Collection[int]) -> list[Standing]:
    """The open posts of these incidents that the actor may see; three queries however many there are."""
    rows = access.scope(actor, "duty.see", Post.objects.filter(incident__in=incidents, state=Post.State.OPEN))
    values = ("pk", "incident_id", "area_id", "area__name", "area__path", "is_standby")
    found = {key: Standing(*rest) for key, *rest in rows.order_by("area__path", "number", "pk").values_list(*values)}
    now = timezone.now()
    running = _count_coming(found, now)
    by_key = {shift.shift_id: shift for _post, shift in running}
    for shift_id, line in lines_on(list(by_key), now):
        by_key[shift_id].lines.append(line)
    for post, shift in running:
        post.missing += shift.count(Seen.MISSING)
        if post.is_standby:
            post.on_standby += shift.present
        else:
            post.present += shift.present
            post.expected += shift.wanted
    return list(found.values())


def _count_coming(found: dict[int, Standing], now: datetime) -> list[tuple[Standing, ShiftNow]]:
    """Add up what the next 24 hours want and have; answers the shifts that run now."""
    near = Shift.objects.filter(post__in=list(found), starts__gte=now - LONGEST, starts__lt=now + AHEAD, ends__gt=now)
    rows = near.exclude(state=Shift.State.CANCELLED).order_by("starts", "pk")
    running = []
    values = ("post_id", "pk", "starts", "ends", "minimum", "wanted", "maximum", "taken")
    for post_id, key, starts, ends, minimum, wanted, maximum, taken in rows.values_list(*values):
        post, here = found[post_id], ShiftNow(key, starts, ends, minimum, wanted, maximum)
        post.have += taken
        post.wanted += here.wanted
        post.short += max(0, here.minimum - taken)
        if here.starts <= now:
            running.append((post, here))
    return running
