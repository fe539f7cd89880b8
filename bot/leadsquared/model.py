"""A ticket's conversation as the API gives it, read into frozen types.

The API's answers vary: ids are text or numbers, lists are null, keys are missing, times carry no zone
and up to seven fraction digits. What cannot be read of one message never hides the others. A message is made when it
is looked at: of a long conversation that is a page.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, overload

from bot.leadsquared.entries import Entry, FileEntry, entries_of
from bot.leadsquared.storage import DOCUMENTED_HOST, refused_host

# Half of a character: JSON can carry it, and nothing that is sent on can.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Kind(StrEnum):
    """The activity types that the conversation API documents."""

    INBOUND_EMAIL = "InboundEmail"
    OUTBOUND_EMAIL = "OutboundEmail"
    PORTAL_INBOUND = "PortalInbound"
    PORTAL_OUTBOUND = "PortalOutbound"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on a message.

    `size` is in bytes, None when the API gave none. `url` is a secret while it lives: whoever has it can download.
    It is None when the API gave none, or one that may not be handed on; `refused_host` names the host of such a one.
    `expires` is when it stops working (aware UTC), None when the API did not say. `content_id` is what the message's
    HTML calls it ("cid:…"), "" where it does not.
    """

    name: str
    size: int | None
    content_type: str
    url: str | None
    expires: datetime | None
    content_id: str = ""
    refused_host: str = ""

    def __repr__(self) -> str:
        return f"Attachment(name={self.name!r}, size={self.size}, content_type={self.content_type!r}, url=<secret>)"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation.

    `activity_type` is the API's word, documented or not; `kind` is None for one that is not documented.
    `created` is aware UTC, None when it could not be read. `author_id` is the API's CreatedBy: who filed it,
    which on an inbound message is not the customer.
    """

    id: int | None
    activity_type: str
    author_id: str
    created: datetime | None
    html: str = field(repr=False)
    text: str = field(repr=False)
    attachments: tuple[Attachment, ...]

    @property
    def kind(self) -> Kind | None:
        """The documented kind, or None."""
        try:
            return Kind(self.activity_type)
        except ValueError:
            return None


class Messages(Sequence[Message]):
    """The messages of a conversation, each made anew whenever it is looked at."""

    __slots__ = ("_entries", "_fetched", "_hosts")

    def __init__(self, entries: Sequence[Entry], fetched: datetime, hosts: Collection[str]) -> None:
        self._entries = entries
        self._fetched = fetched
        self._hosts = hosts

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, place: int) -> Message: ...

    @overload
    def __getitem__(self, place: slice) -> Messages: ...

    def __getitem__(self, place: int | slice) -> Message | Messages:
        if isinstance(place, slice):
            return Messages(self._entries[place], self._fetched, self._hosts)
        return _message(self._entries[place], self._fetched, self._hosts)


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that was said on a ticket, oldest first.

    `total` is the API's own count and `unreadable` how many of its entries were no message at all:
    both are there so that a gap can be told and not hidden. `fetched` is aware UTC. `size` is about how many bytes of
    memory are kept, for bounding a cache. `links_live_seconds` is how long after the fetch all links to attachments
    work that may be handed on.
    """

    ticket_id: int
    messages: Sequence[Message]
    total: int
    unreadable: int
    fetched: datetime
    size: int = 500
    links_live_seconds: float = math.inf

    @property
    def missing(self) -> int:
        """How many messages LeadSquared counts that are not here."""
        return max(0, self.total - len(self.messages))


def read_conversation(
    payload: Mapping[str, Any],
    ticket_id: int,
    fetched: datetime,
    length: int,
    hosts: Collection[str] = (DOCUMENTED_HOST,),
) -> Conversation:
    """Read the answer of the conversation call. Raises ValueError when it is not one.

    `length` is that of the answer in bytes: what is kept of it has no more characters, which are a byte each in most
    texts. Links to attachments are handed on only where `refused_host` finds nothing against them, with these `hosts`.
    """
    listed = payload.get("ConversationList")
    total = _whole(payload.get("Total"))
    if listed is None and total is None:
        raise ValueError("the answer has neither ConversationList nor Total")
    if listed is None:
        listed = []
    if not isinstance(listed, list):
        raise ValueError("ConversationList is not a list")  # noqa: TRY004 (one kind of error for a bad answer)
    entries = sorted(entries_of(listed), key=_age)
    files = [file for entry in entries if entry.attachments for file in entry.attachments]
    return Conversation(
        ticket_id=ticket_id,
        messages=Messages(entries, fetched, hosts),
        total=len(listed) if total is None else total,
        unreadable=len(listed) - len(entries),
        fetched=fetched,
        size=length + 500 * (1 + len(entries)) + 100 * len(files) + sum(map(_width, entries)),
        links_live_seconds=60.0 * _shortest_life(files, hosts),
    )


def read_time(value: object) -> datetime | None:
    """Read an API time: ISO without a zone, which means UTC, with any number of fraction digits."""
    moment = _moment(value)
    return moment and moment.replace(tzinfo=UTC)


def _moment(value: object) -> datetime | None:
    """Read an API time as UTC without a zone, which is a third of the work."""
    if not isinstance(value, str):
        return None
    try:
        when = datetime.fromisoformat(value.strip())
        if when.tzinfo is not None:
            when = when.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
    # The year 1 is how .NET writes that there is no time; Slack shows none before 1970.
    return when if when.year >= 1970 else None


def _message(entry: Entry, fetched: datetime, hosts: Collection[str]) -> Message:
    return Message(
        id=_whole(entry.id),
        activity_type=_text(entry.related_activity_type),
        author_id=_text(entry.created_by),
        created=read_time(entry.created_on),
        html=_text(entry.html),
        text=_text(entry.text),
        attachments=tuple([_attachment(file, fetched, hosts) for file in entry.attachments or ()]),
    )


def _attachment(file: FileEntry, fetched: datetime, hosts: Collection[str]) -> Attachment:
    minutes = _minutes(file)
    url = _text(file.content_path)
    refused = refused_host(url, hosts) if url else ""
    return Attachment(
        name=_text(file.file_name) or "Unnamed file",
        size=_whole(file.file_size),
        content_type=_text(file.content_type),
        url=url if refused is None else None,
        refused_host=refused or "",
        content_id=_text(file.content_id).strip("<>"),
        expires=None if minutes is None else fetched + timedelta(minutes=minutes),
    )


def _shortest_life(files: Iterable[FileEntry], hosts: Collection[str]) -> float:
    """Return for how many minutes all links work that may be handed on; infinity without any."""
    shortest = math.inf
    refused: set[str] = set()
    for file in files:
        life = _minutes(file)
        # Links mostly live equally long, at one host: looking at one is then enough.
        if life is None or life >= shortest:
            continue
        link = _text(file.content_path)
        origin = "/".join(link.split("/", 3)[:3])
        if origin in refused:
            continue
        if refused_host(link, hosts) is None:
            shortest = life
        elif refused_host(f"{origin}/", hosts) is not None:
            refused.add(origin)
    return shortest


def _minutes(file: FileEntry) -> int | None:
    """Return how long a link works. The sample's Ttl of 60 stands beside X-Amz-Expires=3600: minutes."""
    minutes = _whole(file.ttl)
    return None if minutes is None or minutes > 10_000_000 else minutes


def _width(entry: Entry) -> int:
    """Return how many more bytes than characters a message's texts take: one emoji makes every character four bytes."""
    texts = (entry.html, entry.text)
    return sum(sys.getsizeof(text) - len(text) for text in texts if isinstance(text, str) and not text.isascii())


def _age(entry: Entry) -> tuple[datetime, int]:
    return _moment(entry.created_on) or datetime.min, _whole(entry.id) or 0  # noqa: DTZ901 (all of them are UTC)


def _whole(value: object) -> int | None:
    if isinstance(value, str):
        digits = value.strip()
        return int(digits) if len(digits) <= 18 and digits.isascii() and digits.isdigit() else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _is_whole(text: str) -> bool:
    # Encoding is many times as fast as searching.
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(value: object) -> str:
    # The API writes the word "null" for a missing text in places.
    if isinstance(value, str) and value != "null":
        return value if value.isascii() or _is_whole(value) else _LONE_SURROGATE.sub("\ufffd", value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
