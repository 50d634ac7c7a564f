"""`redvest import`: spreadsheets from a file. What a row means is decided in the rooms' `importing` modules."""

import argparse
from importlib import import_module
from pathlib import Path

from redvest.command.words import _

_IMPORTERS = {
    "areas": "redvest.places.importing",
    "estates": "redvest.places.importing",
    "people": "redvest.people.importing",
}


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    about = _("bring in areas, estates or people from a spreadsheet: first a preview, with --confirm for real")
    parser = commands.add_parser("import", help=about, description=about)
    parser.add_argument("kind", choices=sorted(_IMPORTERS), help=_("what the rows are"))
    parser.add_argument("file", type=Path, help=_("xlsx, xls, ods or csv"))
    parser.add_argument("--confirm", action="store_true", help=_("import it; without this nothing is changed"))
    parser.add_argument("--as", dest="account", help=_("the user name that does it, for the record"))
    parser.add_argument("--district-name", help=_("areas only: the district's name when its code is not known"))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Preview or import. The importer's `command(options)` prints what it finds and returns the exit code."""
    from redvest.command.start import start_django
    from redvest.command.trouble import Trouble

    if not options.file.is_file():
        raise Trouble(_("There is no file {file}.").format(file=options.file))
    start_django()
    code: int = import_module(_IMPORTERS[options.kind]).command(options)
    return code
