"""Which texts the sources hold, and in which room each belongs."""

import ast
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "redvest"
AUDIENCES = {"public", "resident", "volunteer", "coordinator", "newsroom", "api"}
# Libraries whose texts reach our people from Python code; their templates are replaced by ours.
LIBRARIES = ("allauth.account", "allauth.mfa")

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
CJK = re.compile(r"[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
# Chinese in these places is data: names of columns in other people's files, invented people, the playbooks.
_DATA = (
    "data/",
    "demo/",
    "core/sheets/",
    "incidents/playbooks/",
    "places/rules.py",
    "config/settings.py",
    "config/demo_logins.py",
)
_DATA_MARK = "i18n: data"

Key = tuple[str, str, str]  # context, text, plural


@dataclass
class Text:
    """One text to translate, and the files that use it."""

    key: Key
    files: set[str] = field(default_factory=set)
    comments: list[str] = field(default_factory=list)

    @property
    def id(self) -> str | tuple[str, str]:
        _context, text, plural = self.key
        return (text, plural) if plural else text


def room_of(path: Path) -> str:
    """The room of a source file inside the package."""
    parts = path.relative_to(PACKAGE).parts
    if parts[0] != "web":
        return parts[0]
    inner = parts[2:] if parts[1] == "templates" else parts[1:]
    first = inner[0].removesuffix(".py")
    return f"web-{first}" if first in AUDIENCES else "web"


def texts_by_room() -> dict[str, dict[Key, Text]]:
    """Every text of the product."""
    rooms: dict[str, dict[Key, Text]] = {}
    for path in _files():
        for key, comments in _texts_of(path):
            text = rooms.setdefault(room_of(path), {}).setdefault(key, Text(key))
            text.files.add(str(path.relative_to(ROOT)))
            text.comments += [comment for comment in comments if comment not in text.comments]
    rooms["libraries"] = _texts_of_libraries()
    return rooms


def chinese_in_sources() -> Iterator[str]:
    """Places where a text for people stands in code or a template instead of a catalog."""
    for path in _files():
        name = path.relative_to(PACKAGE).as_posix()
        if name.startswith(_DATA) or "/importing" in name:
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        numbers = _chinese_lines_of_python(path) if path.suffix == ".py" else _chinese_lines_of_template(path)
        for number in sorted(numbers):
            if _DATA_MARK not in lines[number - 1]:
                yield (
                    f"redvest/{name}:{number}: Chinese in the source: {lines[number - 1].strip()[:50]}  "
                    f"Put the text in a catalog; if it is data, end the line with a comment '{_DATA_MARK}'."
                )


def _files() -> list[Path]:
    found = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("templates/**/*.txt")]
    return sorted(path for path in found if "migrations" not in path.parts)


def _texts_of(path: Path) -> Iterator[tuple[Key, list[str]]]:
    if path.suffix == ".py":
        yield from _from_python(path.read_bytes(), path)
    else:
        yield from _from_template(path)


def _from_python(source: bytes, path: Path) -> Iterator[tuple[Key, list[str]]]:
    found = extract("python", io.BytesIO(source), keywords=KEYWORDS, comment_tags=("Translators:",))
    for _line, message, comments, context in found:
        texts = (message,) if isinstance(message, str) else message
        text, plural = texts[0], texts[1] if len(texts) > 1 else None
        if not text:
            raise SystemExit(f"{path}: a text to translate is empty.")
        yield (context or "", text, str(plural or "")), list(comments)


def _from_template(path: Path) -> Iterator[tuple[Key, list[str]]]:
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    # What is not a text becomes rows of X; without their indentation the lines read as Python.
    lines = templatize(path.read_text(encoding="utf-8"), origin=str(path)).splitlines()
    yield from _from_python("\n".join(line.strip() for line in lines).encode(), path)


def _texts_of_libraries() -> dict[Key, Text]:
    texts: dict[Key, Text] = {}
    for library in LIBRARIES:
        spec = find_spec(library)
        assert spec is not None
        assert spec.origin is not None
        folder = Path(spec.origin).parent
        known = _translated_by_library(library)
        for path in sorted(folder.rglob("*.py")):
            if {"tests", "migrations", "management"} & set(path.relative_to(folder).parts):
                continue
            for key, _comments in _from_python(path.read_bytes(), path):
                if key[:2] not in known:
                    texts.setdefault(key, Text(key)).files.add(library)
    return texts


def _translated_by_library(library: str) -> set[tuple[str, str]]:
    spec = find_spec(library.split(".")[0])
    assert spec is not None
    assert spec.origin is not None
    for name in ("zh_Hans", "zh_CN"):
        path = Path(spec.origin).parent / "locale" / name / "LC_MESSAGES" / "django.po"
        if path.exists():
            with path.open("rb") as file:
                catalog = read_po(file)
            return {
                (message.context or "", message.id if isinstance(message.id, str) else message.id[0])
                for message in catalog
                if message.id and message.string and not message.fuzzy
            }
    return set()


def _chinese_lines_of_python(path: Path) -> set[int]:
    tree = ast.parse(path.read_bytes())
    spoken = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in spoken
        and CJK.search(node.value)
    }


def _chinese_lines_of_template(path: Path) -> set[int]:
    text = path.read_text(encoding="utf-8")
    remarks = r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}"
    bare = re.sub(remarks, lambda remark: "\n" * remark.group().count("\n"), text, flags=re.DOTALL)
    return {number for number, line in enumerate(bare.split("\n"), start=1) if CJK.search(line)}
