"""The demo's presence: who came and left so far, who is missing now, what shifts left to one another."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from redvest.duty.actions.attendance import correct_attendance
from redvest.duty.models import Assignment, Attendance, HandoverNote
from redvest.incidents.models import Incident
from redvest.people.models import Account

NO_SHOWS = 0.015
EARLY = 0.03
REASONS = ("家中老人突发不适", "孩子发烧，需要接回", "身体不适，经负责人同意提前离岗")
ITEMS = (("体温枪", 2), ("对讲机", 2), ("钥匙", 3), ("登记本", 1))
MATTERS = (
    "3栋502透析患者明早6:30出门，车辆已联系，请放行并登记。",
    "7栋电梯检修，物业说上午10点恢复，老人上下楼请帮一把。",
    "西门道闸遥控器没电，已报物业更换电池。",
    "2栋1单元反映垃圾清运漏收一袋，已转社区。",
)
UNUSUAL = ("", "", "凌晨一名外卖骑手要求进入，已劝离并登记。", "凌晨2点送一名孕妇就医，120到场，随行家属一人。")


@transaction.atomic
def build(seed: int, say: Callable[[str], None]) -> None:
    """Written directly, as of the time when it happened: an action would say that all of it happened just now."""
    incident = Incident.objects.filter(state="active").order_by("pk").first()
    if incident is None:
        return
    chance, now = random.Random(seed), timezone.now()
    held = (
        Assignment.objects.filter(shift__post__incident=incident, state="confirmed", shift__starts__lte=now)
        .select_related("shift__post")
        .order_by("shift__starts", "pk")
    )
    begun = list(held)
    missing = _one_missing(begun, now)
    rows = [row for each in begun if each.pk != missing and (row := _attendance(each, chance, now)) is not None]
    Attendance.objects.bulk_create(rows)
    say(f"{len(rows)} people checked in so far")
    notes = _handovers(begun, chance, now)
    street = Account.objects.get(username="street")
    _correct_one(street, rows)
    say(f"{notes} handover notes, one corrected attendance")


def _attendance(assignment: Assignment, chance: random.Random, now: datetime) -> Attendance | None:
    """How one person came and went; None while he is not due yet."""
    shift = assignment.shift
    came = shift.starts + timedelta(seconds=chance.randint(-14 * 60, 4 * 60))
    left = shift.ends + timedelta(seconds=chance.randint(-3 * 60, 16 * 60))
    way = chance.choices(("code", "self", "lead"), (7, 2, 1))[0]
    if shift.ends < now and chance.random() < NO_SHOWS:
        return Attendance(assignment=assignment, state="no_show")
    if came > now:
        return None
    if left > now:
        return Attendance(assignment=assignment, state="present", came_at=came, came_by=way, is_fit=_fit(way))
    reason = ""
    if chance.random() < EARLY:
        left, reason = left - timedelta(minutes=chance.randint(45, 150)), chance.choice(REASONS)
    values: dict[str, Any] = {"came_at": came, "came_by": way, "left_at": left, "left_by": way, "is_fit": _fit(way)}
    return Attendance(assignment=assignment, state="done", left_early_reason=reason, **values)


def _fit(way: str) -> bool | None:
    return None if way == "lead" else True


def _one_missing(begun: list[Assignment], now: datetime) -> int | None:
    """Somebody of a running shift is not there, so that the board and the wall have something to say."""
    running = [each for each in begun if each.shift.starts <= now - timedelta(minutes=10) and each.shift.ends > now]
    return running[-1].pk if running else None


def _handovers(begun: list[Assignment], chance: random.Random, now: datetime) -> int:
    """A note from each gate shift of the last days; those of the last hours wait for somebody to take them over."""
    shifts: dict[int, list[Assignment]] = {}
    for each in begun:
        if each.shift.post.kind == "gate" and each.shift.ends <= now:
            shifts.setdefault(each.shift_id, []).append(each)
    by_post: dict[int, list[list[Assignment]]] = {}
    for crew in shifts.values():
        by_post.setdefault(crew[0].shift.post_id, []).append(crew)
    count = 0
    for crews in by_post.values():
        for number, crew in enumerate(crews[-8:]):
            after = crews[-8:][number + 1] if number + 1 < len(crews[-8:]) else None
            taker = after[0].person_id if after and after[0].person_id != crew[0].person_id else None
            note = HandoverNote.objects.create(
                shift=crew[0].shift,
                author_id=crew[0].person_id,
                items=[{"name": name, "count": wanted} for name, wanted in ITEMS],
                open_matters=chance.choice(MATTERS),
                unusual=chance.choice(UNUSUAL),
                taken_by_id=taker,
                taken_at=crew[0].shift.ends + timedelta(minutes=4) if taker else None,
            )
            written = crew[0].shift.ends - timedelta(minutes=8)
            HandoverNote.objects.filter(pk=note.pk).update(written_at=written)
            count += 1
    return count


def _correct_one(actor: Account, rows: list[Attendance]) -> None:
    """One correction, so that its trail can be seen."""
    found = next((row for row in reversed(rows) if row.state == "done" and not row.left_early_reason), None)
    if found is not None and found.came_at is not None and found.left_at is not None:
        correct_attendance(
            actor,
            found.assignment_id,
            came_at=found.came_at,
            left_at=found.left_at - timedelta(minutes=7),
            reason="交接后忘记签退，按交接记录更正",
        )
