"""A ticket's conversation as the API gives it, read into frozen types.

The API's answers vary: ids are text or numbers, lists are null, keys are missing, times carry no zone
and up to seven fraction digits. What cannot be read of one message never hides the others.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

# Half of a character: JSON can carry it, and nothing that is sent on can.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_FINER = re.compile(r"(\.\d{6})\d+")


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
    `expires` is when it stops working (aware UTC), None when the API did not say. `content_id` is what the message's
    HTML calls it ("cid:…"), "" where it does not.
    """

    name: str
    size: int | None
    content_type: str
    url: str | None
    expires: datetime | None
    content_id: str = ""

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
    html: str
    text: str
    attachments: tuple[Attachment, ...]

    @property
    def kind(self) -> Kind | None:
        """The documented kind, or None."""
        try:
            return Kind(self.activity_type)
        except ValueError:
            return None

    @property
    def size(self) -> int:
        """About how many characters the message holds, for bounding a cache."""
        links = sum(len(attachment.url or "") for attachment in self.attachments)
        return 500 + len(self.html) + len(self.text) + links


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that was said on a ticket, oldest first.

    `total` is the API's own count and `unreadable` how many of its entries were no message at all:
    both are there so that a gap can be told and not hidden. `fetched` is aware UTC.
    """

    ticket_id: int
    messages: tuple[Message, ...]
    total: int
    unreadable: int
    fetched: datetime

    @property
    def missing(self) -> int:
        """How many messages LeadSquared counts that are not here."""
        return max(0, self.total - len(self.messages))

    @property
    def links_live_seconds(self) -> float:
        """How long after the fetch all links to attachments work; infinity without any."""
        ends = [attachment.expires for message in self.messages for attachment in message.attachments]
        return min(((end - self.fetched).total_seconds() for end in ends if end), default=math.inf)

    @property
    def size(self) -> int:
        """About how many characters the conversation holds."""
        return 500 + sum(message.size for message in self.messages)


def read_conversation(payload: Mapping[str, Any], ticket_id: int, fetched: datetime) -> Conversation:
    """Read the answer of the conversation call. Raises ValueError when it is not one."""
    entries = payload.get("ConversationList")
    total = _whole(payload.get("Total"))
    if entries is None and total is None:
        raise ValueError("the answer has neither ConversationList nor Total")
    if entries is None:
        entries = []
    if not isinstance(entries, list):
        raise ValueError("ConversationList is not a list")  # noqa: TRY004 (one kind of error for a bad answer)
    messages = [_message(entry, fetched) for entry in entries if isinstance(entry, dict)]
    messages.sort(key=_age)
    return Conversation(
        ticket_id=ticket_id,
        messages=tuple(messages),
        total=len(entries) if total is None else total,
        unreadable=len(entries) - len(messages),
        fetched=fetched,
    )


def read_time(value: object) -> datetime | None:
    """Read an API time: ISO without a zone, which means UTC, with any number of fraction digits."""
    if not isinstance(value, str):
        return None
    try:
        # Python takes up to six fraction digits; what is finer than a microsecond is dropped.
        # A time with more than that is longer than 26 characters.
        text = value.strip()
        when = datetime.fromisoformat(_FINER.sub(r"\1", text) if len(text) > 26 else text)
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    # The year 1 is how .NET writes that there is no time; Slack shows none before 1970.
    return when if when.year >= 1970 else None


def _message(entry: Mapping[str, Any], fetched: datetime) -> Message:
    attachments = entry.get("Attachments")
    return Message(
        id=_whole(entry.get("Id")),
        activity_type=_text(entry.get("RelatedActivityType")),
        author_id=_text(entry.get("CreatedBy")),
        created=read_time(entry.get("CreatedOn")),
        html=_text(entry.get("Html")),
        text=_text(entry.get("Text")),
        attachments=tuple(_attachments(attachments if isinstance(attachments, list) else [], fetched)),
    )


def _attachments(entries: Iterable[object], fetched: datetime) -> Iterable[Attachment]:
    for entry in entries:
        if isinstance(entry, dict):
            minutes = _whole(entry.get("Ttl"))
            yield Attachment(
                name=_text(entry.get("FileName")) or "Unnamed file",
                size=_whole(entry.get("FileSize")),
                content_type=_text(entry.get("ContentType")),
                url=_text(entry.get("ContentPath")) or None,
                # The sample's Ttl of 60 stands beside X-Amz-Expires=3600: minutes.
                content_id=_text(entry.get("ContentId")).strip("<>"),
                expires=None if minutes is None or minutes > 10_000_000 else fetched + timedelta(minutes=minutes),
            )


def _age(message: Message) -> tuple[datetime, int]:
    return message.created or datetime.min.replace(tzinfo=UTC), message.id or 0


def _whole(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value.strip()):
        return int(value)
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
