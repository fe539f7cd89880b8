"""Whole messages and whole views: limits that no single block shows."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.slack.rules import blocks_size, refuse_message, refuse_view

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def sections(count: int, size: int) -> list[Json]:
    return [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * size}} for _ in range(count)]


def view(**fields: Any) -> Json:
    return {"type": "modal", "title": plain("Ticket"), "blocks": [{"type": "divider"}], **fields}


def error(refusal: Any) -> str | None:
    return refusal.error if refusal else None


def test_the_text_of_all_blocks_together_has_a_limit() -> None:
    assert refuse_message({"blocks": sections(4, 3000) + sections(1, 1200)}) is None
    assert error(refuse_message({"blocks": sections(4, 3000) + sections(1, 1201)})) == "msg_blocks_too_long"


def test_a_header_counts_for_a_hundred_characters_more() -> None:
    assert blocks_size([{"type": "header", "text": plain("x" * 20)}]) == 120


def test_rich_text_and_escapes_count_as_they_are_sent() -> None:
    leaves = [{"type": "text", "text": "abc"}, {"type": "link", "url": "https://example.com", "text": "de"}]
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": leaves}]}
    escaped = {"type": "section", "text": {"type": "mrkdwn", "text": "&lt;"}}
    assert blocks_size([rich, escaped]) == 3 + 2 + 4


def test_all_markdown_blocks_together_have_a_limit() -> None:
    assert refuse_message({"blocks": [{"type": "markdown", "text": "x" * 6000}] * 2}) is None
    assert error(refuse_message({"blocks": [{"type": "markdown", "text": "x" * 6001}] * 2})) == "markdown_text_too_long"


def test_a_message_needs_something_to_show() -> None:
    assert error(refuse_message({})) == "no_text"
    assert error(refuse_message({"text": "", "blocks": []})) == "no_text"
    assert refuse_message({"text": "x"}) is None


def test_a_short_text_is_measured_in_bytes() -> None:
    assert refuse_message({"text": "é" * 2000}, 4000) is None
    assert error(refuse_message({"text": "é" * 2000 + "x"}, 4000)) == "msg_too_long"


def test_blocks_of_attachments_are_held_to_the_same_rules() -> None:
    refusal = refuse_message({"attachments": [{"blocks": sections(1, 3001)}]})
    assert refusal is not None
    assert refusal.error == "invalid_attachments"
    assert refusal.faults[0].pointer == "/attachments/0/blocks/0/text/text"
    assert error(refuse_message({"attachments": [{"text": "x"}] * 101})) == "too_many_attachments"


VIEW_LIMITS = [
    ("title", view(title=plain("x" * 24)), view(title=plain("x" * 25)), "/view/title/text"),
    ("submit", view(submit=plain("x" * 24)), view(submit=plain("x" * 25)), "/view/submit/text"),
    ("close", view(close=plain("x" * 24)), view(close=plain("x" * 25)), "/view/close/text"),
    ("metadata", view(private_metadata="x" * 3000), view(private_metadata="x" * 3001), "/view/private_metadata"),
    ("callback_id", view(callback_id="x" * 255), view(callback_id="x" * 256), "/view/callback_id"),
    ("external_id", view(external_id="x" * 255), view(external_id="x" * 256), "/view/external_id"),
    ("blocks", view(blocks=[{"type": "divider"}] * 100), view(blocks=[{"type": "divider"}] * 101), "/view/blocks"),
    ("no blocks", view(), view(blocks=[]), "/view/blocks"),
    ("type", view(), view(type="home"), "/view/type"),
    ("known fields", view(), view(footer="x"), "/view"),
]


@pytest.mark.parametrize(("taken", "refused", "at"), [c[1:] for c in VIEW_LIMITS], ids=[c[0] for c in VIEW_LIMITS])
def test_a_view_is_taken_at_its_limit_and_refused_over_it(taken: Json, refused: Json, at: str) -> None:
    assert refuse_view(taken) is None
    refusal = refuse_view(refused)
    assert refusal is not None
    assert refusal.error == "invalid_arguments"
    assert [fault.pointer for fault in refusal.faults] == [at]


@pytest.mark.parametrize("missing", ["type", "title", "blocks"])
def test_a_view_needs_its_type_title_and_blocks(missing: str) -> None:
    refusal = refuse_view({name: value for name, value in view().items() if name != missing})
    assert refusal is not None
    assert refusal.messages == [f"[ERROR] missing required field: {missing} [json-pointer:/view]"]


def test_a_view_with_an_input_needs_a_submit_button() -> None:
    blocks = [{"type": "input", "label": plain("Note"), "element": {"type": "plain_text_input"}}]
    assert error(refuse_view(view(blocks=blocks))) == "invalid_arguments"
    assert refuse_view(view(blocks=blocks, submit=plain("Add"))) is None


def test_a_view_is_at_most_250_kilobytes() -> None:
    def large(blocks: int) -> Json:
        return view(blocks=[{"type": "section", "text": plain("x" * 3000)}] * blocks)

    assert refuse_view(large(80)) is None
    assert error(refuse_view(large(83))) == "view_too_large"


@pytest.mark.parametrize("value", [None, [], "view", {}])
def test_what_is_no_view_is_refused(value: Any) -> None:
    assert error(refuse_view(value)) == "invalid_arguments"
