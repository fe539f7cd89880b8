"""Slack says "too many calls": what it refused comes when it may, everything else at once, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.notes import Times
from bot.sandbox.slack import workspace
from bot.sandbox.slack.records import Message
from tests.conftest import Running
from tests.e2e.test_notes import form, shown

_QUICK = Times(telling=0.2)


def direct(running: Running, words: str) -> Message | None:
    """The direct message with these words."""
    channel = running.slack.state.direct_channel(workspace.AGENT.id).id
    return next((message for message in running.slack.messages(channel) if words in message.text), None)


def refusals(running: Running, method: str) -> int:
    """How many calls of a method were refused."""
    return sum(call.method == method and call.status == 429 for call in list(running.slack.calls))


def test_a_receipt_waits_for_its_method_and_nothing_else_does(start: Callable[..., Running]) -> None:
    running = start(LANE_SLACK="1", LANE_HITS="1")
    first, colleague = form(running), workspace.SECOND_AGENT.id
    message = running.slack.slash("/ticket 143", user=colleague).message()
    second = running.slack.click(message, "ticket_add_note", user=colleague).opened()
    running.slack.fail("views.update", error="ratelimited", retry_after=2)
    running.slack.submit(first.id, {"note": "One"})
    running.slack.wait(lambda: refusals(running, "views.update") == 1)
    running.slack.submit(second.id, {"note": "Two"})
    # The lanes have one thread each: it is free.
    assert "newest first" in running.slack.slash("/ticket 143").message(timeout=1.5).text
    ts = running.slack.post(workspace.SUPPORT, "Good morning")
    assert running.slack.shortcut("ticket_show", ts=ts, user=workspace.LEAD.id).opened(timeout=1.5).blocks
    assert "Internal note added" not in str(running.slack.views)
    shown(running, first, "Internal note added")
    shown(running, second, "Internal note added")
    receipts = [view.id for view in running.slack.views if "Internal note added" in str(view.blocks)]
    assert receipts == [first.id, second.id]


def test_a_receipt_that_would_come_too_late_comes_directly(running: Running) -> None:
    view = form(running)
    running.slack.fail("views.update", error="ratelimited", retry_after=60)
    running.slack.submit(view.id, {"note": "Once"})
    assert running.slack.wait(lambda: direct(running, "Internal note added"))
    assert len(running.leadsquared.notes) == 1


def test_what_waits_for_slack_is_tried_once_more_at_the_stop(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    running.slack.fail("response_url", error="ratelimited", retry_after=60)
    interaction = running.slack.slash("/ticket 143")
    running.slack.wait(lambda: "Slack takes no more posts to a response_url for 60 s" in caplog.text)
    assert running.bot.close(5.0)
    assert "newest first" in interaction.message(timeout=0).text


def test_a_receipt_that_slack_never_took_is_told_by_the_next_process(
    start: Callable[..., Running], caplog: pytest.LogCaptureFixture
) -> None:
    running = start(times=_QUICK)
    view = form(running)
    running.slack.fail("views.update", error="ratelimited", retry_after=30, times=2)
    running.slack.fail("chat.postMessage", error="ratelimited", retry_after=30)
    running.slack.submit(view.id, {"note": "Once"})
    running.slack.wait(lambda: "Slack takes no more calls of views.update for 30 s" in caplog.text)
    running.bot.close(5.0)
    assert refusals(running, "chat.postMessage") == 1
    start(stage=running.stage, times=_QUICK, tend_seconds=0.05)
    shown(running, view, "Internal note added")
    assert len(running.leadsquared.notes) == 1


def test_a_modal_that_cannot_open_in_its_time_is_told_of_at_once(running: Running) -> None:
    running.slack.fail("views.open", error="ratelimited", retry_after=30)
    ts = running.slack.post(workspace.SUPPORT, "Good morning")
    for _ in range(2):
        said = running.slack.shortcut("ticket_show", ts=ts).message(timeout=1.5).text
        assert said == "The form did not open. Nothing was done. Please try again."
    assert refusals(running, "views.open") == 1
    assert sum(call.method == "views.open" for call in running.slack.calls) == 1


def test_a_modal_that_can_still_open_in_its_time_does(running: Running) -> None:
    running.slack.fail("views.open", error="ratelimited", retry_after=1)
    ts = running.slack.post(workspace.SUPPORT, "Good morning")
    assert running.slack.shortcut("ticket_show", ts=ts).opened(timeout=2.9).blocks
