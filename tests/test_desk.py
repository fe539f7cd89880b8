"""The desk: a conversation is fetched once a while, for everybody who asks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot import desk as desk_module
from bot.desk import Desk
from bot.leadsquared.errors import Unavailable
from bot.leadsquared.model import Conversation, read_conversation
from bot.leadsquared.storage import DOCUMENTED_HOST

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Source:
    """Gives a new conversation each time, of as many characters as it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.chars = 10
        self.error: Exception | None = None
        self.entry: dict[str, object] = {}

    def conversations(self, ticket_id: int) -> Conversation:
        self.asked.append(ticket_id)
        if self.error:
            raise self.error
        entry = {"Text": "x" * self.chars} | self.entry
        return read_conversation({"Total": 1, "ConversationList": [entry]}, ticket_id, NOW, self.chars)


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def ask(desk: Desk, ticket_id: int, *, fresh: bool = False) -> Conversation:
    """Ask for a ticket, and fetch it where nobody else does."""
    future, mine = desk.read(ticket_id, fresh=fresh)
    if mine:
        desk.fetch(ticket_id, future)
    return future.result(0)


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
    first = ask(desk, 143)
    clock.now += 59
    assert ask(desk, 143) is first
    clock.now += 1
    assert ask(desk, 143) is not first
    assert source.asked == [143, 143]


def test_tickets_are_kept_apart(desk: Desk, source: Source) -> None:
    assert ask(desk, 143).ticket_id == 143
    assert ask(desk, 34).ticket_id == 34
    assert source.asked == [143, 34]


def test_a_fresh_one_is_fetched_and_kept_in_place_of_the_old(desk: Desk, source: Source) -> None:
    old = ask(desk, 143)
    fresh = ask(desk, 143, fresh=True)
    assert fresh is not old
    assert ask(desk, 143) is fresh
    assert source.asked == [143, 143]


def test_an_error_is_not_kept_and_takes_nothing_away(desk: Desk, source: Source) -> None:
    source.error = Unavailable("down")
    with pytest.raises(Unavailable):
        ask(desk, 143)
    source.error = None
    kept = ask(desk, 143)
    source.error = Unavailable("down")
    with pytest.raises(Unavailable):
        ask(desk, 143, fresh=True)
    assert ask(desk, 143) is kept


def test_what_is_too_large_is_shown_and_not_kept(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "CACHE_BYTES", 5000)
    small = Desk(source, cache_seconds=60)
    kept = ask(small, 143)
    source.chars = 6000
    large = ask(small, 143, fresh=True)
    assert large.size > 5000
    again = ask(small, 143)
    assert again is not kept
    assert again is not large
    assert source.asked == [143] * 3


def test_the_oldest_make_room(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "CACHE_BYTES", 5000)
    source.chars = 1000
    small = Desk(source, cache_seconds=60)
    for ticket_id in (1, 2, 3, 3, 1):
        ask(small, ticket_id)
    assert source.asked == [1, 2, 3, 1]


def test_nothing_is_kept_for_no_seconds(source: Source, clock: HandClock) -> None:
    desk = Desk(source, cache_seconds=0, clock=clock)
    ask(desk, 143)
    ask(desk, 143)
    assert source.asked == [143, 143]


def test_who_asks_while_it_is_fetched_shares_the_call_and_its_error(desk: Desk, source: Source) -> None:
    first = desk.read(143)
    others = [desk.read(143) for _ in range(50)]
    assert [reading.mine for reading in (first, *others)] == [True] + [False] * 50
    source.error = Unavailable("down")
    desk.fetch(143, first.future)
    assert all(isinstance(reading.future.exception(0), Unavailable) for reading in others)
    assert source.asked == [143]
    assert desk.read(143).mine


def test_a_refresh_does_not_share_a_call_that_began_before_it(desk: Desk, source: Source) -> None:
    before, after = desk.read(143), desk.read(143, fresh=True)
    assert after.mine
    assert desk.read(143).future is after.future
    desk.fetch(143, after.future)
    desk.fetch(143, before.future)
    assert source.asked == [143, 143]


def test_what_is_abandoned_is_told_to_all_and_asked_for_anew(desk: Desk, source: Source) -> None:
    reading, other = desk.read(143), desk.read(143)
    desk.abandon(143, reading.future, ValueError("gone"))
    assert isinstance(other.future.exception(0), ValueError)
    desk.fetch(143, reading.future)
    assert isinstance(other.future.exception(0), ValueError)
    assert source.asked == [143]


def test_a_conversation_is_forgotten_when_it_has_changed(desk: Desk, source: Source) -> None:
    ask(desk, 143)
    desk.forget(143)
    ask(desk, 143)
    assert source.asked == [143, 143]


def test_a_conversation_is_kept_no_longer_than_its_links_live(source: Source, clock: HandClock) -> None:
    desk = Desk(source, cache_seconds=3000, clock=clock)
    link = f"https://{DOCUMENTED_HOST}/a"
    source.entry = {"Attachments": [{"FileName": "a.pdf", "ContentPath": link, "Ttl": 10}]}
    first = ask(desk, 143)
    clock.now += 10 * 60 - 121
    assert ask(desk, 143) is first
    clock.now += 2
    assert ask(desk, 143) is not first


def test_what_began_before_a_change_is_shown_and_not_kept(desk: Desk) -> None:
    before = desk.read(143)
    desk.forget(143)
    desk.fetch(143, before.future)
    assert before.future.result(0).ticket_id == 143
    assert desk.read(143).mine

    older, newer = desk.read(34), desk.read(34, fresh=True)
    desk.fetch(34, newer.future)
    desk.fetch(34, older.future)
    assert desk.read(34).future.result(0) is newer.future.result(0)
