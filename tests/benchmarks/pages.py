"""Line 5: the first page of tickets of ten to ten thousand messages: time and memory."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bot.blocks.conversation import conversation_screen
from bot.blocks.screen import Screen
from bot.leadsquared import answers
from bot.leadsquared.model import Conversation, read_conversation
from bot.sandbox.ticket_model import stamp
from tests.benchmarks.setting import SAMPLE, Scale, by_turns, sample_answer, say
from tests.benchmarks.table import Row, ratio_at_most, told

_COUNTS = (10, 100, 1_000, 10_000)
_NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_GOAL = 2
# What a middle value of few tries may be off by.
_FLAT = 1.25


def payload(count: int) -> bytes:
    """Return an answer of so many messages: the sample ticket's, again and again, the newest ones the same for all."""
    sample: list[dict[str, Any]] = json.loads(sample_answer())["ConversationList"]
    messages = [
        {
            **sample[-1 - place % len(sample)],
            "Id": str(count - place),
            "CreatedOn": stamp(_NOW - timedelta(minutes=7 * place)),
        }
        for place in range(count)
    ]
    return json.dumps({"Total": count, "Conversations": None, "ConversationList": messages[::-1]}).encode()


def measure(scale: Scale) -> Iterator[Row]:
    """Measure reading the answer, building the page, both, and json.loads alone, in this process."""
    flat: dict[int, float] = {}
    parsed: dict[int, float] = {}
    for count in _COUNTS:
        say(f"the first page of {count:,} messages")
        body = payload(count)
        times = max(3, scale.of(30_000, 6_000) // max(count, 100))
        conversation = _read(body)
        loads, reading, page, whole = by_turns(
            times,
            partial(json.loads, body),
            partial(_read, body),
            partial(conversation_screen, conversation),
            partial(_read_and_build, body),
        )
        flat[count], parsed[count] = page, reading
        name = f"{count:,} messages, {len(body) / 1e6:.2f} MB"
        kept, peak = _memory(body)
        yield told(f"{name}: read + page", f"{reading:.2f} + {page:.2f} ms", f"json.loads {loads:.2f} ms")
        yield told("  kept, and at the most", f"{kept:.2f} MB, {peak:.2f} MB")
        if count == 1_000:
            yield ratio_at_most("  answer to page, beside json.loads alone", whole, loads, _GOAL, "ms")
    yield ratio_at_most("page of 10,000, beside that of 100", flat[10_000], flat[100], _FLAT, "ms")
    yield ratio_at_most("reading 10,000, beside ten times 1,000", parsed[10_000], 10 * parsed[1_000], _FLAT, "ms")


def _read(body: bytes) -> Conversation:
    return read_conversation(answers.read(200, body), SAMPLE, _NOW, len(body))


def _read_and_build(body: bytes) -> Screen:
    return conversation_screen(_read(body))


def _memory(body: bytes) -> tuple[float, float]:
    """Return the MB that a conversation and its page keep, and the most that was used on the way."""
    tracemalloc.start()
    try:
        conversation = _read(body)
        page = conversation_screen(conversation)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    del conversation, page
    return kept / 1e6, peak / 1e6
