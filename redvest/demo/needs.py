"""The demo's residents: what they asked for in the last days, what is under way, late, settled and called back."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from redvest.duty.models import Assignment
from redvest.incidents.models import Incident
from redvest.needs import rules
from redvest.needs.actions.codes import make_codes
from redvest.needs.models import Request, RequestNote
from redvest.needs.queries.serving import Service, post_for, serving
from redvest.people.models import Account, Person
from redvest.places.models import Area, Household

# kind, words, how it came, the need flag that such a household has
WISHES: Sequence[tuple[str, str, str, str]] = (
    ("medicine", "降压药氨氯地平只剩两天的量，空药盒在门口", "phone", "chronic_medicine"),
    ("medicine", "胰岛素笔芯用完了，要冷藏送", "code", "insulin"),
    ("hospital", "明早七点透析，区医院，需要接送和陪护", "phone", "dialysis"),
    ("hospital", "孕38周，明天下午产检", "code", "pregnant"),
    ("infant", "二段奶粉一罐，尿不湿L码一包", "code", "infant"),
    ("daily_goods", "米五斤、鸡蛋两板、青菜若干，老人一个人在家", "phone", "lone_elderly"),
    ("daily_goods", "家里断菜了，四口人", "code", ""),
    ("daily_goods", "卫生纸两提，洗洁精一瓶", "chat", ""),
    ("daily_goods", "要一桶油，五斤面粉", "chat", ""),
    ("waste", "楼道垃圾两天没有收，有异味", "code", ""),
    ("counselling", "一个人住，睡不着，想找人说说话", "phone", "lone_elderly"),
    ("other", "家里断网，孩子上不了网课", "code", ""),
    ("other", "煤气灶打不着火，请物业看看", "phone", "elderly_couple"),
)
# state, hours since it was asked, share
STANDS = (
    ("new", (0.05, 0.6), 4),
    ("verified", (0.2, 5.0), 9),
    ("accepted", (0.3, 2.0), 5),
    ("under_way", (0.4, 1.5), 3),
    ("unknown", (6.0, 9.0), 1),
    ("done", (2.0, 8.0), 5),
    ("not_done", (3.0, 9.0), 1),
    ("referred", (5.0, 20.0), 1),
    ("closed", (10.0, 60.0), 22),
)
OUTCOMES = {
    "done": ("已放在门口，居民取走", "", "当面交给本人"),
    "not_done": ("药店缺这个规格，明早再去",),
    "referred": ("已转街道民政办，联系人在案",),
    "closed": ("居民确认收到", "回访满意", "家人已自行解决"),
}


@transaction.atomic
def build(seed: int, say: Callable[[str], None]) -> None:
    """Written directly, as of the time when it happened: an action would say that all of it happened just now."""
    incident = Incident.objects.filter(state="active").order_by("pk").first()
    if incident is None:
        return
    chance, now = random.Random(seed), timezone.now()
    worker = Account.objects.get(username="worker1")
    made = [
        _request(chance, now, community, state, hours)
        for community in _communities(incident)
        for state, hours, share in STANDS
        for _number in range(max(1, share * 2 // 3))
    ]
    buildings = make_codes(worker, worker.grants.values_list("area", flat=True)[0])
    say(f"{sum(request is not None for request in made)} requests of residents, codes for {len(buildings)} buildings")


def _communities(incident: Incident) -> list[Area]:
    """The communities with registered households."""
    paths = Household.objects.values_list("area__path", flat=True).distinct()
    keys = {int(key) for path in paths for key in path.strip("/").split("/")}
    return list(Area.objects.filter(pk__in=keys, level="community", path__startswith=incident.area.path))


def _request(
    chance: random.Random, now: datetime, community: Area, state: str, hours: tuple[float, float]
) -> Request | None:
    kind, words, source, flag = chance.choice(WISHES)
    doors = Household.objects.filter(area__path__startswith=community.path).select_related("area__parent__parent")
    doors = doors.filter(needs__contains=[flag]) if flag else doors
    count = doors.count()
    if not count:
        return None
    door = doors.order_by("pk")[chance.randrange(count)]
    service = serving(door.area)
    if service is None:
        return None
    asked = now - timedelta(hours=chance.uniform(*hours))
    request = _row(service, door, (kind, words, source), asked, state)
    person = _somebody(chance, request, now) if state in ("accepted", "under_way", "done") else None
    if state in ("accepted", "under_way") and person is None:
        request.state = state = "verified"
    if person is not None:
        request.person, request.in_hand_since = person, asked + timedelta(minutes=chance.randint(5, 15))
    _finish(chance, request, state, asked, now)
    request.save()
    _notes(request, asked)
    return request


def _row(service: Service, door: Household, wish: tuple[str, str, str], asked: datetime, state: str) -> Request:
    kind = service.kinds[wish[0]]
    clock = rules.clock_of(kind, asked)
    return Request(
        incident=service.incident,
        area=door.area,
        household=door,
        room=door.room,
        kind=kind.slug,
        priority=kind.priority,
        is_vulnerable=rules.goes_first(door.needs),
        words=wish[1],
        contact_name=door.contact_name,
        contact_phone=door.contact_phone,
        source=wish[2],
        state=state,
        desk=service.desk,
        post=post_for(service.incident, kind, door.area),
        taken_by=None if wish[2] == "code" else Account.objects.get(username="worker1"),
        asked_at=asked,
        contact_by=clock.contact_by,
        due_at=clock.due_at,
        contacted_at=None if state == "new" else asked + timedelta(minutes=4),
    )


def _somebody(chance: random.Random, request: Request, now: datetime) -> Person | None:
    """Somebody on duty at its post now, else in its community."""
    running = Assignment.objects.filter(state="confirmed", shift__starts__lte=now, shift__ends__gt=now)
    rows = running.filter(shift__post=request.post_id) if request.post_id else running.none()
    rows = rows if rows.exists() else running.filter(shift__post__area__path__startswith=request.desk.path)
    people = list(rows.select_related("person").order_by("person_id"))
    return chance.choice(people).person if people else None


def _finish(chance: random.Random, request: Request, state: str, asked: datetime, now: datetime) -> None:
    if state not in OUTCOMES:
        return
    settled = min(now - timedelta(minutes=5), asked + timedelta(minutes=chance.randint(25, 300)))
    request.settled_at, request.outcome = settled, chance.choice(OUTCOMES[state])
    if state == "closed":
        request.ended_at, request.called_back_at = settled, settled
        request.ended_by = Account.objects.get(username="worker1")


def _notes(request: Request, asked: datetime) -> None:
    system, worker = Account.objects.system(), Account.objects.get(username="worker1")
    by = system if request.source == "code" else worker
    lines = [("asked", "new" if request.source == "code" else "verified", request.words, by, asked)]
    if request.in_hand_since is not None:
        lines.append(("state", "accepted", "", worker, request.in_hand_since))
    if request.settled_at is not None:
        lines.append(("state", request.state, request.outcome, worker, request.settled_at))
    RequestNote.objects.bulk_create(
        RequestNote(request=request, kind=kind, state=state, words=words, made_by=who, made_at=at)
        for kind, state, words, who, at in lines
    )
