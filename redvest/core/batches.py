"""Importing a spreadsheet, the same for every kind of row: read it, look at what would happen, confirm, undo.

``read`` judges every row and writes nothing but the preview. ``confirm`` writes all of it in one transaction or
nothing. ``undo`` takes back all of it, unless somebody has worked with the rows since. A room brings an ``Importer``
that knows its columns and its tables.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from redvest.core import access, audit, bulk, live
from redvest.core.errors import Refused
from redvest.core.models import ImportBatch, ImportRow
from redvest.core.sheets.headers import Column
from redvest.core.sheets.tables import LeftOut, Record, Start, records
from redvest.core.sheets.troubles import Problem, Trouble, Unreadable

if TYPE_CHECKING:
    from redvest.people.models import Account
    from redvest.places.models import Area

CHUNK = 2_000
State = ImportBatch.State
Verdict = ImportRow.Verdict
Progress = Callable[[int, int | None], None]


@dataclass(slots=True)
class Judged:
    """What will happen to one row: the values to write, and for a changed row what differs (field: [old, new])."""

    verdict: str
    values: dict[str, Any] = field(default_factory=dict)
    row_id: int | None = None
    changes: dict[str, list[Any]] = field(default_factory=dict)


class Importer(ABC):
    """One kind of row. An instance serves one run and may keep what it needs to remember between chunks."""

    kind: ClassVar[str]
    action: ClassVar[str]
    topic: ClassVar[str]
    columns: ClassVar[Sequence[Column]]
    came_from: ClassVar[Mapping[str, str]] = {}

    def __init__(self, actor: "Account", batch: ImportBatch) -> None:
        self.actor = actor
        self.batch = batch
        self.options: dict[str, Any] = batch.options

    @abstractmethod
    def judge(self, chunk: Sequence[Record]) -> list[Judged]:
        """Decide about rows that the sheet itself does not refuse; adds problems to the records it refuses."""

    @abstractmethod
    def create(self, rows: Sequence[ImportRow]) -> None:
        """Write new rows in bulk and set ``row_id`` on each."""

    @abstractmethod
    def change(self, rows: Sequence[ImportRow]) -> None:
        """Change rows in bulk and set ``before`` on each. Raises ``Refused`` when one is no longer as it was judged."""

    @abstractmethod
    def take_back(self, created: QuerySet[ImportRow]) -> None:
        """Delete what ``created`` made. Raises ``Refused`` when somebody has worked with it since, or uses it."""

    @abstractmethod
    def restore(self, changed: Sequence[ImportRow]) -> None:
        """Give changed rows back what they were. Raises ``Refused`` when somebody has worked with them since."""

    @classmethod
    def in_words(cls, key: str, value: Any) -> str:
        """A stored value as a reader understands it: labels for codes, names for keys."""
        if isinstance(value, list):
            return _(", ").join(str(part) for part in value)
        return "" if value is None else str(value)

    @classmethod
    def heading(cls, key: str) -> str:
        """The heading of the column from which a field came."""
        name = cls.came_from.get(key, key.removesuffix("_id"))
        return next((column.names[0] for column in cls.columns if column.key == name), key)

    @abstractmethod
    def finish(self) -> None:
        """After the last chunk of ``confirm``, in its transaction: remember what undoing needs in ``options``."""

    @abstractmethod
    def take_back_rest(self) -> None:
        """After the last chunk of ``undo``, in its transaction: what the rows brought along."""


@transaction.atomic
def upload(
    actor: "Account",
    importer: type[Importer],
    *,
    file_name: str,
    data: bytes,
    area: "Area | None",
    options: dict[str, Any] | None = None,
) -> ImportBatch:
    """Keep an uploaded file as a batch to be read. ``area`` is the area for which the actor imports."""
    access.require(actor, importer.action, area)
    if len(data) > settings.UPLOAD_LIMIT_BYTES:
        megabytes = settings.UPLOAD_LIMIT_BYTES // 1024 // 1024
        raise Refused(
            _("The file is larger than %(limit)s MB. Split it, for example by subdistrict.") % {"limit": megabytes}
        )
    batch = ImportBatch.objects.create(
        kind=importer.kind,
        account_id=actor.pk,
        area=area,
        file_name=file_name[-200:],
        file=data,
        digest=hashlib.sha256(data).hexdigest(),
        options=options or {},
    )
    audit.record(actor, "core.import_uploaded", batch, area_path=area.path if area else "", detail={"kind": batch.kind})
    return batch


def read(
    actor: "Account",
    importer: type[Importer],
    pk: int,
    *,
    progress: Progress = lambda done, total: None,
) -> ImportBatch:
    """Judge every row of a batch; the preview is then ready. May be run again after a crash: it begins anew.

    ``progress`` is called after each chunk; whatever it raises stops the reading.
    """
    batch = access.fetch(actor, importer.action, ImportBatch.objects.filter(kind=importer.kind), pk=pk)
    if batch.state != State.READING:
        return batch
    ImportRow.objects.filter(batch=batch).delete()
    assert batch.file is not None  # only a discarded or confirmed batch has lost it
    run = importer(actor, batch)
    tally = _Tally()
    try:
        for chunk in _chunks(records(bytes(batch.file), importer.columns), tally):
            _judge(run, batch, chunk, tally)
            progress(tally.rows, tally.expected or None)
    except Unreadable as unreadable:
        return _broken(batch, unreadable.problem)
    if not tally.rows:
        return _broken(batch, Problem(Trouble.FILE_EMPTY))
    batch.counts = tally.as_json()
    batch.state = State.PREVIEW
    batch.save(update_fields=["counts", "state", "options"])
    return batch


def _broken(batch: ImportBatch, problem: Problem) -> ImportBatch:
    ImportRow.objects.filter(batch=batch).delete()
    batch.state = State.BROKEN
    batch.problem = json.dumps(problem.to_json(), ensure_ascii=False)[:500]
    batch.file = None
    batch.save(update_fields=["state", "problem", "file"])
    return batch


def problem_of(batch: ImportBatch) -> Problem | None:
    """Why a broken batch cannot be read."""
    return Problem.from_json(json.loads(batch.problem)) if batch.problem else None


@dataclass
class _Tally:
    """What was met so far."""

    rows: int = 0
    expected: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    notes: int = 0
    left_out: list[dict[str, Any]] = field(default_factory=list)
    unknown: dict[str, list[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "notes": self.notes,
            "left_out": self.left_out,
            "unknown_columns": self.unknown,
            **{verdict: self.verdicts[verdict] for verdict in Verdict.values},
        }


def _chunks(events: Iterable[Start | LeftOut | Record], tally: _Tally) -> Iterator[list[Record]]:
    chunk: list[Record] = []
    for event in events:
        if isinstance(event, Start):
            tally.expected += event.rows
            if event.header.unknown:
                tally.unknown[event.sheet] = list(event.header.unknown)
        elif isinstance(event, LeftOut):
            tally.left_out.append({"sheet": event.sheet, **Problem(event.trouble, fields=event.fields).to_json()})
        else:
            chunk.append(event)
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
    if chunk:
        yield chunk


def _judge(run: Importer, batch: ImportBatch, chunk: Sequence[Record], tally: _Tally) -> None:
    open_rows = [record for record in chunk if not record.skipped and not record.refused]
    judged = dict(zip(map(id, open_rows), run.judge(open_rows), strict=True))
    rows = []
    for record in chunk:
        answer = judged.get(id(record))
        if record.skipped:
            answer = Judged(Verdict.SKIP)
            record.refuse(record.skipped)
        elif answer is None or record.refused:
            answer = Judged(Verdict.REFUSE)
        tally.rows += 1
        tally.verdicts[answer.verdict] += 1
        tally.notes += bool(record.problems) and answer.verdict in (Verdict.CREATE, Verdict.CHANGE)
        rows.append(_row(batch, record, answer))
    bulk.insert(rows)


def _row(batch: ImportBatch, record: Record, answer: Judged) -> ImportRow:
    values: dict[str, Any] = {"raw": record.raw}
    if answer.verdict in (Verdict.CREATE, Verdict.CHANGE):
        values |= {"write": answer.values, "changes": answer.changes}
    return ImportRow(
        batch=batch,
        sheet=record.sheet[:60],
        number=record.number,
        verdict=answer.verdict,
        values=values,
        problems=[problem.to_json() for problem in record.problems],
        row_id=answer.row_id,
    )


@transaction.atomic
def confirm(
    actor: "Account",
    importer: type[Importer],
    pk: int,
    *,
    progress: Progress = lambda done, total: None,
) -> ImportBatch:
    """Write everything that the preview promised, or nothing."""
    batch = _locked(actor, importer, pk)
    if batch.state != State.PREVIEW:
        raise Refused(_("This import was already confirmed or discarded. Reload the page to see what became of it."))
    run = importer(actor, batch)
    done = 0
    total = batch.counts.get(Verdict.CREATE, 0) + batch.counts.get(Verdict.CHANGE, 0)
    if not total:
        raise Refused(_("There is nothing to import: every row is unchanged or refused. Correct the file first."))
    try:
        with transaction.atomic():
            bulk.check_at_once()
            for chunk in _stored(batch, Verdict.CREATE):
                run.create(chunk)
                bulk.set_column(ImportRow, "row_id", "bigint", ((row.pk, row.row_id) for row in chunk))
                done += len(chunk)
                progress(done, total)
            for chunk in _stored(batch, Verdict.CHANGE):
                run.change(chunk)
                bulk.set_column(ImportRow, "before", "jsonb", ((row.pk, Jsonb(row.before)) for row in chunk))
                done += len(chunk)
                progress(done, total)
            run.finish()
    except IntegrityError as error:
        raise Refused(_stale()) from error
    batch.state = State.CONFIRMED
    batch.confirmed_at = timezone.now()
    batch.file = None  # the rows say all that undoing needs; the file holds personal data
    batch.save(update_fields=["state", "confirmed_at", "file", "options", "area"])
    path = batch.area.path if batch.area else ""
    counts = {verdict: batch.counts.get(verdict, 0) for verdict in Verdict.values}
    audit.record(actor, "core.import_confirmed", batch, area_path=path, detail={"kind": batch.kind, **counts})
    live.announce(importer.topic, path or "/")
    return batch


def _stale() -> str:
    return _("Somebody changed one of these rows since the preview. Upload the file again to see a fresh preview.")


def stale() -> Refused:
    """What ``Importer.change`` raises when a row is no longer as it was judged."""
    return Refused(_stale())


@transaction.atomic
def undo(actor: "Account", importer: type[Importer], pk: int) -> ImportBatch:
    """Take back a whole confirmed batch: created rows go, changed rows are again what they were."""
    batch = _locked(actor, importer, pk)
    if batch.state != State.CONFIRMED:
        raise Refused(_("Only a confirmed import can be undone. Reload the page to see the state of this one."))
    run = importer(actor, batch)
    for chunk in _stored(batch, Verdict.CHANGE):
        run.restore(chunk)
    path = batch.area.path if batch.area else ""
    try:
        with transaction.atomic():
            bulk.check_at_once()
            run.take_back(ImportRow.objects.filter(batch=batch, verdict=Verdict.CREATE))
            run.take_back_rest()
    except IntegrityError as error:
        sentence = _("Other entries already depend on these rows, so the import cannot be undone. Remove those first.")
        raise Refused(sentence) from error
    batch.state = State.UNDONE
    batch.undone_at = timezone.now()
    batch.save(update_fields=["state", "undone_at", "area"])
    audit.record(actor, "core.import_undone", batch, area_path=path, detail={"kind": batch.kind})
    live.announce(importer.topic, path or "/")
    return batch


@transaction.atomic
def discard(actor: "Account", importer: type[Importer], pk: int) -> ImportBatch:
    """Throw away a preview with everything that was read from the file."""
    batch = _locked(actor, importer, pk)
    if batch.state != State.PREVIEW:
        raise Refused(_("Only a preview can be discarded. Reload the page to see the state of this import."))
    ImportRow.objects.filter(batch=batch).delete()
    batch.state = State.DISCARDED
    batch.file = None
    batch.save(update_fields=["state", "file"])
    audit.record(actor, "core.import_discarded", batch, area_path=batch.area.path if batch.area else "")
    return batch


def _locked(actor: "Account", importer: type[Importer], pk: int) -> ImportBatch:
    rows = ImportBatch.objects.select_for_update(of=("self",)).filter(kind=importer.kind)
    return access.fetch(actor, importer.action, rows, pk=pk)


def _stored(batch: ImportBatch, verdict: str) -> Iterator[list[ImportRow]]:
    """The rows of a verdict in the order of the file, in chunks."""
    last = 0
    while True:
        rows = ImportRow.objects.filter(batch=batch, verdict=verdict, pk__gt=last).order_by("pk")
        chunk = list(rows[:CHUNK])
        if not chunk:
            return
        last = chunk[-1].pk
        yield chunk


# --- what the screens ask -----------------------------------------------------------------------------------------


def history(actor: "Account", importer: type[Importer]) -> QuerySet[ImportBatch]:
    """The imports of one kind in the actor's areas, the newest first, without their files."""
    rows = ImportBatch.objects.filter(kind=importer.kind).defer("file").select_related("account", "area")
    return access.scope(actor, importer.action, rows).order_by("-created_at", "-pk")


def batch_of(actor: "Account", importer: type[Importer], pk: int) -> ImportBatch:
    """One import, or a 404."""
    rows = ImportBatch.objects.filter(kind=importer.kind).defer("file").select_related("account", "area")
    return access.fetch(actor, importer.action, rows, pk=pk)


def preview_rows(batch: ImportBatch, verdict: str) -> QuerySet[ImportRow]:
    """The rows of one verdict of a batch that the actor was given by ``batch_of``, in the order of the file."""
    return ImportRow.objects.filter(batch=batch, verdict=verdict).order_by("pk")


def refused(batch: ImportBatch) -> Iterator[tuple[ImportRow, Problem]]:
    """Every problem of every refused row of a batch, for the list that goes back to whoever made the file."""
    for row in ImportRow.objects.filter(batch=batch, verdict=Verdict.REFUSE).order_by("pk").iterator(chunk_size=CHUNK):
        for problem in problems_of(row):
            yield row, problem


def problems_of(row: ImportRow) -> list[Problem]:
    """What is wrong with, or worth a look in, a row."""
    return [Problem.from_json(data) for data in row.problems]
