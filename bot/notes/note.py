"""What an internal note is while it is on its way, and how it reads in LeadSquared."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

# Room for the lines that end a note, whatever the name: who wrote it, and the reference.
_AUTHOR_CHARS = 180
_NAME_CHARS = 60
_EMAIL_CHARS = 64
_USER_ID_CHARS = 20


class State(StrEnum):
    """Where a note is. `sending` is left by an answer, or when the lease of its process runs out."""

    QUEUED = "queued"
    SENDING = "sending"
    POSTED = "posted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Decision(StrEnum):
    """What a person says of a note in doubt."""

    THERE = "there"
    AGAIN = "again"


# Outcomes that are no error of LeadSquared's.
LOST = "Lost"
"""The process that was sending it ended before it had an answer."""
BROKEN = "Broken"
"""The bot failed before it sent it; the detail is the id of the error in the log."""
FORBIDDEN = "Forbidden"
"""Its author may not add notes, or not any more; the detail is the `bot.access.Refusal`."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a note: the name that colleagues know, the Slack user id that never changes, the address if known."""

    name: str
    user_id: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a note's form was opened from: channel, thread, and the message's permalink; empty where unknown."""

    channel_id: str = ""
    thread_ts: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A note as a person submits it. `attempt` counts how often the same view has shown its form."""

    team_id: str
    view_id: str
    attempt: int
    user_id: str
    user_name: str
    ticket_id: int
    text: str = field(repr=False)
    origin: Origin = Origin()

    @property
    def digest(self) -> str:
        """What tells this ticket and text from any other: SHA-256, in hex."""
        return hashlib.sha256(f"{self.ticket_id}\0{self.text}".encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Note:
    """A saved note. `reference` is what people find it by.

    `text` is None once it is erased. `outcome` names why the state is what it is, and `detail` says it in
    LeadSquared's words. `said` counts how often a person said "post", `tries` how often it was tried.
    `told`: the person has heard of the state. Times are seconds since the epoch.
    """

    reference: str
    team_id: str
    view_id: str
    attempt: int
    user_id: str
    user_name: str
    ticket_id: int
    origin: Origin
    text: str | None = field(repr=False)
    state: State
    outcome: str
    detail: str = field(repr=False)
    said: int
    tries: int
    told: bool
    give_up_at: float
    changed_at: float


def room_for_text(max_chars: int, link: str = "") -> int:
    """Return how long a person's text may be in a note of `max_chars`, with a permalink or without."""
    return max_chars - _AUTHOR_CHARS - (len(link) + 1 if link else 0)


def signed(text: str, author: Author, reference: str, link: str = "") -> str:
    """Return a note's text with the lines that say who wrote it, from where, and how to find it.

    In LeadSquared all notes are by the keys' owner, so the author stands in the text.
    """
    name = " ".join(author.name.split())[:_NAME_CHARS]
    email = f", {author.email}" if 0 < len(author.email) <= _EMAIL_CHARS and len(author.email.split()) == 1 else ""
    lines = [f"— {name}{email}, from Slack ({author.user_id[:_USER_ID_CHARS]})", link, reference]
    return f"{text.strip()}\n\n" + "\n".join(line for line in lines if line)
