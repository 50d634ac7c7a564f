"""What the clock does for duty, once a minute: late alarms, reminders, offers that end, no-shows.

Each step is safe to repeat: a message is sent once for its ``dedupe`` key, a state changes once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from redvest.core import live, queue
from redvest.core.errors import RedVestError
from redvest.core.messages import Urgency, tell, tell_text
from redvest.core.models import Message
from redvest.duty.actions import attendance, notices, signup
from redvest.duty.models import Assignment, Shift
from redvest.duty.queries.books import book
from redvest.duty.rules import attendance as rules
from redvest.people.models import Account

REMIND_BEFORE = timedelta(hours=12)
REMIND_AT_LEAST = timedelta(hours=1)
# A clock that stood still does not wake people for what is long over.
LOOK_BACK = timedelta(hours=3)
NO_SHOW_AFTER = timedelta(minutes=30)
CHECK_OUT_REMINDER = timedelta(minutes=15)
State = Assignment.State
_WITH = ("person__account", "shift__post__area", "shift__post__incident", "shift__lead")


@app.periodic(cron="* * * * *")
@app.task(name="duty.tick", queue=queue.SHORT, queueing_lock="duty.tick", lock="duty.tick")
def tick_task(timestamp: int) -> None:
    """Once a minute."""
    tick()


def tick() -> dict[str, int]:
    """Do everything that is due; how many of each."""
    now = timezone.now()
    steps: dict[str, Callable[[datetime], int]] = {
        "expired": expire_offers,
        "offered": offer_free_places,
        "late": raise_late_alarms,
        "no_show": mark_no_shows,
        "reminded": remind,
        "check_out": remind_to_check_out,
    }
    return {name: step(now) for name, step in steps.items()}


def expire_offers(now: datetime) -> int:
    """Offers whose time is over go to the next in the list."""
    due = Assignment.objects.filter(state=State.OFFERED, confirm_by__lt=now).values_list("pk", flat=True)
    return sum(signup.expire_offer(Account.objects.system(), key) for key in list(due))


def offer_free_places(now: datetime) -> int:
    """Shifts with a free place and somebody waiting, however the place became free."""
    shifts = (
        Shift.objects.filter(
            state=Shift.State.OPEN, starts__gt=now, taken__lt=F("maximum"), assignments__state=State.WAITING
        )
        .order_by("starts")
        .values_list("pk", flat=True)
        .distinct()
    )
    return sum(len(signup.offer_places(Account.objects.system(), key)) for key in list(shifts))


def raise_late_alarms(now: datetime) -> int:
    """Ten minutes after the start: tell him and the post lead; ten more: the coordinators. Each is told once."""
    count = 0
    late = _absent(now).filter(
        shift__starts__lte=now - rules.LATE_AFTER, shift__starts__gt=now - LOOK_BACK, shift__ends__gt=now
    )
    for assignment in late:
        with transaction.atomic():
            count += _late(assignment, now)
    return count


def _late(assignment: Assignment, now: datetime) -> int:
    shift = assignment.shift
    minutes = int((now - shift.starts).total_seconds()) // 60
    account = assignment.person.account
    told = []
    if account is not None:
        told = _playbook_text(assignment, "late", Urgency.URGENT, minutes=minutes)
    more: dict[str, Any] = {"person": assignment.person.name, "minutes": minutes}
    notices.to_leads(shift, notices.NOT_HERE, Urgency.URGENT, dedupe=f"late-lead:{assignment.pk}", **more)
    if now >= shift.starts + rules.COORDINATOR_AFTER:
        tell(
            notices.coordinators(shift),
            notices.NOT_HERE,
            notices.context(shift, **more),
            link=reverse("coordinator:attendance_post", args=[shift.post_id]),
            urgency=Urgency.URGENT,
            area_path=shift.post.area.path,
            dedupe=f"late-coordinator:{assignment.pk}",
        )
    if told:
        live.announce(signup.TOPIC, shift.post.area.path)
    return len(told)


def mark_no_shows(now: datetime) -> int:
    """Half an hour after the end, whoever never came is marked so; the post lead can correct it."""
    over = _absent(now).filter(shift__ends__lte=now - NO_SHOW_AFTER, shift__ends__gt=now - timedelta(days=2))
    count = 0
    for assignment in over:
        try:
            attendance.mark_no_show(Account.objects.system(), assignment.pk)
        except RedVestError:
            continue  # somebody entered his times in this very moment
        count += 1
    return count


def remind(now: datetime) -> int:
    """Half a day before a shift (quiet hours hold it back); not for what was taken just now."""
    coming = _confirmed().filter(
        shift__starts__gt=now + REMIND_AT_LEAST,
        shift__starts__lte=now + REMIND_BEFORE,
        made_at__lt=now - REMIND_AT_LEAST,
        person__account__isnull=False,
    )
    key = Concat(Value("shift_reminder:"), Cast(OuterRef("pk"), TextField()), output_field=TextField())
    told = Message.objects.filter(account=OuterRef("person__account"), dedupe=key)
    count = 0
    for assignment in coming.exclude(Exists(told)):
        with transaction.atomic():
            count += len(_playbook_text(assignment, "shift_reminder", Urgency.NORMAL))
    return count


def remind_to_check_out(now: datetime) -> int:
    """A quarter of an hour after the end, whoever is still checked in is asked to check out."""
    there = _confirmed().filter(
        attendance__state="present",
        shift__ends__lte=now - CHECK_OUT_REMINDER,
        shift__ends__gt=now - LOOK_BACK,
        person__account__isnull=False,
    )
    for assignment in there:
        end = notices.local_clock(assignment.shift, assignment.shift.ends)
        with transaction.atomic():
            dedupe = f"check-out:{assignment.pk}"
            notices.to_person(assignment, notices.FORGOT_OUT, Urgency.NORMAL, dedupe=dedupe, more={"end": end})
    return len(there)


def _confirmed() -> QuerySet[Assignment]:
    return (
        Assignment.objects.filter(state=State.CONFIRMED)
        .exclude(shift__state=Shift.State.CANCELLED)
        .select_related(*_WITH)
        .order_by("shift__starts", "pk")
    )


def _absent(now: datetime) -> QuerySet[Assignment]:
    """Confirmed, begun lately, and nothing known about his coming."""
    return _confirmed().filter(attendance=None, shift__starts__lte=now, shift__starts__gt=now - timedelta(days=3))


def _playbook_text(assignment: Assignment, name: str, urgency: Urgency, **more: Any) -> list[Any]:
    """Tell the person in the words of the incident's playbook, once."""
    shift = assignment.shift
    post, account = shift.post, assignment.person.account
    playbook = book(post.incident.playbook_id)
    message = playbook.messages[name]
    texts = {
        "zh-hans": (message.title.zh, message.body.zh),
        "en": (message.title.en, message.body.en),
    }

    def filled(_account: Account) -> dict[str, Any]:
        kit = playbook.kits.get(playbook.posts[post.kind].kit) if post.kind in playbook.posts else None
        return {
            "incident": post.incident.title,
            "post": post.name,
            "place": post.meeting_point or post.name,
            "start": notices.local_clock(shift, shift.starts),
            "end": notices.local_clock(shift, shift.ends),
            "kit": str(kit.name) if kit else "",
            "minutes": "",
            **more,
        }

    assert account is not None
    return tell_text(
        [account],
        texts,
        filled,
        template=f"duty.{name}",
        link=reverse("volunteer:shift", args=[assignment.pk]),
        urgency=urgency,
        area_path=post.area.path,
        dedupe=f"{name}:{assignment.pk}",
    )
