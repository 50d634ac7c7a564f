"""`redvest roster`: the engine's own command line, which needs no database."""

import argparse

from redvest.command.words import _


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", *, loaded: bool) -> None:
    """Name it for --help, or, when it is asked for, load the engine and let it say what it understands."""
    if loaded:
        from redvest.engine import cli

        cli.register(commands)
    else:
        commands.add_parser("roster", help=_("make and check rosters from files"), add_help=False)
