"""The language of the command line, taken from LANGUAGE or the terminal's locale; Django is not needed for it."""

import gettext
import os
from functools import cache
from pathlib import Path

_CATALOGS = Path(__file__).resolve().parents[1] / "locale"


def _(message: str) -> str:
    """The message in the language of the terminal."""
    return _catalog().gettext(message)


def told(message: str, room: str) -> str:
    """A message of another room, such as a doubt of `needs`, in the language of the terminal."""
    return _catalog(room).gettext(message)


def is_chinese() -> bool:
    """Whether the terminal asks for Chinese."""
    chosen = next(
        (os.environ[name] for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return chosen.lower().startswith("zh")


@cache
def _catalog(room: str = "command") -> gettext.NullTranslations:
    languages = ["zh_Hans"] if is_chinese() else []
    return gettext.translation("django", _CATALOGS / room, languages, fallback=True)
