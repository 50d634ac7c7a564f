"""The demo's posts, shifts and rosters: fourteen days around today, drafted by the engine and published by a person."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from redvest.demo.clock import as_of
from redvest.demo.incident import UNTIL_DEPLOYED
from redvest.duty.actions.publishing import publish_roster
from redvest.duty.actions.rosters import create_roster
from redvest.duty.actions.shifts import generate_shifts
from redvest.duty.actions.solving import store_solution
from redvest.duty.models import Assignment, Post, Roster
from redvest.duty.planning.material import gather
from redvest.duty.planning.patterns import Times, duty_day
from redvest.duty.planning.problem import cells_of, plan_for
from redvest.duty.planning.pure import solve_here
from redvest.incidents.models import Incident
from redvest.people.models import Account
from redvest.workflows.count_hands import close_post, edit_post

BEFORE, AFTER = timedelta(days=3), timedelta(days=10)
SECONDS = 5
# How many posts of a kind the team can hold, and with how many heads: (posts, minimum, wanted, maximum).
HELD = {
    "gate": (3, 2, 2, 3),
    "sampling": (2, 2, 3, 8),
    "supply": (1, 2, 3, 8),
    "order": (1, 2, 2, 4),
    "standby_desk": (1, 1, 2, 4),
}
MEETING = {
    "gate": "小区大门岗亭",
    "sampling": "社区广场帐篷",
    "supply": "社区服务中心一楼",
    "standby_desk": "街道值班室",
}


@transaction.atomic
def build(seed: int, say: Callable[[str], None]) -> None:
    """By the same actions as in real life, as they were done when the incident began."""
    incident = Incident.objects.select_related("playbook", "area").filter(state="active").order_by("pk").first()
    if incident is None:
        return
    street = Account.objects.get(username="street")
    today = duty_day(timezone.now(), ZoneInfo(incident.time_zone))
    posts = _fit_to_the_team(street, incident)
    days = (today - BEFORE, today + AFTER)
    shifts = sum(generate_shifts(street, [post.pk], *days, times=_times(post)).made for post in posts)
    say(f"{len(posts)} posts with {shifts} shifts")
    places = _roster(street, incident, today - BEFORE, today + AFTER, seed)
    say(f"A published roster with {places} places")


def _fit_to_the_team(actor: Account, incident: Incident) -> list[Post]:
    """The level opened more posts than the team can hold: keep the first of each kind, close the others."""
    kept = []
    seen: dict[str, int] = {}
    for post in Post.objects.filter(incident=incident, state="open").order_by("kind", "number"):
        number, minimum, wanted, maximum = HELD.get(post.kind, (0, 1, 1, 1))
        seen[post.kind] = seen.get(post.kind, 0) + 1
        if seen[post.kind] > number:
            close_post(actor, post.pk)
            continue
        changes: dict[str, Any] = {"minimum": minimum, "wanted": wanted, "maximum": maximum}
        changes["meeting_point"] = MEETING.get(post.kind, "")
        if post.kind == "sampling":
            changes["skills"] = [{"skill": "sampling_helper", "heads": 1}]
        if post.kind == "gate" and seen[post.kind] == number:
            changes["pattern"] = "two_group"  # two groups in turn, day and night
        kept.append(edit_post(actor, post.pk, changes))
    return kept


def _times(post: Post) -> list[Times]:
    """One turn a day where the team cannot hold more: the second sampling station, the supply point, order keeping."""
    one = {"supply": Times(9 * 60, 14 * 60, "白班"), "order": Times(7 * 60 + 30, 12 * 60, "早班")}
    if post.kind == "sampling" and post.number > 1:
        return [Times(7 * 60, 11 * 60, "早班")]
    return [one[post.kind]] if post.kind in one else []


def _roster(actor: Account, incident: Incident, first: date, last: date, seed: int) -> int:
    """Draft, solve and publish as of the incident's beginning; answers how many places were filled."""
    began = incident.starts
    roster = create_roster(actor, incident.pk, incident.area_id, first, last, now=began)
    row = Roster.objects.select_related("area", "incident__playbook").get(pk=roster.pk)
    plan = plan_for(gather(row, began), cells_of(row.pk))
    store_solution(actor, plan, solve_here(plan.problem, SECONDS, seed, plan.answer))
    row.refresh_from_db()
    with as_of(began + UNTIL_DEPLOYED):
        publish_roster(actor, row.pk, row.revision, now=began)
    return Assignment.objects.filter(shift__post__incident=incident, state="confirmed").count()
