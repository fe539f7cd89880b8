"""The walker finds what it looks for: it is shown faults that were planted, and things that are in order."""

from __future__ import annotations

from typing import Any

import pytest

from bot.blocks import rich_text
from bot.blocks.elements import actions, button, context, plain_section, plain_text, section
from bot.blocks.screen import notice
from tests.injection.walker import faults_of_message, faults_of_note, faults_of_shared, faults_of_view

QUIET = {"mrkdwn": False, "unfurl_links": False, "unfurl_media": False}


def faults(*blocks: Any) -> list[str]:
    return faults_of_message({"text": "Words", "blocks": list(blocks), **QUIET})


def leaves(*parts: Any) -> Any:
    return rich_text.rich_text([rich_text.section(*parts)])


def link(url: str, label: str) -> Any:
    return {"type": "link", "url": url, "text": label}


def ticks(*, value: str = "files", emoji: bool = False) -> Any:
    label = {"type": "plain_text", "text": ":tada:", "emoji": emoji}
    options = [{"text": label, "description": plain_text("x"), "value": value}]
    element = {"type": "checkboxes", "action_id": "share_parts", "options": options}
    return {"type": "input", "block_id": "share_parts", "label": plain_text("x"), "element": element}


@pytest.mark.parametrize(
    "block",
    [
        section("Hello <!channel>"),
        section("Hello"),
        context("*Reply by e-mail*  ·  now"),
        {"type": "section", "text": {"type": "mrkdwn", "text": ":lock: *Internal: the customer does not see it.*"}},
        {"type": "section", "text": {"type": "plain_text", "text": ":tada:", "emoji": True}},
        {"type": "section", "text": {"type": "plain_text", "text": ":tada:"}},
        {"type": "image", "image_url": "https://files.example.com/x.png", "alt_text": "x"},
        {"type": "markdown", "text": "x"},
        {
            "type": "section",
            "text": {"type": "plain_text", "text": "x", "emoji": False},
            "accessory": {"type": "image"},
        },
        plain_section("pay \u202e4321"),
        plain_section("zero\u200bwidth"),
        plain_section("bell\x07"),
        plain_section("tag\U000e0041"),
        plain_section("1\u200f2"),
        plain_section("half \ud83d"),
        plain_section("blank\u3164"),
        plain_section("selectors\U000e0100\U000e0101"),
        leaves({"type": "user", "user_id": "U1"}),
        leaves({"type": "broadcast", "range": "here"}),
        leaves({"type": "usergroup", "usergroup_id": "S1"}),
        leaves({"type": "channel", "channel_id": "C1"}),
        leaves({"type": "emoji", "name": "tada"}),
        leaves({"type": "text", "text": "x\u2066"}),
        leaves(link("javascript:alert(1)", "x")),
        leaves(link("https://evil.example.com/", "https://bank.example.com")),
        leaves(link("https://evil.example.com/", "Go to bank.example.com.")),
        leaves(link("https://evil.example.com/", "bank.example"), link("https://evil.example.com/", ".com")),
        leaves(link("https://bank.example.com@evil.example.com/", "sign in")),
        leaves(link("https://b\u0430nk.example.com/", "b\u0430nk.example.com")),
        leaves(link("mailto:eve@evil.example.com", "ada@bank.example.com")),
        leaves(link("https://evil.example.com/a b", "x")),
        actions(button("x", "attachment_1", url="javascript:alert(1)")),
        actions(button("x", "attachment_1", url="http://evil.example.com/")),
        actions(button("x", "attachment_1", url="https://bank.example.com@evil.example.com/")),
        actions(button("Show all", "attachment_1", url="https://files.example.com/")),
        actions(button("Refund", "ticket_refresh", value="143:")),
        actions(button("Refresh", "ticket_refresh", value="143: <!channel>")),
        actions(button("Refresh", "ticket_delete", value="143:")),
        actions({"type": "overflow", "action_id": "value", "options": []}),
        actions(button("Show ticket", "shared_file_1", value="143:1:1")),
        actions(button("Open the message", "shared_link", url="https://evil.example.com/")),
        leaves({"type": "user", "user_id": "U1"}, rich_text.text(" shared this ticket from the customer.")),
        leaves(rich_text.text("{user U1} shared this ticket from LeadSquared."), {"type": "user", "user_id": "U1"}),
        leaves(rich_text.text("Post to "), {"type": "broadcast", "range": "here"}, rich_text.text("?")),
        ticks(value="143"),
        ticks(emoji=True),
    ],
)
def test_a_planted_fault_is_found(block: Any) -> None:
    assert faults(block)


@pytest.mark.parametrize(
    "message",
    [
        {"text": "<!channel>"},
        {"text": "<@U1>"},
        {"text": "a & b"},
        {"text": "x\u202e"},
        {"mrkdwn": True},
        {"unfurl_links": True},
        {"response_type": "in_channel"},
        {"attachments": [{}]},
        {"link_names": True},
    ],
)
def test_a_message_that_is_live_around_its_blocks_is_found(message: dict[str, Any]) -> None:
    assert faults_of_message({"text": "Words", **QUIET, **message})
    assert faults_of_message({"text": "Words"})


SHARED = "<@U1> shared a ticket from <https://support.example.com/tickets/143|LeadSquared>.\n"


@pytest.mark.parametrize(
    "text",
    [
        "<!here> shared a ticket from LeadSquared.\nx",
        "Words",
        f"{SHARED}<@U2>",
        f"{SHARED}x\u202e",
        f"{SHARED}{SHARED}",
    ],
)
def test_a_shared_message_that_is_live_beside_its_sharers_name_is_found(text: str) -> None:
    quiet = {"blocks": [], "unfurl_links": False, "unfurl_media": False}
    assert faults_of_shared({"text": text, **quiet})
    assert faults_of_shared({"text": f"{SHARED}Words", **quiet}) == []
    assert faults_of_shared({"text": f"{SHARED}Words", "blocks": []})


@pytest.mark.parametrize(
    "text",
    [
        "<@U0ASHA001>",
        "<#C0SUPPORT1|x>",
        "<!here>",
        "<!subteam^S1|@all>",
        "<https://a.example.com|b>",
        ":tada:",
        "a\u202e",
    ],
)
def test_a_note_with_slacks_own_text_is_found(text: str) -> None:
    assert faults_of_note(f"Before {text} behind")


@pytest.mark.parametrize(
    "block",
    [
        leaves(
            {
                "type": "text",
                "text": "<!channel> *bold* :tada: שלום\u200f 👨\u200d👩 می\u200cخواهم 1\ufe0f\u20e3 ❤\ufe0f",
            }
        ),
        leaves(
            link("https://evil.example.com/", "https://bank.example.com"),
            rich_text.text(" (leads to evil.example.com)"),
        ),
        leaves(link("https://www.bank.example.com/a", "bank.example.com/a"), rich_text.text("x")),
        leaves(link("https://files.example.com/report.pdf", "report.pdf")),
        leaves(link("mailto:ada@bank.example.com?subject=x", "ada@bank.example.com")),
        actions(button("Show all (file)", "attachment_1", url="https://files.example.com/")),
        actions(button("Refresh", "ticket_refresh", value="143:17")),
        actions(button("Show ticket (file)", "shared_file_1", value="143:1:1")),
        leaves({"type": "user", "user_id": "U1"}, rich_text.text(" shared this ticket from LeadSquared.")),
        leaves(rich_text.text("Post to "), {"type": "channel", "channel_id": "C1"}, rich_text.text("?")),
        ticks(),
    ],
)
def test_what_is_in_order_is_let_pass(block: Any) -> None:
    assert faults(block) == []


def test_screens_of_the_bots_own_are_in_order() -> None:
    screen = notice("Ticket #143", "Words")
    assert faults_of_message(screen.message() | QUIET) == []
    assert faults_of_view(screen.view()) == []
    assert faults_of_note("10:30:45, std::vec::x, https://example.com:8080/, a < b > c & d :") == []
