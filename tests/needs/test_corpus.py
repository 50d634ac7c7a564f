"""Pasted texts are read as a person reads them: every trap of the domain, measured."""

import pytest

from redvest.needs.importing import read
from tests.needs.corpora import Case, as_json, cases, measure

CORPORA = (
    "corpus",
    "corpus_unseen",
    "corpus_third",
    "corpus_fourth",
    "corpus_fifth",
    "corpus_sixth",
    "corpus_seventh",
    "corpus_eighth",
    "corpus_ninth",
    "corpus_tenth",
    "corpus_eleventh",
    "corpus_twelfth",
)
ALL = [case for corpus in CORPORA for case in cases(corpus)]


@pytest.mark.parametrize(
    ("corpus", "texts", "entries"),
    [
        ("corpus", 25, 150),
        ("corpus_unseen", 12, 60),
        ("corpus_third", 8, 40),
        ("corpus_fourth", 12, 75),
        ("corpus_fifth", 12, 70),
        ("corpus_sixth", 10, 55),
        ("corpus_seventh", 10, 55),
        ("corpus_eighth", 10, 65),
        ("corpus_ninth", 10, 55),
        ("corpus_tenth", 10, 55),
        ("corpus_eleventh", 7, 35),
        ("corpus_twelfth", 6, 35),
    ],
)
def test_the_corpora_are_as_large_as_promised(corpus: str, texts: int, entries: int) -> None:
    found = cases(corpus)
    assert len(found) >= texts
    assert sum(len(case.rows) for case in found) >= entries


@pytest.mark.parametrize("corpus", CORPORA)
def test_rooms_items_and_quantities_are_right(corpus: str) -> None:
    precision, recall = measure(corpus)
    assert precision >= 0.98
    assert recall >= 0.98


@pytest.mark.parametrize("case", cases("corpus"), ids=lambda case: case.name)
def test_every_row_is_right(case: Case) -> None:
    """Building, unit, number in the list and kind as well, text by text."""
    assert [as_json(row) for row in read(case.text).rows] == case.rows, case.about


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_rows_keep_the_words_of_the_text(case: Case) -> None:
    intake = read(case.text)
    for row in intake.rows:
        assert case.text[row.start : row.end].strip() == row.raw
        for doubt in row.doubts:
            assert 0 <= doubt.start <= doubt.end <= len(case.text)
    for kept in intake.kept:
        assert case.text[kept.start : kept.end].strip() == kept.text
