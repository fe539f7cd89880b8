"""Blocks that Slack refuses: the person gets the words alone, and the log says where the fault is, never what it is."""

from __future__ import annotations

import pytest

from bot.blocks.screen import Screen
from bot.sandbox.slack import workspace
from tests.conftest import Running
from tests.e2e.test_notes import first


@pytest.fixture
def broken(running: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """A bot whose pages have a section too long for Slack."""
    section = {"type": "section", "text": {"type": "plain_text", "text": "secret " * 600}}
    page = Screen("Ticket #143", "In words", [section])
    monkeypatch.setattr("bot.listeners.services.conversation_screen", lambda *_, **__: page)
    return running


def test_an_answer_comes_in_words(broken: Running, caplog: pytest.LogCaptureFixture) -> None:
    message = broken.slack.slash("/ticket 143").message()
    assert (message.text, message.blocks) == ("Ticket #143. In words", [])
    broken.slack.wait(lambda: "What Slack refused" in caplog.text)
    assert "invalid_blocks /1/text/text (less than 3001 characters)" in caplog.text
    assert "secret" not in caplog.text


def test_a_direct_message_comes_in_words(broken: Running, caplog: pytest.LogCaptureFixture) -> None:
    broken.slack.fail("response_url", error="expired_url", times=2)
    broken.slack.slash("/ticket 143")
    channel = broken.slack.state.direct_channel(workspace.AGENT.id).id
    [message] = broken.slack.wait(lambda: broken.slack.messages(channel))
    assert (message.text, message.blocks) == ("Ticket #143. In words", [])
    assert "invalid_blocks /blocks/1/text/text (less than 3001 characters)" in caplog.text
    assert "secret" not in caplog.text


def test_a_modal_comes_in_words(broken: Running, caplog: pytest.LogCaptureFixture) -> None:
    ts = broken.slack.post(workspace.SUPPORT, "Good morning")
    view = broken.slack.shortcut("ticket_show", ts=ts).opened()
    broken.slack.submit(view.id, {"ticket": "143"})
    first(broken, lambda v: v.id == view.id and "In words" in str(v.blocks))
    assert "invalid_arguments /view/blocks/0/text/text (less than 3001 characters)" in caplog.text
    assert "secret" not in caplog.text
