"""Many people at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bot.blocks.conversation import conversation_screen
from bot.blocks.screen import Screen
from bot.leadsquared.model import Conversation
from bot.sandbox.faults import Fault
from bot.sandbox.slack.interaction import Interaction
from bot.sandbox.slack.records import Message
from tests.conftest import Running


def answers(interaction: Interaction) -> list[Message]:
    """The conversations that came of a command."""
    return [message for message in interaction.messages if "newest first" in message.text]


def test_200_commands_at_once_over_a_slow_upstream_are_all_acknowledged_and_answered(running: Running) -> None:
    running.leadsquared.delay = 1.0
    with ThreadPoolExecutor(200) as people:
        interactions = list(people.map(running.slack.slash, ["/ticket 143"] * 200))
    assert [i.error for i in interactions if i.error] == []
    slowest = max(interaction.seconds for interaction in interactions)
    assert slowest < 3.0, "Slack: a command must be acknowledged within 3 s"
    # On a slow machine a word about the wait may come before the answer.
    running.slack.wait(lambda: all(map(answers, interactions)), timeout=30)
    assert [len(answers(interaction)) for interaction in interactions] == [1] * 200
    assert running.reads() == 1
    assert running.leadsquared.worst_window() <= 25
    print(f"slowest ack of 200: {slowest:.3f} s; calls upstream: {running.reads()}")  # noqa: T201 (shown with -s)


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("reads", "LANE_READS"),
        ("hits", "LANE_HITS"),
        ("fetched", "LANE_HITS"),
        ("notes", "LANE_NOTES"),
        ("slack", "LANE_SLACK"),
    ],
)
def test_a_lane_does_as_much_at_once_as_its_setting_says(
    start: Callable[..., Running], name: str, setting: str
) -> None:
    running = start(**{setting: "3"})
    lane = getattr(running.bot.lanes, name)
    together, go = threading.Barrier(4), threading.Event()

    def job() -> None:
        together.wait(5)
        go.wait(5)

    for _ in range(3):
        lane.submit(job)
    together.wait(5)
    lane.submit(go.wait)
    assert lane.queued == 1
    go.set()


def test_a_modal_opens_at_once_while_every_read_waits(start: Callable[..., Running]) -> None:
    running = start(LANE_READS="1")
    message = running.slack.slash("/ticket 143").message()
    running.leadsquared.fail(Fault.SILENCE, times=100)
    for number in range(500, 540):
        running.slack.slash(f"/ticket {number}")
    assert running.bot.lanes.reads.queued >= 39
    opened = running.slack.click(message, "ticket_add_note").opened(timeout=2)
    assert opened.title == "Add internal note"
    running.leadsquared.recover()
    running.leadsquared.release()


def test_a_refusal_that_comes_all_the_same_slows_everyone_and_is_not_shown(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.leadsquared")
    running.leadsquared.fail(Fault.RATE_LIMITED_429)
    asked = [running.slack.slash("/ticket 143")]
    running.slack.wait(lambda: "Reading ticket 143 failed (RateLimited); trying again" in caplog.text)
    asked.append(running.slack.slash("/ticket 34"))
    running.slack.wait(lambda: all(map(answers, asked)), timeout=30)
    words = [message.text for interaction in asked for message in interaction.messages if message.text]
    # A word about the wait comes after 2 s; then the answer, and nothing of the refusal.
    assert all("newest first" in text or "will be shown here" in text for text in words)
    refused, *later = sorted(request.at for request in running.leadsquared.requests)
    assert len(later) == 2
    assert later[0] - refused >= 5.0


def test_a_kept_ticket_does_not_wait_behind_the_answers_of_a_crowd(start: Callable[..., Running]) -> None:
    running = start(LANE_HITS="1")
    message = running.slack.slash("/ticket 200").message()
    go = threading.Event()

    def hold() -> None:
        go.wait(10)

    running.bot.lanes.fetched.submit(hold)
    running.slack.click(message, "ticket_older")
    running.slack.wait(lambda: "–178 on this page" in str(running.slack.messages()[-1].blocks), timeout=2)
    go.set()


def test_a_crowds_page_is_built_once(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[int] = []

    def build(conversation: Conversation, **more: Any) -> Screen:
        built.append(conversation.ticket_id)
        return conversation_screen(conversation, **more)

    monkeypatch.setattr("bot.listeners.services.conversation_screen", build)
    running.leadsquared.delay = 0.5
    interactions = [running.slack.slash("/ticket 143") for _ in range(20)]
    running.slack.wait(lambda: all(map(answers, interactions)))
    assert built == [143]
