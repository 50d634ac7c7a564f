"""How the cells of a draft change, whoever changes them: by difference, numbered, so that a step can be undone."""

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from redvest.core.errors import Refused
from redvest.core.models import Job
from redvest.duty.models import DraftCell, DraftEdit, Roster
from redvest.duty.planning.findings import measure
from redvest.duty.planning.material import Material
from redvest.duty.planning.problem import Cell, cells_of, plan_for
from redvest.people.models import Account

# What stays true of a solver's outcome after somebody changed a cell.
KEPT = ("status", "seconds", "seed", "solved_cost", "bound", "log")


def check_unlocked(roster: Roster) -> None:
    """Refuse changes while the engine works on the draft: they would be lost."""
    job = roster.job_id and Job.objects.filter(pk=roster.job_id, state__in=[Job.State.QUEUED, Job.State.RUNNING])
    if job and job.exists():
        raise Refused(_("The roster is being solved. Wait for it, or stop it and keep the best so far."))


def check_revision(roster: Roster, revision: int) -> None:
    """Refuse a change that was decided looking at an older state of the draft."""
    if roster.revision != revision:
        raise Refused(_("Somebody changed this draft in the meantime. Look at it again, then decide."), code="stale")


def replace_cells(
    roster: Roster, material: Material, cells: frozenset[Cell], kind: DraftEdit.Kind, actor: Account, **outcome: Any
) -> Roster:
    """Make ``cells`` the draft: write the difference, remember it for undoing, measure anew. ``roster`` is locked."""
    old = cells_of(roster.pk)
    removed, added = old - cells, cells - old
    write_difference(roster, removed, added)
    if removed or added:
        roster.revision += 1
        DraftEdit.objects.create(
            roster=roster,
            revision=roster.revision,
            kind=kind,
            added=as_json(added),
            removed=as_json(removed),
            made_by=actor,
        )
    measure_again(roster, material, cells, **outcome)
    return roster


def write_difference(roster: Roster, removed: frozenset[Cell], added: frozenset[Cell]) -> None:
    """Delete and insert cells; a cell that was only pinned or released is removed and added."""
    if removed:
        keys = {(cell.shift, cell.person) for cell in removed}
        rows = DraftCell.objects.filter(roster=roster).values_list("pk", "shift_id", "person_id")
        gone = [pk for pk, shift, person in rows if (shift, person) in keys]
        DraftCell.objects.filter(pk__in=gone).delete()
    DraftCell.objects.bulk_create(
        DraftCell(roster=roster, shift_id=cell.shift, person_id=cell.person, is_pinned=cell.is_pinned)
        for cell in sorted(added, key=lambda each: (each.shift, each.person))
    )


def measure_again(roster: Roster, material: Material, cells: frozenset[Cell], **outcome: Any) -> None:
    """Store what the draft now costs and breaks."""
    kept = {name: roster.outcome[name] for name in KEPT if name in roster.outcome}
    roster.outcome = {**kept, **measure(plan_for(material, cells)), **outcome}
    roster.save(update_fields=["outcome", "revision"])


def raise_revision(roster: Roster) -> None:
    """Another state of the draft, without a step that could be undone."""
    Roster.objects.filter(pk=roster.pk).update(revision=F("revision") + 1)
    roster.revision += 1


def as_json(cells: frozenset[Cell]) -> list[list[Any]]:
    return sorted([cell.shift, cell.person, cell.is_pinned] for cell in cells)
