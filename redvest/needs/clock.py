"""What the clock does for requests, once a minute: the first call is late, the end is late, a shift is over.

Each step is safe to repeat: a message is sent once for its ``dedupe`` key, a state changes once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from redvest.core import queue
from redvest.core.errors import RedVestError
from redvest.core.messages import Urgency
from redvest.duty.models import Assignment
from redvest.incidents.models import Incident
from redvest.needs import rules
from redvest.needs.actions import notices, working
from redvest.needs.actions.common import WITH
from redvest.needs.models import ENDED, IN_HAND, SETTLED, Request
from redvest.people.models import Account

# A clock that stood still does not wake people for what is long over.
LOOK_BACK = timedelta(hours=12)
# Handing over takes a few minutes after the end of the shift.
GRACE = timedelta(minutes=20)


@app.periodic(cron="* * * * *")
@app.task(name="needs.tick", queue=queue.SHORT, queueing_lock="needs.tick", lock="needs.tick")
def tick_task(timestamp: int) -> None:
    """Once a minute."""
    tick()


def tick() -> dict[str, int]:
    """Do everything that is due; how many of each."""
    now = timezone.now()
    steps: dict[str, Callable[[datetime], int]] = {
        "no_contact": alarm_no_contact,
        "overdue": alarm_overdue,
        "left_behind": hand_over,
    }
    return {name: step(now) for name, step in steps.items()}


def alarm_no_contact(now: datetime) -> int:
    """Nobody has spoken with the resident in time: those who answer for it are told, then the coordinators."""
    late = _open().filter(contacted_at=None, contact_by__lt=now, contact_by__gt=now - LOOK_BACK)
    return sum(_alarm(request, notices.NO_CONTACT, request.contact_by, now) for request in late)


def alarm_overdue(now: datetime) -> int:
    """It should be done by now."""
    late = _open().filter(due_at__lt=now, due_at__gt=now - LOOK_BACK)
    return sum(_alarm(request, notices.OVERDUE, request.due_at, now) for request in late)


def hand_over(now: datetime) -> int:
    """Whoever had a request has gone off duty since he took it, and is on no shift now: the post has it again."""
    shifts = Assignment.objects.filter(person=OuterRef("person"), state=Assignment.State.CONFIRMED)
    running = shifts.filter(shift__starts__lte=now + GRACE, shift__ends__gt=now - GRACE)
    over = shifts.filter(shift__ends__gt=OuterRef("in_hand_since"), shift__ends__lte=now - GRACE)
    rows = Request.objects.filter(Exists(over), ~Exists(running), state__in=IN_HAND)
    count = 0
    for key in rows.filter(incident__state=Incident.State.ACTIVE).values_list("pk", flat=True):
        try:
            working.release_at_shift_end(Account.objects.system(), key)
        except RedVestError:
            continue  # settled in the meantime
        count += 1
    return count


def _open() -> QuerySet[Request]:
    rows = Request.objects.filter(incident__state=Incident.State.ACTIVE)
    return rows.exclude(state__in=(*SETTLED, *ENDED)).select_related(*WITH)


def _alarm(request: Request, template: str, since: datetime, now: datetime) -> int:
    urgency = Urgency.URGENT if request.priority <= 2 else Urgency.NORMAL
    people = {account.pk: account for account in notices.desk(request)}
    if request.person is not None and request.person.account is not None:
        people[request.person.account.pk] = request.person.account
    mark = f"{template}:{request.pk}:{since:%Y%m%d%H%M}"
    with transaction.atomic():
        told = notices.to(list(people.values()), request, template, urgency, dedupe=mark)
        if now >= since + rules.COORDINATOR_AFTER or request.priority == rules.LIFE:
            above = list(notices.coordinators(request))
            told += notices.to(above, request, template, urgency, dedupe=f"{mark}:coordinators")
    return int(told > 0)
