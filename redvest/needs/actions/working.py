"""Somebody sees to a request: it is checked, given, taken on, set out for, done, not done, or passed on."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, outbox
from redvest.core.errors import Refused
from redvest.core.messages import Urgency
from redvest.needs import rules
from redvest.needs.actions import notices
from redvest.needs.actions.common import Kind, State, at_my_post, check, left, locked, said
from redvest.needs.models import SETTLED, Request
from redvest.needs.queries.serving import post_for
from redvest.needs.queries.words import kind_of
from redvest.needs.rules import Step
from redvest.people.models import Account, Person


@transaction.atomic
def verify_request(actor: Account, pk: int, note: str = "") -> Request:
    """The resident was spoken with and the request is real: it waits at its post."""
    request = locked(actor, "needs.triage", pk)
    check(Step.VERIFY, request)
    now = timezone.now()
    request.state = State.VERIFIED
    request.contacted_at = request.contacted_at or now
    return left(actor, request, "verified", Kind.CONTACT, note, now=now)


@transaction.atomic
def change_request(actor: Account, pk: int, *, kind: str, priority: int, note: str = "") -> Request:
    """Sort a request anew: another kind brings its own clock (from the moment of asking), post and urgency."""
    request = locked(actor, "needs.triage", pk)
    check(Step.GIVE, request)
    now = timezone.now()
    before = {"kind": request.kind, "priority": request.priority}
    request.kind, request.priority = kind, priority
    found = kind_of(request)
    if found is None:
        raise Refused(_("This kind of request is not known here. Choose one of the list."))
    if priority not in (1, 2, 3, 4):
        raise Refused(_("The urgency is a number from 1 (life in danger) to 4 (convenience)."))
    clock = rules.clock_of(found, request.asked_at)
    request.contact_by, request.due_at = clock.contact_by, clock.due_at
    if request.person is None:
        request.post = post_for(request.incident, found, request.area)
    after = {"kind": kind, "priority": priority}
    return left(actor, request, "sorted", Kind.NOTE, note, now=now, before=before, after=after)


@transaction.atomic
def give_request(actor: Account, pk: int, person: int, note: str = "") -> Request:
    """Ask somebody to see to it. He is told, and may pass it on; nobody is made to."""
    request = locked(actor, "needs.triage", pk)
    check(Step.GIVE, request)
    whom = access.fetch(actor, "people.see", Person.objects.select_related("account"), pk=person)
    if whom.state != Person.State.VERIFIED:
        raise Refused(_("This person is not verified yet. Verify him first, or choose somebody else."))
    now = timezone.now()
    request.state, request.person, request.in_hand_since = State.ASSIGNED, whom, now
    left(actor, request, "given", Kind.STATE, note or whom.name, now=now, person=whom.pk)
    if whom.account is not None:
        notices.to([whom.account], request, notices.GIVEN, Urgency.URGENT if request.priority <= 2 else Urgency.NORMAL)
    return request


@transaction.atomic
def take_request(actor: Account, pk: int, *, key: str | None = None) -> dict[str, Any]:
    """The person on duty takes a request that waits at his post. Of two who tap at once, one has it."""

    def run() -> dict[str, Any]:
        request = at_my_post(actor, pk)
        if request is None:
            raise Http404(_("There is nothing here that you may see."))
        check(Step.TAKE, request)
        now = timezone.now()
        request.person = access.fetch(actor, "people.see", Person.objects.all(), account=actor)
        request.state, request.in_hand_since = State.ACCEPTED, now
        return _answer(left(actor, request, "taken", Kind.STATE, now=now))

    return outbox.once(actor, key, "needs.take", run)


@transaction.atomic
def accept_request(actor: Account, pk: int, *, key: str | None = None) -> dict[str, Any]:
    """He takes on what he was asked to see to."""

    def run() -> dict[str, Any]:
        request = _mine(actor, pk, Step.ACCEPT)
        request.state = State.ACCEPTED
        return _answer(left(actor, request, "accepted", Kind.STATE, now=timezone.now()))

    return outbox.once(actor, key, "needs.accept", run)


@transaction.atomic
def give_back_request(actor: Account, pk: int, note: str = "", *, key: str | None = None) -> dict[str, Any]:
    """He, or the desk for him, puts it back to the post. A no costs nothing, so no reason is asked for."""

    def run() -> dict[str, Any]:
        request = locked(actor, "needs.work", pk)
        check(Step.GIVE_BACK, request)
        return _answer(_back_to_post(actor, request, "given_back", note, timezone.now()))

    return outbox.once(actor, key, "needs.give_back", run)


@transaction.atomic
def set_out(actor: Account, pk: int, *, key: str | None = None) -> dict[str, Any]:
    """He is on the way to the door; the resident's page says so."""

    def run() -> dict[str, Any]:
        request = _mine(actor, pk, Step.SET_OUT)
        request.state = State.UNDER_WAY
        return _answer(left(actor, request, "set_out", Kind.STATE, now=timezone.now()))

    return outbox.once(actor, key, "needs.set_out", run)


@transaction.atomic
def settle_request(actor: Account, pk: int, step: str, words: str = "", *, key: str | None = None) -> dict[str, Any]:
    """Done; or it could not be done, or goes to somebody else: then why, or to whom. The desk calls back."""
    states = {Step.DONE: State.DONE, Step.NOT_DONE: State.NOT_DONE, Step.REFER: State.REFERRED}
    if step not in states:
        raise Refused(_("Say how it ended: done, not done, or passed on."))

    def run() -> dict[str, Any]:
        request = locked(actor, "needs.work", pk)
        check(Step(step), request)
        now = timezone.now()
        request.outcome = _outcome(Step(step), words)
        request.state, request.settled_at = states[Step(step)], now
        request.contacted_at = request.contacted_at or now
        left(actor, request, step, Kind.STATE, request.outcome, now=now)
        _tell_who_took_it_down(actor, request)
        return _answer(request)

    return outbox.once(actor, key, "needs.settle", run)


@transaction.atomic
def lose_track(actor: Account, pk: int, words: str) -> Request:
    """Nobody can say how it stands. That is a state of its own, better than a guess; the clock runs on."""
    request = locked(actor, "needs.triage", pk)
    check(Step.LOSE_TRACK, request)
    why = said(words, _("Say in a few words why nobody knows, and who was asked."))
    request.state, request.person, request.in_hand_since = State.UNKNOWN, None, None
    return left(actor, request, "unknown", Kind.STATE, why, now=timezone.now())


@transaction.atomic
def note_contact(actor: Account, pk: int, words: str, *, reached: bool) -> Request:
    """A call or a talk at the door. Reaching the resident stops the clock of the first contact."""
    request = locked(actor, "needs.work", pk)
    if not request.is_open:
        raise Refused(rules.why_not(request), code=str(request.state))
    text = said(words, _("Write down what was said, or that nobody answered."))
    now = timezone.now()
    if reached and request.contacted_at is None:
        request.contacted_at = now
    return left(actor, request, "contact", Kind.CONTACT if reached else Kind.NOTE, text, now=now, reached=reached)


@transaction.atomic
def release_at_shift_end(actor: Account, pk: int) -> Request:
    """The shift of whoever had it is over: nothing is left behind, it is the post's again."""
    request = locked(actor, "needs.work", pk)
    check(Step.GIVE_BACK, request)
    _back_to_post(actor, request, "left_behind", "", timezone.now())
    people = {account.pk: account for account in notices.desk(request)}
    notices.to(list(people.values()), request, notices.LEFT_BEHIND, Urgency.NORMAL)
    return request


@transaction.atomic
def reveal_request(actor: Account, pk: int, *, purpose: str = "") -> Request:
    """Name and phone in clear. Whoever has the request in hand needs them for it; anybody else gives his purpose."""
    rows = Request.objects.select_related("area__parent__parent", "person", "household", "incident__playbook")
    request = access.fetch(actor, "needs.reveal", rows, pk=pk)
    is_mine = request.person is not None and request.person.account_id == actor.pk
    if is_mine and request.state in SETTLED:
        raise Refused(_("This request is settled; its details are no longer yours to see."))
    why = _("To see to the request") if is_mine else purpose.strip()
    if not why:
        raise Refused(_("Say why you need this phone number; the reason is recorded. Then it is shown."))
    audit.viewed(actor, request, ("contact_name", "contact_phone"), why[:200], area_path=request.area.path)
    return request


def _mine(actor: Account, pk: int, step: Step) -> Request:
    """A request that the actor himself has in hand."""
    request = locked(actor, "needs.work", pk)
    if request.person is None or request.person.account_id != actor.pk:
        raise Refused(_("Somebody else has this request in hand now. Reload the page."))
    check(step, request)
    return request


def _back_to_post(actor: Account, request: Request, verb: str, note: str, now: datetime) -> Request:
    was = request.person
    request.state, request.person, request.in_hand_since = State.VERIFIED, None, None
    return left(actor, request, verb, Kind.STATE, note, now=now, person=was.pk if was else None)


def _outcome(step: Step, words: str) -> str:
    if step is Step.NOT_DONE:
        return said(words, _("Say in a few words why it could not be done; the next one starts from there."))
    if step is Step.REFER:
        return said(words, _("Say to whom it goes: an office, a hospital, a phone number."))
    return words.strip()[:300]


def _tell_who_took_it_down(actor: Account, request: Request) -> None:
    taker = request.taken_by
    if taker is None or taker.pk == actor.pk:
        return
    outcome = f"{request.get_state_display()}. {request.outcome}".strip()
    notices.to([taker], request, notices.ENDED, Urgency.QUIET, outcome=outcome)


def _answer(request: Request) -> dict[str, Any]:
    return {"request": request.pk, "state": str(request.state)}
