"""What may go wrong around a command, as sentences with exit codes."""

from redvest.command.words import _
from redvest.config.environment import BadSetting
from redvest.config.postgres import DatabaseTrouble

NOT_GOOD, NOT_UNDERSTOOD, MISSING = 1, 2, 3


class Trouble(Exception):
    """Ends the command with a sentence for the person at the terminal and an exit code."""

    def __init__(self, sentence: str, code: int = MISSING) -> None:
        super().__init__(sentence)
        self.code = code


def explain(error: Exception) -> Trouble | None:
    """The sentence for an error that is nobody's bug, or None."""
    if isinstance(error, BadSetting):
        return Trouble(str(error), NOT_UNDERSTOOD)
    if isinstance(error, DatabaseTrouble):
        return Trouble(str(error))
    return _explain_database(error)


def _explain_database(error: Exception) -> Trouble | None:
    import sys

    database = sys.modules.get("django.db")
    if database is None:
        return None
    if isinstance(error, database.OperationalError):
        sentence = _("The database does not answer: {error}\nCheck DATABASE_URL, and that the server runs.")
        return Trouble(sentence.format(error=str(error).strip()))
    if isinstance(error, database.ProgrammingError) and "does not exist" in str(error):
        return Trouble(_("The database lacks a table. Run `redvest manage migrate` and try again."))
    return None
