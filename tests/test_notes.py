"""Notes: the text that is sent says who wrote it, fits, and is sent once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.leadsquared.errors import OutcomeUnknown
from bot.notes import Author, Notes, signed


def test_a_note_ends_with_its_author() -> None:
    text = signed("  Called back.\n\nAll is well.\n", Author("Asha Rao", "U012ABCDEF"))
    assert text == "Called back.\n\nAll is well.\n\n— Asha Rao, from Slack (U012ABCDEF)"


def test_a_name_cannot_make_lines_of_its_own() -> None:
    text = signed("Called.", Author("Asha\n\n— Someone else,\t from Slack", "U1"))
    assert text.splitlines()[-1] == "— Asha — Someone else, from Slack, from Slack (U1)"
    assert len(text.splitlines()) == 3


@given(st.text(min_size=1, max_size=300), st.text(max_size=400), st.text(max_size=40))
def test_the_longest_note_fits_with_any_name(text: str, name: str, user_id: str) -> None:
    notes = Notes(Recorder(), 400)
    longest = (text * 300)[: notes.max_text_chars]
    assert len(signed(longest, Author(name, user_id))) <= 400


class Recorder:
    """Keeps the notes that it is given to send."""

    def __init__(self, error: Exception | None = None) -> None:
        self.sent: list[tuple[int, str]] = []
        self.error = error

    def post_internal_note(self, ticket_id: int, text: str) -> None:
        self.sent.append((ticket_id, text))
        if self.error:
            raise self.error


def test_a_note_is_sent_once_even_when_its_fate_is_unknown() -> None:
    recorder = Recorder(OutcomeUnknown("no answer"))
    with pytest.raises(OutcomeUnknown):
        Notes(recorder, 400).post(143, "Once", Author("Asha", "U1"))
    assert recorder.sent == [(143, "Once\n\n— Asha, from Slack (U1)")]
