"""The desk: a conversation is fetched once a while, for everybody who asks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot import desk as desk_module
from bot.desk import Desk
from bot.leadsquared.errors import Unavailable
from bot.leadsquared.model import Conversation, read_conversation

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Source:
    """Gives a new conversation each time, of as many characters as it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.chars = 10
        self.error: Exception | None = None

    def conversations(self, ticket_id: int) -> Conversation:
        self.asked.append(ticket_id)
        if self.error:
            raise self.error
        return read_conversation({"Total": 1, "ConversationList": [{"Text": "x" * self.chars}]}, ticket_id, NOW)


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def desk(source: Source, clock: HandClock) -> Desk:
    return Desk(source, cache_seconds=60, clock=clock)


def test_a_conversation_is_fetched_once_while_it_is_kept(desk: Desk, source: Source, clock: HandClock) -> None:
    first = desk.conversation(143)
    clock.now += 59
    assert desk.conversation(143) is first
    clock.now += 1
    assert desk.conversation(143) is not first
    assert source.asked == [143, 143]


def test_tickets_are_kept_apart(desk: Desk, source: Source) -> None:
    assert desk.conversation(143).ticket_id == 143
    assert desk.conversation(34).ticket_id == 34
    assert source.asked == [143, 34]


def test_a_fresh_one_is_fetched_and_kept_in_place_of_the_old(desk: Desk, source: Source) -> None:
    old = desk.conversation(143)
    fresh = desk.conversation(143, fresh=True)
    assert fresh is not old
    assert desk.conversation(143) is fresh
    assert source.asked == [143, 143]


def test_an_error_is_not_kept_and_takes_nothing_away(desk: Desk, source: Source) -> None:
    source.error = Unavailable("down")
    with pytest.raises(Unavailable):
        desk.conversation(143)
    source.error = None
    kept = desk.conversation(143)
    source.error = Unavailable("down")
    with pytest.raises(Unavailable):
        desk.conversation(143, fresh=True)
    assert desk.conversation(143) is kept


def test_what_is_too_large_is_shown_and_not_kept(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "CACHE_CHARS", 5000)
    small = Desk(source, cache_seconds=60)
    kept = small.conversation(143)
    source.chars = 6000
    large = small.conversation(143, fresh=True)
    assert large.size > 5000
    again = small.conversation(143)
    assert again is not kept
    assert again is not large
    assert source.asked == [143] * 3


def test_the_oldest_make_room(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "CACHE_CHARS", 5000)
    source.chars = 1000
    small = Desk(source, cache_seconds=60)
    for ticket_id in (1, 2, 3, 3, 1):
        small.conversation(ticket_id)
    assert source.asked == [1, 2, 3, 1]


def test_nothing_is_kept_for_no_seconds(source: Source, clock: HandClock) -> None:
    desk = Desk(source, cache_seconds=0, clock=clock)
    desk.conversation(143)
    desk.conversation(143)
    assert source.asked == [143, 143]
