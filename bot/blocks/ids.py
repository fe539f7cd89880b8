"""The ids that tie a block to its listener, and what the values of buttons say."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Self

SHOW_TICKET = "ticket_show"
NOTE_SHORTCUT = "ticket_note"
# What manifest.yml has to name, and nothing else: a test holds them to the listeners.
COMMANDS = ("/ticket",)
SHORTCUTS = (SHOW_TICKET, NOTE_SHORTCUT)

ADD_NOTE = "ticket_add_note"
OLDER = "ticket_older"
NEWER = "ticket_newer"
REFRESH = "ticket_refresh"
CHOOSE_TICKET = re.compile(r"ticket_choose_\d+")
OPEN_LINK = re.compile(r"(?:attachment_\d+|ticket_link|shared_link)")
TICKET_LINK = "ticket_link"

# Fresh links to a message's files: beside what was clicked, or in its place.
NEW_LINKS = "files_new"
NEW_LINKS_HERE = "files_new_here"

SHARE = "ticket_share"
SHARE_PARTS = "share_parts"
SHARED_LINK = "shared_link"
# On what was shared, for whoever clicks.
SHARED_TICKET = "shared_ticket"
SHARED_FILE = "shared_file"
SHARED_FILES = re.compile(rf"{SHARED_FILE}_\d+")

WHOLE_MESSAGE = "message_whole"
MESSAGE_PART = re.compile(r"message_(?:previous|next)")
PREVIOUS_PART = "message_previous"
NEXT_PART = "message_next"

NOTE_THERE = "note_there"
NOTE_AGAIN = "note_again"

# A channel, a message's ts, and a message's permalink, each or nothing.
_ORIGIN = (
    re.compile(r"[A-Z0-9]{0,30}"),
    re.compile(r"[0-9.]{0,30}"),
    re.compile(
        r"(?:https://[a-z0-9.-]{1,100}\.slack\.com/archives/[A-Z0-9]{1,30}/p[0-9]{1,30}"
        r"(?:\?thread_ts=[0-9.]{1,30}&cid=[A-Z0-9]{1,30})?)?"
    ),
)

_DIGEST, _PART = re.compile(r"[0-9a-f]{0,64}"), re.compile(r"[a-z]{1,20}")
# How often one view may have shown its form.
_ATTEMPTS = range(1, 10_000)

NOTE_FORM = "note_form"
TICKET_FORM = "ticket_form"
SHARE_FORM = "share_form"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a ticket's conversation, as a button's value: the ticket and the message beside the page asked for.

    Messages are counted from the oldest, 1, so a spot stays where it is when new messages come.
    `message` is None for the newest page.
    """

    ticket_id: int
    message: int | None = None

    def __str__(self) -> str:
        return f"{self.ticket_id}:{self.message or ''}"

    @classmethod
    def read(cls, value: str) -> Self | None:
        """Read a button's value back, or None when it is not one."""
        match = re.fullmatch(r"([0-9]{1,10}):([0-9]{0,9})", value)
        if not match or not int(match[1]):
            return None
        return cls(int(match[1]), int(match[2]) if match[2] else None)


@dataclass(frozen=True, slots=True)
class PartSpot:
    """A part of one whole message, as a button's value: messages and parts are counted from 1."""

    ticket_id: int
    message: int
    part: int = 1

    def __str__(self) -> str:
        return f"{self.ticket_id}:{self.message}:{self.part}"

    @classmethod
    def read(cls, value: str) -> Self | None:
        """Read a button's value back, or None when it is not one."""
        match = re.fullmatch(r"([0-9]{1,10}):([0-9]{1,9}):([0-9]{1,6})", value)
        numbers = [int(number) for number in match.groups()] if match else [0]
        return cls(*numbers) if all(numbers) else None


@dataclass(frozen=True, slots=True)
class FileSpot:
    """The files of a message, or one of them, as a button's value: messages and files are counted from 1."""

    ticket_id: int
    message: int
    file: int | None = None

    def __str__(self) -> str:
        return f"{self.ticket_id}:{self.message}:{self.file or ''}"

    @classmethod
    def read(cls, value: str) -> Self | None:
        """Read a button's value back, or None when it is not one."""
        match = re.fullmatch(r"([1-9][0-9]{0,9}):([1-9][0-9]{0,8}):((?:[1-9][0-9]{0,5})?)", value)
        return cls(int(match[1]), int(match[2]), int(match[3]) if match[3] else None) if match else None


@dataclass(frozen=True, slots=True)
class PageSpot:
    """A page that a person looks at, as a button's value: its newest and its oldest message, counted from 1."""

    ticket_id: int
    newest: int
    oldest: int

    def __str__(self) -> str:
        return f"{self.ticket_id}:{self.newest}:{self.oldest}"

    @classmethod
    def read(cls, value: str) -> Self | None:
        """Read a button's value back, or None when it is not one."""
        match = re.fullmatch(r"([1-9][0-9]{0,9}):([1-9][0-9]{0,8}):([1-9][0-9]{0,8})", value)
        spot = cls(*map(int, match.groups())) if match else None
        return spot if spot and spot.oldest <= spot.newest else None


@dataclass(frozen=True, slots=True)
class ShareSpot:
    """What the share form remembers, as a view's private_metadata: ids only.

    `page` goes to a channel, or a thread in it. `parts` are those ticked in what is shown, and `digest` is the digest
    of just that; `attempt` counts how often this view has shown the form.
    """

    page: PageSpot
    channel_id: str
    thread_ts: str = ""
    parts: tuple[str, ...] = ()
    digest: str = ""
    attempt: int = 1

    def __str__(self) -> str:
        return json.dumps(
            [str(self.page), self.channel_id, self.thread_ts, list(self.parts), self.digest, self.attempt]
        )

    @classmethod
    def read(cls, value: str) -> Self | None:
        """Read private_metadata back, or None when it is not the bot's own."""
        try:
            page, channel_id, thread_ts, parts, digest, attempt = json.loads(value)
            spot = PageSpot.read(page)
            known = [*zip(_ORIGIN, (channel_id, thread_ts), strict=False), (_DIGEST, digest)]
            known += [(_PART, part) for part in parts]
            if spot is None or attempt not in _ATTEMPTS or not all(shape.fullmatch(said) for shape, said in known):
                return None
            return cls(spot, channel_id, thread_ts, tuple(parts), digest, attempt)
        except (ValueError, TypeError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class FormSpot:
    """What the note form remembers, as a view's private_metadata: ids only.

    `attempt` counts how often this view has shown the form; the rest is where it was opened from, empty if unknown.
    """

    attempt: int = 1
    channel_id: str = ""
    thread_ts: str = ""
    link: str = ""

    def __str__(self) -> str:
        return json.dumps([self.attempt, self.channel_id, self.thread_ts, self.link])

    @classmethod
    def read(cls, value: str) -> Self:
        """Read private_metadata back; what is not the bot's own counts as nothing known."""
        try:
            attempt, *origin = json.loads(value)
            told = [said if pattern.fullmatch(said) else "" for pattern, said in zip(_ORIGIN, origin, strict=True)]
            return cls(attempt if attempt in _ATTEMPTS else 1, *told)
        except (ValueError, TypeError, RecursionError):
            return cls()
