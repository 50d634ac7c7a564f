"""Reads one TOML document strictly: every problem is a sentence with file, key path and reason; knows no playbook."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])\Z|24:00\Z")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
CJK = re.compile(r"[\u3400-\u9fff]")


class PlaybookInvalid(ValueError):
    """A playbook that cannot be used; `problems` holds one sentence for each thing to mend."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages; as a string it speaks the reader's language."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.in_language(get_language() or "zh-hans")

    def in_language(self, code: str) -> str:
        return self.zh if code.startswith("zh") else self.en

    def fill(self, code: str, values: Mapping[str, object]) -> str:
        """The text with its {placeholders} filled in; plain replacement, so a value can never reach an attribute."""
        return PLACEHOLDER.sub(lambda found: str(values[found[1]]), self.in_language(code))


@dataclass(slots=True)
class Document:
    """The file being read and the problems found so far."""

    file: str
    problems: list[str] = field(default_factory=list)

    def problem(self, path: str, reason: str) -> None:
        self.problems.append(f"{self.file}: {path} {reason}" if path else f"{self.file}: {reason}")


def parse(file: str, text: str) -> "Table":
    """Raises PlaybookInvalid when the text is not TOML at all."""
    document = Document(file)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        document.problem("", _("is not readable as TOML: %(reason)s") % {"reason": error})
        raise PlaybookInvalid(document.problems) from error
    return Table(document, "", data)


def shown(value: object) -> str:
    """A wrong value as its author would recognise it, cut short."""
    text = "true" if value is True else "false" if value is False else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


class Table:
    """One table of the document. Each key is asked for by the reader; what nobody asked for is unknown, an error."""

    def __init__(self, document: Document, path: str, data: Mapping[str, Any]) -> None:
        self.document = document
        self.path = path
        self.data = data
        self.asked: set[str] = set()
        self.children: list[Table] = []

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def problem(self, key: str, reason: str) -> None:
        self.document.problem(self.at(key) if key else self.path, reason)

    def wrong(self, key: str, wanted: str, value: object) -> None:
        self.problem(key, _("must be %(wanted)s, not %(value)s") % {"wanted": wanted, "value": shown(value)})

    def has(self, key: str) -> bool:
        return key in self.data

    def _take(self, key: str, wanted: str) -> Any:
        self.asked.add(key)
        if key not in self.data:
            self.problem(key, _("is missing; it must be %(wanted)s") % {"wanted": wanted})
        return self.data.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        wanted = _("a text that is not empty")
        if default is not None and key not in self.data:
            self.asked.add(key)
            return default
        value = self._take(key, wanted)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if key in self.data:
            self.wrong(key, wanted, value)
        return ""

    def whole(self, key: str, minimum: int, maximum: int | None = None, default: int | None = None) -> int:
        wanted = _("a whole number of %(minimum)s or more") % {"minimum": minimum}
        if maximum is not None:
            wanted = _("a whole number from %(minimum)s to %(maximum)s") % {"minimum": minimum, "maximum": maximum}
        if default is not None and key not in self.data:
            self.asked.add(key)
            return default
        value = self._take(key, wanted)
        fits = isinstance(value, int) and not isinstance(value, bool)
        if fits and value >= minimum and (maximum is None or value <= maximum):
            return int(value)
        if key in self.data:
            self.wrong(key, wanted, value)
        return minimum

    def flag(self, key: str, default: bool) -> bool:
        self.asked.add(key)
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.wrong(key, _("true or false"), value)
            return default
        return value

    def choice(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        options = list(allowed)
        wanted = _("one of %(options)s") % {"options": ", ".join(options)}
        if default is not None and key not in self.data:
            self.asked.add(key)
            return default
        value = self._take(key, wanted)
        if value in options and isinstance(value, str):
            return value
        if key in self.data:
            self.wrong(key, wanted, value)
        return options[0] if options else ""

    def reference(self, key: str, known: Mapping[str, object], kind: str, default: str | None = None) -> str:
        """The name of something defined elsewhere in the same file."""
        if default is not None and key not in self.data:
            self.asked.add(key)
            return default
        value = self.text(key)
        if value and value not in known:
            self.problem(key, unknown_name(value, known, kind))
        return value

    def clock(self, key: str) -> int:
        """A time of day as minutes after midnight; 24:00 is allowed as an end."""
        wanted = _("a time of day such as 06:30")
        value = self._take(key, wanted)
        if isinstance(value, str) and CLOCK.match(value):
            return int(value[:2]) * 60 + int(value[3:])
        if key in self.data:
            self.wrong(key, wanted, value)
        return 0

    def words(self, key: str, allowed: Iterable[str] = ()) -> Words:
        """A text in Chinese and English with no other placeholders than those allowed."""
        table = self.table(key)
        if table is None:
            return Words("", "")
        found = Words(table.text("zh"), table.text("en"))
        if found.zh and not CJK.search(found.zh):
            table.problem("zh", _("must be written in Chinese"))
        if found.en and CJK.search(found.en):
            table.problem("en", _("must be written in English"))
        for language, text in (("zh", found.zh), ("en", found.en)):
            check_placeholders(table, language, text, set(allowed))
        return found

    def table(self, key: str) -> "Table | None":
        wanted = _("a table")
        value = self._take(key, wanted)
        if isinstance(value, dict):
            return self._child(self.at(key), value)
        if key in self.data:
            self.wrong(key, wanted, value)
        return None

    def tables(self, key: str, minimum: int = 0) -> list["Table"]:
        """A list of tables, each with its place in its path: posts.gate.skills[2]."""
        if minimum == 0 and key not in self.data:
            self.asked.add(key)
            return []
        value = self._take(key, _("a list of tables"))
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            if key in self.data:
                self.wrong(key, _("a list of tables"), value)
            return []
        if len(value) < minimum:
            self.problem(key, _("must have at least %(minimum)s entries") % {"minimum": minimum})
        return [self._child(f"{self.at(key)}[{place}]", item) for place, item in enumerate(value, start=1)]

    def named(self, key: str, minimum: int = 1) -> dict[str, "Table"]:
        """A table of tables: posts.gate, posts.standby_desk."""
        parent = self.table(key) if minimum or key in self.data else None
        found: dict[str, Table] = {}
        if parent is None:
            self.asked.add(key)
            return found
        for name, value in parent.data.items():
            parent.asked.add(name)
            if not NAME.match(name):
                parent.problem(name, _("is not a usable name: small letters, digits and _ only, a letter first"))
            elif not isinstance(value, dict):
                parent.wrong(name, _("a table"), value)
            else:
                found[name] = parent._child(parent.at(name), value)
        if len(parent.data) < minimum:
            self.problem(key, _("must have at least %(minimum)s entries") % {"minimum": minimum})
        return found

    def names(self, key: str, known: Mapping[str, object], kind: str) -> tuple[str, ...]:
        """A list of names of things defined elsewhere in the same file; absent means none."""
        self.asked.add(key)
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.wrong(key, _("a list of names"), value)
            return ()
        for item in value:
            if item not in known:
                self.problem(key, unknown_name(item, known, kind))
        return tuple(value)

    def _child(self, path: str, data: Mapping[str, Any]) -> "Table":
        child = Table(self.document, path, data)
        self.children.append(child)
        return child

    def close(self) -> None:
        """Reports every key that nobody asked for, here and below."""
        for key in self.data:
            if key not in self.asked:
                self.problem(key, unknown_key(key, self.asked))
        for child in self.children:
            child.close()


def unknown_key(key: str, allowed: Iterable[str]) -> str:
    near = difflib.get_close_matches(key, list(allowed), n=1)
    if near:
        return _("is not a known key; did you mean %(near)s?") % {"near": near[0]}
    return _("is not a known key; allowed here: %(allowed)s") % {"allowed": ", ".join(sorted(allowed))}


def unknown_name(value: str, known: Mapping[str, object], kind: str) -> str:
    near = difflib.get_close_matches(value, list(known), n=1)
    fields = {"value": value, "kind": kind, "known": ", ".join(sorted(known)) or "-"}
    if near:
        return _("names %(value)s, which is not among the %(kind)s of this file; did you mean %(near)s?") % (
            fields | {"near": near[0]}
        )
    return _("names %(value)s, which is not among the %(kind)s of this file: %(known)s") % fields


def check_placeholders(table: Table, key: str, text: str, allowed: set[str]) -> None:
    used = set(PLACEHOLDER.findall(text))
    if text.count("{") != len(PLACEHOLDER.findall(text)) or text.count("}") != text.count("{"):
        table.problem(key, _("has a brace without its partner; a placeholder is written {name}"))
    options = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or _("none")
    for name in sorted(used - allowed):
        reason = _("has the unknown placeholder %(name)s; allowed here: %(options)s")
        table.problem(key, reason % {"name": f"{{{name}}}", "options": options})
