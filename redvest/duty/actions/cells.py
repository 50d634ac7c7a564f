"""Writes about single cells of a draft: put somebody on a shift, take off, move, pin, undo the last step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, live
from redvest.core.errors import Refused
from redvest.duty.actions.drafting import (
    check_revision,
    check_unlocked,
    measure_again,
    raise_revision,
    replace_cells,
    write_difference,
)
from redvest.duty.actions.rosters import TOPIC, fetch_draft
from redvest.duty.models import DraftCell, DraftEdit, Override, Roster
from redvest.duty.planning.findings import NEEDS_OVERRIDE, Finding, effect
from redvest.duty.planning.material import gather
from redvest.duty.planning.naming import names_for
from redvest.duty.planning.problem import Cell, Plan, cells_of, plan_for
from redvest.duty.planning.publication import faults_at
from redvest.duty.planning.sentences import sentence
from redvest.people.models import Account

Pair = tuple[int, int]  # person, shift


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody answers by name for breaking a rule: why, and until when."""

    reason: str
    valid_until: datetime


@transaction.atomic
def change_cells(
    actor: Account,
    pk: int,
    revision: int,
    *,
    add: Sequence[Pair] = (),
    remove: Sequence[Pair] = (),
    answered: Answered | None = None,
) -> Roster:
    """Take people off shifts and put them on others. What is put by hand is pinned: the engine leaves it there.

    A rule that forbids cannot be broken; one that may be overridden needs ``answered``, by somebody who may override.
    Taking somebody off is never refused: what it leaves is found, and stops publishing until it is filled or answered.
    """
    roster = fetch_draft(actor, pk)
    check_unlocked(roster)
    check_revision(roster, revision)
    old = cells_of(roster.pk)
    material = gather(roster, timezone.now(), keep={cell.person for cell in old})
    plan = plan_for(material, old)
    _check_known(plan, add, remove)
    change = effect(plan, add, remove)
    if change.forbidden:
        names = names_for(plan.material)
        raise Refused(" ".join(sentence(finding, names) for finding in change.forbidden), code="forbidden")
    if change.to_override:
        _override(actor, plan, [_answerable(finding, add) for finding in change.to_override], answered)
    gone = set(remove) | set(add)
    cells = {cell for cell in plan.cells if (cell.person, cell.shift) not in gone}
    cells |= {Cell(shift, person, True) for person, shift in add}
    replace_cells(roster, material, frozenset(cells), DraftEdit.Kind.HAND, actor)
    detail = {"added": [list(pair) for pair in add], "removed": [list(pair) for pair in remove], "cost": change.cost}
    audit.record(actor, "duty.draft_changed", roster, area_path=roster.area.path, detail=detail)
    live.announce(TOPIC, roster.area.path)
    return roster


@transaction.atomic
def give_exception(actor: Account, pk: int, person_pk: int, shift_pk: int, answered: Answered) -> Roster:
    """Answer by name for the rules that a place of the draft breaks, whoever put it there: a hand, the engine, history.

    What no exception can allow stays and keeps stopping the publication. The draft's cells do not change.
    """
    roster = fetch_draft(actor, pk)
    check_unlocked(roster)
    stored = cells_of(roster.pk)
    material = gather(roster, timezone.now(), keep={cell.person for cell in stored})
    plan = plan_for(material, stored)
    if (person_pk, shift_pk) not in {(cell.person, cell.shift) for cell in plan.cells}:
        raise Refused(_("Somebody changed this draft in the meantime. Look at it again, then decide."), code="stale")
    place = (person_pk, shift_pk)
    found = [(fault, place) for fault in faults_at(plan, *place) if fault.severity == NEEDS_OVERRIDE]
    if not found:
        raise Refused(_("Nothing is broken here that an exception could allow. Look at the draft again."))
    _override(actor, plan, found, answered)
    measure_again(roster, material, stored)
    detail = {"person": person_pk, "shift": shift_pk, "rules": sorted(fault.rule for fault, _place in found)}
    audit.record(actor, "duty.exception_given", roster, area_path=roster.area.path, detail=detail)
    live.announce(TOPIC, roster.area.path)
    return roster


@transaction.atomic
def pin_cells(actor: Account, pk: int, revision: int, pairs: Iterable[Pair], *, pinned: bool) -> Roster:
    """Pin people where they are, or release them for the engine."""
    roster = fetch_draft(actor, pk)
    check_unlocked(roster)
    check_revision(roster, revision)
    wanted = set(pairs)
    old = cells_of(roster.pk)
    changed = {cell for cell in old if (cell.person, cell.shift) in wanted and cell.is_pinned != pinned}
    if not changed:
        return roster
    material = gather(roster, timezone.now(), keep={cell.person for cell in old})
    cells = (old - changed) | {Cell(cell.shift, cell.person, pinned) for cell in changed}
    replace_cells(roster, material, frozenset(cells), DraftEdit.Kind.PIN, actor)
    verb = "duty.draft_pinned" if pinned else "duty.draft_released"
    detail = {"cells": [[cell.person, cell.shift] for cell in changed]}
    audit.record(actor, verb, roster, area_path=roster.area.path, detail=detail)
    live.announce(TOPIC, roster.area.path)
    return roster


@transaction.atomic
def undo_last_edit(actor: Account, pk: int, revision: int) -> Roster:
    """Take back the last step of the draft, also a solution of the engine."""
    roster = fetch_draft(actor, pk)
    check_unlocked(roster)
    check_revision(roster, revision)
    last = DraftEdit.objects.filter(roster=roster).order_by("-revision").first()
    if last is None:
        raise Refused(_("There is nothing to undo in this draft."))
    added, removed = _cells(last.added), _cells(last.removed)
    still = frozenset(
        Cell(*row) for row in DraftCell.objects.filter(roster=roster).values_list("shift_id", "person_id", "is_pinned")
    )
    write_difference(roster, added & still, removed - still)
    last.delete()
    raise_revision(roster)
    now = cells_of(roster.pk)
    material = gather(roster, timezone.now(), keep={cell.person for cell in now})
    measure_again(roster, material, now)
    audit.record(actor, "duty.draft_undone", roster, area_path=roster.area.path, detail={"step": last.kind})
    live.announce(TOPIC, roster.area.path)
    return roster


def _cells(stored: list[list[int]]) -> frozenset[Cell]:
    return frozenset(Cell(shift, person, bool(pinned)) for shift, person, pinned in stored)


def _check_known(plan: Plan, add: Sequence[Pair], remove: Sequence[Pair]) -> None:
    there = {(cell.person, cell.shift) for cell in plan.cells}
    for person, shift in add:
        if shift not in plan.material.shifts:
            raise Refused(_("This shift has begun or was cancelled. It cannot be planned any more."))
        if person not in plan.material.members:
            raise Refused(_("This person does not serve here. Deploy somebody to this area first."))
        if (person, shift) in there and (person, shift) not in set(remove):
            raise Refused(_("This person is on that shift already."))
    if not set(remove) <= there:
        raise Refused(_("Somebody changed this draft in the meantime. Look at it again, then decide."), code="stale")


def _answerable(finding: Finding, add: Sequence[Pair]) -> tuple[Finding, Pair]:
    """A finding with the added place that brought it."""
    mine = [(person, shift) for person, shift in add if finding.person in (None, person)]
    return finding, next((pair for pair in mine if pair[1] in finding.shifts), mine[0])


def _override(
    actor: Account, plan: Plan, found: Sequence[tuple[Finding, Pair]], answered: Answered | None
) -> list[Override]:
    """Write who answers for these broken rules at these places, or refuse it."""
    if answered is None or not answered.reason.strip():
        names = names_for(plan.material)
        said = " ".join(sentence(finding, names) for finding, _pair in found)
        raise Refused(said + " " + _("Give a reason and an end to do it all the same."), code="needs_override")
    access.require(actor, "duty.override", plan.material.roster.area)
    if answered.valid_until < max(plan.material.shifts[shift].ends for _finding, (_person, shift) in found):
        raise Refused(_("The exception must hold at least until the shift ends. Choose a later end."))
    made = Override.objects.bulk_create(
        Override(
            shift_id=shift,
            person_id=person,
            rule=finding.rule,
            reason=answered.reason.strip()[:300],
            valid_until=answered.valid_until,
            made_by=actor,
        )
        for finding, (person, shift) in found
    )
    for row in made:
        detail = {"rule": row.rule, "person": row.person_id, "reason": row.reason}
        audit.record(actor, "duty.rule_overridden", row, area_path=plan.material.roster.area.path, detail=detail)
    return made
