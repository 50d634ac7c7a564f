"""Exchanging or handing on a shift: one asks, the other accepts, the post's side approves.."""

from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live, outbox
from redvest.core.errors import Refused
from redvest.core.messages import Urgency, tell
from redvest.duty.actions import notices
from redvest.duty.actions.signup import TOPIC
from redvest.duty.models import Assignment, Shift, Swap
from redvest.duty.queries import candidates
from redvest.duty.queries import signup as looking
from redvest.duty.queries.swaps import colleagues
from redvest.duty.rules.signup import SignUp
from redvest.people.models import Account, Person

State = Swap.State
OPEN = (State.ASKED, State.ACCEPTED)


@transaction.atomic
def ask_swap(
    actor: Account,
    assignment_id: int,
    other_id: int,
    *,
    wanted_id: int | None = None,
    note: str = "",
    key: str | None = None,
) -> dict[str, Any]:
    """Ask a colleague to take one's shift, or (``wanted_id``) to exchange it for one of his. Nothing changes yet."""

    def run() -> dict[str, Any]:
        rows = Assignment.objects.select_for_update(of=("self",)).select_related(*_WITH)
        given = access.fetch(actor, "duty.sign_up", rows, pk=assignment_id)
        _still_to_come(given)
        if other_id not in {colleague.person_id for colleague in colleagues(actor, assignment_id)}:
            raise Http404(_("There is nothing here that you may see."))
        other = Person.objects.select_related("account").get(pk=other_id)
        wanted = None
        if wanted_id is not None:
            wanted = Assignment.objects.select_related(*_WITH).filter(pk=wanted_id, person=other).first()
            if wanted is None:
                raise Http404(_("There is nothing here that you may see."))
            _still_to_come(wanted)
        if Swap.objects.filter(given=given, state__in=OPEN).exists():
            raise Refused(_("You have asked somebody for this shift already. Take that back first."))
        _refuse_unfit(_Exchange(given, wanted, other))
        swap = Swap.objects.create(given=given, wanted=wanted, other=other, note=note.strip()[:200])
        _tell_people([other], given.shift, notices.SWAP_ASKED, person=given.person.name)
        return _recorded(actor, swap, "duty.swap_asked")

    return outbox.once(actor, key, "duty.ask_swap", run)


@transaction.atomic
def accept_swap(actor: Account, swap_id: int, *, key: str | None = None) -> dict[str, Any]:
    """The asked colleague says yes; now the post's side decides."""

    def run() -> dict[str, Any]:
        swap = _fetch(Q(other__account=actor), swap_id)
        _in_state(swap, State.ASKED)
        _refuse_unfit(_Exchange.of(swap))
        swap.state, swap.accepted_at = State.ACCEPTED, timezone.now()
        swap.save(update_fields=["state", "accepted_at"])
        notices.to_leads(
            swap.given.shift,
            notices.SWAP_ACCEPTED,
            Urgency.NORMAL,
            person=swap.given.person.name,
            other=swap.other.name,
        )
        return _recorded(actor, swap, "duty.swap_accepted")

    return outbox.once(actor, key, "duty.accept_swap", run)


@transaction.atomic
def decline_swap(actor: Account, swap_id: int, *, key: str | None = None) -> dict[str, Any]:
    """The asked colleague says no. It costs nothing, and nobody asks why."""

    def run() -> dict[str, Any]:
        swap = _fetch(Q(other__account=actor), swap_id)
        return _close(actor, swap, State.DECLINED, "duty.swap_declined", [swap.given.person], notices.outcome_declined)

    return outbox.once(actor, key, "duty.decline_swap", run)


@transaction.atomic
def take_back_swap(actor: Account, swap_id: int, *, key: str | None = None) -> dict[str, Any]:
    """Who asked no longer wants it."""

    def run() -> dict[str, Any]:
        swap = _fetch(Q(given__person__account=actor), swap_id)
        return _close(actor, swap, State.WITHDRAWN, "duty.swap_taken_back", [swap.other], notices.outcome_taken_back)

    return outbox.once(actor, key, "duty.take_back_swap", run)


@transaction.atomic
def refuse_swap(actor: Account, swap_id: int, *, answer: str) -> dict[str, Any]:
    """The post's side says no, and why."""
    swap = access.fetch(actor, "duty.approve_swap", _locked(), pk=swap_id)
    if not answer.strip():
        raise Refused(_("Say in a few words why not: both will read it."))
    swap.answer = answer.strip()[:200]
    return _close(
        actor, swap, State.DECLINED, "duty.swap_refused", [swap.given.person, swap.other], notices.outcome_refused
    )


@transaction.atomic
def approve_swap(actor: Account, swap_id: int) -> dict[str, Any]:
    """The post's side says yes: the shifts change hands in this moment, or not at all."""
    swap = access.fetch(actor, "duty.approve_swap", _locked(), pk=swap_id)
    _in_state(swap, State.ACCEPTED)
    if actor.pk in (swap.given.person.account_id, swap.other.account_id):
        raise Refused(_("You take part in this swap. Somebody else has to approve it."))
    exchange = _Exchange.of(swap)
    # Everybody locks people first and in the order of their keys; then assignments, then shifts.
    people = sorted({exchange.given.person_id, exchange.other.pk})
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
    keys = [assignment.pk for assignment in exchange.assignments]
    states = dict(
        Assignment.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk").values_list("pk", "state")
    )
    for assignment in exchange.assignments:
        assignment.state = Assignment.State(states[assignment.pk])
        _still_to_come(assignment)
    _refuse_unfit(exchange)
    now = timezone.now()
    Assignment.objects.filter(pk__in=keys).update(state=Assignment.State.WITHDRAWN, ended_at=now, reason="swap")
    try:
        for shift, person in exchange.results:
            Assignment.objects.create(
                shift=shift, person=person, state=Assignment.State.CONFIRMED, source=Assignment.Source.SWAP
            )
    except IntegrityError as error:
        raise Refused(_("Something changed meanwhile and the swap no longer fits. Ask them to agree again.")) from error
    swap.state, swap.decided_at, swap.decided_by = State.APPROVED, now, actor
    swap.save(update_fields=["state", "decided_at", "decided_by"])
    _tell_people(
        [exchange.given.person, exchange.other],
        exchange.given.shift,
        notices.SWAP_DECIDED,
        outcome=notices.outcome_approved,
    )
    return _recorded(actor, swap, "duty.swap_approved")


@dataclass(frozen=True, slots=True)
class _Exchange:
    """Who gives what to whom."""

    given: Assignment
    wanted: Assignment | None
    other: Person

    @classmethod
    def of(cls, swap: Swap) -> "_Exchange":
        return cls(swap.given, swap.wanted, swap.other)

    @property
    def assignments(self) -> list[Assignment]:
        return [self.given] if self.wanted is None else [self.given, self.wanted]

    @property
    def results(self) -> list[tuple[Shift, Person]]:
        found = [(self.given.shift, self.other)]
        return found if self.wanted is None else [*found, (self.wanted.shift, self.given.person)]


def _refuse_unfit(exchange: _Exchange) -> None:
    """Both must be allowed to serve what they get, once they have given what they give."""
    given, wanted, other = exchange.given, exchange.wanted, exchange.other
    if not _fits(other, given.shift, leaving=given, without=wanted):
        # Why not is his own affair: rest, hours and other duties are not told to colleagues.
        raise Refused(
            _("%(name)s may not take this shift (rest, hours or skills). Ask somebody else.") % {"name": other}
        )
    if wanted is not None and not _fits(given.person, wanted.shift, leaving=wanted, without=given):
        raise Refused(_("%(name)s may not take the other shift (rest, hours or skills).") % {"name": given.person})


def _fits(person: Person, shift: Shift, *, leaving: Assignment, without: Assignment | None) -> bool:
    candidate = candidates.candidate(person.pk, shift.starts)
    if without is not None:
        duties = tuple(duty for duty in candidate.duties if duty.shift_id != without.shift_id)
        candidate = replace(candidate, duties=duties)
    places = candidates.incidents_of(candidate)
    found = looking.shift_row(shift.pk)
    if found is None or found.incident_id not in places:
        return False
    # A planned shift is closed for sign-up, not for a swap that three sides agree on.
    row = found._replace(state="open", taken=max(0, found.taken - 1))
    seen = looking.answers(candidate, places, [row], timezone.now(), leaving=leaving.person_id)
    return next(iter(seen)).answer.code is SignUp.OPEN


def _still_to_come(assignment: Assignment) -> None:
    if assignment.state != Assignment.State.CONFIRMED:
        raise Refused(_("This shift has changed hands already. Reload the page."))
    if assignment.shift.starts <= timezone.now():
        raise Refused(_("The shift has begun. Ask the post lead for a replacement."))


def _in_state(swap: Swap, state: Swap.State) -> None:
    if swap.state != state:
        raise Refused(_("This swap is already decided or taken back. Reload the page."))


def _close(
    actor: Account, swap: Swap, state: Swap.State, verb: str, told: list[Person], outcome: Any
) -> dict[str, Any]:
    if swap.state not in OPEN:
        raise Refused(_("This swap is already decided or taken back. Reload the page."))
    swap.state, swap.decided_at, swap.decided_by = state, timezone.now(), actor
    swap.save(update_fields=["state", "decided_at", "decided_by", "answer"])
    _tell_people(told, swap.given.shift, notices.SWAP_DECIDED, outcome=outcome)
    return _recorded(actor, swap, verb)


_WITH = ("person__account", "shift__post__area", "shift__post__incident", "shift__lead")


def _locked() -> QuerySet[Swap]:
    joins = [f"{end}__{step}" for end in ("given", "wanted") for step in _WITH]
    return Swap.objects.select_for_update(of=("self",)).select_related("other__account", *joins)


def _fetch(own: Q, swap_id: int) -> Swap:
    """The swap, if the actor is the side that ``own`` names; for everybody else it does not exist."""
    swap = _locked().filter(own, pk=swap_id).first()
    if swap is None:
        raise Http404(_("There is nothing here that you may see."))
    return swap


def _tell_people(people: list[Person], shift: Shift, template: str, **more: Any) -> None:
    accounts = [person.account for person in people if person.account is not None]

    def filled(_account: Account) -> dict[str, Any]:
        # Texts are translated in the language of whoever is told.
        return notices.context(shift, **{name: str(value) for name, value in more.items()})

    link = notices.swaps_link()
    tell(accounts, template, filled, link=link, urgency=Urgency.NORMAL, area_path=shift.post.area.path)


def _recorded(actor: Account, swap: Swap, verb: str) -> dict[str, Any]:
    path = swap.given.shift.post.area.path
    audit.record(actor, verb, swap, area_path=path)
    live.announce(TOPIC, path)
    return {"swap": swap.pk, "state": str(swap.state)}
