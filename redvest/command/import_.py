"""`redvest import`: spreadsheets from a file. What a row means is decided in the rooms' `importing` modules."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redvest.command.words import _

if TYPE_CHECKING:
    from redvest.core.batches import Importer
    from redvest.core.models import ImportBatch
    from redvest.people.models import Account

KINDS = ("areas", "estates", "people")
SHOWN_PROBLEMS = 50


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    about = _("bring in areas, estates or people from a spreadsheet: first a preview, with --confirm for real")
    parser = commands.add_parser("import", help=about, description=about)
    parser.add_argument("kind", choices=KINDS, help=_("what the rows are"))
    parser.add_argument("file", type=Path, help=_("xlsx, xls, ods or csv"))
    parser.add_argument("--confirm", action="store_true", help=_("import it; without this nothing is changed"))
    parser.add_argument("--as", dest="account", help=_("the user name that does it, for the record"))
    parser.add_argument("--area", help=_("code of the area that the rows belong to"))
    parser.add_argument("--district-name", help=_("areas only: the district's name when its code is not known"))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Preview or import; 1 when rows were refused or the file cannot be read, else 0."""
    from redvest.command.start import start_django
    from redvest.command.trouble import Trouble

    if not options.file.is_file():
        raise Trouble(_("There is no file {file}.").format(file=options.file))
    start_django()
    from redvest.core.errors import RedVestError
    from redvest.workflows.import_file import IMPORTERS

    try:
        return _import(options, IMPORTERS[options.kind])
    except RedVestError as error:
        raise Trouble(str(error)) from error


def _import(options: argparse.Namespace, importer: "type[Importer]") -> int:
    from redvest.core import audit, batches

    actor = _actor(options.account)
    area = _area(options.area)
    given: dict[str, Any] = {"district_name": options.district_name} if options.district_name else {}
    with audit.via("command"):
        batch = batches.upload(
            actor,
            importer,
            file_name=options.file.name,
            data=options.file.read_bytes(),
            area=area,
            options=given | {"new_organisations": area is not None},
        )
        batch = batches.read(actor, importer, batch.pk, progress=_progress)
        problem = batches.problem_of(batch)
        if problem is not None:
            print(f"{problem.reason} {problem.remedy}", file=sys.stderr)
            return 1
        _report(batch)
        refused = int(batch.counts["refuse"])
        if options.confirm:
            batches.confirm(actor, importer, batch.pk, progress=_progress)
            print(_("Imported. The screen “Imports” can undo it as number {number}.").format(number=batch.pk))
        else:
            batches.discard(actor, importer, batch.pk)
            print(_("Nothing was changed. Run it again with --confirm to import."))
    return 1 if refused else 0


def _actor(name: str | None) -> "Account":
    from redvest.command.trouble import Trouble
    from redvest.people.models import Account

    if not name:
        return Account.objects.system()
    account = Account.objects.filter(username=name).first()
    if account is None:
        raise Trouble(_("Nobody has the user name {name}.").format(name=name))
    return account


def _area(code: str | None) -> Any:
    from redvest.command.trouble import Trouble
    from redvest.places.models import Area

    if not code:
        return None
    area = Area.objects.filter(code=code).first()
    if area is None:
        raise Trouble(_("No area has the code {code}. Import the official areas first.").format(code=code))
    return area


def _progress(done: int, total: int | None) -> None:
    print(f"  {done}/{total}" if total else f"  {done}", file=sys.stderr, flush=True)


def _report(batch: "ImportBatch") -> None:
    from redvest.core import batches

    line = _("{create} new, {change} changed, {skip} unchanged, {refuse} refused")
    print(line.format(**{key: batch.counts[key] for key in ("create", "change", "skip", "refuse")}))
    for number, (row, problem) in enumerate(batches.refused(batch)):
        if number == SHOWN_PROBLEMS:
            print("  …")
            break
        where = " ".join(part for part in (row.sheet, str(row.number), problem.column) if part)
        print(f"  {where}: {problem.value!r} {problem.reason} {problem.remedy}")
