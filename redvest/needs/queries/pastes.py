"""Pasted lists that are still to be looked at, and the rows of one."""

from dataclasses import dataclass

from django.db.models import Count, Q

from redvest.core import access
from redvest.incidents.playbooks.schema import RequestKind
from redvest.needs.models import Paste, PastedRow
from redvest.needs.pasted import Pasted, kind_for
from redvest.needs.queries.serving import serving
from redvest.people.models import Account

RECENT = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A row with what was read of it and the kind it would become."""

    row: PastedRow
    read: Pasted
    kind: str

    @property
    def tone(self) -> str:
        return "ok" if not self.read.doubts and self.read.household is not None else "late"


@dataclass(frozen=True, slots=True)
class Review:
    """A pasted list under review."""

    paste: Paste
    lines: list[Line]
    kinds: list[RequestKind]

    @property
    def clear(self) -> int:
        """Rows that could be taken without a look."""
        return sum(
            line.row.state == "open" and line.read.is_wish and not line.read.doubts and line.read.household is not None
            for line in self.lines
        )

    @property
    def open(self) -> int:
        return sum(line.row.state == "open" for line in self.lines)

    @property
    def counts_heads(self) -> bool:
        """A list for sampling: its rows are no requests."""
        return self.paste.kind == "head_count"


def pastes(actor: Account) -> list[Paste]:
    """The last lists of the actor's areas, each with how many rows are still open; one query."""
    rows = access.scope(actor, "needs.enter", Paste.objects.select_related("area", "made_by"))
    return list(rows.annotate(all_rows=Count("rows"), open_rows=Count("rows", filter=Q(rows__state="open")))[:RECENT])


def review(actor: Account, pk: int) -> Review:
    """One list with its rows."""
    paste = access.fetch(actor, "needs.enter", Paste.objects.select_related("area", "made_by"), pk=pk)
    service = serving(paste.area)
    kinds = service.kinds if service else {}
    lines = [_line(row, kinds) for row in paste.rows.select_related("request", "decided_by")]
    return Review(paste, lines, sorted(kinds.values(), key=lambda kind: kind.priority))


def row(actor: Account, pk: int) -> tuple[Line, list[RequestKind]]:
    """One row, as the list shows it."""
    rows = PastedRow.objects.select_related("paste__area", "request", "decided_by")
    found = access.fetch(actor, "needs.enter", rows, pk=pk)
    service = serving(found.paste.area)
    kinds = service.kinds if service else {}
    return _line(found, kinds), sorted(kinds.values(), key=lambda kind: kind.priority)


def _line(row: PastedRow, kinds: dict[str, RequestKind]) -> Line:
    read = Pasted.of(row.read)
    return Line(row, read, kind_for(read, kinds) if kinds else "")
