"""`redvest manage`: Django's own commands with our settings."""

import argparse
from collections.abc import Sequence

from redvest.command.words import _

# These look at code only.
_WITHOUT_DATABASE = {"help", "version", "--help", "--version", "collectstatic", "findstatic", "check", "diffsettings"}


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Named here for --help; `main` hands the words over unread."""
    commands.add_parser("manage", help=_("Django's own commands, e.g. `redvest manage migrate`"), add_help=False)


def run(words: Sequence[str]) -> int:
    """Hand the words to Django."""
    from django.core.management import execute_from_command_line

    from redvest.config import postgres

    if words and words[0] not in _WITHOUT_DATABASE:
        postgres.attach()
    execute_from_command_line(["redvest manage", *words])
    return 0
