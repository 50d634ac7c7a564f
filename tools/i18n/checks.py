"""What must hold of the catalogs, each rule with the sentence that says how it is broken."""

import re
from collections.abc import Iterator

from tools.i18n import catalogs, sources
from tools.i18n.sources import CJK, Key, Text

_PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{(\w*)[^{}]*\}|(%[sdf])")


def problems(wanted: dict[str, dict[Key, Text]]) -> Iterator[str]:
    """Everything that is wrong, one line each."""
    chosen: dict[Key, tuple[str, str]] = {}
    for room in sorted({*wanted, *catalogs.rooms()}):
        texts = wanted.get(room, {})
        translated = catalogs.translations(catalogs.load(room))
        yield from _of_room(room, texts, translated)
        for key, string in translated.items():
            other, theirs = chosen.setdefault(key, (room, string))
            if theirs != string:
                yield f"{room}: '{_short(key)}' is '{string}' here and '{theirs}' in {other}; use one of them."
    yield from sources.chinese_in_sources()


def _of_room(room: str, texts: dict[Key, Text], translated: dict[Key, str]) -> Iterator[str]:
    listed = {catalogs.key_of(message) for message in catalogs.load(room) if message.id}
    if listed != set(texts):
        yield f"{room}: the catalog is not that of the sources. Run: .venv/bin/python -m tools.i18n update"
    for key in sorted(texts):
        string = translated.get(key)
        if not string:
            yield f"{room}: '{_short(key)}' has no Chinese translation."
        elif _placeholders(string) != _placeholders(key[2] or key[1]):
            yield f"{room}: '{_short(key)}' and '{string}' have different placeholders."
        if CJK.search(key[1]):
            yield f"{room}: '{_short(key)}' has Chinese in the message id; ids are English."


def _placeholders(text: str) -> set[str]:
    bare = text.replace("{{", "").replace("}}", "").replace("%%", "")
    return {next(part for part in match.groups() if part is not None) for match in _PLACEHOLDER.finditer(bare)}


def _short(key: Key) -> str:
    return key[1] if len(key[1]) <= 70 else f"{key[1][:67]}..."
