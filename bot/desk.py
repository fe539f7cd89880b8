"""What the bot can do for a person, with no Slack in it: read a conversation, add a note."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from cachetools import TTLCache

from bot.leadsquared.model import Conversation
from bot.notes import Author, Notes

# About 64 MB of mail: a ticket of 1,000 messages is about 2 MB.
CACHE_CHARS = 64_000_000


class ConversationSource(Protocol):
    """Where conversations come from: LeadSquared's client."""

    def conversations(self, ticket_id: int) -> Conversation:
        """Return a ticket's conversation. Raises `bot.leadsquared.errors.LeadSquaredError`."""


class Desk:
    """Reads tickets and writes notes. Safe to share between threads.

    A fetched conversation is kept for `cache_seconds`, so that paging through it does not fetch again.
    """

    def __init__(
        self,
        source: ConversationSource,
        notes: Notes,
        *,
        cache_seconds: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._notes = notes
        self._lock = threading.Lock()
        self._cache: TTLCache[int, Conversation] = TTLCache(
            CACHE_CHARS, cache_seconds, timer=clock, getsizeof=lambda conversation: conversation.size
        )

    @property
    def max_note_chars(self) -> int:
        """The longest text a person's note may have."""
        return self._notes.max_text_chars

    def conversation(self, ticket_id: int, *, fresh: bool = False) -> Conversation:
        """Return a ticket's conversation, oldest message first. `fresh` fetches it whatever is kept.

        Raises `bot.leadsquared.errors.LeadSquaredError`; an error is not kept.
        """
        if not fresh:
            with self._lock:
                if kept := self._cache.get(ticket_id):
                    return kept
        conversation = self._source.conversations(ticket_id)
        with self._lock:
            self._cache.pop(ticket_id, None)
            if conversation.size <= CACHE_CHARS:
                self._cache[ticket_id] = conversation
        return conversation

    def add_note(self, ticket_id: int, text: str, author: Author) -> None:
        """Post an internal note. Raises `bot.leadsquared.errors.LeadSquaredError`: its kind tells what was written."""
        self._notes.post(ticket_id, text, author)
