"""/ticket, from the signed request to the private answer."""

from __future__ import annotations

import itertools
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.slack import Message
from bot.sandbox.stage import ACCESS_KEY, ORG_ID, SECRET_KEY
from tests.conftest import Running

TICKET_LINK = "https://support.example.com/tickets/143"


def words_of(message: Message) -> str:
    """Everything that a message's blocks say, in one text."""
    return "\n".join(text for block in message.blocks for text in _texts(block))


def _texts(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["text"]] if isinstance(part.get("text"), str) else []
        return own + [text for value in part.values() for text in _texts(value)]
    return [text for item in part for text in _texts(item)] if isinstance(part, list) else []


def buttons_of(message: Message) -> list[str]:
    return [
        element["text"]["text"]
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def test_a_command_is_one_call_upstream_and_one_private_answer(running: Running) -> None:
    interaction = running.slack.slash("/ticket 143")
    message = interaction.message()

    assert (interaction.status, interaction.body, interaction.error) == (200, "", None)
    [request] = running.leadsquared.requests
    assert request.path == f"/api/tenants/{ORG_ID}/conversation/filter"
    assert request.json == {
        "TicketId": 143,
        "OrgId": ORG_ID,
        "ActivityType": ["InboundEmail", "OutboundEmail", "PortalInbound", "PortalOutbound"],
    }
    assert request.headers["x-lsq-access-key"] == ACCESS_KEY
    assert request.headers["x-lsq-secret-key"] == SECRET_KEY
    assert request.headers["content-type"] == "application/json"
    assert [call.status for call in running.slack.calls if call.method == "response_url"] == [200]
    assert message.ephemeral
    assert len(interaction.messages) == 1


def test_the_answer_reads_newest_first_with_kinds_files_and_a_link(running: Running) -> None:
    message = running.slack.slash("/ticket 143").message()
    words = words_of(message)

    assert message.blocks[0]["text"]["text"] == "Ticket #143"
    assert "3 messages, newest first" in words
    assert f"<{TICKET_LINK}|Open in LeadSquared>" in words
    assert words.index("My student card is attached") < words.index("Could you tell me whether my new email address")
    assert words.count("Customer e-mail") == 2
    assert words.count("Reply by e-mail") == 1
    assert buttons_of(message) == [
        "Show all",
        "Student card.png (109 kB)",
        "New links",
        "Add note",
        "Share…",
        "Refresh",
    ]
    dates = [leaf for block in message.blocks for leaf in _leaves(block) if leaf.get("type") == "date"]
    assert len(dates) == 3, "each message's time is a date that each reader sees in their own zone"


def _leaves(block: dict[str, Any]) -> list[dict[str, Any]]:
    sections = block.get("elements", []) if block["type"] == "rich_text" else []
    return [leaf for section in sections for leaf in section["elements"]]


@pytest.mark.parametrize(
    "text",
    ["143", "#143", "[#143]", "#0143", " 143. ", "“143”", "\u200b143\u200b", "143\u00a0", TICKET_LINK, "ticket #143"],
)
def test_a_number_is_taken_however_it_is_written(running: Running, text: str) -> None:
    message = running.slack.slash(f"/ticket {text}").message()
    assert message.blocks[0]["text"]["text"] == "Ticket #143"


@pytest.mark.parametrize("text", ["", " ", "help", "HELP"])
def test_help_says_what_can_be_done(running: Running, text: str) -> None:
    message = running.slack.slash(f"/ticket {text}").message()
    assert message.ephemeral
    assert "/ticket 143" in message.text
    assert "the customer does not see it" in message.text
    assert running.reads() == 0


@pytest.mark.parametrize("text", ["refund", "143 and 144", "1.5", "0", "12345678901", "143 nte"])
def test_anything_else_is_repeated_with_an_example(running: Running, text: str) -> None:
    message = running.slack.slash(f"/ticket {text}").message()
    assert f"“{text}” was not understood" in words_of(message)
    assert "/ticket 143" in message.text
    assert running.reads() == 0


def test_what_was_not_understood_cannot_ping(running: Running) -> None:
    message = running.slack.slash("/ticket <!channel> & <@U0BEN0002>").message()
    assert "&lt;!channel&gt;" in message.text
    assert all(block["text"]["type"] == "plain_text" for block in message.blocks)


def test_a_ticket_without_messages_says_so(running: Running) -> None:
    message = running.slack.slash("/ticket 999").message()
    assert "there is no such ticket" in words_of(message)
    assert buttons_of(message) == ["Add note", "Refresh"]


def test_what_the_api_left_out_or_invented_does_not_hide_the_rest(running: Running) -> None:
    words = words_of(running.slack.slash("/ticket 77").message())
    assert "Message of another kind (WhatsAppInbound)" in words
    assert "time not known" in words
    assert "It works for all again." in words


@pytest.mark.parametrize("ticket", [143, 34, 200, 7, 52, 88, 61, 300, 77, 12])
def test_every_sample_ticket_is_taken_by_slack_at_the_first_try(running: Running, ticket: int) -> None:
    interaction = running.slack.slash(f"/ticket {ticket}")
    assert interaction.message().blocks
    running.slack.wait(lambda: any(call.method == "response_url" for call in running.slack.calls))
    assert [call.status for call in running.slack.calls if call.method == "response_url"] == [200]


def test_paging_shows_each_of_200_messages_once_and_fetches_once(running: Running) -> None:
    message = running.slack.slash("/ticket 200").message()
    pages = [message.blocks]
    while "Older" in buttons_of(message):
        message = _turned(running, message, "ticket_older")
        pages.append(message.blocks)
    ranges = [_range(page) for page in pages]
    assert ranges[0][1] == 200
    assert ranges[-1][0] == 1
    assert all(older[1] + 1 == newer[0] for newer, older in itertools.pairwise(ranges))
    assert running.reads() == 1

    while "Newer" in buttons_of(message):
        before = _range(message.blocks)
        message = _turned(running, message, "ticket_newer")
        assert before[1] < _range(message.blocks)[1]
    assert _range(message.blocks) == ranges[0]
    assert running.reads() == 1


def _turned(running: Running, message: Message, action: str) -> Message:
    """Click, and return the same message once it has been replaced."""
    key, blocks = message.key, message.blocks
    running.slack.click(message, action)

    def replaced() -> Message | None:
        now = running.slack.state.message(*key)
        return now if now and now.blocks != blocks else None

    found = running.slack.wait(replaced)
    assert found
    return found


def _range(blocks: list[dict[str, Any]]) -> tuple[int, int]:
    """The numbers of the messages on a page, as it tells them and as they are there."""
    said = re.search(r"messages (\d+)–(\d+) on this page", blocks[1]["elements"][0]["text"])
    assert said
    first, last = int(said[1]), int(said[2])
    assert sum(block["type"] == "divider" for block in blocks) == last - first + 1
    return first, last


def test_refresh_fetches_again_and_replaces_the_message(running: Running) -> None:
    message = running.slack.slash("/ticket 143").message()
    interaction = running.slack.click(message, "ticket_refresh")
    running.slack.wait(lambda: running.answers() == 2)
    assert running.reads() == 2
    assert interaction.status == 200
    assert [m.ts for m in running.slack.messages() if m.ephemeral] == [message.ts]


def test_a_link_button_is_acknowledged(running: Running) -> None:
    message = running.slack.slash("/ticket 143").message()
    interaction = running.slack.click(message, "attachment_1")
    assert (interaction.status, interaction.error) == (200, None)


def test_a_button_of_another_version_is_answered_too(running: Running) -> None:
    ts = running.slack.post(
        "C0SUPPORT1",
        "old",
        blocks=[{"type": "actions", "elements": [_button("gone"), _button("ticket_older", value="?")]}],
    )
    for action in ("gone", "ticket_older"):
        answer = running.slack.click(ts, action).message()
        assert "out of date" in answer.text


def _button(action_id: str, **more: str) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": "Old"}, **more}


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.UNAUTHORIZED, "did not accept the bot's keys"),
        (Fault.BAD_REQUEST, "refused the request"),
        (Fault.NOT_FOUND, "does not know the address"),
        (Fault.LOGICAL_500, "refused the request"),
        (Fault.ERROR_IN_200, "refused the request"),
        (Fault.NOT_JSON_200, "could not be reached, or did not answer as it should"),
        (Fault.RESET_AFTER_BODY, "could not be reached, or did not answer as it should"),
    ],
)
def test_a_failure_says_why_and_offers_to_try_again(running: Running, fault: Fault, expected: str) -> None:
    running.leadsquared.fail(fault, times=3)
    interaction = running.slack.slash("/ticket 143")
    # Where it is tried again, a word about the wait may come first.
    message = running.slack.wait(
        lambda: next((m for m in interaction.messages if expected in words_of(m)), None), timeout=10
    )
    assert message
    assert buttons_of(message) == ["Try again"]
    running.leadsquared.recover()
    again = _turned(running, message, "ticket_refresh")
    assert again.blocks[0]["text"]["text"] == "Ticket #143"
    assert "newest first" in words_of(again)


def test_when_slack_refuses_the_blocks_the_words_come_alone(running: Running) -> None:
    running.slack.fail("response_url", error="invalid_blocks")
    message = running.slack.slash("/ticket 143").message()
    assert message.blocks == []
    assert "Could you tell me whether my new email address" in message.text


def test_when_the_response_url_is_dead_the_answer_comes_directly(running: Running) -> None:
    running.slack.fail("response_url", error="expired_url", times=2)
    running.slack.slash("/ticket 143")
    call = running.slack.wait(lambda: next((c for c in running.slack.calls if c.method == "chat.postMessage"), None))
    assert call
    assert call.arguments["channel"] == "U0ASHA001"
    assert "Ticket #143" in call.arguments["text"]


def test_an_error_nobody_expected_is_answered_with_an_id_that_stands_in_the_log(
    running: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("bot.listeners.services.conversation_screen", broken)
    with caplog.at_level(logging.ERROR):
        message = running.slack.slash("/ticket 143").message()
    error_id = next(word for word in words_of(message).split() if word.startswith("E-")).rstrip(".")
    [record] = [record for record in caplog.records if error_id in record.getMessage()]
    assert record.exc_info
    assert isinstance(record.exc_info[1], ZeroDivisionError)


def test_a_full_lane_says_busy_at_once(start: Callable[..., Running]) -> None:
    running = start()
    running.bot.lanes.reads.close(1)
    message = running.slack.slash("/ticket 143").message()
    assert "busy" in message.text
    assert running.reads() == 0
