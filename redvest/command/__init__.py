"""The `redvest` command: one file for each subcommand, which imports what it needs only when it is run.

Exit codes: 0 done; 1 done, and the answer is not good (doctor found something, rows were refused, a roster breaks a
rule); 2 the command or a setting cannot be understood; 3 something outside is missing (database, port, folder);
130 Ctrl-C; 143 told to stop.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from redvest.command.words import _


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "redvest.config.settings")
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["manage"]:
        # Everything after it belongs to Django, including --help.
        from redvest.command import manage

        return _guarded(lambda: manage.run(words[1:]))
    options = parser(words).parse_args(words)
    return _guarded(lambda: int(options.run(options) or 0))


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The whole command line. The engine loads a solver; it is asked for its words only when they are wanted."""
    from redvest.command import database, demo, doctor, import_, intake, manage, roster, rounds, run, serve, work

    whole = argparse.ArgumentParser(
        prog="redvest",
        description=_("RedVest: community emergency volunteer work, from the call-up to the thanks."),
        epilog=_("Exit codes: 0 done, 1 the answer is not good, 2 not understood, 3 something outside is missing."),
    )
    commands = whole.add_subparsers(metavar=_("COMMAND"), required=True)
    for room in (run, serve, work, demo, import_, intake, rounds, database, doctor, manage):
        room.register(commands)
    roster.register(commands, loaded=words[:1] == ["roster"])
    return whole


def _guarded(task: Callable[[], int]) -> int:
    """Turn what may go wrong outside our code into one sentence and an exit code; bugs keep their traceback."""
    from redvest.command.trouble import Trouble, explain

    _stop_on_sigterm()
    try:
        return task()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left, e.g. `redvest ... | head`
        return 0
    except Exception as error:
        trouble = error if isinstance(error, Trouble) else explain(error)
        if trouble is None:
            raise
        print(f"redvest: {trouble}", file=sys.stderr)
        return trouble.code


def _stop_on_sigterm() -> None:
    """SIGTERM ends the process like an ordinary exit, so that children are stopped and locks are given back."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)
