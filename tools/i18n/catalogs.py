"""The catalogs on disk: read, brought up to date, written always in the same form, compiled."""

import contextlib
import fcntl
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools.i18n.sources import PACKAGE, Key, Text

LOCALE = "zh_Hans"
_FOLDER = PACKAGE / "locale"
_HEADER = r"""# Chinese texts of {room}. Made by `python -m tools.i18n update`; translate by filling in msgstr.
msgid ""
msgstr ""
"Language: zh_Hans\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""


def path_of(room: str) -> Path:
    """Where the catalog of a room is kept."""
    return _FOLDER / room / LOCALE / "LC_MESSAGES" / "django.po"


def rooms() -> list[str]:
    """The rooms that have a catalog."""
    return sorted(path.parents[2].name for path in _FOLDER.glob(f"*/{LOCALE}/LC_MESSAGES/django.po"))


def load(room: str) -> Catalog:
    """The catalog of a room; empty when there is none yet."""
    path = path_of(room)
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE, abort_invalid=True)


def key_of(message: Message) -> Key:
    """Context, text, plural."""
    if isinstance(message.id, str):
        return message.context or "", message.id, ""
    return message.context or "", message.id[0], message.id[1]


def translations(catalog: Catalog) -> dict[Key, str]:
    """What is translated in a catalog. Chinese has one form for any number."""
    found = {}
    for message in catalog:
        string = message.string if isinstance(message.string, str) else next(iter(message.string or ()), "")
        if message.id and string and not message.fuzzy:
            found[key_of(message)] = string
    return found


def save(room: str, texts: dict[Key, Text], translated: dict[Key, str]) -> bool:
    """Write a room's catalog; returns whether it changed. A room without texts has no catalog."""
    path = path_of(room)
    before = path.read_bytes() if path.exists() else b""
    if not texts:
        path.unlink(missing_ok=True)
        return bool(before)
    catalog = Catalog(locale=LOCALE)
    for key, text in sorted(texts.items(), key=lambda item: (item[0][1], item[0])):
        string = translated.get(key, "")
        catalog.add(
            text.id,
            (string,) if key[2] else string,
            locations=[(file, 0) for file in sorted(text.files)],
            auto_comments=text.comments,
            context=key[0] or None,
        )
    body = io.BytesIO()
    write_po(body, catalog, width=110, omit_header=True, include_lineno=False, sort_output=False)
    after = _HEADER.replace("{room}", room).encode() + body.getvalue()
    if after != before:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(after)
    return after != before


def compile_all() -> int:
    """Make the files that run from the catalogs that are newer; returns how many."""
    made = 0
    for room in rooms():
        source = path_of(room)
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        catalog = load(room)
        catalog.revision_date = catalog.creation_date = datetime(2026, 1, 1, tzinfo=UTC)
        unfinished = target.with_suffix(".mo.new")
        with unfinished.open("wb") as file:
            write_mo(file, catalog)
        unfinished.replace(target)
        made += 1
    return made


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """One writer at a time."""
    _FOLDER.mkdir(exist_ok=True)
    with (_FOLDER / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
