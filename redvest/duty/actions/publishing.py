"""Publishing a draft: the one transaction that makes it true, and tells only those for whom it changes."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from redvest.core import audit, live, messages
from redvest.core.errors import Refused
from redvest.duty.actions.assigning import end_swaps, refusal_of
from redvest.duty.actions.drafting import check_revision, check_unlocked
from redvest.duty.actions.rosters import TOPIC, fetch_draft
from redvest.duty.models import Assignment, Roster, Shift
from redvest.duty.planning.naming import shift_words
from redvest.duty.planning.problem import Plan
from redvest.duty.planning.publication import Difference, Publication, publication_of
from redvest.people.models import Account

State = Assignment.State

CHANGED = messages.register(
    "duty.roster_changed",
    gettext_lazy("Your shifts changed: {incident}"),
    gettext_lazy("{name}, your shifts changed. {changes} See all your shifts: {link}"),
)


@transaction.atomic
def publish_roster(actor: Account, pk: int, revision: int, *, now: datetime | None = None) -> Roster:
    """Make the draft what people are told. Places that stay are not touched.

    A draft that no longer fits (somebody signed up or withdrew meanwhile, a rule is broken) is refused with the list;
    solving again takes it into account. ``now`` is given by the demo only.
    """
    roster = fetch_draft(actor, pk, "duty.publish")
    check_unlocked(roster)
    check_revision(roster, revision)
    moment = now or timezone.now()
    _lock(roster, moment)
    found = publication_of(roster, moment)
    if found.conflicts:
        raise Refused(
            _("The draft does not fit any more. Solve it again, or change it by hand: %(list)s")
            % {"list": " ".join(conflict.sentence for conflict in found.conflicts[:5])},
            code="misfit",
            details={"conflicts": [conflict.sentence for conflict in found.conflicts]},
        )
    _write(found, moment)
    _name_leads(found)
    roster.state, roster.published_at, roster.published_by = Roster.State.PUBLISHED, moment, actor
    roster.save(update_fields=["state", "published_at", "published_by"])
    detail = {
        "kept": len(found.kept),
        "added": [list(pair) for pair in found.added],
        "dropped": [[place.shift, place.person] for place in found.dropped],
    }
    audit.record(actor, "duty.roster_published", roster, area_path=roster.area.path, detail=detail)
    _tell(roster, found)
    for topic in (TOPIC, "duty"):
        live.announce(topic, roster.area.path)
    return roster


def _lock(roster: Roster, moment: datetime) -> None:
    """Nobody signs up for or leaves one of these shifts between our look and our write."""
    posts = {"post__incident_id": roster.incident_id, "post__area__path__startswith": roster.area.path}
    shifts = Shift.objects.filter(duty_day__range=(roster.first_day, roster.last_day), starts__gt=moment, **posts)
    list(shifts.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


def _write(found: Publication, moment: datetime) -> None:
    gone = [place.assignment for place in found.dropped]
    rows = Assignment.objects.filter(pk__in=gone).order_by("pk")
    rows.update(state=State.REMOVED, ended_at=moment, reason=_("The roster changed.")[:200])
    end_swaps(Assignment.objects.filter(pk__in=gone))
    pinned = {(cell.shift, cell.person) for cell in found.plan.cells if cell.is_pinned}
    waiting = {
        (shift, person): pk
        for pk, shift, person in Assignment.objects.filter(
            shift__in=[shift for shift, _person in found.added], state=State.WAITING
        ).values_list("pk", "shift_id", "person_id")
    }
    try:
        with transaction.atomic():
            promoted = [waiting[pair] for pair in found.added if pair in waiting]
            Assignment.objects.filter(pk__in=promoted).update(state=State.CONFIRMED, source=Assignment.Source.ROSTER)
            Assignment.objects.bulk_create(
                Assignment(
                    shift_id=shift,
                    person_id=person,
                    state=State.CONFIRMED,
                    source=Assignment.Source.ROSTER,
                    is_pinned=(shift, person) in pinned,
                )
                for shift, person in found.added
                if (shift, person) not in waiting
            )
    except IntegrityError as error:
        raise refusal_of(error) from error
    # What is still short shows up among the open shifts.
    Shift.objects.filter(pk__in=list(found.material.shifts), state=Shift.State.PLANNED).update(state=Shift.State.OPEN)


def _name_leads(found: Publication) -> None:
    """Give each shift a lead: an experienced person where there is one, the one with the most duty behind him."""
    chosen = []
    for shift in found.material.shifts.values():
        people = sorted(cell.person for cell in found.plan.cells if cell.shift == shift.pk)
        lead = leader_of(found.plan, people)
        if lead != shift.lead_id:
            shift.lead_id = lead
            chosen.append(shift)
    Shift.objects.bulk_update(chosen, ["lead_id"], batch_size=500)


def leader_of(plan: Plan, people: list[int]) -> int | None:
    """Who leads a shift of these people."""
    known = [plan.problem.person_of[str(person)] for person in people]
    best = min(known, key=lambda person: (not person.experienced, -person.past_minutes, int(person.id)), default=None)
    return int(best.id) if best else None


def _tell(roster: Roster, found: Publication) -> None:
    """Those who had nothing get the playbook's text, the others what is new and what is gone."""
    stays = {place.person for place in found.kept}
    first: list[Difference] = []
    later: list[Difference] = []
    for difference in found.differences:
        fresh = difference.person not in stays and not difference.gone
        (first if fresh else later).append(difference)
    book = found.material.book
    text = book.messages.get("roster_published")
    link = reverse("volunteer:shifts")
    if text is None:
        later, first = first + later, []
    elif first:
        texts = {code: (text.title.in_language(code), text.body.in_language(code)) for code in ("zh-hans", "en")}
        messages.tell_text(
            _accounts(found, first),
            texts,
            _by_account(found, first, lambda difference: _first_words(roster, found, difference)),
            template="roster_published",
            link=link,
            area_path=roster.area.path,
        )
    messages.tell(
        _accounts(found, later),
        CHANGED,
        _by_account(found, later, lambda difference: _changed_words(roster, found, difference)),
        link=link,
        area_path=roster.area.path,
    )


def _accounts(found: Publication, differences: list[Difference]) -> list[Account]:
    people = found.material.members
    keys = [people[difference.person].person.account_id for difference in differences]
    return list(Account.objects.filter(pk__in=[key for key in keys if key]))


def _by_account(
    found: Publication, differences: list[Difference], words: Callable[[Difference], Mapping[str, Any]]
) -> Callable[[Account], Mapping[str, Any]]:
    """What to say to an account; called in its language."""
    people = found.material.members
    known = {people[each.person].person.account_id: each for each in differences}
    return lambda account: words(known[account.pk])


def _first_words(roster: Roster, found: Publication, difference: Difference) -> dict[str, Any]:
    first = _shift(found, difference.new[0])
    return {"incident": roster.incident.title, "shifts": len(difference.new), "first": first}


def _changed_words(roster: Roster, found: Publication, difference: Difference) -> dict[str, Any]:
    parts = []
    if difference.new:
        parts.append(_("New: %(shifts)s.") % {"shifts": _several(found, difference.new)})
    if difference.gone:
        parts.append(_("No longer: %(shifts)s.") % {"shifts": _several(found, difference.gone)})
    return {"incident": roster.incident.title, "changes": " ".join(parts)}


def _several(found: Publication, shifts: tuple[int, ...]) -> str:
    shown = [_shift(found, shift) for shift in shifts[:4]]
    more = len(shifts) - len(shown)
    text = _("; ").join(shown)
    return text + (" " + _("and %(count)s more") % {"count": more} if more else "")


def _shift(found: Publication, shift: int) -> str:
    return shift_words(found.material.book, found.material.shifts[shift], found.material.zone, in_full=True)
