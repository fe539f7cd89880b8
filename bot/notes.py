"""Internal notes: how one reads in LeadSquared, and the only place that sends one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

# Room that is kept for the line that names the author, whatever their name.
_SIGNATURE_CHARS = 100


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a note: the name that colleagues know, and the Slack user id that never changes."""

    name: str
    user_id: str


class NoteSender(Protocol):
    """What notes are sent with: LeadSquared's client."""

    def post_internal_note(self, ticket_id: int, text: str) -> None:
        """Post one internal note. Raises `bot.leadsquared.errors.LeadSquaredError`."""


class Notes:
    """Sends notes, each once. `max_chars` bounds what LeadSquared is given, the author's line included."""

    def __init__(self, sender: NoteSender, max_chars: int) -> None:
        self._sender = sender
        self.max_text_chars = max_chars - _SIGNATURE_CHARS

    def post(self, ticket_id: int, text: str, author: Author) -> None:
        """Send a note once. Raises `LeadSquaredError`; nothing is sent again."""
        self._sender.post_internal_note(ticket_id, signed(text, author))


def signed(text: str, author: Author) -> str:
    """Return a note's text with the line that says who wrote it: in LeadSquared all notes are by the keys' owner."""
    name = " ".join(author.name.split())[: _SIGNATURE_CHARS - 40]
    return f"{text.strip()}\n\n— {name}, from Slack ({author.user_id[:20]})"
