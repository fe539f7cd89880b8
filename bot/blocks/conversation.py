"""A page of a ticket's conversation, newest message first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

from bot.blocks.elements import Element, actions, button, context, date_token, link_token, plain_context
from bot.blocks.files import links_line
from bot.blocks.ids import ADD_NOTE, NEWER, OLDER, REFRESH, SHARE, PageSpot, Spot
from bot.blocks.limits import BLOCK_CHARS_PER_MESSAGE, BLOCKS_PER_MESSAGE, PAYLOAD_BYTES, text_length
from bot.blocks.message import Entry, Reader
from bot.blocks.screen import Screen, notice
from bot.leadsquared.model import Conversation

# What a page uses beside its messages: header, summary, two lines under it, buttons.
_FRAME_BLOCKS = 5
_FRAME_CHARS = 800


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
    entries = _page(Reader(conversation), len(conversation.messages), older_than, newer_than)
    count = summary(conversation, entries)
    facts = [count, *gaps(conversation)]
    lines = [f"{'. '.join(facts)}.", *(entry.line for entry in entries)]
    blocks = [
        context(
            "  ·  ".join(
                [count, date_token(conversation.fetched, "as of {date_short_pretty} at {time}"), *_ticket_link(url)]
            )
        ),
        *(plain_context(f"{gap}.") for gap in gaps(conversation)),
        *links_line(file for entry in entries for file in entry.message.attachments),
        *(block for entry in entries for block in entry.blocks),
        actions(*_buttons(conversation, entries)),
    ]
    return Screen(heading, "\n".join(lines), blocks)


def _page(reader: Reader, count: int, older_than: int | None, newer_than: int | None) -> list[Entry]:
    """Return the entries of a page, newest first."""
    if newer_than is not None and newer_than < count:
        upward = fill(reader.entry, range(max(newer_than, 0) + 1, count + 1))
        # A page that reaches the newest message starts there, so that it is not left half empty.
        if upward[-1].number < count:
            return upward[::-1]
    start = min(older_than - 1, count) if older_than is not None and older_than > 1 else count
    return fill(reader.entry, range(start, 0, -1))


def fill(build: Callable[[int], Entry], numbers: Iterable[int]) -> list[Entry]:
    """Return as many entries as a page takes, in the order of `numbers`; one at least, when there is one."""
    blocks_left = BLOCKS_PER_MESSAGE - _FRAME_BLOCKS
    chars_left = BLOCK_CHARS_PER_MESSAGE - _FRAME_CHARS
    bytes_left = PAYLOAD_BYTES
    entries: list[Entry] = []
    for number in numbers:
        entry = build(number)
        blocks_left -= len(entry.blocks)
        chars_left -= text_length(entry.blocks)
        bytes_left -= len(json.dumps(entry.blocks))
        if entries and min(blocks_left, chars_left, bytes_left) < 0:
            break
        entries.append(entry)
    return entries


def summary(conversation: Conversation, entries: Sequence[Entry]) -> str:
    """Say how many messages there are, and which of them the page shows."""
    count = len(conversation.messages)
    if len(entries) == count:
        return "1 message" if count == 1 else f"{count:,} messages, newest first"
    first, last = entries[-1].number, entries[0].number
    shown = f"message {last:,}" if first == last else f"messages {first:,}–{last:,}"
    return f"{count:,} messages, newest first: {shown} on this page"


def gaps(conversation: Conversation) -> list[str]:
    """Say which messages LeadSquared has that no page can show."""
    told = []
    if conversation.unreadable:
        told.append(f"{conversation.unreadable:,} of LeadSquared's entries could not be read and are not shown")
    elif conversation.missing:
        told.append(f"LeadSquared counts {conversation.total:,} messages and sent {len(conversation.messages):,}")
    return told


def _ticket_link(url: str | None) -> list[str]:
    return [link_token(url, "Open in LeadSquared")] if url else []


def _buttons(conversation: Conversation, entries: Sequence[Entry]) -> list[Element]:
    ticket, newest, oldest = conversation.ticket_id, entries[0].number, entries[-1].number
    buttons = [
        button("Add note", ADD_NOTE, value=str(Spot(ticket)), style="primary"),
        button("Share…", SHARE, value=str(PageSpot(ticket, newest, oldest))),
    ]
    if oldest > 1:
        buttons.append(button("Older", OLDER, value=str(Spot(ticket, oldest))))
    if newest < len(conversation.messages):
        buttons.append(button("Newer", NEWER, value=str(Spot(ticket, newest))))
    # Refresh keeps the page: the messages before the one above it.
    above = newest + 1 if newest < len(conversation.messages) else None
    buttons.append(button("Refresh", REFRESH, value=str(Spot(ticket, above))))
    return buttons


def _empty(conversation: Conversation, heading: str, url: str | None) -> Screen:
    gap = gaps(conversation)
    words = gap[0] + "." if gap else "No messages: nothing has been said on this ticket, or there is no such ticket."
    screen = notice(heading, words)
    spot = str(Spot(conversation.ticket_id))
    buttons = [button("Add note", ADD_NOTE, value=spot), button("Refresh", REFRESH, value=spot)]
    links = _ticket_link(url)
    return Screen(heading, screen.text, [*screen.blocks, *([context(*links)] if links else []), actions(*buttons)])
