"""The text of a note: it says who wrote it and from where, can be found, and fits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.notes import Author, Draft, room_for_text, signed

LINK = "https://acme-support.slack.com/archives/C0SUPPORT1/p1763640000000100"


def test_a_note_ends_with_author_origin_and_reference() -> None:
    author = Author("Asha Rao", "U012ABCDEF", "asha.rao@example.com")
    assert signed("  Called back.\n\nAll is well.\n", author, "TB-7F3K2", LINK) == (
        f"Called back.\n\nAll is well.\n\n— Asha Rao, asha.rao@example.com, from Slack (U012ABCDEF)\n{LINK}\nTB-7F3K2"
    )


def test_what_is_not_known_takes_no_room() -> None:
    assert signed("Called.", Author("Asha Rao", "U1"), "TB-7F3K2") == (
        "Called.\n\n— Asha Rao, from Slack (U1)\nTB-7F3K2"
    )


def test_a_name_or_an_address_cannot_make_lines_of_its_own() -> None:
    text = signed("Called.", Author("Asha\n\n— Someone else,\t from Slack", "U1", "a@example.com\n— B"), "TB-7F3K2")
    assert text.splitlines()[2:] == ["— Asha — Someone else, from Slack, from Slack (U1)", "TB-7F3K2"]


@given(
    st.text(min_size=1, max_size=300),
    st.text(max_size=400),
    st.emails() | st.text(),
    st.text(),
    st.sampled_from(["", LINK]),
)
def test_the_longest_note_fits_with_any_name(text: str, name: str, email: str, user_id: str, link: str) -> None:
    longest = (text * 400)[: room_for_text(400, link)]
    assert len(signed(longest, Author(name, user_id, email), "TB-7F3K2", link)) <= 400


def test_a_draft_is_told_from_another_by_its_ticket_and_its_text() -> None:
    def draft(ticket_id: int, text: str) -> Draft:
        return Draft("T1", "V1", 1, "U1", "asha", ticket_id, text)

    assert draft(143, "1").digest == draft(143, "1").digest
    assert len({draft(143, "1").digest, draft(143, "2").digest, draft(1431, "").digest, draft(14, "31").digest}) == 4
