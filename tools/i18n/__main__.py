"""The command line of the translation tool."""

import argparse
import json
import sys
from collections import ChainMap
from pathlib import Path

from tools.i18n import catalogs, checks, sources


def main() -> int:
    """Run one of the subcommands."""
    parser = argparse.ArgumentParser(prog="python -m tools.i18n", description=sources.__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    update_parser = commands.add_parser("update", help="bring the catalogs in line with the sources")
    update_parser.add_argument("rooms", nargs="*", help="only these rooms")
    commands.add_parser("check", help="say what is missing or wrong")
    commands.add_parser("compile", help="make the files that run")
    missing_parser = commands.add_parser("missing", help="print untranslated texts as JSON, to be filled in")
    missing_parser.add_argument("rooms", nargs="*", help="only these rooms")
    fill_parser = commands.add_parser("fill", help='take translations from JSON: {"English text": "中文"}')
    fill_parser.add_argument("file", type=Path)
    fill_parser.add_argument("rooms", nargs="*", help="only these rooms")
    options = parser.parse_args()
    if options.command == "check":
        return _check()
    with catalogs.locked():
        if options.command == "update":
            _update(options.rooms)
        elif options.command == "missing":
            _missing(options.rooms)
        elif options.command == "fill":
            _fill(options.file, options.rooms)
        catalogs.compile_all()
    return 0


def _update(only: list[str]) -> None:
    wanted = sources.texts_by_room()
    known = {room: catalogs.translations(catalogs.load(room)) for room in {*wanted, *catalogs.rooms()}}
    elsewhere = ChainMap(*known.values())  # a text that another room has translated is not translated twice
    for room in sorted(only or known):
        texts = wanted.get(room, {})
        translated = {key: known[room].get(key) or elsewhere.get(key, "") for key in texts}
        changed = catalogs.save(room, texts, translated)
        lacking = sum(not string for string in translated.values())
        if changed or lacking:
            print(f"{room}: {len(texts)} texts, {lacking} to translate")


def _missing(only: list[str]) -> None:
    wanted = sources.texts_by_room()
    lacking: dict[str, str] = {}
    for room in sorted(only or wanted):
        translated = catalogs.translations(catalogs.load(room))
        lacking |= {key[1]: "" for key in sorted(wanted.get(room, {})) if not translated.get(key)}
    json.dump(lacking, sys.stdout, ensure_ascii=False, indent=1)
    print()


def _fill(file: Path, only: list[str]) -> None:
    given = {text: string for text, string in json.loads(file.read_text(encoding="utf-8")).items() if string}
    used = set()
    for room, texts in sources.texts_by_room().items():
        if only and room not in only:
            continue
        translated = catalogs.translations(catalogs.load(room))
        for key in texts:
            if key[1] in given:
                translated[key] = given[key[1]]
                used.add(key[1])
        catalogs.save(room, texts, translated)
    for text in sorted(set(given) - used):
        print(f"Not in the sources: {text}", file=sys.stderr)


def _check() -> int:
    found = list(checks.problems(sources.texts_by_room()))
    for line in found:
        print(line)
    if found:
        print(
            f"{len(found)} problems. `python -m tools.i18n missing` lists untranslated texts, `fill` takes them back."
        )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
