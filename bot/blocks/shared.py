"""A page of a ticket as a channel sees it: what the page shows, without what its sharer did not tick."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from bot.blocks import rich_text
from bot.blocks.conversation import fill, gaps, summary
from bot.blocks.elements import Block, Element, actions, button, header, link_token, plain_context
from bot.blocks.files import file_name, named, shared_file_rows
from bot.blocks.ids import SHARED_TICKET, FileSpot, PageSpot, Spot
from bot.blocks.limits import cut
from bot.blocks.message import Entry, Reader, heading
from bot.blocks.screen import fallback_text
from bot.leadsquared.model import Conversation, Message
from bot.mail import Mail, mask_mail, mask_text, text_without_signed_links, without_signed_links

# So that one message with all that can be ticked still fits, whatever is in it.
_HISTORY_CHARS = 2000
_HISTORY_PARTS = 6
_LABEL_CHARS = 100


class Part(StrEnum):
    """What is left out of a shared page unless its sharer ticks it."""

    HISTORY = "history"
    CONTACTS = "contacts"
    FILES = "files"


LEFT_OUT = {Part.HISTORY: "quoted history", Part.CONTACTS: "contact details", Part.FILES: "attachments"}


@dataclass(frozen=True, slots=True)
class Shared:
    """A message for a channel: its blocks and the same in words, with who shared it in both."""

    text: str = field(repr=False)
    blocks: list[Block] = field(repr=False)

    def message(self) -> dict[str, Any]:
        """Return the arguments of chat.postMessage: `text` and `blocks`. Nothing in it is fetched by Slack."""
        return {"text": self.text, "blocks": self.blocks, "unfurl_links": False, "unfurl_media": False}

    @property
    def digest(self) -> str:
        """What tells it from any other message: the same for the same messages, whenever they were fetched."""
        return hashlib.sha256(json.dumps(self.message(), sort_keys=True).encode()).hexdigest()[:32]


def shared_page(
    conversation: Conversation, page: PageSpot, parts: Collection[str], *, user_id: str, url: str | None
) -> Shared | None:
    """Build the message that `user_id` shares; None when the page has no message any more.

    `parts` are the values of `Part` that were ticked. `url` is the ticket's page in LeadSquared.
    Slack: ≤ 50 blocks and about 11,000 characters; what does not fit is told.
    """
    writer = _Writer(conversation, parts)
    numbers = range(min(page.newest, len(conversation.messages)), page.oldest - 1, -1)
    entries = fill(writer.entry, numbers)
    if not entries:
        return None
    title = f"Ticket #{conversation.ticket_id}"
    facts = [summary(conversation, entries), *gaps(conversation), *writer.left_out()]
    if missing := len(numbers) - len(entries):
        facts.append(f"{missing:,} older message{'s' * (missing > 1)} of the page did not fit")
    told = f"{'. '.join(facts)}."
    where = [rich_text.text(" from LeadSquared.")] if url is None else [rich_text.text(" from "), _ticket_link(url)]
    by = rich_text.section({"type": "user", "user_id": user_id}, rich_text.text(" shared this ticket"), *where)
    blocks = [
        header(title),
        rich_text.rich_text([by]),
        plain_context(told),
        *(block for entry in entries for block in entry.blocks),
        actions(button("Show ticket", SHARED_TICKET, value=str(Spot(conversation.ticket_id)))),
    ]
    lines = "\n".join([f"{title}. {told}", *(entry.line for entry in entries)])
    place = f" {link_token(url, 'LeadSquared')}" if url else " LeadSquared"
    return Shared(f"<@{user_id}> shared a ticket from{place}.\n{fallback_text(lines)}", blocks)


def _ticket_link(url: str) -> Element:
    return {"type": "link", "url": url, "text": "LeadSquared"}


class _Writer:
    """Writes the entries of a shared page."""

    def __init__(self, conversation: Conversation, parts: Collection[str]) -> None:
        self._conversation = conversation
        self._parts = parts
        self._masks = Part.CONTACTS not in parts
        self._reader = Reader(conversation, self._mail)

    def _mail(self, read: Mail) -> Mail:
        """Return a mail as a channel may have it: no link that lets in whoever has it, whatever is ticked."""
        read = without_signed_links(read)
        return mask_mail(read) if self._masks else read

    def left_out(self) -> list[str]:
        """Say what is left out, if anything is."""
        names = [name for part, name in LEFT_OUT.items() if part not in self._parts]
        return [f"Left out: {', '.join(names)}"] if names else []

    def entry(self, number: int) -> Entry:
        """Build the entry of a message, counted from the oldest, 1."""
        with_history = Part.HISTORY in self._parts
        told = self._reader.tell(number, with_history=with_history)
        message = self._message(told.message)
        blocks: list[Block] = [{"type": "divider"}, rich_text.rich_text([heading(message), *told.shown])]
        if told.folded:
            blocks.append(plain_context(told.folded))
        if with_history:
            blocks += _history(told.mail)
        if Part.FILES in self._parts:
            blocks += shared_file_rows(message.attachments, FileSpot(self._conversation.ticket_id, number))
        else:
            blocks += named(message.attachments, "Attached")
        return Entry(number, message, blocks, replace(told, message=message).line())

    def _message(self, message: Message) -> Message:
        """Return a message whose names of files and kind are masked where contact details are, without any link."""
        # As it is shown: a sign that is not seen could hide what its name says.
        files = tuple(replace(file, name=self._words(file_name(file)), url=None) for file in message.attachments)
        return replace(message, activity_type=self._words(message.activity_type), attachments=files)

    def _words(self, text: str) -> str:
        text = text_without_signed_links(text)
        return mask_text(text) if self._masks else text


def _history(read: Mail) -> list[Block]:
    """Build the messages that one quotes, each under a line that says whose it is, as far as there is room."""
    blocks: list[Block] = []
    room = _HISTORY_CHARS
    for n, part in enumerate(read.history):
        if n == _HISTORY_PARTS or room < 100:
            left = len(read.history) - n
            blocks.append(plain_context(f"Cut here: {left:,} more earlier message{'s' * (left > 1)}."))
            break
        told, _ = cut(", ".join(words for words in (part.who, part.when) if words), _LABEL_CHARS)
        blocks.append(plain_context(f"Earlier message: {told}" if told else "Earlier message"))
        shown, rest = rich_text.fit(rich_text.quoted(part.document), room)
        room -= rich_text.length(shown)
        if shown:
            blocks.append(rich_text.rich_text(shown))
        if rest:
            blocks.append(plain_context(f"Cut here: {rich_text.characters(rest):,} more characters."))
    return blocks
