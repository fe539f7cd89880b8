"""Reading a ticket's conversation for many people at once, with no Slack in it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import NamedTuple, Protocol, Self

from cachetools import TLRUCache

from bot.leadsquared.model import Conversation

# 64 MB of mail: a ticket of 1,000 messages is about 2 MB.
CACHE_BYTES = 64_000_000
# A link that is shown should live long enough to be clicked.
LINK_SECONDS = 120.0


class ConversationSource(Protocol):
    """Where conversations come from: LeadSquared's client."""

    def conversations(self, ticket_id: int) -> Conversation:
        """Return a ticket's conversation. Raises `bot.leadsquared.errors.LeadSquaredError`."""


class Reading(NamedTuple):
    """A conversation that is there or on its way. `mine`: who asked must see that it is fetched, or abandoned."""

    future: Future[Conversation]
    mine: bool


class _Kept(NamedTuple):
    """A conversation, and the future that all get who ask for it while it is kept."""

    conversation: Conversation
    done: Future[Conversation]

    @classmethod
    def of(cls, conversation: Conversation) -> Self:
        done: Future[Conversation] = Future()
        done.set_result(conversation)
        return cls(conversation, done)


class Desk:
    """Reads tickets. Safe to share between threads.

    Everybody who asks for a ticket while it is fetched shares that call, and its error. What was fetched is kept for
    `cache_seconds`, and no longer than its attachments' links live, so that paging through it does not fetch again.
    `counted` is told of each reading whether it was `kept`, `shared` or `fetched`.
    """

    def __init__(
        self,
        source: ConversationSource,
        *,
        cache_seconds: int,
        clock: Callable[[], float] = time.monotonic,
        counted: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._source = source
        self._counted = counted
        self._lock = threading.Lock()
        self._flights: dict[int, Future[Conversation]] = {}
        self._cache: TLRUCache[int, _Kept] = TLRUCache(
            CACHE_BYTES,
            lambda _, kept, now: now + min(cache_seconds, kept.conversation.links_live_seconds - LINK_SECONDS),
            timer=clock,
            getsizeof=lambda kept: kept.conversation.size,
        )

    def read(self, ticket_id: int, *, fresh: bool = False) -> Reading:
        """Return a ticket's conversation as a future, which is done if it is kept. Never waits.

        `fresh`: whatever is kept or under way, it is fetched now. The future raises
        `bot.leadsquared.errors.LeadSquaredError`, or the error that it was abandoned with.
        """
        reading, how = self._look_up(ticket_id, fresh=fresh)
        self._counted(how)
        return reading

    def _look_up(self, ticket_id: int, *, fresh: bool) -> tuple[Reading, str]:
        with self._lock:
            if not fresh:
                if kept := self._cache.get(ticket_id):
                    return Reading(kept.done, mine=False), "kept"
                if flight := self._flights.get(ticket_id):
                    return Reading(flight, mine=False), "shared"
            # A fetch that began before Refresh was clicked may be too old for it.
            flight = self._flights[ticket_id] = Future()
            return Reading(flight, mine=True), "fetched"

    def fetch(self, ticket_id: int, future: Future[Conversation]) -> None:
        """Fetch a conversation into the future that `read` gave. Never raises: an error goes to all who wait."""
        try:
            conversation = self._source.conversations(ticket_id)
        except BaseException as error:  # noqa: BLE001 (whatever it is, who waits must not wait for ever)
            self.abandon(ticket_id, future, error)
            return
        with self._lock:
            # What began before a Refresh or a new note is shown to who waits for it, and not kept.
            if self._flights.get(ticket_id) is future:
                # One too large to keep must not leave an older one to be shown in its place.
                self._cache.pop(ticket_id, None)
                if conversation.size <= CACHE_BYTES:
                    self._cache[ticket_id] = _Kept.of(conversation)
            self._land(ticket_id, future)
        with suppress(InvalidStateError):  # abandoned meanwhile
            future.set_result(conversation)

    def abandon(self, ticket_id: int, future: Future[Conversation], error: BaseException) -> None:
        """Give an error to all who wait for a conversation. It is not kept: who asks next starts anew."""
        with self._lock:
            self._land(ticket_id, future)
        with suppress(InvalidStateError):  # it came all the same
            future.set_exception(error)

    def forget(self, ticket_id: int) -> None:
        """See that a ticket is fetched when it is next asked for."""
        with self._lock:
            self._cache.pop(ticket_id, None)
            self._flights.pop(ticket_id, None)

    def _land(self, ticket_id: int, future: Future[Conversation]) -> None:
        if self._flights.get(ticket_id) is future:
            del self._flights[ticket_id]
