"""A spreadsheet comes in: which importer it is for, and its reading and writing as background work when it is large."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import Http404

from redvest.core import access, batches, jobs
from redvest.core.batches import Importer
from redvest.core.models import ImportBatch, Job
from redvest.people.importing.people import PeopleImporter
from redvest.people.models import Account
from redvest.places.importing.areas import AreaImporter
from redvest.places.importing.estates import EstateImporter
from redvest.supplies.importing.delivery_notes import DeliveryNoteImporter

if TYPE_CHECKING:
    from redvest.places.models import Area

IMPORTERS: dict[str, type[Importer]] = {
    importer.kind: importer for importer in (PeopleImporter, EstateImporter, DeliveryNoteImporter, AreaImporter)
}
# Up to here the person waits for the page; reading 3,000 rows takes about two seconds.
SMALL_FILE_BYTES = 200_000
FEW_ROWS = 3_000


def importer_of(kind: str) -> type[Importer]:
    """The importer of this kind, or a 404."""
    if kind not in IMPORTERS:
        raise Http404
    return IMPORTERS[kind]


def offered(actor: Account) -> list[type[Importer]]:
    """The importers that the actor may use somewhere."""
    return [importer for importer in IMPORTERS.values() if access.can(actor, importer.action)]


def find(actor: Account, pk: int) -> tuple[ImportBatch, type[Importer]]:
    """A batch with its importer, or a 404 for a batch that the actor may not see."""
    kind = ImportBatch.objects.filter(pk=pk).values_list("kind", flat=True).first()
    importer = importer_of(kind or "")
    return batches.batch_of(actor, importer, pk), importer


def history(actor: Account, limit: int = 50) -> list[ImportBatch]:
    """The actor's imports of every kind, the newest first."""
    rows = [row for importer in offered(actor) for row in batches.history(actor, importer)[:limit]]
    return sorted(rows, key=lambda row: row.created_at, reverse=True)[:limit]


def work_on(batch: ImportBatch) -> Job | None:
    """The job that reads, writes or takes back this batch at the moment, or the one that failed last."""
    jobs_of = Job.objects.filter(kind__startswith="import.", arguments__batch=batch.pk).order_by("-pk")
    job = jobs_of.first()
    if job is None or job.state in (Job.State.DONE, Job.State.CANCELLED):
        return None
    return job


def take_in(
    actor: Account, kind: str, *, file_name: str, data: bytes, area: "Area | None", options: dict[str, Any]
) -> tuple[ImportBatch, Job | None]:
    """Keep the file and read it: at once when it is small, else as a job that reports how far it is."""
    importer = importer_of(kind)
    with transaction.atomic():
        batch = batches.upload(actor, importer, file_name=file_name, data=data, area=area, options=options)
        job: Job | None = None
        if len(data) > SMALL_FILE_BYTES:
            job = jobs.start(actor, "import.read", {"kind": kind, "batch": batch.pk}, area=area)
    if job is None:
        batch = batches.read(actor, importer, batch.pk)
    return batch, job


def carry_out(actor: Account, kind: str, pk: int, *, undo: bool = False) -> Job | None:
    """Confirm or undo a batch: at once when it has few rows, else as a job. A refusal comes out at once either way."""
    importer = importer_of(kind)
    batch = batches.batch_of(actor, importer, pk)
    if batch.counts.get("rows", 0) <= FEW_ROWS:
        (batches.undo if undo else batches.confirm)(actor, importer, pk)
        return None
    return jobs.start(actor, "import.undo" if undo else "import.confirm", {"kind": kind, "batch": pk}, area=batch.area)


@jobs.task("import.read")
def read_file(progress: jobs.Progress, *, kind: str, batch: int) -> dict[str, Any]:
    """Judge every row; cancelling leaves the batch unread."""
    read = batches.read(progress.job.account, importer_of(kind), batch, progress=progress)
    return {"batch": read.pk}


@jobs.task("import.confirm")
def confirm_file(progress: jobs.Progress, *, kind: str, batch: int) -> dict[str, Any]:
    """Write everything in one transaction; cancelling rolls it back. Run again after a crash, it finds nothing done."""
    done = batches.confirm(progress.job.account, importer_of(kind), batch, progress=progress)
    return {"batch": done.pk}


@jobs.task("import.undo")
def undo_file(progress: jobs.Progress, *, kind: str, batch: int) -> dict[str, Any]:
    """Take everything back in one transaction."""
    done = batches.undo(progress.job.account, importer_of(kind), batch)
    return {"batch": done.pk}
