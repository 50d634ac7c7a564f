"""One row of everything in 海棠社区, for the walk over all addresses: what nobody from elsewhere may ever see."""

import base64
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from redvest.core import jobs, messages
from redvest.core.models import Delivery, Grant, ImportBatch, Job, Message
from redvest.duty.models import Assignment, HandoverNote, Post, Roster, Shift, Swap, WallLink
from redvest.duty.planning.events import DROP_OUT, Event
from redvest.incidents import actions as incidents
from redvest.incidents.models import CallUp, CallUpReply, Deployment, Incident, Offer, TeamMember
from redvest.incidents.queries.call_ups import Criteria
from redvest.needs.actions.entering import Asked, ask
from redvest.needs.actions.pasting import paste_list
from redvest.needs.actions.working import give_request
from redvest.needs.models import Paste, PastedRow, Request, ResidentCode
from redvest.people.models import Availability, Organisation, Person, PersonSkill
from redvest.places.models import Area, Household
from redvest.supplies.actions import lists, medicine, moving, receiving, trips
from redvest.supplies.actions.medicine import Wanted
from redvest.supplies.models import (
    Distribution,
    Donation,
    Item,
    Location,
    MedicineRun,
    Movement,
    Parcel,
    Reservation,
    Store,
    Trip,
)
from redvest.supplies.rules.allocation import Portion
from tests.core import kinds
from tests.duty.stage import a_post, a_shift, on
from tests.supplies.shelf import a_store, an_item
from tests.world import World

assert kinds


@dataclass
class Scene:
    """The rows, by the names that the table of addresses uses."""

    area: Area
    door: Household
    person: Person
    skill: PersonSkill
    time: Availability
    organisation: Organisation
    incident: Incident
    call_up: CallUp
    reply: CallUpReply
    member: TeamMember
    order: Deployment
    offer: Offer
    post: Post
    shift: Shift
    open_shift: Shift
    assignment: Assignment
    swap: Swap
    note: HandoverNote
    roster: Roster
    repairs: Job
    hands: Job
    wall_link: WallLink
    job: Job
    delivery: Delivery
    message: Message
    desk_message: Message
    grant: Grant
    batch: ImportBatch
    request: Request
    code: ResidentCode
    paste: Paste
    pasted_row: PastedRow
    building: Area
    store: Store
    item: Item
    movement: Movement
    donation: Donation
    reservation: Reservation
    carried: Location
    draft: Distribution
    supply_list: Distribution
    trip: Trip
    parcel: Parcel
    medicine: MedicineRun


def build(world: World) -> Scene:
    """The veteran serves in 海棠社区: called up, deployed, on a shift, asking the newcomer to swap."""
    now = timezone.now()
    veteran, newcomer = world.veteran.person, world.newcomer.person
    incident = world.incident()
    criteria = Criteria(kind="volunteer", area=world.community.pk)
    call_up = incidents.send_call_up(world.office, incident.pk, criteria=criteria, wanted=3)
    member, _newcomer, _neighbour = world.team(incident, area=world.community)
    post = a_post(world, incident=incident, contact_name="卡口联系人", contact_phone="+8613900000001")
    shift = a_shift(post, 2, 9)
    assignment = on(shift, world.veteran)
    on(shift, world.newcomer)
    texts = {"zh-hans": ("海棠社区排班", "请看"), "en": ("Roster of 海棠社区", "Please look")}
    (message,) = messages.tell_text([world.veteran], texts, area_path=world.community.path)
    (desk_message,) = messages.tell_text([world.office], texts, area_path=world.community.path)
    Delivery.objects.update(state=Delivery.State.GIVEN_UP)
    incidents.want_hands(world.office, incident.pk, world.community.pk, 9)
    store, item = a_store(world), an_item(world)
    line = receiving.Received(item.pk, 40, expected=42)
    gift = receiving.Gift("海棠超市", "+8613900000002", wish="给海棠的老人")
    done = receiving.receive(
        world.worker, store.pk, [line], counted_by="蒋小琴", witness="陶立新", gift=gift, photo=PHOTO
    )
    movement = Movement.objects.get(pk=done["movement"])
    goods = movement.batches.get().pk
    moving.issue(world.worker, store.pk, {goods: 5}, veteran.pk, purpose="望江苑一栋")
    (reservation,) = moving.reserve(world.worker, store.pk, {goods: 10}, purpose="望江苑二栋")
    draft = lists.draft_list(world.worker, store.pk, world.community.pk, "海棠周二", [Portion(item.pk, 1)])
    supply_list = lists.draft_list(world.worker, store.pk, world.community.pk, "海棠周一", [Portion(item.pk, 2)])
    lists.publish_list(world.worker, supply_list.pk)
    parcel = supply_list.parcels.get(household=world.households[0])
    out = trips.send_trip(world.worker, supply_list.pk, [parcel.pk], veteran.pk, newcomer.pk)
    later = a_shift(post, 4, 9)
    wanted = on(later, world.newcomer)
    roster = Roster.objects.create(
        incident=incident,
        area=world.community,
        first_day=date(2026, 3, 3),
        last_day=date(2026, 3, 5),
        made_by=world.worker,
    )
    return Scene(
        area=world.community,
        door=world.households[0],
        person=veteran,
        skill=veteran.skills.get(skill__code="first_aid"),
        time=Availability.objects.create(person=veteran, kind="cannot", starts=now + timedelta(days=9)),
        organisation=world.organisation,
        incident=incident,
        call_up=call_up,
        reply=call_up.replies.get(person=veteran),
        member=member,
        order=member.deployments.get(),
        offer=Offer.objects.create(incident=incident, area=world.community, person=newcomer, note="我来帮忙"),
        post=post,
        shift=shift,
        open_shift=a_shift(post, 3, 9),
        assignment=assignment,
        swap=Swap.objects.create(given=assignment, wanted=wanted, other=newcomer),
        note=HandoverNote.objects.create(shift=shift, author=newcomer, open_matters="登记本第三页"),
        roster=roster,
        repairs=_repairs(world, roster, later, newcomer),
        hands=_hands(world, roster, later),
        wall_link=WallLink.objects.create(area=world.community, made_by=world.worker),
        job=jobs.start(world.worker, "test.count", {"to": 1}, world.community),
        delivery=message.deliveries.get(),
        message=message,
        desk_message=desk_message,
        grant=Grant.objects.get(account=world.worker),
        batch=ImportBatch.objects.create(
            kind="people",
            account=world.worker,
            area=world.community,
            file_name="海棠名单.xlsx",
            digest="0" * 64,
            state=ImportBatch.State.PREVIEW,
        ),
        request=a_request(world),
        code=ResidentCode.objects.create(area=world.building, made_by=world.worker),
        building=world.building,
        paste=(paste := paste_list(world.worker, world.community.pk, "1. 1-101 青菜包2份\n2. 1-502 米五斤")),
        pasted_row=paste.rows.get(position=1),
        store=store,
        item=item,
        movement=movement,
        donation=Donation.objects.get(),
        reservation=reservation,
        carried=Location.objects.get(kind=Location.Kind.CUSTODY, trip=None),
        draft=draft,
        supply_list=supply_list,
        trip=Trip.objects.get(pk=out["trip"]),
        parcel=Parcel.objects.get(pk=parcel.pk),
        medicine=medicine.open_run(
            world.worker, world.households[0].pk, Wanted("海棠牌降压药", "2盒"), {"box": None}, veteran.pk
        ),
    )


def a_request(world: World) -> Request:
    """A request that the veteran has in hand."""
    asked = Asked(
        area=world.building.pk,
        household=world.households[0].pk,
        kind="medicine",
        words="降压药只剩一天",
        contact_phone="13900000002",
    )
    made = ask(world.worker, asked)
    give_request(world.worker, made["request"], world.veteran.person.pk)
    return Request.objects.get(pk=made["request"])


PHOTO = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC")


def _repairs(world: World, roster: Roster, shift: Shift, person: Person) -> Job:
    """The menu after somebody dropped out: one repair, which takes him off."""
    arguments = {
        "roster": roster.pk,
        "event": Event(DROP_OUT, timezone.now(), person=person.pk).as_json(),
    }
    repair = {"aim": "fewest", "comes": [], "goes": [[person.pk, shift.pk]], "cost": 1000, "gaps": []}
    result = {
        "roster": roster.pk,
        "told": [[person.pk, shift.pk]],
        "hurt": [shift.pk],
        "bare": repair | {"gaps": [["under_minimum", shift.pk, 1, ""]]},
        "repairs": [repair],
    }
    return _done(world, "roster.repair", arguments, result)


def _hands(world: World, roster: Roster, shift: Shift) -> Job:
    """The answer how many people are missing: one."""
    found = {"recruits": [[[shift.pk], 480, [], False]], "at_least": 1, "heads": 1, "closed": []}
    arguments = {"roster": roster.pk, "question": {"kind": "hands"}}
    return _done(world, "roster.ask", arguments, {"roster": roster.pk, "minimum": found, "wanted": found})


def _done(world: World, kind: str, arguments: dict[str, Any], result: dict[str, Any]) -> Job:
    return Job.objects.create(
        kind=kind, account=world.worker, area=world.community, arguments=arguments, state="done", result=result
    )


# What belongs to 海棠社区 and its people, and must stand in no answer to somebody from elsewhere.
SECRETS = (
    "海棠",
    "青山社区",
    "李家沱",
    "望江苑",
    "陈老练",
    "林新来",
    "陶立新",
    "钱一帆",
    "卡口联系人",
    "登记本第三页",
    "我来帮忙",
    "13800000008",
    "13800000009",
    "13900000001",
    "13900000002",
    "降压药只剩一天",
)
