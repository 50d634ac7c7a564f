"""The corpora of pasted texts, and how an answer is measured against what a person reads in them."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redvest.needs.importing import Row, read

FOLDER = Path(__file__).parent
Triple = tuple[str, str | None, float | int | None]


@dataclass(frozen=True)
class Case:
    """One pasted text and the rows that a person reads in it."""

    name: str
    about: str
    text: str
    rows: list[dict[str, Any]]


def cases(corpus: str) -> list[Case]:
    """The texts of a corpus in order."""
    found = []
    for path in sorted((FOLDER / corpus).glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        found.append(Case(path.stem, data["about"], "\n".join(data["text"]), data["rows"]))
    return found


def as_json(row: Row) -> dict[str, Any]:
    """A row in the form of the corpus."""
    items = [{"name": item.name, "quantity": item.quantity, "unit": item.unit} for item in row.items]
    return {
        "entry": row.entry, "building": row.building, "unit": row.unit, "room": row.room, "people": row.people,
        "items": items, "kind": row.kind.value,
    }  # fmt: skip


def triples(rows: list[dict[str, Any]]) -> "Counter[Triple]":
    """What is measured: (room, item, quantity), or (room, nothing, people) where nothing is ordered."""
    found: Counter[Triple] = Counter()
    for row in rows:
        for item in row["items"]:
            found[row["room"], item["name"], item["quantity"]] += 1
        if not row["items"]:
            found[row["room"], None, row["people"]] += 1
    return found


def measure(corpus: str) -> tuple[float, float]:
    """Precision and recall over a whole corpus."""
    right = wrong = missed = 0
    for case in cases(corpus):
        wanted, got = triples(case.rows), triples([as_json(row) for row in read(case.text).rows])
        right += (wanted & got).total()
        missed += (wanted - got).total()
        wrong += (got - wanted).total()
    return right / (right + wrong), right / (right + missed)
