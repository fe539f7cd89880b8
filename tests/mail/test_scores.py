"""The reader against the corpus: it may get better, and not worse. `python -m tests.mail.report` prints the table."""

from __future__ import annotations

import pytest

from tests.mail.scoring import Score, scores

# Exact and F1, in per cent.
FLOORS = {
    "html": (96.0, 98.0),
    "text": (97.0, 98.0),
    "flat(html)": (66.0, 89.0),
    "flat(text)": (72.0, 88.0),
    "signature": (90.0, 90.0),
    "history": (95.0, 98.0),
}


@pytest.fixture(scope="module")
def scored() -> dict[str, Score]:
    return scores()


@pytest.mark.parametrize("kind", FLOORS)
def test_the_corpus_is_read_at_least_this_well(scored: dict[str, Score], kind: str) -> None:
    exact, f1 = FLOORS[kind]
    assert scored[kind].exact >= exact
    assert scored[kind].f1 >= f1
