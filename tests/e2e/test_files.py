"""Links to files: they live for an hour, and fresh ones are for the person who clicks alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.sandbox.slack import workspace
from bot.sandbox.slack.records import Message
from tests.conftest import Running
from tests.e2e.test_command import words_of
from tests.e2e.test_notes import first

SUPPORT = workspace.SUPPORT


def elements_of(message: Message) -> list[dict[str, Any]]:
    return [element for block in message.blocks if block["type"] == "actions" for element in block["elements"]]


def audited(running: Running) -> list[tuple[str, str, str]]:
    """What the audit says: deed, result and channel."""
    with running.bot.database.connect() as connection:
        rows = connection.exec_driver_sql("SELECT deed, result, channel_id FROM audit ORDER BY at").all()
    return [(row.deed, row.result, row.channel_id) for row in rows]


def test_new_links_are_fetched_anew_for_the_person_who_clicks(running: Running) -> None:
    message = running.slack.slash("/ticket 143").message()
    answer = running.slack.click(message, "files_new").message()
    assert running.reads() == 2
    assert answer.only_for == workspace.AGENT.id
    assert [element.get("url", "")[:4] for element in elements_of(answer)] == ["http", ""]
    assert running.slack.state.message(*message.key) == message

    again = running.slack.click(answer, "files_new_here")
    running.slack.wait(lambda: running.answers() == 3)
    assert running.reads() == 3
    assert again.message().ts == answer.ts


def test_new_links_in_a_modal_open_over_it(running: Running) -> None:
    ts = running.slack.post(SUPPORT, "Good morning")
    view = running.slack.shortcut("ticket_show", ts=ts).opened()
    running.slack.submit(view.id, {"ticket": "143"})
    view = first(running, lambda v: "newest first" in str(v.blocks))
    over = running.slack.click(view, "files_new").opened()
    first(running, lambda v: v.id == over.id and "Whoever has a link" in str(v.blocks))
    assert over.previous_id == view.id


def test_a_link_to_another_host_is_not_handed_on(start: Callable[..., Running]) -> None:
    running = start(ATTACHMENT_HOSTS="files.example.com")
    message = running.slack.slash("/ticket 143").message()
    assert "for this bot may not link to 127.0.0.1: Student card.png" in words_of(message)
    assert "X-Amz" not in str(message.blocks)


@pytest.mark.parametrize("action", ["files_new", "files_new_here"])
def test_a_value_that_is_none_of_the_bots_is_out_of_date(running: Running, action: str) -> None:
    button = {"type": "button", "action_id": action, "value": "143:?", "text": {"type": "plain_text", "text": "Old"}}
    ts = running.slack.post(SUPPORT, "old", blocks=[{"type": "actions", "elements": [button]}])
    assert "out of date" in running.slack.click(ts, action).message().text


def test_fresh_links_are_in_the_audit_and_in_no_log(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        running.slack.click(running.slack.slash("/ticket 143").message(), "files_new").message()
        assert running.slack.wait(lambda: ("file", "shown", SUPPORT) in audited(running))
    assert "X-Amz" not in caplog.text


def test_links_say_until_when_they_work(running: Running) -> None:
    message = running.slack.slash("/ticket 143").message()
    assert "Attachment links work until <!date^" in words_of(message)
    assert "New links makes fresh ones" in words_of(message)
