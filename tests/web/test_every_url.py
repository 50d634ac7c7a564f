"""Invariant 8: no page shows a row outside the actor's areas. One walk over all addresses as everybody.

Each address stands in the table with what one must be allowed to do. An address without an entry fails, so nothing can
be added without saying who may see it. What each role may do is ``core.roles``; that ``access`` gives the right areas
is tested in core; here every screen is held to both.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from redvest.core import access
from redvest.people.models import Account
from tests.web.scene import SECRETS, Scene, build
from tests.world import World

HTMX = {"HX-Request": "true"}


@dataclass(frozen=True)
class Address:
    """Who may use an address. ``parts`` are names of the scene's rows for its ``<int:pk>`` and so on.

    ``action`` (for POST ``post``, if given): whose role allows it, at the row's area when ``parts`` are given, else
    anywhere; ``own``: also these people, because the row is theirs; ``anybody``: everybody, even without an account;
    ``signed_in``: every account; ``serving``: every account of a person who serves.
    """

    action: str = ""
    parts: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    anybody: bool = False
    signed_in: bool = False
    serving: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    area: str = "community"
    post: str = ""


def at(action: str, *parts: str, area: str = "community", **data: Any) -> Address:
    """A screen of the desk about one row."""
    return Address(action, parts, data=data, area=area)


def desk(action: str) -> Address:
    """A screen of the desk that begins with what one may see."""
    return Address(action)


def mine(*parts: str, by: tuple[str, ...] = ("veteran",), **data: Any) -> Address:
    """A screen of the phone about one's own row."""
    return Address(parts=parts, own=by, data=data)


SERVE_HERE = ("veteran", "newcomer", "neighbour", "lead")
ANYBODY = Address(anybody=True)
SIGNED_IN = Address(signed_in=True)
SERVING = Address(serving=True)

ADDRESSES: dict[str, Address] = {
    # without an account
    "public:home": ANYBODY,
    "public:health": ANYBODY,
    "public:calendar": Address(anybody=True, parts=("person.calendar_token",)),
    "public:wall": Address(anybody=True, parts=("wall_link.token",)),
    "offline:manifest": ANYBODY,
    "offline:worker": ANYBODY,
    "offline:page": ANYBODY,
    "set_language": ANYBODY,
    "account_login": ANYBODY,
    "volunteer:answer_link": Address(anybody=True, parts=("reply.token",)),
    # with an account
    "public:account": SIGNED_IN,
    "coordinator:inbox": SIGNED_IN,
    "coordinator:inbox_read_all": SIGNED_IN,
    "coordinator:message": Address(parts=("desk_message.pk",), own=("office",)),
    "volunteer:inbox": SIGNED_IN,
    "volunteer:inbox_read_all": SIGNED_IN,
    "volunteer:message": mine("message.pk"),
    "styleguide:guide": desk("core.grant"),
    "styleguide:guide-in": Address("core.grant", ("=volunteer",), area=""),
    "styleguide:wall": desk("core.grant"),
    # administration
    "coordinator:roles": desk("core.grant"),
    "coordinator:role_take": at("core.grant", "grant.pk"),
    "coordinator:unlock": desk("core.grant"),
    "coordinator:trail": desk("core.see_audit"),
    "coordinator:reveals": desk("core.see_audit"),
    "coordinator:deliveries": desk("core.see_deliveries"),
    "coordinator:delivery_again": at("core.see_deliveries", "delivery.pk"),
    "coordinator:jobs": desk("core.see_jobs"),
    "coordinator:job": at("core.see_jobs", "job.pk"),
    "coordinator:job_cancel": Address("core.cancel_job", ("job.pk",), own=("worker",)),
    # incidents
    "coordinator:situation": desk("incidents.see"),
    "coordinator:activate": desk("incidents.activate"),
    "coordinator:incident": at("incidents.see", "incident.pk"),
    "coordinator:incident_tick": at("incidents.direct", "incident.pk", area="street"),
    "coordinator:incident_level": at("incidents.direct", "incident.pk", area="street"),
    "coordinator:incident_end": at("incidents.direct", "incident.pk", area="street"),
    "coordinator:incident_close": at("incidents.direct", "incident.pk", area="street"),
    "coordinator:playbooks": Address("incidents.activate", own=("administrator",), post="incidents.install_playbook"),
    "coordinator:callups": desk("incidents.call_up"),
    "coordinator:incident_callups": at("incidents.call_up", "incident.pk", area="street"),
    "coordinator:callup_build": at("incidents.call_up", "incident.pk", area="street"),
    "coordinator:callup": at("incidents.call_up", "call_up.pk", area="street"),
    "coordinator:callup_note": at("incidents.call_up", "call_up.pk", "reply.pk", area="street"),
    "coordinator:callup_nudge": at("incidents.call_up", "call_up.pk", area="street"),
    "coordinator:callup_wave": at("incidents.call_up", "call_up.pk", area="street"),
    "coordinator:callup_stand_down": at("incidents.call_up", "call_up.pk", area="street"),
    "coordinator:callup_close": at("incidents.call_up", "call_up.pk", area="street"),
    "coordinator:deployment": desk("incidents.deploy"),
    "coordinator:deploy": at("incidents.deploy", "incident.pk", area="street"),
    "coordinator:deploy_propose": at("incidents.deploy", "incident.pk", area="street"),
    "coordinator:deploy_move": at(
        "incidents.deploy", "incident.pk", area="street", member="member.pk", area_="area.pk"
    ),
    "coordinator:deploy_recall": at("incidents.deploy", "incident.pk", area="street", member="member.pk"),
    "coordinator:deploy_want": at("incidents.deploy", "incident.pk", area="street", area_="area.pk", wanted="=3"),
    "coordinator:deploy_publish": at("incidents.deploy", "incident.pk", area="street"),
    "coordinator:offers": desk("incidents.accept_offer"),
    "coordinator:offer_decide": at("incidents.accept_offer", "offer.pk"),
    # duty
    "coordinator:posts": desk("duty.see"),
    "coordinator:post_new": at("duty.plan", "incident.pk"),
    "coordinator:post": at("duty.see", "post.pk"),
    "coordinator:post_edit": at("duty.plan", "post.pk"),
    "coordinator:post_close": at("duty.plan", "post.pk"),
    "coordinator:post_reopen": at("duty.plan", "post.pk"),
    "coordinator:post_make_shifts": at("duty.plan", "post.pk"),
    "coordinator:post_undo_shifts": at("duty.plan", "post.pk"),
    "coordinator:post_add_shift": at("duty.plan", "post.pk"),
    "coordinator:shift": at("duty.see", "shift.pk"),
    "coordinator:shift_edit": at("duty.plan", "shift.pk"),
    "coordinator:shift_cancel": at("duty.plan", "shift.pk"),
    "coordinator:shift_sign_up": at("duty.plan", "shift.pk"),
    "coordinator:shift_replacements": at("duty.assign", "shift.pk"),
    "coordinator:shift_assign": at("duty.assign", "shift.pk", person="person.pk"),
    "coordinator:shift_take_off": at("duty.assign", "shift.pk", "assignment.pk"),
    "coordinator:shift_sign_sheet": at("duty.see", "shift.pk"),
    "coordinator:rosters": desk("duty.see"),
    "coordinator:roster_new": desk("duty.plan"),
    "coordinator:roster": at("duty.see", "roster.pk"),
    "coordinator:roster_solve": at("duty.plan", "roster.pk"),
    "coordinator:roster_progress": at("duty.see", "roster.pk"),
    "coordinator:roster_stop": at("duty.plan", "roster.pk"),
    "coordinator:roster_refresh": at("duty.plan", "roster.pk"),
    "coordinator:roster_discard": at("duty.plan", "roster.pk"),
    "coordinator:roster_again": at("duty.plan", "roster.pk"),
    "coordinator:roster_publish": at("duty.publish", "roster.pk"),
    "coordinator:roster_groups": at("duty.plan", "roster.pk"),
    "coordinator:roster_ways": at("duty.see", "roster.pk", shift="open_shift.pk"),
    "coordinator:roster_repair": at("duty.plan", "roster.pk"),
    "coordinator:roster_repairs": at("duty.plan", "roster.pk", "repairs.pk"),
    "coordinator:roster_repair_choose": at("duty.plan", "roster.pk", "repairs.pk"),
    "coordinator:roster_repairs_pdf": at("duty.plan", "roster.pk", "repairs.pk"),
    "coordinator:roster_what_if": at("duty.plan", "roster.pk"),
    "coordinator:roster_answer": at("duty.plan", "roster.pk", "hands.pk"),
    "coordinator:roster_report": at("duty.see", "roster.pk"),
    "coordinator:roster_cell": at("duty.see", "roster.pk", shift="open_shift.pk"),
    "coordinator:roster_preview": at("duty.plan", "roster.pk"),
    "coordinator:roster_change": at("duty.plan", "roster.pk"),
    "coordinator:roster_exception": at("duty.plan", "roster.pk"),
    "coordinator:roster_pin": at("duty.plan", "roster.pk"),
    "coordinator:roster_undo": at("duty.plan", "roster.pk"),
    "coordinator:roster_pdf": at("duty.see", "roster.pk"),
    "coordinator:roster_xlsx": at("duty.see", "roster.pk"),
    "coordinator:roster_sign_sheets": at("duty.see", "roster.pk", day="=2026-03-03"),
    "coordinator:attendance": desk("duty.see"),
    "coordinator:attendance_post": at("duty.see", "post.pk"),
    "coordinator:attendance_code": at("duty.see", "post.pk"),
    "coordinator:attendance_in": at("duty.check_in", "post.pk", "assignment.pk"),
    "coordinator:attendance_out": at("duty.check_in", "post.pk", "assignment.pk"),
    "coordinator:attendance_no_show": at("duty.correct_attendance", "post.pk", "assignment.pk"),
    "coordinator:attendance_call": at("people.reveal", "post.pk", "assignment.pk"),
    "coordinator:attendance_correct": at("duty.correct_attendance", "post.pk", "assignment.pk"),
    "coordinator:approve_swap": at("duty.approve_swap", "swap.pk"),
    "coordinator:refuse_swap": at("duty.approve_swap", "swap.pk"),
    "coordinator:wall": desk("duty.see_wall"),
    "coordinator:wall_of": at("duty.see_wall", "area.pk"),
    "coordinator:wall_links": desk("duty.plan"),
    "coordinator:wall_link_make": at("duty.plan", area_="area.pk"),
    "coordinator:wall_link_revoke": at("duty.plan", "wall_link.pk"),
    # requests of residents
    "coordinator:requests": desk("needs.triage"),
    "coordinator:request_new": desk("needs.enter"),
    "coordinator:request_doors": desk("needs.enter"),
    "coordinator:request_same": desk("needs.enter"),
    "coordinator:request": at("needs.triage", "request.pk"),
    "coordinator:request_reveal": at("needs.triage", "request.pk", purpose="=回访"),
    "coordinator:request_step": at("needs.triage", "request.pk", "=contact", words="=已联系", reached="=on"),
    "coordinator:pastes": desk("needs.enter"),
    "coordinator:paste": at("needs.enter", "paste.pk"),
    "coordinator:paste_clear": at("needs.enter", "paste.pk"),
    "coordinator:pasted_row": at("needs.enter", "pasted_row.pk", "=aside"),
    "coordinator:request_codes": desk("needs.print_codes"),
    "coordinator:request_codes_of": at("needs.print_codes", "building.pk"),
    "coordinator:request_code_renew": at("needs.print_codes", "building.pk"),
    "resident:choices": Address(anybody=True, parts=("code.token",)),
    "resident:ask": Address(anybody=True, parts=("code.token", "=medicine")),
    "resident:standing": Address(anybody=True, parts=("request.token",)),
    "resident:say": Address(anybody=True, parts=("request.token",), data={"says": "=still"}),
    # supplies
    "coordinator:supplies": desk("supplies.see"),
    "coordinator:store_new": desk("supplies.keep"),
    "coordinator:store": at("supplies.see", "store.pk"),
    "coordinator:store_edit": at("supplies.keep", "store.pk"),
    "coordinator:store_close": at("supplies.keep", "store.pk"),
    "coordinator:store_reopen": at("supplies.keep", "store.pk"),
    "coordinator:store_receive": at("supplies.keep", "store.pk"),
    "coordinator:store_take": at("supplies.keep", "store.pk"),
    "coordinator:store_count": at("supplies.keep", "store.pk"),
    "coordinator:reservation_release": at("supplies.keep", "reservation.pk"),
    "coordinator:movements": desk("supplies.see"),
    "coordinator:movements_xlsx": desk("supplies.see"),
    "coordinator:movement": at("supplies.see", "movement.pk"),
    "coordinator:movement_correct": at("supplies.keep", "movement.pk"),
    "coordinator:movement_photo": Address("supplies.see", ("movement.pk",), post="supplies.keep"),
    "coordinator:movement_note": at("supplies.see", "movement.pk"),
    "coordinator:items": desk("supplies.see"),
    "coordinator:item_new": desk("supplies.manage_items"),
    "coordinator:item": Address("supplies.see", ("item.pk",), area=""),
    "coordinator:item_edit": Address("supplies.manage_items", ("item.pk",), area=""),
    "coordinator:carried": desk("supplies.see"),
    "coordinator:kit_register": desk("supplies.see"),
    "coordinator:kit_register_xlsx": desk("supplies.see"),
    "coordinator:bring_back": at("supplies.keep", "carried.pk"),
    "coordinator:donations": desk("supplies.see"),
    "coordinator:donation_receipt": at("supplies.see", "donation.pk"),
    "coordinator:supply_totals": desk("supplies.see"),
    "coordinator:supply_totals_pdf": desk("supplies.see"),
    "coordinator:supply_lists": desk("supplies.see"),
    "coordinator:supply_list_new": desk("supplies.allocate"),
    "coordinator:supply_list": at("supplies.see", "supply_list.pk"),
    "coordinator:supply_list_edit": at("supplies.allocate", "draft.pk"),
    "coordinator:supply_list_publish": at("supplies.allocate", "draft.pk"),
    "coordinator:supply_list_drop": at("supplies.allocate", "draft.pk"),
    "coordinator:supply_list_close": at("supplies.allocate", "supply_list.pk"),
    "coordinator:supply_list_send": at("supplies.allocate", "supply_list.pk"),
    "coordinator:supply_list_building": at("supplies.see_doors", "supply_list.pk", "parcel.building_id"),
    "coordinator:supply_list_sheets": at("supplies.see_doors", "supply_list.pk"),
    "coordinator:supply_list_xlsx": at("supplies.see_doors", "supply_list.pk"),
    "coordinator:parcel_sign": at("supplies.allocate", "parcel.pk", outcome="=delivered"),
    "coordinator:medicine_runs": desk("supplies.medicine"),
    "coordinator:medicine_new": desk("supplies.medicine"),
    "coordinator:medicine_register": desk("supplies.medicine"),
    "coordinator:medicine_register_xlsx": desk("supplies.medicine"),
    "coordinator:medicine_run": at("supplies.medicine", "medicine.pk"),
    "coordinator:medicine_step": at("supplies.medicine", "medicine.pk", "=hand", taker="=desk"),
    "coordinator:trip_end": at("supplies.allocate", "trip.pk"),
    # places and people
    "coordinator:places": desk("places.see"),
    "coordinator:place": at("places.see", "area.pk"),
    "coordinator:place_add": at("places.edit", "area.pk"),
    "coordinator:place_edit": at("places.edit", "area.pk"),
    "coordinator:place_remove": at("places.edit", "area.pk"),
    "coordinator:door_add": at("places.edit", "area.pk"),
    "coordinator:door_edit": at("places.edit", "door.pk"),
    "coordinator:door_remove": at("places.edit", "door.pk"),
    "coordinator:door_reveal": at("places.reveal_household", "door.pk"),
    "coordinator:people": desk("people.see"),
    "coordinator:person_add": desk("people.edit"),
    "coordinator:person": at("people.see", "person.pk"),
    "coordinator:person_edit": at("people.edit", "person.pk"),
    "coordinator:person_reveal": at("people.reveal", "person.pk"),
    "coordinator:person_account": at("people.edit", "person.pk"),
    "coordinator:person_skills": at("people.edit", "person.pk"),
    "coordinator:person_skill_remove": at("people.edit", "person.pk", "=first_aid"),
    "coordinator:person_time_add": at("people.edit", "person.pk"),
    "coordinator:person_time_remove": at("people.edit", "person.pk", "time.pk"),
    "coordinator:person_step": at("people.verify", "person.pk", "=verify"),
    "coordinator:organisations": desk("people.see"),
    "coordinator:organisation_add": desk("people.manage_organisations"),
    "coordinator:organisation_edit": at("people.manage_organisations", "organisation.pk"),
    "coordinator:organisation_remove": at("people.manage_organisations", "organisation.pk"),
    "coordinator:imports": desk("people.import"),
    "coordinator:import_template": Address("people.import", ("=people",), area=""),
    "coordinator:import": at("people.import", "batch.pk"),
    "coordinator:import_refused": at("people.import", "batch.pk"),
    "coordinator:import_confirm": at("people.import", "batch.pk"),
    "coordinator:import_undo": at("people.import", "batch.pk"),
    "coordinator:import_discard": at("people.import", "batch.pk"),
    # the phone
    "volunteer:medicine": SIGNED_IN,
    "volunteer:medicine_run": mine("medicine.pk"),
    "volunteer:medicine_step": mine("medicine.pk", "=take"),
    "volunteer:parcels": SIGNED_IN,
    "volunteer:trip": mine("trip.pk", by=("veteran", "newcomer")),
    "volunteer:parcel": mine("parcel.pk", by=("veteran", "newcomer"), outcome="=delivered"),
    "volunteer:home": SERVING,
    "volunteer:shifts": SIGNED_IN,
    "volunteer:shift": mine("assignment.pk"),
    "volunteer:confirm": mine("assignment.pk"),
    "volunteer:pass": mine("assignment.pk"),
    "volunteer:withdraw": mine("assignment.pk"),
    "volunteer:colleague": mine("assignment.pk", "offer.person_id"),
    "volunteer:write_handover": mine("assignment.pk"),
    "volunteer:take_over": mine("assignment.pk", "note.pk", by=("veteran", "newcomer", "lead")),
    "volunteer:do_check_in": Address("duty.check_in", ("assignment.pk",), own=("veteran",)),
    "volunteer:do_check_out": Address("duty.check_in", ("assignment.pk",), own=("veteran",)),
    "volunteer:step_back": mine("assignment.pk"),
    "volunteer:ask_swap": mine("assignment.pk"),
    "volunteer:swaps": SIGNED_IN,
    "volunteer:answer_swap": mine("swap.pk", "=accept", by=("newcomer",)),
    "volunteer:open_shifts": SERVING,
    "volunteer:open_shift": Address(parts=("open_shift.pk",), own=SERVE_HERE),
    "volunteer:take": Address(parts=("open_shift.pk",), own=SERVE_HERE),
    "volunteer:wait": Address(parts=("open_shift.pk",), own=SERVE_HERE),
    "volunteer:check_in": Address(signed_in=True, parts=("post.check_in_code",)),
    "volunteer:callups": SIGNED_IN,
    "volunteer:callup": mine("reply.pk"),
    "volunteer:orders": SIGNED_IN,
    "volunteer:order": Address("incidents.see_order", ("order.pk",), own=("veteran",)),
    "volunteer:offers": SIGNED_IN,
    "volunteer:offer": Address(serving=True, parts=("incident.pk", "area.pk")),
    "volunteer:offer_withdraw": mine("offer.pk", by=("newcomer",)),
    "volunteer:requests": SIGNED_IN,
    "volunteer:request": mine("request.pk"),
    "volunteer:request_contact": mine("request.pk"),
    "volunteer:request_step": Address("needs.work", ("request.pk", "=give_back"), own=("veteran",)),
    "volunteer:profile": SERVING,
    "volunteer:details": SERVING,
    "volunteer:skills": SERVING,
    "volunteer:availability": SERVING,
    "volunteer:availability_withdraw": mine("time.pk"),
    "volunteer:agreements": SERVING,
    "volunteer:quiet_hours": SERVING,
    "volunteer:calendar_link": SERVING,
}

PEOPLE = ("administrator", "bureau", "office", "worker", "lead", "observer", "veteran", "newcomer", "neighbour", "")
GONE = (403, 404)


def named(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The full name of every address of the product; allauth's and Django's admin's have their own tests."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.app_name != "admin":
                yield from named(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            is_ours = (entry.callback.__module__ or "").startswith("redvest.")
            if entry.name and is_ours:
                yield space + entry.name


def value(scene: Scene, part: str) -> Any:
    """``post.pk`` of the scene, or the word itself behind an equals sign."""
    if part.startswith("="):
        return part[1:]
    found: Any = scene
    for name in part.split("."):
        found = getattr(found, name)
    return found


def allowed(world: World, name: str, address: Address, method: str) -> bool:
    """What the table says about this person."""
    if address.anybody:
        return True
    if not name:
        return False
    account: Account = world.accounts[name]
    access.forget(account)
    if method == "post" and address.post:
        return access.can(account, address.post)
    if address.signed_in or name in address.own:
        return True
    if address.serving:
        return hasattr(account, "person")
    if not address.action:
        return False
    is_row = bool(address.parts or address.data) and address.area
    return access.can(account, address.action, getattr(world, address.area) if is_row else None)


def ask(
    client: Client, url: str, method: str, data: dict[str, Any], headers: dict[str, str] | None = None
) -> HttpResponse:
    """One request, undone afterwards, so that each person finds the same scene."""
    with transaction.atomic():
        asking: Any = client.post if method == "post" else client.get
        answer = asking(url, data, headers=headers)
        if answer.streaming:
            answer.content = answer.getvalue()
        transaction.set_rollback(True)
    found: HttpResponse = answer
    return found


def requests(scene: Scene, address: Address, name: str) -> tuple[str, dict[str, Any]]:
    url = reverse(name, args=[value(scene, part) for part in address.parts])
    return url, {key.rstrip("_"): value(scene, part) for key, part in address.data.items()}


@pytest.fixture
def scene(world: World) -> Scene:
    cache.clear()
    return build(world)


def test_every_address_is_in_the_table() -> None:
    known = set(named())
    assert known - set(ADDRESSES) == set(), "say in ADDRESSES who may use these"
    assert set(ADDRESSES) - known == set(), "these addresses are gone"


@pytest.mark.parametrize("person", PEOPLE, ids=[name or "nobody" for name in PEOPLE])
def test_everybody_gets_exactly_what_the_table_says(world: World, scene: Scene, person: str) -> None:
    client = world.client(person)
    client.raise_request_exception = False
    wrong = []
    for name, address in ADDRESSES.items():
        url, data = requests(scene, address, name)
        asked = 0
        for method in ("get", "post"):
            answer = ask(client, url, method, data)
            if answer.status_code == 405:
                continue
            asked += 1
            may = allowed(world, person, address, method)
            if not may and answer.status_code == 409 and same_as_for_nothing(client, name, address, scene, method):
                continue
            if (complaint := judge(answer, may, person)) is not None:
                wrong.append(f"{method} {name} as {person or 'nobody'}: {complaint}")
        if not asked:
            wrong.append(f"{name} can be asked by no method")
    assert not wrong, "\n".join(["", *wrong])


def same_as_for_nothing(client: Client, name: str, address: Address, scene: Scene, method: str) -> bool:
    """Whether a row that does not exist at all gets the very same answer: then the answer tells nothing."""
    url, data = requests(scene, address, name)
    nothing = reverse(name, args=[part[1:] if part.startswith("=") else 999_999_999 for part in address.parts])
    asked, absent = ask(client, url, method, data), ask(client, nothing, method, data)
    return asked.status_code == absent.status_code and said(asked) == said(absent)


def said(answer: HttpResponse) -> str:
    """What an answer tells, without what differs every time: keys in addresses, tokens of forms."""
    text = answer.headers.get("Location", "") + answer.content.decode(errors="replace")
    return re.sub(r"\d+|csrf[^>]*>", "", text)


def judge(answer: HttpResponse, may: bool, person: str) -> str | None:
    status = answer.status_code
    to_sign_in = status == 302 and answer["Location"].startswith(resolve_url(settings.LOGIN_URL))
    if status >= 500:
        return f"broke with {status}"
    if may:
        return f"was refused with {status}" if status in GONE else None
    if not person:
        return None if to_sign_in or status in (401, 404) else f"got {status} without an account"
    return None if status in GONE else f"got {status}, which nobody allowed"


def test_for_a_stranger_the_rows_of_others_do_not_exist(world: World, scene: Scene) -> None:
    client = world.client("stranger")
    wrong = []
    for name, address in ADDRESSES.items():
        if not address.parts or not address.area or address.anybody or address.signed_in:
            continue  # no row of others, or an unguessable token is the permission
        url, data = requests(scene, address, name)
        for method in ("get", "post"):
            answer = ask(client, url, method, data)
            if answer.status_code == 405:
                continue
            # Where his role allows the action elsewhere, the row does not exist for him; else he is told to stay out.
            can_elsewhere = bool(address.action) and access.can(world.stranger, address.action)
            is_right = answer.status_code == 404 if can_elsewhere else answer.status_code in GONE
            if not is_right and not same_as_for_nothing(client, name, address, scene, method):
                wrong.append(f"{method} {name}: {answer.status_code}")
            wrong += [f"{method} {name}: {word}" for word in SECRETS if word in answer.content.decode(errors="replace")]
    assert not wrong, "\n".join(["", *wrong])


def test_no_page_shows_a_stranger_a_word_about_others(world: World, scene: Scene) -> None:
    client = world.client("stranger")
    leaks = []
    for name, address in ADDRESSES.items():
        if address.parts or address.anybody:
            continue
        url, _data = requests(scene, address, name)
        for headers in ({}, HTMX):
            answer: Any = client.get(url, headers=headers)
            text = (answer.getvalue() if answer.streaming else answer.content).decode(errors="replace")
            leaks += [f"{name}: {word}" for word in SECRETS if word in text]
    assert not leaks
