"""Reading a ticket's conversation for many people at once, with no Slack in it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from cachetools import TTLCache

from bot.leadsquared.model import Conversation

# About 64 MB of mail: a ticket of 1,000 messages is about 2 MB.
CACHE_CHARS = 64_000_000


class ConversationSource(Protocol):
    """Where conversations come from: LeadSquared's client."""

    def conversations(self, ticket_id: int) -> Conversation:
        """Return a ticket's conversation. Raises `bot.leadsquared.errors.LeadSquaredError`."""


class Desk:
    """Reads tickets. Safe to share between threads.

    A fetched conversation is kept for `cache_seconds`, so that paging through it does not fetch again.
    """

    def __init__(
        self,
        source: ConversationSource,
        *,
        cache_seconds: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._flights: dict[int, Future[Conversation]] = {}
        self._cache: TTLCache[int, Conversation] = TTLCache(
            CACHE_CHARS, cache_seconds, timer=clock, getsizeof=lambda conversation: conversation.size
        )

    def keeps(self, ticket_id: int) -> bool:
        """Tell whether a ticket's conversation can be shown without a call."""
        with self._lock:
            return ticket_id in self._cache

    def conversation(self, ticket_id: int, *, fresh: bool = False) -> Conversation:
        """Return a ticket's conversation, oldest message first. `fresh` fetches it whatever is kept.

        Who asks while it is fetched shares that call, and its error. Raises
        `bot.leadsquared.errors.LeadSquaredError`; an error is not kept.
        """
        with self._lock:
            if not fresh and (kept := self._cache.get(ticket_id)):
                return kept
            # A fetch that began before Refresh was clicked may be too old for it.
            flight = None if fresh else self._flights.get(ticket_id)
            mine = flight is None
            if flight is None:
                flight = self._flights[ticket_id] = Future()
        if mine:
            self._fetch(ticket_id, flight)
        return flight.result()

    def _fetch(self, ticket_id: int, flight: Future[Conversation]) -> None:
        try:
            conversation = self._source.conversations(ticket_id)
        except BaseException as error:  # noqa: BLE001 (whatever it is, who waits must not wait for ever)
            self._land(ticket_id, flight)
            flight.set_exception(error)
            return
        with self._lock:
            kept = self._cache.get(ticket_id)
            if kept is None or kept.fetched <= conversation.fetched:
                # One too large to keep must not leave an older one to be shown in its place.
                self._cache.pop(ticket_id, None)
                if conversation.size <= CACHE_CHARS:
                    self._cache[ticket_id] = conversation
        self._land(ticket_id, flight)
        flight.set_result(conversation)

    def _land(self, ticket_id: int, flight: Future[Conversation]) -> None:
        with self._lock:
            if self._flights.get(ticket_id) is flight:
                del self._flights[ticket_id]
