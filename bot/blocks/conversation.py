"""A page of a ticket's conversation, newest message first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot import mail
from bot.blocks import rich_text
from bot.blocks.elements import (
    Block,
    Element,
    actions,
    button,
    context,
    date_token,
    link_token,
    plain_context,
    utc_words,
)
from bot.blocks.ids import ADD_NOTE, NEWER, OLDER, REFRESH, Spot
from bot.blocks.limits import (
    BLOCK_CHARS_PER_MESSAGE,
    BLOCKS_PER_MESSAGE,
    BUTTON_CHARS,
    BUTTON_URL_CHARS,
    BUTTONS_PER_BLOCK,
    PAYLOAD_BYTES,
    cut,
    shorten,
    text_length,
)
from bot.blocks.screen import Screen, notice
from bot.leadsquared.model import Attachment, Conversation, Kind, Message

# One message's own text: so that a page always holds at least three, and a long mail does not push all else away.
MESSAGE_CHARS = 3000
# What a page uses beside its messages: header, summary, two lines under it, buttons.
_FRAME_BLOCKS = 5
_FRAME_CHARS = 800
# In the words-only account each message gets a line or two.
_LINE_CHARS = 280

_KINDS = {
    Kind.INBOUND_EMAIL: "Customer e-mail",
    Kind.OUTBOUND_EMAIL: "Reply by e-mail",
    Kind.PORTAL_INBOUND: "Customer on the portal",
    Kind.PORTAL_OUTBOUND: "Reply on the portal",
}


@dataclass(frozen=True, slots=True)
class _Entry:
    """A message on the page: its place counted from the oldest, its blocks, and a line in words."""

    number: int
    blocks: list[Block]
    line: str


def conversation_screen(
    conversation: Conversation, *, older_than: int | None = None, newer_than: int | None = None, url: str | None = None
) -> Screen:
    """Build one page. Messages are counted from the oldest, 1.

    `older_than`: the page that ends just before that message; `newer_than`: the page that begins just after it;
    neither: the newest page. `url` is the ticket's page in LeadSquared. Shows as many messages as Slack takes.
    """
    heading = f"Ticket #{conversation.ticket_id}"
    if not conversation.messages:
        return _empty(conversation, heading, url)
    entries = _page(conversation.messages, older_than, newer_than)
    summary = _summary(conversation, entries)
    facts = [summary, *_gaps(conversation)]
    lines = [f"{'. '.join(facts)}.", *(entry.line for entry in entries)]
    blocks = [
        context(
            "  ·  ".join(
                [summary, date_token(conversation.fetched, "as of {date_short_pretty} at {time}"), *_ticket_link(url)]
            )
        ),
        *(plain_context(f"{gap}.") for gap in _gaps(conversation)),
        *_links_line(conversation.messages[entry.number - 1] for entry in entries),
        *(block for entry in entries for block in entry.blocks),
        actions(*_buttons(conversation, entries)),
    ]
    return Screen(heading, "\n".join(lines), blocks)


def kind_words(message: Message) -> str:
    """Say what a message is, in words."""
    if message.kind:
        return _KINDS[message.kind]
    name = " ".join(message.activity_type.split())
    return f"Message of another kind ({shorten(name, 60)})" if name else "Message of unknown kind"


def size_words(size: int) -> str:
    """Say a size in bytes the way people read it: 0 bytes, 512 bytes, 107 kB, 25.0 MB."""
    if size < 1000:
        return f"{size} byte{'s' * (size != 1)}"
    return f"{size / 1000:.0f} kB" if size < 999_500 else f"{size / 1_000_000:.1f} MB"


def _page(messages: Sequence[Message], older_than: int | None, newer_than: int | None) -> list[_Entry]:
    """Return the entries of a page, newest first."""
    count = len(messages)
    if newer_than is not None and newer_than < count:
        upward = _fill(messages, range(max(newer_than, 0) + 1, count + 1))
        # A page that reaches the newest message starts there, so that it is not left half empty.
        if upward[-1].number < count:
            return upward[::-1]
    start = min(older_than - 1, count) if older_than is not None and older_than > 1 else count
    return _fill(messages, range(start, 0, -1))


def _fill(messages: Sequence[Message], numbers: Iterable[int]) -> list[_Entry]:
    blocks_left = BLOCKS_PER_MESSAGE - _FRAME_BLOCKS
    chars_left = BLOCK_CHARS_PER_MESSAGE - _FRAME_CHARS
    bytes_left = PAYLOAD_BYTES
    entries: list[_Entry] = []
    for number in numbers:
        entry = _entry(number, messages[number - 1])
        blocks_left -= len(entry.blocks)
        chars_left -= text_length(entry.blocks)
        bytes_left -= len(json.dumps(entry.blocks))
        if entries and min(blocks_left, chars_left, bytes_left) < 0:
            break
        entries.append(entry)
    return entries


def _entry(number: int, message: Message) -> _Entry:
    body = mail.read(message.html, message.text).text
    shown, left = cut(body, MESSAGE_CHARS)
    words = rich_text.text(shown) if shown else rich_text.text("No text in this message.", italic=True)
    blocks: list[Block] = [{"type": "divider"}, rich_text.rich_text(_heading(message), [words])]
    if left:
        cut_here = f"Cut here: {left:,} of {len(body):,} characters are not shown. The rest is in LeadSquared."
        blocks.append(plain_context(cut_here))
    blocks += _files(message.attachments)
    return _Entry(number, blocks, _line(message, shown, left))


def _heading(message: Message) -> list[Element]:
    when = rich_text.date(message.created) if message.created else rich_text.text("time not known")
    return [rich_text.text(kind_words(message), bold=True), rich_text.text("  ·  "), when, rich_text.text("\n")]


def _line(message: Message, shown: str, left: int) -> str:
    when = utc_words(message.created) if message.created else "time not known"
    words, more = cut(" ".join(shown.split()), _LINE_CHARS)
    line = f"{kind_words(message)}, {when}: {words or 'no text'}{'…' if more or left else ''}"
    if message.attachments:
        line += f" Attached: {shorten(', '.join(map(_file_words, message.attachments)), _LINE_CHARS)}."
    return line


def _files(attachments: Sequence[Attachment]) -> list[Block]:
    linked = [file for file in attachments if _opens(file)][:BUTTONS_PER_BLOCK]
    rest = [file for file in attachments if file not in linked]
    blocks = []
    if linked:
        blocks.append(
            actions(*(button(_file_words(file), f"attachment_{n}", url=file.url) for n, file in enumerate(linked, 1)))
        )
    if rest:
        names = ", ".join(_file_words(file) for file in rest)
        blocks.append(plain_context(f"Attached, without a link here: {shorten(names, 600)}"))
    return blocks


def _file_words(file: Attachment) -> str:
    name = " ".join("".join(c if c.isprintable() else " " for c in file.name).split()) or "Unnamed file"
    size = f" ({size_words(file.size)})" if file.size is not None else ""
    return shorten(name, BUTTON_CHARS - len(size)) + size


def _opens(file: Attachment) -> bool:
    if not file.url or len(file.url) > BUTTON_URL_CHARS:
        return False
    try:
        parts = urlsplit(file.url)
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and bool(parts.hostname)


def _links_line(messages: Iterable[Message]) -> list[Block]:
    ends = [file.expires for message in messages for file in message.attachments if file.expires and _opens(file)]
    if not ends:
        return []
    return [context(f"Attachment links work until {date_token(min(ends), '{time}')}. Refresh makes new ones.")]


def _summary(conversation: Conversation, entries: Sequence[_Entry]) -> str:
    count = len(conversation.messages)
    if len(entries) == count:
        return "1 message" if count == 1 else f"{count:,} messages, newest first"
    first, last = entries[-1].number, entries[0].number
    shown = f"message {last:,}" if first == last else f"messages {first:,}–{last:,}"
    return f"{count:,} messages, newest first: {shown} on this page"


def _gaps(conversation: Conversation) -> list[str]:
    gaps = []
    if conversation.unreadable:
        gaps.append(f"{conversation.unreadable:,} of LeadSquared's entries could not be read and are not shown")
    elif conversation.missing:
        gaps.append(f"LeadSquared counts {conversation.total:,} messages and sent {len(conversation.messages):,}")
    return gaps


def _ticket_link(url: str | None) -> list[str]:
    return [link_token(url, "Open in LeadSquared")] if url else []


def _buttons(conversation: Conversation, entries: Sequence[_Entry]) -> list[Element]:
    ticket, newest, oldest = conversation.ticket_id, entries[0].number, entries[-1].number
    buttons = [button("Add note", ADD_NOTE, value=str(Spot(ticket)), style="primary")]
    if oldest > 1:
        buttons.append(button("Older", OLDER, value=str(Spot(ticket, oldest))))
    if newest < len(conversation.messages):
        buttons.append(button("Newer", NEWER, value=str(Spot(ticket, newest))))
    # Refresh keeps the page: the messages before the one above it.
    above = newest + 1 if newest < len(conversation.messages) else None
    buttons.append(button("Refresh", REFRESH, value=str(Spot(ticket, above))))
    return buttons


def _empty(conversation: Conversation, heading: str, url: str | None) -> Screen:
    gap = _gaps(conversation)
    words = gap[0] + "." if gap else "No messages: nothing has been said on this ticket, or there is no such ticket."
    screen = notice(heading, words)
    spot = str(Spot(conversation.ticket_id))
    buttons = [button("Add note", ADD_NOTE, value=spot), button("Refresh", REFRESH, value=spot)]
    links = _ticket_link(url)
    return Screen(heading, screen.text, [*screen.blocks, *([context(*links)] if links else []), actions(*buttons)])
