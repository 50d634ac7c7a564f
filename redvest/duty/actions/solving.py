"""Letting the engine work on a draft: asking for it, storing what it found. The work itself runs in the background."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from redvest.core import access, audit, jobs, live
from redvest.core.errors import Refused
from redvest.duty.actions.drafting import check_unlocked, replace_cells
from redvest.duty.actions.rosters import TOPIC, fetch_draft, refresh
from redvest.duty.models import DraftEdit, Roster
from redvest.duty.planning import pure
from redvest.duty.planning.communities import communities_of
from redvest.duty.planning.gaps import reasons_for
from redvest.duty.planning.material import gather
from redvest.duty.planning.problem import Cell, Plan, cells_of, plan_for
from redvest.people.models import Account

SECONDS = (10, 20, 60, 300)
DEFAULT_SECONDS = 20
# Reading, checking and explaining around the search itself.
AROUND_SECONDS = 60


@transaction.atomic
def solve_roster(actor: Account, pk: int, *, seconds: int = DEFAULT_SECONDS, seed: int = 0) -> jobs.Job:
    """Ask the engine for a better draft. What is pinned stays; what people were told changes only for a price."""
    roster = fetch_draft(actor, pk)
    check_unlocked(roster)
    if seconds not in SECONDS:
        raise Refused(_("Choose one of the offered times for the search."))
    material = refresh(actor, roster, timezone.now())
    if not material.shifts:
        raise Refused(_("There are no coming shifts in these days. Make shifts for the posts first."))
    if not any(member.available for member in material.members.values()):
        raise Refused(_("Nobody is deployed to this area for these days. Deploy people first."))
    job = jobs.start(actor, "roster.solve", {"roster": pk, "seconds": seconds, "seed": seed}, roster.area)
    roster.job = job
    roster.save(update_fields=["job"])
    audit.record(actor, "duty.roster_solving", roster, area_path=roster.area.path, detail={"seconds": seconds})
    live.announce(TOPIC, roster.area.path)
    return job


@transaction.atomic
def stop_solving(actor: Account, pk: int) -> Roster:
    """Stop the search. The best roster found so far becomes the draft."""
    roster = fetch_draft(actor, pk)
    job = jobs.Job.objects.select_for_update().filter(pk__in=[roster.job_id]).first()
    if job is None:
        raise Refused(_("This roster is not being solved."))
    jobs.ask_to_cancel(job)
    audit.record(actor, "duty.roster_solving_stopped", roster, area_path=roster.area.path)
    live.announce(TOPIC, roster.area.path)
    return roster


@transaction.atomic
def store_solution(actor: Account, plan: Plan, found: dict[str, Any]) -> Roster:
    """Make the engine's answer the draft. Cells that were pinned stay pinned."""
    roster = Roster.objects.select_for_update(of=("self",)).select_related("area", "incident__playbook")
    row = access.fetch(actor, "duty.plan", roster, pk=plan.material.roster.pk)
    if row.state != Roster.State.DRAFT:
        raise Refused(_("The draft was published or given up while it was being solved. Nothing was changed."))
    pinned = {(cell.person, cell.shift) for cell in plan.cells if cell.is_pinned}
    cells = frozenset(
        Cell(int(shift), int(person), (int(person), int(shift)) in pinned) for person, shift in found["answer"]
    )
    solved = replace(plan, cells=cells)
    replace_cells(
        row,
        plan.material,
        cells,
        DraftEdit.Kind.SOLVE,
        actor,
        status=found["status"],
        bound=found["bound"],
        seconds=found["seconds"],
        seed=found["seed"],
        solved_cost=found["cost"],
        reasons=reasons_for(solved),
        solved_at=timezone.now().isoformat(),
    )
    detail = {"status": found["status"], "cost": found["cost"], "bound": found["bound"], "seconds": found["seconds"]}
    audit.record(actor, "duty.roster_solved", row, area_path=row.area.path, detail=detail)
    live.announce(TOPIC, row.area.path)
    return row


@jobs.task("roster.solve")
def _solve(progress: jobs.Progress, *, roster: int, seconds: int, seed: int = 0, workers: int = 2) -> dict[str, Any]:
    """The work of ``solve_roster``: in a child process, so that it can be stopped; stopping keeps the best so far."""
    row = Roster.objects.select_related("area", "incident__playbook").get(pk=roster)
    cells = cells_of(roster)
    material = gather(row, timezone.now(), keep={cell.person for cell in cells})
    plan = plan_for(material, cells)
    best: dict[str, Any] = {}

    def heard(message: dict[str, Any]) -> None:
        best.update(message)
        with suppress(jobs.Cancelled):  # the child is asked to stop and hands over the best it has
            progress(int(min(message["seconds"], seconds)), seconds, progress_note(message))

    progress(0, seconds, _("Reading the people, the shifts and the rules"))
    apart = communities_of(material)
    places = None if apart is None else (apart.place_of, apart.home_of)
    arguments = (plan.problem, float(seconds), seed, workers, plan.answer, places)
    try:
        found = jobs.run_in_child(
            progress, pure.solve_in_child, *arguments, seconds=seconds + AROUND_SECONDS, on_message=heard
        )
    except jobs.Cancelled:
        if "answer" not in best:
            raise
        found = {**best, "status": "feasible", "seed": seed}
    if not found["answer"] and found["cost"] is None:
        raise Refused(
            _("No roster keeps all rules together with what is pinned. Release some pins, or look at what they break.")
        )
    store_solution(progress.job.account, plan, found)
    return {"roster": roster, "status": found["status"], "cost": found["cost"], "bound": found["bound"]}


def progress_note(message: dict[str, Any]) -> str:
    """``Cost 812; at best 790 (gap 2.7 %)``."""
    cost, bound = message["cost"], message["bound"]
    if bound is None or cost is None:
        return _("A usable roster is there (cost %(cost)s); looking for better ones") % {"cost": cost}
    gap = 100 * (cost - bound) / max(1, abs(cost))
    return _("Cost %(cost)s; at best %(bound)s (gap %(gap)s %%)") % {
        "cost": cost,
        "bound": bound,
        "gap": f"{gap:.1f}",
    }
